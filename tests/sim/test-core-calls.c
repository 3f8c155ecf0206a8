/* Calls: who rings whom, and that the microphone opens after a click here and not before. */
#include "tests/sim/core-world.h"

#include <string.h>

#define PATIENCE HARK_MINUTE

typedef struct {
  HarkSimWorld world;
  HarkSimCoreNode *alice, *bob;
} Line;

static void
line_init (Line *line, uint64_t seed, double loss)
{
  HarkSimLinkConfig link = hark_sim_lossy_link (loss);

  hark_sim_world_init (&line->world, seed);
  line->alice = hark_sim_world_add (&line->world, HARK_SIM_NAT_PORT_RESTRICTED, &link, "Alice");
  line->bob = hark_sim_world_add (&line->world, HARK_SIM_NAT_PORT_RESTRICTED, &link, "Bob");
  g_assert_true (hark_sim_befriend (line->alice, line->bob, 10 * HARK_MINUTE));
  hark_sim_network_run (line->world.network, 5 * HARK_SECOND);
}

static void
pass (Line *line, HarkTime span)
{
  hark_sim_network_run (line->world.network, span);
}

static const HarkCall *
call_of (const HarkSimCoreNode *node)
{
  const HarkEvent *event = hark_sim_core_node_find (node, HARK_EVENT_CALL, 0);

  return event != NULL ? event->call : NULL;
}

static bool
is_in (const HarkSimCoreNode *node, HarkCallPhase phase)
{
  const HarkCall *call = call_of (node);

  return call != NULL && call->phase == phase;
}

typedef struct {
  const HarkSimCoreNode *node;
  HarkCallPhase phase;
} Wanted;

static bool
is_wanted (void *data)
{
  const Wanted *wanted = data;

  return is_in (wanted->node, wanted->phase);
}

static void
wait_for (Line *line, const HarkSimCoreNode *node, HarkCallPhase phase)
{
  g_assert_true (
    hark_sim_network_run_until (line->world.network, PATIENCE, is_wanted, &(Wanted){node, phase}));
}

static void
say (HarkSimCoreNode *node, HarkCommandKind kind, const HarkSimCoreNode *other)
{
  const HarkEvent *result = hark_sim_core_node_ask (node, hark_sim_command (kind, other));

  g_assert_nonnull (result);
  g_assert_true (result->ok);
}

/* Both microphones are open, and what one says the other hears. */
static void
check_voice (Line *line)
{
  HarkSimCoreNode *people[] = {line->alice, line->bob};
  unsigned before[2];

  for (int i = 0; i < 2; i++) {
    g_assert_true (people[i]->voice);
    g_assert_true (is_in (people[i], HARK_ACTIVE));
    before[i] = people[i]->voice_packets;
  }
  for (int n = 0; n < 100; n++) {
    static const uint8_t payload[46] = {0x10};

    for (int i = 0; i < 2; i++) {
      hark_core_handle_voice_packet (people[i]->core, payload, sizeof payload,
                                     hark_sim_network_now (line->world.network));
      hark_sim_node_flush (people[i]->node);
    }
    pass (line, 10 * HARK_MS);
  }
  pass (line, HARK_SECOND);
  for (int i = 0; i < 2; i++)
    g_assert_cmpuint (people[i]->voice_packets - before[i], >=, 70);
}

static void
check_silence (Line *line)
{
  g_assert_false (line->alice->voice);
  g_assert_false (line->bob->voice);
}

static void
dial_and_answer_anew (Line *line)
{
  say (line->alice, HARK_COMMAND_CALL, line->bob);
  wait_for (line, line->bob, HARK_RINGING);
  wait_for (line, line->alice, HARK_RINGING);
  say (line->bob, HARK_COMMAND_ANSWER, NULL);
  wait_for (line, line->alice, HARK_ACTIVE);
  wait_for (line, line->bob, HARK_ACTIVE);
}

static void
dial_and_answer (Line *line)
{
  check_silence (line);
  dial_and_answer_anew (line);
}

/* How the last call is kept in @node's history with @other: its length in ms. One that was not
 * missed is no news: whoever was called is told of it as read. */
static uint64_t
kept_length (HarkSimCoreNode *node, const HarkSimCoreNode *other, bool missed)
{
  g_autoptr (GPtrArray) history = hark_sim_core_node_history (node, &other->account);
  const HarkStoreMessage *last;

  g_assert_cmpuint (history->len, >, 0);
  last = history->pdata[history->len - 1];
  g_assert_cmpint (last->kind, ==, HARK_MESSAGE_CALL);
  if (!last->outgoing)
    g_assert_cmpint (last->state, ==, missed ? HARK_MESSAGE_DELIVERED : HARK_MESSAGE_READ);
  return last->ref;
}

static void
test_talk (void)
{
  for (unsigned seed = 1; seed <= hark_sim_runs (5); seed++) {
    Line line;

    line_init (&line, seed, 0.05 * (seed - 1) / (double) hark_sim_runs (5));
    dial_and_answer (&line);
    check_voice (&line);
    say (seed % 2 == 0 ? line.alice : line.bob, HARK_COMMAND_HANGUP, NULL);
    wait_for (&line, line.alice, HARK_ENDED);
    wait_for (&line, line.bob, HARK_ENDED);
    check_silence (&line);
    pass (&line, HARK_SECOND);
    g_assert_cmpuint (kept_length (line.alice, line.bob, false), >=, 2000);
    g_assert_cmpuint (kept_length (line.bob, line.alice, false), >=, 2000);
    g_assert_cmpuint (line.alice->voice_starts, ==, 1);
    g_assert_cmpuint (line.bob->voice_starts, ==, 1);
    hark_sim_world_clear (&line.world);
  }
}

static void
test_decline (void)
{
  Line line;

  line_init (&line, 11, 0);
  say (line.alice, HARK_COMMAND_CALL, line.bob);
  wait_for (&line, line.bob, HARK_RINGING);
  say (line.bob, HARK_COMMAND_HANGUP, NULL);
  wait_for (&line, line.alice, HARK_ENDED);
  g_assert_cmpuint (line.alice->voice_starts + line.bob->voice_starts, ==, 0);
  pass (&line, HARK_SECOND);
  g_assert_cmpuint (kept_length (line.bob, line.alice, false), ==, 0);
  hark_sim_world_clear (&line.world);
}

static void
test_give_up (void)
{
  Line line;

  line_init (&line, 12, 0);
  say (line.alice, HARK_COMMAND_CALL, line.bob);
  wait_for (&line, line.bob, HARK_RINGING);
  say (line.alice, HARK_COMMAND_HANGUP, NULL);
  wait_for (&line, line.bob, HARK_ENDED);
  g_assert_cmpuint (line.alice->voice_starts + line.bob->voice_starts, ==, 0);
  pass (&line, HARK_SECOND);
  g_assert_cmpuint (kept_length (line.bob, line.alice, true), ==, 0);
  hark_sim_world_clear (&line.world);
}

static void
test_no_answer (void)
{
  HarkTime start;
  Line line;

  line_init (&line, 13, 0);
  start = hark_sim_network_now (line.world.network);
  say (line.alice, HARK_COMMAND_CALL, line.bob);
  wait_for (&line, line.alice, HARK_ENDED);
  wait_for (&line, line.bob, HARK_ENDED);
  g_assert_cmpuint (hark_sim_network_now (line.world.network) - start, <=, 50 * HARK_SECOND);
  g_assert_cmpuint (hark_sim_network_now (line.world.network) - start, >=, 40 * HARK_SECOND);
  g_assert_cmpuint (line.alice->voice_starts + line.bob->voice_starts, ==, 0);

  dial_and_answer (&line); /* the line is free again */
  check_voice (&line);
  hark_sim_world_clear (&line.world);
}

/* Nobody there: rings until the time is over, and nothing rings later. */
static void
test_away (void)
{
  Line line;

  line_init (&line, 14, 0);
  hark_sim_core_node_stop (line.bob);
  pass (&line, 5 * HARK_SECOND);
  say (line.alice, HARK_COMMAND_CALL, line.bob);
  wait_for (&line, line.alice, HARK_ENDED);
  hark_sim_core_node_start (line.bob);
  pass (&line, HARK_MINUTE);
  g_assert_false (is_in (line.bob, HARK_RINGING));
  check_silence (&line);
  hark_sim_world_clear (&line.world);
}

/* He comes online while she still waits: it rings then. */
static void
test_comes_home (void)
{
  Line line;

  line_init (&line, 15, 0);
  hark_sim_core_node_stop (line.bob);
  pass (&line, 5 * HARK_SECOND);
  say (line.alice, HARK_COMMAND_CALL, line.bob);
  pass (&line, 10 * HARK_SECOND);
  hark_sim_core_node_start (line.bob);
  wait_for (&line, line.bob, HARK_RINGING);
  say (line.bob, HARK_COMMAND_ANSWER, NULL);
  wait_for (&line, line.alice, HARK_ACTIVE);
  check_voice (&line);
  hark_sim_world_clear (&line.world);
}

/* Both dial at once: one call, without another click, since both clicked. */
static void
test_glare (void)
{
  for (unsigned seed = 1; seed <= hark_sim_runs (10); seed++) {
    Line line;

    line_init (&line, 20 + seed, seed % 2 == 0 ? 0.1 : 0);
    hark_sim_core_node_do (line.alice, hark_sim_command (HARK_COMMAND_CALL, line.bob));
    pass (&line, (seed - 1) * 5 % 40 * HARK_MS);
    hark_sim_core_node_do (line.bob, hark_sim_command (HARK_COMMAND_CALL, line.alice));
    if (is_in (line.bob, HARK_RINGING)) /* hers was first: his click was refused */
      say (line.bob, HARK_COMMAND_ANSWER, NULL);
    wait_for (&line, line.alice, HARK_ACTIVE);
    wait_for (&line, line.bob, HARK_ACTIVE);
    check_voice (&line);
    say (line.bob, HARK_COMMAND_HANGUP, NULL);
    wait_for (&line, line.alice, HARK_ENDED);
    check_silence (&line);
    hark_sim_world_clear (&line.world);
  }
}

/* @span without any packet in the middle of a call. */
static void
check_outage (uint64_t seed, HarkTime span, double loss)
{
  HarkTime start;
  Line line;

  line_init (&line, seed, loss);
  dial_and_answer (&line);
  hark_sim_network_cut_site (line.world.network, line.world.sites[0], true);
  pass (&line, span);
  hark_sim_network_cut_site (line.world.network, line.world.sites[0], false);
  start = hark_sim_network_now (line.world.network);
  pass (&line, 15 * HARK_SECOND - MIN (span, 14 * HARK_SECOND));
  wait_for (&line, line.alice, HARK_ACTIVE);
  wait_for (&line, line.bob, HARK_ACTIVE);
  g_test_message ("%.0f s of outage", (double) span / HARK_SECOND);
  g_assert_cmpuint (hark_sim_network_now (line.world.network) - start, <, 20 * HARK_SECOND);
  check_voice (&line);
  g_assert_cmpuint (line.alice->voice_starts, ==, 1);
  g_assert_cmpuint (line.bob->voice_starts, ==, 1);
  hark_sim_world_clear (&line.world);
}

static void
test_outage (void)
{
  check_outage (40, 2 * HARK_SECOND, 0);
  check_outage (41, 5 * HARK_SECOND, 0);
  check_outage (42, 5 * HARK_SECOND, 0.1);
  check_outage (43, 10 * HARK_SECOND, 0);
}

/* The router forgets its mappings in the middle of a call. */
static void
test_rebind (void)
{
  Line line;

  line_init (&line, 50, 0);
  dial_and_answer (&line);
  hark_sim_network_rebind_site (line.world.network, line.world.sites[1]);
  pass (&line, 10 * HARK_SECOND);
  wait_for (&line, line.alice, HARK_ACTIVE);
  wait_for (&line, line.bob, HARK_ACTIVE);
  check_voice (&line);
  hark_sim_world_clear (&line.world);
}

/* One program dies in a call: the other side ends it in time, and can be called again. */
static void
test_death (void)
{
  Line line;

  line_init (&line, 60, 0);
  dial_and_answer (&line);
  hark_sim_core_node_kill (line.bob);
  hark_sim_core_node_start (line.bob);
  wait_for (&line, line.alice, HARK_ENDED);
  g_assert_false (line.alice->voice);
  g_assert_false (line.bob->voice);
  g_assert_true (hark_sim_wait_online (line.alice, line.bob, PATIENCE));
  dial_and_answer (&line);
  check_voice (&line);

  hark_sim_core_node_kill (line.bob); /* and does not come back */
  wait_for (&line, line.alice, HARK_ENDED);
  check_silence (&line);
  hark_sim_world_clear (&line.world);
}

/* The rows of calls in @node's history with @other; @ret_last: (transfer full): of the last. */
static unsigned
kept_calls (HarkSimCoreNode *node, const HarkSimCoreNode *other, HarkStoreMessage **ret_last)
{
  g_autoptr (GPtrArray) history = hark_sim_core_node_history (node, &other->account);
  unsigned n = 0;

  for (guint i = 0; i < history->len; i++) {
    const HarkStoreMessage *row = history->pdata[i];

    if (row->kind != HARK_MESSAGE_CALL)
      continue;
    n++;
    if (i + 1 == history->len)
      *ret_last = hark_store_message_copy (row);
  }
  return n;
}

/* Whose program was killed in a call is told of the call at the next start, about as long as it
 * was; of one that rang, that it was missed; once each. */
static void
test_killed (void)
{
  g_autoptr (HarkStoreMessage) talk = NULL, ring = NULL, again = NULL;
  Line line;

  line_init (&line, 61, 0);
  dial_and_answer (&line);
  pass (&line, 25 * HARK_SECOND);
  hark_sim_core_node_kill (line.bob);
  hark_sim_core_node_start (line.bob);
  pass (&line, HARK_SECOND);
  g_assert_cmpuint (kept_calls (line.bob, line.alice, &talk), ==, 1);
  g_assert_false (talk->outgoing);
  g_assert_cmpuint (talk->ref, >=, 15000);
  g_assert_cmpuint (talk->ref, <=, 26000);
  g_assert_cmpint (talk->state, ==, HARK_MESSAGE_READ);
  g_assert_cmpint (talk->sent_ms, <=,
                   HARK_SIM_WALL_MS
                     + (int64_t) (hark_sim_network_now (line.world.network) / HARK_MS) - 1000);
  wait_for (&line, line.alice, HARK_ENDED);
  g_assert_true (hark_sim_wait_online (line.alice, line.bob, PATIENCE));

  say (line.alice, HARK_COMMAND_CALL, line.bob);
  wait_for (&line, line.bob, HARK_RINGING);
  pass (&line, HARK_SECOND);
  hark_sim_core_node_kill (line.bob);
  say (line.alice, HARK_COMMAND_HANGUP, NULL);
  hark_sim_core_node_start (line.bob);
  pass (&line, HARK_MINUTE);
  g_assert_cmpuint (kept_calls (line.bob, line.alice, &ring), ==, 2);
  g_assert_cmpstr (ring->text, ==, "Missed call");
  g_assert_cmpuint (ring->ref, ==, 0);
  g_assert_cmpint (ring->state, ==, HARK_MESSAGE_DELIVERED);

  hark_sim_core_node_kill (line.bob);
  hark_sim_core_node_start (line.bob);
  pass (&line, HARK_SECOND);
  g_assert_cmpuint (kept_calls (line.bob, line.alice, &again), ==, 2);
  hark_sim_world_clear (&line.world);
}

/* Whichever write at the end of a call is the last of the program, the call is there once. */
static void
test_killed_at_the_end (void)
{
  for (unsigned nth = 1; nth <= 6; nth++) {
    g_autoptr (HarkStoreMessage) last = NULL;
    Line line;

    line_init (&line, 62, 0);
    dial_and_answer (&line);
    pass (&line, 5 * HARK_SECOND);
    hark_sim_core_node_die_at (line.alice, 1 + (nth - 1) / 2, nth % 2 == 0);
    hark_sim_core_node_do (line.alice, hark_sim_command (HARK_COMMAND_HANGUP, NULL));
    pass (&line, 5 * HARK_SECOND);
    g_assert_cmpuint (kept_calls (line.alice, line.bob, &last), ==, 1);
    g_assert_true (last->outgoing);
    g_assert_cmpuint (last->ref, >, 0);
    hark_sim_world_clear (&line.world);
  }
}

/* Who quits hangs up; what rings then is missed, and nobody said no. */
static void
test_quit (void)
{
  g_autoptr (HarkStoreMessage) hers = NULL, his = NULL, missed = NULL;
  Line line;

  line_init (&line, 63, 0);
  dial_and_answer (&line);
  pass (&line, 3 * HARK_SECOND);
  hark_sim_core_node_stop (line.bob);
  pass (&line, HARK_SECOND);
  g_assert_true (is_in (line.alice, HARK_ENDED));
  g_assert_cmpstr (call_of (line.alice)->reason, ==, "They hung up");
  hark_sim_core_node_start (line.bob);
  pass (&line, 5 * HARK_SECOND);
  g_assert_cmpuint (kept_calls (line.alice, line.bob, &hers), ==, 1);
  g_assert_cmpuint (kept_calls (line.bob, line.alice, &his), ==, 1);
  g_assert_cmpuint (hers->ref, >=, 3000);
  g_assert_cmpuint (his->ref, >=, 3000);
  g_assert_cmpint (his->state, ==, HARK_MESSAGE_READ);

  g_assert_true (hark_sim_wait_online (line.alice, line.bob, PATIENCE));
  say (line.alice, HARK_COMMAND_CALL, line.bob);
  wait_for (&line, line.bob, HARK_RINGING);
  hark_sim_core_node_stop (line.bob);
  pass (&line, HARK_SECOND);
  g_assert_false (is_in (line.alice, HARK_ENDED));
  say (line.alice, HARK_COMMAND_HANGUP, NULL);
  hark_sim_core_node_start (line.bob);
  pass (&line, HARK_MINUTE);
  g_assert_cmpuint (kept_calls (line.bob, line.alice, &missed), ==, 2);
  g_assert_cmpstr (missed->text, ==, "Missed call");
  hark_sim_world_clear (&line.world);
}

/* ---- hold, words, a second call --------------------------------------------------------- */

static void
say_about (HarkSimCoreNode *node, HarkCommandKind kind, uint64_t call)
{
  HarkCommand *command = hark_command_new (kind);
  const HarkEvent *result;

  command->call = call;
  result = hark_sim_core_node_ask (node, command);
  g_assert_nonnull (result);
  g_assert_true (result->ok);
}

static void
test_hold (void)
{
  Line line;

  line_init (&line, 70, 0.05);
  dial_and_answer (&line);
  say (line.alice, HARK_COMMAND_MUTE, NULL);
  say (line.alice, HARK_COMMAND_HOLD, NULL);
  wait_for (&line, line.bob, HARK_HELD);
  g_assert_true (call_of (line.alice)->held_here && !call_of (line.alice)->held_there);
  g_assert_true (call_of (line.bob)->held_there && !call_of (line.bob)->held_here);
  g_assert_cmpstr (call_of (line.bob)->reason, ==, "They put the call on hold.");
  check_silence (&line);

  hark_sim_network_cut_site (line.world.network, line.world.sites[0], true);
  pass (&line, 5 * HARK_SECOND);
  hark_sim_network_cut_site (line.world.network, line.world.sites[0], false);
  pass (&line, 10 * HARK_SECOND);
  wait_for (&line, line.bob, HARK_HELD);
  g_assert_true (call_of (line.bob)->held_there);
  check_silence (&line);

  say (line.alice, HARK_COMMAND_UNHOLD, NULL);
  wait_for (&line, line.bob, HARK_ACTIVE);
  wait_for (&line, line.alice, HARK_ACTIVE);
  g_assert_true (call_of (line.alice)->muted); /* as before */
  check_voice (&line);
  hark_sim_world_clear (&line.world);
}

/* (borrowed) */
static const HarkEvent *
make_loud (HarkSimCoreNode *node, uint64_t call, unsigned volume)
{
  HarkCommand *command = hark_command_new (HARK_COMMAND_CALL_VOLUME);

  command->call = call;
  command->limit = volume;
  return hark_sim_core_node_ask (node, command);
}

/* It lasts over a hold and into the next call, and is nothing of the other side's. */
static void
test_volume (void)
{
  Line line;

  line_init (&line, 72, 0.05);
  g_assert_cmpstr (make_loud (line.alice, 0, 50)->code, ==, "no-call");
  dial_and_answer (&line);
  g_assert_cmpuint (call_of (line.alice)->volume, ==, 100);
  g_assert_cmpuint (line.alice->volume, ==, 100);
  g_assert_true (make_loud (line.alice, 0, 150)->ok);
  g_assert_cmpuint (call_of (line.alice)->volume, ==, 150);
  g_assert_cmpuint (line.alice->volume, ==, 150);
  g_assert_cmpstr (make_loud (line.alice, 0, 201)->code, ==, "bad-value");
  g_assert_cmpuint (line.alice->volume, ==, 150);

  say (line.alice, HARK_COMMAND_HOLD, NULL);
  wait_for (&line, line.bob, HARK_HELD);
  g_assert_true (make_loud (line.alice, call_of (line.alice)->id, 30)->ok); /* nothing is open */
  say (line.alice, HARK_COMMAND_UNHOLD, NULL);
  wait_for (&line, line.alice, HARK_ACTIVE);
  wait_for (&line, line.bob, HARK_ACTIVE);
  g_assert_cmpuint (line.alice->volume, ==, 30);
  check_voice (&line);
  g_assert_cmpuint (line.bob->volume, ==, 100);

  say (line.alice, HARK_COMMAND_HANGUP, NULL);
  wait_for (&line, line.bob, HARK_ENDED);
  dial_and_answer (&line);
  g_assert_cmpuint (call_of (line.alice)->volume, ==, 30);
  g_assert_cmpuint (line.alice->volume, ==, 30);
  g_assert_cmpuint (call_of (line.bob)->volume, ==, 100);
  hark_sim_world_clear (&line.world);
}

static bool
has_words (void *data)
{
  const Line *line = data;

  return call_of (line->alice)->words != NULL && call_of (line->bob)->words != NULL;
}

/* Three words in every call, until somebody said that they are the same. */
static void
test_words (void)
{
  HarkCommand *command;
  Line line;

  line_init (&line, 71, 0);
  dial_and_answer (&line);
  g_assert_true (hark_sim_network_run_until (line.world.network, PATIENCE, has_words, &line));
  g_assert_cmpstr (call_of (line.alice)->words, ==, call_of (line.bob)->words);
  command = hark_sim_command (HARK_COMMAND_WORDS, line.bob);
  command->how = g_strdup ("match");
  g_assert_true (hark_sim_core_node_ask (line.alice, command)->ok);
  pass (&line, HARK_SECOND);
  g_assert_null (call_of (line.alice)->words);
  g_assert_nonnull (call_of (line.bob)->words); /* he did not say so yet */
  say (line.alice, HARK_COMMAND_HANGUP, NULL);
  wait_for (&line, line.bob, HARK_ENDED);

  dial_and_answer (&line); /* she knows him now */
  pass (&line, 5 * HARK_SECOND);
  g_assert_null (call_of (line.alice)->words);
  hark_sim_world_clear (&line.world);
}

static void
test_do_not_disturb (void)
{
  HarkCommand *command = hark_command_new (HARK_COMMAND_PRESENCE);
  Line line;

  line_init (&line, 72, 0);
  command->how = g_strdup ("busy");
  g_assert_true (hark_sim_core_node_ask (line.bob, command)->ok);
  say (line.alice, HARK_COMMAND_CALL, line.bob);
  wait_for (&line, line.alice, HARK_ENDED);
  g_assert_true (call_of (line.alice)->unanswered);
  g_assert_cmpstr (call_of (line.alice)->reason, ==, "They do not want to be disturbed now");
  g_assert_null (call_of (line.bob));                                 /* it never rang, */
  g_assert_cmpuint (kept_length (line.bob, line.alice, true), ==, 0); /* but is noted */
  hark_sim_world_clear (&line.world);
}

static const HarkCall *
call_with (const HarkSimCoreNode *node, const HarkSimCoreNode *other)
{
  const HarkEvent *status
    = hark_sim_core_node_ask ((HarkSimCoreNode *) node, hark_command_new (HARK_COMMAND_STATUS));

  for (guint i = 0; i < status->calls->len; i++) {
    const HarkCall *call = status->calls->pdata[i];

    if (memcmp (call->contact, other->account.bytes, HARK_ACCOUNT_LEN) == 0)
      return call;
  }
  return NULL;
}

/* Carol calls Alice, who talks with Bob: one is heard, the other knows that he waits. */
static void
test_second_call (void)
{
  HarkSimLinkConfig link = hark_sim_lossy_link (0);
  HarkSimCoreNode *carol;
  uint64_t first, second;
  Line line;

  line_init (&line, 73, 0);
  carol = hark_sim_world_add (&line.world, HARK_SIM_NAT_PORT_RESTRICTED, &link, "Carol");
  g_assert_true (hark_sim_befriend (line.alice, carol, 10 * HARK_MINUTE));
  dial_and_answer (&line);
  first = call_with (line.alice, line.bob)->id;
  say (carol, HARK_COMMAND_CALL, line.alice);
  wait_for (&line, carol, HARK_RINGING);
  second = call_with (line.alice, carol)->id;
  say_about (line.alice, HARK_COMMAND_ANSWER, second);
  wait_for (&line, carol, HARK_ACTIVE);
  wait_for (&line, line.bob, HARK_HELD);
  g_assert_true (carol->voice && line.alice->voice && !line.bob->voice);

  say_about (line.alice, HARK_COMMAND_UNHOLD, first);
  wait_for (&line, carol, HARK_HELD);
  wait_for (&line, line.bob, HARK_ACTIVE);
  g_assert_true (!carol->voice && line.alice->voice && line.bob->voice);
  g_assert_false (hark_sim_core_node_ask (line.alice, hark_command_new (HARK_COMMAND_HANGUP))->ok);
  say_about (line.alice, HARK_COMMAND_HANGUP, first); /* without a number: which? */
  wait_for (&line, line.bob, HARK_ENDED);
  say (line.alice, HARK_COMMAND_UNHOLD, NULL);
  wait_for (&line, carol, HARK_ACTIVE);
  g_assert_true (carol->voice && line.alice->voice && !line.bob->voice);
  hark_sim_world_clear (&line.world);
}

/* What the figures of the call say of the devices. */
static const char *
told_of_sound (Line *line, GPtrArray *devices, bool server)
{
  static const HarkCallStats stats = {.rate_out = 32000, .level_in = -96, .level_out = -30};
  const HarkTime now = hark_sim_network_now (line->world.network);

  if (devices != NULL)
    hark_core_handle_devices (line->alice->core, devices, server, now);
  hark_core_handle_voice_stats (line->alice->core, &stats, now);
  hark_sim_node_flush (line->alice->node);
  return hark_sim_core_node_find (line->alice, HARK_EVENT_CALL_STATS, 0)->reason;
}

static void
add_device (GPtrArray *devices, const char *name, bool is_mic)
{
  HarkSoundDevice *device = g_new0 (HarkSoundDevice, 1);

  device->name = g_strdup (name);
  device->text = g_strdup (name);
  device->is_mic = is_mic;
  g_ptr_array_add (devices, device);
}

static GPtrArray *
devices_new (bool mic, bool speaker)
{
  GPtrArray *devices = g_ptr_array_new_with_free_func ((GDestroyNotify) hark_sound_device_free);

  if (mic)
    add_device (devices, "pulse:headset_mic", true);
  add_device (devices, speaker ? "pulse:headset" : "pulse:auto_null", false);
  return devices;
}

/* A good connection is worth nothing without microphone and speaker: that is said while it is so.
 */
static void
test_no_sound (void)
{
  HarkCommand *command = hark_command_new (HARK_COMMAND_DEVICE);
  Line line;

  line_init (&line, 75, 0);
  command->mic = g_strdup ("pulse");
  command->speaker = g_strdup ("pulse");
  g_assert_true (hark_sim_core_node_ask (line.alice, command)->ok);
  dial_and_answer (&line);
  g_assert_null (told_of_sound (&line, NULL, true));
  g_assert_cmpstr (told_of_sound (&line, devices_new (false, false), false), ==,
                   "No sound server answers on this computer.");
  g_assert_cmpstr (told_of_sound (&line, devices_new (false, false), true), ==,
                   "This computer has no microphone and no speaker now: you do not hear each "
                   "other.");
  g_assert_cmpstr (told_of_sound (&line, devices_new (false, true), true), ==,
                   "This computer has no microphone now: they do not hear you.");
  g_assert_cmpstr (told_of_sound (&line, devices_new (true, false), true), ==,
                   "This computer has no speaker now: you do not hear them.");
  g_assert_null (told_of_sound (&line, devices_new (true, true), true));
  hark_sim_world_clear (&line.world);
}

/* What she says comes back to her alone, two seconds later, until somebody is called. */
static void
test_echo_test (void)
{
  static const uint8_t payload[46] = {0x10};
  HarkCommand *command = hark_command_new (HARK_COMMAND_ECHO_TEST);
  unsigned before;
  Line line;

  line_init (&line, 74, 0);
  command->on = true;
  g_assert_true (hark_sim_core_node_ask (line.alice, command)->ok);
  g_assert_true (line.alice->voice);
  before = line.alice->voice_packets;
  hark_core_handle_voice_packet (line.alice->core, payload, sizeof payload,
                                 hark_sim_network_now (line.world.network));
  hark_sim_node_flush (line.alice->node);
  pass (&line, HARK_SECOND);
  g_assert_cmpuint (line.alice->voice_packets, ==, before);
  pass (&line, 2 * HARK_SECOND);
  g_assert_cmpuint (line.alice->voice_packets, ==, before + 1);
  g_assert_cmpuint (line.bob->voice_packets, ==, 0);

  dial_and_answer_anew (&line);
  g_assert_cmpuint (line.alice->voice_starts, ==, 2);
  g_assert_false (hark_sim_core_node_find (line.alice, HARK_EVENT_ECHO_TEST, 0)->on);
  check_voice (&line);
  hark_sim_world_clear (&line.world);
}

int
main (int argc, char **argv)
{
  hark_sim_test_init (&argc, &argv);
  g_test_add_func ("/core-calls/talk-and-hang-up", test_talk);
  g_test_add_func ("/core-calls/declined", test_decline);
  g_test_add_func ("/core-calls/given-up", test_give_up);
  g_test_add_func ("/core-calls/nobody-answers", test_no_answer);
  g_test_add_func ("/core-calls/nobody-there", test_away);
  g_test_add_func ("/core-calls/rings-who-comes-online", test_comes_home);
  g_test_add_func ("/core-calls/both-call-at-once", test_glare);
  g_test_add_func ("/core-calls/survives-a-lost-path", test_outage);
  g_test_add_func ("/core-calls/survives-new-mappings", test_rebind);
  g_test_add_func ("/core-calls/ends-when-one-dies", test_death);
  g_test_add_func ("/core-calls/told-of-after-a-kill", test_killed);
  g_test_add_func ("/core-calls/there-once-however-it-ends", test_killed_at_the_end);
  g_test_add_func ("/core-calls/quitting-hangs-up", test_quit);
  g_test_add_func ("/core-calls/hold-is-seen-on-both-sides", test_hold);
  g_test_add_func ("/core-calls/loudness-outlasts-hold-and-call", test_volume);
  g_test_add_func ("/core-calls/words-are-shown-until-they-were-compared", test_words);
  g_test_add_func ("/core-calls/do-not-disturb", test_do_not_disturb);
  g_test_add_func ("/core-calls/second-call-waits", test_second_call);
  g_test_add_func ("/core-calls/without-sound", test_no_sound);
  g_test_add_func ("/core-calls/echo-test", test_echo_test);
  return g_test_run ();
}
