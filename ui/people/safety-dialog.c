#include "ui/people/safety-dialog.h"

#include "ui/widgets.h"

#include <string.h>

#define GROUP 5        /* digits */
#define GROUPS_A_ROW 4 /* three rows of four groups */

struct _HarkSafetyDialog {
  GtkDialog parent_instance;
  HarkClient *client;
  HarkPersonItem *person;
  GtkWidget *explanation;
  GtkWidget *digits;
  GtkWidget *verdict;
  GtkWidget *forget;
};

G_DEFINE_TYPE (HarkSafetyDialog, hark_safety_dialog, GTK_TYPE_DIALOG)

static void
show (HarkSafetyDialog *dialog)
{
  static const char *const verdicts[] = {
    "Not compared yet.",
    "Compared by voice: the numbers match.",
    "Compared in person: the numbers match.",
  };
  unsigned verified = hark_person_item_get (dialog->person)->verified;

  gtk_label_set_text (GTK_LABEL (dialog->verdict),
                      verdicts[MIN (verified, G_N_ELEMENTS (verdicts) - 1)]);
  gtk_widget_set_visible (dialog->forget, verified > 0);
}

static void
on_number (GObject *owner, const HarkEvent *result)
{
  HarkSafetyDialog *dialog = HARK_SAFETY_DIALOG (owner);
  g_autoptr (GString) shown = g_string_new (NULL);
  size_t len = result->text ? strlen (result->text) : 0;

  for (size_t i = 0; result->ok && i < len; i++) {
    if (i > 0 && i % ((size_t) GROUP * GROUPS_A_ROW) == 0)
      g_string_append_c (shown, '\n');
    else if (i > 0 && i % GROUP == 0)
      g_string_append_c (shown, ' ');
    g_string_append_c (shown, result->text[i]);
  }
  gtk_label_set_text (GTK_LABEL (dialog->digits), result->ok ? shown->str : result->text);
}

static void
set_verified (HarkSafetyDialog *dialog, const char *how)
{
  HarkCommand *command = hark_command_for (HARK_COMMAND_SET_VERIFIED, dialog->person);

  command->how = g_strdup (how);
  hark_client_send (dialog->client, command);
}

static void
on_voice (HarkSafetyDialog *dialog)
{
  set_verified (dialog, "voice");
}

static void
on_person (HarkSafetyDialog *dialog)
{
  set_verified (dialog, "person");
}

static void
on_forget (HarkSafetyDialog *dialog)
{
  set_verified (dialog, "no");
}

static void
hark_safety_dialog_dispose (GObject *object)
{
  HarkSafetyDialog *dialog = HARK_SAFETY_DIALOG (object);

  g_clear_object (&dialog->client);
  g_clear_object (&dialog->person);
  G_OBJECT_CLASS (hark_safety_dialog_parent_class)->dispose (object);
}

static void
hark_safety_dialog_class_init (HarkSafetyDialogClass *klass)
{
  GtkWidgetClass *widgets = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = hark_safety_dialog_dispose;
  gtk_widget_class_set_template_from_resource (widgets, "/org/hark/Hark/safety-dialog.ui");
  gtk_widget_class_bind_template_child (widgets, HarkSafetyDialog, explanation);
  gtk_widget_class_bind_template_child (widgets, HarkSafetyDialog, digits);
  gtk_widget_class_bind_template_child (widgets, HarkSafetyDialog, verdict);
  gtk_widget_class_bind_template_child (widgets, HarkSafetyDialog, forget);
  gtk_widget_class_bind_template_callback (widgets, on_voice);
  gtk_widget_class_bind_template_callback (widgets, on_person);
  gtk_widget_class_bind_template_callback (widgets, on_forget);
}

static void
hark_safety_dialog_init (HarkSafetyDialog *dialog)
{
  gtk_widget_init_template (GTK_WIDGET (dialog));
}

GtkWidget *
hark_safety_dialog_new (GtkWindow *parent, HarkClient *client, HarkPersonItem *person)
{
  HarkSafetyDialog *dialog
    = g_object_new (HARK_TYPE_SAFETY_DIALOG, "use-header-bar", 1, "transient-for", parent, NULL);
  g_autofree char *explanation = g_strdup_printf (
    "%s sees the same number under “Safety number”. Read it to each other, in a call or in "
    "person. If it is the same, nobody is between you.",
    hark_person_item_get (person)->name);

  dialog->client = g_object_ref (client);
  dialog->person = g_object_ref (person);
  gtk_label_set_text (GTK_LABEL (dialog->explanation), explanation);
  g_signal_connect_object (person, "changed", G_CALLBACK (show), dialog, G_CONNECT_SWAPPED);
  show (dialog);
  hark_client_ask (client, hark_command_for (HARK_COMMAND_VERIFY, person), G_OBJECT (dialog),
                   on_number);
  return GTK_WIDGET (dialog);
}
