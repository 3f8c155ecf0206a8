/* What happens to windows while a question is open. */
#include "tests/ui/screen.h"
#include "ui/application.h"
#include "ui/chat-window.h"
#include "ui/chat/conversation.h"
#include "ui/people/person-page.h"
#include "ui/settings/preferences.h"
#include "ui/settings/secret-dialog.h"
#include "ui/welcome/restore-page.h"
#include "ui/welcome/welcome-page.h"
#include "ui/widgets.h"

#include <glib/gstdio.h>
#include <string.h>

static HarkWindow *window;

static HarkConversation *
conversation (void)
{
  GtkWidget *view = screen_find (GTK_WIDGET (window), GTK_TYPE_TEXT_VIEW, "Message");

  return HARK_CONVERSATION (gtk_widget_get_ancestor (view, HARK_TYPE_CONVERSATION));
}

static void
remove_person (uint8_t n)
{
  HarkEvent *event = hark_event_new (HARK_EVENT_CONTACT);

  event->person = fake_person (n, "Somebody", HARK_PERSON_REMOVED);
  fake_engine_emit (event);
}

/* The one command there is goes to person @n. */
static void
check_given (uint8_t n)
{
  g_autoptr (HarkCommand) command = fake_engine_take (HARK_COMMAND_GIVE);

  g_assert_nonnull (command);
  g_assert_cmpuint (command->contact[0], ==, n);
  g_assert_null (fake_engine_take (HARK_COMMAND_GIVE));
}

/* ---- to whom ---- */

/* A notice, say, opens another conversation; then the file is found, and chosen. */
static gboolean
choose (void *path)
{
  GtkWidget *dialog = screen_dialog (GTK_TYPE_FILE_CHOOSER_DIALOG);
  g_autofree char *chosen = NULL;

  if (!dialog)
    return G_SOURCE_CONTINUE;
  if (hark_conversation_get_person (conversation ()) != screen_person (1))
    hark_window_open (window, screen_person (1));
  chosen = gtk_file_chooser_get_filename (GTK_FILE_CHOOSER (dialog));
  if (g_strcmp0 (chosen, path) == 0) {
    gtk_dialog_response (GTK_DIALOG (dialog), GTK_RESPONSE_ACCEPT);
    return G_SOURCE_REMOVE;
  }
  gtk_file_chooser_select_filename (GTK_FILE_CHOOSER (dialog), path);
  return G_SOURCE_CONTINUE;
}

static void
test_files (void)
{
  g_autofree char *folder = g_dir_make_tmp ("hark-question-XXXXXX", NULL);
  g_autofree char *path = g_build_filename (folder, "for-carol", NULL);

  g_assert_true (g_file_set_contents (path, "x", 1, NULL));
  window = screen_open ();
  hark_window_open (window, screen_person (2));
  g_timeout_add (50, choose, path);
  screen_click (GTK_WIDGET (window), "Attach files");
  check_given (2);
  screen_close (window);
  g_unlink (path);
  g_rmdir (folder);
}

static gboolean
open_another_and_agree (void *unused)
{
  GtkWidget *dialog = screen_dialog (GTK_TYPE_MESSAGE_DIALOG);

  (void) unused;
  if (!dialog)
    return G_SOURCE_CONTINUE;
  hark_window_open (window, screen_person (1));
  gtk_dialog_response (GTK_DIALOG (dialog), GTK_RESPONSE_ACCEPT);
  return G_SOURCE_REMOVE;
}

static void
test_picture (void)
{
  g_autoptr (GdkPixbuf) picture = gdk_pixbuf_new (GDK_COLORSPACE_RGB, FALSE, 8, 4, 4);
  GtkWidget *view;

  window = screen_open ();
  hark_window_open (window, screen_person (2));
  view = screen_find (GTK_WIDGET (window), GTK_TYPE_TEXT_VIEW, "Message");
  gtk_clipboard_set_image (gtk_widget_get_clipboard (view, GDK_SELECTION_CLIPBOARD), picture);
  g_timeout_add (20, open_another_and_agree, NULL);
  g_signal_emit_by_name (view, "paste-clipboard");
  for (int i = 0; i < 200 && hark_conversation_get_person (conversation ()) != screen_person (1);
       i++)
    screen_settle ();
  while (g_main_context_iteration (NULL, FALSE)) /* the preview of it is made by a thread */
    ;
  for (HarkCommand *command = NULL; !command;) {
    screen_settle ();
    command = fake_engine_take (HARK_COMMAND_GIVE);
    if (command)
      g_assert_cmpuint (command->contact[0], ==, 2);
    g_clear_pointer (&command, hark_command_free);
    if (!command)
      break;
  }
  screen_close (window);
}

static gboolean
lose_them_and_agree (void *unused)
{
  GtkWidget *dialog = screen_dialog (GTK_TYPE_MESSAGE_DIALOG);

  (void) unused;
  if (!dialog)
    return G_SOURCE_CONTINUE;
  remove_person (2);
  gtk_dialog_response (GTK_DIALOG (dialog), GTK_RESPONSE_ACCEPT);
  return G_SOURCE_REMOVE;
}

/* More than are given without a question; what becomes of them is the engine's to say. */
static void
test_lost_contact (void)
{
  char *uris[26] = {NULL};

  for (int i = 0; i < 25; i++)
    uris[i] = (char *) "file:///nonexistent/a";
  window = screen_open ();
  hark_window_open (window, screen_person (2));
  g_timeout_add (20, lose_them_and_agree, NULL);
  hark_conversation_give_uris (conversation (), uris);
  check_given (2);
  g_assert_null (screen_person (2));
  screen_close (window);
}

/* A file that opens a closed network. @chooses: the response, as a number */
static gboolean
answer_network (void *chooses)
{
  GtkWidget *dialog = screen_dialog (GTK_TYPE_MESSAGE_DIALOG);

  if (!dialog)
    return G_SOURCE_CONTINUE;
  g_assert_nonnull (screen_find (dialog, GTK_TYPE_LABEL, "*network’s file to "));
  hark_window_open (window, screen_person (1));
  gtk_dialog_response (GTK_DIALOG (dialog), GPOINTER_TO_INT (chooses));
  return G_SOURCE_REMOVE;
}

static void
drop_network (HarkConversation *page, const char *uri, int response)
{
  char *uris[] = {(char *) uri, NULL};

  g_timeout_add (20, answer_network, GINT_TO_POINTER (response));
  hark_conversation_give_uris (page, uris);
}

static void
test_network_file (void)
{
  g_autofree char *folder = g_dir_make_tmp ("hark-question-XXXXXX", NULL);
  g_autofree char *path = g_build_filename (folder, "office.hark", NULL);
  g_autofree char *uri = g_filename_to_uri (path, NULL, NULL);
  HarkChatWindow *own;

  g_assert_true (g_file_set_contents (path, "x", 1, NULL));
  window = screen_open ();
  hark_window_open (window, screen_person (2));
  drop_network (conversation (), uri, GTK_RESPONSE_CANCEL);
  g_assert_null (fake_engine_take (HARK_COMMAND_GIVE));
  hark_window_open (window, screen_person (2));
  drop_network (conversation (), uri, GTK_RESPONSE_ACCEPT);
  check_given (2);
  hark_window_tear_off (window, screen_person (2));
  own = hark_chat_window_of (screen_person (2));
  g_assert_nonnull (own);
  drop_network (hark_chat_window_get_conversation (own), uri, GTK_RESPONSE_CANCEL);
  g_assert_null (fake_engine_take (HARK_COMMAND_GIVE));
  screen_close (window);
  g_unlink (path);
  g_rmdir (folder);
}

static void
on_open (GApplication *application, GFile **files, int n, const char *hint, char **opened)
{
  (void) application;
  (void) hint;
  g_assert_cmpint (n, ==, 1);
  *opened = g_file_get_uri (files[0]);
}

static void
open_here (void)
{
  g_autoptr (GtkApplication) application
    = gtk_application_new (NULL, G_APPLICATION_HANDLES_OPEN | G_APPLICATION_NON_UNIQUE);
  g_autofree char *opened = NULL;

  g_signal_connect (application, "open", G_CALLBACK (on_open), &opened);
  g_assert_true (g_application_register (G_APPLICATION (application), NULL, NULL));
  window = screen_open ();
  gtk_window_set_application (GTK_WINDOW (window), application);
  hark_window_open (window, screen_person (2));
  drop_network (conversation (), "file:///nonexistent/office.hark", GTK_RESPONSE_APPLY);
  g_assert_null (fake_engine_take (HARK_COMMAND_GIVE));
  g_assert_cmpstr (opened, ==, "file:///nonexistent/office.hark");
  screen_close (window);
}

/* What a dialog calls what it does. */
static gboolean
check_button (void *name)
{
  GtkWidget *dialog = screen_dialog (GTK_TYPE_FILE_CHOOSER_DIALOG);

  if (!dialog)
    return G_SOURCE_CONTINUE;
  g_assert_nonnull (screen_find (dialog, GTK_TYPE_BUTTON, name));
  gtk_dialog_response (GTK_DIALOG (dialog), GTK_RESPONSE_CANCEL);
  return G_SOURCE_REMOVE;
}

static void
test_backup (void)
{
  GtkWidget *preferences;

  fake_engine_set_profile (true, NULL);
  window = screen_open ();
  preferences = hark_preferences_new (GTK_WINDOW (window), screen_client (), "/nonexistent");
  hark_preferences_show (HARK_PREFERENCES (preferences), HARK_PREFERENCES_ACCOUNT);
  gtk_window_present (GTK_WINDOW (preferences));
  screen_settle ();
  g_timeout_add (50, check_button, "Save");
  screen_click (preferences, "Backup: Back Up…");
  g_assert_null (fake_engine_take (HARK_COMMAND_BACKUP));
  screen_close (window);
}

/* ---- what they belong to goes ---- */

static gboolean
lose_carol (void *unused)
{
  (void) unused;
  if (!screen_dialog (GTK_TYPE_FILE_CHOOSER_DIALOG))
    return G_SOURCE_CONTINUE;
  remove_person (2);
  return G_SOURCE_REMOVE;
}

static void
test_page_goes (void)
{
  GtkWidget *page;

  window = screen_open ();
  page = hark_person_page_new (GTK_WINDOW (window), screen_client (), screen_person (2));
  gtk_window_present (GTK_WINDOW (page));
  screen_settle ();
  g_timeout_add (50, lose_carol, NULL);
  screen_click (page, "Export the Conversation…");
  g_assert_null (screen_dialog (GTK_TYPE_FILE_CHOOSER_DIALOG));
  g_assert_null (screen_dialog (HARK_TYPE_PERSON_PAGE));
  g_assert_null (fake_engine_take (HARK_COMMAND_EXPORT));
  screen_close (window);
}

static gboolean
destroy_question (void *unused)
{
  GtkWidget *dialog = screen_dialog (GTK_TYPE_MESSAGE_DIALOG);

  (void) unused;
  if (!dialog)
    return G_SOURCE_CONTINUE;
  gtk_widget_destroy (dialog);
  return G_SOURCE_REMOVE;
}

static void
test_destroyed (void)
{
  window = screen_open ();
  g_timeout_add (20, destroy_question, NULL);
  g_assert_false (hark_widget_confirm (GTK_WIDGET (window), "Really?", "", "_Yes"));
  screen_close (window);
}

static void
test_preferences_go (void)
{
  GtkWidget *preferences;

  fake_engine_set_profile (true, NULL);
  window = screen_open ();
  preferences = hark_preferences_new (GTK_WINDOW (window), screen_client (), "/nonexistent");
  hark_preferences_show (HARK_PREFERENCES (preferences), HARK_PREFERENCES_ACCOUNT);
  gtk_window_present (GTK_WINDOW (preferences));
  screen_settle ();
  screen_click (preferences, "Passphrase: Set…");
  g_assert_nonnull (screen_dialog (HARK_TYPE_SECRET_DIALOG));
  gtk_widget_destroy (preferences);
  g_assert_null (screen_dialog (HARK_TYPE_SECRET_DIALOG));
  screen_close (window);
}

/* ---- the program ---- */

static HarkApplication *
start (void)
{
  static const HarkEngineConfig config = {.profile = "/nonexistent"};
  HarkApplication *application;

  fake_engine_set_profile (true, NULL);
  application = hark_application_new (&config, false);
  g_assert_true (g_application_register (G_APPLICATION (application), NULL, NULL));
  g_object_set (gtk_settings_get_default (), "gtk-enable-animations", FALSE, NULL);
  return application;
}

/* @data: the application */
static gboolean
ask_and_lock (void *data)
{
  if (!screen_dialog (GTK_TYPE_FILE_CHOOSER_DIALOG))
    return G_SOURCE_CONTINUE;
  fake_engine_set_profile (true, "secret");
  g_action_group_activate_action (G_ACTION_GROUP (data), "lock", NULL);
  return G_SOURCE_REMOVE;
}

static void
lock (void)
{
  HarkApplication *application = start ();
  GtkWindow *main;
  g_autofree char *path = NULL;

  g_application_activate (G_APPLICATION (application));
  screen_settle ();
  main = gtk_application_get_active_window (GTK_APPLICATION (application));
  main = main ? main : gtk_application_get_windows (GTK_APPLICATION (application))->data;
  g_timeout_add (50, ask_and_lock, application);
  path = hark_widget_choose_picture (main, "Picture", "_Read");
  g_assert_null (path);
  g_assert_null (screen_dialog (GTK_TYPE_FILE_CHOOSER_DIALOG));
  g_assert_nonnull (screen_find (GTK_WIDGET (main), GTK_TYPE_ENTRY, "Passphrase"));
  gtk_widget_destroy (GTK_WIDGET (main));
  screen_settle ();
  g_object_unref (application);
  fake_engine_set_profile (true, NULL);
}

static gboolean
ask (void *data)
{
  GList *windows = gtk_application_get_windows (data);

  if (!windows)
    return G_SOURCE_CONTINUE;
  g_assert_false (hark_widget_confirm (windows->data, "Really?", "", "_Yes"));
  return G_SOURCE_REMOVE;
}

static gboolean
quit (void *data)
{
  if (!screen_dialog (GTK_TYPE_MESSAGE_DIALOG))
    return G_SOURCE_CONTINUE;
  g_action_group_activate_action (data, "quit", NULL);
  return G_SOURCE_REMOVE;
}

static void
end (void)
{
  HarkApplication *application = start ();

  g_timeout_add (20, ask, application);
  g_timeout_add (20, quit, application);
  g_assert_cmpint (g_application_run (G_APPLICATION (application), 0, NULL), ==, 0);
  g_assert_null (screen_dialog (GTK_TYPE_MESSAGE_DIALOG));
  g_object_unref (application);
}

/* An application starts once in a process. */
static void
run_alone (void (*test) (void))
{
  if (g_test_subprocess ()) {
    test ();
    return;
  }
  g_test_trap_subprocess (NULL, 0, G_TEST_SUBPROCESS_DEFAULT);
  g_test_trap_assert_passed ();
}

static void
test_lock (void)
{
  run_alone (lock);
}

static void
test_open_here (void)
{
  run_alone (open_here);
}

static void
test_quit (void)
{
  run_alone (end);
}

/* ---- the first window is closed while a thread is at it ---- */

/* Until the thread, which holds it, has been heard. */
static void
close_and_wait (GtkWidget *top, GtkWidget *page)
{
  g_object_ref (page);
  gtk_widget_destroy (top);
  while (G_OBJECT (page)->ref_count > 1)
    g_main_context_iteration (NULL, TRUE);
  g_object_unref (page);
}

static void
test_restore (void)
{
  GtkWidget *top = gtk_window_new (GTK_WINDOW_TOPLEVEL);
  GtkWidget *page = g_object_new (HARK_TYPE_RESTORE_PAGE, "visible", TRUE, NULL);

  gtk_container_add (GTK_CONTAINER (top), page);
  gtk_window_present (GTK_WINDOW (top));
  hark_restore_page_begin (HARK_RESTORE_PAGE (page), "/nonexistent", "Alice");
  hark_restore_page_set_file (HARK_RESTORE_PAGE (page), "/tmp/broken");
  gtk_entry_set_text (
    GTK_ENTRY (screen_find (page, GTK_TYPE_ENTRY, "24 words, or the backup's passphrase")), "x");
  gtk_button_clicked (GTK_BUTTON (screen_find (page, GTK_TYPE_BUTTON, "Restore")));
  close_and_wait (top, page);
}

static void
test_welcome (void)
{
  GtkWidget *top = gtk_window_new (GTK_WINDOW_TOPLEVEL);
  GtkWidget *page = g_object_new (HARK_TYPE_WELCOME_PAGE, "visible", TRUE, NULL);

  gtk_container_add (GTK_CONTAINER (top), page);
  gtk_window_present (GTK_WINDOW (top));
  hark_welcome_page_set_profile (HARK_WELCOME_PAGE (page), "/nonexistent");
  gtk_entry_set_text (GTK_ENTRY (screen_find (page, GTK_TYPE_ENTRY, "Your name")), "refused");
  gtk_button_clicked (GTK_BUTTON (screen_find (page, GTK_TYPE_BUTTON, "Start")));
  close_and_wait (top, page);
}

int
main (int argc, char **argv)
{
  gtk_test_init (&argc, &argv, NULL);
  g_test_add_func ("/questions/files-go-to-whom-they-were-chosen-for", test_files);
  g_test_add_func ("/questions/network-is-not-sent-unasked", test_network_file);
  g_test_add_func ("/questions/network-is-opened-here", test_open_here);
  g_test_add_func ("/questions/backup-is-saved", test_backup);
  g_test_add_func ("/questions/picture-goes-to-whom-it-was-pasted-for", test_picture);
  g_test_add_func ("/questions/contact-may-go-meanwhile", test_lost_contact);
  g_test_add_func ("/questions/go-with-the-page-they-belong-to", test_page_goes);
  g_test_add_func ("/questions/destroyed-ones-are-not-answered", test_destroyed);
  g_test_add_func ("/questions/passphrase-goes-with-the-preferences", test_preferences_go);
  g_test_add_func ("/questions/lock-ends-them", test_lock);
  g_test_add_func ("/questions/program-ends-with-one-open", test_quit);
  g_test_add_func ("/questions/restoring-may-be-closed", test_restore);
  g_test_add_func ("/questions/first-start-may-be-closed", test_welcome);
  return g_test_run ();
}
