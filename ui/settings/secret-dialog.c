#include "ui/settings/secret-dialog.h"

#include "ui/widgets.h"

#include <glib/gi18n.h>
#include <string.h>

struct _HarkSecretDialog {
  GtkDialog parent_instance;
  GtkWidget *now, *wanted, *again; /* NULL: not asked for */
};

G_DEFINE_TYPE (HarkSecretDialog, hark_secret_dialog, GTK_TYPE_DIALOG)

static const char *
text_of (GtkWidget *entry)
{
  return entry ? gtk_entry_get_text (GTK_ENTRY (entry)) : NULL;
}

static void
on_changed (HarkSecretDialog *dialog)
{
  bool ready = (!dialog->now || *text_of (dialog->now))
               && (!dialog->wanted
                   || (*text_of (dialog->wanted)
                       && strcmp (text_of (dialog->wanted), text_of (dialog->again)) == 0));

  gtk_dialog_set_response_sensitive (GTK_DIALOG (dialog), GTK_RESPONSE_ACCEPT, ready);
}

static GtkWidget *
add_entry (HarkSecretDialog *dialog, const char *name)
{
  GtkWidget *entry = gtk_entry_new ();

  gtk_entry_set_visibility (GTK_ENTRY (entry), FALSE);
  gtk_entry_set_input_purpose (GTK_ENTRY (entry), GTK_INPUT_PURPOSE_PASSWORD);
  gtk_entry_set_placeholder_text (GTK_ENTRY (entry), name);
  gtk_entry_set_activates_default (GTK_ENTRY (entry), TRUE);
  hark_widget_spoken (entry, name);
  g_signal_connect_swapped (entry, "changed", G_CALLBACK (on_changed), dialog);
  gtk_container_add (GTK_CONTAINER (gtk_dialog_get_content_area (GTK_DIALOG (dialog))), entry);
  return entry;
}

char *
hark_secret_dialog_get_now (HarkSecretDialog *dialog)
{
  g_return_val_if_fail (HARK_IS_SECRET_DIALOG (dialog), NULL);

  return g_strdup (text_of (dialog->now));
}

char *
hark_secret_dialog_get_wanted (HarkSecretDialog *dialog)
{
  g_return_val_if_fail (HARK_IS_SECRET_DIALOG (dialog), NULL);

  return g_strdup (text_of (dialog->wanted));
}

static void
hark_secret_dialog_class_init (HarkSecretDialogClass *klass)
{
  (void) klass;
}

static void
hark_secret_dialog_init (HarkSecretDialog *dialog)
{
  (void) dialog;
}

GtkWidget *
hark_secret_dialog_new (
  GtkWindow *parent, const char *title, const char *about, const char *verb, bool now, bool wanted)
{
  HarkSecretDialog *dialog
    = g_object_new (HARK_TYPE_SECRET_DIALOG, "use-header-bar", 1, "title", title, "transient-for",
                    parent, "modal", TRUE, "destroy-with-parent", TRUE, NULL);
  GtkWidget *content = gtk_dialog_get_content_area (GTK_DIALOG (dialog));
  GtkWidget *label = gtk_label_new (about);

  gtk_dialog_add_button (GTK_DIALOG (dialog), _ ("_Cancel"), GTK_RESPONSE_CANCEL);
  gtk_dialog_add_button (GTK_DIALOG (dialog), verb, GTK_RESPONSE_ACCEPT);
  gtk_dialog_set_default_response (GTK_DIALOG (dialog), GTK_RESPONSE_ACCEPT);
  gtk_label_set_line_wrap (GTK_LABEL (label), TRUE);
  gtk_label_set_max_width_chars (GTK_LABEL (label), 44);
  gtk_label_set_xalign (GTK_LABEL (label), 0);
  gtk_container_set_border_width (GTK_CONTAINER (content), 18);
  gtk_box_set_spacing (GTK_BOX (content), 10);
  gtk_container_add (GTK_CONTAINER (content), label);
  if (now)
    dialog->now = add_entry (dialog, _ ("Passphrase of now"));
  if (wanted) {
    dialog->wanted = add_entry (dialog, _ ("New passphrase"));
    dialog->again = add_entry (dialog, _ ("The new one again"));
  }
  on_changed (dialog);
  gtk_widget_show_all (content);
  return GTK_WIDGET (dialog);
}
