#include "tests/ui/screen.h"
#include "ui/chat/giving.h"

#include <string.h>

/* ---- rows ---- */

static HarkTransfer *
file (HarkFileState state)
{
  HarkTransfer *transfer = fake_transfer (2, 9, false, "photos");

  transfer->state = state;
  transfer->size = 40000000;
  transfer->bytes = 10000000;
  return transfer;
}

static void
tell (HarkTransfer *transfer)
{
  HarkEvent *event = hark_event_new (HARK_EVENT_FILE_STATE);

  event->transfer = transfer;
  fake_engine_emit (event);
  screen_settle ();
}

static HarkWindow *
open_row (HarkTransfer *transfer)
{
  HarkWindow *window = screen_open ();
  HarkMessage *row = fake_message (2, 1, transfer->outgoing, transfer->name);

  hark_window_open (window, screen_person (2));
  row->type = HARK_MESSAGE_IS_FILE;
  row->ref = transfer->id;
  screen_say (row);
  tell (transfer);
  return window;
}

static bool
shows (HarkWindow *window, const char *text)
{
  return screen_find (GTK_WIDGET (window), GTK_TYPE_LABEL, text) != NULL;
}

static void
test_queue (void)
{
  HarkWindow *window = open_row (file (HARK_FILE_WAITING));
  g_autoptr (HarkCommand) command = NULL;

  g_assert_true (shows (window, "*comes when others have arrived"));
  screen_click (GTK_WIDGET (window), "Move before all other files");
  command = fake_engine_take (HARK_COMMAND_QUEUE);
  g_assert_cmpuint (command->transfer, ==, 9);
  g_assert_cmpstr (command->how, ==, "first");
  tell (file (HARK_FILE_MOVING));
  g_assert_null (screen_find (GTK_WIDGET (window), GTK_TYPE_BUTTON, "Move before all other files"));
  screen_close (window);
}

static void
test_pause (void)
{
  HarkTransfer *transfer = file (HARK_FILE_PAUSED);
  HarkWindow *window;

  transfer->paused_there = true;
  window = open_row (transfer);
  g_assert_true (shows (window, "*paused by Carol"));
  g_assert_null (screen_find (GTK_WIDGET (window), GTK_TYPE_BUTTON, "Resume")); /* theirs to do */
  transfer = file (HARK_FILE_PAUSED);
  transfer->paused_here = true;
  tell (transfer);
  g_assert_true (shows (window, "*paused by you"));
  transfer = file (HARK_FILE_PAUSED);
  transfer->paused_here = transfer->held = true;
  transfer->reason = g_strdup ("This network costs by the byte. Resume it to go on all the same.");
  tell (transfer);
  g_assert_true (shows (window, "*paused. This network costs by the byte"));
  g_assert_nonnull (screen_find (GTK_WIDGET (window), GTK_TYPE_BUTTON, "Resume"));
  screen_close (window);
}

static void
test_more (void)
{
  HarkTransfer *transfer = file (HARK_FILE_MOVING);
  HarkWindow *window;

  transfer->folder = true;
  transfer->files = 120;
  transfer->sources = 3;
  window = open_row (transfer);
  g_assert_true (shows (window, "*Folder with 120 files"));
  g_assert_true (shows (window, "*Comes from 3 contacts at once"));
  transfer = file (HARK_FILE_OFFERED);
  transfer->risky = true;
  tell (transfer);
  g_assert_true (shows (window, "Careful: opening it may run a program"));
  screen_close (window);
}

/* ---- giving ---- */

static unsigned asked;

static gboolean
say_yes (void *data)
{
  GtkWidget *dialog = screen_dialog (GTK_TYPE_MESSAGE_DIALOG);

  (void) data;
  if (!dialog)
    return G_SOURCE_CONTINUE;
  asked++;
  gtk_dialog_response (GTK_DIALOG (dialog), GTK_RESPONSE_ACCEPT);
  return G_SOURCE_REMOVE;
}

static void
test_many (void)
{
  HarkWindow *window = screen_open ();
  GSList *files = NULL;
  HarkCommand *command;
  guint n = 0;

  for (int i = 0; i < 70; i++)
    files = g_slist_append (files, g_file_new_for_path ("/nonexistent/a"));
  g_idle_add (say_yes, NULL);
  g_assert_true (
    hark_giving_send (GTK_WIDGET (window), screen_client (), screen_person (2), files));
  g_assert_cmpuint (asked, ==, 1);
  while ((command = fake_engine_take (HARK_COMMAND_GIVE))) {
    g_assert_cmpuint (g_strv_length (command->paths), <=, 32);
    n += g_strv_length (command->paths);
    hark_command_free (command);
  }
  g_assert_cmpuint (n, ==, 70);
  g_slist_free_full (files, g_object_unref);
  screen_close (window);
}

int
main (int argc, char **argv)
{
  gtk_test_init (&argc, &argv, NULL);
  g_test_add_func ("/files/queued-one-can-come-first", test_queue);
  g_test_add_func ("/files/row-says-who-paused", test_pause);
  g_test_add_func ("/files/row-says-what-else-there-is", test_more);
  g_test_add_func ("/files/many-are-asked-about-once-and-all-go", test_many);
  return g_test_run ();
}
