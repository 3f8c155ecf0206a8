#include "ui/people/add-dialog.h"

#include "core/hark-address.h"
#include "core/hark-handover.h"
#include "ui/core-words.h"
#include "ui/language.h"
#include "ui/people/code-entry.h"
#include "ui/people/here-box.h"
#include "ui/widgets.h"

#include <glib/gi18n.h>
#include <string.h>

struct _HarkAddDialog {
  GtkDialog parent_instance;
  HarkClient *client;
  GtkWidget *add;
  GtkWidget *address;
  GtkWidget *text;
  GtkWidget *problem;
  GtkWidget *from_picture;
  GtkWidget *here;
  char *found; /* in the clipboard */
};

G_DEFINE_TYPE (HarkAddDialog, hark_add_dialog, GTK_TYPE_DIALOG)

static guint signal_take, signal_added;

static char *
typed (GtkWidget *entry)
{
  return g_strstrip (g_strdup (gtk_entry_get_text (GTK_ENTRY (entry))));
}

static void
say (HarkAddDialog *dialog, const char *problem)
{
  g_autofree char *text = hark_core_words (problem);

  gtk_label_set_text (GTK_LABEL (dialog->problem), text ? text : "");
  gtk_widget_set_visible (dialog->problem, text != NULL);
}

/* Four words are no person but files that somebody gives. */
static bool
show_words (HarkAddDialog *dialog, const char *typed)
{
  const bool words = hark_handover_is_words (typed);

  gtk_button_set_label (GTK_BUTTON (dialog->add), words ? _ ("Take Files") : _ ("Add"));
  gtk_widget_set_sensitive (dialog->text, !words);
  return words;
}

static void
on_address_changed (HarkAddDialog *dialog)
{
  g_autofree char *address = typed (dialog->address);
  g_autofree char *within = hark_address_find (address);
  const char *bare = g_ascii_strncasecmp (address, "hark:", 5) ? address : address + 5;
  const char *problem = *address ? hark_address_check (address) : NULL;

  if (show_words (dialog, address))
    problem = NULL;
  if (within && strcmp (bare, within)) { /* an invitation as it came by mail */
    gtk_entry_set_text (GTK_ENTRY (dialog->address), within);
    return;
  }
  say (dialog, problem);
  gtk_widget_set_sensitive (dialog->add, *address && !problem);
}

static void
go_to (HarkAddDialog *dialog, const HarkEvent *result)
{
  g_autofree char *hex = hark_hex (result->account, sizeof result->account);

  g_signal_emit (dialog, signal_added, 0, hex);
  gtk_widget_destroy (GTK_WIDGET (dialog));
}

/* Nothing was asked, and whoever was looked for is there. */
static void
go_to_known (HarkAddDialog *dialog, const HarkEvent *result, HarkPersonItem *person)
{
  g_autoptr (HarkClient) client = g_object_ref (dialog->client);
  g_autofree char *name = hark_language_apart (hark_person_item_get (person)->name);
  g_autofree char *words = g_strdup_printf (_ ("%s is a contact of yours already."), name);

  go_to (dialog, result);
  g_signal_emit_by_name (client, "warning", words);
}

static void
on_added (GObject *owner, const HarkEvent *result)
{
  HarkAddDialog *dialog = HARK_ADD_DIALOG (owner);
  HarkPersonItem *known = g_strcmp0 (result->code, "exists") == 0
                            ? hark_client_find (dialog->client, result->account)
                            : NULL;

  if (result->ok) {
    go_to (dialog, result);
    return;
  }
  if (known) {
    go_to_known (dialog, result, known);
    return;
  }
  say (dialog, result->text);
  gtk_widget_set_sensitive (dialog->add, TRUE);
}

static void
on_add (HarkAddDialog *dialog)
{
  g_autofree char *address = typed (dialog->address);
  HarkCommand *command;

  if (hark_handover_is_words (address)) {
    g_signal_emit (dialog, signal_take, 0, address);
    gtk_widget_destroy (GTK_WIDGET (dialog));
    return;
  }
  command = hark_command_new (HARK_COMMAND_ADD);
  command->address = g_steal_pointer (&address);
  command->text = typed (dialog->text);
  gtk_widget_set_sensitive (dialog->add, FALSE);
  hark_client_ask (dialog->client, command, G_OBJECT (dialog), on_added);
}

/* ---- QR pictures ---- */

static void
on_read (GtkEntry *entry, const char *problem, void *data)
{
  HarkAddDialog *dialog = data;

  (void) entry;
  if (problem)
    say (dialog, problem);
  else
    gtk_widget_grab_focus (dialog->text);
}

/* ---- people here ---- */

static void
on_chosen (HarkAddDialog *dialog, const char *address)
{
  gtk_entry_set_text (GTK_ENTRY (dialog->address), address);
  gtk_widget_grab_focus (dialog->text);
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
  g_clear_pointer (&HARK_ADD_DIALOG (object)->found, g_free);
  G_OBJECT_CLASS (hark_add_dialog_parent_class)->dispose (object);
}

static void
hark_add_dialog_class_init (HarkAddDialogClass *klass)
{
  GtkWidgetClass *widgets = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = hark_add_dialog_dispose;
  signal_take = g_signal_new ("take", HARK_TYPE_ADD_DIALOG, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                              G_TYPE_NONE, 1, G_TYPE_STRING);
  signal_added = g_signal_new ("added", HARK_TYPE_ADD_DIALOG, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                               NULL, G_TYPE_NONE, 1, G_TYPE_STRING);
  g_type_ensure (HARK_TYPE_HERE_BOX);
  gtk_widget_class_set_template_from_resource (widgets, "/org/hark/Hark/add-dialog.ui");
  gtk_widget_class_bind_template_child (widgets, HarkAddDialog, add);
  gtk_widget_class_bind_template_child (widgets, HarkAddDialog, address);
  gtk_widget_class_bind_template_child (widgets, HarkAddDialog, text);
  gtk_widget_class_bind_template_child (widgets, HarkAddDialog, problem);
  gtk_widget_class_bind_template_child (widgets, HarkAddDialog, from_picture);
  gtk_widget_class_bind_template_child (widgets, HarkAddDialog, here);
  gtk_widget_class_bind_template_callback (widgets, on_chosen);
  gtk_widget_class_bind_template_callback (widgets, on_add);
  gtk_widget_class_bind_template_callback (widgets, on_cancel);
  gtk_widget_class_bind_template_callback (widgets, on_address_changed);
}

static void
hark_add_dialog_init (HarkAddDialog *dialog)
{
  gtk_widget_init_template (GTK_WIDGET (dialog));
  hark_widget_limit_bytes (GTK_WIDGET (dialog->text));
  hark_widget_spoken (dialog->address, _ ("Address or link"));
  hark_widget_spoken (dialog->text, _ ("Message with the request"));
  hark_code_entry_setup (GTK_ENTRY (dialog->address), GTK_WIDGET (dialog), dialog->from_picture,
                         on_read, dialog);
}

/* What was copied last may be our own, on its way to a friend. */
static void
on_own (GObject *owner, const HarkEvent *result)
{
  HarkAddDialog *dialog = HARK_ADD_DIALOG (owner);
  const char *found = dialog->found;

  if (gtk_entry_get_text_length (GTK_ENTRY (dialog->address)) > 0
      || (result->address && strcasestr (found, result->address)))
    return;
  gtk_entry_set_text (GTK_ENTRY (dialog->address), found);
  gtk_editable_select_region (GTK_EDITABLE (dialog->address), 0, -1);
  gtk_entry_set_icon_from_icon_name (GTK_ENTRY (dialog->address), GTK_ENTRY_ICON_SECONDARY,
                                     "edit-paste-symbolic");
  gtk_entry_set_icon_tooltip_text (GTK_ENTRY (dialog->address), GTK_ENTRY_ICON_SECONDARY,
                                   _ ("Found in the clipboard"));
}

/* A valid address in the clipboard is most likely what the user came for. */
static void
on_clipboard (GtkClipboard *clipboard, const char *text, void *data)
{
  g_autoptr (HarkAddDialog) dialog = HARK_ADD_DIALOG (data);

  (void) clipboard;
  dialog->found = text ? hark_address_find (text) : NULL;
  if (dialog->found && dialog->client)
    hark_client_ask (dialog->client, hark_command_new (HARK_COMMAND_ADDRESS), G_OBJECT (dialog),
                     on_own);
}

GtkWidget *
hark_add_dialog_new (GtkWindow *parent, HarkClient *client, const char *address)
{
  HarkAddDialog *dialog
    = g_object_new (HARK_TYPE_ADD_DIALOG, "use-header-bar", 1, "transient-for", parent, NULL);

  dialog->client = g_object_ref (client);
  hark_here_box_set_client (HARK_HERE_BOX (dialog->here), client);
  if (address)
    gtk_entry_set_text (GTK_ENTRY (dialog->address), address);
  else
    gtk_clipboard_request_text (
      gtk_widget_get_clipboard (GTK_WIDGET (parent), GDK_SELECTION_CLIPBOARD), on_clipboard,
      g_object_ref (dialog));
  gtk_widget_grab_focus (address ? dialog->text : dialog->address);
  hark_widget_fit (GTK_WIDGET (dialog));
  return GTK_WIDGET (dialog);
}
