#include "ui/people/address-dialog.h"

#include "ui/day.h"
#include "ui/language.h"
#include "ui/people/code-view.h"
#include "ui/questions.h"
#include "ui/widgets.h"
#include "ui/words/shown.h"
#include "ui/words/times.h"

#include <glib/gi18n.h>

struct _HarkAddressDialog {
  GtkDialog parent_instance;
  HarkClient *client;
  char *shown; /* the address on the card */
  bool shown_invite;
  GtkWidget *title;
  GtkWidget *code;
  GtkWidget *copy;
  GtkWidget *copy_invitation;
  GtkWidget *copy_picture;
  GtkWidget *save_picture;
  GtkWidget *label;
  GtkWidget *make;
  GtkWidget *make_lasting;
  GtkWidget *problem;
  GtkWidget *list;
};

G_DEFINE_TYPE (HarkAddressDialog, hark_address_dialog, GTK_TYPE_DIALOG)

static void ask_list (HarkAddressDialog *dialog);

/* @problem: (nullable) */
static void
say_problem (HarkAddressDialog *dialog, const char *problem)
{
  gtk_label_set_text (GTK_LABEL (dialog->problem), problem ? problem : "");
  gtk_widget_set_visible (dialog->problem, problem != NULL);
}

static void
say (HarkAddressDialog *dialog, const HarkEvent *result)
{
  say_problem (dialog, result->ok ? NULL : result->text);
}

/* ---- the card ---- */

/* Nothing of it is in the clipboard. */
static void
label_buttons (HarkAddressDialog *dialog)
{
  gtk_button_set_label (GTK_BUTTON (dialog->copy), _ ("Copy Link"));
  gtk_button_set_label (GTK_BUTTON (dialog->copy_invitation), _ ("Copy Invitation"));
  gtk_button_set_label (GTK_BUTTON (dialog->copy_picture), _ ("Copy Picture"));
}

static void
put (HarkAddressDialog *dialog, const char *text, GtkWidget *button)
{
  gtk_clipboard_set_text (gtk_widget_get_clipboard (button, GDK_SELECTION_CLIPBOARD), text, -1);
  label_buttons (dialog);
  gtk_button_set_label (GTK_BUTTON (button), _ ("Copied"));
}

static void
on_copy (HarkAddressDialog *dialog)
{
  g_autofree char *link = g_strconcat ("hark:", dialog->shown, NULL);

  put (dialog, link, dialog->copy);
}

/* As hark_invitation(), in the language of the window, which is most likely the friend's too; the
 * link stands as it is, without the marks that set names apart. */
static void
on_copy_invitation (HarkAddressDialog *dialog)
{
  g_autofree char *text = g_strdup_printf (
    _ ("Let us write and talk with Hark, without a server between us: hark:%s\n"
       "Install Hark, and open this link or paste it there under “Add a Person”."),
    dialog->shown);
  g_autofree char *once
    = g_strconcat (text, " ", _ ("It is for you alone and works once, within 30 days."), NULL);

  put (dialog, dialog->shown_invite ? once : text, dialog->copy_invitation);
}

static void
on_copy_picture (HarkAddressDialog *dialog)
{
  g_autoptr (GdkPixbuf) picture = hark_code_view_get_picture (HARK_CODE_VIEW (dialog->code));

  if (!picture)
    return;
  gtk_clipboard_set_image (gtk_widget_get_clipboard (dialog->copy_picture, GDK_SELECTION_CLIPBOARD),
                           picture);
  label_buttons (dialog);
  gtk_button_set_label (GTK_BUTTON (dialog->copy_picture), _ ("Copied"));
}

static bool
save (HarkAddressDialog *dialog, const char *path, GError **error)
{
  g_autoptr (GdkPixbuf) picture = hark_code_view_get_picture (HARK_CODE_VIEW (dialog->code));
  g_autofree char *bytes = NULL;
  gsize len;

  return !picture
         || (gdk_pixbuf_save_to_buffer (picture, &bytes, &len, "png", error, NULL)
             && g_file_set_contents (path, bytes, (gssize) len, error));
}

static void
on_save_picture (HarkAddressDialog *dialog)
{
  g_autoptr (GtkFileChooserNative) chooser
    = gtk_file_chooser_native_new (_ ("Picture of the code"), GTK_WINDOW (dialog),
                                   GTK_FILE_CHOOSER_ACTION_SAVE, _ ("_Save"), _ ("_Cancel"));
  g_autoptr (GError) error = NULL;
  g_autofree char *path = NULL;

  gtk_file_chooser_set_current_name (GTK_FILE_CHOOSER (chooser), "hark-code.png");
  gtk_file_chooser_set_do_overwrite_confirmation (GTK_FILE_CHOOSER (chooser), TRUE);
  if (!hark_question_choose (chooser))
    return;
  path = gtk_file_chooser_get_filename (GTK_FILE_CHOOSER (chooser));
  say_problem (dialog, save (dialog, path, &error) ? NULL : error->message);
}

static void
show_title (HarkAddressDialog *dialog, const char *label, bool invite)
{
  g_autofree char *shown = hark_words_shown (label ? label : "", 48);
  g_autofree char *title = NULL;

  if (invite && *shown)
    title = g_strdup_printf (_ ("For %s alone: works once, within 30 days."), shown);
  else if (invite)
    title = g_strdup (_ ("For one person: works once, within 30 days."));
  else if (*shown)
    title = g_strdup_printf (_ ("“%s”: whoever has it can ask to become your contact."), shown);
  else
    title = g_strdup (_ ("Whoever has your code or link can ask to become your contact."));
  gtk_label_set_text (GTK_LABEL (dialog->title), title);
}

static void
show (HarkAddressDialog *dialog, const char *address, const char *label, bool invite)
{
  g_autofree char *link = g_strconcat ("hark:", address, NULL);

  show_title (dialog, label, invite);
  g_free (dialog->shown);
  dialog->shown = g_strdup (address);
  dialog->shown_invite = invite;
  hark_code_view_set_text (HARK_CODE_VIEW (dialog->code), link);
  gtk_widget_set_sensitive (dialog->copy, TRUE);
  gtk_widget_set_sensitive (dialog->copy_invitation, TRUE);
  gtk_widget_set_sensitive (dialog->copy_picture, TRUE);
  gtk_widget_set_sensitive (dialog->save_picture, TRUE);
  label_buttons (dialog);
}

static void
on_address (GObject *owner, const HarkEvent *result)
{
  HarkAddressDialog *dialog = HARK_ADDRESS_DIALOG (owner);

  say (dialog, result);
  if (!result->ok || !result->address)
    return;
  show (dialog, result->address, NULL, false);
  gtk_widget_grab_focus (dialog->copy);
  ask_list (dialog);
}

/* ---- making more ---- */

static void
on_made (GObject *owner, const HarkEvent *result)
{
  HarkAddressDialog *dialog = HARK_ADDRESS_DIALOG (owner);

  gtk_widget_set_sensitive (dialog->make, TRUE);
  gtk_widget_set_sensitive (dialog->make_lasting, TRUE);
  say (dialog, result);
  if (!result->ok || !result->address)
    return;
  show (dialog, result->address, gtk_entry_get_text (GTK_ENTRY (dialog->label)), result->on);
  gtk_entry_set_text (GTK_ENTRY (dialog->label), "");
  gtk_widget_grab_focus (dialog->copy);
  ask_list (dialog);
}

static void
make (HarkAddressDialog *dialog, bool one_time)
{
  HarkCommand *command = hark_command_new (HARK_COMMAND_ADDRESS);

  command->one_time = one_time;
  command->text = g_strdup (gtk_entry_get_text (GTK_ENTRY (dialog->label)));
  gtk_widget_set_sensitive (dialog->make, FALSE);
  gtk_widget_set_sensitive (dialog->make_lasting, FALSE);
  hark_client_ask (dialog->client, command, G_OBJECT (dialog), on_made);
}

static void
on_make (HarkAddressDialog *dialog)
{
  make (dialog, true);
}

static void
on_make_lasting (HarkAddressDialog *dialog)
{
  make (dialog, false);
}

/* ---- what there is ---- */

static const HarkOwnAddress *
of_button (GtkWidget *button)
{
  return g_object_get_data (G_OBJECT (button), "hark-address");
}

static void
on_show (HarkAddressDialog *dialog, GtkWidget *button)
{
  const HarkOwnAddress *address = of_button (button);

  show (dialog, address->address, address->label, address->one_time);
}

static void
on_revoked (GObject *owner, const HarkEvent *result)
{
  HarkAddressDialog *dialog = HARK_ADDRESS_DIALOG (owner);

  say (dialog, result);
  if (result->ok)
    hark_client_ask (dialog->client, hark_command_new (HARK_COMMAND_ADDRESS), owner, on_address);
}

static void
on_revoke (HarkAddressDialog *dialog, GtkWidget *button)
{
  g_autofree char *address = g_strdup (of_button (button)->address);
  HarkCommand *command;

  if (!hark_widget_confirm (GTK_WIDGET (dialog), _ ("Revoke this link?"),
                            _ ("Nobody can ask you by it any more, wherever it was passed on. Your "
                               "contacts stay."),
                            _ ("Revoke")))
    return;
  command = hark_command_new (HARK_COMMAND_REVOKE);
  command->address = g_steal_pointer (&address);
  hark_client_ask (dialog->client, command, G_OBJECT (dialog), on_revoked);
}

/* ---- what one is called ---- */

static void
on_labelled (GObject *owner, const HarkEvent *result)
{
  HarkAddressDialog *dialog = HARK_ADDRESS_DIALOG (owner);

  say (dialog, result);
  if (result->ok)
    ask_list (dialog);
}

static void
apply_label (HarkAddressDialog *dialog, GtkWidget *entry)
{
  const HarkOwnAddress *address = of_button (entry);
  HarkCommand *command = hark_command_new (HARK_COMMAND_LABEL);

  command->address = g_strdup (address->address);
  command->text = g_strstrip (g_strdup (gtk_entry_get_text (GTK_ENTRY (entry))));
  hark_client_ask (dialog->client, command, G_OBJECT (dialog), on_labelled);
  gtk_popover_popdown (GTK_POPOVER (gtk_widget_get_ancestor (entry, GTK_TYPE_POPOVER)));
}

static void
on_label_saved (GtkWidget *entry)
{
  g_signal_emit_by_name (entry, "activate");
}

static GtkWidget *
new_label_popover (HarkAddressDialog *dialog, GtkWidget *button, HarkOwnAddress *address)
{
  GtkWidget *popover = gtk_popover_new (button);
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 6);
  GtkWidget *entry = gtk_entry_new ();
  GtkWidget *save = gtk_button_new_with_mnemonic (_ ("_Save"));

  gtk_entry_set_max_length (GTK_ENTRY (entry), 48);
  hark_widget_limit_bytes (entry);
  gtk_entry_set_text (GTK_ENTRY (entry), address->label);
  gtk_entry_set_width_chars (GTK_ENTRY (entry), 16);
  hark_widget_spoken (entry, _ ("Who the link is for"));
  g_object_set_data (G_OBJECT (entry), "hark-address", address);
  g_signal_connect_object (entry, "activate", G_CALLBACK (apply_label), dialog, G_CONNECT_SWAPPED);
  g_signal_connect_swapped (save, "clicked", G_CALLBACK (on_label_saved), entry);
  gtk_container_add (GTK_CONTAINER (box), entry);
  gtk_container_add (GTK_CONTAINER (box), save);
  g_object_set (box, "margin", 8, NULL);
  gtk_widget_show_all (box);
  gtk_container_add (GTK_CONTAINER (popover), box);
  return popover;
}

static void
add_label_button (HarkAddressDialog *dialog,
                  GtkWidget *row,
                  const char *name,
                  HarkOwnAddress *address)
{
  GtkWidget *button = gtk_menu_button_new ();
  g_autofree char *spoken = g_strdup_printf (_ ("Rename %s"), name);

  gtk_button_set_image (GTK_BUTTON (button), gtk_image_new_from_icon_name ("document-edit-symbolic",
                                                                           GTK_ICON_SIZE_BUTTON));
  hark_widget_name (button, spoken);
  gtk_widget_set_valign (button, GTK_ALIGN_CENTER);
  gtk_menu_button_set_popover (GTK_MENU_BUTTON (button),
                               new_label_popover (dialog, button, address));
  gtk_container_add (GTK_CONTAINER (row), button);
}

/* ---- the list ---- */

static GtkWidget *
add_button (HarkAddressDialog *dialog,
            GtkWidget *row,
            const char *verb,
            const char *spoken,
            HarkOwnAddress *address,
            GCallback on_clicked)
{
  GtkWidget *button = gtk_button_new_with_label (verb);

  hark_widget_spoken (button, spoken);
  gtk_widget_set_valign (button, GTK_ALIGN_CENTER);
  g_object_set_data (G_OBJECT (button), "hark-address", address);
  g_signal_connect_object (button, "clicked", on_clicked, dialog, G_CONNECT_SWAPPED);
  gtk_container_add (GTK_CONTAINER (row), button);
  return button;
}

/* The engine takes one away within the hour; one that was made while the clock was slow ends at
 * once when that is set right. */
static bool
is_over (const HarkOwnAddress *address, int64_t now_ms)
{
  return address->one_time && address->ends_ms <= now_ms;
}

static char *
lifetime (const HarkOwnAddress *address, int64_t now_ms)
{
  g_autofree char *end = NULL;

  if (!address->one_time)
    return g_strdup (_ ("works until revoked"));
  if (!is_over (address, now_ms)) {
    end = hark_words_day (address->ends_ms, now_ms);
    return g_strdup_printf (_ ("once, until %s"), end);
  }
  end = hark_words_same_day (address->ends_ms, now_ms) ? hark_words_time (address->ends_ms)
                                                       : hark_words_day (address->ends_ms, now_ms);
  /* Translators: an invite; a day, or a time of today */
  return g_strdup_printf (_ ("no longer valid since %s"), end);
}

static void
add_row (HarkAddressDialog *dialog, HarkOwnAddress *address)
{
  g_autofree char *label = hark_words_shown (address->label, 48);
  const int64_t now_ms = g_get_real_time () / 1000;
  g_autofree char *life = lifetime (address, now_ms);
  const char *kind = address->one_time ? _ ("Invite") : _ ("Your link");
  g_autofree char *text = g_strdup_printf ("%s\n%s", *label ? label : kind, life);
  g_autofree char *name = hark_language_apart (*label ? label : kind);
  g_autofree char *show = g_strdup_printf (_ ("Show %s"), name);
  g_autofree char *revoke = g_strdup_printf (_ ("Revoke %s"), name);
  GtkWidget *row = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 6);
  GtkWidget *words = gtk_label_new (text);

  gtk_label_set_xalign (GTK_LABEL (words), 0);
  hark_widget_wrap (words);
  gtk_widget_set_hexpand (words, TRUE);
  gtk_container_add (GTK_CONTAINER (row), words);
  g_object_set_data_full (G_OBJECT (row), "hark-address", address,
                          (GDestroyNotify) hark_own_address_free);
  add_label_button (dialog, row, name, address);
  if (!is_over (address, now_ms)) /* nobody should get it any more */
    add_button (dialog, row, _ ("Show"), show, address, G_CALLBACK (on_show));
  add_button (dialog, row, _ ("Revoke"), revoke, address, G_CALLBACK (on_revoke));
  gtk_widget_show_all (row);
  gtk_container_add (GTK_CONTAINER (dialog->list), row);
}

static void
on_list (GObject *owner, const HarkEvent *result)
{
  HarkAddressDialog *dialog = HARK_ADDRESS_DIALOG (owner);
  g_autoptr (GList) old = gtk_container_get_children (GTK_CONTAINER (dialog->list));

  for (GList *at = old; at; at = at->next)
    gtk_widget_destroy (at->data);
  for (guint i = 0; result->addresses && i < result->addresses->len; i++) {
    const HarkOwnAddress *address = result->addresses->pdata[i];
    HarkOwnAddress *copy = g_memdup2 (address, sizeof *address);

    copy->address = g_strdup (address->address);
    copy->label = g_strdup (address->label ? address->label : "");
    add_row (dialog, copy);
    if (g_strcmp0 (dialog->shown, copy->address) == 0)
      show_title (dialog, copy->label, copy->one_time);
  }
}

static void
ask_list (HarkAddressDialog *dialog)
{
  hark_client_ask (dialog->client, hark_command_new (HARK_COMMAND_ADDRESSES), G_OBJECT (dialog),
                   on_list);
}

/* ---- life ---- */

static void
on_day_turned (void *dialog)
{
  if (HARK_ADDRESS_DIALOG (dialog)->client)
    ask_list (dialog);
}

static void
hark_address_dialog_dispose (GObject *object)
{
  HarkAddressDialog *dialog = HARK_ADDRESS_DIALOG (object);

  g_clear_object (&dialog->client);
  g_clear_pointer (&dialog->shown, g_free);
  G_OBJECT_CLASS (hark_address_dialog_parent_class)->dispose (object);
}

static void
hark_address_dialog_class_init (HarkAddressDialogClass *klass)
{
  GtkWidgetClass *widgets = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = hark_address_dialog_dispose;
  g_type_ensure (HARK_TYPE_CODE_VIEW);
  gtk_widget_class_set_template_from_resource (widgets, "/org/hark/Hark/address-dialog.ui");
  gtk_widget_class_bind_template_child (widgets, HarkAddressDialog, title);
  gtk_widget_class_bind_template_child (widgets, HarkAddressDialog, code);
  gtk_widget_class_bind_template_child (widgets, HarkAddressDialog, copy);
  gtk_widget_class_bind_template_child (widgets, HarkAddressDialog, copy_invitation);
  gtk_widget_class_bind_template_child (widgets, HarkAddressDialog, copy_picture);
  gtk_widget_class_bind_template_child (widgets, HarkAddressDialog, save_picture);
  gtk_widget_class_bind_template_child (widgets, HarkAddressDialog, label);
  gtk_widget_class_bind_template_child (widgets, HarkAddressDialog, make);
  gtk_widget_class_bind_template_child (widgets, HarkAddressDialog, make_lasting);
  gtk_widget_class_bind_template_child (widgets, HarkAddressDialog, problem);
  gtk_widget_class_bind_template_child (widgets, HarkAddressDialog, list);
  gtk_widget_class_bind_template_callback (widgets, on_copy);
  gtk_widget_class_bind_template_callback (widgets, on_copy_invitation);
  gtk_widget_class_bind_template_callback (widgets, on_copy_picture);
  gtk_widget_class_bind_template_callback (widgets, on_save_picture);
  gtk_widget_class_bind_template_callback (widgets, on_make);
  gtk_widget_class_bind_template_callback (widgets, on_make_lasting);
}

static void
hark_address_dialog_init (HarkAddressDialog *dialog)
{
  gtk_widget_init_template (GTK_WIDGET (dialog));
  hark_day_follow (G_OBJECT (dialog), on_day_turned);
  hark_widget_limit_bytes (GTK_WIDGET (dialog->label));
  hark_widget_spoken (dialog->label, _ ("Who the link is for"));
}

GtkWidget *
hark_address_dialog_new (GtkWindow *parent, HarkClient *client)
{
  HarkAddressDialog *dialog
    = g_object_new (HARK_TYPE_ADDRESS_DIALOG, "use-header-bar", 1, "transient-for", parent, NULL);

  dialog->client = g_object_ref (client);
  hark_client_ask (client, hark_command_new (HARK_COMMAND_ADDRESS), G_OBJECT (dialog), on_address);
  hark_widget_fit (GTK_WIDGET (dialog));
  return GTK_WIDGET (dialog);
}
