#include "ui/people/add-dialog.h"

#include "ui/widgets.h"

#include <string.h>

struct _HarkAddDialog {
  GtkDialog parent_instance;
  HarkClient *client;
  GtkWidget *add;
  GtkWidget *address;
  GtkWidget *text;
  GtkWidget *problem;
};

G_DEFINE_TYPE (HarkAddDialog, hark_add_dialog, GTK_TYPE_DIALOG)

static char *
typed (GtkWidget *entry)
{
  return g_strstrip (g_strdup (gtk_entry_get_text (GTK_ENTRY (entry))));
}

static void
say (HarkAddDialog *dialog, const char *problem)
{
  gtk_label_set_text (GTK_LABEL (dialog->problem), problem ? problem : "");
}

static void
on_address_changed (HarkAddDialog *dialog)
{
  g_autofree char *address = typed (dialog->address);
  const char *problem = *address ? hark_address_check (address) : NULL;

  say (dialog, problem);
  gtk_widget_set_sensitive (dialog->add, *address && !problem);
}

static void
on_added (GObject *owner, const HarkEvent *result)
{
  HarkAddDialog *dialog = HARK_ADD_DIALOG (owner);

  if (result->ok) {
    gtk_widget_destroy (GTK_WIDGET (dialog));
    return;
  }
  say (dialog, result->text);
  gtk_widget_set_sensitive (dialog->add, TRUE);
}

static void
on_add (HarkAddDialog *dialog)
{
  HarkCommand *command = hark_command_new (HARK_COMMAND_ADD);

  command->address = typed (dialog->address);
  command->text = typed (dialog->text);
  gtk_widget_set_sensitive (dialog->add, FALSE);
  hark_client_ask (dialog->client, command, G_OBJECT (dialog), on_added);
}

static void
on_cancel (HarkAddDialog *dialog)
{
  gtk_widget_destroy (GTK_WIDGET (dialog));
}

static void
hark_add_dialog_dispose (GObject *object)
{
  g_clear_object (&HARK_ADD_DIALOG (object)->client);
  G_OBJECT_CLASS (hark_add_dialog_parent_class)->dispose (object);
}

static void
hark_add_dialog_class_init (HarkAddDialogClass *klass)
{
  GtkWidgetClass *widgets = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = hark_add_dialog_dispose;
  gtk_widget_class_set_template_from_resource (widgets, "/org/hark/Hark/add-dialog.ui");
  gtk_widget_class_bind_template_child (widgets, HarkAddDialog, add);
  gtk_widget_class_bind_template_child (widgets, HarkAddDialog, address);
  gtk_widget_class_bind_template_child (widgets, HarkAddDialog, text);
  gtk_widget_class_bind_template_child (widgets, HarkAddDialog, problem);
  gtk_widget_class_bind_template_callback (widgets, on_add);
  gtk_widget_class_bind_template_callback (widgets, on_cancel);
  gtk_widget_class_bind_template_callback (widgets, on_address_changed);
}

static void
hark_add_dialog_init (HarkAddDialog *dialog)
{
  gtk_widget_init_template (GTK_WIDGET (dialog));
  hark_widget_spoken (dialog->address, "Address or link");
  hark_widget_spoken (dialog->text, "Message with the request");
}

/* A valid address in the clipboard is most likely what the user came for. */
static void
on_clipboard (GtkClipboard *clipboard, const char *text, void *data)
{
  g_autoptr (HarkAddDialog) dialog = HARK_ADD_DIALOG (data);
  g_autofree char *address = text ? g_strstrip (g_strdup (text)) : NULL;

  (void) clipboard;
  if (!address || strlen (address) > 512 || hark_address_check (address) || !dialog->client
      || gtk_entry_get_text_length (GTK_ENTRY (dialog->address)) > 0)
    return;
  gtk_entry_set_text (GTK_ENTRY (dialog->address), address);
  gtk_editable_select_region (GTK_EDITABLE (dialog->address), 0, -1);
}

GtkWidget *
hark_add_dialog_new (GtkWindow *parent, HarkClient *client, const char *address)
{
  HarkAddDialog *dialog
    = g_object_new (HARK_TYPE_ADD_DIALOG, "use-header-bar", 1, "transient-for", parent, NULL);

  dialog->client = g_object_ref (client);
  if (address)
    gtk_entry_set_text (GTK_ENTRY (dialog->address), address);
  else
    gtk_clipboard_request_text (
      gtk_widget_get_clipboard (GTK_WIDGET (parent), GDK_SELECTION_CLIPBOARD), on_clipboard,
      g_object_ref (dialog));
  gtk_widget_grab_focus (address ? dialog->text : dialog->address);
  return GTK_WIDGET (dialog);
}
