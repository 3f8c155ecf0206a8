/* Whole nodes: two people in two homes who know an address and one DHT node find each other and
 * stay together. */
#include "net/node/link-private.h"
#include "net/node/node-private.h"
#include "tests/sim/people.h"

#include <sodium.h>
#include <string.h>

#define DHT_NODES 6

typedef struct {
  HarkSimNetwork *network;
  HarkSimPerson *dht[DHT_NODES];
  HarkEndpoint bootstrap;
  unsigned site[2];
  HarkSimPerson *alice, *bob;
  HarkToken token; /* of Bob's address */
} World;

static void
world_init (World *world,
            uint64_t seed,
            HarkSimNatKind nat_a,
            HarkSimNatKind nat_b,
            const HarkSimLinkConfig *link)
{
  unsigned host[2];

  *world = (World){.network = hark_sim_network_new (seed)};
  for (int i = 0; i < DHT_NODES; i++) {
    unsigned number = hark_sim_network_add_host (world->network, 0);

    hark_sim_network_set_host_link (world->network, number, link, link);
    world->dht[i]
      = hark_sim_person_new (world->network, number, false, i ? &world->bootstrap : NULL);
    if (i == 0)
      world->bootstrap = hark_sim_node_get_endpoint (world->dht[0]->node);
  }
  hark_sim_network_run (world->network, 30 * HARK_SECOND);

  for (int i = 0; i < 2; i++) {
    world->site[i] = hark_sim_network_add_site (world->network, i ? nat_b : nat_a);
    host[i] = hark_sim_network_add_host (world->network, world->site[i]);
    hark_sim_network_set_host_link (world->network, host[i], link, link);
  }
  world->alice = hark_sim_person_new (world->network, host[0], true, &world->bootstrap);
  world->bob = hark_sim_person_new (world->network, host[1], true, &world->bootstrap);
  hark_rng_bytes (hark_sim_network_rng (world->network), world->token.bytes,
                  sizeof world->token.bytes);
  hark_net_open_audience (world->bob->net, HARK_AUDIENCE_ADDRESS, &world->token, NULL,
                          hark_sim_network_now (world->network));
  hark_sim_node_flush (world->bob->node);
}

static void
world_clear (World *world)
{
  hark_sim_person_free (world->alice);
  hark_sim_person_free (world->bob);
  for (int i = 0; i < DHT_NODES; i++)
    hark_sim_person_free (world->dht[i]);
  hark_sim_network_free (world->network);
}

static bool
has_request (void *data)
{
  return ((World *) data)->bob->has_request;
}

static bool
both_online (void *data)
{
  const World *world = data;

  return world->alice->state == HARK_PEER_ONLINE && world->bob->state == HARK_PEER_ONLINE;
}

static bool
both_apart (void *data)
{
  const World *world = data;

  return world->alice->state != HARK_PEER_ONLINE && world->bob->state != HARK_PEER_ONLINE;
}

static bool
both_heard (void *data)
{
  const World *world = data;

  return world->alice->received->len == 5 && world->bob->received->len == 5;
}

/* From strangers to a session, within @patience each. */
static bool
meet (World *world, HarkTime patience)
{
  hark_sim_people_ask (world->alice, world->bob, &world->token);
  if (!hark_sim_network_run_until (world->network, patience, has_request, world))
    return false;
  hark_sim_people_accept (world->bob);
  return hark_sim_network_run_until (world->network, patience, both_online, world);
}

static void
talk (World *world)
{
  g_byte_array_set_size (world->alice->received, 0);
  g_byte_array_set_size (world->bob->received, 0);
  g_assert_true (hark_sim_person_say (world->alice, "hello", 5));
  g_assert_true (hark_sim_person_say (world->bob, "there", 5));
  g_assert_true (hark_sim_network_run_until (world->network, 30 * HARK_SECOND, both_heard, world));
  g_assert_true (memcmp (world->bob->received->data, "hello", 5) == 0);
  g_assert_true (memcmp (world->alice->received->data, "there", 5) == 0);
}

static void
test_meet (void)
{
  World world;

  world_init (&world, 1, HARK_SIM_NAT_PORT_RESTRICTED, HARK_SIM_NAT_PORT_RESTRICTED,
              &(HarkSimLinkConfig){.delay = 12 * HARK_MS});
  g_assert_true (meet (&world, 2 * HARK_MINUTE));
  g_assert_true (hark_key_equal (&world.bob->request_from, &world.alice->config.account));
  g_assert_cmpstr (world.bob->request.text, ==, "It is me.");
  g_assert_true (hark_key_equal (&world.alice->peer, &world.bob->config.account));
  g_assert_cmpint (world.alice->initiator, !=, world.bob->initiator);
  g_assert_cmpint (world.alice->path.route, ==, HARK_ROUTE_DIRECT);
  talk (&world);
  world_clear (&world);
}

/* No STUN server answers: what asks one is through with that after half a second. */
static bool
lose_stun (
  void *data, unsigned host, uint16_t port, const HarkEndpoint *to, uint8_t *bytes, size_t len)
{
  (void) data;
  (void) host;
  (void) port;
  (void) to;
  return len != 20 || bytes[0] != 0 || bytes[1] != 1; /* a Binding request without attributes */
}

static const HarkLink *
link_of (const HarkSimPerson *person)
{
  g_assert_cmpuint (person->net->links->len, ==, 1);
  return person->net->links->pdata[0];
}

static bool
is_told_all (const HarkSimPerson *person)
{
  return hark_link_get_first ((HarkLink *) link_of (person))->remote_complete;
}

static bool
both_told_all (void *data)
{
  const World *world = data;

  return is_told_all (world->alice) && is_told_all (world->bob);
}

/* A session that is up before either end is through with looking: each hears when the other is, for
 * a path is watched for better candidates until then. */
static void
test_last_candidates (void)
{
  World world;

  world_init (&world, 15, HARK_SIM_NAT_NONE, HARK_SIM_NAT_NONE,
              &(HarkSimLinkConfig){.delay = 5 * HARK_MS});
  hark_sim_network_set_tap (world.network, lose_stun, NULL);
  g_assert_true (meet (&world, 2 * HARK_MINUTE));
  g_assert_false (is_told_all (world.alice));
  g_assert_false (is_told_all (world.bob));
  g_assert_true (
    hark_sim_network_run_until (world.network, 3 * HARK_SECOND, both_told_all, &world));
  hark_sim_network_run (world.network, HARK_SECOND);
  /* enough was said */
  g_assert_cmpuint (link_of (world.alice)->next_confirm, ==, HARK_TIME_NEVER);
  g_assert_cmpuint (link_of (world.bob)->next_confirm, ==, HARK_TIME_NEVER);
  world_clear (&world);
}

static void
test_nats (void)
{
  for (HarkSimNatKind a = HARK_SIM_NAT_NONE; a <= HARK_SIM_NAT_SYMMETRIC; a++)
    for (HarkSimNatKind b = HARK_SIM_NAT_NONE; b <= HARK_SIM_NAT_RESTRICTED; b++) {
      World world;

      world_init (&world, 2, a, b, &(HarkSimLinkConfig){.delay = 5 * HARK_MS});
      g_assert_true (meet (&world, 2 * HARK_MINUTE));
      talk (&world);
      world_clear (&world);
    }
}

static void
test_loss (void)
{
  static const double losses[] = {0.05, 0.1, 0.2, 0.3, 0.5};

  for (size_t i = 0; i < G_N_ELEMENTS (losses); i++) {
    World world;
    double one_link = losses[i] / 2; /* every way has two links */

    world_init (&world, 3 + i, HARK_SIM_NAT_PORT_RESTRICTED, HARK_SIM_NAT_FULL_CONE,
                &(HarkSimLinkConfig){.delay = 10 * HARK_MS, .loss = one_link});
    g_assert_true (meet (&world, 10 * HARK_MINUTE));
    talk (&world);
    world_clear (&world);
  }
}

/* Everything is lost for @outage beyond the moment both have noticed. */
static void
check_outage (HarkTime outage)
{
  World world;
  static uint8_t bytes[200000];

  world_init (&world, 4, HARK_SIM_NAT_PORT_RESTRICTED, HARK_SIM_NAT_PORT_RESTRICTED,
              &(HarkSimLinkConfig){.delay = 10 * HARK_MS});
  g_assert_true (meet (&world, 2 * HARK_MINUTE));

  hark_sim_network_cut_site (world.network, world.site[0], true);
  g_assert_true (hark_sim_network_run_until (world.network, 2 * HARK_MINUTE, both_apart, &world));
  hark_sim_network_run (world.network, outage);
  hark_sim_network_cut_site (world.network, world.site[0], false);
  g_assert_true (hark_sim_network_run_until (world.network, 10 * HARK_MINUTE, both_online, &world));
  talk (&world);

  g_byte_array_set_size (world.bob->received, 0);
  hark_rng_bytes (hark_sim_network_rng (world.network), bytes, sizeof bytes);
  g_assert_true (hark_sim_person_say (world.alice, bytes, sizeof bytes));
  hark_sim_network_run (world.network, HARK_MINUTE);
  g_assert_cmpuint (world.bob->received->len, ==, sizeof bytes);
  g_assert_true (memcmp (world.bob->received->data, bytes, sizeof bytes) == 0);
  world_clear (&world);
}

static void
test_short_outage (void)
{
  check_outage (HARK_SECOND);
}

static void
test_long_outage (void)
{
  check_outage (5 * HARK_MINUTE);
}

static void
know (HarkSimPerson *person, const HarkSimPerson *other, const HarkToken *reach)
{
  HarkNetContact contact
    = {.account = other->config.account, .reach = *reach, .has_pairwise = true};

  hark_net_set_contact (person->net, &contact, hark_sim_network_now (person->network));
  hark_sim_node_flush (person->node);
}

/* A node that has just started finds its contact before it has contact points of its own, and must
 * learn all the same how its NAT shows it. */
static void
test_first_contact (void)
{
  World world;

  world_init (&world, 6, HARK_SIM_NAT_PORT_RESTRICTED, HARK_SIM_NAT_PORT_RESTRICTED,
              &(HarkSimLinkConfig){.delay = 12 * HARK_MS});
  know (world.bob, world.alice, &world.token); /* her record is nowhere: only she can knock */
  hark_sim_network_run (world.network, HARK_MINUTE);
  know (world.alice, world.bob, &world.token);
  g_assert_true (hark_sim_network_run_until (world.network, 2 * HARK_SECOND, both_online, &world));

  hark_sim_person_restart (world.alice, &world.bootstrap);
  know (world.alice, world.bob, &world.token);
  g_assert_true (hark_sim_network_run_until (world.network, 2 * HARK_SECOND, both_online, &world));
  talk (&world);
  world_clear (&world);
}

static HarkTime
until_next_try (const World *world)
{
  return hark_time_since (hark_net_get_next_try (world->alice->net, &world->bob->config.account),
                          hark_sim_network_now (world->network));
}

/* While nobody is there who could be asked, nobody is looked for; once somebody is, at once. */
static void
test_no_network (void)
{
  World world;

  world_init (&world, 7, HARK_SIM_NAT_PORT_RESTRICTED, HARK_SIM_NAT_PORT_RESTRICTED,
              &(HarkSimLinkConfig){.delay = 12 * HARK_MS});
  know (world.bob, world.alice, &world.token);
  hark_sim_person_restart (world.alice, NULL);
  know (world.alice, world.bob, &world.token);
  hark_sim_network_run (world.network, 10 * HARK_SECOND);
  g_assert_cmpint (world.alice->state, ==, HARK_PEER_OFFLINE);
  g_assert_cmpuint (until_next_try (&world), >, HARK_MINUTE);
  hark_net_bootstrap (world.alice->net, &world.bootstrap, hark_sim_network_now (world.network));
  hark_sim_node_flush (world.alice->node);
  g_assert_true (hark_sim_network_run_until (world.network, 2 * HARK_SECOND, both_online, &world));
  world_clear (&world);
}

#define CROWD 100

/* Contacts of @person that were looked for already. */
static unsigned
count_tried (const HarkSimPerson *person, const HarkKey accounts[CROWD])
{
  HarkTime now = hark_sim_network_now (person->network);
  unsigned n = 0;

  for (uint8_t i = 0; i < CROWD; i++)
    n += hark_net_get_next_try (person->net, &accounts[i]) > now + HARK_MINUTE;
  return n;
}

/* Many are looked for some together, and not each by a wake-up of its own. */
static void
test_crowd (void)
{
  HarkSimNetwork *network = hark_sim_network_new (8);
  HarkSimPerson *person
    = hark_sim_person_new (network, hark_sim_network_add_host (network, 0), true, NULL);
  HarkKey accounts[CROWD];
  unsigned times = 0, before = 0, now;

  for (uint8_t i = 0; i < CROWD; i++) {
    const uint8_t seed[crypto_sign_SEEDBYTES] = {i};
    uint8_t secret[crypto_sign_SECRETKEYBYTES];
    HarkNetContact contact = {.reach.bytes = {i}};

    crypto_sign_seed_keypair (accounts[i].bytes, secret, seed);
    contact.account = accounts[i];
    hark_net_set_contact (person->net, &contact, hark_sim_network_now (network));
  }
  hark_sim_node_flush (person->node);
  for (int i = 0; i < 1000; i++, before = now) {
    hark_sim_network_run (network, 10 * HARK_MS);
    now = count_tried (person, accounts);
    times += now != before;
  }
  g_assert_cmpuint (before, ==, CROWD);
  g_assert_cmpuint (times, <=, CROWD / 5);
  hark_sim_person_free (person);
  hark_sim_network_free (network);
}

/* ---- moved to another computer ---- */

#define NEWER 5 /* list version of Alice's other computer */

static bool
bob_sees_newer (void *data)
{
  const World *world = data;

  return world->bob->state == HARK_PEER_ONLINE && world->bob->list_version == NEWER;
}

/* Bob knows of Alice's other computer; their pairwise secret she has not. */
static void
expect_newer (World *world, const HarkToken *first)
{
  HarkNetContact contact = {.account = world->alice->config.account,
                            .reach = world->token,
                            .has_pairwise = true,
                            .has_first = true,
                            .first = *first,
                            .list_version = NEWER};

  hark_net_set_contact (world->bob->net, &contact, hark_sim_network_now (world->network));
  hark_sim_node_flush (world->bob->node);
}

/* Alice has moved by a backup from before there was a pairwise secret, and from before she knew
 * where Bob's record is today: nobody but him can knock, and nothing but the first secret opens. */
static HarkSimPerson *
move_alice (World *world, const HarkSimLinkConfig *link, const HarkToken *first)
{
  HarkToken nowhere = {.bytes = {1}};
  HarkNetContact contact
    = {.account = world->bob->config.account, .reach = nowhere, .has_first = true, .first = *first};
  unsigned host = hark_sim_network_add_host (world->network, 0);
  HarkSimPerson *moved;

  hark_sim_network_set_host_link (world->network, host, link, link);
  moved = hark_sim_person_new_device (world->alice, host, NEWER, &world->bootstrap);
  hark_net_set_contact (moved->net, &contact, hark_sim_network_now (world->network));
  hark_net_open_audience (moved->net, HARK_AUDIENCE_CONTACTS, &world->token, NULL,
                          hark_sim_network_now (world->network));
  hark_sim_node_flush (moved->node);
  return moved;
}

/* On a line whose answers take longer than the first try waits for them. */
static void
test_moved_slow (void)
{
  static const HarkSimLinkConfig slow = {.delay = 200 * HARK_MS};
  const HarkToken first = {.bytes = {2}};
  HarkSimPerson *moved;
  World world;

  world_init (&world, 9, HARK_SIM_NAT_PORT_RESTRICTED, HARK_SIM_NAT_PORT_RESTRICTED, &slow);
  hark_net_close_audience (world.bob->net, &world.token, hark_sim_network_now (world.network));
  moved = move_alice (&world, &slow, &first);
  hark_sim_network_run (world.network, 30 * HARK_SECOND);
  expect_newer (&world, &first);
  g_assert_true (
    hark_sim_network_run_until (world.network, 60 * HARK_SECOND, bob_sees_newer, &world));
  hark_sim_person_free (moved);
  world_clear (&world);
}

static bool
bob_is_called (void *data)
{
  return ((World *) data)->bob->times_online > 0;
}

/* The one she left behind is switched on once more and off again, without a word. */
static void
test_left_behind (void)
{
  static const HarkSimLinkConfig link = {.delay = 12 * HARK_MS};
  const HarkToken first = {.bytes = {2}}, of_bob = {.bytes = {3}};
  HarkSimPerson *moved;
  World world;

  world_init (&world, 10, HARK_SIM_NAT_PORT_RESTRICTED, HARK_SIM_NAT_PORT_RESTRICTED, &link);
  hark_net_close_audience (world.bob->net, &world.token, hark_sim_network_now (world.network));
  hark_net_open_audience (world.bob->net, HARK_AUDIENCE_CONTACTS, &of_bob, NULL,
                          hark_sim_network_now (world.network));
  hark_sim_network_run (world.network, 30 * HARK_SECOND);
  expect_newer (&world, &first);
  know (world.alice, world.bob, &of_bob);
  g_assert_true (
    hark_sim_network_run_until (world.network, 30 * HARK_SECOND, bob_is_called, &world));
  hark_sim_network_cut_site (world.network, world.site[0], true);
  moved = move_alice (&world, &link, &first);
  g_assert_true (
    hark_sim_network_run_until (world.network, 15 * HARK_SECOND, bob_sees_newer, &world));
  hark_sim_network_run (world.network, HARK_MINUTE);
  g_assert_true (bob_sees_newer (&world));
  g_assert_cmpuint (world.bob->times_online, ==, 2);
  hark_sim_person_free (moved);
  world_clear (&world);
}

static bool
bob_heard (void *data)
{
  return ((World *) data)->bob->received->len == 5;
}

/* A NAT gives Alice another port in the middle of a conversation: Bob goes there, under the same
 * session, and she hears him again. @silence: before she says something. */
static void
check_rebind (HarkTime silence)
{
  World world;
  HarkEndpoint before;
  HarkTime begin;
  uint32_t session;

  world_init (&world, 7, HARK_SIM_NAT_PORT_RESTRICTED, HARK_SIM_NAT_PORT_RESTRICTED,
              &(HarkSimLinkConfig){.delay = 12 * HARK_MS});
  g_assert_true (meet (&world, 2 * HARK_MINUTE));
  hark_sim_network_run (world.network, 10 * HARK_SECOND);
  before = world.bob->path.remote;
  session = world.bob->session;

  hark_sim_network_rebind_site (world.network, world.site[0]);
  begin = hark_sim_network_now (world.network);
  hark_sim_network_run (world.network, silence);
  g_byte_array_set_size (world.bob->received, 0);
  g_assert_true (hark_sim_person_say (world.alice, "hello", 5));
  g_assert_true (hark_sim_network_run_until (world.network, 3 * HARK_SECOND, bob_heard, &world));
  g_assert_cmpuint (hark_sim_network_now (world.network) - begin - silence, <, 2 * HARK_SECOND);
  talk (&world);
  hark_sim_network_run (world.network, HARK_SECOND);
  g_assert_false (hark_endpoint_equal (&world.bob->path.remote, &before));
  g_assert_cmpuint (world.bob->session, ==, session);
  world_clear (&world);
}

static void
test_rebind (void)
{
  check_rebind (0);
}

static void
test_rebind_while_silent (void)
{
  check_rebind (10 * HARK_SECOND);
}

static void
run_once (uint64_t seed, uint8_t ret[HARK_SIM_TRACE_LEN])
{
  World world;

  world_init (&world, seed, HARK_SIM_NAT_RESTRICTED, HARK_SIM_NAT_PORT_RESTRICTED,
              &(HarkSimLinkConfig){
                .delay = 10 * HARK_MS, .jitter = 5 * HARK_MS, .loss = 0.02, .reorder = 0.02});
  g_assert_true (meet (&world, 5 * HARK_MINUTE));
  talk (&world);
  hark_sim_network_get_trace (world.network, ret);
  world_clear (&world);
}

static void
test_same_run (void)
{
  uint8_t first[HARK_SIM_TRACE_LEN], second[HARK_SIM_TRACE_LEN];

  run_once (5, first);
  run_once (5, second);
  g_assert_true (memcmp (first, second, sizeof first) == 0);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/node/strangers-become-contacts", test_meet);
  g_test_add_func ("/node/tells-of-the-last-candidates-when-it-is-up", test_last_candidates);
  g_test_add_func ("/node/passes-nats", test_nats);
  g_test_add_func ("/node/survives-loss", test_loss);
  g_test_add_func ("/node/comes-back-after-a-short-outage", test_short_outage);
  g_test_add_func ("/node/comes-back-after-a-long-outage", test_long_outage);
  g_test_add_func ("/node/meets-before-it-has-contact-points", test_first_contact);
  g_test_add_func ("/node/looks-for-nobody-without-a-network", test_no_network);
  g_test_add_func ("/node/crowd-is-looked-for-together", test_crowd);
  g_test_add_func ("/node/finds-who-moved-and-knows-the-first-secret-alone", test_moved_slow);
  g_test_add_func ("/node/computer-left-behind-keeps-nobody-away", test_left_behind);
  g_test_add_func ("/node/follows-a-peer-whose-nat-forgot", test_rebind);
  g_test_add_func ("/node/follows-after-silence", test_rebind_while_silent);
  g_test_add_func ("/node/same-seed-same-run", test_same_run);
  return g_test_run ();
}
