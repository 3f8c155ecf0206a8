/* Two who cannot punch holes reach each other through a contact of both, and directly as soon as
 * they can; the contact bears it only if willing, and hostile ones can do no more than not help. */
#include "net/node/links.h"
#include "net/node/relays.h"
#include "tests/sim/core-world.h"

#include <string.h>

#define PATIENCE (2 * HARK_MINUTE)
#define FILE_LEN ((size_t) 1024 * 1024)

typedef struct {
  HarkSimWorld world;
  HarkSimCoreNode *alice, *bob, *carol, *dave;
  bool deaf;       /* everything Carol passes on is lost */
  GPtrArray *held; /* Held: what Carol got to pass on, and does as she likes with */
  unsigned heard;  /* packets Carol sent for a relay, to anybody */
} Four;

static HarkSimLinkConfig
line (HarkTime delay)
{
  return (HarkSimLinkConfig){.delay = delay};
}

/* Alice and Bob at home; both know Carol, who is near, and with @two Dave, who is far. Nobody has
 * asked anybody else yet. */
static void
four_init (
  Four *four, uint64_t seed, HarkSimNatKind a, HarkSimNatKind b, HarkSimNatKind c, bool two)
{
  HarkSimLinkConfig near = line (5 * HARK_MS), far = line (40 * HARK_MS);

  *four = (Four){0};
  hark_sim_world_init (&four->world, seed);
  four->carol = hark_sim_world_add (&four->world, c, &near, "Carol");
  four->alice = hark_sim_world_add (&four->world, a, &near, "Alice");
  four->bob = hark_sim_world_add (&four->world, b, &near, "Bob");
  g_assert_true (hark_sim_befriend (four->alice, four->carol, PATIENCE));
  g_assert_true (hark_sim_befriend (four->bob, four->carol, PATIENCE));
  if (!two)
    return;
  four->dave = hark_sim_world_add (&four->world, HARK_SIM_NAT_NONE, &far, "Dave");
  g_assert_true (hark_sim_befriend (four->alice, four->dave, PATIENCE));
  g_assert_true (hark_sim_befriend (four->bob, four->dave, PATIENCE));
}

static void
four_clear (Four *four)
{
  hark_sim_network_set_tap (four->world.network, NULL, NULL);
  g_clear_pointer (&four->held, g_ptr_array_unref);
  hark_sim_world_clear (&four->world);
}

static void
pass (Four *four, HarkTime span)
{
  hark_sim_network_run (four->world.network, span);
}

/* Alice and Bob see each other, relayed by @name; NULL: directly. */
typedef struct {
  Four *four;
  const char *name;
} Route;

static bool
sees (const HarkSimCoreNode *node, const HarkSimCoreNode *other, const char *name)
{
  const HarkPerson *person = hark_sim_core_node_person (node, &other->account);

  return person && person->presence == HARK_PRESENCE_ONLINE
         && (person->path == HARK_PATH_RELAY) == (name != NULL)
         && g_strcmp0 (person->relay, name) == 0;
}

static bool
goes (void *data)
{
  const Route *route = data;

  return sees (route->four->alice, route->four->bob, route->name)
         && sees (route->four->bob, route->four->alice, route->name);
}

static bool
wait_route (Four *four, const char *name, HarkTime span)
{
  return hark_sim_network_run_until (four->world.network, span, goes, &(Route){four, name});
}

static bool
is_delivered (void *data)
{
  const HarkEvent *event = hark_sim_core_node_find (data, HARK_EVENT_MESSAGE_STATE, 0);

  return event && event->message->state == HARK_STATE_DELIVERED;
}

static void
write_to (Four *four, HarkSimCoreNode *from, HarkSimCoreNode *to)
{
  HarkCommand *command = hark_sim_command (HARK_COMMAND_SEND, to);
  const HarkEvent *result;

  g_ptr_array_set_size (from->events, 0);
  command->text = g_strdup ("Can you read this?");
  result = hark_sim_core_node_ask (from, command);
  g_assert_true (result && result->ok);
  g_assert_true (
    hark_sim_network_run_until (four->world.network, 20 * HARK_SECOND, is_delivered, from));
}

static HarkNetStatus
status_of (const HarkSimCoreNode *node)
{
  HarkNetStatus status;

  hark_net_get_status (node->net, &status);
  return status;
}

/* ---- reaching -------------------------------------------------------------------- */

static void
check_pair (HarkSimNatKind a, HarkSimNatKind b, HarkSimNatKind carol)
{
  Four four;
  HarkTime begin;

  four_init (&four, 1, a, b, carol, false);
  begin = hark_sim_network_now (four.world.network);
  g_assert_true (hark_sim_befriend (four.alice, four.bob, PATIENCE));
  g_assert_true (wait_route (&four, "Carol", HARK_SECOND));
  g_test_message ("reached after %.1f s",
                  (double) (hark_sim_network_now (four.world.network) - begin) / 1e9);
  g_assert_cmpuint (hark_sim_network_now (four.world.network) - begin, <, 3 * HARK_SECOND / 2);
  write_to (&four, four.alice, four.bob);
  write_to (&four, four.bob, four.alice);
  g_assert_cmpuint (status_of (four.carol).relayed_now, ==, 1);
  g_assert_cmpuint (status_of (four.carol).relayed_bytes, >, 1000);
  g_assert_cmpuint (status_of (four.alice).relayed_now, ==, 0);
  g_assert_cmpuint (hark_sim_core_node_deeds (four.alice, four.carol).relayed_for_us, >, 1000);
  g_assert_cmpuint (hark_sim_core_node_deeds (four.carol, four.bob).relayed_for_them, >, 1000);
  g_assert_cmpuint (hark_sim_core_node_deeds (four.carol, four.bob).relayed_for_us, ==, 0);
  g_assert_cmpuint (hark_sim_core_node_deeds (four.alice, four.bob).relayed_for_us, ==, 0);
  pass (&four, 3 * HARK_MINUTE); /* idle, with attempts to find something better */
  g_assert_true (wait_route (&four, "Carol", 5 * HARK_SECOND));
  write_to (&four, four.alice, four.bob);
  four_clear (&four);
}

static void
test_symmetric (void)
{
  check_pair (HARK_SIM_NAT_SYMMETRIC, HARK_SIM_NAT_SYMMETRIC, HARK_SIM_NAT_NONE);
}

static void
test_port_restricted (void)
{
  check_pair (HARK_SIM_NAT_SYMMETRIC, HARK_SIM_NAT_PORT_RESTRICTED, HARK_SIM_NAT_RESTRICTED);
}

/* Nobody relays, or only somebody who is himself reached through a relay: nothing is reached. */
static void
test_nobody (void)
{
  Four four;
  HarkCommand *command = hark_sim_command (HARK_COMMAND_RELAY, NULL);

  four_init (&four, 2, HARK_SIM_NAT_SYMMETRIC, HARK_SIM_NAT_SYMMETRIC, HARK_SIM_NAT_NONE, false);
  hark_sim_core_node_ask (four.carol, command); /* off */
  g_assert_false (status_of (four.carol).relay);
  g_assert_false (hark_sim_befriend (four.alice, four.bob, HARK_MINUTE));
  g_assert_cmpuint (status_of (four.carol).relayed_bytes, ==, 0);

  hark_sim_core_node_kill (four.carol); /* it stays as the user set it */
  hark_sim_core_node_start (four.carol);
  pass (&four, 10 * HARK_SECOND);
  g_assert_false (status_of (four.carol).relay);
  command = hark_sim_command (HARK_COMMAND_RELAY, NULL);
  command->on = true;
  hark_sim_core_node_ask (four.carol, command);
  g_assert_true (wait_route (&four, "Carol", 12 * HARK_MINUTE));
  write_to (&four, four.alice, four.bob);

  command = hark_sim_command (HARK_COMMAND_RELAY, four.bob); /* not for Bob */
  hark_sim_core_node_ask (four.carol, command);
  g_assert_true (hark_sim_wait_apart (four.alice, four.bob, HARK_MINUTE));
  pass (&four, HARK_MINUTE);
  g_assert_false (hark_sim_core_node_sees_online (four.alice, four.bob));
  four_clear (&four);
}

static void
test_next_relay (void)
{
  Four four;
  HarkTime begin;

  four_init (&four, 3, HARK_SIM_NAT_SYMMETRIC, HARK_SIM_NAT_SYMMETRIC, HARK_SIM_NAT_NONE, true);
  g_assert_true (hark_sim_befriend (four.alice, four.bob, PATIENCE));
  g_assert_true (wait_route (&four, "Carol", 5 * HARK_SECOND)); /* the nearer one */
  hark_sim_core_node_kill (four.carol);
  begin = hark_sim_network_now (four.world.network);
  g_assert_true (wait_route (&four, "Dave", 30 * HARK_SECOND));
  g_test_message ("the next after %.1f s",
                  (double) (hark_sim_network_now (four.world.network) - begin) / 1e9);
  g_assert_cmpuint (hark_sim_network_now (four.world.network) - begin, <, 5 * HARK_SECOND / 2);
  write_to (&four, four.alice, four.bob);
  write_to (&four, four.bob, four.alice);
  four_clear (&four);
}

/* Carol relays no more, and a minute later she does again, for all or for one of them. */
static void
test_off_and_on (void)
{
  Four four;
  HarkTime begin;

  four_init (&four, 11, HARK_SIM_NAT_SYMMETRIC, HARK_SIM_NAT_SYMMETRIC, HARK_SIM_NAT_NONE, false);
  g_assert_true (hark_sim_befriend (four.alice, four.bob, PATIENCE));
  for (unsigned round = 0; round < 2; round++) {
    HarkSimCoreNode *whom = round ? four.bob : NULL;
    HarkCommand *command = hark_sim_command (HARK_COMMAND_RELAY, whom);

    g_assert_true (wait_route (&four, "Carol", HARK_SECOND));
    hark_sim_core_node_ask (four.carol, command);
    g_assert_true (hark_sim_wait_apart (four.alice, four.bob, 10 * HARK_SECOND));
    pass (&four, HARK_MINUTE);
    g_assert_false (hark_sim_core_node_sees_online (four.alice, four.bob));
    command = hark_sim_command (HARK_COMMAND_RELAY, whom);
    command->on = true;
    begin = hark_sim_network_now (four.world.network);
    hark_sim_core_node_ask (four.carol, command);
    g_assert_true (wait_route (&four, "Carol", 5 * HARK_SECOND));
    g_test_message ("again after %.1f s",
                    (double) (hark_sim_network_now (four.world.network) - begin) / 1e9);
  }
  write_to (&four, four.alice, four.bob);
  four_clear (&four);
}

/* Two who reach each other directly cost Carol nothing. */
static void
test_direct_pairs_ask_nobody (void)
{
  Four four;
  HarkRelayServerStats stats;

  four_init (&four, 12, HARK_SIM_NAT_SYMMETRIC, HARK_SIM_NAT_FULL_CONE, HARK_SIM_NAT_NONE, false);
  g_assert_true (hark_sim_befriend (four.alice, four.bob, PATIENCE));
  g_assert_true (wait_route (&four, NULL, HARK_SECOND));
  pass (&four, HARK_SECOND);
  hark_relay_server_get_stats (four.carol->net->relay_server, &stats);
  g_assert_cmpuint (stats.bytes, ==, 0);
  g_assert_cmpuint (stats.channels + stats.asks, ==, 0);
  four_clear (&four);
}

/* A home moves behind a NAT that lets holes be punched: the relay is left. */
static void
test_direct (void)
{
  Four four;

  four_init (&four, 4, HARK_SIM_NAT_SYMMETRIC, HARK_SIM_NAT_SYMMETRIC, HARK_SIM_NAT_NONE, false);
  g_assert_true (hark_sim_befriend (four.alice, four.bob, PATIENCE));
  g_assert_true (wait_route (&four, "Carol", HARK_SECOND));
  hark_sim_network_set_nat (four.world.network, four.world.sites[1], HARK_SIM_NAT_FULL_CONE);
  g_assert_true (wait_route (&four, NULL, 10 * HARK_MINUTE));
  write_to (&four, four.alice, four.bob);
  pass (&four, 10 * HARK_SECOND);
  g_assert_cmpuint (status_of (four.carol).relayed_now, ==, 0);
  g_assert_true (wait_route (&four, NULL, HARK_SECOND));
  four_clear (&four);
}

/* ---- load ------------------------------------------------------------------------ */

static bool
has_offer (void *data)
{
  return hark_sim_core_node_find (data, HARK_EVENT_FILE_OFFER, 0) != NULL;
}

static bool
has_file (void *data)
{
  const HarkEvent *event = hark_sim_core_node_find (data, HARK_EVENT_FILE_STATE, 0);

  return event && event->transfer->state == HARK_FILE_DONE;
}

static bool
is_called (void *data)
{
  const HarkEvent *event = hark_sim_core_node_find (data, HARK_EVENT_CALL, 0);

  return event && event->call->phase == HARK_RINGING;
}

static void
give (Four *four, HarkCommand *take)
{
  g_autofree char *path = g_build_filename (four->alice->folder, "gift.bin", NULL);
  g_autofree uint8_t *bytes = g_malloc (FILE_LEN);
  HarkCommand *command = hark_sim_command (HARK_COMMAND_GIVE, four->bob);

  hark_rng_bytes (hark_sim_network_rng (four->world.network), bytes, FILE_LEN);
  g_assert_true (g_file_set_contents (path, (char *) bytes, (gssize) FILE_LEN, NULL));
  command->paths = g_new0 (char *, 2);
  command->paths[0] = g_strdup (path);
  g_assert_true (hark_sim_core_node_ask (four->alice, command)->ok);
  g_assert_true (hark_sim_network_run_until (four->world.network, PATIENCE, has_offer, four->bob));
  take->transfer = hark_sim_core_node_find (four->bob, HARK_EVENT_FILE_OFFER, 0)->transfer->id;
  g_assert_true (hark_sim_core_node_ask (four->bob, take)->ok);
}

/* Alice calls, Bob answers. */
static void
call_bob (Four *four)
{
  HarkCommand *command = hark_sim_command (HARK_COMMAND_ANSWER, NULL);

  g_assert_true (
    hark_sim_core_node_ask (four->alice, hark_sim_command (HARK_COMMAND_CALL, four->bob))->ok);
  g_assert_true (hark_sim_network_run_until (four->world.network, PATIENCE, is_called, four->bob));
  command->call = hark_sim_core_node_find (four->bob, HARK_EVENT_CALL, 0)->call->id;
  g_assert_true (hark_sim_core_node_ask (four->bob, command)->ok);
  pass (four, HARK_SECOND);
}

static void
speak (Four *four, HarkSimCoreNode *node)
{
  uint8_t packet[80] = {1};

  hark_core_handle_voice_packet (node->core, packet, sizeof packet,
                                 hark_sim_network_now (four->world.network));
  hark_sim_node_flush (node->node);
}

/* A megabyte and a call at once: neither loses by being policed, both keep to the rate. */
static void
test_load (void)
{
  Four four;
  HarkRelayServerStats stats;
  HarkTime begin;
  unsigned sent = 0, before;
  double seconds;

  four_init (&four, 5, HARK_SIM_NAT_SYMMETRIC, HARK_SIM_NAT_SYMMETRIC, HARK_SIM_NAT_NONE, false);
  g_assert_true (hark_sim_befriend (four.alice, four.bob, PATIENCE));
  g_assert_true (wait_route (&four, "Carol", HARK_SECOND));
  call_bob (&four);

  begin = hark_sim_network_now (four.world.network);
  give (&four, hark_sim_command (HARK_COMMAND_TAKE, NULL));
  before = four.bob->voice_packets;
  while (!has_file (four.bob) && sent < 3000) {
    speak (&four, four.alice);
    pass (&four, 20 * HARK_MS);
    sent++;
  }
  seconds = (double) (hark_sim_network_now (four.world.network) - begin) / 1e9;
  hark_relay_server_get_stats (four.carol->net->relay_server, &stats);
  g_test_message ("1 MiB in %.1f s, %u of %u voice packets, %" G_GUINT64_FORMAT " dropped", seconds,
                  four.bob->voice_packets - before, sent, stats.dropped);
  g_assert_true (has_file (four.bob));
  g_assert_cmpfloat (seconds, >, 0.8 * (double) FILE_LEN / HARK_RELAY_RATE);
  g_assert_cmpuint (four.bob->voice_packets - before, >, sent * 99 / 100 - 5);
  g_assert_cmpuint (stats.dropped, <, 20);
  four_clear (&four);
}

/* The relay dies in the middle of a call: the next carries it on. */
static void
test_call_goes_on (void)
{
  Four four;
  HarkTime gap = 0, longest = 0;

  four_init (&four, 10, HARK_SIM_NAT_SYMMETRIC, HARK_SIM_NAT_SYMMETRIC, HARK_SIM_NAT_NONE, true);
  g_assert_true (hark_sim_befriend (four.alice, four.bob, PATIENCE));
  g_assert_true (wait_route (&four, "Carol", 5 * HARK_SECOND));
  call_bob (&four);
  for (unsigned i = 0; i < 1000; i++) {
    unsigned before = four.bob->voice_packets;

    if (i == 100)
      hark_sim_core_node_kill (four.carol);
    speak (&four, four.alice);
    speak (&four, four.bob);
    pass (&four, 20 * HARK_MS);
    gap = four.bob->voice_packets == before ? gap + 20 * HARK_MS : 0;
    longest = MAX (longest, gap);
  }
  g_test_message ("%.2f s without voice", (double) longest / 1e9);
  g_assert_cmpuint (longest, <, HARK_SECOND);
  g_assert_true (wait_route (&four, "Dave", HARK_SECOND));
  g_assert_cmpint (hark_sim_core_node_find (four.bob, HARK_EVENT_CALL, 0)->call->phase, ==,
                   HARK_ACTIVE);
  four_clear (&four);
}

/* ---- hostile relays -------------------------------------------------------------- */

static bool
lose_relayed (
  void *data, unsigned host, uint16_t port, const HarkEndpoint *to, uint8_t *bytes, size_t len)
{
  Four *four = data;

  (void) port;
  (void) to;
  if (host != four->carol->host || len < 60 || bytes[0] != HARK_SESSION_RELAY_FIRST)
    return true;
  four->heard++;
  return !four->deaf;
}

/* Carol promises to relay and carries nothing; or stops in the middle. Dave takes over. */
static void
test_drops (void)
{
  Four four;

  four_init (&four, 6, HARK_SIM_NAT_SYMMETRIC, HARK_SIM_NAT_SYMMETRIC, HARK_SIM_NAT_NONE, true);
  hark_sim_network_set_tap (four.world.network, lose_relayed, &four);
  g_assert_true (hark_sim_befriend (four.alice, four.bob, PATIENCE));
  g_assert_true (wait_route (&four, "Carol", 5 * HARK_SECOND));
  four.deaf = true;
  g_assert_true (wait_route (&four, "Dave", 30 * HARK_SECOND));
  write_to (&four, four.alice, four.bob);
  four_clear (&four);
}

/* Sends @frame of Carol's to @to, as only she can: sealed. */
static void
carol_says (Four *four, HarkSimCoreNode *to, const uint8_t *frame, size_t len)
{
  HarkNet *net = four->carol->net;
  HarkLink *link = hark_node_links_get_peer (net, &to->account)->current;
  uint8_t packet[HARK_SESSION_RELAY_MAX + HARK_SESSION_RELAY_OVERHEAD];
  size_t sealed = hark_session_seal_relay (hark_link_get_session (link), frame, len, packet);
  HarkNetOutput output = {.kind = HARK_NET_OUTPUT_PATH_PACKETS,
                          .path = hark_link_get_path (link),
                          .data = packet,
                          .len = sealed,
                          .segment = sealed};

  g_assert_cmpuint (sealed, >, 0);
  hark_node_queue_push_output (&net->queue, &output);
  hark_sim_node_flush (four->carol->node);
}

static unsigned
count_events (const HarkSimCoreNode *node, HarkEventKind kind)
{
  unsigned n = 0;

  for (guint i = 0; i < node->events->len; i++)
    n += ((const HarkEvent *) node->events->pdata[i])->kind == kind;
  return n;
}

typedef struct {
  HarkSimCoreNode *to;
  size_t len;
  uint8_t bytes[HARK_SESSION_RELAY_MAX]; /* a DATA frame */
} Held;

/* What Alice or Bob give to Carol's relay is kept; all else passes. */
static bool
hold_relayed (
  void *data, unsigned host, uint16_t port, const HarkEndpoint *to, uint8_t *bytes, size_t len)
{
  Four *four = data;
  HarkSimCoreNode *from = host == four->alice->host ? four->alice : four->bob;
  g_autofree Held *held = g_new0 (Held, 1);
  HarkLink *link;

  (void) port;
  (void) to;
  if (host != from->host || len < 60 || bytes[0] != HARK_SESSION_RELAY_FIRST)
    return true;
  link = hark_node_links_get_peer (four->carol->net, &from->account)->current;
  held->to = from == four->alice ? four->bob : four->alice;
  held->len = hark_session_open_relay (hark_link_get_session (link), bytes, len, held->bytes,
                                       hark_sim_network_now (four->world.network));
  if (held->len == 0 || held->bytes[0] != HARK_RELAY_SEND)
    return false;
  held->bytes[0] = HARK_RELAY_DATA;
  g_ptr_array_add (four->held, g_steal_pointer (&held));
  return false;
}

/* Carol passes on what she holds: late and in any order, some of it twice, some of it changed as
 * well, and now and then something old. */
static void
play_tricks (Four *four, GPtrArray *old)
{
  HarkRng *rng = hark_sim_network_rng (four->world.network);

  while (four->held->len > 0) {
    guint at = (guint) hark_rng_below (rng, MIN (four->held->len, 4));
    Held *held = g_ptr_array_steal_index (four->held, at), changed = *held;

    changed.bytes[HARK_RELAY_DATA_HEAD
                  + hark_rng_below (rng, (uint32_t) (held->len - HARK_RELAY_DATA_HEAD))]
      ^= (uint8_t) (1 + hark_rng_below (rng, 255));
    carol_says (four, changed.to, changed.bytes, changed.len);
    for (unsigned i = 0; i < 1 + hark_rng_below (rng, 2); i++)
      carol_says (four, held->to, held->bytes, held->len);
    g_ptr_array_add (old, held);
    if (hark_rng_below (rng, 4) == 0) {
      held = g_ptr_array_index (old, (guint) hark_rng_below (rng, old->len));
      carol_says (four, held->to, held->bytes, held->len);
    }
  }
}

/* Carol reorders, repeats, replays and changes what she passes on: what Alice and Bob say arrives
 * once, as it was said, and no voice is played twice. */
static void
test_tricks (void)
{
  Four four;
  g_autoptr (GPtrArray) old = g_ptr_array_new_with_free_func (g_free);
  unsigned before, n = 0;

  four_init (&four, 13, HARK_SIM_NAT_SYMMETRIC, HARK_SIM_NAT_SYMMETRIC, HARK_SIM_NAT_NONE, false);
  g_assert_true (hark_sim_befriend (four.alice, four.bob, PATIENCE));
  g_assert_true (wait_route (&four, "Carol", HARK_SECOND));
  call_bob (&four);
  four.held = g_ptr_array_new_with_free_func (g_free);
  hark_sim_network_set_tap (four.world.network, hold_relayed, &four);
  before = four.bob->voice_packets;
  g_ptr_array_set_size (four.bob->events, 0);
  for (unsigned i = 0; i < 1500; i++) {
    if (i % 100 == 0) {
      HarkCommand *command = hark_sim_command (HARK_COMMAND_SEND, four.bob);

      command->text = g_strdup_printf ("Number %u", n++);
      hark_sim_core_node_do (four.alice, command);
    }
    speak (&four, four.alice);
    pass (&four, 20 * HARK_MS);
    play_tricks (&four, old);
  }
  g_test_message ("%u of 1500 voice packets, %u frames held", four.bob->voice_packets - before,
                  old->len);
  g_assert_cmpuint (four.bob->voice_packets - before, <=, 1500);
  g_assert_cmpuint (four.bob->voice_packets - before, >, 1400);
  g_assert_cmpuint (count_events (four.bob, HARK_EVENT_MESSAGE), ==, n);
  g_assert_true (wait_route (&four, "Carol", HARK_SECOND));
  four_clear (&four);
}

/* Carol throws all she can make at Alice, on the channel and beside it: Alice and Bob go on. */
static void
test_floods (void)
{
  Four four;
  HarkRng *rng;
  HarkKey relay;
  uint32_t channel = 0;
  const HarkPeer *bob;

  four_init (&four, 7, HARK_SIM_NAT_SYMMETRIC, HARK_SIM_NAT_SYMMETRIC, HARK_SIM_NAT_NONE, false);
  g_assert_true (hark_sim_befriend (four.alice, four.bob, PATIENCE));
  g_assert_true (wait_route (&four, "Carol", HARK_SECOND));
  rng = hark_sim_network_rng (four.world.network);
  bob = hark_node_links_get_peer (four.alice->net, &four.bob->account);
  g_assert_true (hark_relay_client_get_used (four.alice->net->relay_client,
                                             hark_link_get_index (bob->current), &relay, &channel));
  for (unsigned i = 0; i < 5000; i++) {
    uint8_t frame[HARK_SESSION_RELAY_MAX];
    size_t len = 1 + hark_rng_below (rng, sizeof frame);

    hark_rng_bytes (rng, frame, len);
    frame[0] = (uint8_t) (1 + hark_rng_below (rng, 10));
    if (i % 3 == 0 && len > HARK_RELAY_DATA_HEAD) { /* garbage, and what looks like media or STUN */
      hark_relay_frame_write_head (HARK_RELAY_DATA, channel, frame);
      frame[5] = (uint8_t) (i % 2 ? 0x80 : i);
    }
    carol_says (&four, four.alice, frame, len);
    if (i % 100 == 0)
      pass (&four, 10 * HARK_MS);
  }
  pass (&four, HARK_SECOND);
  g_assert_true (wait_route (&four, "Carol", HARK_MINUTE));
  write_to (&four, four.alice, four.bob);
  write_to (&four, four.bob, four.alice);
  four_clear (&four);
}

/* What passes at Carol's is none of what was said. */
static bool
look_for_text (
  void *data, unsigned host, uint16_t port, const HarkEndpoint *to, uint8_t *bytes, size_t len)
{
  Four *four = data;

  (void) port;
  (void) to;
  (void) host;
  g_assert_true (memmem (bytes, len, "read this", 9) == NULL);
  g_assert_true (memmem (bytes, len, four->bob->account.bytes, HARK_KEY_LEN) == NULL);
  return true;
}

static void
test_sealed (void)
{
  Four four;

  four_init (&four, 8, HARK_SIM_NAT_SYMMETRIC, HARK_SIM_NAT_SYMMETRIC, HARK_SIM_NAT_NONE, false);
  hark_sim_network_set_tap (four.world.network, look_for_text, &four);
  g_assert_true (hark_sim_befriend (four.alice, four.bob, PATIENCE));
  write_to (&four, four.alice, four.bob);
  four_clear (&four);
}

/* Bob has not accepted: Carol is asked for nothing. */
static void
test_stranger (void)
{
  Four four;
  g_autofree char *address = NULL;
  HarkRelayServerStats stats;

  four_init (&four, 9, HARK_SIM_NAT_SYMMETRIC, HARK_SIM_NAT_SYMMETRIC, HARK_SIM_NAT_NONE, false);
  hark_sim_network_set_tap (four.world.network, lose_relayed, &four);
  address = hark_sim_address (four.bob, false);
  g_assert_null (hark_sim_add (four.alice, address));
  g_assert_true (hark_sim_wait_request (four.bob, four.alice, PATIENCE));
  pass (&four, HARK_MINUTE);
  hark_relay_server_get_stats (four.carol->net->relay_server, &stats);
  g_assert_cmpuint (stats.asks + stats.channels, ==, 0);
  g_assert_cmpuint (four.heard, ==, 0);
  four_clear (&four);
}

int
main (int argc, char **argv)
{
  hark_sim_test_init (&argc, &argv);
  g_test_add_func ("/relay/symmetric-and-symmetric", test_symmetric);
  g_test_add_func ("/relay/symmetric-and-port-restricted", test_port_restricted);
  g_test_add_func ("/relay/only-who-is-willing", test_nobody);
  g_test_add_func ("/relay/the-next-takes-over", test_next_relay);
  g_test_add_func ("/relay/switched-off-and-on-again", test_off_and_on);
  g_test_add_func ("/relay/direct-pairs-cost-nobody-anything", test_direct_pairs_ask_nobody);
  g_test_add_func ("/relay/direct-as-soon-as-possible", test_direct);
  g_test_add_func ("/relay/carries-a-file-and-a-call", test_load);
  g_test_add_func ("/relay/call-goes-on-when-the-relay-dies", test_call_goes_on);
  g_test_add_func ("/relay/who-drops-is-left", test_drops);
  g_test_add_func ("/relay/tricks-change-nothing", test_tricks);
  g_test_add_func ("/relay/floods-change-nothing", test_floods);
  g_test_add_func ("/relay/sees-sealed-packets-only", test_sealed);
  g_test_add_func ("/relay/nobody-is-asked-before-acceptance", test_stranger);
  return g_test_run ();
}
