/* Attacks on the way to a session: replays, reflections, rewriting, cutting, flooding. */
#include "tests/sim/attack.h"

#include <malloc.h>
#include <string.h>

#define LINK (&(HarkSimLinkConfig){.delay = 10 * HARK_MS})
#define GONE (15 * HARK_SECOND) /* then nothing of an attempt may be left */

static HarkTime
now_of (const HarkAttack *attack)
{
  return hark_sim_network_now (attack->network);
}

static HarkEndpoint
endpoint_of (const HarkSimPerson *person)
{
  return hark_sim_node_get_endpoint (person->node);
}

/* Both are contacts of each other, found by each other and online. */
static void
meet (HarkAttack *attack, uint64_t seed)
{
  hark_attack_init (attack, seed, LINK);
  hark_attack_open (attack, attack->alice);
  hark_attack_open (attack, attack->bob);
  hark_attack_know (attack, attack->bob);
  hark_sim_network_run (attack->network, 20 * HARK_SECOND);
  hark_attack_know (attack, attack->alice);
  g_assert_true (hark_attack_run_until_met (attack, HARK_MINUTE));
  hark_sim_network_run (attack->network, 10 * HARK_SECOND);
  g_assert_cmpuint (attack->knock->len, ==, HARK_KNOCK_LEN);
}

/* ---- replays --------------------------------------------------------------------- */

static void
replay (HarkAttack *attack, HarkSimPerson *to, unsigned times, HarkTime every)
{
  HarkEndpoint caller = endpoint_of (attack->alice);

  for (unsigned i = 0; i < times; i++) {
    hark_attack_ring (attack, to, &caller, attack->knock->data, attack->knock->len,
                      ++attack->rings);
    hark_sim_network_run (attack->network, every);
    g_assert_cmpuint (hark_attack_links (to), <=, 2);
  }
}

static void
test_replay (void)
{
  HarkAttack attack;
  unsigned session, online;

  meet (&attack, 1);
  session = attack.bob->session;
  online = attack.bob->times_online;
  attack.replies = 0;
  replay (&attack, attack.bob, 10000, 10 * HARK_MS);
  hark_sim_network_run (attack.network, 5 * HARK_SECOND);
  g_assert_cmpuint (attack.replies, ==, 0);
  g_assert_cmpuint (hark_attack_links (attack.bob), ==, 1);
  g_assert_cmpuint (attack.bob->session, ==, session);
  g_assert_cmpuint (attack.bob->times_online, ==, online);
  g_assert_cmpuint (attack.bob->net->rings->len, ==, 0);
  hark_attack_clear (&attack);
}

static void
test_replay_to_another (void)
{
  HarkAttack attack;
  HarkSimPerson *carol;
  HarkToken token = {"carol's address"};
  uint64_t sent;

  meet (&attack, 2);
  carol = hark_attack_add (&attack, true);
  hark_net_open_audience (carol->net, HARK_AUDIENCE_ADDRESS, &token, NULL, now_of (&attack));
  hark_sim_node_flush (carol->node);
  hark_sim_network_run (attack.network, 20 * HARK_SECOND);
  replay (&attack, carol, 1000, 10 * HARK_MS);
  g_assert_cmpuint (hark_attack_links (carol), ==, 0);
  g_assert_cmpuint (carol->net->rings->len, ==, 0);
  sent = hark_gate_get_counters (carol->net->gate)->unknown_tag;
  g_assert_cmpuint (sent, >, 0);
  g_assert_cmpint (carol->state, ==, HARK_PEER_OFFLINE);
  g_assert_false (carol->has_request);
  hark_sim_person_free (carol);
  hark_attack_clear (&attack);
}

/* A restart forgets which knocks came before: an old one may be answered, once in a flow, but
 * leads nowhere and leaves nothing. */
static void
test_replay_after_restart (void)
{
  HarkAttack attack;

  meet (&attack, 3);
  hark_sim_network_cut_host (attack.network, attack.alice->host, true);
  hark_sim_person_restart (attack.bob, &attack.bootstrap);
  hark_attack_open (&attack, attack.bob);
  hark_attack_know (&attack, attack.bob);
  attack.bob->times_online = 0;
  hark_sim_network_run (attack.network, 30 * HARK_SECOND);

  attack.replies = 0;
  replay (&attack, attack.bob, 10000, 10 * HARK_MS);
  g_assert_cmpuint (attack.replies, <=, HARK_GATE_REPEATS_MAX + 1);
  hark_net_remove_contact (attack.bob->net, &attack.alice->config.account, now_of (&attack));
  hark_sim_network_run (attack.network, 5 * HARK_SECOND);
  g_assert_cmpuint (hark_attack_links (attack.bob), ==, 0);
  g_assert_cmpuint (attack.bob->net->rings->len, ==, 0);
  g_assert_cmpuint (attack.bob->times_online, ==, 0);
  hark_attack_clear (&attack);
}

/* Old knocks of Alice, one after the other, while she herself is trying to come in. */
static void
test_replay_against_handshake (void)
{
  HarkAttack attack;
  HarkEndpoint caller;

  meet (&attack, 4);
  caller = endpoint_of (attack.alice);
  hark_sim_person_restart (attack.bob, &attack.bootstrap);
  hark_attack_open (&attack, attack.bob);
  hark_attack_know (&attack, attack.bob);
  for (unsigned i = 0; i < 600 && attack.bob->state != HARK_PEER_ONLINE; i++) {
    if (attack.bob->net->links->len > 0)
      hark_attack_ring (&attack, attack.bob, &caller, attack.knock->data, attack.knock->len,
                        ++attack.rings);
    hark_sim_network_run (attack.network, 100 * HARK_MS);
  }
  g_assert_true (hark_attack_run_until_met (&attack, 10 * HARK_SECOND));
  hark_attack_clear (&attack);
}

/* A knock from before, while the handshake of a newer one is on its way: whoever recorded it must
 * not be able to end that. */
static void
test_replay_into_handshake (void)
{
  HarkAttack attack;
  HarkEndpoint caller;
  const HarkPeer *peer;

  hark_attack_init (&attack, 14, LINK);
  hark_attack_open (&attack, attack.bob); /* Alice can find him, he cannot find her */
  hark_attack_know (&attack, attack.bob);
  hark_sim_network_run (attack.network, 20 * HARK_SECOND);
  hark_attack_know (&attack, attack.alice);
  g_assert_true (hark_attack_run_until_met (&attack, HARK_MINUTE));
  g_assert_cmpuint (attack.knock->len, ==, HARK_KNOCK_LEN);
  caller = endpoint_of (attack.alice);
  hark_net_remove_contact (attack.alice->net, &attack.bob->config.account, now_of (&attack));
  hark_sim_node_flush (attack.alice->node);
  hark_sim_network_run (attack.network, 11 * HARK_MINUTE);
  g_assert_cmpint (attack.bob->state, !=, HARK_PEER_ONLINE);
  attack.bob->times_online = 0;
  hark_attack_know (&attack, attack.alice);
  for (unsigned i = 0; i < 5000 && attack.rings == 0; i++) {
    hark_sim_network_run (attack.network, HARK_MS);
    peer = g_hash_table_lookup (attack.bob->net->peers, &attack.alice->config.account);
    if (peer && peer->incoming && hark_link_get_state (peer->incoming) == HARK_LINK_JOINING)
      hark_attack_ring (&attack, attack.bob, &caller, attack.knock->data, attack.knock->len,
                        ++attack.rings);
  }
  g_assert_cmpuint (attack.rings, ==, 1);
  g_assert_true (hark_attack_run_until_met (&attack, HARK_SECOND));
  hark_sim_network_run (attack.network, GONE);
  g_assert_cmpuint (hark_attack_links (attack.bob), ==, 1);
  g_assert_cmpuint (attack.bob->times_online, ==, 1);
  hark_attack_clear (&attack);
}

/* ---- reflection ------------------------------------------------------------------ */

static bool
reflect (HarkAttack *attack, unsigned host, const HarkEndpoint *to, uint8_t *bytes, size_t len)
{
  HarkEndpoint back = {0};

  if (host != attack->bob->host && host != attack->alice->host)
    return true;
  back = endpoint_of (host == attack->bob->host ? attack->bob : attack->alice);
  hark_sim_network_forge (attack->network, to, &back, bytes, len);
  return true;
}

static void
test_reflection (void)
{
  HarkAttack attack;

  hark_attack_init (&attack, 5, LINK);
  attack.tap = reflect;
  hark_attack_open (&attack, attack.alice);
  hark_attack_open (&attack, attack.bob);
  hark_attack_know (&attack, attack.bob);
  hark_attack_know (&attack, attack.alice);
  g_assert_true (hark_attack_run_until_met (&attack, HARK_MINUTE));
  hark_sim_network_run (attack.network, HARK_MINUTE);
  g_assert_cmpint (attack.bob->state, ==, HARK_PEER_ONLINE);
  g_assert_cmpuint (hark_attack_links (attack.bob), ==, 1);
  g_assert_cmpuint (hark_attack_links (attack.alice), ==, 1);
  g_assert_true (hark_key_equal (&attack.bob->peer, &attack.alice->config.account));
  hark_attack_clear (&attack);
}

/* Our own account as a contact, our own knock at our own door. */
static void
test_self (void)
{
  HarkAttack attack;
  HarkNetContact self = {.has_pairwise = true};
  HarkEndpoint caller;

  meet (&attack, 6);
  self.account = attack.alice->config.account;
  self.reach = attack.reach[0];
  self.pairwise = attack.pairwise;
  caller = endpoint_of (attack.alice);
  hark_net_set_contact (attack.alice->net, &self, now_of (&attack));
  hark_sim_node_flush (attack.alice->node);
  for (unsigned i = 0; i < 20; i++)
    hark_attack_ring (&attack, attack.alice, &caller, attack.knock->data, attack.knock->len,
                      ++attack.rings);
  hark_sim_network_run (attack.network, HARK_MINUTE);
  g_assert_cmpuint (hark_attack_links (attack.alice), ==, 1);
  hark_attack_clear (&attack);
}

/* ---- rewriting ------------------------------------------------------------------- */

typedef struct {
  uint8_t type;
  size_t at;
  uint8_t mask;
} Rewrite;

static Rewrite rewriting; /* what the tap does now */

static bool
rewrite (HarkAttack *attack, unsigned host, const HarkEndpoint *to, uint8_t *bytes, size_t len)
{
  uint8_t *x = hark_attack_find (bytes, len, "1:x656:");

  (void) to;
  if (x && x[0] == rewriting.type && (host == attack->alice->host || host == attack->bob->host)) {
    x[rewriting.at] ^= rewriting.mask;
    attack->count++;
  }
  return true;
}

static void
check_rewrite (HarkAttack *attack, Rewrite what)
{
  rewriting = what;
  attack->count = 0;
  attack->tap = rewrite;
  hark_attack_know (attack, attack->alice);
  hark_attack_know (attack, attack->bob);
  hark_sim_network_run (attack->network, 8 * HARK_SECOND);
  g_assert_cmpuint (attack->count, >, 0);
  g_assert_cmpint (attack->alice->state, !=, HARK_PEER_ONLINE);
  g_assert_cmpint (attack->bob->state, !=, HARK_PEER_ONLINE);

  attack->tap = NULL;
  hark_net_remove_contact (attack->alice->net, &attack->bob->config.account, now_of (attack));
  hark_net_remove_contact (attack->bob->net, &attack->alice->config.account, now_of (attack));
  hark_sim_network_run (attack->network, GONE);
  g_assert_cmpuint (hark_attack_links (attack->alice), ==, 0);
  g_assert_cmpuint (hark_attack_links (attack->bob), ==, 0);
}

static void
test_rewriting (void)
{
  HarkAttack attack;

  hark_attack_init (&attack, 7, LINK);
  hark_attack_open (&attack, attack.alice);
  hark_attack_open (&attack, attack.bob);
  hark_sim_network_run (attack.network, 20 * HARK_SECOND);
  for (size_t at = 0; at < HARK_KNOCK_AT_NOISE; at++)
    check_rewrite (&attack, (Rewrite){HARK_PACKET_KNOCK, at, 0x55});
  check_rewrite (&attack, (Rewrite){HARK_PACKET_KNOCK, 3, 0x01}); /* AES is not offered */
  check_rewrite (&attack, (Rewrite){HARK_PACKET_KNOCK, HARK_KNOCK_AT_NOISE + 100, 0x01});
  for (size_t at = 0; at < 8; at++)
    check_rewrite (&attack, (Rewrite){HARK_PACKET_ANSWER, at, 0x55});
  check_rewrite (&attack, (Rewrite){HARK_PACKET_ANSWER, 300, 0x01});

  /* left alone, they meet */
  hark_attack_know (&attack, attack.alice);
  hark_attack_know (&attack, attack.bob);
  g_assert_true (hark_attack_run_until_met (&attack, HARK_MINUTE));
  hark_attack_clear (&attack);
}

/* ---- invites --------------------------------------------------------------------- */

static bool
count_from_bob (
  HarkAttack *attack, unsigned host, const HarkEndpoint *to, uint8_t *bytes, size_t len)
{
  HarkEndpoint alice = endpoint_of (attack->alice);

  (void) bytes;
  (void) len;
  if (host == attack->bob->host && hark_endpoint_same_ip (to, &alice))
    attack->count++;
  return true;
}

/* An address or invite that is closed: whoever comes with it meets silence. */
static void
test_revoked (void)
{
  HarkAttack attack;
  HarkToken invite = {"for one person"};

  hark_attack_init (&attack, 8, LINK);
  hark_net_open_audience (attack.bob->net, HARK_AUDIENCE_INVITE, &invite, NULL, now_of (&attack));
  hark_sim_node_flush (attack.bob->node);
  hark_sim_network_run (attack.network, 20 * HARK_SECOND);
  hark_sim_people_ask (attack.alice, attack.bob, &invite);
  hark_sim_network_run (attack.network, 10 * HARK_SECOND);
  g_assert_true (attack.bob->has_request);
  g_assert_cmpuint (attack.knock->len, ==, HARK_KNOCK_LEN);

  hark_net_close_audience (attack.bob->net, &invite, now_of (&attack));
  hark_sim_node_flush (attack.bob->node);
  attack.bob->has_request = false;
  attack.replies = attack.count = 0;
  attack.tap = count_from_bob;
  replay (&attack, attack.bob, 500, 20 * HARK_MS);
  hark_net_try_now (attack.alice->net, &attack.bob->config.account, now_of (&attack));
  hark_sim_node_flush (attack.alice->node);
  hark_sim_network_run (attack.network, 5 * HARK_MINUTE);
  g_assert_false (attack.bob->has_request);
  g_assert_cmpuint (attack.replies, ==, 0);
  g_assert_cmpuint (attack.count, ==, 0);
  g_assert_cmpuint (hark_attack_links (attack.bob), ==, 0);
  hark_attack_clear (&attack);
}

/* ---- both at once ---------------------------------------------------------------- */

static const uint8_t *
session_of (const HarkSimPerson *person)
{
  GHashTableIter iter;
  gpointer value;

  g_hash_table_iter_init (&iter, person->net->peers);
  g_assert_true (g_hash_table_iter_next (&iter, NULL, &value));
  g_assert_nonnull (((HarkPeer *) value)->current);
  return hark_link_get_handshake_hash (((HarkPeer *) value)->current);
}

static void
open_at_once (HarkAttack *attack, unsigned run)
{
  HarkRng *rng = hark_sim_network_rng (attack->network);
  HarkTime delay = hark_rng_below (rng, 401) * HARK_MS;
  bool alice_first = run % 2 == 0;

  hark_attack_know (attack, alice_first ? attack->alice : attack->bob);
  hark_sim_network_run (attack->network, delay);
  hark_attack_know (attack, alice_first ? attack->bob : attack->alice);
  g_assert_true (hark_attack_run_until_met (attack, HARK_MINUTE));
  hark_sim_network_run (attack->network, GONE);
  g_assert_cmpuint (hark_attack_links (attack->alice), ==, 1);
  g_assert_cmpuint (hark_attack_links (attack->bob), ==, 1);
  g_assert_true (memcmp (session_of (attack->alice), session_of (attack->bob), 64) == 0);
  g_assert_true (attack->alice->state == HARK_PEER_ONLINE
                 && attack->bob->state == HARK_PEER_ONLINE);

  hark_net_remove_contact (attack->alice->net, &attack->bob->config.account, now_of (attack));
  hark_net_remove_contact (attack->bob->net, &attack->alice->config.account, now_of (attack));
  hark_sim_node_flush (attack->alice->node);
  hark_sim_node_flush (attack->bob->node);
  hark_sim_network_run (attack->network, 3 * HARK_SECOND);
  attack->alice->state = attack->bob->state = HARK_PEER_OFFLINE;
}

static void
test_simultaneous (void)
{
  HarkAttack attack;

  for (unsigned world = 0; world < 8; world++) {
    hark_attack_init (&attack, 900 + world, LINK);
    for (int i = 0; i < 2; i++) {
      HarkSimPerson *person = i ? attack.alice : attack.bob;
      HarkSimLinkConfig link = {.delay = (5 + 25 * world) * HARK_MS, .jitter = 20 * HARK_MS};

      hark_sim_network_set_host_link (attack.network, person->host, &link, &link);
      hark_attack_open (&attack, person);
    }
    hark_sim_network_run (attack.network, 20 * HARK_SECOND);
    for (unsigned run = 0; run < 25; run++)
      open_at_once (&attack, run);
    hark_attack_clear (&attack);
  }
}

/* ---- floods ---------------------------------------------------------------------- */

static void
test_garbage_flood (void)
{
  HarkAttack attack;
  HarkEndpoint caller = {
    .family = 4, .ip = {198, 51, 100, 1},
         .port = 4000
  };
  uint8_t x[HARK_KNOCK_LEN] = {HARK_PACKET_KNOCK, HARK_PACKET_VERSION};
  size_t before, after;

  hark_attack_init (&attack, 10, LINK);
  hark_sim_network_run (attack.network, 20 * HARK_SECOND);
  before = mallinfo2 ().uordblks;
  for (unsigned i = 0; i < 50000; i++) {
    hark_rng_bytes (hark_sim_network_rng (attack.network), x + 2, sizeof x - 2);
    caller.ip[2] = (uint8_t) (i >> 8);
    caller.ip[3] = (uint8_t) i;
    hark_attack_ring (&attack, attack.bob, &caller, x, sizeof x, i);
    if (i % 500 == 0)
      hark_sim_network_run (attack.network, 10 * HARK_MS);
  }
  hark_sim_network_run (attack.network, 6 * HARK_SECOND);
  after = mallinfo2 ().uordblks;
  g_assert_cmpuint (attack.replies, ==, 0);
  g_assert_cmpuint (hark_gate_get_counters (attack.bob->net->gate)->passed, ==, 0);
  g_assert_cmpuint (hark_attack_links (attack.bob), ==, 0);
  g_assert_cmpuint (after, <, before + (1 << 20));
  hark_attack_clear (&attack);
}

/* One contact point rings and rings; what comes through the others is heard all the same. */
static void
test_ringing_point (void)
{
  HarkAttack attack;
  HarkEndpoint caller = {
    .family = 4, .ip = {198, 51, 100, 1},
         .port = 4000
  };
  uint8_t x[HARK_KNOCK_LEN] = {HARK_PACKET_KNOCK, HARK_PACKET_VERSION};

  hark_attack_init (&attack, 15, LINK);
  hark_attack_open (&attack, attack.bob);
  hark_attack_know (&attack, attack.bob);
  hark_sim_network_run (attack.network, 20 * HARK_SECOND);
  for (unsigned i = 0; i < 3000 && attack.bob->state != HARK_PEER_ONLINE; i++) {
    hark_attack_ring (&attack, attack.bob, &caller, x, sizeof x, ++attack.rings);
    if (i == 300)
      hark_attack_know (&attack, attack.alice);
    hark_sim_network_run (attack.network, 10 * HARK_MS);
  }
  g_assert_cmpint (attack.bob->state, ==, HARK_PEER_ONLINE);
  g_assert_cmpuint (attack.rings, <, 600); /* within three seconds */
  hark_attack_clear (&attack);
}

/* Whoever holds the public address makes knocks that have to be computed. */
static void
test_request_flood (void)
{
  HarkAttack attack;
  HarkEndpoint caller = {
    .family = 4, .ip = {198, 51, 100, 1},
         .port = 4000
  };
  HarkKnockRequest request = {.name = "Mallory", .text = "Hello"};
  HarkKnockTarget target = {.secret_len = 16, .purpose = HARK_KNOCK_REQUEST, .request = &request};
  const HarkGateCounters *counters;
  HarkSimPerson *mallory;

  hark_attack_init (&attack, 11, LINK);
  mallory = hark_attack_add (&attack, true);
  hark_sim_network_run (attack.network, 20 * HARK_SECOND);
  target.account = attack.bob->config.account;
  target.device = attack.bob->config.device;
  target.secret = attack.token.bytes;
  target.day = attack.bob->net->day;
  request.made_ms = (int64_t) target.day * 86400000;
  for (unsigned i = 0; i < 2000; i++) {
    HarkKnock knock;

    g_assert_true (hark_knock_init (&knock, &mallory->net->link_context.self, &target,
                                    hark_sim_network_rng (attack.network)));
    caller.ip[2] = (uint8_t) i;
    hark_attack_ring (&attack, attack.bob, &caller, knock.packet, sizeof knock.packet, i);
    hark_knock_clear (&knock);
    hark_sim_network_run (attack.network, 2 * HARK_MS);
  }
  hark_sim_network_run (attack.network, 6 * HARK_SECOND);
  counters = hark_gate_get_counters (attack.bob->net->gate);
  g_assert_true (attack.bob->has_request);
  g_assert_cmpuint (counters->passed, <=, 5 * HARK_GATE_DH_RATE);
  g_assert_cmpuint (hark_attack_links (attack.bob), ==, 0);
  g_assert_cmpuint (attack.bob->net->queue.events.length, ==, 0);
  hark_sim_person_free (mallory);
  hark_attack_clear (&attack);
}

/* ---- half open ------------------------------------------------------------------- */

static bool
cut_after (HarkAttack *attack, unsigned host, const HarkEndpoint *to, uint8_t *bytes, size_t len)
{
  (void) to;
  (void) bytes;
  (void) len;
  if (host != attack->marked.port)
    return true;
  if (attack->count == 0)
    return false;
  attack->count--;
  return true;
}

/* @vanishes is heard no more after its @k-th packet since the start; what the other one holds of it
 * is gone soon. Returns whether they met before. */
static bool
vanish (HarkAttack *attack, bool alice_vanishes, uint64_t k)
{
  HarkSimPerson *gone = alice_vanishes ? attack->alice : attack->bob;
  HarkSimPerson *left = alice_vanishes ? attack->bob : attack->alice;
  bool met;

  attack->count = k;
  attack->marked.port = (uint16_t) gone->host;
  hark_attack_know (attack, attack->bob);
  hark_attack_know (attack, attack->alice);
  attack->tap = cut_after;
  met = hark_attack_run_until_met (attack, 4 * HARK_SECOND);
  /* nobody tries again: what is left is the attempt itself */
  hark_net_remove_contact (gone->net, &left->config.account, now_of (attack));
  hark_sim_node_flush (gone->node);
  hark_sim_network_run (attack->network, GONE);
  hark_net_remove_contact (left->net, &gone->config.account, now_of (attack));
  hark_sim_node_flush (left->node);
  attack->tap = NULL;
  hark_sim_network_run (attack->network, GONE);
  g_assert_cmpuint (hark_attack_links (left), ==, 0);
  g_assert_cmpuint (hark_attack_links (gone), ==, 0);
  g_assert_cmpuint (left->net->rings->len, ==, 0);
  g_assert_cmpuint (left->net->rounds->len, ==, 0);
  attack->alice->state = attack->bob->state = HARK_PEER_OFFLINE;
  return met;
}

static void
check_vanishing (bool alice_vanishes)
{
  HarkAttack attack;
  bool met = false;

  hark_attack_init (&attack, 12, LINK);
  hark_attack_open (&attack, attack.alice);
  hark_attack_open (&attack, attack.bob);
  hark_sim_network_run (attack.network, 20 * HARK_SECOND);
  for (uint64_t k = 0; k < 120 && !met; k++)
    met = vanish (&attack, alice_vanishes, k);
  g_assert_true (met);
  hark_attack_clear (&attack);
}

static void
test_caller_vanishes (void)
{
  check_vanishing (true);
}

static void
test_callee_vanishes (void)
{
  check_vanishing (false);
}

/* The callee of a first contact has no address to try by itself: all it holds is the attempt. */
static void
test_half_open_goes (void)
{
  HarkAttack attack;

  hark_attack_init (&attack, 13, LINK);
  hark_sim_network_run (attack.network, 20 * HARK_SECOND);
  hark_sim_people_ask (attack.alice, attack.bob, &attack.token);
  hark_sim_network_run (attack.network, 10 * HARK_SECOND);
  g_assert_true (attack.bob->has_request);
  for (uint64_t k = 0; k < 60; k++) {
    attack.count = k;
    attack.marked.port = (uint16_t) attack.bob->host;
    attack.tap = cut_after;
    hark_sim_people_accept (attack.bob);
    if (hark_attack_run_until_met (&attack, 3 * HARK_SECOND))
      break;
    hark_sim_network_run (attack.network, GONE);
    g_assert_cmpuint (hark_attack_links (attack.alice), ==, 0);
    g_assert_cmpuint (attack.alice->net->rings->len, ==, 0);
    attack.tap = NULL;
    hark_net_remove_contact (attack.bob->net, &attack.alice->config.account, now_of (&attack));
    hark_sim_node_flush (attack.bob->node);
    hark_sim_network_run (attack.network, GONE);
    attack.alice->state = attack.bob->state = HARK_PEER_OFFLINE;
  }
  g_assert_cmpint (attack.alice->state, ==, HARK_PEER_ONLINE);
  hark_attack_clear (&attack);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/attacks/replay/does-nothing", test_replay);
  g_test_add_func ("/attacks/replay/to-another-does-nothing", test_replay_to_another);
  g_test_add_func ("/attacks/replay/after-restart-leaves-nothing", test_replay_after_restart);
  g_test_add_func ("/attacks/replay/cannot-keep-a-contact-out", test_replay_against_handshake);
  g_test_add_func ("/attacks/replay/cannot-end-a-newer-handshake", test_replay_into_handshake);
  g_test_add_func ("/attacks/reflection/does-no-harm", test_reflection);
  g_test_add_func ("/attacks/self/is-no-contact", test_self);
  g_test_add_func ("/attacks/rewriting/fails-the-handshake", test_rewriting);
  g_test_add_func ("/attacks/invite/revoked-meets-silence", test_revoked);
  g_test_add_func ("/attacks/simultaneous/leaves-one-session", test_simultaneous);
  g_test_add_func ("/attacks/flood/garbage-costs-nothing", test_garbage_flood);
  g_test_add_func ("/attacks/flood/one-point-cannot-drown-others", test_ringing_point);
  g_test_add_func ("/attacks/flood/requests-are-bounded", test_request_flood);
  g_test_add_func ("/attacks/vanishing/caller-leaves-nothing", test_caller_vanishes);
  g_test_add_func ("/attacks/vanishing/callee-leaves-nothing", test_callee_vanishes);
  g_test_add_func ("/attacks/vanishing/first-contact-leaves-nothing", test_half_open_goes);
  return g_test_run ();
}
