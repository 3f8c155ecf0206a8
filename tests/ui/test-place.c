/* What a start shows: the conversation that was open last, the place in it, and of groups who left
 * and where a new one stands. */
#include "tests/ui/fake-history.h"
#include "tests/ui/screen.h"
#include "ui/chat/conversation.h"
#include "ui/chat/message-row.h"
#include "ui/day.h"
#include "ui/model/person-order.h"

#include <string.h>
#include <time.h>

static uint8_t last; /* whose conversation the engine remembers; 0: none */
static uint64_t last_position;

static bool
answer (HarkCommand *command)
{
  HarkEvent *event;

  if (command->kind == HARK_COMMAND_PLACE) {
    if (command->has_contact) {
      last = command->contact[0];
      last_position = command->before;
    } else if (command->how) {
      last = 0;
    }
    event = fake_engine_answer (command);
    event->on = last != 0;
    memset (event->account, last, sizeof event->account);
    event->position = last_position;
  } else {
    event = fake_history_answer (command);
  }
  if (!event)
    return false;
  fake_engine_emit (event);
  hark_command_free (command);
  return true;
}

static void
keep_rows (unsigned n)
{
  for (unsigned i = 1; i <= n; i++) {
    g_autofree char *text = g_strdup_printf ("row %u", i);
    HarkMessage *message = fake_message (1, i, false, text);

    message->state = HARK_STATE_READ;
    fake_history_keep (message);
    hark_message_free (message);
  }
}

/* What the client tells when a profile was opened and its list is known. */
static void
begin (void)
{
  g_signal_emit_by_name (screen_client (), "ready");
  g_signal_emit_by_name (screen_client (), "listed");
  screen_settle ();
}

static const char *
shown (HarkWindow *window)
{
  GtkWidget *field = screen_find (GTK_WIDGET (window), GTK_TYPE_TEXT_VIEW, "Message");
  GtkWidget *page = field ? gtk_widget_get_ancestor (field, HARK_TYPE_CONVERSATION) : NULL;

  return page ? hark_person_item_get (hark_conversation_get_person (HARK_CONVERSATION (page)))->name
              : "";
}

/* It comes behind a picture. */
static void
wait_for (HarkWindow *window, const char *name)
{
  while (strcmp (shown (window), name) != 0)
    gtk_main_iteration ();
  screen_settle ();
}

static GtkAdjustment *
adjustment (HarkWindow *window)
{
  GtkWidget *row = screen_find (GTK_WIDGET (window), HARK_TYPE_MESSAGE_ROW, "*row");

  return gtk_scrollable_get_vadjustment (
    GTK_SCROLLABLE (gtk_widget_get_ancestor (row, GTK_TYPE_VIEWPORT)));
}

static void
setup (void)
{
  last = 0;
  last_position = 0;
  fake_engine_on_command (answer);
}

static void
finish (HarkWindow *window)
{
  screen_close (window);
  fake_engine_on_command (NULL);
  fake_history_forget ();
}

static void
test_conversation (void)
{
  HarkWindow *window;

  setup ();
  window = screen_open ();
  hark_window_open (window, screen_person (1));
  g_assert_cmpuint (last, ==, 0); /* what was there is not known yet */
  begin ();
  hark_window_open (window, screen_person (2));
  g_assert_cmpuint (last, ==, 2);
  screen_close (window);

  window = screen_open ();
  g_assert_cmpstr (shown (window), ==, "");
  begin ();
  wait_for (window, "Carol");
  finish (window);
}

static void
test_user_was_faster (void)
{
  HarkWindow *window;

  setup ();
  last = 2;
  window = screen_open ();
  hark_window_open (window, screen_person (1));
  begin ();
  g_assert_cmpstr (shown (window), ==, "Bob");
  finish (window);
}

/* Of somebody who is not there any more: nothing, and the next is kept. */
static void
test_nobody (void)
{
  HarkWindow *window;

  setup ();
  last = 9;
  window = screen_open ();
  begin ();
  g_assert_cmpuint (last, ==, 0);
  g_assert_cmpstr (shown (window), ==, "");
  hark_window_open (window, screen_person (1));
  g_assert_cmpuint (last, ==, 1);
  finish (window);
}

static void
test_place (void)
{
  HarkWindow *window;
  uint64_t before;

  setup ();
  keep_rows (120);
  window = screen_open ();
  begin ();
  hark_window_open (window, screen_person (1));
  screen_settle ();
  hark_window_keep_place (window);
  g_assert_cmpuint (last_position, ==, 0);           /* the end */
  gtk_adjustment_set_value (adjustment (window), 0); /* of what is loaded */
  screen_settle ();
  hark_window_keep_place (window);
  before = last_position;
  g_assert_cmpuint (before, >, 0);
  g_assert_cmpuint (before, <, 120);
  screen_close (window);

  window = screen_open ();
  begin ();
  wait_for (window, "Bob");
  while (gtk_adjustment_get_value (adjustment (window)) < 1) /* until the rows are laid out */
    gtk_main_iteration ();
  screen_settle ();
  hark_window_keep_place (window);
  g_assert_cmpuint (last_position, >=, before - 1); /* as far as a row was half above */
  g_assert_cmpuint (last_position, <=, before + 1);
  finish (window);
}

/* ---- groups ---- */

static void
tell_group (HarkGroupInfo *group)
{
  HarkEvent *event = hark_event_new (HARK_EVENT_GROUP);

  event->group = group;
  fake_engine_emit (event);
  screen_settle ();
}

static void
test_who_left (void)
{
  HarkWindow *window = screen_open ();
  HarkGroupInfo *group = fake_group (7, "Choir", HARK_GROUP_IS_JOINED);
  HarkMessage *row = fake_group_message (7, 1, 5, "Bob left the group.");
  HarkPersonItem *item;
  uint8_t id[HARK_MESSAGE_ID_LEN];

  memset (id, 7, sizeof id);
  group->joined = 1;
  tell_group (hark_group_info_copy (group));
  g_assert_nonnull (
    screen_find (GTK_WIDGET (window), GTK_TYPE_LABEL, "Nobody but you is in it yet"));
  group->had_others = true;
  tell_group (hark_group_info_copy (group));
  g_assert_nonnull (screen_find (GTK_WIDGET (window), GTK_TYPE_LABEL, "Everybody else has left"));

  row->type = HARK_MESSAGE_IS_GROUP;
  row->state = HARK_STATE_READ;
  screen_say (row);
  item = hark_client_find_group (screen_client (), id);
  g_assert_cmpuint (hark_person_item_get_unread (item), ==, 0); /* it waits for nobody */
  hark_window_open (window, item);
  while (!screen_find (GTK_WIDGET (window), HARK_TYPE_MESSAGE_ROW, "*Bob left the group."))
    g_usleep (5000); /* rows come with a frame; the test's limit ends it */
  g_assert_null (screen_find (GTK_WIDGET (window), HARK_TYPE_MESSAGE_ROW, "*Bob: Bob left"));

  group->state = HARK_GROUP_IS_LEFT;
  group->reason = g_strdup ("You are not in this group any more.");
  tell_group (group);
  g_assert_nonnull (screen_find (GTK_WIDGET (window), GTK_TYPE_LIST_BOX_ROW,
                                 "Choir, You are not in this group any more. Bob left the group."));
  screen_close (window);
}

static void
test_new_group_is_on_top (void)
{
  HarkWindow *window = screen_open ();
  HarkGroupInfo *group = fake_group (7, "Choir", HARK_GROUP_IS_JOINED);
  HarkMessage *old = fake_message (1, 1, false, "long ago");
  uint8_t id[HARK_MESSAGE_ID_LEN];

  old->sent_ms = old->received_ms = 1000;
  screen_say (old);
  group->made_ms = 2000;
  tell_group (group);
  memset (id, 7, sizeof id);
  g_assert_cmpint (
    hark_person_order (hark_client_find_group (screen_client (), id), screen_person (1)), <, 0);
  screen_close (window);
}

/* ---- the clock ---- */

static gint64 ahead_us; /* what the window sees of the clock is ours */

gint64
g_get_real_time (void)
{
  struct timespec now;

  clock_gettime (CLOCK_REALTIME, &now);
  return now.tv_sec * G_USEC_PER_SEC + now.tv_nsec / 1000 + ahead_us;
}

static void
say_now (uint64_t position, const char *text)
{
  HarkMessage *message = fake_message (2, position, false, text);

  message->sent_ms = message->received_ms = g_get_real_time () / 1000;
  screen_say (message);
}

static void
test_midnight (void)
{
  HarkWindow *window = screen_open ();
  GtkWidget *all = GTK_WIDGET (window);
  GtkWidget *row;

  hark_day_look ();
  say_now (1, "late");
  hark_window_open (window, screen_person (2));
  row = screen_find (all, HARK_TYPE_MESSAGE_ROW, "*late");
  g_assert_nonnull (screen_find (row, GTK_TYPE_LABEL, "Today"));
  hark_day_look (); /* the same day */
  g_assert_nonnull (screen_find (row, GTK_TYPE_LABEL, "Today"));

  ahead_us = G_TIME_SPAN_DAY;
  hark_day_look ();
  screen_settle ();
  g_assert_null (screen_find (row, GTK_TYPE_LABEL, "Today"));
  g_assert_nonnull (screen_find (row, GTK_TYPE_LABEL, "Yesterday"));
  hark_window_open (window, screen_person (1));
  screen_settle ();
  g_assert_nonnull (screen_find (all, GTK_TYPE_LABEL, "Yesterday")); /* in the list */
  ahead_us = 0;
  hark_day_look ();
  screen_settle ();
  g_assert_null (screen_find (all, GTK_TYPE_LABEL, "Yesterday"));
  screen_close (window);
}

/* The laptop has crossed a border: every time that is in sight is that of the new place. */
static void
test_zone (void)
{
  HarkWindow *window = screen_open ();
  HarkMessage *message = fake_message (2, 1, false, "here");
  g_autoptr (GDateTime) here = g_date_time_new_from_unix_utc (g_get_real_time () / G_USEC_PER_SEC);
  g_autoptr (GDateTime) there = g_date_time_add_hours (here, 5);
  g_autofree char *before = g_date_time_format (here, "%R");
  g_autofree char *after = g_date_time_format (there, "%R");
  GtkWidget *row;

  g_setenv ("TZ", "UTC", TRUE);
  hark_day_look ();
  message->sent_ms = message->received_ms = g_date_time_to_unix (here) * 1000;
  screen_say (message);
  hark_window_open (window, screen_person (2));
  row = screen_find (GTK_WIDGET (window), HARK_TYPE_MESSAGE_ROW, "*here");
  g_assert_nonnull (screen_find (row, GTK_TYPE_LABEL, before));
  g_setenv ("TZ", "<+05>-5", TRUE);
  hark_day_look ();
  screen_settle ();
  g_assert_null (screen_find (row, GTK_TYPE_LABEL, before));
  g_assert_nonnull (screen_find (row, GTK_TYPE_LABEL, after));
  g_unsetenv ("TZ");
  hark_day_look ();
  screen_close (window);
}

int
main (int argc, char **argv)
{
  gtk_init (&argc, &argv);
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/rows/today-becomes-yesterday", test_midnight);
  g_test_add_func ("/rows/times-of-another-zone", test_zone);
  g_test_add_func ("/place/last-conversation-comes-back", test_conversation);
  g_test_add_func ("/place/not-over-what-was-opened", test_user_was_faster);
  g_test_add_func ("/place/of-nobody-is-none", test_nobody);
  g_test_add_func ("/place/row-at-the-top-comes-back", test_place);
  g_test_add_func ("/groups/say-who-left", test_who_left);
  g_test_add_func ("/groups/new-one-is-on-top", test_new_group_is_on_top);
  return g_test_run ();
}
