/* Preferences of the account: what opens it, its words, backups, and its end. */
#include "ui/core-words.h"
#include "ui/questions.h"
#include "ui/settings/preferences.h"
#include "ui/settings/rows.h"
#include "ui/settings/secret-dialog.h"
#include "ui/settings/settings.h"
#include "ui/widgets.h"
#include "ui/words/times.h"

#include <glib/gi18n.h>

typedef struct {
  HarkPreferences *window;
  GtkWidget *page, *unlock;
  GPtrArray *rows; /* of `unlock`, which change with what opens the profile */
  GtkWidget *backup, *automatic;
  char *folder; /* of automatic backups; NULL for none */
} Account;

static void fill_unlock (Account *account);

static void
account_free (void *data)
{
  Account *account = data;

  g_ptr_array_unref (account->rows);
  g_free (account->folder);
  g_free (account);
}

static HarkClient *
client_of (Account *account)
{
  return hark_preferences_get_client (account->window);
}

/* What became of it stands below the title of the row. */
static void
row_says (GtkWidget *control, const char *text)
{
  hdy_action_row_set_subtitle (g_object_get_data (G_OBJECT (control), "hark-row"), text);
}

static void
complain (Account *account, const char *problem)
{
  g_autofree char *text = hark_core_words (problem);
  GtkWidget *dialog = gtk_message_dialog_new (GTK_WINDOW (account->window),
                                              GTK_DIALOG_MODAL | GTK_DIALOG_DESTROY_WITH_PARENT,
                                              GTK_MESSAGE_WARNING, GTK_BUTTONS_CLOSE, "%s", text);

  g_signal_connect (dialog, "response", G_CALLBACK (gtk_widget_destroy), NULL);
  gtk_widget_show (dialog);
}

/* ---- what opens the profile ---- */

/* What the thread that works on a passphrase is given. */
typedef struct {
  char *profile, *now, *wanted;
  HarkUnlock way;
  bool show_words; /* afterwards: the passphrase was asked for this alone */
} Change;

static void
change_free (void *data)
{
  Change *change = data;

  g_free (change->profile);
  hark_words_free (change->now);
  hark_words_free (change->wanted);
  g_free (change);
}

static void
work (GTask *task, void *source, void *data, GCancellable *cancellable)
{
  Change *change = data;
  GError *error = NULL;

  (void) source;
  (void) cancellable;
  if (hark_profile_change_unlock (change->profile, change->now, NULL, change->way, change->wanted,
                                  &error))
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, error);
}

static void
on_words (GObject *owner, const HarkEvent *result)
{
  Account *account = g_object_get_data (owner, "hark-account");
  GtkWidget *dialog;

  if (!result->ok || !result->text)
    return;
  dialog = gtk_message_dialog_new (GTK_WINDOW (account->window),
                                   GTK_DIALOG_MODAL | GTK_DIALOG_DESTROY_WITH_PARENT,
                                   GTK_MESSAGE_OTHER, GTK_BUTTONS_CLOSE, "%s", result->text);
  gtk_window_set_title (GTK_WINDOW (dialog), _ ("Your 24 Words"));
  gtk_message_dialog_format_secondary_text (
    GTK_MESSAGE_DIALOG (dialog),
    _ (
      "Write them down on paper, in this order. They are the account: whoever has them can be you, "
      "and without them or a backup nobody can bring it back."));
  g_signal_connect (dialog, "response", G_CALLBACK (gtk_widget_destroy), NULL);
  gtk_widget_show (dialog);
  hark_settings_set_flag (hark_settings_get (), HARK_SET_WORDS_SEEN, true);
}

static void
show_words (Account *account)
{
  hark_client_ask (client_of (account), hark_command_new (HARK_COMMAND_OWN_WORDS),
                   G_OBJECT (account->page), on_words);
}

static void
on_changed (GObject *source, GAsyncResult *result, void *data)
{
  Account *account = g_object_get_data (source, "hark-account");
  Change *change = g_task_get_task_data (G_TASK (result));
  g_autoptr (GError) error = NULL;
  bool ok = g_task_propagate_boolean (G_TASK (result), &error);

  (void) data;
  if (!gtk_widget_get_parent (GTK_WIDGET (source)))
    return; /* closed meanwhile */
  gtk_widget_set_sensitive (account->unlock, TRUE);
  if (!ok)
    complain (account, error->message);
  else if (change->show_words)
    show_words (account);
  fill_unlock (account);
}

static void
begin (Account *account, Change *change)
{
  g_autoptr (GTask) task = g_task_new (account->page, NULL, on_changed, NULL);

  change->profile = g_strdup (hark_preferences_get_profile (account->window));
  g_task_set_task_data (task, change, change_free);
  gtk_widget_set_sensitive (account->unlock, FALSE);
  g_task_run_in_thread (task, work);
}

/* Whether a passphrase is right is found out by setting it once more. */
static void
on_response (GtkDialog *dialog, int response, void *data)
{
  Account *account = data;
  Change *change;

  if (response == GTK_RESPONSE_ACCEPT) {
    change = g_new0 (Change, 1);
    change->way = (HarkUnlock) GPOINTER_TO_UINT (g_object_get_data (G_OBJECT (dialog), "hark-way"));
    change->show_words = g_object_get_data (G_OBJECT (dialog), "hark-words") != NULL;
    change->now = hark_secret_dialog_get_now (HARK_SECRET_DIALOG (dialog));
    change->wanted = change->show_words
                       ? g_strdup (change->now)
                       : hark_secret_dialog_get_wanted (HARK_SECRET_DIALOG (dialog));
    begin (account, change);
  }
  gtk_widget_destroy (GTK_WIDGET (dialog));
}

static GtkWidget *
ask (Account *account,
     const char *title,
     const char *about,
     const char *verb,
     HarkUnlock way,
     bool wanted)
{
  bool locked = hark_profile_needs_passphrase (hark_preferences_get_profile (account->window));
  GtkWidget *dialog
    = hark_secret_dialog_new (GTK_WINDOW (account->window), title, about, verb, locked, wanted);

  g_object_set_data (G_OBJECT (dialog), "hark-way", GUINT_TO_POINTER (way));
  g_signal_connect (dialog, "response", G_CALLBACK (on_response), account);
  gtk_widget_show (dialog);
  return dialog;
}

static void
on_set (Account *account)
{
  ask (account, _ ("Passphrase"),
       _ ("Hark asks for it at every start. If you forget it, the 24 words or a backup bring the "
          "account back."),
       _ ("_Set"), HARK_UNLOCK_PASSPHRASE, true);
}

static void
on_take_away (Account *account)
{
  ask (account, _ ("No Passphrase"),
       _ ("Whoever can read your files can then read your messages and be you."), _ ("_Remove"),
       HARK_UNLOCK_FILE, false);
}

static void
on_keyring (Account *account)
{
  ask (
    account, _ ("Login Keyring"),
    _ ("The profile then opens while you are logged in, and for nobody who has its files alone."),
    _ ("_Use"), HARK_UNLOCK_KEYRING, false);
}

static void
on_show_words (Account *account)
{
  if (!hark_profile_needs_passphrase (hark_preferences_get_profile (account->window))) {
    show_words (account);
    return;
  }
  g_object_set_data (G_OBJECT (ask (account, _ ("Your 24 Words"),
                                    _ ("Whoever sees them can be you. Is nobody looking?"),
                                    _ ("_Show"), HARK_UNLOCK_PASSPHRASE, false)),
                     "hark-words", account);
}

static void
on_lock (Account *account)
{
  g_signal_emit_by_name (account->window, "lock");
}

static GtkWidget *
add_unlock (
  Account *account, const char *title, const char *subtitle, const char *label, GCallback on_click)
{
  GtkWidget *button = hark_row_button (account->unlock, title, subtitle, label);

  g_signal_connect_swapped (button, "clicked", on_click, account);
  g_ptr_array_add (account->rows, g_object_get_data (G_OBJECT (button), "hark-row"));
  return button;
}

static void
fill_unlock (Account *account)
{
  bool locked = hark_profile_needs_passphrase (hark_preferences_get_profile (account->window));

  for (guint i = 0; i < account->rows->len; i++)
    gtk_widget_destroy (account->rows->pdata[i]);
  g_ptr_array_set_size (account->rows, 0);
  if (locked) {
    add_unlock (account, _ ("Passphrase"), _ ("Asked for at every start."), _ ("_Change…"),
                G_CALLBACK (on_set));
    add_unlock (account, _ ("No passphrase"), NULL, _ ("_Remove…"), G_CALLBACK (on_take_away));
    add_unlock (account, _ ("Lock now"), _ ("Nobody reaches you until it is unlocked."),
                _ ("_Lock"), G_CALLBACK (on_lock));
  } else {
    add_unlock (account, _ ("Passphrase"), _ ("None is asked for."), _ ("_Set…"),
                G_CALLBACK (on_set));
  }
  if (hark_profile_has_keyring ())
    add_unlock (account, _ ("Login keyring"), _ ("It keeps the key while you are logged in."),
                _ ("_Use…"), G_CALLBACK (on_keyring));
}

/* ---- backups ---- */

static char *
choose (Account *account, const char *title, GtkFileChooserAction action, const char *name)
{
  g_autoptr (GtkFileChooserNative) chooser = gtk_file_chooser_native_new (
    title, GTK_WINDOW (account->window), action,
    action == GTK_FILE_CHOOSER_ACTION_SAVE ? _ ("_Save") : _ ("_Choose"), _ ("_Cancel"));

  if (name) {
    gtk_file_chooser_set_current_name (GTK_FILE_CHOOSER (chooser), name);
    gtk_file_chooser_set_do_overwrite_confirmation (GTK_FILE_CHOOSER (chooser), TRUE);
  }
  if (!hark_question_choose (chooser))
    return NULL;
  return gtk_file_chooser_get_filename (GTK_FILE_CHOOSER (chooser));
}

static void
on_backed_up (GObject *owner, const HarkEvent *result)
{
  Account *account = g_object_get_data (owner, "hark-account");

  gtk_widget_set_sensitive (account->backup, TRUE);
  row_says (account->backup, result->ok
                               ? _ ("Done. Keep it elsewhere than on this computer; the 24 "
                                    "words open it.")
                               : result->text);
}

static void
on_backup (Account *account)
{
  g_autoptr (GDateTime) now = g_date_time_new_now_local ();
  g_autofree char *name = g_date_time_format (now, "Hark %F.hark-backup");
  g_autofree char *path = choose (account, _ ("Back Up"), GTK_FILE_CHOOSER_ACTION_SAVE, name);
  HarkCommand *command;

  if (!path)
    return;
  command = hark_command_new (HARK_COMMAND_BACKUP);
  command->path = g_steal_pointer (&path);
  gtk_widget_set_sensitive (account->backup, FALSE);
  row_says (account->backup, _ ("Being written…"));
  hark_client_ask (client_of (account), command, G_OBJECT (account->page), on_backed_up);
}

static void
on_settings (GObject *owner, const HarkEvent *result)
{
  Account *account = g_object_get_data (owner, "hark-account");
  const HarkSettingsState *settings = result->settings;
  g_autofree char *when = NULL;
  g_autofree char *text = NULL;

  if (!settings)
    return;
  g_free (account->folder);
  account->folder = g_strdup (settings->backup_folder);
  if (settings->backup_last_ms > 0)
    when = hark_words_day (settings->backup_last_ms, g_get_real_time () / 1000);
  if (account->folder)
    text = g_strdup_printf (ngettext ("Every %u hour to %s; the last one: %s.",
                                      "Every %u hours to %s; the last one: %s.",
                                      settings->backup_hours),
                            settings->backup_hours, account->folder, when ? when : _ ("none yet"));
  row_says (account->automatic, text ? text : _ ("None are made."));
  hark_row_set_verb (account->automatic, account->folder ? _ ("_Stop") : _ ("_Folder…"));
}

static void
refresh (Account *account)
{
  hark_client_ask (client_of (account), hark_command_new (HARK_COMMAND_SETTINGS),
                   G_OBJECT (account->page), on_settings);
}

static void
on_planned (GObject *owner, const HarkEvent *result)
{
  Account *account = g_object_get_data (owner, "hark-account");

  if (result->ok)
    refresh (account);
  else
    row_says (account->automatic, result->text);
}

static void
on_automatic (Account *account)
{
  HarkCommand *command;
  g_autofree char *folder = NULL;

  if (!account->folder
      && !(folder = choose (account, _ ("Folder for Backups"),
                            GTK_FILE_CHOOSER_ACTION_SELECT_FOLDER, NULL)))
    return;
  command = hark_command_new (HARK_COMMAND_AUTO_BACKUP);
  command->directory = g_steal_pointer (&folder); /* none: they stop */
  hark_client_ask (client_of (account), command, G_OBJECT (account->page), on_planned);
}

static void
on_erase (Account *account)
{
  if (hark_widget_confirm (
        account->page, _ ("Delete everything?"),
        _ ("The account, its contacts and all messages on this computer are gone "
           "for ever. Backups elsewhere stay."),
        _ ("_Delete Everything")))
    g_signal_emit_by_name (account->window, "erase");
}

GtkWidget *
hark_account_page_new (HarkPreferences *window)
{
  GtkWidget *page = hark_row_page (_ ("Account"), "avatar-default-symbolic");
  Account *account = g_new0 (Account, 1);
  GtkWidget *group, *button;

  account->window = window;
  account->page = page;
  account->rows = g_ptr_array_new ();
  g_object_set_data_full (G_OBJECT (page), "hark-account", account, account_free);
  account->unlock = hark_row_group (page, _ ("What opens it"), NULL);
  fill_unlock (account);
  group = hark_row_group (page, _ ("Should this computer be lost"), NULL);
  button = hark_row_button (group, _ ("Your 24 words"), _ ("On paper they bring the account back."),
                            _ ("_Show…"));
  g_signal_connect_swapped (button, "clicked", G_CALLBACK (on_show_words), account);
  account->backup = hark_row_button (group, _ ("Backup"),
                                     _ ("Contacts and messages, sealed: the 24 words open it. "
                                        "The first screen of Hark brings it back."),
                                     _ ("_Back Up…"));
  g_signal_connect_swapped (account->backup, "clicked", G_CALLBACK (on_backup), account);
  account->automatic = hark_row_button (group, _ ("Automatic backups"), "", _ ("_Folder…"));
  g_signal_connect_swapped (account->automatic, "clicked", G_CALLBACK (on_automatic), account);
  group = hark_row_group (page, _ ("Leave"), NULL);
  button = hark_row_button (group, _ ("Delete everything"),
                            _ ("From this computer. Others keep what you wrote to them."),
                            _ ("_Delete…"));
  hark_widget_class (button, "destructive-action", true);
  g_signal_connect_swapped (button, "clicked", G_CALLBACK (on_erase), account);
  refresh (account);
  return page;
}
