#include "ui/people/address-dialog.h"

#include "ui/widgets.h"

struct _HarkAddressDialog {
  GtkDialog parent_instance;
  HarkClient *client;
  GtkWidget *address;
  GtkWidget *copy;
  GtkWidget *label;
  GtkWidget *invite;
  GtkWidget *make;
  GtkWidget *copy_invite;
  GtkWidget *problem;
};

G_DEFINE_TYPE (HarkAddressDialog, hark_address_dialog, GTK_TYPE_DIALOG)

static void
copy_text (GtkWidget *from, GtkWidget *button)
{
  gtk_clipboard_set_text (gtk_widget_get_clipboard (from, GDK_SELECTION_CLIPBOARD),
                          gtk_label_get_text (GTK_LABEL (from)), -1);
  gtk_button_set_label (GTK_BUTTON (button), "Copied");
}

static void
on_copy (HarkAddressDialog *dialog)
{
  copy_text (dialog->address, dialog->copy);
}

static void
on_copy_invite (HarkAddressDialog *dialog)
{
  copy_text (dialog->invite, dialog->copy_invite);
}

static bool
took (HarkAddressDialog *dialog, const HarkEvent *result, GtkWidget *label, GtkWidget *button)
{
  gtk_label_set_text (GTK_LABEL (dialog->problem), result->ok ? "" : result->text);
  if (!result->ok || !result->address)
    return false;
  gtk_label_set_text (GTK_LABEL (label), result->address);
  gtk_widget_set_sensitive (button, TRUE);
  return true;
}

static void
on_address (GObject *owner, const HarkEvent *result)
{
  HarkAddressDialog *dialog = HARK_ADDRESS_DIALOG (owner);

  if (took (dialog, result, dialog->address, dialog->copy))
    gtk_widget_grab_focus (dialog->copy);
}

static void
on_invite (GObject *owner, const HarkEvent *result)
{
  HarkAddressDialog *dialog = HARK_ADDRESS_DIALOG (owner);

  gtk_widget_set_sensitive (dialog->make, TRUE);
  if (!took (dialog, result, dialog->invite, dialog->copy_invite))
    return;
  gtk_widget_show (dialog->invite);
  gtk_widget_show (dialog->copy_invite);
  gtk_button_set_label (GTK_BUTTON (dialog->copy_invite), "Copy Invite");
  gtk_widget_grab_focus (dialog->copy_invite);
}

static void
on_make (HarkAddressDialog *dialog)
{
  HarkCommand *command = hark_command_new (HARK_COMMAND_ADDRESS);

  command->one_time = true;
  command->text = g_strdup (gtk_entry_get_text (GTK_ENTRY (dialog->label)));
  gtk_widget_set_sensitive (dialog->make, FALSE);
  hark_client_ask (dialog->client, command, G_OBJECT (dialog), on_invite);
}

static void
hark_address_dialog_dispose (GObject *object)
{
  g_clear_object (&HARK_ADDRESS_DIALOG (object)->client);
  G_OBJECT_CLASS (hark_address_dialog_parent_class)->dispose (object);
}

static void
hark_address_dialog_class_init (HarkAddressDialogClass *klass)
{
  GtkWidgetClass *widgets = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = hark_address_dialog_dispose;
  gtk_widget_class_set_template_from_resource (widgets, "/org/hark/Hark/address-dialog.ui");
  gtk_widget_class_bind_template_child (widgets, HarkAddressDialog, address);
  gtk_widget_class_bind_template_child (widgets, HarkAddressDialog, copy);
  gtk_widget_class_bind_template_child (widgets, HarkAddressDialog, label);
  gtk_widget_class_bind_template_child (widgets, HarkAddressDialog, invite);
  gtk_widget_class_bind_template_child (widgets, HarkAddressDialog, make);
  gtk_widget_class_bind_template_child (widgets, HarkAddressDialog, copy_invite);
  gtk_widget_class_bind_template_child (widgets, HarkAddressDialog, problem);
  gtk_widget_class_bind_template_callback (widgets, on_copy);
  gtk_widget_class_bind_template_callback (widgets, on_copy_invite);
  gtk_widget_class_bind_template_callback (widgets, on_make);
}

static void
hark_address_dialog_init (HarkAddressDialog *dialog)
{
  gtk_widget_init_template (GTK_WIDGET (dialog));
  hark_widget_spoken (dialog->label, "Who the invite is for");
  hark_widget_plain_breaks (dialog->address);
  hark_widget_plain_breaks (dialog->invite);
}

GtkWidget *
hark_address_dialog_new (GtkWindow *parent, HarkClient *client)
{
  HarkAddressDialog *dialog
    = g_object_new (HARK_TYPE_ADDRESS_DIALOG, "use-header-bar", 1, "transient-for", parent, NULL);

  dialog->client = g_object_ref (client);
  hark_client_ask (client, hark_command_new (HARK_COMMAND_ADDRESS), G_OBJECT (dialog), on_address);
  return GTK_WIDGET (dialog);
}
