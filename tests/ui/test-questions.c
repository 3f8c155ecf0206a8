/* What happens to windows while a question is open. */
#include "tests/ui/screen.h"
#include "ui/application.h"
#include "ui/people/person-page.h"
#include "ui/settings/preferences.h"
#include "ui/settings/secret-dialog.h"
#include "ui/widgets.h"

static HarkWindow *window;

static void
remove_person (uint8_t n)
{
  HarkEvent *event = hark_event_new (HARK_EVENT_CONTACT);

  event->person = fake_person (n, "Somebody", HARK_PERSON_REMOVED);
  fake_engine_emit (event);
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
test_quit (void)
{
  run_alone (end);
}

int
main (int argc, char **argv)
{
  gtk_test_init (&argc, &argv, NULL);
  g_test_add_func ("/questions/go-with-the-page-they-belong-to", test_page_goes);
  g_test_add_func ("/questions/destroyed-ones-are-not-answered", test_destroyed);
  g_test_add_func ("/questions/passphrase-goes-with-the-preferences", test_preferences_go);
  g_test_add_func ("/questions/lock-ends-them", test_lock);
  g_test_add_func ("/questions/program-ends-with-one-open", test_quit);
  return g_test_run ();
}
