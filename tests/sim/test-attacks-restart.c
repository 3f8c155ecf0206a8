/* Restarts: signals that were recorded, forged, or sent by a contact who means harm. */
#include "net/node/link-private.h"
#include "net/node/restarts.h"
#include "tests/sim/attack.h"

#include <string.h>

static GByteArray *recorded; /* the first RESTART signal */

static bool
record (HarkAttack *attack, unsigned host, const HarkEndpoint *to, uint8_t *bytes, size_t len)
{
  uint8_t *x = hark_attack_find (bytes, len, "1:x656:");

  (void) to;
  if (x && x[0] == HARK_PACKET_SIGNAL && host == attack->alice->host && attack->count++ == 0)
    g_byte_array_append (recorded, x, HARK_KNOCK_LEN);
  return true;
}

static HarkPeer *
peer_of (HarkSimPerson *person, const HarkSimPerson *other)
{
  return g_hash_table_lookup (person->net->peers, &other->config.account);
}

static HarkLink *
link_of (HarkAttack *attack, HarkSimPerson *person)
{
  const HarkSimPerson *other = person == attack->alice ? attack->bob : attack->alice;

  return peer_of (person, other)->current;
}

static HarkTime
now_of (const HarkAttack *attack)
{
  return hark_sim_network_now (attack->network);
}

/* Alice and Bob are together, and have made their path anew once. */
static void
meet (HarkAttack *attack, uint64_t seed)
{
  hark_attack_init (attack, seed, &(HarkSimLinkConfig){.delay = 10 * HARK_MS});
  hark_attack_open (attack, attack->alice);
  hark_attack_open (attack, attack->bob);
  hark_attack_know (attack, attack->bob);
  hark_attack_know (attack, attack->alice);
  g_assert_true (hark_attack_run_until_met (attack, HARK_MINUTE));
  hark_sim_network_run (attack->network, 20 * HARK_SECOND);

  recorded = g_byte_array_new ();
  attack->tap = record;
  attack->count = 0;
  hark_node_restarts_want_better (attack->alice->net, peer_of (attack->alice, attack->bob),
                                  now_of (attack));
  hark_sim_node_flush (attack->alice->node);
  hark_sim_network_run (attack->network, 10 * HARK_SECOND);
  g_assert_cmpuint (recorded->len, ==, HARK_KNOCK_LEN);
  g_assert_cmpuint (link_of (attack, attack->bob)->restart.generation, ==, 1);
  g_assert_cmpuint (link_of (attack, attack->bob)->paths.used->generation, ==, 1);
  g_assert_cmpuint (link_of (attack, attack->alice)->paths.used->generation, ==, 1);
}

static void
attack_clear (HarkAttack *attack)
{
  g_byte_array_unref (recorded);
  hark_attack_clear (attack);
}

/* Nothing of what was sent had any effect: same session, same path, nothing begun. */
static void
check_calm (HarkAttack *attack, uint32_t path)
{
  const HarkLink *link = link_of (attack, attack->bob);

  hark_sim_network_run (attack->network, 20 * HARK_SECOND);
  g_assert_cmpint (attack->bob->state, ==, HARK_PEER_ONLINE);
  g_assert_cmpuint (attack->bob->session, ==, 1);
  g_assert_cmpuint (link->restart.generation, ==, 1);
  g_assert_cmpuint (link->paths.used->number, ==, path);
  g_assert_cmpuint (hark_attack_links (attack->bob), ==, 1);
}

static void
test_replay (void)
{
  HarkAttack attack;
  HarkEndpoint caller = {
    .family = 4, .ip = {99, 1, 2, 3},
         .port = 4000
  };
  uint32_t path;

  meet (&attack, 1);
  path = link_of (&attack, attack.bob)->paths.used->number;
  for (unsigned i = 0; i < 500; i++) {
    hark_attack_ring (&attack, attack.bob, &caller, recorded->data, recorded->len, ++attack.rings);
    hark_sim_network_run (attack.network, 20 * HARK_MS);
  }
  check_calm (&attack, path);
  attack_clear (&attack);
}

static void
test_forged (void)
{
  HarkAttack attack;
  HarkEndpoint caller = {
    .family = 4, .ip = {99, 1, 2, 3},
         .port = 4000
  };
  uint8_t packet[HARK_KNOCK_LEN];
  uint32_t path;

  meet (&attack, 2);
  path = link_of (&attack, attack.bob)->paths.used->number;
  for (size_t i = 8; i < sizeof packet; i++) {
    memcpy (packet, recorded->data, sizeof packet);
    packet[i] ^= (uint8_t) (1 + i % 255);
    hark_attack_ring (&attack, attack.bob, &caller, packet, sizeof packet, ++attack.rings);
    hark_sim_network_run (attack.network, 10 * HARK_MS);
  }
  check_calm (&attack, path);
  attack_clear (&attack);
}

/* Alice has the keys, and begins generation after generation that she never joins. */
static void
test_flood (void)
{
  HarkAttack attack;
  HarkEndpoint caller = {
    .family = 4, .ip = {99, 1, 2, 3},
         .port = 4000
  };
  HarkPathDescription local = {.ufrag = "mallorys", .password = "mallorysmallorysmallorys"};
  uint32_t generation = 1;
  HarkLink *link;

  meet (&attack, 3);
  attack.tap = NULL;
  for (unsigned i = 0; i < 1000; i++) {
    uint8_t body[HARK_LINK_RESTART_BODY_MAX], packet[HARK_KNOCK_LEN];
    size_t len;

    generation += i % 10 == 9 ? HARK_LINK_GENERATION_JUMP_MAX + 1 : 1;
    len = hark_link_restart_write (generation, &local, body);
    hark_signal_write (&link_of (&attack, attack.alice)->signal, &attack.alice->net->rng,
                       HARK_SIGNAL_RESTART, body, len, packet);
    hark_attack_ring (&attack, attack.bob, &caller, packet, sizeof packet, ++attack.rings);
    hark_sim_network_run (attack.network, 10 * HARK_MS);
  }
  link = link_of (&attack, attack.bob);
  g_assert_nonnull (link);
  /* ten seconds at two a second, and the burst; no jump too far was taken */
  g_assert_cmpuint (link->restart.generation, <, 1 + HARK_LINK_GENERATION_JUMP_MAX);
  hark_sim_network_run (attack.network, 30 * HARK_SECOND);
  g_assert_cmpint (attack.bob->state, ==, HARK_PEER_ONLINE);
  g_assert_cmpuint (attack.bob->session, ==, 1);
  g_assert_cmpuint (link->paths.used->generation, ==, 1);
  attack_clear (&attack);
}

static void
test_malformed (void)
{
  HarkAttack attack;
  HarkEndpoint caller = {
    .family = 4, .ip = {99, 1, 2, 3},
         .port = 4000
  };
  uint32_t path;

  meet (&attack, 4);
  attack.tap = NULL;
  path = link_of (&attack, attack.bob)->paths.used->number;
  for (unsigned i = 0; i < 300; i++) {
    uint8_t body[HARK_SIGNAL_BODY_MAX], packet[HARK_KNOCK_LEN];
    HarkRng *rng = hark_sim_network_rng (attack.network);

    hark_rng_bytes (rng, body, sizeof body);
    body[0] = body[1] = body[2] = 0; /* a likely generation */
    hark_signal_write (&link_of (&attack, attack.alice)->signal, &attack.alice->net->rng,
                       i % 2 ? HARK_SIGNAL_RESTART : HARK_SIGNAL_RESTARTED, body,
                       hark_rng_below (rng, sizeof body), packet);
    hark_attack_ring (&attack, attack.bob, &caller, packet, sizeof packet, ++attack.rings);
    hark_sim_network_run (attack.network, 10 * HARK_MS);
  }
  check_calm (&attack, path);
  attack_clear (&attack);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/attacks/restart/replayed-signal-does-nothing", test_replay);
  g_test_add_func ("/attacks/restart/forged-signal-does-nothing", test_forged);
  g_test_add_func ("/attacks/restart/flood-of-generations-is-bounded", test_flood);
  g_test_add_func ("/attacks/restart/malformed-body-does-nothing", test_malformed);
  return g_test_run ();
}
