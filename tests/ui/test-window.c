#include "tests/ui/fake-history.h"
#include "tests/ui/screen.h"
#include "ui/chat/composer.h"
#include "ui/chat/conversation.h"
#include "ui/model/pages.h"
#include "ui/network/doctor-dialog.h"
#include "ui/people/add-dialog.h"
#include "ui/people/address-dialog.h"
#include "ui/people/person-row.h"
#include "ui/people/safety-dialog.h"
#include "ui/settings/settings.h"
#include "ui/still-label.h"
#include "ui/welcome/restore-page.h"
#include "ui/welcome/unlock-page.h"
#include "ui/welcome/welcome-page.h"

#include <string.h>

#define GOOD_ADDRESS "hk1qpzry9x8gf2tvdw0s3jn54khce6mua7l"

static GtkWidget *
open_person (HarkWindow *window, uint8_t n)
{
  hark_window_open (window, screen_person (n));
  screen_settle ();
  return GTK_WIDGET (window);
}

static GtkWidget *
label (void *root, const char *text)
{
  return screen_find (GTK_WIDGET (root), GTK_TYPE_LABEL, text);
}

static GtkWidget *
find_view (HarkWindow *window)
{
  return screen_find (GTK_WIDGET (window), GTK_TYPE_TEXT_VIEW, "Message");
}

static void
write_text (HarkWindow *window, const char *text)
{
  GtkWidget *view = find_view (window);

  g_assert_nonnull (view);
  gtk_text_buffer_set_text (gtk_text_view_get_buffer (GTK_TEXT_VIEW (view)), text, -1);
  screen_settle ();
}

static void
press_enter (HarkWindow *window, GdkModifierType state)
{
  GtkWidget *view = find_view (window);
  g_autoptr (GdkEvent) event = gdk_event_new (GDK_KEY_PRESS);
  gboolean handled = FALSE;

  event->key.window = g_object_ref (gtk_widget_get_window (view));
  event->key.keyval = GDK_KEY_Return;
  event->key.state = state;
  gdk_event_set_device (
    event, gdk_seat_get_keyboard (gdk_display_get_default_seat (gdk_display_get_default ())));
  g_signal_emit_by_name (view, "key-press-event", event, &handled);
  screen_settle ();
}

/* ---- people ---- */

static void
test_people (void)
{
  HarkWindow *window = screen_open ();

  g_assert_nonnull (label (window, "Bob"));
  g_assert_nonnull (screen_find (GTK_WIDGET (window), HARK_TYPE_PERSON_ROW, "*Carol, Online"));
  screen_say (fake_message (1, 1, false, "are you there?"));
  g_assert_nonnull (label (window, "are you there?"));
  g_assert_nonnull (screen_find (GTK_WIDGET (window), HARK_TYPE_PERSON_ROW, "*1 unread"));
  screen_close (window);
}

static void
test_search (void)
{
  HarkWindow *window = screen_open ();
  GtkWidget *entry = screen_find (GTK_WIDGET (window), GTK_TYPE_SEARCH_ENTRY, "Search people");

  g_assert_nonnull (entry);
  gtk_entry_set_text (GTK_ENTRY (entry), "car");
  g_signal_emit_by_name (entry, "search-changed");
  g_assert_null (screen_find (GTK_WIDGET (window), HARK_TYPE_PERSON_ROW, "*Bob"));
  g_assert_nonnull (screen_find (GTK_WIDGET (window), HARK_TYPE_PERSON_ROW, "*Carol"));
  screen_close (window);
}

/* One sign is looked for: in names and lines, and by the engine. */
static void
test_search_sign (void)
{
  HarkWindow *window = screen_open ();
  GtkWidget *entry = screen_find (GTK_WIDGET (window), GTK_TYPE_SEARCH_ENTRY, "Search people");
  g_autoptr (HarkCommand) command = NULL;

  screen_say (fake_message (2, 1, false, "Party \U0001f389 tonight"));
  gtk_entry_set_text (GTK_ENTRY (entry), "a");
  g_signal_emit_by_name (entry, "search-changed");
  g_assert_null (fake_engine_take (HARK_COMMAND_SEARCH));
  gtk_entry_set_text (GTK_ENTRY (entry), "\U0001f389");
  g_signal_emit_by_name (entry, "search-changed");
  g_assert_null (screen_find (GTK_WIDGET (window), HARK_TYPE_PERSON_ROW, "*Bob"));
  g_assert_nonnull (screen_find (GTK_WIDGET (window), HARK_TYPE_PERSON_ROW, "*Carol"));
  command = fake_engine_take (HARK_COMMAND_SEARCH);
  g_assert_nonnull (command);
  screen_close (window);
}

/* The fake engine answers what it is asked about conversations. */
static bool
on_history (HarkCommand *command)
{
  HarkEvent *event = fake_history_answer (command);

  if (!event)
    return false;
  hark_command_free (command);
  fake_engine_emit (event);
  return true;
}

/* What is typed in the list finds messages of every conversation; a click leads to it. */
static void
test_search_messages (void)
{
  HarkWindow *window = screen_open ();
  GtkWidget *entry = screen_find (GTK_WIDGET (window), GTK_TYPE_SEARCH_ENTRY, "Search people");
  HarkMessage *kept = fake_message (2, 7, false, "The <b>kettle</b> is on\u2067");
  GtkWidget *row;

  fake_history_keep (kept);
  hark_message_free (kept);
  fake_engine_on_command (on_history);
  gtk_entry_set_text (GTK_ENTRY (entry), "kettle");
  g_signal_emit_by_name (entry, "search-changed");
  screen_settle ();
  row = screen_find (GTK_WIDGET (window), GTK_TYPE_LIST_BOX_ROW, "*The <b>kettle</b> is on\uFFFD");
  g_assert_nonnull (row);
  g_signal_emit_by_name (gtk_widget_get_parent (row), "row-activated", row);
  gtk_entry_set_text (GTK_ENTRY (entry), "");
  g_signal_emit_by_name (entry, "search-changed");
  g_assert_null (label (window, "Messages"));
  g_assert_nonnull (label (window, "The <b>kettle</b> is on\uFFFD"));
  g_assert_nonnull (find_view (window));
  fake_engine_on_command (NULL);
  fake_history_forget ();
  screen_close (window);
}

/* Words and backup are offered once there was a conversation, until the user has decided. */
static void
test_keep (void)
{
  HarkWindow *window = screen_open ();

  g_assert_null (label (window, "*24 words on paper"));
  screen_say (fake_message (1, 1, false, "hello"));
  g_assert_nonnull (label (window, "*24 words on paper"));
  screen_click (GTK_WIDGET (window), "Not Now");
  g_assert_null (label (window, "*24 words on paper"));
  hark_settings_set_flag (hark_settings_get (), HARK_SET_WORDS_SEEN, false);
  g_assert_nonnull (label (window, "*24 words on paper"));
  screen_close (window);
}

static void
test_request (void)
{
  HarkWindow *window = screen_open ();
  HarkEvent *event = hark_event_new (HARK_EVENT_REQUEST);
  g_autoptr (HarkCommand) command = NULL;

  event->person = fake_person (3, "Dan", HARK_PERSON_REQUEST);
  g_free (event->person->request_text);
  event->person->request_text = g_strdup ("from the <i>club</i>");
  fake_engine_emit (event);
  g_assert_nonnull (label (window, "from the <i>club</i>"));
  screen_click (GTK_WIDGET (window), "Accept");
  command = fake_engine_take (HARK_COMMAND_ACCEPT);
  g_assert_nonnull (command);
  g_assert_cmpuint (command->contact[0], ==, 3);
  screen_close (window);
}

/* The list is not seen from a conversation in a narrow window. */
static void
test_request_opened (void)
{
  HarkWindow *window = screen_open ();
  HarkEvent *event = hark_event_new (HARK_EVENT_REQUEST);
  g_autoptr (HarkCommand) command = NULL;
  GtkWidget *page;

  event->person = fake_person (3, "Dan", HARK_PERSON_REQUEST);
  fake_engine_emit (event);
  open_person (window, 3);
  page
    = gtk_widget_get_ancestor (label (window, "Accept the request to write."), HARK_TYPE_COMPOSER);
  screen_settle ();
  g_assert_true (gtk_widget_has_focus (label (window, "Accept the request to write.")));
  g_assert_true (gtk_widget_child_focus (GTK_WIDGET (window), GTK_DIR_TAB_FORWARD));
  g_assert_true (gtk_window_get_focus (GTK_WINDOW (window))
                 == screen_find (page, GTK_TYPE_BUTTON, "Accept"));
  screen_click (page, "Accept");
  command = fake_engine_take (HARK_COMMAND_ACCEPT);
  g_assert_nonnull (command);
  g_assert_cmpuint (command->contact[0], ==, 3);
  screen_close (window);
}

static void
test_removed (void)
{
  HarkWindow *window = screen_open ();
  HarkEvent *event = hark_event_new (HARK_EVENT_CONTACT);

  open_person (window, 1);
  event->person = fake_person (1, "Bob", HARK_PERSON_REMOVED);
  fake_engine_emit (event);
  g_assert_null (label (window, "Bob"));
  g_assert_nonnull (label (window, "*Choose somebody"));
  screen_close (window);
}

/* ---- conversation ---- */

static void
test_markup (void)
{
  HarkWindow *window = screen_open ();

  open_person (window, 1);
  screen_say (fake_message (1, 1, false, "<b>bold</b> &amp; <span size='99999'>big</span>"));
  g_assert_nonnull (label (window, "<b>bold</b> &amp; <span size='99999'>big</span>"));
  screen_close (window);
}

static void
test_enter (void)
{
  HarkWindow *window = screen_open ();
  g_autoptr (HarkCommand) command = NULL;

  open_person (window, 2);
  write_text (window, "hello");
  press_enter (window, GDK_SHIFT_MASK);
  g_assert_null (fake_engine_take (HARK_COMMAND_SEND));
  write_text (window, " hello\n");
  press_enter (window, 0);
  command = fake_engine_take (HARK_COMMAND_SEND);
  g_assert_nonnull (command);
  g_assert_cmpstr (command->text, ==, "hello");
  g_assert_cmpuint (command->contact[0], ==, 2);
  press_enter (window, 0); /* nothing is left to send */
  g_assert_null (fake_engine_take (HARK_COMMAND_SEND));
  screen_close (window);
}

static void
test_queued (void)
{
  HarkWindow *window = screen_open ();
  g_autofree char *tooltip = NULL;
  HarkEvent *event;

  open_person (window, 1);
  screen_say (fake_message (1, 1, true, "later"));
  g_assert_nonnull (label (window, "*waiting: goes out when Bob is online"));

  g_assert_nonnull (label (window, "*The message goes out by itself when it is."));

  event = hark_event_new (HARK_EVENT_MESSAGE_STATE);
  event->message = fake_message (1, 1, true, "");
  event->reason = g_strdup ("Bob's Hark is not online.");
  fake_engine_emit (event);
  tooltip = gtk_widget_get_tooltip_text (label (window, "*waiting: goes out when Bob is online"));
  g_assert_cmpstr (tooltip, ==, "Bob's Hark is not online.");

  event = hark_event_new (HARK_EVENT_MESSAGE_STATE);
  event->message = fake_message (1, 1, true, "");
  event->message->state = HARK_STATE_DELIVERED;
  fake_engine_emit (event);
  g_assert_nonnull (label (window, "*delivered"));
  g_assert_null (label (window, "*The message goes out by itself when it is."));
  screen_close (window);
}

/* Unasked, and once for all. */
static void
test_waiting (void)
{
  HarkWindow *window = screen_open ();
  const char *said = "*The message goes out by itself when it is.";

  open_person (window, 1);
  g_assert_null (label (window, said));
  screen_say (fake_message (1, 1, true, "later"));
  g_assert_nonnull (label (window, said));
  screen_click (GTK_WIDGET (window), "Tell Me More");
  g_assert_nonnull (label (window, "*whoever keeps mail for them."));
  screen_click (GTK_WIDGET (window), "Do not show this again");
  g_assert_null (label (window, said));
  screen_say (fake_message (1, 2, true, "and another"));
  g_assert_null (label (window, said));
  hark_settings_set_flag (hark_settings_get (), HARK_SET_WAITING_SEEN, false);
  screen_close (window);
}

static void
test_blocked (void)
{
  HarkWindow *window = screen_open ();
  HarkEvent *event = hark_event_new (HARK_EVENT_CONTACT);
  g_autoptr (HarkCommand) command = NULL;

  open_person (window, 1);
  event->person = fake_person (1, "Bob", HARK_PERSON_BLOCKED);
  fake_engine_emit (event);
  g_assert_nonnull (label (window, "*You have blocked this person"));
  g_assert_null (find_view (window));
  screen_click (GTK_WIDGET (window), "Unblock");
  command = fake_engine_take (HARK_COMMAND_UNBLOCK);
  g_assert_nonnull (command);
  g_assert_cmpuint (command->contact[0], ==, 1);
  screen_close (window);
}

static void
test_asked (void)
{
  HarkWindow *window = screen_open ();
  HarkEvent *event = hark_event_new (HARK_EVENT_CONTACT);

  fake_engine_on_command (on_history);
  event->person = fake_person (9, "Ida", HARK_PERSON_ASKED);
  fake_engine_emit (event);
  open_person (window, 9);
  g_assert_nonnull (label (window, "*goes out when they accept."));
  event = hark_event_new (HARK_EVENT_CONTACT);
  event->person = fake_person (9, "Ida", HARK_PERSON_ACCEPTED);
  fake_engine_emit (event);
  screen_settle ();
  g_assert_nonnull (label (window, "*drop a file here, or call."));
  fake_engine_on_command (NULL);
  screen_close (window);
}

static void
test_drafts (void)
{
  HarkWindow *window = screen_open ();
  g_autofree char *text = NULL;
  GtkTextIter start, end;
  GtkTextBuffer *buffer;

  open_person (window, 1);
  write_text (window, "half a sen");
  open_person (window, 2);
  open_person (window, 1);
  buffer = gtk_text_view_get_buffer (GTK_TEXT_VIEW (find_view (window)));
  gtk_text_buffer_get_bounds (buffer, &start, &end);
  text = gtk_text_buffer_get_text (buffer, &start, &end, FALSE);
  g_assert_cmpstr (text, ==, "half a sen");
  screen_close (window);
}

/* Answers the question for rows of @person with @n rows up to @last. */
static void
answer_history (uint64_t last, unsigned n, bool older)
{
  g_autoptr (HarkCommand) command = fake_engine_take (HARK_COMMAND_HISTORY);
  HarkEvent *event;

  g_assert_nonnull (command);
  event = fake_engine_answer (command);
  event->older = older;
  event->messages = g_ptr_array_new_with_free_func ((GDestroyNotify) hark_message_free);
  for (unsigned i = 0; i < n; i++) {
    g_autofree char *text = g_strdup_printf ("row %u", (unsigned) last - i);

    g_ptr_array_add (event->messages, fake_message (command->contact[0], last - i, false, text));
  }
  fake_engine_emit (event);
  screen_settle ();
}

static void
test_history (void)
{
  HarkWindow *window = screen_open ();
  g_autoptr (HarkCommand) command = NULL;

  open_person (window, 1);
  answer_history (100, 30, true);
  g_assert_nonnull (label (window, "row 100"));
  g_assert_nonnull (label (window, "row 71"));
  g_assert_null (fake_engine_take (HARK_COMMAND_HISTORY)); /* the view is at the end */

  gtk_adjustment_set_value (
    gtk_scrollable_get_vadjustment (
      GTK_SCROLLABLE (gtk_widget_get_ancestor (label (window, "row 71"), GTK_TYPE_VIEWPORT))),
    0);
  screen_settle ();
  command = fake_engine_take (HARK_COMMAND_HISTORY);
  g_assert_nonnull (command);
  g_assert_cmpuint (command->before, ==, 71);
  g_assert_cmpuint (command->limit, ==, HARK_STEP_ROWS);
  screen_close (window);
}

static void
test_file (void)
{
  HarkWindow *window = screen_open ();
  HarkEvent *event = hark_event_new (HARK_EVENT_FILE_OFFER);
  HarkMessage *row = fake_message (2, 1, false, "photo.jpg");
  g_autoptr (HarkCommand) take = NULL;
  g_autoptr (HarkCommand) pause = NULL;

  open_person (window, 2);
  row->type = HARK_MESSAGE_IS_FILE;
  row->ref = 9;
  screen_say (row); /* the row may come before the file */
  event->transfer = fake_transfer (2, 9, false, "photo.jpg");
  event->transfer->size = 2000000;
  fake_engine_emit (event);
  screen_click (GTK_WIDGET (window), "Accept");
  take = fake_engine_take (HARK_COMMAND_TAKE);
  g_assert_nonnull (take);
  g_assert_cmpuint (take->transfer, ==, 9);

  event = hark_event_new (HARK_EVENT_FILE_STATE);
  event->transfer = fake_transfer (2, 9, false, "photo.jpg");
  event->transfer->state = HARK_FILE_MOVING;
  event->transfer->size = 2000000;
  event->transfer->bytes = 500000;
  event->transfer->rate = 500000;
  fake_engine_emit (event);
  g_assert_nonnull (screen_find (GTK_WIDGET (window), HARK_TYPE_STILL_LABEL, "*3 s left"));
  screen_click (GTK_WIDGET (window), "Pause");
  pause = fake_engine_take (HARK_COMMAND_PAUSE);
  g_assert_nonnull (pause);
  screen_close (window);
}

static void
test_give (void)
{
  HarkWindow *window = screen_open ();
  GSList *files = g_slist_append (NULL, g_file_new_for_path ("/tmp/a b.txt"));
  g_autoptr (HarkCommand) command = NULL;

  open_person (window, 2);
  hark_conversation_give (
    HARK_CONVERSATION (gtk_widget_get_ancestor (find_view (window), HARK_TYPE_CONVERSATION)),
    files);
  command = fake_engine_take (HARK_COMMAND_GIVE);
  g_assert_nonnull (command);
  g_assert_cmpstr (command->paths[0], ==, "/tmp/a b.txt");
  g_slist_free_full (files, g_object_unref);
  screen_close (window);
}

/* ---- dialogs ---- */

static GtkWidget *
open_add (HarkWindow *window)
{
  GtkWidget *dialog;

  hark_window_add (window, NULL);
  dialog = screen_dialog (HARK_TYPE_ADD_DIALOG);
  g_assert_nonnull (dialog);
  return dialog;
}

static void
test_add (void)
{
  HarkWindow *window = screen_open ();
  GtkWidget *dialog = open_add (window);
  GtkWidget *entry = screen_find (dialog, GTK_TYPE_ENTRY, "Address or link");
  g_autoptr (HarkCommand) command = NULL;
  HarkEvent *event;

  gtk_entry_set_text (GTK_ENTRY (entry), "bob@nowhere");
  g_assert_nonnull (label (dialog, "An address begins with hk1."));
  g_assert_false (gtk_widget_is_sensitive (screen_find (dialog, GTK_TYPE_BUTTON, "Add")));

  gtk_entry_set_text (GTK_ENTRY (entry), "hark:" GOOD_ADDRESS);
  screen_click (dialog, "Add");
  command = fake_engine_take (HARK_COMMAND_ADD);
  g_assert_nonnull (command);
  g_assert_cmpstr (command->address, ==, "hark:" GOOD_ADDRESS);
  event = fake_engine_answer (command);
  event->ok = false;
  event->text = g_strdup ("This person is a contact already.");
  fake_engine_emit (event);
  g_assert_nonnull (label (dialog, "This person is a contact already."));
  event = fake_engine_answer (command); /* nobody waits for a second one */
  fake_engine_emit (event);
  g_assert_nonnull (screen_dialog (HARK_TYPE_ADD_DIALOG));
  gtk_widget_destroy (dialog);
  screen_close (window);
}

static void
test_dialog_gone (void)
{
  HarkWindow *window = screen_open ();
  GtkWidget *dialog;
  g_autoptr (HarkCommand) command = NULL;

  hark_window_add (window, "hark:" GOOD_ADDRESS);
  dialog = screen_dialog (HARK_TYPE_ADD_DIALOG);
  screen_click (dialog, "Add");
  command = fake_engine_take (HARK_COMMAND_ADD);
  gtk_widget_destroy (dialog);
  screen_settle ();
  fake_engine_emit (fake_engine_answer (command));
  screen_close (window);
}

static void
test_address (void)
{
  HarkWindow *window = screen_open ();
  g_autofree char *copied = NULL;
  g_autoptr (HarkCommand) command = NULL;
  GtkWidget *dialog;
  HarkEvent *event;

  g_action_group_activate_action (G_ACTION_GROUP (window), "address", NULL);
  dialog = screen_dialog (HARK_TYPE_ADDRESS_DIALOG);
  g_assert_nonnull (dialog);
  command = fake_engine_take (HARK_COMMAND_ADDRESS);
  g_assert_nonnull (command);
  g_assert_false (command->one_time);
  event = fake_engine_answer (command);
  event->address = g_strdup (GOOD_ADDRESS);
  fake_engine_emit (event);
  screen_click (dialog, "Copy Link");
  copied = gtk_clipboard_wait_for_text (gtk_widget_get_clipboard (dialog, GDK_SELECTION_CLIPBOARD));
  g_assert_cmpstr (copied, ==, "hark:" GOOD_ADDRESS);
  screen_click (dialog, "New Invite");
  hark_command_free (command);
  command = fake_engine_take (HARK_COMMAND_ADDRESS);
  g_assert_true (command->one_time);
  gtk_widget_destroy (dialog);
  screen_close (window);
}

static void
test_safety (void)
{
  HarkWindow *window = screen_open ();
  g_autoptr (HarkCommand) question = NULL;
  g_autoptr (HarkCommand) verdict = NULL;
  GtkWidget *dialog
    = hark_safety_dialog_new (GTK_WINDOW (window), screen_client (), screen_person (2));
  HarkEvent *event;

  gtk_window_present (GTK_WINDOW (dialog));
  question = fake_engine_take (HARK_COMMAND_VERIFY);
  g_assert_nonnull (question);
  event = fake_engine_answer (question);
  event->text = g_strdup ("123456789012345678901234567890123456789012345678901234567890");
  fake_engine_emit (event);
  g_assert_nonnull (label (dialog, "12345 67890 12345 67890\n12345 67890 12345 67890\n"
                                   "12345 67890 12345 67890"));
  screen_click (dialog, "They Match, Compared by Voice");
  verdict = fake_engine_take (HARK_COMMAND_SET_VERIFIED);
  g_assert_nonnull (verdict);
  g_assert_cmpstr (verdict->how, ==, "voice");
  gtk_widget_destroy (dialog);
  screen_close (window);
}

static void
test_warning (void)
{
  HarkWindow *window = screen_open ();
  HarkEvent *event = hark_event_new (HARK_EVENT_WARNING);

  event->text = g_strdup ("The disk is full.");
  fake_engine_emit (event);
  g_assert_nonnull (label (window, "The disk is full."));
  screen_close (window);
}

/* Answers whoever asks the doctor; @code: NULL: all is well. */
static void
answer_doctor (const char *code, HarkFindingLevel level, const char *text)
{
  HarkCommand *command;

  while ((command = fake_engine_take (HARK_COMMAND_DOCTOR))) {
    HarkEvent *event = fake_engine_answer (command);

    event->findings = g_ptr_array_new_with_free_func ((GDestroyNotify) hark_finding_free);
    if (code)
      g_ptr_array_add (event->findings, fake_finding (level, code, text, "Do this."));
    g_ptr_array_add (event->findings, fake_finding (HARK_FINDING_WELL, "dht", "It works.", NULL));
    fake_engine_emit (event);
    hark_command_free (command);
  }
}

static void
drop_questions (void)
{
  HarkCommand *command;

  while ((command = fake_engine_take (HARK_COMMAND_DOCTOR)))
    hark_command_free (command);
}

static void
say_network (void)
{
  HarkEvent *event = hark_event_new (HARK_EVENT_NETWORK);

  event->network = g_new0 (HarkNetworkState, 1);
  fake_engine_emit (event);
}

static void
test_network (void)
{
  HarkWindow *window = screen_open ();
  GtkWidget *bar;

  drop_questions ();
  say_network ();
  answer_doctor ("symmetric-nat", HARK_FINDING_HINT, "Only for those who look.");
  g_assert_null (label (window, "Only for those who look."));
  say_network ();
  answer_doctor ("dht-unreachable", HARK_FINDING_PROBLEM, "No node <b>answers</b>.");
  bar = gtk_widget_get_ancestor (label (window, "No node <b>answers</b>."), GTK_TYPE_INFO_BAR);
  g_assert_true (gtk_info_bar_get_revealed (GTK_INFO_BAR (bar)));
  say_network ();
  answer_doctor (NULL, 0, NULL);
  g_assert_false (gtk_info_bar_get_revealed (GTK_INFO_BAR (bar)));
  screen_close (window);
}

static void
test_network_closed (void)
{
  HarkWindow *window = screen_open ();
  GtkInfoBar *bar;

  hark_settings_set_text (hark_settings_get (), HARK_SET_NETWORK_SEEN, "");
  drop_questions ();
  say_network ();
  answer_doctor ("lan-only", HARK_FINDING_HINT, "It was chosen.");
  bar
    = GTK_INFO_BAR (gtk_widget_get_ancestor (label (window, "It was chosen."), GTK_TYPE_INFO_BAR));
  g_assert_true (gtk_info_bar_get_show_close_button (bar));
  screen_click (GTK_WIDGET (bar), "Close");
  g_assert_false (gtk_info_bar_get_revealed (bar));
  say_network ();
  answer_doctor ("lan-only", HARK_FINDING_HINT, "It was chosen.");
  g_assert_false (gtk_info_bar_get_revealed (bar)); /* nobody wants to hear it again, */
  say_network ();
  answer_doctor ("dht-unreachable", HARK_FINDING_PROBLEM, "No node answers.");
  g_assert_true (gtk_info_bar_get_revealed (bar)); /* but what is wrong, */
  g_assert_false (gtk_info_bar_get_show_close_button (bar));
  say_network ();
  answer_doctor ("lan-only", HARK_FINDING_HINT, "It was chosen.");
  g_assert_true (gtk_info_bar_get_revealed (bar)); /* and what was chosen anew */
  screen_close (window);
}

static void
test_doctor (void)
{
  HarkWindow *window = screen_open ();
  g_autofree char *copied = NULL;
  GtkWidget *dialog;

  drop_questions ();
  dialog = hark_doctor_dialog_new (GTK_WINDOW (window), screen_client (), NULL);
  gtk_widget_show (dialog);
  answer_doctor ("vpn", HARK_FINDING_HINT, "Everything goes through a VPN.");
  g_assert_nonnull (label (dialog, "Everything goes through a VPN."));
  g_assert_nonnull (label (dialog, "Do this."));
  g_assert_true (GTK_IS_BUTTON (gtk_window_get_focus (GTK_WINDOW (dialog))));
  gtk_widget_destroy (dialog);
  dialog = hark_doctor_dialog_new (GTK_WINDOW (window), screen_client (), screen_person (1));
  gtk_widget_show (dialog);
  answer_doctor ("away", HARK_FINDING_PROBLEM, "Bob has closed Hark.");
  screen_click (dialog, "Copy the Report");
  copied = gtk_clipboard_wait_for_text (gtk_widget_get_clipboard (dialog, GDK_SELECTION_CLIPBOARD));
  g_assert_nonnull (strstr (copied, "Problem: … has closed Hark.\n    Do this.\n"));
  g_assert_null (strstr (copied, "Bob"));
  gtk_widget_destroy (dialog);
  screen_close (window);
}

/* It would stand in the field for as long as the window is open. */
static void
test_passphrase_goes (void)
{
  HarkWindow *window = screen_open ();
  GtkStack *entrance = GTK_STACK (hark_window_get_entrance (window));
  GtkWidget *secret;

  hark_entrance_lock (HARK_ENTRANCE (entrance), NULL);
  secret = screen_find (GTK_WIDGET (window), GTK_TYPE_ENTRY, "Passphrase");
  g_object_add_weak_pointer (G_OBJECT (secret), (gpointer *) &secret);
  gtk_entry_set_text (GTK_ENTRY (secret), "correct horse");
  hark_window_main (window);
  screen_settle ();
  g_assert_null (secret);
  g_assert_cmpstr (gtk_stack_get_visible_child_name (entrance), ==, "main");
  hark_entrance_lock (HARK_ENTRANCE (entrance), NULL);
  g_assert_nonnull (screen_find (GTK_WIDGET (window), GTK_TYPE_ENTRY, "Passphrase"));
  screen_close (window);
}

static void
test_failure (void)
{
  HarkWindow *window = screen_open ();

  hark_entrance_fail (hark_window_get_entrance (window), "\"<b>profile\" & all");
  g_assert_nonnull (label (window, "\"<b>profile\" & all"));
  screen_close (window);
}

static void
test_keys (void)
{
  HarkWindow *window = screen_open ();
  GtkWidget *keys;

  g_action_group_activate_action (G_ACTION_GROUP (window), "show-help-overlay", NULL);
  keys = screen_dialog (GTK_TYPE_DIALOG);
  g_assert_nonnull (keys);
  g_assert_nonnull (screen_find (keys, HDY_TYPE_PREFERENCES_ROW, "New group: Shift+Ctrl+N"));
  g_assert_nonnull (
    screen_find (keys, HDY_TYPE_PREFERENCES_ROW, "*first nine in the list: Alt+1–9"));
  gtk_widget_destroy (keys);
  screen_close (window);
}

/* ---- before the engine runs ---- */

static void
on_done (GtkWidget *page, const char *passphrase, void *data)
{
  char **got = data;

  (void) page;
  *got = g_strdup (passphrase ? passphrase : "none");
}

static void
test_welcome (void)
{
  GtkWidget *window = gtk_window_new (GTK_WINDOW_TOPLEVEL);
  GtkWidget *page = g_object_new (HARK_TYPE_WELCOME_PAGE, "visible", TRUE, NULL);
  g_autofree char *got = NULL;
  GtkWidget *name;

  gtk_container_add (GTK_CONTAINER (window), page);
  gtk_window_present (GTK_WINDOW (window));
  hark_welcome_page_set_profile (HARK_WELCOME_PAGE (page), "/nonexistent");
  g_signal_connect (page, "done", G_CALLBACK (on_done), &got);
  name = screen_find (page, GTK_TYPE_ENTRY, "Your name");
  g_assert_cmpuint (gtk_entry_get_text_length (GTK_ENTRY (name)), >, 0); /* guessed */
  gtk_entry_set_text (GTK_ENTRY (name), "  ");
  g_assert_false (gtk_widget_is_sensitive (screen_find (page, GTK_TYPE_BUTTON, "Start")));

  gtk_entry_set_text (GTK_ENTRY (name), "refused");
  screen_click (page, "Start");
  g_assert_nonnull (label (page, "The disk is full."));
  g_assert_null (got);

  gtk_entry_set_text (GTK_ENTRY (name), "Alice");
  screen_click (page, "Start");
  g_assert_cmpstr (got, ==, "none");
  gtk_widget_destroy (window);
}

/* A thread is at it. */
static void
await_label (GtkWidget *root, const char *text)
{
  for (int i = 0; i < 2000 && !label (root, text); i++)
    g_usleep (5000);
  g_assert_nonnull (label (root, text));
}

static void
test_restore (void)
{
  GtkWidget *window = gtk_window_new (GTK_WINDOW_TOPLEVEL);
  GtkWidget *page = g_object_new (HARK_TYPE_WELCOME_PAGE, "visible", TRUE, NULL);
  g_autofree char *got = NULL;
  g_autofree char *level = NULL;
  GtkWidget *restore, *key;

  gtk_container_add (GTK_CONTAINER (window), page);
  gtk_window_present (GTK_WINDOW (window));
  hark_welcome_page_set_profile (HARK_WELCOME_PAGE (page), "/nonexistent");
  g_signal_connect (page, "done", G_CALLBACK (on_done), &got);
  screen_click (page, "I Have an Account Already…");
  key = screen_find (page, GTK_TYPE_ENTRY, "24 words, or the backup's passphrase");
  restore = gtk_widget_get_ancestor (key, HARK_TYPE_RESTORE_PAGE);
  g_assert_false (gtk_widget_is_sensitive (screen_find (page, GTK_TYPE_BUTTON, "Restore")));
  gtk_entry_set_text (GTK_ENTRY (key), "secret of the backup");
  hark_restore_page_set_file (HARK_RESTORE_PAGE (restore), "/tmp/broken");
  screen_click (page, "Restore");
  await_label (page, "This is no backup.");
  g_assert_nonnull (screen_find (page, GTK_TYPE_BUTTON, "broken"));

  hark_restore_page_set_file (HARK_RESTORE_PAGE (restore), "/tmp/mine.hark-backup");
  gtk_entry_set_text (GTK_ENTRY (screen_find (page, GTK_TYPE_ENTRY, "Passphrase")), "new one");
  screen_click (page, "Restore");
  await_label (page, "*2 contacts, 5 messages");
  g_assert_null (got); /* not before it was read */
  level = hark_settings_get_text (hark_settings_get (), HARK_SET_NOTICES);
  g_assert_cmpstr (level, ==, "none"); /* who had them tell little gets no more unasked */
  g_assert_nonnull (label (page, "*neither names nor words"));
  screen_click (page, "Open Hark");
  g_assert_cmpstr (got, ==, "new one");
  gtk_widget_destroy (window);
}

static void
test_unlock (void)
{
  GtkWidget *window = gtk_window_new (GTK_WINDOW_TOPLEVEL);
  GtkWidget *page = g_object_new (HARK_TYPE_UNLOCK_PAGE, "visible", TRUE, NULL);
  g_autofree char *got = NULL;

  gtk_container_add (GTK_CONTAINER (window), page);
  gtk_window_present (GTK_WINDOW (window));
  g_signal_connect (page, "unlock", G_CALLBACK (on_done), &got);
  gtk_entry_set_text (GTK_ENTRY (screen_find (page, GTK_TYPE_ENTRY, "Passphrase")), "secret");
  screen_click (page, "Unlock");
  g_assert_cmpstr (got, ==, "secret");
  hark_unlock_page_refuse (HARK_UNLOCK_PAGE (page), "This is not the passphrase.");
  g_assert_nonnull (label (page, "This is not the passphrase."));
  gtk_widget_destroy (window);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  gtk_init (&argc, &argv);
  g_test_add_func ("/people/are-listed-with-presence-and-unread", test_people);
  g_test_add_func ("/people/search-hides-others", test_search);
  g_test_add_func ("/people/search-finds-a-sign", test_search_sign);
  g_test_add_func ("/people/search-finds-messages", test_search_messages);
  g_test_add_func ("/people/words-are-offered-after-a-conversation", test_keep);
  g_test_add_func ("/people/request-is-accepted-in-the-list", test_request);
  g_test_add_func ("/people/request-is-accepted-below-its-conversation", test_request_opened);
  g_test_add_func ("/people/removed-one-leaves-no-conversation", test_removed);
  g_test_add_func ("/conversation/markup-is-literal", test_markup);
  g_test_add_func ("/conversation/enter-sends-shift-enter-does-not", test_enter);
  g_test_add_func ("/conversation/queued-says-why", test_queued);
  g_test_add_func ("/conversation/waiting-is-explained-once", test_waiting);
  g_test_add_func ("/conversation/blocked-says-why", test_blocked);
  g_test_add_func ("/conversation/nobody-is-called-before-they-accept", test_asked);
  g_test_add_func ("/conversation/drafts-stay", test_drafts);
  g_test_add_func ("/conversation/older-rows-come-when-asked-for", test_history);
  g_test_add_func ("/files/offer-is-taken-and-paused", test_file);
  g_test_add_func ("/files/dropped-ones-are-given", test_give);
  g_test_add_func ("/dialogs/bad-address-is-refused-with-words", test_add);
  g_test_add_func ("/dialogs/late-answer-for-a-closed-one-is-harmless", test_dialog_gone);
  g_test_add_func ("/dialogs/address-is-copied", test_address);
  g_test_add_func ("/dialogs/safety-number-in-groups", test_safety);
  g_test_add_func ("/window/warning-is-shown", test_warning);
  g_test_add_func ("/window/says-what-is-wrong-with-the-network", test_network);
  g_test_add_func ("/window/line-about-the-network-stays-closed-while-it-is-so",
                   test_network_closed);
  g_test_add_func ("/dialogs/doctor-says-what-to-do", test_doctor);
  g_test_add_func ("/window/reason-of-a-failed-start-is-literal", test_failure);
  g_test_add_func ("/window/passphrase-goes-with-its-page", test_passphrase_goes);
  g_test_add_func ("/window/keys-are-shown-whenever-asked-for", test_keys);
  g_test_add_func ("/welcome/name-is-enough", test_welcome);
  g_test_add_func ("/welcome/an-account-comes-back", test_restore);
  g_test_add_func ("/welcome/unlock-says-what-is-wrong", test_unlock);
  return g_test_run ();
}
