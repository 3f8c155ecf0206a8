/* Attacks on where packets go: a path follows its peer, and nobody else. */
#include "tests/sim/attack.h"

#include <string.h>

#define LINK (&(HarkSimLinkConfig){.delay = 10 * HARK_MS})
#define TAKEN_OVER (6 * HARK_SECOND)
#define STEP (20 * HARK_MS)
#define STEPS 200

/* What Alice sent to Bob over their path, newest last. */
typedef struct {
  GPtrArray *packets; /* GBytes */
  HarkEndpoint bob;   /* his end of the path */
  bool lose;          /* and does not arrive */
} Spool;

static Spool spool;

static bool
is_path_packet (const uint8_t *bytes, size_t len)
{
  return len > 20 && bytes[0] >= 0x40 && bytes[0] != 'd';
}

static bool
take_packets (HarkAttack *attack, unsigned host, const HarkEndpoint *to, uint8_t *bytes, size_t len)
{
  if (host != attack->alice->host || !hark_endpoint_same_ip (to, &spool.bob)
      || !is_path_packet (bytes, len))
    return true;
  g_ptr_array_add (spool.packets, g_bytes_new (bytes, len));
  spool.bob = *to;
  return !spool.lose;
}

static void
set_up (HarkAttack *attack)
{
  hark_attack_init (attack, 23, LINK);
  hark_attack_open (attack, attack->bob);
  hark_attack_know (attack, attack->bob);
  hark_sim_network_run (attack->network, 20 * HARK_SECOND);
  hark_attack_know (attack, attack->alice);
  g_assert_true (hark_attack_run_until_met (attack, HARK_MINUTE));
  hark_sim_network_run (attack->network, TAKEN_OVER);
  spool = (Spool){.packets = g_ptr_array_new_with_free_func ((GDestroyNotify) g_bytes_unref),
                  .bob = hark_sim_node_get_endpoint (attack->bob->node)};
  attack->tap = take_packets;
}

static void
tear_down (HarkAttack *attack)
{
  g_ptr_array_unref (spool.packets);
  hark_attack_clear (attack);
}

static void
forge (HarkAttack *attack, const HarkEndpoint *from, GBytes *packet)
{
  size_t len;
  const uint8_t *bytes = g_bytes_get_data (packet, &len);

  hark_sim_network_forge (attack->network, from, &spool.bob, bytes, len);
}

static HarkEndpoint
elsewhere (HarkAttack *attack)
{
  HarkEndpoint endpoint = hark_sim_network_get_address (
    attack->network, hark_sim_network_add_host (attack->network, 0));

  endpoint.port = 4000;
  return endpoint;
}

/* The port may be another one: a path that carries badly is made anew between the same two. */
static void
assert_unmoved (const HarkSimPerson *person, const HarkEndpoint *remote, uint32_t session)
{
  g_assert_true (hark_endpoint_same_ip (&person->path.remote, remote));
  g_assert_cmpuint (person->session, ==, session);
  g_assert_cmpint (person->state, ==, HARK_PEER_ONLINE);
}

/* Old packets again, and new ones with a flipped bit, from somewhere else, while the true ones
 * pause: nothing moves. */
static void
test_replayed_and_forged (void)
{
  HarkEndpoint from, remote;
  HarkAttack attack;
  uint32_t session;

  set_up (&attack);
  from = elsewhere (&attack);
  remote = attack.bob->path.remote;
  session = attack.bob->session;
  for (int i = 0; i < 10; i++) {
    g_assert_true (hark_sim_person_say (attack.alice, "hello", 5));
    hark_sim_network_run (attack.network, 100 * HARK_MS);
  }
  g_assert_cmpuint (spool.packets->len, >, 5);
  for (int i = 0; i < STEPS; i++) {
    GBytes *packet = g_ptr_array_index (spool.packets, (guint) i % spool.packets->len);
    gsize len;
    const uint8_t *bytes = g_bytes_get_data (packet, &len);
    g_autofree uint8_t *changed = g_memdup2 (bytes, len);
    g_autoptr (GBytes) flipped = NULL;

    changed[(size_t) i % len] ^= 0x04;
    flipped = g_bytes_new (changed, len);
    forge (&attack, &from, packet);
    forge (&attack, &from, flipped);
    hark_sim_network_run (attack.network, STEP);
  }
  assert_unmoved (attack.bob, &remote, session);
  tear_down (&attack);
}

/* Somebody on the way keeps Alice's packets and sends them himself, from a place that is not hers:
 * each is authentic and new, but that place answers no check. Afterwards all is as before. */
static void
test_diverted (void)
{
  HarkEndpoint from, remote;
  HarkAttack attack;
  uint32_t session;
  guint done = 0;

  set_up (&attack);
  from = elsewhere (&attack);
  remote = attack.bob->path.remote;
  session = attack.bob->session;
  spool.lose = true;
  for (int i = 0; i < STEPS; i++) {
    if (i % 10 == 0)
      g_assert_true (hark_sim_person_say (attack.alice, "hello", 5));
    hark_sim_network_run (attack.network, STEP);
    g_assert_true (hark_endpoint_same_ip (&attack.bob->path.remote, &remote));
    for (; done < spool.packets->len; done++)
      forge (&attack, &from, g_ptr_array_index (spool.packets, done));
  }
  g_assert_cmpuint (done, >, 20);
  spool.lose = false;
  g_byte_array_set_size (attack.bob->received, 0);
  g_assert_true (hark_sim_person_say (attack.alice, "there", 5));
  hark_sim_network_run (attack.network, 5 * HARK_SECOND);
  g_assert_cmpuint (attack.bob->received->len, >=, 5);
  assert_unmoved (attack.bob, &remote, session);
  tear_down (&attack);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/attacks/moving/replayed-and-forged-packets-move-nothing",
                   test_replayed_and_forged);
  g_test_add_func ("/attacks/moving/diverted-packets-move-nothing", test_diverted);
  return g_test_run ();
}
