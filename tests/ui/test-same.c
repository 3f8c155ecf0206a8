/* What is said again, or changes nothing that is seen, is not shown anew: GTK would lay the window
 * out for it. */
#include "tests/ui/fake-history.h"
#include "tests/ui/screen.h"

#include <string.h>

#define GROUP 9

static GtkWidget *
label (HarkWindow *window, const char *text)
{
  return screen_find (GTK_WIDGET (window), GTK_TYPE_LABEL, text);
}

static HarkWindow *
open_bob (void)
{
  HarkWindow *window = screen_open ();
  HarkCommand *command;

  hark_window_open (window, screen_person (1));
  screen_settle ();
  while ((command = fake_engine_take (HARK_COMMAND_HISTORY))) {
    fake_engine_emit (fake_history_answer (command));
    hark_command_free (command);
  }
  screen_settle ();
  return window;
}

/* ---- calls ---- */

static void
emit_call (void)
{
  HarkEvent *event = hark_event_new (HARK_EVENT_CALL);

  event->call = g_new0 (HarkCall, 1);
  event->call->id = 1;
  memset (event->call->contact, 1, HARK_ACCOUNT_LEN);
  event->call->phase = HARK_ACTIVE;
  fake_engine_emit (event);
}

static void
emit_stats (void)
{
  HarkEvent *event = hark_event_new (HARK_EVENT_CALL_STATS);

  event->call_stats = g_new0 (HarkCallStats, 1);
  event->call_stats->call = 1;
  event->call_stats->rtt_ms = 40;
  event->call_stats->path = HARK_PATH_LAN;
  fake_engine_emit (event);
}

/* Each second, in the conversation of @person: with Bob's it is a call view there, else a line. */
static void
check_call (uint8_t person)
{
  HarkWindow *window = screen_open ();
  unsigned times = 0;

  hark_window_open (window, screen_person (person));
  emit_call ();
  emit_stats ();
  screen_settle ();
  screen_watch (GTK_WIDGET (window), &times);
  emit_stats ();
  screen_settle ();
  g_assert_cmpuint (times, ==, 0);
  screen_close (window);
}

static void
test_call (void)
{
  check_call (1);
}

static void
test_call_line (void)
{
  check_call (2);
}

static void
emit_group_call (void)
{
  HarkEvent *event = hark_event_new (HARK_EVENT_GROUP_CALL);
  HarkGroupCallPerson *person = g_new0 (HarkGroupCallPerson, 1);

  event->group_call = g_new0 (HarkGroupCall, 1);
  memset (event->group_call->group, GROUP, HARK_MESSAGE_ID_LEN);
  event->group_call->phase = HARK_GROUP_CALL_JOINED;
  event->group_call->people = hark_group_call_people_new ();
  memset (person->account, 2, sizeof person->account);
  person->name = g_strdup ("Carol");
  person->volume = 100;
  g_ptr_array_add (event->group_call->people, person);
  fake_engine_emit (event);
}

static void
emit_group_line (void)
{
  HarkEvent *event = hark_event_new (HARK_EVENT_GROUP_STATS);
  HarkGroupLine *line = g_new0 (HarkGroupLine, 1);

  memset (event->of_group, GROUP, HARK_MESSAGE_ID_LEN);
  memset (line->account, 2, sizeof line->account);
  line->stats = (HarkCallStats){.rtt_ms = 40, .path = HARK_PATH_LAN};
  event->lines = hark_group_lines_new ();
  g_ptr_array_add (event->lines, line);
  fake_engine_emit (event);
}

static void
emit_group_level (void)
{
  HarkEvent *event = hark_event_new (HARK_EVENT_GROUP_LEVELS);
  HarkGroupLevel level = {.speaking = true};

  memset (event->of_group, GROUP, HARK_MESSAGE_ID_LEN);
  memset (level.account, 2, sizeof level.account);
  event->levels = g_array_new (FALSE, FALSE, sizeof level);
  g_array_append_val (event->levels, level);
  fake_engine_emit (event);
}

/* Of each who is in it, and four times a second who talks. */
static void
test_group_call (void)
{
  HarkWindow *window = screen_open ();
  HarkEvent *event = hark_event_new (HARK_EVENT_GROUP);
  unsigned times = 0;

  event->group = fake_group (GROUP, "Choir", HARK_GROUP_IS_JOINED);
  fake_engine_emit (event);
  emit_group_call ();
  emit_group_line ();
  emit_group_level ();
  g_assert_nonnull (label (window, "*Choir"));
  screen_watch (GTK_WIDGET (window), &times);
  emit_group_call ();
  emit_group_line ();
  emit_group_level ();
  screen_settle ();
  g_assert_cmpuint (times, ==, 0);
  screen_close (window);
}

/* ---- messages ---- */

/* (transfer full) */
static HarkMessage *
spoken (void)
{
  HarkMessage *message = fake_message (1, 1, false, "");

  message->type = HARK_MESSAGE_IS_CLIP;
  message->length_ms = 60000;
  message->parts_here = message->parts = 3;
  return message;
}

static void
play (uint32_t at_ms)
{
  HarkEvent *event = hark_event_new (HARK_EVENT_PLAYING);
  HarkMessage *message = spoken ();

  event->playing = g_new0 (HarkPlaying, 1);
  memcpy (event->playing->contact, message->contact, sizeof event->playing->contact);
  memcpy (event->playing->id, message->id, sizeof event->playing->id);
  event->playing->phase = HARK_PLAYING_ON;
  event->playing->at_ms = at_ms;
  event->playing->length_ms = message->length_ms;
  event->playing->speed = 100;
  hark_message_free (message);
  fake_engine_emit (event);
  screen_settle ();
}

static void
record (uint32_t length_ms, double level)
{
  HarkEvent *event = hark_event_new (HARK_EVENT_RECORDING);

  event->recording = g_new0 (HarkRecording, 1);
  memset (event->recording->contact, 1, sizeof event->recording->contact);
  event->recording->phase = HARK_RECORDING_ON;
  event->recording->length_ms = length_ms;
  event->recording->level = level;
  fake_engine_emit (event);
  screen_settle ();
}

/* Ten times a second it is said where the playing is, and how loud the recording. */
static void
test_clips (void)
{
  HarkWindow *window = open_bob ();
  unsigned times = 0;

  screen_say (spoken ());
  play (5100);
  record (7100, -20);
  screen_watch (GTK_WIDGET (window), &times);
  play (5200);
  record (7200, -30);
  g_assert_nonnull (label (window, "0:06"));
  g_assert_nonnull (label (window, "0:07"));
  g_assert_cmpuint (times, ==, 0);
  screen_close (window);
}

/* Its words, when it is delivered. */
static void
test_words (void)
{
  HarkWindow *window = open_bob ();
  HarkMessage *message = fake_message (1, 1, true, "Some *words*");
  HarkEvent *event = hark_event_new (HARK_EVENT_MESSAGE_CHANGED);
  unsigned times = 0;

  message->state = HARK_STATE_QUEUED;
  screen_say (message);
  screen_watch (GTK_WIDGET (window), &times);
  event->message = fake_message (1, 1, true, "Some *words*");
  event->message->state = HARK_STATE_DELIVERED;
  fake_engine_emit (event);
  g_assert_nonnull (label (window, "*delivered"));
  g_assert_cmpuint (times, ==, 0);
  screen_close (window);
}

int
main (int argc, char **argv)
{
  gtk_test_init (&argc, &argv, NULL);
  g_test_add_func ("/same/call", test_call);
  g_test_add_func ("/same/call-as-a-line", test_call_line);
  g_test_add_func ("/same/call-of-a-group", test_group_call);
  g_test_add_func ("/same/second-of-a-voice-message", test_clips);
  g_test_add_func ("/same/words-of-what-is-delivered", test_words);
  return g_test_run ();
}
