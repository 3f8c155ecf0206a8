#include "tests/ui/screen.h"
#include "ui/calls/call-view.h"
#include "ui/chat/message-row.h"
#include "ui/model/person-order.h"
#include "ui/network/network-bar.h"
#include "ui/network/silence-bar.h"
#include "ui/people/group-dialog.h"
#include "ui/people/group-page.h"
#include "ui/people/person-row.h"
#include "ui/people/profile-dialog.h"
#include "ui/people/safety-dialog.h"

#include <string.h>

static GtkWidget *
label (void *root, const char *text)
{
  return screen_find (GTK_WIDGET (root), GTK_TYPE_LABEL, text);
}

static void
write_and_send (HarkWindow *window, const char *text)
{
  GtkWidget *view = screen_find (GTK_WIDGET (window), GTK_TYPE_TEXT_VIEW, "Message");

  g_assert_nonnull (view);
  gtk_text_buffer_set_text (gtk_text_view_get_buffer (GTK_TEXT_VIEW (view)), text, -1);
  screen_click (GTK_WIDGET (window), "Send");
}

/* ---- the list ---- */

#define CROWD 500
#define AT_ONCE_MAX 32 /* rows between two looks at what else there is to do */

/* Hidden ones as well. */
typedef struct {
  GType type;
  guint n;
  GtkWidget *last;
} Count;

static void
count_widget (GtkWidget *widget, void *data)
{
  Count *count = data;

  if (G_TYPE_CHECK_INSTANCE_TYPE (widget, count->type)) {
    count->n++;
    count->last = widget;
  } else if (GTK_IS_CONTAINER (widget)) {
    gtk_container_forall (GTK_CONTAINER (widget), count_widget, count);
  }
}

static Count
count_all (HarkWindow *window, GType type)
{
  Count count = {.type = type};

  count_widget (GTK_WIDGET (window), &count);
  return count;
}

static guint
count_rows (HarkWindow *window)
{
  return count_all (window, HARK_TYPE_PERSON_ROW).n;
}

/* All of them are there in the end; keys, clicks and frames come between. */
static void
test_crowd (void)
{
  HarkWindow *window = screen_open ();
  guint before = count_rows (window);
  guint most = 0;

  for (guint i = 0; i < CROWD; i++) {
    HarkEvent *event = hark_event_new (HARK_EVENT_CONTACT);

    event->person = fake_person (3, "Somebody", HARK_PERSON_ACCEPTED);
    memcpy (event->person->account, &i, sizeof i);
    fake_engine_emit (event);
  }
  g_assert_cmpuint (count_rows (window), ==, before);
  for (guint n = before, now; n < before + CROWD; n = now) {
    gtk_main_iteration ();
    now = count_rows (window);
    most = MAX (most, now - n);
  }
  g_assert_cmpuint (most, <=, AT_ONCE_MAX);
  screen_close (window);
}

static const char *
last_row (HarkWindow *window)
{
  GtkWidget *row = count_all (window, HARK_TYPE_PERSON_ROW).last;

  return hark_person_item_get (hark_person_row_get_person (HARK_PERSON_ROW (row)))->name;
}

/* Enter in the search opens the first of hundreds, and makes no rows for those below. */
static void
test_crowd_is_searched (void)
{
  HarkWindow *window = screen_open ();
  GtkWidget *search = screen_find (GTK_WIDGET (window), GTK_TYPE_ENTRY, "Search people");
  const guint before = count_rows (window);

  for (guint i = 0; i < CROWD; i++) {
    HarkEvent *event = hark_event_new (HARK_EVENT_CONTACT);
    g_autofree char *name = g_strdup_printf ("Somebody %03u", i);

    event->person = fake_person (3, name, HARK_PERSON_ACCEPTED);
    memcpy (event->person->account, &i, sizeof i);
    fake_engine_emit (event);
  }
  gtk_entry_set_text (GTK_ENTRY (search), "some");
  g_signal_emit_by_name (search, "activate");
  g_assert_cmpuint (count_rows (window), ==, before + 1);
  g_assert_cmpstr (last_row (window), ==, "Somebody 000");
  g_action_group_activate_action (G_ACTION_GROUP (window), "open-beside", g_variant_new_int32 (1));
  g_assert_cmpstr (last_row (window), ==, "Somebody 001");
  g_action_group_activate_action (G_ACTION_GROUP (window), "open-nth", g_variant_new_int32 (8));
  g_assert_cmpstr (last_row (window), ==, "Somebody 007");
  g_assert_cmpuint (count_rows (window), ==, before + 3);
  screen_settle ();
  g_assert_cmpuint (count_rows (window), ==, before + CROWD);
  screen_close (window);
}

#define SILENT "*does not answer"

/* The time that passes is told to the bar. */
static void
test_silence (void)
{
  HarkWindow *window = screen_open ();
  HarkSilenceBar *bar = HARK_SILENCE_BAR (count_all (window, HARK_TYPE_SILENCE_BAR).last);

  screen_say (fake_message (1, 1, false, "one"));
  hark_silence_bar_pass (bar);
  hark_window_open (window, screen_person (1));
  hark_silence_bar_pass (bar);
  g_assert_null (label (window, SILENT));
  hark_silence_bar_pass (bar);
  g_assert_nonnull (label (window, SILENT));
  screen_say (fake_message (1, 2, false, "two"));
  g_assert_null (label (window, SILENT));
  screen_close (window);
}

static void
on_started (GObject *source, GAsyncResult *result, void *data)
{
  (void) source;
  (void) result;
  (void) data;
  g_assert_not_reached ();
}

static void
test_no_start (void)
{
  const HarkEngineConfig config = {.profile = "/nonexistent"};

  if (g_test_subprocess ()) {
    HarkClient *client = hark_client_new ();

    fake_engine_hang ();
    hark_client_start_async (client, &config, on_started, NULL);
    hark_client_stop_within (client, 100);
    exit (0);
  }
  g_test_trap_subprocess (NULL, 0, G_TEST_SUBPROCESS_DEFAULT);
  g_test_trap_assert_failed ();
  g_test_trap_assert_stderr ("*does not start*");
}

static void
test_slow (void)
{
  HarkWindow *window = screen_open ();
  HarkSilenceBar *bar = HARK_SILENCE_BAR (count_all (window, HARK_TYPE_SILENCE_BAR).last);
  g_autoptr (HarkCommand) probe = NULL;

  screen_say (fake_message (1, 1, false, "one"));
  hark_silence_bar_pass (bar);
  hark_window_open (window, screen_person (1));
  while ((probe = fake_engine_take (HARK_COMMAND_ADDRESSES)))
    g_clear_pointer (&probe, hark_command_free);
  hark_silence_bar_pass (bar);
  probe = fake_engine_take (HARK_COMMAND_ADDRESSES);
  g_assert_nonnull (probe);
  fake_engine_emit (fake_engine_answer (probe));
  hark_silence_bar_pass (bar);
  g_assert_null (label (window, SILENT));
  screen_close (window);
}

/* Of the two lines, beside the list and in it, whichever asked. */
static void
answer_doctor (const char *text)
{
  HarkCommand *asked = fake_engine_take (HARK_COMMAND_DOCTOR);

  g_assert_nonnull (asked);
  for (; asked; asked = fake_engine_take (HARK_COMMAND_DOCTOR)) {
    HarkEvent *answer = fake_engine_answer (asked);

    answer->findings = g_ptr_array_new_with_free_func ((GDestroyNotify) hark_finding_free);
    g_ptr_array_add (answer->findings,
                     fake_finding (HARK_FINDING_PROBLEM, "dht-unreachable", text, NULL));
    fake_engine_emit (answer);
    hark_command_free (asked);
  }
  screen_settle ();
}

static void
on_laid_out (guint *times)
{
  (*times)++;
}

#define UNREACHABLE "No node of the DHT answers, so nobody can be found but on this local network."

/* What stays as bad as it was costs no picture, and is asked for more and more rarely. */
static void
test_bad_network (void)
{
  HarkWindow *window = screen_open ();
  HarkEvent *news = hark_event_new (HARK_EVENT_NETWORK);
  HarkNetworkBar *bar;
  GtkWidget *text;
  guint laid_out = 0, wait_s, longer_s;

  news->network = g_new0 (HarkNetworkState, 1);
  fake_engine_emit (news);
  answer_doctor (UNREACHABLE);
  text = label (window, UNREACHABLE);
  g_assert_nonnull (text);
  bar = HARK_NETWORK_BAR (gtk_widget_get_ancestor (text, HARK_TYPE_NETWORK_BAR));
  g_signal_connect_swapped (text, "size-allocate", G_CALLBACK (on_laid_out), &laid_out);
  wait_s = hark_network_bar_pass (bar);
  g_assert_cmpuint (wait_s, >, 0);
  answer_doctor (UNREACHABLE);
  g_assert_cmpuint (laid_out, ==, 0);
  for (longer_s = wait_s; (wait_s = hark_network_bar_pass (bar)) > longer_s; longer_s = wait_s)
    answer_doctor (UNREACHABLE);
  g_assert_cmpuint (wait_s, >=, 60);
  answer_doctor ("This computer is not connected to any network.");
  g_assert_nonnull (label (window, "This computer is not connected to any network."));
  g_assert_cmpuint (laid_out, >, 0);
  g_assert_cmpuint (hark_network_bar_pass (bar), <, wait_s);
  screen_close (window);
}

static void
test_group (void)
{
  HarkWindow *window = screen_open ();
  HarkEvent *event = hark_event_new (HARK_EVENT_GROUP);
  g_autoptr (HarkCommand) accept = NULL;
  g_autoptr (HarkCommand) command = NULL;
  uint8_t account[HARK_ACCOUNT_LEN] = {0};
  HarkMessage *answer;
  GtkWidget *quote;

  memset (account, 9, HARK_MESSAGE_ID_LEN);
  event->group = fake_group (9, "Choir", HARK_GROUP_IS_OFFERED);
  event->group->reason = g_strdup ("Bob asks you in.");
  fake_engine_emit (event);
  g_assert_nonnull (label (window, "*asks you in."));
  screen_click (GTK_WIDGET (window), "Accept");
  accept = fake_engine_take (HARK_COMMAND_GROUP_ACCEPT);
  g_assert_nonnull (accept);
  g_assert_true (memcmp (accept->group, account, HARK_MESSAGE_ID_LEN) == 0);

  event = hark_event_new (HARK_EVENT_GROUP);
  event->group = fake_group (9, "Choir", HARK_GROUP_IS_JOINED);
  fake_group_add (event->group, 1, "Roberto", HARK_GROUP_PERSON_MEMBER);
  fake_group_add (event->group, 8, "Frank <b>", HARK_GROUP_PERSON_MEMBER);
  fake_engine_emit (event);
  screen_say (fake_group_message (9, 1, 1, "one"));
  screen_say (fake_group_message (9, 8, 2, "two"));
  g_assert_nonnull (label (window, "Frank <b>: two"));
  hark_window_open (window, hark_client_find (screen_client (), account));
  g_assert_nonnull (screen_find (GTK_WIDGET (window), HARK_TYPE_MESSAGE_ROW, "*Bob: one"));
  g_assert_nonnull (screen_find (GTK_WIDGET (window), HARK_TYPE_MESSAGE_ROW, "*Frank <b>: two"));
  answer = fake_group_message (9, 1, 3, "to that");
  answer->has_reply_to = true;
  answer->reply_to[0] = 2;
  answer->reply_to[15] = 9;
  screen_say (answer);
  quote = screen_find (GTK_WIDGET (window), GTK_TYPE_BUTTON, "Go to the message this answers");
  g_assert_nonnull (screen_find (quote, GTK_TYPE_LABEL, "Frank <b>")); /* it is not the group's */
  write_and_send (window, "three");
  command = fake_engine_take (HARK_COMMAND_SEND);
  g_assert_true (command && command->has_group && !command->has_contact);
  g_assert_true (memcmp (command->group, account, HARK_MESSAGE_ID_LEN) == 0);

  event = hark_event_new (HARK_EVENT_GROUP);
  event->group = fake_group (9, "Choir", HARK_GROUP_IS_JOINED);
  event->group->reason = g_strdup ("A member says that you were removed from this group.");
  fake_engine_emit (event);
  screen_settle ();
  g_assert_nonnull (label (window, "A member says that you were removed from this group."));
  g_assert_true (
    gtk_widget_is_sensitive (screen_find (GTK_WIDGET (window), GTK_TYPE_BUTTON, "Call Choir")));
  event = hark_event_new (HARK_EVENT_GROUP);
  event->group = fake_group (9, "Choir", HARK_GROUP_IS_LEFT);
  event->group->reason = g_strdup ("Bob removed you from the group.");
  fake_engine_emit (event);
  screen_settle ();
  g_assert_nonnull (label (window, "Bob removed you from the group."));
  g_assert_nonnull (label (window, "You are no longer in this group."));
  g_assert_false (
    gtk_widget_is_sensitive (screen_find (GTK_WIDGET (window), GTK_TYPE_BUTTON, "Call Choir")));
  screen_close (window);
}

static void
test_pinned (void)
{
  HarkWindow *window = screen_open ();
  HarkEvent *event = hark_event_new (HARK_EVENT_CHAT);
  HarkChat *chat = g_new0 (HarkChat, 1);

  screen_say (fake_message (1, 1, false, "newest"));
  g_assert_cmpint (hark_person_order (screen_person (1), screen_person (2)), <, 0);
  memset (chat->contact, 2, sizeof chat->contact);
  chat->pinned = true;
  chat->draft = g_strdup ("half a\nsentence");
  event->chats = g_ptr_array_new_with_free_func ((GDestroyNotify) hark_chat_free);
  g_ptr_array_add (event->chats, chat);
  fake_engine_emit (event);
  g_assert_cmpint (hark_person_order (screen_person (1), screen_person (2)), >, 0);
  g_assert_nonnull (label (window, "Draft: half a sentence"));
  screen_close (window);
}

/* ---- one contact ---- */

static void
say_words (HarkWordsState state, const char *text)
{
  HarkEvent *event = hark_event_new (HARK_EVENT_WORDS);

  memset (event->account, 2, sizeof event->account);
  event->words_state = state;
  event->text = g_strdup (text);
  fake_engine_emit (event);
}

static void
test_words (void)
{
  HarkWindow *window = screen_open ();
  g_autoptr (HarkCommand) begin = NULL;
  g_autoptr (HarkCommand) match = NULL;
  GtkWidget *dialog
    = hark_safety_dialog_new (GTK_WINDOW (window), screen_client (), screen_person (2));

  gtk_window_present (GTK_WINDOW (dialog));
  hark_safety_dialog_show_words (HARK_SAFETY_DIALOG (dialog));
  screen_click (dialog, "Show Words");
  begin = fake_engine_take (HARK_COMMAND_WORDS);
  g_assert_cmpstr (begin->how, ==, "start");
  say_words (HARK_WORDS_ASKED, NULL);
  g_assert_nonnull (label (dialog, "Waiting for the Hark of Carol…"));
  say_words (HARK_WORDS_SHOWN, "river lamp eagle");
  gtk_widget_destroy (dialog);

  dialog = hark_safety_dialog_new (GTK_WINDOW (window), screen_client (), screen_person (2));
  gtk_window_present (GTK_WINDOW (dialog));
  g_assert_nonnull (label (dialog, "river lamp eagle")); /* it opens where it was */
  screen_click (dialog, "The Words Match");
  match = fake_engine_take (HARK_COMMAND_WORDS);
  g_assert_cmpstr (match->how, ==, "match");
  say_words (HARK_WORDS_CONFIRMED, NULL);
  g_assert_null (label (dialog, "river lamp eagle"));
  gtk_widget_destroy (dialog);
  screen_close (window);
}

static void
test_words_in_call (void)
{
  HarkWindow *window = screen_open ();
  HarkEvent *event = hark_event_new (HARK_EVENT_CALL);
  int least;

  hark_window_open (window, screen_person (2));
  event->call = g_new0 (HarkCall, 1);
  event->call->id = 7;
  memset (event->call->contact, 2, sizeof event->call->contact);
  event->call->phase = HARK_ACTIVE;
  fake_engine_emit (event);
  screen_click (GTK_WIDGET (window), "Compare Words");
  gtk_widget_destroy (screen_dialog (HARK_TYPE_SAFETY_DIALOG));
  say_words (HARK_WORDS_SHOWN, "river lamp eagle"); /* the other began */
  g_assert_nonnull (label (window, "Say to each other: river lamp eagle"));
  screen_settle ();
  gtk_widget_get_preferred_width (
    gtk_widget_get_ancestor (label (window, "Say to each other: river lamp eagle"),
                             HARK_TYPE_CALL_VIEW),
    &least, NULL);
  g_assert_cmpint (least, <=, 360); /* of a telephone */
  say_words (HARK_WORDS_OVER, NULL);
  g_assert_null (label (window, "Say to each other: river lamp eagle"));
  screen_close (window);
}

/* ---- groups ---- */

static void
test_new_group (void)
{
  HarkWindow *window = screen_open ();
  GtkWidget *dialog = screen_open_dialog (window, "new-group", HARK_TYPE_GROUP_DIALOG);
  g_autoptr (HarkCommand) create = NULL;
  g_autoptr (HarkCommand) add = NULL;
  HarkEvent *event;

  g_assert_false (gtk_widget_is_sensitive (screen_find (dialog, GTK_TYPE_BUTTON, "Create")));
  gtk_entry_set_text (GTK_ENTRY (screen_find (dialog, GTK_TYPE_ENTRY, "Name of the group")),
                      " Choir ");
  gtk_toggle_button_set_active (
    GTK_TOGGLE_BUTTON (screen_find (dialog, GTK_TYPE_CHECK_BUTTON, "Carol")), TRUE);
  screen_click (dialog, "Create");
  create = fake_engine_take (HARK_COMMAND_GROUP_CREATE);
  g_assert_cmpstr (create->name, ==, "Choir");
  event = fake_engine_answer (create);
  memset (event->id, 9, sizeof event->id);
  fake_engine_emit (event);
  add = fake_engine_take (HARK_COMMAND_GROUP_ADD);
  g_assert_true (add && add->has_group && add->has_contact);
  g_assert_cmpuint (add->group[0], ==, 9);
  g_assert_cmpuint (add->contact[0], ==, 2);
  g_assert_null (fake_engine_take (HARK_COMMAND_GROUP_ADD));
  g_assert_null (screen_dialog (HARK_TYPE_GROUP_DIALOG));
  screen_close (window);
}

/* As they come they stand by their keys, which tells nobody anything. */
static void
test_whom_to_invite (void)
{
  static const char *const names[] = {"Zoe", "Dan", "\xc3\x84nne"};
  HarkWindow *window = screen_open ();
  GtkWidget *dialog, *box;
  g_autoptr (GList) boxes = NULL;
  const char *before = NULL;

  for (unsigned i = 0; i < G_N_ELEMENTS (names); i++) {
    HarkEvent *event = hark_event_new (HARK_EVENT_CONTACT);

    event->person = fake_person ((uint8_t) (20 + i), names[i], HARK_PERSON_ACCEPTED);
    fake_engine_emit (event);
  }
  dialog = screen_open_dialog (window, "new-group", HARK_TYPE_GROUP_DIALOG);
  box = screen_find (dialog, GTK_TYPE_CHECK_BUTTON, "Zoe");
  boxes = gtk_container_get_children (GTK_CONTAINER (gtk_widget_get_parent (box)));
  g_assert_cmpuint (g_list_length (boxes), >=, 5);
  for (GList *at = boxes; at; at = at->next) {
    const char *name = atk_object_get_name (gtk_widget_get_accessible (at->data));

    g_assert_true (!before || g_utf8_collate (before, name) <= 0);
    before = name;
  }
  screen_close (window);
}

static void
tell_group (HarkGroupState state, HarkGroupPersonRole role)
{
  HarkEvent *event = hark_event_new (HARK_EVENT_GROUP);

  event->group = fake_group (9, "Choir", state);
  event->group->role = role;
  fake_group_add (event->group, 1, "Bob", HARK_GROUP_PERSON_FOUNDER);
  fake_group_add (event->group, 8, "Frank <b>", HARK_GROUP_PERSON_MEMBER);
  fake_engine_emit (event);
}

static void
test_group_notices (void)
{
  HarkGroupInfo *group = fake_group (9, "Choir", HARK_GROUP_IS_JOINED);
  HarkMessage *message = fake_message (9, 1, false, "@Alice?");
  g_autoptr (HarkPersonItem) item = NULL;

  group->notices = HARK_GROUP_NOTICES_MENTIONS;
  item = hark_person_item_new_group (group);
  g_assert_false (hark_person_item_wants_notice (item, message, 0));
  message->mentioned = true;
  g_assert_true (hark_person_item_wants_notice (item, message, 0));
  group->notices = HARK_GROUP_NOTICES_NONE;
  hark_person_item_update_group (item, group);
  g_assert_false (hark_person_item_wants_notice (item, message, 0));
  hark_group_info_free (group);
  hark_message_free (message);
}

/* @data: a part of what the question is to say. */
static gboolean
look_at_question (void *data)
{
  GtkWidget *dialog = screen_dialog (GTK_TYPE_MESSAGE_DIALOG);

  if (!dialog)
    return G_SOURCE_CONTINUE;
  g_assert_nonnull (screen_find (dialog, GTK_TYPE_LABEL, data));
  gtk_dialog_response (GTK_DIALOG (dialog), GTK_RESPONSE_CANCEL);
  return G_SOURCE_REMOVE;
}

/* A group that is joined, for its members to be added. */
static HarkEvent *
new_choir (void)
{
  HarkEvent *event = hark_event_new (HARK_EVENT_GROUP);

  event->group = fake_group (9, "Choir", HARK_GROUP_IS_JOINED);
  return event;
}

/* @event: of new_choir(): told; the page about the group. */
static GtkWidget *
open_choir (HarkWindow *window, HarkEvent *event)
{
  uint8_t account[HARK_ACCOUNT_LEN] = {0};
  GtkWidget *page;

  memset (account, 9, HARK_MESSAGE_ID_LEN);
  fake_engine_emit (event);
  page = hark_group_page_new (GTK_WINDOW (window), screen_client (),
                              hark_client_find (screen_client (), account));
  gtk_window_present (GTK_WINDOW (page));
  return page;
}

/* Who alone may ask people in is told before going that nobody can then. */
static void
test_last_leader_leaves (void)
{
  HarkWindow *window = screen_open ();
  HarkEvent *event = new_choir ();
  GtkWidget *page;

  fake_group_add (event->group, 1, "Bob", HARK_GROUP_PERSON_MEMBER);
  fake_group_add (event->group, 8, "Frank <b>", HARK_GROUP_PERSON_MEMBER);
  page = open_choir (window, event);
  g_timeout_add (20, look_at_question, (void *) "*Nobody who stays can ask people in");
  screen_click (page, "Leave the Group…");
  tell_group (HARK_GROUP_IS_JOINED, HARK_GROUP_PERSON_ADMIN); /* Bob leads it, too */
  g_timeout_add (20, look_at_question, (void *) "*The others see that you left.");
  screen_click (page, "Leave the Group…");
  g_assert_null (fake_engine_take (HARK_COMMAND_GROUP_LEAVE));
  screen_close (window);
}

static int
top_of (GtkWidget *page, const char *name)
{
  GtkWidget *label = screen_find (page, GTK_TYPE_LABEL, name);
  int x, y;

  g_assert_nonnull (label);
  g_assert_true (gtk_widget_translate_coordinates (label, page, 0, 0, &x, &y));
  return y;
}

/* Whoever looks for somebody in a large group finds them where their name is. */
static void
test_members_are_in_order (void)
{
  HarkWindow *window = screen_open ();
  HarkEvent *event = new_choir ();
  GtkWidget *page;

  fake_group_add (event->group, 5, "Zoe", HARK_GROUP_PERSON_MEMBER);
  fake_group_add (event->group, 6, "Adam", HARK_GROUP_PERSON_MEMBER);
  fake_group_add (event->group, 7, "Martha", HARK_GROUP_PERSON_ADMIN);
  fake_group_add (event->group, 8, "Abel", HARK_GROUP_PERSON_MEMBER);
  ((HarkGroupPerson *) event->group->people->pdata[event->group->people->len - 1])->joined = false;
  page = open_choir (window, event);
  screen_settle ();
  g_assert_cmpint (top_of (page, "Martha"), <, top_of (page, "Adam"));
  g_assert_cmpint (top_of (page, "Adam"), <, top_of (page, "Zoe"));
  g_assert_cmpint (top_of (page, "Zoe"), <, top_of (page, "Abel"));
  screen_close (window);
}

static void
test_group_page (void)
{
  HarkWindow *window = screen_open ();
  uint8_t account[HARK_ACCOUNT_LEN] = {0};
  g_autoptr (HarkCommand) notices = NULL;
  g_autoptr (HarkCommand) timer = NULL;
  g_autoptr (HarkCommand) meet = NULL;
  GtkWidget *page;

  memset (account, 9, HARK_MESSAGE_ID_LEN);
  tell_group (HARK_GROUP_IS_JOINED, HARK_GROUP_PERSON_MEMBER);
  page = hark_group_page_new (GTK_WINDOW (window), screen_client (),
                              hark_client_find (screen_client (), account));
  gtk_window_present (GTK_WINDOW (page));
  g_assert_nonnull (label (page, "Frank <b>"));
  g_assert_null (screen_find (page, GTK_TYPE_BUTTON, "Remove")); /* a member removes nobody */
  g_assert_null (screen_find (page, GTK_TYPE_BUTTON, "Invite Somebody…"));
  tell_group (HARK_GROUP_IS_JOINED, HARK_GROUP_PERSON_ADMIN);
  g_assert_nonnull (screen_find (page, GTK_TYPE_BUTTON, "Remove Frank <b> from the group"));
  g_assert_null (screen_find (page, GTK_TYPE_BUTTON, "Remove Bob from the group"));
  g_assert_nonnull (screen_find (page, GTK_TYPE_BUTTON, "Invite Somebody…"));
  g_timeout_add (20, look_at_question, (void *) "Remove Frank <b> from the group?");
  screen_click (page, "Remove Frank <b> from the group");
  g_assert_null (fake_engine_take (HARK_COMMAND_GROUP_REMOVE));
  gtk_combo_box_set_active_id (GTK_COMBO_BOX (screen_find (page, GTK_TYPE_COMBO_BOX, "Notices")),
                               "mentions");
  notices = fake_engine_take (HARK_COMMAND_GROUP_NOTICES);
  g_assert_cmpstr (notices->how, ==, "mentions");
  gtk_combo_box_set_active_id (
    GTK_COMBO_BOX (screen_find (page, GTK_TYPE_COMBO_BOX, "Disappearing messages")), "3600");
  timer = fake_engine_take (HARK_COMMAND_TIMER);
  g_assert_true (timer->has_group && !timer->has_contact);
  g_assert_cmpuint (timer->seconds, ==, 3600);
  screen_click (page, "Ask Frank <b> to be my contact");
  meet = fake_engine_take (HARK_COMMAND_GROUP_MEET);
  g_assert_cmpuint (meet->contact[0], ==, 8);
  g_assert_true (meet->has_group);
  tell_group (HARK_GROUP_IS_LEFT, HARK_GROUP_PERSON_MEMBER);
  g_assert_null (screen_find (page, GTK_TYPE_BUTTON, "Leave the Group…"));
  g_assert_nonnull (screen_find (page, GTK_TYPE_BUTTON, "Delete from This Computer…"));
  tell_group (HARK_GROUP_IS_FORGOTTEN, HARK_GROUP_PERSON_MEMBER);
  g_assert_null (screen_dialog (HARK_TYPE_GROUP_PAGE));
  screen_close (window);
}

/* Who wrote stands before it; a call says itself who was there. */
static void
test_group_last (void)
{
  HarkWindow *window = screen_open ();
  HarkMessage *call = fake_group_message (9, 1, 2, "Bob began it.");

  tell_group (HARK_GROUP_IS_JOINED, HARK_GROUP_PERSON_MEMBER);
  screen_say (fake_group_message (9, 1, 1, "La la"));
  g_assert_nonnull (label (window, "Bob: La la"));
  call->type = HARK_MESSAGE_IS_CALL;
  call->ref = 85000;
  screen_say (call);
  g_assert_nonnull (label (window, "Call, 1:25. Bob began it."));
  screen_close (window);
}

/* Who is at it is said by name; what was half written shows where it can be written on. */
static void
test_group_row (void)
{
  HarkWindow *window = screen_open ();
  HarkEvent *event = hark_event_new (HARK_EVENT_CHAT);
  HarkChat *chat = g_new0 (HarkChat, 1);

  tell_group (HARK_GROUP_IS_JOINED, HARK_GROUP_PERSON_MEMBER);
  memset (chat->contact, 9, HARK_MESSAGE_ID_LEN);
  chat->draft = g_strdup ("half a tune");
  event->chats = g_ptr_array_new_with_free_func ((GDestroyNotify) hark_chat_free);
  g_ptr_array_add (event->chats, chat);
  fake_engine_emit (event);
  g_assert_nonnull (label (window, "Draft: half a tune"));
  event = hark_event_new (HARK_EVENT_TYPING);
  memset (event->account, 1, sizeof event->account);
  memset (event->of_group, 9, sizeof event->of_group);
  event->has_group = event->on = true;
  fake_engine_emit (event);
  g_assert_nonnull (label (window, "Bob is writing…"));
  event = hark_event_new (HARK_EVENT_TYPING);
  memset (event->account, 1, sizeof event->account);
  memset (event->of_group, 9, sizeof event->of_group);
  event->has_group = true;
  fake_engine_emit (event);
  tell_group (HARK_GROUP_IS_LEFT, HARK_GROUP_PERSON_MEMBER);
  g_assert_null (label (window, "Draft: half a tune"));
  tell_group (HARK_GROUP_IS_OFFERED, HARK_GROUP_PERSON_MEMBER);
  g_assert_null (label (window, "Draft: half a tune")); /* but that one is invited */
  tell_group (HARK_GROUP_IS_JOINED, HARK_GROUP_PERSON_MEMBER);
  g_assert_nonnull (label (window, "Draft: half a tune"));
  screen_close (window);
}

/* ---- ourselves ---- */

static void
test_profile (void)
{
  HarkWindow *window = screen_open ();
  GtkWidget *dialog = screen_open_dialog (window, "profile", HARK_TYPE_PROFILE_DIALOG);
  HarkEvent *event = fake_engine_answer_to (HARK_COMMAND_PROFILE);
  GtkWidget *name = screen_find (dialog, GTK_TYPE_ENTRY, "Your name");
  g_autoptr (HarkCommand) profile = NULL;
  g_autoptr (HarkCommand) presence = NULL;

  g_assert_false (gtk_widget_is_sensitive (screen_find (dialog, GTK_TYPE_BUTTON, "Save")));
  event->profile = g_new0 (HarkProfile, 1);
  event->profile->name = g_strdup ("Alice");
  event->profile->status_text = g_strdup ("");
  event->profile->availability = HARK_BUSY;
  fake_engine_emit (event);
  g_assert_cmpstr (gtk_entry_get_text (GTK_ENTRY (name)), ==, "Alice");
  gtk_entry_set_text (GTK_ENTRY (name), "aÄÄÄÄÄÄÄÄÄÄÄÄÄÄÄÄÄÄÄÄÄÄÄÄÄÄÄÄÄÄ"); /* 61 bytes */
  g_assert_cmpstr (gtk_entry_get_text (GTK_ENTRY (name)), ==, "aÄÄÄÄÄÄÄÄÄÄÄÄÄÄÄÄÄÄÄÄÄÄÄ"); /* 47 */
  gtk_entry_set_text (GTK_ENTRY (name), " Alicia ");
  gtk_combo_box_set_active_id (GTK_COMBO_BOX (screen_find (dialog, GTK_TYPE_COMBO_BOX, "Presence")),
                               "away");
  screen_click (dialog, "Save");
  presence = fake_engine_take (HARK_COMMAND_PRESENCE);
  g_assert_cmpstr (presence->how, ==, "away");
  profile = fake_engine_take (HARK_COMMAND_PROFILE);
  g_assert_cmpstr (profile->name, ==, "Alicia");
  g_assert_null (profile->picture);
  fake_engine_emit (fake_engine_answer (profile));
  g_assert_null (screen_dialog (HARK_TYPE_PROFILE_DIALOG));
  screen_close (window);
}

/* That the other lets messages disappear is news where nobody looks, as it is after the next
 * start. */
static void
test_timer_unread (void)
{
  HarkWindow *window = screen_open ();
  HarkMessage *row = fake_message (2, 1, false, "");

  row->type = HARK_MESSAGE_IS_TIMER;
  row->expires_s = 3600;
  screen_say (row);
  g_assert_cmpuint (hark_person_item_get_unread (screen_person (2)), ==, 1);
  screen_close (window);
}

static void
become (HarkAvailability availability)
{
  HarkEvent *event = hark_event_new (HARK_EVENT_CONTACT);

  event->person = fake_person (2, "Carol", HARK_PERSON_ACCEPTED);
  event->person->presence = HARK_PRESENCE_ONLINE;
  event->person->availability = availability;
  fake_engine_emit (event);
  screen_settle ();
}

static int
place_of (HarkWindow *window, const char *name)
{
  return gtk_list_box_row_get_index (
    GTK_LIST_BOX_ROW (screen_find (GTK_WIDGET (window), HARK_TYPE_PERSON_ROW, name)));
}

/* Of one who is busy now, others are not drawn; of one who wrote, all that moves is. */
static void
test_others_stay (void)
{
  HarkWindow *window = screen_open ();
  GtkWidget *bob = screen_find (GTK_WIDGET (window), HARK_TYPE_PERSON_ROW, "*Bob");
  GtkWidget *carol = screen_find (GTK_WIDGET (window), HARK_TYPE_PERSON_ROW, "*Carol");
  unsigned bobs = 0, carols = 0;

  g_assert_cmpint (place_of (window, "*Bob"), <, place_of (window, "*Carol"));
  screen_count_draws (bob, &bobs);
  screen_count_draws (carol, &carols);
  become (HARK_BUSY);
  become (HARK_AVAILABLE);
  become (HARK_AWAY);
  g_assert_cmpuint (bobs, ==, 0);
  g_assert_cmpuint (carols, >, 0);
  screen_say (fake_message (2, 1, false, "Me first."));
  g_assert_cmpint (place_of (window, "*Carol"), <, place_of (window, "*Bob"));
  g_assert_cmpuint (bobs, >, 0);
  screen_close (window);
}

int
main (int argc, char **argv)
{
  gtk_test_init (&argc, &argv, NULL);
  g_test_add_func ("/people/groups-are-joined-and-written-to", test_group);
  g_test_add_func ("/people/pinned-stand-first-with-their-draft", test_pinned);
  g_test_add_func ("/person/words-wait-to-be-compared", test_words);
  g_test_add_func ("/profile/is-changed-when-it-is-saved", test_profile);
  g_test_add_func ("/list/crowd-leaves-time-between", test_crowd);
  g_test_add_func ("/list/search-of-a-crowd-makes-the-row-it-opens", test_crowd_is_searched);
  g_test_add_func ("/list/others-stay-when-one-changes", test_others_stay);
  g_test_add_func ("/engine/silence-is-said-until-it-ends", test_silence);
  g_test_add_func ("/engine/start-that-hangs-holds-nobody", test_no_start);
  g_test_add_func ("/engine/slow-answers-are-no-silence", test_slow);
  g_test_add_func ("/network/what-stays-bad-costs-no-picture", test_bad_network);
  g_test_add_func ("/groups/are-made-and-people-asked-in", test_new_group);
  g_test_add_func ("/groups/whom-to-invite-is-in-order-of-names", test_whom_to_invite);
  g_test_add_func ("/groups/only-what-names-us-is-noticed", test_group_notices);
  g_test_add_func ("/groups/page-lists-by-role-and-name", test_members_are_in_order);
  g_test_add_func ("/groups/page-offers-what-the-role-allows", test_group_page);
  g_test_add_func ("/groups/row-tells-who-wrote", test_group_last);
  g_test_add_func ("/groups/row-tells-who-writes-and-what-can-be-written", test_group_row);
  g_test_add_func ("/groups/last-who-leads-is-told-before-leaving", test_last_leader_leaves);
  g_test_add_func ("/person/words-are-offered-in-a-call", test_words_in_call);
  g_test_add_func ("/list/timer-of-the-other-is-unread", test_timer_unread);
  return g_test_run ();
}
