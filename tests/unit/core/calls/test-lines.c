#include "core/calls/lines.h"
#include "net/base/rng.h"

#include <string.h>

static const HarkKey alice = {{1}}, bob = {{2}}, carol = {{3}}, dave = {{4}};

typedef struct {
  unsigned missed, noted; /* calls in vain, and those that get an entry */
  HarkCallReason busy;    /* of the last BUSY sent; NONE: none was */
  unsigned opened;
} Seen;

/* Takes all outputs; at no time are two microphones open. */
static Seen
drain (HarkCallLines *lines)
{
  static bool open;
  Seen seen = {0};
  HarkCallOutput output;

  while (hark_call_lines_poll (lines, &output)) {
    seen.missed += output.missed;
    seen.noted += output.missed && !output.repeated;
    if (output.kind == HARK_CALL_OUTPUT_SIGNAL && output.signal == HARK_CALL_SIGNAL_BUSY)
      seen.busy = output.reason;
    if (output.kind == HARK_CALL_OUTPUT_MEDIA_START) {
      g_assert_false (open);
      open = true;
      seen.opened++;
    } else if (output.kind == HARK_CALL_OUTPUT_MEDIA_STOP) {
      g_assert_true (open);
      open = false;
    }
  }
  return seen;
}

static void
finish (HarkCallLines *lines)
{
  for (unsigned i = 0; i < HARK_CALL_LINES; i++)
    hark_call_lines_hangup (lines, i, HARK_SECOND);
  drain (lines);
}

static void
tell (HarkCallLines *lines, const HarkKey *from, HarkCallSignal signal, uint64_t id)
{
  hark_call_lines_signal (lines, from, signal, id, HARK_CALL_REASON_NONE, HARK_SECOND);
}

static HarkCallState
state_of (const HarkCallLines *lines, unsigned line)
{
  HarkCallView view;

  hark_call_lines_view (lines, line, &view);
  return view.state;
}

static void
expect (const HarkCallLines *lines, HarkCallState first, HarkCallState second)
{
  g_assert_cmpint (state_of (lines, 0), ==, first);
  g_assert_cmpint (state_of (lines, 1), ==, second);
}

/* Bob is talked to, Carol rings. */
static HarkCallLines *
waiting (void)
{
  HarkCallLines *lines = hark_call_lines_new (&alice, true);

  g_assert_true (hark_call_lines_dial (lines, &bob, 5, HARK_SECOND));
  tell (lines, &bob, HARK_CALL_SIGNAL_ACCEPT, 5);
  tell (lines, &carol, HARK_CALL_SIGNAL_OFFER, 6);
  g_assert_cmpuint (drain (lines).opened, ==, 1);
  expect (lines, HARK_CALL_ACTIVE, HARK_CALL_RINGING);
  return lines;
}

static void
test_second_call_is_answered_and_swapped (void)
{
  g_autoptr (HarkCallLines) lines = waiting ();

  g_assert_true (hark_call_lines_accept (lines, 1, HARK_SECOND));
  drain (lines);
  expect (lines, HARK_CALL_HELD_HERE, HARK_CALL_ACTIVE);
  g_assert_true (hark_call_lines_hold (lines, 0, false, HARK_SECOND));
  drain (lines);
  expect (lines, HARK_CALL_ACTIVE, HARK_CALL_HELD_HERE);
  tell (lines, &bob, HARK_CALL_SIGNAL_HANGUP, 5);
  drain (lines);
  expect (lines, HARK_CALL_IDLE, HARK_CALL_HELD_HERE); /* nobody is taken back unasked */
  g_assert_true (hark_call_lines_hold (lines, 1, false, HARK_SECOND));
  drain (lines);
  expect (lines, HARK_CALL_IDLE, HARK_CALL_ACTIVE);
  finish (lines);
}

static void
test_third_caller_hears_busy (void)
{
  g_autoptr (HarkCallLines) lines = waiting ();
  Seen seen;

  tell (lines, &dave, HARK_CALL_SIGNAL_OFFER, 7);
  seen = drain (lines);
  g_assert_cmpint (seen.busy, ==, HARK_CALL_REASON_BUSY);
  g_assert_cmpuint (seen.noted, ==, 1);
  expect (lines, HARK_CALL_ACTIVE, HARK_CALL_RINGING);
  g_assert_false (hark_call_lines_dial (lines, &dave, 8, HARK_SECOND));
  finish (lines);
}

static void
test_one_line_means_busy (void)
{
  g_autoptr (HarkCallLines) lines = hark_call_lines_new (&alice, false);

  hark_call_lines_dial (lines, &bob, 5, HARK_SECOND);
  drain (lines);
  tell (lines, &carol, HARK_CALL_SIGNAL_OFFER, 6);
  g_assert_cmpint (drain (lines).busy, ==, HARK_CALL_REASON_BUSY);
  g_assert_false (hark_call_lines_dial (lines, &carol, 8, HARK_SECOND));
  finish (lines);
}

/* Who is held by the other side takes a second call: when he is taken back he is not heard. */
static void
test_taken_back_by_them_stays_on_hold (void)
{
  g_autoptr (HarkCallLines) lines = waiting ();

  tell (lines, &bob, HARK_CALL_SIGNAL_HOLD, 5);
  expect (lines, HARK_CALL_HELD_THERE, HARK_CALL_RINGING);
  hark_call_lines_accept (lines, 1, HARK_SECOND);
  drain (lines);
  expect (lines, HARK_CALL_HELD_BOTH, HARK_CALL_ACTIVE);
  tell (lines, &bob, HARK_CALL_SIGNAL_UNHOLD, 5);
  drain (lines);
  expect (lines, HARK_CALL_HELD_HERE, HARK_CALL_ACTIVE);
  finish (lines);
}

static void
test_second_is_dialled_and_given_up (void)
{
  g_autoptr (HarkCallLines) lines = hark_call_lines_new (&alice, true);

  hark_call_lines_dial (lines, &bob, 5, HARK_SECOND);
  g_assert_false (hark_call_lines_dial (lines, &carol, 6, HARK_SECOND)); /* one at a time */
  tell (lines, &bob, HARK_CALL_SIGNAL_ACCEPT, 5);
  g_assert_false (hark_call_lines_dial (lines, &bob, 6, HARK_SECOND));
  g_assert_true (hark_call_lines_dial (lines, &carol, 6, HARK_SECOND));
  drain (lines);
  expect (lines, HARK_CALL_HELD_HERE, HARK_CALL_DIALLING);
  g_assert_true (hark_call_lines_hold (lines, 0, false, HARK_SECOND));
  drain (lines);
  expect (lines, HARK_CALL_ACTIVE, HARK_CALL_IDLE);
  finish (lines);
}

static void
test_quiet_rings_nowhere (void)
{
  g_autoptr (HarkCallLines) lines = hark_call_lines_new (&alice, true);
  Seen seen;

  hark_call_lines_set_quiet (lines, true);
  tell (lines, &bob, HARK_CALL_SIGNAL_OFFER, 5);
  seen = drain (lines);
  g_assert_cmpint (seen.busy, ==, HARK_CALL_REASON_QUIET);
  g_assert_cmpuint (seen.noted, ==, 1);
  expect (lines, HARK_CALL_IDLE, HARK_CALL_IDLE);

  hark_call_lines_dial (lines, &carol, 6, HARK_SECOND); /* whom we call may call back at once */
  tell (lines, &carol, HARK_CALL_SIGNAL_OFFER, 7);
  drain (lines);
  expect (lines, HARK_CALL_ACTIVE, HARK_CALL_IDLE);
  finish (lines);
}

/* Offers without end, while we are in a call and while we are not: one entry a minute each. */
static void
test_flood_of_offers_is_noted_once_a_minute (void)
{
  g_autoptr (HarkCallLines) lines = hark_call_lines_new (&alice, true);
  unsigned noted = 0, seconds = 180;

  for (uint64_t i = 1; i <= seconds; i++) {
    HarkTime now = i * HARK_SECOND;

    if (i == seconds / 2)
      hark_call_lines_dial (lines, &bob, 1, now);
    hark_call_lines_signal (lines, &carol, HARK_CALL_SIGNAL_OFFER, 1000 + i, 0, now);
    hark_call_lines_signal (lines, &carol, HARK_CALL_SIGNAL_HANGUP, 1000 + i,
                            HARK_CALL_REASON_CANCELLED, now);
    noted += drain (lines).noted;
  }
  g_assert_cmpuint (noted, ==, 3);
  tell (lines, &dave, HARK_CALL_SIGNAL_OFFER, 1);
  hark_call_lines_signal (lines, &dave, HARK_CALL_SIGNAL_HANGUP, 1, HARK_CALL_REASON_CANCELLED,
                          181 * HARK_SECOND);
  g_assert_cmpuint (drain (lines).noted, ==, 1); /* somebody else is noted all the same */
  finish (lines);
}

/* One input of any kind. True when it was a click that may open a microphone and did something. */
static bool
random_input (HarkCallLines *lines, uint32_t dice, HarkTime now)
{
  static const HarkKey *const peers[] = {&bob, &carol, &dave};
  const HarkKey *peer = peers[(dice >> 8) % 3];
  uint64_t id = 1 + (dice >> 10) % 4;
  unsigned line = (dice >> 12) % HARK_CALL_LINES;

  switch (dice % 16) {
  case 0:
    return hark_call_lines_dial (lines, peer, id, now);
  case 1:
    return hark_call_lines_accept (lines, line, now);
  case 2:
    hark_call_lines_hangup (lines, line, now);
    return false;
  case 3:
  case 4:
    return hark_call_lines_hold (lines, line, dice & 0x2000, now);
  case 5:
    hark_call_lines_session (lines, peer, dice & 0x2000, now);
    return false;
  case 6:
    hark_call_lines_handle_time (lines, now);
    return false;
  case 7:
    hark_call_lines_set_quiet (lines, (dice >> 13) % 8 == 0);
    return false;
  default:
    hark_call_lines_signal (lines, peer, (HarkCallSignal) ((dice >> 16) % 11), id,
                            (HarkCallReason) ((dice >> 20) % 10), now);
    return false;
  }
}

/* At most one microphone, and none in a call that nobody here clicked on. */
static void
test_random_walks (void)
{
  static const uint8_t seed[32] = {7};
  g_auto (HarkRng) rng;
  g_autoptr (HarkCallLines) lines = hark_call_lines_new (&alice, true);
  bool clicked[HARK_CALL_LINES] = {false};
  HarkTime now = 0;
  unsigned opened = 0;
  int open = -1;

  hark_rng_init (&rng, seed);
  for (unsigned i = 0; i < 1000000; i++) {
    uint32_t dice = hark_rng_u32 (&rng);
    bool click;
    HarkCallOutput output;

    now += dice % 1000 * HARK_MS;
    click = random_input (lines, dice, now);
    while (hark_call_lines_poll (lines, &output)) {
      int line = (int) output.line;

      if (output.kind == HARK_CALL_OUTPUT_STATE
          && (output.state == HARK_CALL_DIALLING || output.state == HARK_CALL_ACTIVE) && click)
        clicked[line] = true;
      if (output.kind == HARK_CALL_OUTPUT_MEDIA_START) {
        g_assert_true (clicked[line] && open == -1);
        open = line;
        opened++;
      } else if (output.kind == HARK_CALL_OUTPUT_MEDIA_STOP) {
        g_assert_cmpint (open, ==, line);
        open = -1;
      } else if (output.kind == HARK_CALL_OUTPUT_STATE && output.state == HARK_CALL_ENDED) {
        g_assert_cmpint (open, !=, line);
        clicked[line] = false;
      }
    }
    for (unsigned line = 0; line < HARK_CALL_LINES; line++)
      g_assert_true (hark_call_is_talking (state_of (lines, line)) == (open == (int) line));
  }
  g_assert_cmpuint (opened, >, 1000);
}

/* A million state changes are not worth a line each. */
static void
keep_quiet (const char *domain, GLogLevelFlags level, const char *message, void *data)
{
  (void) domain, (void) level, (void) message, (void) data;
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_log_set_handler ("hark-calls", G_LOG_LEVEL_DEBUG, keep_quiet, NULL);
  g_test_add_func ("/lines/second-call-is-answered-and-swapped",
                   test_second_call_is_answered_and_swapped);
  g_test_add_func ("/lines/third-caller-hears-busy", test_third_caller_hears_busy);
  g_test_add_func ("/lines/one-line-means-busy", test_one_line_means_busy);
  g_test_add_func ("/lines/taken-back-by-them-stays-on-hold",
                   test_taken_back_by_them_stays_on_hold);
  g_test_add_func ("/lines/second-is-dialled-and-given-up", test_second_is_dialled_and_given_up);
  g_test_add_func ("/lines/quiet-rings-nowhere", test_quiet_rings_nowhere);
  g_test_add_func ("/lines/flood-of-offers-is-noted-once-a-minute",
                   test_flood_of_offers_is_noted_once_a_minute);
  g_test_add_func ("/lines/a-million-random-inputs-open-one-microphone-at-most", test_random_walks);
  return g_test_run ();
}
