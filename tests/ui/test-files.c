#include "tests/ui/screen.h"
#include "ui/chat/giving.h"
#include "ui/files/browse-dialog.h"
#include "ui/files/words-dialog.h"
#include "ui/model/reading.h"
#include "ui/people/person-page.h"
#include "ui/questions.h"
#include "ui/settings/preferences.h"
#include "ui/settings/settings.h"
#include "ui/still-label.h"

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
  return screen_find (GTK_WIDGET (window), GTK_TYPE_LABEL, text) != NULL
         || screen_find (GTK_WIDGET (window), HARK_TYPE_STILL_LABEL, text) != NULL;
}

static void
on_placed (GtkWidget *widget, GtkAllocation *place, int *times)
{
  (void) widget;
  (void) place;
  (*times)++;
}

/* Figures of a file that moves change in their place: forty rows need not be laid out for it. */
static void
test_still (void)
{
  HarkWindow *window = open_row (file (HARK_FILE_MOVING));
  GtkWidget *state = screen_find (GTK_WIDGET (window), HARK_TYPE_STILL_LABEL, "*");
  HarkTransfer *transfer = file (HARK_FILE_MOVING);
  int times = 0;

  g_assert_cmpstr (hark_still_label_get (HARK_STILL_LABEL (state)), ==,
                   "10.0\302\240MB of 40.0\302\240MB");
  g_signal_connect (gtk_widget_get_parent (state), "size-allocate", G_CALLBACK (on_placed), &times);
  transfer->bytes = 20000000;
  tell (transfer);
  g_assert_cmpstr (hark_still_label_get (HARK_STILL_LABEL (state)), ==,
                   "20.0\302\240MB of 40.0\302\240MB");
  for (int i = 0; i < 20; i++)
    screen_settle (); /* a frame is due */
  g_assert_cmpint (times, ==, 0);
  transfer = file (HARK_FILE_MOVING);
  transfer->bytes = 30000000;
  transfer->rate = 1e6;
  tell (transfer); /* more words than there is room for */
  while (times == 0)
    screen_settle ();
  screen_close (window);
}

static HarkTransfer *
offer (uint8_t person, uint64_t id)
{
  HarkTransfer *transfer = fake_transfer (person, id, false, "photo.jpg");

  transfer->state = HARK_FILE_OFFERED;
  transfer->size = 2000000;
  return transfer;
}

/* One button for all that wait in this conversation; none where there is one file, or in others. */
static void
test_accept_all (void)
{
  const char *button = "Accept all files that wait in this conversation";
  HarkWindow *window = open_row (offer (2, 9));
  HarkTransfer *own = fake_transfer (2, 12, true, "mine");
  bool taken[12] = {false};

  own->state = HARK_FILE_OFFERED;
  tell (own);
  tell (offer (1, 11));
  g_assert_null (screen_find (GTK_WIDGET (window), GTK_TYPE_BUTTON, button));
  tell (offer (2, 10));
  g_assert_true (shows (window, "2 files wait for your answer (4.0\302\240MB)."));
  screen_click (GTK_WIDGET (window), button);
  for (int i = 0; i < 2; i++) {
    g_autoptr (HarkCommand) command = fake_engine_take (HARK_COMMAND_TAKE);

    g_assert_nonnull (command);
    g_assert_cmpuint (command->transfer, <, G_N_ELEMENTS (taken));
    taken[command->transfer] = true;
  }
  g_assert_true (taken[9] && taken[10]);
  g_assert_null (fake_engine_take (HARK_COMMAND_TAKE));
  tell (file (HARK_FILE_WAITING)); /* which is 9 */
  g_assert_null (screen_find (GTK_WIDGET (window), GTK_TYPE_BUTTON, button));
  tell (offer (1, 13));
  hark_window_open (window, screen_person (1));
  screen_settle ();
  g_assert_true (shows (window, "2 files wait for your answer (4.0\302\240MB)."));
  screen_close (window);
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
  g_assert_null (screen_find (GTK_WIDGET (window), GTK_TYPE_BUTTON, "Save Elsewhere…"));
  transfer = file (HARK_FILE_PAUSED);
  transfer->paused_here = transfer->blocked = true;
  transfer->reason
    = g_strdup ("\"/media/stick\" can only be read. It goes on by itself when it can "
                "be written to.");
  tell (transfer);
  g_assert_true (shows (window, "*can only be read"));
  g_assert_nonnull (screen_find (GTK_WIDGET (window), GTK_TYPE_BUTTON, "Save Elsewhere…"));
  g_assert_null (screen_find (GTK_WIDGET (window), GTK_TYPE_BUTTON, "Resume")); /* does it itself */
  screen_close (window);
}

static gboolean
end_question (void *unused)
{
  (void) unused;
  if (!screen_dialog (GTK_TYPE_FILE_CHOOSER_DIALOG))
    return G_SOURCE_CONTINUE;
  hark_questions_end ();
  return G_SOURCE_REMOVE;
}

/* The program ends, or the profile is locked, while it is asked where to. */
static void
test_elsewhere (void)
{
  HarkTransfer *transfer = file (HARK_FILE_PAUSED);
  HarkWindow *window;

  transfer->paused_here = transfer->blocked = true;
  window = open_row (transfer);
  g_timeout_add (50, end_question, NULL);
  screen_click (GTK_WIDGET (window), "Save Elsewhere…");
  g_assert_null (screen_dialog (GTK_TYPE_FILE_CHOOSER_DIALOG));
  g_assert_null (fake_engine_take (HARK_COMMAND_RESUME));
  screen_close (window);
}

/* Part of the reason may be theirs. */
static void
test_their_reason (void)
{
  HarkTransfer *transfer = file (HARK_FILE_FAILED);
  HarkWindow *window;

  transfer->reason = g_strdup ("The other side could not go on: \u202egpj\n.");
  window = open_row (transfer);
  g_assert_true (shows (window, "*could not go on: \ufffdgpj ."));
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

static unsigned asked;

/* @data: the response, as a pointer. */
static gboolean
answer (void *data)
{
  GtkWidget *dialog = screen_dialog (GTK_TYPE_MESSAGE_DIALOG);

  if (!dialog)
    return G_SOURCE_CONTINUE;
  asked++;
  gtk_dialog_response (GTK_DIALOG (dialog), GPOINTER_TO_INT (data));
  return G_SOURCE_REMOVE;
}

#define SMALL_PICTURE "Small picture that Carol sent along"

static GBytes *
preview (guint8 width, guint8 height, gsize len)
{
  guint8 bytes[64] = {width, height, 255, 0, 0};

  return g_bytes_new (bytes, len);
}

/* Files that were seen are no news after the next start; of what was written the writer is told. */
static void
test_seen (void)
{
  HarkWindow *window = screen_open ();
  HarkMessage *text = fake_message (2, 1, false, "Here it is"),
              *row = fake_message (2, 2, false, "photos");
  g_autoptr (HarkCommand) file = NULL, said = NULL;

  row->type = HARK_MESSAGE_IS_FILE;
  row->id[0] = 77;
  screen_say (text);
  screen_say (row);
  hark_window_open (window, screen_person (2));
  screen_settle ();
  hark_person_item_set_unread (screen_person (2), 2);
  while ((file = fake_engine_take (HARK_COMMAND_READ)))
    g_clear_pointer (&file, hark_command_free);
  hark_reading_mark (screen_client (), screen_person (2));
  file = fake_engine_take (HARK_COMMAND_READ);
  said = fake_engine_take (HARK_COMMAND_READ);
  g_assert_cmpuint (file->id[0], ==, 77);
  g_assert_cmpstr (file->how, ==, "here");
  g_assert_null (said->how);
  screen_close (window);
}

/* The row may come before what it is about. */
static void
test_group (void)
{
  HarkWindow *window = screen_open ();
  HarkEvent *event = hark_event_new (HARK_EVENT_GROUP);
  HarkMessage *row = fake_group_message (9, 2, 1, "photos");
  HarkTransfer *transfer = file (HARK_FILE_OFFERED);
  g_autoptr (HarkCommand) command = NULL;

  event->group = fake_group (9, "Choir", HARK_GROUP_IS_JOINED);
  fake_engine_emit (event);
  screen_settle ();
  transfer->has_group = true;
  memcpy (transfer->group, row->group, sizeof transfer->group);
  row->type = HARK_MESSAGE_IS_FILE;
  row->ref = transfer->id;
  screen_say (row);
  hark_window_open (window, hark_client_find_group (screen_client (), transfer->group));
  tell (transfer);
  screen_click (GTK_WIDGET (window), "Accept");
  command = fake_engine_take (HARK_COMMAND_TAKE);
  g_assert_cmpuint (command->transfer, ==, 9);
  screen_close (window);
}

static void
test_preview (void)
{
  HarkTransfer *transfer = file (HARK_FILE_OFFERED);
  HarkWindow *window;
  GtkWidget *image;

  transfer->preview = preview (3, 2, 2 + 3 * 2 * 3);
  window = open_row (transfer);
  image = screen_find (GTK_WIDGET (window), GTK_TYPE_IMAGE, SMALL_PICTURE);
  g_assert_nonnull (image);
  g_assert_cmpint (gdk_pixbuf_get_width (gtk_image_get_pixbuf (GTK_IMAGE (image))), ==, 3);
  transfer = file (HARK_FILE_OFFERED);
  transfer->preview = preview (3, 3, 2 + 3 * 2 * 3); /* shorter than it says */
  tell (transfer);
  g_assert_null (screen_find (GTK_WIDGET (window), GTK_TYPE_IMAGE, SMALL_PICTURE));
  transfer = file (HARK_FILE_OFFERED);
  transfer->preview = preview (161, 0, 2);
  tell (transfer);
  g_assert_null (screen_find (GTK_WIDGET (window), GTK_TYPE_IMAGE, SMALL_PICTURE));
  tell (file (HARK_FILE_MOVING));
  g_assert_null (screen_find (GTK_WIDGET (window), GTK_TYPE_IMAGE, SMALL_PICTURE));
  screen_close (window);
}

static void
test_open (void)
{
  HarkTransfer *transfer = file (HARK_FILE_DONE);
  HarkWindow *window;

  transfer->path = g_strdup ("/nonexistent/photos");
  window = open_row (transfer);
  screen_click (GTK_WIDGET (window), "Open");
  g_assert_true (shows (window, "It is not there any more: /nonexistent/photos"));
  screen_click (GTK_WIDGET (window), "Show in Folder");
  transfer = file (HARK_FILE_DONE);
  transfer->path = g_strdup ("/dev/null");
  transfer->risky = true;
  tell (transfer);
  asked = 0;
  g_timeout_add (20, answer, GINT_TO_POINTER (GTK_RESPONSE_CANCEL));
  screen_click (GTK_WIDGET (window), "Open");
  g_assert_cmpuint (asked, ==, 1);
  screen_close (window);
}

/* ---- giving ---- */

static void
test_many (void)
{
  HarkWindow *window = screen_open ();
  GSList *files = NULL;
  HarkCommand *command;
  guint n = 0;

  for (int i = 0; i < 70; i++)
    files = g_slist_append (files, g_file_new_for_path ("/nonexistent/a"));
  asked = 0;
  g_idle_add (answer, GINT_TO_POINTER (GTK_RESPONSE_ACCEPT));
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

/* Previews are made elsewhere meanwhile; what has none, or cannot be read, goes all the same. */
static void
test_give_pictures (void)
{
  HarkWindow *window = screen_open ();
  g_autoptr (GFile) picture = g_file_new_for_path ("/nonexistent/a.PNG");
  g_autoptr (GFile) other = g_file_new_for_path ("/nonexistent/b");
  GSList second = {.data = other}, first = {.data = picture, .next = &second};
  HarkCommand *command;

  hark_giving_send (GTK_WIDGET (window), screen_client (), screen_person (2), &first);
  while (!(command = fake_engine_take (HARK_COMMAND_GIVE)))
    gtk_main_iteration ();
  g_assert_cmpuint (g_strv_length (command->paths), ==, 2);
  g_assert_cmpuint (command->previews->len, ==, 2);
  hark_command_free (command);
  hark_settings_set_flag (hark_settings_get (), HARK_SET_PREVIEWS, false);
  hark_giving_send (GTK_WIDGET (window), screen_client (), screen_person (2), &first);
  command = fake_engine_take (HARK_COMMAND_GIVE);
  g_assert_null (command->previews);
  hark_command_free (command);
  hark_settings_set_flag (hark_settings_get (), HARK_SET_PREVIEWS, true);
  screen_close (window);
}

/* ---- a contact's folders, and ours ---- */

static void
add_entry (HarkEvent *event, const char *name, bool folder)
{
  HarkBrowseEntry *entry = g_new0 (HarkBrowseEntry, 1);

  entry->name = g_strdup (name);
  entry->folder = folder;
  entry->size = 1500;
  g_ptr_array_add (event->entries, entry);
}

static HarkEvent *
entries (const HarkCommand *command)
{
  HarkEvent *event = fake_engine_answer (command);

  event->entries = g_ptr_array_new_with_free_func ((GDestroyNotify) hark_browse_entry_free);
  return event;
}

static void
test_browse (void)
{
  HarkWindow *window = screen_open ();
  GtkWidget *dialog
    = hark_browse_dialog_new (GTK_WINDOW (window), screen_client (), screen_person (2));
  g_autoptr (HarkCommand) top = fake_engine_take (HARK_COMMAND_BROWSE);
  g_autoptr (HarkCommand) inside = NULL, more = NULL, fetch = NULL;
  HarkEvent *event = entries (top);

  gtk_window_present (GTK_WINDOW (dialog));
  g_assert_cmpstr (top->path, ==, "");
  add_entry (event, "Music", true);
  event->number = 1;
  fake_engine_emit (event);
  gtk_widget_activate (screen_find (dialog, GTK_TYPE_LIST_BOX_ROW, "Music"));
  inside = fake_engine_take (HARK_COMMAND_BROWSE);
  g_assert_cmpstr (inside->path, ==, "Music");
  fake_engine_emit (entries (top)); /* too late: nobody looks at it any more */
  event = entries (inside);
  add_entry (event, "a <b>song\342\200\256.ogg", false);
  event->number = 201;
  fake_engine_emit (event);
  screen_settle ();
  g_assert_nonnull (screen_find (dialog, GTK_TYPE_LABEL, "a <b>song\357\277\275.ogg"));
  screen_click (dialog, "Show More");
  more = fake_engine_take (HARK_COMMAND_BROWSE);
  g_assert_cmpuint (more->before, ==, 1);
  screen_click (dialog, "Take a <b>song\357\277\275.ogg");
  fetch = fake_engine_take (HARK_COMMAND_FETCH);
  g_assert_cmpstr (fetch->path, ==, "Music/a <b>song\342\200\256.ogg");
  event = fake_engine_answer (fetch);
  event->ok = false;
  event->text = g_strdup ("They share nothing.");
  fake_engine_emit (event);
  g_assert_nonnull (screen_find (dialog, GTK_TYPE_LABEL, "They share nothing."));
  screen_click (dialog, "Carol"); /* back to the top */
  g_assert_null (screen_find (dialog, GTK_TYPE_LABEL, "They share nothing."));
  gtk_widget_destroy (dialog);
  screen_close (window);
}

static GPtrArray *
shared_with_carol (void)
{
  GPtrArray *shares = g_ptr_array_new_with_free_func ((GDestroyNotify) hark_share_info_free);
  HarkShareInfo *share = g_new0 (HarkShareInfo, 1);
  uint8_t carol[HARK_ACCOUNT_LEN];

  memset (carol, 2, sizeof carol);
  share->name = g_strdup ("Plans");
  share->path = g_strdup ("/srv/plans");
  share->accounts = g_array_new (FALSE, FALSE, HARK_ACCOUNT_LEN);
  g_array_append_vals (share->accounts, carol, 1);
  g_ptr_array_add (shares, share);
  return shares;
}

static void
test_person (void)
{
  HarkWindow *window = screen_open ();
  GtkWidget *page;
  HarkEvent *event = hark_event_new (HARK_EVENT_CONTACT);
  g_autoptr (HarkCommand) shares = NULL, taken = NULL, ended = NULL;

  event->person = fake_person (2, "Carol", HARK_PERSON_ACCEPTED);
  event->person->presence = HARK_PRESENCE_ONLINE;
  event->person->may = HARK_MAY_GIVE_FILES;
  event->person->files_folder = g_strdup ("/srv/carol");
  fake_engine_emit (event);
  page = hark_person_page_new (GTK_WINDOW (window), screen_client (), screen_person (2));
  gtk_window_present (GTK_WINDOW (page));
  g_assert_nonnull (screen_find (page, GTK_TYPE_LABEL, "/srv/carol"));
  shares = fake_engine_take (HARK_COMMAND_SHARES);
  event = fake_engine_answer (shares);
  event->shares = shared_with_carol ();
  fake_engine_emit (event);
  screen_click (page, "Plans: Share No More");
  ended = fake_engine_take (HARK_COMMAND_UNSHARE);
  g_assert_cmpstr (ended->path, ==, "/srv/plans");
  g_assert_true (ended->has_contact);                           /* the others keep it */
  g_assert_null (fake_engine_take (HARK_COMMAND_ACCEPT_FILES)); /* showing changes nothing */
  hdy_combo_row_set_selected_index (
    HDY_COMBO_ROW (screen_find (page, HDY_TYPE_COMBO_ROW, "Taken unasked, up to")), 2);
  taken = fake_engine_take (HARK_COMMAND_ACCEPT_FILES);
  g_assert_true (taken->on && taken->size == 100000000);
  g_assert_cmpstr (taken->directory, ==, "/srv/carol");
  gtk_widget_destroy (page);
  screen_close (window);
}

/* ---- by words ---- */

static void
answer_settings (void)
{
  g_autoptr (HarkCommand) command = fake_engine_take (HARK_COMMAND_SETTINGS);
  HarkEvent *event = fake_engine_answer (command);

  event->settings = g_new0 (HarkSettingsState, 1);
  fake_engine_emit (event);
  screen_settle ();
}

static void
test_give_by_words (void)
{
  static const HarkEngineConfig config = {.profile = "/nonexistent", .port = 4};
  const char *const paths[] = {"/nonexistent/a", NULL};
  HarkHandoverStep step = {.kind = HARK_HANDOVER_WORDS, .words = "anchor-bacon-cabin-dance"};
  HarkWindow *window = screen_open ();
  GtkWidget *dialog
    = hark_words_dialog_new (GTK_WINDOW (window), screen_client (), &config, paths, NULL);
  g_autofree char *copied = NULL;

  gtk_window_present (GTK_WINDOW (dialog));
  answer_settings ();
  g_assert_cmpstr (fake_handover_words (), ==, "");
  fake_handover_step (&step);
  g_assert_nonnull (screen_find (dialog, GTK_TYPE_LABEL, "cabin"));
  g_assert_nonnull (screen_find (dialog, GTK_TYPE_LABEL, "C A B I N"));
  screen_click (dialog, "Copy the Words");
  copied = gtk_clipboard_wait_for_text (gtk_widget_get_clipboard (dialog, GDK_SELECTION_CLIPBOARD));
  g_assert_cmpstr (copied, ==, "anchor-bacon-cabin-dance");
  step = (HarkHandoverStep){.kind = HARK_HANDOVER_OVER, .text = "Somebody tried."};
  fake_handover_step (&step);
  g_assert_nonnull (screen_find (dialog, GTK_TYPE_LABEL, "Somebody tried."));
  g_assert_null (screen_find (dialog, GTK_TYPE_LABEL, "cabin"));
  g_assert_null (fake_handover_words ());
  screen_click (dialog, "New Words");
  answer_settings ();
  g_assert_cmpstr (fake_handover_words (), ==, "");
  gtk_widget_destroy (dialog);
  g_assert_null (fake_handover_words ());
  screen_close (window);
}

static void
test_take_by_words (void)
{
  static const HarkEngineConfig config = {.profile = "/nonexistent"};
  HarkWindow *window = screen_open ();
  HarkTransfer *transfer = file (HARK_FILE_DONE);
  HarkHandoverStep step = {.kind = HARK_HANDOVER_MET};
  GtkWidget *dialog
    = hark_words_dialog_new (GTK_WINDOW (window), screen_client (), &config, NULL, "a-b-c-d");

  gtk_window_present (GTK_WINDOW (dialog));
  answer_settings ();
  g_assert_cmpstr (fake_handover_words (), ==, "a-b-c-d");
  fake_handover_step (&step);
  transfer->path = g_strdup ("/nonexistent/photos");
  step = (HarkHandoverStep){.kind = HARK_HANDOVER_FILE, .transfer = transfer};
  fake_handover_step (&step);
  g_assert_nonnull (screen_find (dialog, GTK_TYPE_LABEL, "*photos"));
  hark_transfer_free (transfer);
  step = (HarkHandoverStep){.kind = HARK_HANDOVER_OVER, .ok = true};
  fake_handover_step (&step);
  g_assert_nonnull (screen_find (dialog, GTK_TYPE_LABEL, "All of it is here, and is verified."));
  g_assert_nonnull (screen_find (dialog, GTK_TYPE_BUTTON, "Show in Folder"));
  screen_click (dialog, "Close");
  g_assert_null (fake_handover_words ());
  screen_close (window);
}

static char *wanted; /* words that the window wants files with */

static void
on_hand_over (HarkWindow *window, const char *words)
{
  (void) window;
  wanted = g_strdup (words);
}

static void
test_words_in_add (void)
{
  HarkWindow *window = screen_open ();
  GtkWidget *dialog;

  g_signal_connect (window, "hand-over", G_CALLBACK (on_hand_over), NULL);
  hark_window_add (window, "Anchor bacon cabin dance");
  dialog = screen_dialog (GTK_TYPE_DIALOG);
  screen_click (dialog, "Take Files");
  g_assert_cmpstr (wanted, ==, "Anchor bacon cabin dance");
  g_assert_null (fake_engine_take (HARK_COMMAND_ADD));
  g_clear_pointer (&wanted, g_free);
  screen_close (window);
}

/* ---- preferences ---- */

static void
test_preferences (void)
{
  HarkWindow *window = screen_open ();
  GtkWidget *preferences
    = hark_preferences_new (GTK_WINDOW (window), screen_client (), "/nonexistent");
  g_autoptr (HarkCommand) limits = NULL, shares = NULL, limit = NULL, metered = NULL, ended = NULL;
  HarkEvent *event;

  hark_preferences_show (HARK_PREFERENCES (preferences), 4);
  gtk_window_present (GTK_WINDOW (preferences));
  limits = fake_engine_take (HARK_COMMAND_LIMIT);
  event = fake_engine_answer (limits);
  event->settings = g_new0 (HarkSettingsState, 1);
  event->settings->limit_up = 1234;
  event->settings->metered = "hold";
  fake_engine_emit (event);
  screen_settle ();
  g_assert_null (fake_engine_take (HARK_COMMAND_LIMIT));
  hdy_combo_row_set_selected_index (
    HDY_COMBO_ROW (screen_find (preferences, HDY_TYPE_COMBO_ROW, "Send at most")), 1);
  limit = fake_engine_take (HARK_COMMAND_LIMIT);
  g_assert_cmpstr (limit->how, ==, "up");
  g_assert_cmpuint (limit->rate, ==, 100000);
  hdy_combo_row_set_selected_index (
    HDY_COMBO_ROW (screen_find (preferences, HDY_TYPE_COMBO_ROW, "Large files")), 0);
  metered = fake_engine_take (HARK_COMMAND_METERED);
  g_assert_cmpstr (metered->how, ==, "ask");
  shares = fake_engine_take (HARK_COMMAND_SHARES);
  event = fake_engine_answer (shares);
  event->shares = shared_with_carol ();
  fake_engine_emit (event);
  g_assert_nonnull (screen_find (preferences, GTK_TYPE_LABEL, "*With Carol"));
  screen_click (preferences, "Plans: Share No More");
  ended = fake_engine_take (HARK_COMMAND_UNSHARE);
  g_assert_false (ended->has_contact); /* nobody keeps it */
  gtk_widget_destroy (preferences);
  screen_close (window);
}

int
main (int argc, char **argv)
{
  gtk_test_init (&argc, &argv, NULL);
  g_test_add_func ("/files/figures-change-in-their-place", test_still);
  g_test_add_func ("/files/several-are-accepted-at-once", test_accept_all);
  g_test_add_func ("/files/queued-one-can-come-first", test_queue);
  g_test_add_func ("/files/row-says-who-paused", test_pause);
  g_test_add_func ("/files/reason-of-the-other-side-turns-nothing", test_their_reason);
  g_test_add_func ("/files/question-where-to-ends-unanswered", test_elsewhere);
  g_test_add_func ("/files/row-says-what-else-there-is", test_more);
  g_test_add_func ("/files/seen-ones-are-no-news-again", test_seen);
  g_test_add_func ("/files/offer-to-a-group-can-be-answered", test_group);
  g_test_add_func ("/files/preview-is-shown-when-it-is-one", test_preview);
  g_test_add_func ("/files/opening-asks-where-it-is-risky", test_open);
  g_test_add_func ("/files/pictures-go-with-previews-where-wanted", test_give_pictures);
  g_test_add_func ("/files/many-are-asked-about-once-and-all-go", test_many);
  g_test_add_func ("/files/shared-folders-are-looked-into", test_browse);
  g_test_add_func ("/files/contact-page-says-what-is-taken-and-shared", test_person);
  g_test_add_func ("/files/words-are-shown-and-drawn-anew", test_give_by_words);
  g_test_add_func ("/files/taking-with-words-says-what-is-here", test_take_by_words);
  g_test_add_func ("/files/four-words-where-somebody-is-added-take-files", test_words_in_add);
  g_test_add_func ("/files/preferences-are-the-engines", test_preferences);
  return g_test_run ();
}
