/* Signs of life: when the peer is asked, and when its silence means that the path is dead. */
#include "tests/unit/net/session/link.h"

#include "net/session/life.h"

#define START HARK_HOUR
#define PROBE (50 * HARK_MS)

/* Takes every step until @until; the last one and when it was. */
static HarkTime
run (HarkLife *life, HarkTime until, HarkLifeStep wanted)
{
  HarkTime when = 0;

  for (;;) {
    HarkTime now = hark_life_get_deadline (life, PROBE);
    HarkLifeStep step;

    if (now > until)
      return when;
    while ((step = hark_life_handle_time (life, PROBE, now)) != HARK_LIFE_NOTHING) {
      if (step == HARK_LIFE_ASK)
        hark_life_sent (life, now);
      if (step == wanted && when == 0)
        when = now;
    }
  }
}

static void
test_asks_after_silence (void)
{
  HarkLife initiator, responder;

  hark_life_init (&initiator, true, START);
  hark_life_init (&responder, false, START);
  g_assert_cmpuint (run (&initiator, START + HARK_MINUTE, HARK_LIFE_ASK), ==,
                    START + HARK_LIFE_PERIOD);
  g_assert_cmpuint (run (&responder, START + HARK_MINUTE, HARK_LIFE_ASK), ==,
                    START + HARK_LIFE_PERIOD * 3 / 2);
}

static void
test_silence_after_question_is_told (void)
{
  HarkLife life;
  HarkTime asked = START + HARK_LIFE_PERIOD;

  hark_life_init (&life, true, START);
  g_assert_cmpuint (run (&life, START + HARK_MINUTE, HARK_LIFE_SILENT), ==,
                    asked + HARK_LIFE_VERDICT);
  g_assert_true (life.silent);
  g_assert_true (hark_life_heard (&life, false, START + HARK_MINUTE));
  g_assert_false (life.silent);
}

static void
test_any_packet_counts (void)
{
  HarkLife life;
  HarkTime now = START;

  hark_life_init (&life, true, now);
  for (int i = 0; i < 1000; i++) {
    now += HARK_LIFE_PERIOD - HARK_LIFE_GRID - 2 * HARK_MS;
    g_assert_cmpuint (run (&life, now, HARK_LIFE_ASK), ==, 0);
    hark_life_sent (&life, now);
    g_assert_false (hark_life_heard (&life, false, now + HARK_LIFE_VERDICT - HARK_MS));
    now += HARK_LIFE_VERDICT;
  }
}

static void
test_idle_sessions_ask_together (void)
{
  HarkTime first = 0;

  for (HarkTime after = 0; after < HARK_LIFE_GRID; after += HARK_MS) {
    HarkTime heard = START + after, asks;
    HarkLife life;

    hark_life_init (&life, true, START);
    hark_life_heard (&life, false, heard);
    asks = hark_life_get_deadline (&life, PROBE);
    first = first ? first : asks;
    g_assert_cmpuint (asks, ==, first);
    g_assert_cmpuint (asks, <=, heard + HARK_LIFE_PERIOD);
    g_assert_cmpuint (asks, >, heard + HARK_LIFE_PERIOD - HARK_LIFE_GRID);
    hark_life_sent (&life, asks);
    g_assert_true (life.was_idle); /* a NAT that forgot the path is still found out */
  }
}

static void
test_slow_path_gets_longer (void)
{
  HarkLife life;

  hark_life_init (&life, true, START);
  hark_life_sent (&life, START);
  g_assert_cmpuint (hark_life_get_deadline (&life, HARK_SECOND), ==, START + 3 * HARK_SECOND);
}

static void
test_call_is_missed_at_once (void)
{
  HarkLife life;
  HarkTime now = START;

  hark_life_init (&life, true, now);
  hark_life_set_call (&life, true);
  for (int i = 0; i < 100; i++)
    g_assert_false (hark_life_heard (&life, true, now += 20 * HARK_MS));
  g_assert_cmpuint (run (&life, now + HARK_MINUTE, HARK_LIFE_SILENT), ==,
                    now + HARK_LIFE_CALL_GAP + HARK_LIFE_CALL_VERDICT);
}

/* The last packet before the path died was of a file: the call's gap counts all the same. */
static void
test_call_beside_a_file_is_missed_at_once (void)
{
  HarkLife life;
  HarkTime now = START;

  hark_life_init (&life, true, now);
  hark_life_set_call (&life, true);
  for (int i = 0; i < 100; i++) {
    g_assert_false (hark_life_heard (&life, true, now += 10 * HARK_MS));
    hark_life_flowed (&life, now += 10 * HARK_MS);
    g_assert_false (hark_life_heard (&life, false, now));
  }
  g_assert_cmpuint (run (&life, now + HARK_MINUTE, HARK_LIFE_SILENT), ==,
                    now + HARK_LIFE_CALL_GAP + HARK_LIFE_CALL_VERDICT);
}

static void
test_talk_is_watched_closely (void)
{
  HarkLife life;
  HarkTime now = START + HARK_LIFE_GREETING;

  hark_life_init (&life, true, START);
  hark_life_talked (&life, now - 1);
  hark_life_heard (&life, false, now);
  g_assert_cmpuint (hark_life_get_deadline (&life, PROBE), >, now + HARK_LIFE_TALK_PERIOD);
  hark_life_talked (&life, now);
  g_assert_cmpuint (hark_life_get_deadline (&life, PROBE), ==, now + HARK_LIFE_TALK_PERIOD);
  now += HARK_LIFE_TALK;
  hark_life_heard (&life, false, now);
  g_assert_cmpuint (hark_life_get_deadline (&life, PROBE), >, now + HARK_LIFE_TALK_PERIOD);
}

static void
test_muted_call_asks_once (void)
{
  HarkLife life;
  HarkTime now = START;

  hark_life_init (&life, true, now);
  hark_life_set_call (&life, true);
  hark_life_heard (&life, true, now);
  now = run (&life, now + HARK_LIFE_CALL_GAP, HARK_LIFE_ASK);
  g_assert_cmpuint (now, ==, START + HARK_LIFE_CALL_GAP);
  hark_life_heard (&life, false, now + PROBE); /* the answer, no media */
  g_assert_cmpuint (hark_life_get_deadline (&life, PROBE), >,
                    now + PROBE + HARK_LIFE_PERIOD - HARK_LIFE_GRID);
}

static void
test_coming_late_is_no_silence (void)
{
  HarkLife life;
  HarkTime late = START + HARK_SECOND;

  hark_life_init (&life, true, START);
  hark_life_sent (&life, START);
  g_assert_cmpint (hark_life_handle_time (&life, PROBE, late), ==, HARK_LIFE_NOTHING);
  g_assert_cmpuint (hark_life_get_deadline (&life, PROBE), ==, late + HARK_LIFE_LATE);
  g_assert_cmpint (hark_life_handle_time (&life, PROBE, late + HARK_LIFE_LATE), ==,
                   HARK_LIFE_SILENT);
}

static void
test_silent_peer_is_asked_again (void)
{
  HarkLife life;
  HarkTime now, silent;
  unsigned asked = 0;

  hark_life_init (&life, true, START);
  silent = run (&life, START + HARK_LIFE_PERIOD + HARK_LIFE_VERDICT, HARK_LIFE_SILENT);
  g_assert_cmpuint (silent, >, 0);
  for (now = silent; now < silent + 10 * HARK_MINUTE;) {
    now = hark_life_get_deadline (&life, PROBE);
    g_assert_cmpuint (now, <=, silent + 11 * HARK_MINUTE);
    asked += hark_life_handle_time (&life, PROBE, now) == HARK_LIFE_ASK;
  }
  g_assert_cmpuint (asked, >, 50);
  g_assert_cmpuint (asked, <, 120);
}

static void
test_period_follows_forgetful_nats (void)
{
  HarkLife life;
  HarkTime now = START;

  hark_life_init (&life, true, now);
  for (int i = 0; i < HARK_LIFE_DEATHS; i++) {
    g_assert_cmpuint (life.period, ==, HARK_LIFE_PERIOD);
    now = run (&life, now + HARK_LIFE_PERIOD + HARK_SECOND, HARK_LIFE_SILENT);
    g_assert_cmpuint (now, >, 0);
    g_assert_true (hark_life_heard (&life, false, now += HARK_SECOND));
  }
  g_assert_cmpuint (life.period, ==, HARK_LIFE_PERIOD_MIN);
  for (int i = 0; i < 1000; i++)
    hark_life_heard (&life, false, now += 2 * HARK_SECOND);
  g_assert_cmpuint (life.period, ==, HARK_LIFE_PERIOD);
}

static void
test_idle_session_is_cheap (void)
{
  Link *link = link_new (1, NULL);
  uint64_t bytes[2], packets[2];

  link_set (link, (LinkQuality){.delay = 25 * HARK_MS});
  g_assert_true (link_run (link, HARK_MINUTE, link_is_confirmed));
  link_run (link, HARK_MINUTE, NULL);
  for (int i = 0; i < 2; i++) {
    bytes[i] = link->bytes[i];
    packets[i] = link->packets[i];
  }
  link_run (link, 10 * HARK_MINUTE, NULL);
  for (int i = 0; i < 2; i++) {
    uint64_t sent = link->bytes[i] - bytes[i] + 28 * (link->packets[i] - packets[i]);

    g_test_message ("%s: %.1f bytes a second with headers", i ? "responder" : "initiator",
                    (double) sent / 600);
    g_assert_cmpuint (sent / 600, <, 15);
    g_assert_cmpuint (link->ends[i].silences, ==, 0);
  }
  link_free (link);
}

static void
test_cut_is_told_and_healed (void)
{
  Link *link = link_new (2, NULL);

  link_set (link, (LinkQuality){.delay = 25 * HARK_MS});
  g_assert_true (link_run (link, HARK_MINUTE, link_is_confirmed));
  link_run (link, HARK_MINUTE, NULL);
  link_set (link, (LinkQuality){.delay = 25 * HARK_MS, .cut = true});
  link_run (link, 10 * HARK_SECOND, NULL);
  g_assert_true (link->ends[0].silent);
  g_assert_true (link->ends[1].silent);
  link_run (link, 5 * HARK_MINUTE, NULL);
  link_set (link, (LinkQuality){.delay = 25 * HARK_MS});
  link_run (link, 12 * HARK_SECOND, NULL);
  for (int i = 0; i < 2; i++) {
    g_assert_false (link->ends[i].silent);
    g_assert_false (link->ends[i].closed);
    g_assert_cmpuint (link->ends[i].silences, ==, 1);
  }
  link_free (link);
}

/* On a path through somebody's computer both ask sooner, and go back when it is left. */
static void
test_relayed_path_is_asked_often (void)
{
  HarkLife life;

  hark_life_init (&life, true, 0);
  hark_life_set_hasty (&life, true, HARK_MS);
  g_assert_cmpint (hark_life_handle_time (&life, 50 * HARK_MS, HARK_LIFE_PERIOD_SHORT), ==,
                   HARK_LIFE_NOTHING);
  g_assert_cmpint (hark_life_handle_time (&life, 50 * HARK_MS, HARK_LIFE_PERIOD_SHORT + HARK_MS),
                   ==, HARK_LIFE_ASK);
  hark_life_heard (&life, false, 2 * HARK_SECOND);
  hark_life_set_hasty (&life, false, 2 * HARK_SECOND);
  g_assert_cmpuint (hark_life_get_deadline (&life, 50 * HARK_MS), ==,
                    2 * HARK_SECOND + HARK_LIFE_PERIOD);
}

/* After an outage paths come one behind the other, the second before anything was answered on the
 * first: the next outage is noticed as soon as ever. */
static void
test_paths_in_a_row (void)
{
  const LinkQuality good = {.delay = 30 * HARK_MS};
  Link *link = link_new (7, NULL);
  g_autoptr (GBytes) words = NULL;
  int64_t stream;

  link_set (link, good);
  g_assert_true (link_run (link, 2 * HARK_SECOND, link_is_confirmed));
  link_run (link, 3 * HARK_SECOND, NULL);
  link_set (link, (LinkQuality){.delay = 30 * HARK_MS, .cut = true});
  stream = hark_session_stream_open (link->ends[0].session, 2);
  words = link_make_bytes (stream, 0, 100);
  g_assert_true (hark_session_stream_send (link->ends[0].session, stream, words, true));
  link_run (link, 15 * HARK_SECOND, NULL);
  link_set (link, good);
  for (int path = 0; path < 2; path++) {
    for (int i = 0; i < 2; i++)
      hark_session_handle_path (link->ends[i].session, true, link->now);
    link_run (link, 40 * HARK_MS, NULL);
  }
  link_run (link, HARK_SECOND, NULL);
  for (int i = 0; i < 2; i++)
    g_assert_false (link->ends[i].silent);
  link_set (link, (LinkQuality){.delay = 30 * HARK_MS, .cut = true});
  link_run (link, HARK_LIFE_PERIOD * 3 / 2 + 2 * HARK_SECOND, NULL);
  g_assert_true (link->ends[0].silent);
  link_free (link);
}

/* link_run() compares the deadline that was kept with what it is: every door, on a session at rest.
 */
static void
test_doors_change_the_deadline (void)
{
  Link *link = link_new (30, NULL);
  HarkSession *session = link->ends[0].session;
  g_autoptr (GBytes) words = NULL;
  int64_t stream;

  link_set (link, (LinkQuality){.delay = 20 * HARK_MS});
  g_assert_true (link_run (link, 5 * HARK_SECOND, link_is_confirmed));
  stream = hark_session_stream_open (session, 1);
  words = link_make_bytes (stream, 0, 10);
  for (unsigned door = 0; door < 9; door++) {
    link_run (link, 3 * HARK_SECOND, NULL);
    if (door == 0)
      hark_session_stream_send (session, stream, words, false);
    else if (door == 1)
      hark_session_stream_set_priority (session, stream, 0);
    else if (door == 2)
      hark_session_set_limits (session, 1000000, 1100);
    else if (door == 3)
      hark_session_set_call (session, true);
    else if (door == 4)
      hark_session_send_media (session, (const uint8_t *) "voice", 5, link->now);
    else if (door == 5)
      hark_session_ask (session, link->now);
    else if (door == 6)
      hark_session_stream_reset (session, stream, 1);
    else if (door == 7)
      hark_session_handle_path (session, true, link->now);
    else
      hark_session_close (session, 0, link->now);
    link_run (link, 0, NULL);
  }
  link_free (link);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/life/asks-after-silence", test_asks_after_silence);
  g_test_add_func ("/life/silence-after-question-is-told", test_silence_after_question_is_told);
  g_test_add_func ("/life/any-packet-counts", test_any_packet_counts);
  g_test_add_func ("/life/idle-sessions-ask-together", test_idle_sessions_ask_together);
  g_test_add_func ("/life/slow-path-gets-longer", test_slow_path_gets_longer);
  g_test_add_func ("/life/call-is-missed-at-once", test_call_is_missed_at_once);
  g_test_add_func ("/life/call-beside-a-file-is-missed-at-once",
                   test_call_beside_a_file_is_missed_at_once);
  g_test_add_func ("/life/talk-is-watched-closely", test_talk_is_watched_closely);
  g_test_add_func ("/life/muted-call-asks-once", test_muted_call_asks_once);
  g_test_add_func ("/life/coming-late-is-no-silence", test_coming_late_is_no_silence);
  g_test_add_func ("/life/silent-peer-is-asked-again", test_silent_peer_is_asked_again);
  g_test_add_func ("/life/period-follows-forgetful-nats", test_period_follows_forgetful_nats);
  g_test_add_func ("/life/relayed-path-is-asked-often", test_relayed_path_is_asked_often);
  g_test_add_func ("/life/idle-session-is-cheap", test_idle_session_is_cheap);
  g_test_add_func ("/life/doors-change-the-deadline", test_doors_change_the_deadline);
  g_test_add_func ("/life/cut-is-told-and-healed", test_cut_is_told_and_healed);
  g_test_add_func ("/session/life/paths-in-a-row-do-not-make-it-slow", test_paths_in_a_row);
  return g_test_run ();
}
