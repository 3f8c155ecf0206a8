#include "ui/network/doctor-dialog.h"

#include "ui/core-words.h"
#include "ui/widgets.h"

#include <glib/gi18n.h>

struct _HarkDoctorDialog {
  GtkDialog parent_instance;
  HarkClient *client;
  HarkPersonItem *person; /* NULL: the network alone */
  GtkWidget *findings;
  GtkWidget *copy;
  GString *report; /* of what is shown, to be sent to whoever helps */
};

G_DEFINE_TYPE (HarkDoctorDialog, hark_doctor_dialog, GTK_TYPE_DIALOG)

static const struct {
  const char *icon;
  const char *name; /* for screen readers */
} levels[] = {
  [HARK_FINDING_PROBLEM] = {"dialog-error-symbolic",       N_ ("Problem")   },
  [HARK_FINDING_HINT] = {"dialog-information-symbolic", N_ ("Hint")      },
  [HARK_FINDING_WELL] = {"emblem-ok-symbolic",          N_ ("This works")},
};

static GtkWidget *
line (const char *text, const char *style)
{
  GtkWidget *label = gtk_label_new (text);

  gtk_label_set_xalign (GTK_LABEL (label), 0);
  hark_widget_wrap (label);
  gtk_label_set_width_chars (GTK_LABEL (label), 26);
  gtk_label_set_max_width_chars (GTK_LABEL (label), 32);
  if (style)
    hark_widget_class (label, style, true);
  return label;
}

static GtkWidget *
row (const HarkFinding *finding)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 12);
  GtkWidget *words = gtk_box_new (GTK_ORIENTATION_VERTICAL, 3);
  GtkWidget *icon = gtk_image_new_from_icon_name (levels[finding->level].icon, GTK_ICON_SIZE_MENU);
  g_autofree char *text = hark_core_words (finding->text);
  g_autofree char *step = hark_core_words (finding->step);

  gtk_widget_set_valign (icon, GTK_ALIGN_START);
  hark_widget_spoken (icon, _ (levels[finding->level].name));
  gtk_container_add (GTK_CONTAINER (words), line (text, NULL));
  if (step)
    gtk_container_add (GTK_CONTAINER (words), line (step, "dim-label"));
  gtk_container_add (GTK_CONTAINER (box), icon);
  gtk_container_add (GTK_CONTAINER (box), words);
  gtk_widget_show_all (box);
  return box;
}

static void
destroy (GtkWidget *widget, gpointer data)
{
  (void) data;
  gtk_widget_destroy (widget);
}

/* A line, without the name of whom it is about. */
static void
add_line (HarkDoctorDialog *dialog, const char *start, const char *words)
{
  GString *text = g_string_new (words);
  const char *name = dialog->person ? hark_person_item_get (dialog->person)->name : "";

  if (*name)
    g_string_replace (text, name, "…", 0);
  g_string_append_printf (dialog->report, "%s%s\n", start, text->str);
  g_string_free (text, TRUE);
}

static void
report (HarkDoctorDialog *dialog, const HarkFinding *finding)
{
  g_autofree char *start = g_strconcat (_ (levels[finding->level].name), ": ", NULL);
  g_autofree char *text = hark_core_words (finding->text);
  g_autofree char *step = hark_core_words (finding->step);

  add_line (dialog, start, text);
  if (step)
    add_line (dialog, "    ", step);
}

static void
on_copy (HarkDoctorDialog *dialog)
{
  gtk_clipboard_set_text (gtk_widget_get_clipboard (dialog->copy, GDK_SELECTION_CLIPBOARD),
                          dialog->report->str, -1);
  gtk_button_set_label (GTK_BUTTON (dialog->copy), _ ("Copied"));
}

static void
on_findings (GObject *owner, const HarkEvent *result)
{
  HarkDoctorDialog *dialog = HARK_DOCTOR_DIALOG (owner);

  gtk_container_foreach (GTK_CONTAINER (dialog->findings), destroy, NULL);
  g_string_assign (dialog->report, "Hark " HARK_VERSION "\n");
  for (guint i = 0; result->findings && i < result->findings->len; i++) {
    gtk_container_add (GTK_CONTAINER (dialog->findings),
                       row (g_ptr_array_index (result->findings, i)));
    report (dialog, g_ptr_array_index (result->findings, i));
  }
  gtk_button_set_label (GTK_BUTTON (dialog->copy), _ ("Copy the Report"));
  gtk_widget_set_sensitive (dialog->copy, result->ok);
  if (result->ok && !gtk_window_get_focus (GTK_WINDOW (dialog)))
    gtk_widget_grab_focus (dialog->copy);
}

static void
examine (HarkDoctorDialog *dialog)
{
  HarkCommand *command = dialog->person ? hark_command_for (HARK_COMMAND_DOCTOR, dialog->person)
                                        : hark_command_new (HARK_COMMAND_DOCTOR);

  hark_client_ask (dialog->client, command, G_OBJECT (dialog), on_findings);
}

static void
hark_doctor_dialog_dispose (GObject *object)
{
  HarkDoctorDialog *dialog = HARK_DOCTOR_DIALOG (object);

  g_clear_object (&dialog->client);
  g_clear_object (&dialog->person);
  G_OBJECT_CLASS (hark_doctor_dialog_parent_class)->dispose (object);
}

static void
hark_doctor_dialog_finalize (GObject *object)
{
  g_string_free (HARK_DOCTOR_DIALOG (object)->report, TRUE);
  G_OBJECT_CLASS (hark_doctor_dialog_parent_class)->finalize (object);
}

static void
hark_doctor_dialog_class_init (HarkDoctorDialogClass *klass)
{
  GtkWidgetClass *widgets = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = hark_doctor_dialog_dispose;
  G_OBJECT_CLASS (klass)->finalize = hark_doctor_dialog_finalize;
  gtk_widget_class_set_template_from_resource (widgets, "/org/hark/Hark/doctor-dialog.ui");
  gtk_widget_class_bind_template_child (widgets, HarkDoctorDialog, findings);
  gtk_widget_class_bind_template_child (widgets, HarkDoctorDialog, copy);
  gtk_widget_class_bind_template_callback (widgets, on_copy);
}

static void
hark_doctor_dialog_init (HarkDoctorDialog *dialog)
{
  dialog->report = g_string_new (NULL);
  gtk_widget_init_template (GTK_WIDGET (dialog));
}

GtkWidget *
hark_doctor_dialog_new (GtkWindow *parent, HarkClient *client, HarkPersonItem *person)
{
  HarkDoctorDialog *dialog
    = g_object_new (HARK_TYPE_DOCTOR_DIALOG, "use-header-bar", 1, "transient-for", parent, NULL);

  dialog->client = g_object_ref (client);
  if (person) {
    dialog->person = g_object_ref (person);
    g_signal_connect_object (person, "changed", G_CALLBACK (examine), dialog, G_CONNECT_SWAPPED);
  }
  g_signal_connect_object (client, "network", G_CALLBACK (examine), dialog, G_CONNECT_SWAPPED);
  examine (dialog);
  return GTK_WIDGET (dialog);
}
