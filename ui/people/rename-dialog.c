#include "ui/people/rename-dialog.h"

#include "ui/widgets.h"

#include <glib/gi18n.h>

struct _HarkRenameDialog {
  GtkDialog parent_instance;
  HarkClient *client;
  HarkPersonItem *person;
  GtkWidget *name;
  GtkWidget *claimed;
  GtkWidget *rename;
};

G_DEFINE_TYPE (HarkRenameDialog, hark_rename_dialog, GTK_TYPE_DIALOG)

static void
on_rename (HarkRenameDialog *dialog)
{
  HarkCommand *command = hark_command_for (HARK_COMMAND_RENAME, dialog->person);

  command->name = g_strstrip (g_strdup (gtk_entry_get_text (GTK_ENTRY (dialog->name))));
  hark_client_send (dialog->client, command);
  gtk_widget_destroy (GTK_WIDGET (dialog));
}

static void
on_cancel (HarkRenameDialog *dialog)
{
  gtk_widget_destroy (GTK_WIDGET (dialog));
}

static void
hark_rename_dialog_dispose (GObject *object)
{
  HarkRenameDialog *dialog = HARK_RENAME_DIALOG (object);

  g_clear_object (&dialog->client);
  g_clear_object (&dialog->person);
  G_OBJECT_CLASS (hark_rename_dialog_parent_class)->dispose (object);
}

static void
hark_rename_dialog_class_init (HarkRenameDialogClass *klass)
{
  GtkWidgetClass *widgets = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = hark_rename_dialog_dispose;
  gtk_widget_class_set_template_from_resource (widgets, "/org/hark/Hark/rename-dialog.ui");
  gtk_widget_class_bind_template_child (widgets, HarkRenameDialog, name);
  gtk_widget_class_bind_template_child (widgets, HarkRenameDialog, claimed);
  gtk_widget_class_bind_template_child (widgets, HarkRenameDialog, rename);
  gtk_widget_class_bind_template_callback (widgets, on_rename);
  gtk_widget_class_bind_template_callback (widgets, on_cancel);
}

static void
hark_rename_dialog_init (HarkRenameDialog *dialog)
{
  gtk_widget_init_template (GTK_WIDGET (dialog));
  hark_widget_limit_bytes (GTK_WIDGET (dialog->name));
  hark_widget_spoken (dialog->name, _ ("Your name for this person"));
}

GtkWidget *
hark_rename_dialog_new (GtkWindow *parent, HarkClient *client, HarkPersonItem *person)
{
  HarkRenameDialog *dialog
    = g_object_new (HARK_TYPE_RENAME_DIALOG, "use-header-bar", 1, "transient-for", parent, NULL);
  const HarkPerson *value = hark_person_item_get (person);
  g_autofree char *claimed
    = g_strdup_printf (_ ("They call themselves “%s”. Only you see the name you give."),
                       value->claimed && *value->claimed ? value->claimed : value->name);

  dialog->client = g_object_ref (client);
  dialog->person = g_object_ref (person);
  gtk_entry_set_text (GTK_ENTRY (dialog->name), value->name);
  gtk_label_set_text (GTK_LABEL (dialog->claimed), claimed);
  gtk_widget_grab_focus (dialog->name);
  hark_widget_fit (GTK_WIDGET (dialog));
  return GTK_WIDGET (dialog);
}
