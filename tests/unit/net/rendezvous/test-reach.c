/* Hark nodes find each other, and find out whether strangers can reach them. */
#include "net/rendezvous/helpers.h"
#include "net/rendezvous/reach.h"
#include "tests/unit/net/dht/swarm.h"

#include <string.h>

#define NODES 24

/* Node 0 of the swarm is us. */
typedef struct {
  Swarm *swarm;
  HarkDht *dht;
  HarkHelpers *helpers;
  HarkReach *reach;
} World;

static void
on_event (Swarm *swarm, unsigned i, const HarkDhtEvent *event, gpointer data)
{
  World *world = data;

  if (i != 0)
    return;
  hark_helpers_handle_dht (world->helpers, event, swarm_now (swarm));
  hark_reach_handle_dht (world->reach, event, swarm_now (swarm));
}

static void
init (World *world, uint32_t seed)
{
  world->swarm = swarm_new (seed, NODES, true, 0);
  world->dht = swarm_dht (world->swarm, 0);
  world->helpers = hark_helpers_new (world->dht, swarm_rng (world->swarm), NULL, 0);
  world->reach = hark_reach_new (world->dht, world->helpers, 4, swarm_rng (world->swarm), 0);
  swarm_set_on_event (world->swarm, on_event, world);
}

static void
clear (World *world)
{
  hark_reach_free (world->reach);
  hark_helpers_free (world->helpers);
  swarm_free (world->swarm);
}

/* Time passes, in steps, for those that the swarm does not drive. */
static void
pass (World *world, HarkTime span)
{
  HarkTime end = swarm_now (world->swarm) + span;

  while (swarm_now (world->swarm) < end) {
    HarkTime now = swarm_now (world->swarm);

    if (hark_helpers_get_deadline (world->helpers) <= now)
      hark_helpers_handle_time (world->helpers, now);
    if (hark_reach_get_deadline (world->reach) <= now)
      hark_reach_handle_time (world->reach, now);
    swarm_run (world->swarm, 50 * HARK_MS);
  }
}

static void
offer (World *world, unsigned from, unsigned to)
{
  for (unsigned i = from; i < to; i++) {
    HarkEndpoint endpoint = swarm_endpoint (world->swarm, i);

    hark_helpers_offer (world->helpers, &endpoint, swarm_now (world->swarm));
  }
}

static size_t
count (World *world)
{
  HarkEndpoint list[HARK_HELPERS_KNOWN];

  return hark_helpers_list (world->helpers, 4, list, G_N_ELEMENTS (list));
}

static void
test_offered_nodes_are_tried_when_needed (void)
{
  World world;
  HarkEndpoint list[4];

  init (&world, 1);
  offer (&world, 1, 20);
  pass (&world, 5 * HARK_SECOND);
  g_assert_cmpuint (count (&world), ==, 0); /* nobody was asked yet */
  hark_helpers_set_needed (world.helpers, true, swarm_now (world.swarm));
  pass (&world, 10 * HARK_SECOND);
  g_assert_cmpuint (count (&world), >=, 4);
  g_assert_cmpuint (hark_helpers_list (world.helpers, 6, list, 4), ==, 0);
  g_assert_cmpuint (hark_helpers_list (world.helpers, 0, list, 2), ==, 2);
  clear (&world);
}

static void
test_silent_nodes_are_none (void)
{
  World world;

  init (&world, 2);
  for (unsigned i = 1; i < NODES; i++)
    swarm_set_conduct (world.swarm, i, SWARM_SILENT);
  offer (&world, 1, 20);
  hark_helpers_set_needed (world.helpers, true, swarm_now (world.swarm));
  pass (&world, HARK_MINUTE);
  g_assert_cmpuint (count (&world), ==, 0);
  clear (&world);
}

/* Who serves names others to those who ask; newcomers, too, though it knows enough. */
static void
test_newcomers_become_known (void)
{
  World world;
  size_t before;

  init (&world, 4);
  hark_helpers_set_serving (world.helpers, 6881, swarm_now (world.swarm));
  offer (&world, 1, NODES);
  pass (&world, HARK_MINUTE);
  before = count (&world);
  g_assert_cmpuint (before, >=, 12);
  pass (&world, 10 * HARK_MINUTE);
  g_assert_cmpuint (count (&world), ==, before);
  pass (&world, 15 * HARK_MINUTE); /* announced once more */
  g_assert_cmpuint (count (&world), >, before);
  clear (&world);
}

static void
test_untried_are_bounded (void)
{
  World world;
  HarkEndpoint endpoint;
  unsigned n = 0;

  init (&world, 3);
  for (unsigned i = 0; i < 10 * HARK_HELPERS_UNTRIED; i++) {
    HarkEndpoint somebody = {
      .family = 4, .port = 6881, .ip = {45, 0, (uint8_t) (i >> 8), (uint8_t) i}
    };

    hark_helpers_offer (world.helpers, &somebody, 0);
  }
  while (hark_helpers_take_untried (world.helpers, 4, &endpoint))
    n++;
  g_assert_cmpuint (n, ==, HARK_HELPERS_UNTRIED);
  g_assert_false (hark_helpers_take_untried (world.helpers, 6, &endpoint));
  clear (&world);
}

static void
test_networks_have_hashes_of_their_own (void)
{
  uint8_t network[32] = {1}, open[20], closed[20], next[20];

  hark_helpers_hash (NULL, 0, open);
  hark_helpers_hash (network, 0, closed);
  hark_helpers_hash (NULL, HARK_HELPERS_HASHES - 1, next);
  g_assert_cmpint (memcmp (open, closed, 20), !=, 0);
  g_assert_cmpint (memcmp (open, next, 20), !=, 0);
}

static void
test_reached_by_strangers (void)
{
  World world;

  init (&world, 4);
  g_assert_false (hark_reach_is_public (world.reach));
  offer (&world, 1, NODES);
  hark_helpers_set_needed (world.helpers, true, swarm_now (world.swarm));
  pass (&world, HARK_MINUTE);
  g_assert_cmpint (hark_reach_get_verdict (world.reach), ==, HARK_REACH_PUBLIC);
  g_assert_true (hark_reach_is_public (world.reach));

  /* elsewhere nothing is known but the hint */
  hark_reach_moved (world.reach, swarm_now (world.swarm));
  g_assert_cmpint (hark_reach_get_verdict (world.reach), ==, HARK_REACH_UNKNOWN);
  g_assert_false (hark_reach_is_public (world.reach));
  hark_reach_set_hint (world.reach, true, swarm_now (world.swarm));
  g_assert_true (hark_reach_is_public (world.reach));
  clear (&world);
}

/* Packets of strangers come; those of whom we asked for do not: a hint counts until two tests. */
static void
test_not_reached (void)
{
  World world;

  init (&world, 5);
  hark_reach_set_hint (world.reach, true, 0);
  offer (&world, 1, 8);
  hark_helpers_set_needed (world.helpers, true, swarm_now (world.swarm));
  pass (&world, 4 * HARK_SECOND);
  for (unsigned i = 8; i < NODES; i++)
    swarm_set_conduct (world.swarm, i, SWARM_SILENT);
  hark_helpers_set_needed (world.helpers, false, swarm_now (world.swarm));
  for (unsigned minute = 0; minute < 12; minute++) {
    offer (&world, 8, NODES); /* as others name them again and again */
    pass (&world, HARK_MINUTE);
  }
  g_assert_cmpint (hark_reach_get_verdict (world.reach), ==, HARK_REACH_PRIVATE);
  g_assert_false (hark_reach_is_public (world.reach));
  clear (&world);
}

static void
visit (World *world, uint8_t network, uint8_t last)
{
  HarkDhtEvent event = {
    .kind = HARK_DHT_EVENT_VISITOR,
    .endpoint = {.family = 4, .port = 6881, .ip = {45, 1, network, last}}
  };

  hark_reach_handle_dht (world->reach, &event, swarm_now (world->swarm));
}

static void
test_two_visitors_prove_it (void)
{
  World world;

  init (&world, 6);
  visit (&world, 1, 1);
  visit (&world, 1, 1);
  g_assert_cmpint (hark_reach_get_verdict (world.reach), ==, HARK_REACH_UNKNOWN);
  visit (&world, 2, 1);
  g_assert_cmpint (hark_reach_get_verdict (world.reach), ==, HARK_REACH_PUBLIC);
  clear (&world);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/helpers/offered-nodes-are-tried-when-needed",
                   test_offered_nodes_are_tried_when_needed);
  g_test_add_func ("/helpers/silent-nodes-are-none", test_silent_nodes_are_none);
  g_test_add_func ("/helpers/newcomers-become-known", test_newcomers_become_known);
  g_test_add_func ("/helpers/untried-are-bounded", test_untried_are_bounded);
  g_test_add_func ("/helpers/networks-have-hashes-of-their-own",
                   test_networks_have_hashes_of_their_own);
  g_test_add_func ("/reach/reached-by-strangers", test_reached_by_strangers);
  g_test_add_func ("/reach/not-reached", test_not_reached);
  g_test_add_func ("/reach/two-visitors-prove-it", test_two_visitors_prove_it);
  return g_test_run ();
}
