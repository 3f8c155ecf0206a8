/* Whole nodes find each other through a third and talk, in virtual time. */
#include "tests/sim/people.h"

#include <string.h>

typedef struct {
  HarkSimNetwork *network;
  HarkSimPerson *point; /* the only DHT node and contact point */
  HarkSimPerson *a, *b;
} World;

static const HarkSimLinkConfig line = {.delay = 25 * HARK_MS};

static World
world_new (uint64_t seed, HarkSimNatKind nat_a, HarkSimNatKind nat_b, const HarkSimLinkConfig *link)
{
  World world = {.network = hark_sim_network_new (seed)};
  unsigned site_a = hark_sim_network_add_site (world.network, nat_a);
  unsigned site_b = hark_sim_network_add_site (world.network, nat_b);
  unsigned hosts[3] = {hark_sim_network_add_host (world.network, 0),
                       hark_sim_network_add_host (world.network, site_a),
                       hark_sim_network_add_host (world.network, site_b)};

  for (unsigned i = 1; i < 3; i++)
    hark_sim_network_set_host_link (world.network, hosts[i], link, link);
  world.point = hark_sim_person_new (world.network, hosts[0], true);
  world.a = hark_sim_person_new (world.network, hosts[1], false);
  world.b = hark_sim_person_new (world.network, hosts[2], false);
  hark_sim_person_stop (world.a);
  hark_sim_person_start (world.a, world.point);
  hark_sim_person_stop (world.b);
  hark_sim_person_start (world.b, world.point);
  return world;
}

static void
world_free (World *world)
{
  hark_sim_person_free (world->a);
  hark_sim_person_free (world->b);
  hark_sim_person_free (world->point);
  hark_sim_network_free (world->network);
}

static bool
both_online (void *data)
{
  const World *world = data;

  return world->a->state == HARK_PEER_ONLINE && world->b->state == HARK_PEER_ONLINE;
}

static bool
b_has_request (void *data)
{
  return ((const World *) data)->b->requests > 0;
}

static bool
b_has_all (void *data)
{
  return ((const World *) data)->b->finished;
}

static bool
a_has_echo (void *data)
{
  return ((const World *) data)->a->finished;
}

static void
assert_same_session (const World *world)
{
  g_assert_true (memcmp (world->a->handshake_hash, world->b->handshake_hash, 64) == 0);
  g_assert_true (world->a->initiator != world->b->initiator);
}

static void
test_finds_by_key (void)
{
  World world = world_new (1, HARK_SIM_NAT_PORT_RESTRICTED, HARK_SIM_NAT_PORT_RESTRICTED, &line);
  HarkTime start;

  hark_sim_network_run (world.network, HARK_SECOND);
  start = hark_sim_network_now (world.network);
  hark_sim_person_befriend (world.a, world.b);
  g_assert_true (hark_sim_network_run_until (world.network, 10 * HARK_SECOND, both_online, &world));
  assert_same_session (&world);
  g_assert_true (world.a->by_pairwise);
  g_assert_cmpint (world.a->path.route, ==, HARK_ROUTE_DIRECT);
  g_test_message ("online after %.0f ms",
                  (double) (hark_sim_network_now (world.network) - start) / 1e6);

  world.b->echo = true;
  g_assert_true (hark_sim_person_send (world.a, &world.b->config.account, 300000));
  g_assert_true (hark_sim_network_run_until (world.network, 10 * HARK_SECOND, a_has_echo, &world));
  g_assert_cmpuint (world.a->received->len, ==, 300000);
  world_free (&world);
}

/* From an address alone: a request, its acceptance, and the first session. */
static void
test_request_becomes_session (void)
{
  World world = world_new (2, HARK_SIM_NAT_PORT_RESTRICTED, HARK_SIM_NAT_FULL_CONE, &line);
  HarkToken address = {"address-of-b...."};
  HarkNetRequest request = {.name = "Alice", .text = "It is me", .answer = {"answer-of-alice"}};
  HarkNetContact contact = {.has_first = true};
  HarkTime now = hark_sim_network_now (world.network);

  hark_net_open_audience (world.b->net, HARK_AUDIENCE_ADDRESS, &address, NULL, now);
  hark_sim_node_flush (world.b->node);
  hark_sim_network_run (world.network, HARK_SECOND);

  now = hark_sim_network_now (world.network);
  hark_net_open_audience (world.a->net, HARK_AUDIENCE_REQUEST, &request.answer,
                          &world.b->config.account, now);
  hark_net_send_request (world.a->net, &world.b->config.account, &address, &request, now);
  hark_sim_node_flush (world.a->node);
  g_assert_true (
    hark_sim_network_run_until (world.network, 10 * HARK_SECOND, b_has_request, &world));
  g_assert_true (hark_key_equal (&world.b->requester, &world.a->config.account));
  g_assert_cmpstr (world.b->request.name, ==, "Alice");
  g_assert_cmpstr (world.b->request.text, ==, "It is me");
  g_assert_cmpint (world.a->state, !=, HARK_PEER_ONLINE);

  contact.account = world.b->requester;
  contact.reach = contact.first = world.b->request.answer;
  hark_net_set_contact (world.b->net, &contact, hark_sim_network_now (world.network));
  hark_sim_node_flush (world.b->node);
  g_assert_true (hark_sim_network_run_until (world.network, 10 * HARK_SECOND, both_online, &world));
  assert_same_session (&world);
  g_assert_true (world.b->initiator);
  g_assert_false (world.a->by_pairwise);
  world_free (&world);
}

static void
test_stranger_meets_silence (void)
{
  World world = world_new (3, HARK_SIM_NAT_FULL_CONE, HARK_SIM_NAT_FULL_CONE, &line);
  HarkNetContact contact = {.has_pairwise = true, .pairwise = {"a secret that B does not know"}};
  HarkToken address = {"address-of-b...."};

  /* A can find B's record and knock, but with a secret of A's own making */
  hark_net_open_audience (world.b->net, HARK_AUDIENCE_ADDRESS, &address, NULL,
                          hark_sim_network_now (world.network));
  hark_sim_node_flush (world.b->node);
  hark_sim_network_run (world.network, HARK_SECOND);
  contact.account = world.b->config.account;
  contact.reach = address;
  hark_net_set_contact (world.a->net, &contact, hark_sim_network_now (world.network));
  hark_sim_node_flush (world.a->node);
  hark_sim_network_run (world.network, 30 * HARK_SECOND);
  g_assert_cmpint (world.a->state, !=, HARK_PEER_ONLINE);
  g_assert_cmpuint (world.b->sessions, ==, 0);
  g_assert_cmpuint (world.b->requests, ==, 0);
  world_free (&world);
}

static void
test_survives_loss (void)
{
  for (unsigned loss = 10; loss <= 50; loss += 20) {
    HarkSimLinkConfig bad = {.delay = 20 * HARK_MS, .loss = loss / 100.0 / 2};
    World world = world_new (loss, HARK_SIM_NAT_PORT_RESTRICTED, HARK_SIM_NAT_RESTRICTED, &bad);

    hark_sim_person_befriend (world.a, world.b);
    g_assert_true (
      hark_sim_network_run_until (world.network, 120 * HARK_SECOND, both_online, &world));
    hark_sim_person_send (world.a, &world.b->config.account, 50000);
    g_assert_true (
      hark_sim_network_run_until (world.network, 120 * HARK_SECOND, b_has_all, &world));
    world_free (&world);
  }
}

static void
test_comes_back_after_restart (void)
{
  World world = world_new (5, HARK_SIM_NAT_PORT_RESTRICTED, HARK_SIM_NAT_PORT_RESTRICTED, &line);

  hark_sim_person_befriend (world.a, world.b);
  g_assert_true (hark_sim_network_run_until (world.network, 10 * HARK_SECOND, both_online, &world));
  hark_sim_person_stop (world.a);
  hark_sim_network_run (world.network, 2 * HARK_SECOND);
  hark_sim_person_start (world.a, world.point);
  hark_sim_person_befriend (world.a, world.b);
  world.b->state = HARK_PEER_OFFLINE;
  g_assert_true (hark_sim_network_run_until (world.network, 20 * HARK_SECOND, both_online, &world));
  assert_same_session (&world);
  world_free (&world);
}

static void
test_crossing_knocks_leave_one_session (void)
{
  for (uint64_t seed = 100; seed < 120; seed++) {
    World world = world_new (seed, HARK_SIM_NAT_FULL_CONE, HARK_SIM_NAT_PORT_RESTRICTED, &line);

    hark_sim_network_run (world.network, HARK_SECOND + seed * 7 * HARK_MS);
    hark_sim_person_befriend (world.a, world.b);
    hark_sim_network_run (world.network, 15 * HARK_SECOND);
    g_assert_true (both_online (&world));
    assert_same_session (&world);
    hark_sim_person_send (world.a, &world.b->config.account, 1000);
    g_assert_true (hark_sim_network_run_until (world.network, 5 * HARK_SECOND, b_has_all, &world));
    world_free (&world);
  }
}

static void
test_path_comes_back (void)
{
  World world = world_new (6, HARK_SIM_NAT_PORT_RESTRICTED, HARK_SIM_NAT_PORT_RESTRICTED, &line);

  hark_sim_person_befriend (world.a, world.b);
  g_assert_true (hark_sim_network_run_until (world.network, 10 * HARK_SECOND, both_online, &world));
  hark_sim_network_cut_host (world.network, world.a->host, true);
  hark_sim_network_run (world.network, 40 * HARK_SECOND);
  g_assert_cmpint (world.a->state, !=, HARK_PEER_ONLINE);
  hark_sim_network_cut_host (world.network, world.a->host, false);
  g_assert_true (hark_sim_network_run_until (world.network, 90 * HARK_SECOND, both_online, &world));
  hark_sim_person_send (world.a, &world.b->config.account, 1000);
  g_assert_true (hark_sim_network_run_until (world.network, 10 * HARK_SECOND, b_has_all, &world));
  world_free (&world);
}

static void
run_once (uint8_t trace[HARK_SIM_TRACE_LEN])
{
  HarkSimLinkConfig bad = {.delay = 20 * HARK_MS, .jitter = 10 * HARK_MS, .loss = 0.1};
  World world = world_new (77, HARK_SIM_NAT_PORT_RESTRICTED, HARK_SIM_NAT_SYMMETRIC, &bad);

  hark_sim_person_befriend (world.a, world.b);
  hark_sim_network_run (world.network, 20 * HARK_SECOND);
  hark_sim_network_get_trace (world.network, trace);
  world_free (&world);
}

static void
test_same_seed_same_run (void)
{
  uint8_t first[HARK_SIM_TRACE_LEN], second[HARK_SIM_TRACE_LEN];

  run_once (first);
  run_once (second);
  g_assert_true (memcmp (first, second, sizeof first) == 0);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_assert_cmpint (sodium_init (), >=, 0);
  g_test_add_func ("/node/finds-by-key", test_finds_by_key);
  g_test_add_func ("/node/request-becomes-session", test_request_becomes_session);
  g_test_add_func ("/node/stranger-meets-silence", test_stranger_meets_silence);
  g_test_add_func ("/node/survives-loss", test_survives_loss);
  g_test_add_func ("/node/comes-back-after-restart", test_comes_back_after_restart);
  g_test_add_func ("/node/crossing-knocks-leave-one-session",
                   test_crossing_knocks_leave_one_session);
  g_test_add_func ("/node/path-comes-back", test_path_comes_back);
  g_test_add_func ("/node/same-seed-same-run", test_same_seed_same_run);
  return g_test_run ();
}
