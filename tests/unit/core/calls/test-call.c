#include "core/calls/call.h"
#include "net/base/rng.h"

#include <string.h>

static const HarkKey alice = {{1}}, bob = {{2}}, carol = {{3}};

/* What the outputs of one input amounted to. */
typedef struct {
  unsigned signals, starts, stops, missed, states;
  HarkCallOutput signal; /* the last of each kind */
  HarkCallOutput state;
} Seen;

/* Takes all outputs and checks what must hold for any of them. */
static Seen
drain (HarkCallMachine *machine)
{
  Seen seen = {0};
  HarkCallOutput output;

  while (hark_call_machine_poll (machine, &output)) {
    switch (output.kind) {
    case HARK_CALL_OUTPUT_SIGNAL:
      seen.signals++;
      seen.signal = output;
      g_assert_cmpuint (output.id, !=, 0);
      break;
    case HARK_CALL_OUTPUT_STATE:
      seen.states++;
      seen.state = output;
      break;
    case HARK_CALL_OUTPUT_MEDIA_START:
      seen.starts++;
      g_assert_true (output.microphone);
      g_assert_true (hark_call_is_talking (output.state));
      break;
    case HARK_CALL_OUTPUT_MEDIA_STOP:
      seen.stops++;
      break;
    case HARK_CALL_OUTPUT_MISSED:
      seen.missed++;
      break;
    }
  }
  return seen;
}

static HarkCallState
state_of (HarkCallMachine *machine)
{
  HarkCallView view;

  hark_call_machine_view (machine, &view);
  g_assert_true (view.microphone
                 == (view.state == HARK_CALL_ACTIVE || view.state == HARK_CALL_RECONNECTING));
  g_assert_true (view.microphone == hark_call_is_talking (view.state));
  return view.state;
}

static void
tell (HarkCallMachine *machine, const HarkKey *from, HarkCallSignal signal, uint64_t id)
{
  hark_call_machine_signal (machine, from, signal, id, HARK_CALL_REASON_HANGUP, HARK_SECOND);
}

/* Two machines whose signals reach each other at once, or wait in the air. */
typedef struct {
  HarkCallMachine *a, *b; /* alice and bob */
  GQueue to_a, to_b;      /* HarkCallOutput */
  bool down;              /* no session: what is sent is lost */
} Pair;

static void
pair_init (Pair *pair)
{
  *pair = (Pair){.a = hark_call_machine_new (&alice), .b = hark_call_machine_new (&bob)};
  g_queue_init (&pair->to_a);
  g_queue_init (&pair->to_b);
}

static void
pair_clear (Pair *pair)
{
  hark_call_machine_free (pair->a);
  hark_call_machine_free (pair->b);
  g_queue_clear_full (&pair->to_a, g_free);
  g_queue_clear_full (&pair->to_b, g_free);
}

static void
pair_collect (Pair *pair)
{
  HarkCallOutput output;

  while (hark_call_machine_poll (pair->a, &output))
    if (output.kind == HARK_CALL_OUTPUT_SIGNAL && !pair->down)
      g_queue_push_tail (&pair->to_b, g_memdup2 (&output, sizeof output));
  while (hark_call_machine_poll (pair->b, &output))
    if (output.kind == HARK_CALL_OUTPUT_SIGNAL && !pair->down)
      g_queue_push_tail (&pair->to_a, g_memdup2 (&output, sizeof output));
}

static bool
pair_deliver_one (HarkCallMachine *to, const HarkKey *from, GQueue *queue)
{
  HarkCallOutput *output = g_queue_pop_head (queue);

  if (output == NULL)
    return false;
  hark_call_machine_signal (to, from, output->signal, output->id, output->reason, HARK_SECOND);
  g_free (output);
  return true;
}

static void
pair_settle (Pair *pair)
{
  unsigned steps = 0;

  do
    pair_collect (pair);
  while ((pair_deliver_one (pair->a, &bob, &pair->to_a)
          || pair_deliver_one (pair->b, &alice, &pair->to_b))
         && ++steps < 100);
  g_assert_cmpuint (steps, <, 100);
}

static void
pair_session (Pair *pair, bool up)
{
  pair->down = !up;
  hark_call_machine_session (pair->a, &bob, up, HARK_SECOND);
  pair_collect (pair);
  hark_call_machine_session (pair->b, &alice, up, HARK_SECOND);
  pair_settle (pair);
}

static uint64_t
id_of (HarkCallMachine *machine)
{
  HarkCallView view;

  hark_call_machine_view (machine, &view);
  return view.id;
}

/* ---- what a peer cannot do -------------------------------------------------------------- */

static const HarkCallInput foreign[] = {
  HARK_CALL_PEER_OFFER,     HARK_CALL_PEER_OFFER_AGAIN, HARK_CALL_PEER_OFFER_CROSSED,
  HARK_CALL_PEER_RINGING,   HARK_CALL_PEER_ACCEPT,      HARK_CALL_PEER_DECLINE,
  HARK_CALL_PEER_BUSY,      HARK_CALL_PEER_HANGUP,      HARK_CALL_PEER_RESUME,
  HARK_CALL_PEER_HOLD,      HARK_CALL_PEER_UNHOLD,      HARK_CALL_CLOCK_DEADLINE,
  HARK_CALL_NET_SESSION_UP, HARK_CALL_NET_SESSION_LOST,
};

static void
try_chains (HarkCallState from, unsigned left, unsigned *tried)
{
  for (size_t i = 0; i < G_N_ELEMENTS (foreign); i++) {
    HarkCallState to;

    (*tried)++;
    if (!hark_call_step (from, foreign[i], &to))
      to = from;
    if (to == HARK_CALL_ENDED)
      to = HARK_CALL_IDLE;
    g_assert_false (hark_call_is_accepted (to));
    if (left > 1)
      try_chains (to, left - 1, tried);
  }
}

static void
test_peer_cannot_open_microphone (void)
{
  unsigned tried = 0;

  try_chains (HARK_CALL_IDLE, 6, &tried);
  g_assert_cmpuint (tried, >, 3000000); /* every chain of six */
}

/* The same through the real doors, signals and identities included: every chain of five. */
static void
apply_foreign (HarkCallMachine *machine, unsigned choice, HarkTime *now)
{
  static const HarkCallSignal signals[]
    = {HARK_CALL_SIGNAL_OFFER,   HARK_CALL_SIGNAL_RINGING, HARK_CALL_SIGNAL_ACCEPT,
       HARK_CALL_SIGNAL_DECLINE, HARK_CALL_SIGNAL_BUSY,    HARK_CALL_SIGNAL_HANGUP,
       HARK_CALL_SIGNAL_RESUME,  HARK_CALL_SIGNAL_HOLD,    HARK_CALL_SIGNAL_UNHOLD};

  *now += HARK_SECOND;
  if (choice < 9) {
    hark_call_machine_signal (machine, &bob, signals[choice], 7, HARK_CALL_REASON_NONE, *now);
  } else if (choice == 9) {
    hark_call_machine_signal (machine, &bob, HARK_CALL_SIGNAL_OFFER, 8, HARK_CALL_REASON_NONE,
                              *now);
  } else if (choice == 10) {
    hark_call_machine_session (machine, &bob, true, *now);
  } else if (choice == 11) {
    hark_call_machine_session (machine, &bob, false, *now);
  } else {
    *now += HARK_MINUTE;
    hark_call_machine_handle_time (machine, *now);
  }
}

static void
test_peer_cannot_open_microphone_through_doors (void)
{
  for (unsigned chain = 0; chain < 13 * 13 * 13 * 13 * 13; chain++) {
    g_autoptr (HarkCallMachine) machine = hark_call_machine_new (&alice);
    HarkTime now = 0;
    unsigned rest = chain;

    for (unsigned i = 0; i < 5; i++, rest /= 13) {
      apply_foreign (machine, rest % 13, &now);
      g_assert_cmpuint (drain (machine).starts, ==, 0);
    }
  }
}

/* A model beside the machine: the microphone may be open only in a call that was clicked on here.
 */
static void
test_random_walks (void)
{
  static const uint8_t seed[32] = {42};
  g_auto (HarkRng) rng;
  g_autoptr (HarkCallMachine) machine = hark_call_machine_new (&alice);
  HarkTime now = 0;
  bool clicked = false, open = false;
  unsigned opened = 0;

  hark_rng_init (&rng, seed);
  for (unsigned i = 0; i < 1000000; i++) {
    uint32_t dice = hark_rng_u32 (&rng);
    const HarkKey *peer = dice & 0x100 ? &bob : &carol;
    uint64_t id = 1 + (dice >> 9) % 4;
    HarkCallOutput output;

    now += dice % 1000 * HARK_MS;
    switch (dice % 16) {
    case 0:
      clicked |= hark_call_machine_dial (machine, peer, id, now);
      break;
    case 1:
      clicked |= hark_call_machine_accept (machine, now);
      break;
    case 2:
      hark_call_machine_hangup (machine, now);
      break;
    case 3:
      hark_call_machine_session (machine, peer, dice & 0x1000, now);
      break;
    case 4:
      hark_call_machine_handle_time (machine, now);
      break;
    case 5:
      hark_call_machine_hold (machine, dice & 0x1000, now);
      break;
    default: /* also numbers that mean nothing */
      hark_call_machine_signal (machine, peer, (HarkCallSignal) ((dice >> 16) % 11), id,
                                (HarkCallReason) ((dice >> 20) % 10), now);
    }
    while (hark_call_machine_poll (machine, &output)) {
      if (output.kind == HARK_CALL_OUTPUT_MEDIA_START) {
        g_assert_true (clicked && !open);
        open = true;
        opened++;
      } else if (output.kind == HARK_CALL_OUTPUT_MEDIA_STOP) {
        g_assert_true (open);
        open = false;
      } else if (output.kind == HARK_CALL_OUTPUT_STATE && output.state == HARK_CALL_ENDED) {
        g_assert_false (open);
        g_assert_cmpint (output.reason, !=, HARK_CALL_REASON_NONE);
        clicked = false;
      }
    }
    g_assert_true (open == hark_call_is_talking (state_of (machine)));
  }
  g_assert_cmpuint (opened, >, 1000);
}

/* ---- ordinary calls --------------------------------------------------------------------- */

static void
test_call_is_answered_and_hung_up (void)
{
  Pair pair;

  pair_init (&pair);
  g_assert_true (hark_call_machine_dial (pair.a, &bob, 11, HARK_SECOND));
  g_assert_cmpint (state_of (pair.a), ==, HARK_CALL_DIALLING);
  pair_settle (&pair);
  g_assert_cmpint (state_of (pair.a), ==, HARK_CALL_RINGING_OUT);
  g_assert_cmpint (state_of (pair.b), ==, HARK_CALL_RINGING);
  g_assert_true (hark_call_machine_accept (pair.b, HARK_SECOND));
  pair_settle (&pair);
  g_assert_cmpint (state_of (pair.a), ==, HARK_CALL_ACTIVE);
  g_assert_cmpint (state_of (pair.b), ==, HARK_CALL_ACTIVE);
  g_assert_true (hark_call_machine_hangup (pair.b, HARK_SECOND));
  pair_settle (&pair);
  g_assert_cmpint (state_of (pair.a), ==, HARK_CALL_IDLE);
  g_assert_cmpint (state_of (pair.b), ==, HARK_CALL_IDLE);
  pair_clear (&pair);
}

static void
test_decline_and_cancel (void)
{
  g_autoptr (HarkCallMachine) machine = hark_call_machine_new (&alice);
  Seen seen;

  tell (machine, &bob, HARK_CALL_SIGNAL_OFFER, 5);
  seen = drain (machine);
  g_assert_cmpint (seen.signal.signal, ==, HARK_CALL_SIGNAL_RINGING);
  g_assert_true (hark_call_machine_hangup (machine, HARK_SECOND));
  seen = drain (machine);
  g_assert_cmpint (seen.signal.signal, ==, HARK_CALL_SIGNAL_DECLINE);
  g_assert_cmpint (seen.state.reason, ==, HARK_CALL_REASON_DECLINED);
  g_assert_false (seen.state.by_peer);

  hark_call_machine_dial (machine, &bob, 6, HARK_SECOND);
  drain (machine);
  hark_call_machine_hangup (machine, HARK_SECOND);
  seen = drain (machine);
  g_assert_cmpint (seen.signal.signal, ==, HARK_CALL_SIGNAL_HANGUP);
  g_assert_cmpint (seen.signal.reason, ==, HARK_CALL_REASON_CANCELLED);
  g_assert_cmpint (seen.state.reason, ==, HARK_CALL_REASON_CANCELLED);
  g_assert_cmpstr (hark_call_reason_to_text (seen.state.reason, true, false), ==,
                   "You cancelled the call");
}

static void
test_busy_leaves_the_call_alone (void)
{
  g_autoptr (HarkCallMachine) machine = hark_call_machine_new (&alice);
  Seen seen;

  hark_call_machine_dial (machine, &bob, 5, HARK_SECOND);
  tell (machine, &bob, HARK_CALL_SIGNAL_ACCEPT, 5);
  g_assert_cmpuint (drain (machine).starts, ==, 1);
  tell (machine, &carol, HARK_CALL_SIGNAL_OFFER, 5);
  seen = drain (machine);
  g_assert_cmpuint (seen.missed, ==, 1);
  g_assert_cmpuint (seen.states, ==, 0);
  g_assert_cmpint (seen.signal.signal, ==, HARK_CALL_SIGNAL_BUSY);
  g_assert_true (hark_key_equal (&seen.signal.peer, &carol));
  tell (machine, &carol, HARK_CALL_SIGNAL_HANGUP, 5);
  drain (machine);
  g_assert_cmpint (state_of (machine), ==, HARK_CALL_ACTIVE);
  g_assert_false (hark_call_machine_dial (machine, &carol, 9, HARK_SECOND));
}

static void
test_ringing_ends_after_its_time (void)
{
  g_autoptr (HarkCallMachine) machine = hark_call_machine_new (&alice);
  Seen seen;

  tell (machine, &bob, HARK_CALL_SIGNAL_OFFER, 5);
  drain (machine);
  g_assert_cmpuint (hark_call_machine_get_deadline (machine), ==,
                    HARK_SECOND + HARK_CALL_RING_TIME);
  hark_call_machine_handle_time (machine, HARK_CALL_RING_TIME);
  g_assert_cmpuint (drain (machine).states, ==, 0);
  hark_call_machine_handle_time (machine, HARK_SECOND + HARK_CALL_RING_TIME);
  seen = drain (machine);
  g_assert_cmpint (seen.state.reason, ==, HARK_CALL_REASON_NO_ANSWER);
  g_assert_cmpuint (hark_call_machine_get_deadline (machine), ==, HARK_TIME_NEVER);
}

/* ---- the table -------------------------------------------------------------------------- */

static bool
is_user (HarkCallInput input)
{
  return input <= HARK_CALL_USER_UNHOLD;
}

static void
check_step (HarkCallState from, HarkCallInput input, HarkCallState to)
{
  /* a microphone opens by a click, by the answer to one, or where one was accepted before */
  if (hark_call_is_talking (to) && !hark_call_is_accepted (from))
    g_assert_true (input == HARK_CALL_USER_ACCEPT || from == HARK_CALL_DIALLING
                   || from == HARK_CALL_RINGING_OUT);
  /* nobody changes the other side's hold */
  if (hark_call_is_accepted (from) && hark_call_is_accepted (to)) {
    if (hark_call_is_held_here (from) != hark_call_is_held_here (to))
      g_assert_true (is_user (input));
    if (hark_call_is_held_there (from) != hark_call_is_held_there (to))
      g_assert_true (input == HARK_CALL_PEER_HOLD || input == HARK_CALL_PEER_UNHOLD);
  }
  /* nobody but we ends by a click, and nothing but a lost session leads away */
  if (hark_call_is_away (to) && !hark_call_is_away (from))
    g_assert_cmpint (input, ==, HARK_CALL_NET_SESSION_LOST);
  if (from == HARK_CALL_IDLE)
    g_assert_true (input == HARK_CALL_USER_DIAL || input == HARK_CALL_PEER_OFFER);
}

/* Every state with every input: what is in the table keeps the rules, and what must be is in it. */
static void
test_every_step_keeps_its_promises (void)
{
  unsigned steps = 0;

  for (int from = 0; from < HARK_CALL_N_STATES; from++)
    for (int input = 0; input < HARK_CALL_N_INPUTS; input++) {
      HarkCallState to;

      if (!hark_call_step ((HarkCallState) from, (HarkCallInput) input, &to))
        continue;
      steps++;
      check_step ((HarkCallState) from, (HarkCallInput) input, to);
    }
  g_test_message ("%u steps", steps);
  for (int from = HARK_CALL_DIALLING; from < HARK_CALL_ENDED; from++) {
    HarkCallState to = HARK_CALL_IDLE;
    HarkCallInput hangup
      = from == HARK_CALL_RINGING ? HARK_CALL_USER_DECLINE : HARK_CALL_USER_HANGUP;

    g_assert_true (hark_call_step ((HarkCallState) from, hangup, &to));
    g_assert_cmpint (to, ==, HARK_CALL_ENDED);
    g_assert_true (hark_call_step ((HarkCallState) from, HARK_CALL_PEER_HANGUP, &to));
    g_assert_cmpint (to, ==, HARK_CALL_ENDED);
    if (hark_call_is_accepted ((HarkCallState) from))
      g_assert_true (hark_call_step (
        (HarkCallState) from,
        hark_call_is_held_here ((HarkCallState) from) ? HARK_CALL_USER_UNHOLD : HARK_CALL_USER_HOLD,
        &to));
  }
}

/* ---- hold ------------------------------------------------------------------------------- */

static void
pair_talk (Pair *pair)
{
  pair_init (pair);
  hark_call_machine_dial (pair->a, &bob, 11, HARK_SECOND);
  pair_settle (pair);
  hark_call_machine_accept (pair->b, HARK_SECOND);
  pair_settle (pair);
}

static void
pair_hold (Pair *pair, HarkCallMachine *who, bool on, HarkCallState a, HarkCallState b)
{
  g_assert_true (hark_call_machine_hold (who, on, HARK_SECOND));
  pair_settle (pair);
  g_assert_cmpint (state_of (pair->a), ==, a);
  g_assert_cmpint (state_of (pair->b), ==, b);
}

static void
test_hold_is_seen_on_both_sides (void)
{
  Pair pair;

  pair_talk (&pair);
  pair_hold (&pair, pair.a, true, HARK_CALL_HELD_HERE, HARK_CALL_HELD_THERE);
  g_assert_false (hark_call_machine_hold (pair.a, true, HARK_SECOND));
  g_assert_false (hark_call_machine_hold (pair.b, false, HARK_SECOND)); /* not his to end */
  pair_hold (&pair, pair.b, true, HARK_CALL_HELD_BOTH, HARK_CALL_HELD_BOTH);
  pair_hold (&pair, pair.a, false, HARK_CALL_HELD_THERE, HARK_CALL_HELD_HERE);
  pair_hold (&pair, pair.b, false, HARK_CALL_ACTIVE, HARK_CALL_ACTIVE);
  pair_hold (&pair, pair.b, true, HARK_CALL_HELD_THERE, HARK_CALL_HELD_HERE);
  hark_call_machine_hangup (pair.a, HARK_SECOND);
  pair_settle (&pair);
  g_assert_cmpint (state_of (pair.b), ==, HARK_CALL_IDLE);
  pair_clear (&pair);
}

/* What changed meanwhile is known as soon as they find each other again. */
static void
test_hold_survives_a_lost_session (void)
{
  Pair pair;

  pair_talk (&pair);
  pair_hold (&pair, pair.a, true, HARK_CALL_HELD_HERE, HARK_CALL_HELD_THERE);
  pair_session (&pair, false);
  g_assert_cmpint (state_of (pair.a), ==, HARK_CALL_LOST_HELD_HERE);
  g_assert_cmpint (state_of (pair.b), ==, HARK_CALL_LOST_HELD_THERE);
  pair_session (&pair, true);
  g_assert_cmpint (state_of (pair.a), ==, HARK_CALL_HELD_HERE);
  g_assert_cmpint (state_of (pair.b), ==, HARK_CALL_HELD_THERE);

  pair_session (&pair, false);
  g_assert_true (hark_call_machine_hold (pair.a, false, HARK_SECOND));
  g_assert_true (hark_call_machine_hold (pair.b, true, HARK_SECOND));
  pair_session (&pair, true);
  g_assert_cmpint (state_of (pair.a), ==, HARK_CALL_HELD_THERE);
  g_assert_cmpint (state_of (pair.b), ==, HARK_CALL_HELD_HERE);
  pair_clear (&pair);
}

static void
test_holding_gives_no_more_time (void)
{
  Pair pair;

  pair_talk (&pair);
  pair_session (&pair, false);
  for (HarkTime later = HARK_SECOND; later < HARK_CALL_RECONNECT_TIME; later += 2 * HARK_SECOND) {
    hark_call_machine_hold (pair.a, true, later);
    hark_call_machine_hold (pair.a, false, later);
    drain (pair.a);
  }
  g_assert_cmpuint (hark_call_machine_get_deadline (pair.a), ==,
                    HARK_SECOND + HARK_CALL_RECONNECT_TIME);
  pair_clear (&pair);
}

/* ---- crossed offers --------------------------------------------------------------------- */

static void
test_crossed_offers_become_one_call (void)
{
  Pair pair;

  pair_init (&pair);
  hark_call_machine_dial (pair.a, &bob, 100, HARK_SECOND);
  hark_call_machine_dial (pair.b, &alice, 50, HARK_SECOND);
  pair_settle (&pair);
  g_assert_cmpint (state_of (pair.a), ==, HARK_CALL_ACTIVE);
  g_assert_cmpint (state_of (pair.b), ==, HARK_CALL_ACTIVE);
  g_assert_cmpuint (id_of (pair.a), ==, 100); /* alice has the smaller key */
  g_assert_cmpuint (id_of (pair.b), ==, 100);
  hark_call_machine_hangup (pair.b, HARK_SECOND);
  pair_settle (&pair);
  g_assert_cmpint (state_of (pair.a), ==, HARK_CALL_IDLE);
  g_assert_cmpint (state_of (pair.b), ==, HARK_CALL_IDLE);
  pair_clear (&pair);
}

/* Bob cancels before he sees alice's offer: neither may be left ringing or talking alone. */
static void
test_crossed_and_cancelled_ends_on_both_sides (void)
{
  Pair pair;

  pair_init (&pair);
  hark_call_machine_dial (pair.a, &bob, 100, HARK_SECOND);
  hark_call_machine_dial (pair.b, &alice, 50, HARK_SECOND);
  hark_call_machine_hangup (pair.b, HARK_SECOND);
  pair_settle (&pair);
  g_assert_cmpint (state_of (pair.a), ==, HARK_CALL_IDLE);
  g_assert_cmpint (state_of (pair.b), ==, HARK_CALL_IDLE);
  pair_clear (&pair);
}

/* ---- lost sessions ---------------------------------------------------------------------- */

static void
test_call_survives_a_lost_session (void)
{
  Pair pair;

  pair_init (&pair);
  hark_call_machine_dial (pair.a, &bob, 11, HARK_SECOND);
  pair_settle (&pair);
  hark_call_machine_accept (pair.b, HARK_SECOND);
  pair_settle (&pair);
  pair_session (&pair, false);
  g_assert_cmpint (state_of (pair.a), ==, HARK_CALL_RECONNECTING);
  pair_session (&pair, true);
  g_assert_cmpint (state_of (pair.a), ==, HARK_CALL_ACTIVE);
  g_assert_cmpint (state_of (pair.b), ==, HARK_CALL_ACTIVE);

  pair_session (&pair, false);
  hark_call_machine_handle_time (pair.a, HARK_SECOND + HARK_CALL_RECONNECT_TIME);
  g_assert_cmpint (state_of (pair.a), ==, HARK_CALL_IDLE);
  pair_session (&pair, true); /* bob is told that alice is gone */
  g_assert_cmpint (state_of (pair.b), ==, HARK_CALL_IDLE);
  pair_clear (&pair);
}

/* The accept was lost with the session: it is repeated, and the caller's click still counts. */
static void
test_lost_accept_is_repeated (void)
{
  Pair pair;

  pair_init (&pair);
  hark_call_machine_dial (pair.a, &bob, 11, HARK_SECOND);
  pair_settle (&pair);
  pair.down = true;
  hark_call_machine_accept (pair.b, HARK_SECOND);
  pair_collect (&pair);
  pair_session (&pair, false);
  pair_session (&pair, true);
  g_assert_cmpint (state_of (pair.a), ==, HARK_CALL_ACTIVE);
  g_assert_cmpint (state_of (pair.b), ==, HARK_CALL_ACTIVE);
  pair_clear (&pair);
}

/* Dialled before there was a session, and one that is lost while it rings. */
static void
test_offer_waits_for_the_session (void)
{
  Pair pair;

  pair_init (&pair);
  pair.down = true;
  hark_call_machine_dial (pair.a, &bob, 11, HARK_SECOND);
  pair_settle (&pair);
  g_assert_cmpint (state_of (pair.b), ==, HARK_CALL_IDLE);
  pair_session (&pair, true);
  g_assert_cmpint (state_of (pair.b), ==, HARK_CALL_RINGING);
  pair_session (&pair, false);
  g_assert_cmpint (state_of (pair.a), ==, HARK_CALL_DIALLING);
  g_assert_cmpint (state_of (pair.b), ==, HARK_CALL_IDLE);
  pair_session (&pair, true);
  g_assert_cmpint (state_of (pair.a), ==, HARK_CALL_RINGING_OUT);
  g_assert_cmpint (state_of (pair.b), ==, HARK_CALL_RINGING);
  pair_clear (&pair);
}

/* The peer's program died and calls anew while we still talk to the old one. */
static void
test_new_offer_by_the_same_peer_rings (void)
{
  g_autoptr (HarkCallMachine) machine = hark_call_machine_new (&alice);
  Seen seen;

  hark_call_machine_dial (machine, &bob, 5, HARK_SECOND);
  tell (machine, &bob, HARK_CALL_SIGNAL_ACCEPT, 5);
  drain (machine);
  tell (machine, &bob, HARK_CALL_SIGNAL_OFFER, 6);
  seen = drain (machine);
  g_assert_cmpuint (seen.stops, ==, 1);
  g_assert_cmpuint (seen.starts, ==, 0);
  g_assert_cmpint (state_of (machine), ==, HARK_CALL_RINGING);
  tell (machine, &bob, HARK_CALL_SIGNAL_ACCEPT, 6);
  g_assert_cmpuint (drain (machine).starts, ==, 0);
}

static void
test_stale_signals_do_nothing (void)
{
  g_autoptr (HarkCallMachine) machine = hark_call_machine_new (&alice);
  HarkCallView view;

  hark_call_machine_dial (machine, &bob, 5, HARK_SECOND);
  drain (machine);
  tell (machine, &bob, HARK_CALL_SIGNAL_ACCEPT, 4); /* of a call before */
  tell (machine, &carol, HARK_CALL_SIGNAL_ACCEPT, 5);
  tell (machine, &bob, (HarkCallSignal) 99, 5);
  tell (machine, &bob, HARK_CALL_SIGNAL_ACCEPT, 0);
  g_assert_cmpuint (drain (machine).states, ==, 0);
  hark_call_machine_view (machine, &view);
  g_assert_cmpint (view.state, ==, HARK_CALL_DIALLING);
  g_assert_cmpuint (view.ignored, ==, 4);
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
  g_test_add_func ("/call/peer-cannot-open-microphone", test_peer_cannot_open_microphone);
  g_test_add_func ("/call/peer-cannot-open-microphone-through-doors",
                   test_peer_cannot_open_microphone_through_doors);
  g_test_add_func ("/call/a-million-random-inputs-keep-the-microphone-behind-a-click",
                   test_random_walks);
  g_test_add_func ("/call/is-answered-and-hung-up", test_call_is_answered_and_hung_up);
  g_test_add_func ("/call/decline-and-cancel", test_decline_and_cancel);
  g_test_add_func ("/call/busy-leaves-the-call-alone", test_busy_leaves_the_call_alone);
  g_test_add_func ("/call/every-step-of-the-table-keeps-its-promises",
                   test_every_step_keeps_its_promises);
  g_test_add_func ("/call/hold-is-seen-on-both-sides", test_hold_is_seen_on_both_sides);
  g_test_add_func ("/call/hold-survives-a-lost-session", test_hold_survives_a_lost_session);
  g_test_add_func ("/call/holding-gives-no-more-time-to-come-back",
                   test_holding_gives_no_more_time);
  g_test_add_func ("/call/ringing-ends-after-its-time", test_ringing_ends_after_its_time);
  g_test_add_func ("/call/crossed-offers-become-one-call", test_crossed_offers_become_one_call);
  g_test_add_func ("/call/crossed-and-cancelled-ends-on-both-sides",
                   test_crossed_and_cancelled_ends_on_both_sides);
  g_test_add_func ("/call/survives-a-lost-session", test_call_survives_a_lost_session);
  g_test_add_func ("/call/lost-accept-is-repeated", test_lost_accept_is_repeated);
  g_test_add_func ("/call/offer-waits-for-the-session", test_offer_waits_for_the_session);
  g_test_add_func ("/call/new-offer-by-the-same-peer-rings", test_new_offer_by_the_same_peer_rings);
  g_test_add_func ("/call/stale-signals-do-nothing", test_stale_signals_do_nothing);
  return g_test_run ();
}
