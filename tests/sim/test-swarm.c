/* A thousand nodes that come and go: what the simulation at full size (tests/bench, sim) measures,
 * small enough for every day and with bounds that only a fault breaks. All in virtual time.
 */
#include "tests/sim/swarm-people.h"
#include "tests/sim/swarm-siege.h"

#include <sodium.h>
#include <string.h>

#define NODES 1000
#define SETTLE (15 * HARK_MINUTE)

static void
trace_of (uint64_t seed, uint8_t ret[HARK_SIM_TRACE_LEN])
{
  HarkSimSwarmConfig config = hark_sim_swarm_config_mainline (150, seed);
  HarkSimSwarm *swarm = hark_sim_swarm_new (&config);
  HarkSimSwarmPeople *people = hark_sim_swarm_people_new (swarm, 4);
  g_autoptr (GArray) items = hark_sim_swarm_items_new (swarm, 20);
  HarkSimSwarmResult puts, gets;
  HarkSimSwarmCalls calls;

  hark_sim_swarm_run (swarm, 10 * HARK_MINUTE);
  puts = hark_sim_swarm_measure_puts (swarm, items, 100 * HARK_MS, NULL);
  gets = hark_sim_swarm_measure_gets (swarm, items, 40, 50 * HARK_MS, true, NULL);
  calls = hark_sim_swarm_measure_calls (people, 1, false);
  hark_sim_network_get_trace (hark_sim_swarm_network (swarm), ret);
  hark_sim_swarm_result_clear (&puts);
  hark_sim_swarm_result_clear (&gets);
  hark_sim_swarm_calls_clear (&calls);
  hark_sim_swarm_people_free (people);
  hark_sim_swarm_free (swarm);
}

static void
test_same_run (void)
{
  uint8_t first[HARK_SIM_TRACE_LEN], again[HARK_SIM_TRACE_LEN], other[HARK_SIM_TRACE_LEN];

  trace_of (1, first);
  trace_of (1, again);
  trace_of (2, other);
  g_assert_true (memcmp (first, again, sizeof first) == 0);
  g_assert_true (memcmp (first, other, sizeof first) != 0);
}

/* Aims of the design at 10,000 nodes: 220 and 550 ms, 600 ms and 1.1 s, 30 and 42 queries. */
static void
test_items (void)
{
  HarkSimSwarmConfig config = hark_sim_swarm_config_mainline (NODES, 3);
  HarkSimSwarm *swarm = hark_sim_swarm_new (&config);
  g_autoptr (GArray) items = hark_sim_swarm_items_new (swarm, 200);
  HarkSimSwarmTables tables;
  HarkSimSwarmResult puts, gets, joins;

  hark_sim_swarm_run (swarm, SETTLE);
  puts = hark_sim_swarm_measure_puts (swarm, items, 100 * HARK_MS, NULL);
  g_assert_cmpuint (puts.found, >=, puts.asked * 99 / 100);
  g_assert_cmpuint (puts.full, >=, puts.asked * 95 / 100);
  g_assert_cmpfloat (hark_sim_swarm_percentile (puts.first, 0.5), <, 800);
  g_assert_cmpfloat (puts.queries, <, 60);

  gets = hark_sim_swarm_measure_gets (swarm, items, 400, 50 * HARK_MS, true, NULL);
  g_assert_cmpuint (gets.found, >=, gets.asked * 99 / 100);
  g_assert_cmpfloat (hark_sim_swarm_percentile (gets.first, 0.5), <, 300);
  g_assert_cmpfloat (hark_sim_swarm_percentile (gets.done, 0.5), <, 800);
  g_assert_cmpfloat (gets.queries, <, 45);

  joins = hark_sim_swarm_measure_joins (swarm, items, 20, 100 * HARK_MS, true);
  g_assert_cmpuint (joins.found, >=, 18);
  g_assert_cmpfloat (hark_sim_swarm_percentile (joins.first, 0.5), <, 5000);

  tables = hark_sim_swarm_measure_tables (swarm, 10 * HARK_MINUTE);
  g_assert_cmpfloat (tables.gone, <, 0.1);
  hark_sim_swarm_result_clear (&puts);
  hark_sim_swarm_result_clear (&gets);
  hark_sim_swarm_result_clear (&joins);
  hark_sim_swarm_free (swarm);
}

static void
test_people (void)
{
  HarkSimSwarmConfig config = hark_sim_swarm_config_mainline (NODES, 4);
  HarkSimSwarm *swarm = hark_sim_swarm_new (&config);
  HarkSimSwarmPeople *people;
  HarkSimSwarmResult finding;
  HarkSimSwarmCalls uncached, cached, lost;
  double points;

  hark_sim_swarm_run (swarm, SETTLE);
  people = hark_sim_swarm_people_new (swarm, 24);
  hark_sim_swarm_run (swarm, 2 * HARK_MINUTE);
  g_assert_cmpfloat (hark_sim_swarm_people_published (people, &points), >=, 0.7);
  g_assert_cmpfloat (points, >, 1);
  finding = hark_sim_swarm_measure_finding (people, 200, 50 * HARK_MS);
  g_assert_cmpuint (finding.found, >=, finding.asked * 98 / 100);

  uncached = hark_sim_swarm_measure_calls (people, 1, false);
  cached = hark_sim_swarm_measure_calls (people, 1, true);
  g_assert_cmpuint (uncached.rang, >=, uncached.calls * 3 / 4);
  g_assert_cmpuint (cached.rang, >=, cached.calls * 3 / 4);
  g_assert_cmpfloat (hark_sim_swarm_percentile (cached.knock, 0.5), <, 300);
  g_assert_cmpfloat (hark_sim_swarm_percentile (cached.ring, 0.5), <, 1500);

  /* aim of the design: 25 s */
  lost = hark_sim_swarm_measure_lost_points (people, 3);
  g_assert_cmpuint (lost.rang, ==, lost.calls);
  g_assert_cmpfloat (hark_sim_swarm_percentile (lost.ring, 1), <, 40000);
  hark_sim_swarm_calls_clear (&lost);
  hark_sim_swarm_result_clear (&finding);
  hark_sim_swarm_calls_clear (&uncached);
  hark_sim_swarm_calls_clear (&cached);
  hark_sim_swarm_people_free (people);
  hark_sim_swarm_free (swarm);
}

/* A fifth lies about nodes and values, and swallows what it is given. */
static void
test_liars (void)
{
  HarkSimSwarmConfig config = hark_sim_swarm_config_mainline (NODES / 2, 5);
  g_autoptr (GArray) items = NULL;
  HarkSimSwarm *swarm;
  HarkSimSwarmResult puts, gets;

  config.hostile = 0.2;
  swarm = hark_sim_swarm_new (&config);
  items = hark_sim_swarm_items_new (swarm, 100);
  hark_sim_swarm_run (swarm, SETTLE);
  puts = hark_sim_swarm_measure_puts (swarm, items, 100 * HARK_MS, NULL);
  gets = hark_sim_swarm_measure_gets (swarm, items, 200, 50 * HARK_MS, true, NULL);
  g_assert_cmpuint (gets.found, >=, gets.asked * 97 / 100);
  hark_sim_swarm_result_clear (&puts);
  hark_sim_swarm_result_clear (&gets);
  hark_sim_swarm_free (swarm);
}

/* 64 nodes as near to an item's place as anybody can get (tests/ATTACKS.md, A-35): without the rule
 * for crowded targets they hide it. */
static void
test_siege (void)
{
  HarkSimSwarmConfig config = hark_sim_swarm_config_mainline (NODES / 2, 7);
  HarkSimSwarmSiege siege = {.nodes = 64, .targets = 2, .rounds = 1, .gets = 20};
  HarkSimSwarm *swarm = hark_sim_swarm_new (&config);
  HarkSimSwarmSieged settled, fresh, naive;

  hark_sim_swarm_run (swarm, SETTLE / 3);
  hark_sim_swarm_measure_siege (swarm, &siege, &settled, &fresh, &naive);
  g_assert_cmpuint (settled.found, >=, settled.asked * 9 / 10);
  g_assert_cmpuint (fresh.found, >=, fresh.asked * 8 / 10);
  g_assert_cmpuint (naive.found, <, naive.asked / 2);
  hark_sim_swarm_free (swarm);
}

/* Half an hour without the other half of the internet. */
static void
test_division (void)
{
  HarkSimSwarmConfig config = hark_sim_swarm_config_mainline (NODES / 2, 6);
  HarkSimSwarm *swarm = hark_sim_swarm_new (&config);
  g_autoptr (GArray) items = hark_sim_swarm_items_new (swarm, 100);
  HarkSimSwarmResult puts, gets;

  hark_sim_swarm_run (swarm, SETTLE);
  hark_sim_swarm_divide (swarm, true);
  hark_sim_swarm_run (swarm, 30 * HARK_MINUTE);
  hark_sim_swarm_divide (swarm, false);
  hark_sim_swarm_run (swarm, 5 * HARK_MINUTE);
  puts = hark_sim_swarm_measure_puts (swarm, items, 100 * HARK_MS, NULL);
  gets = hark_sim_swarm_measure_gets (swarm, items, 200, 50 * HARK_MS, true, NULL);
  g_assert_cmpuint (gets.found, >=, gets.asked * 97 / 100);
  hark_sim_swarm_result_clear (&puts);
  hark_sim_swarm_result_clear (&gets);
  hark_sim_swarm_free (swarm);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_assert (sodium_init () >= 0);
  g_test_add_func ("/swarm/same-seed-same-run", test_same_run);
  g_test_add_func ("/swarm/items-are-stored-and-found", test_items);
  g_test_add_func ("/swarm/people-are-found-and-ring", test_people);
  g_test_add_func ("/swarm/liars-hide-nothing", test_liars);
  g_test_add_func ("/swarm/besieged-target-is-found", test_siege);
  g_test_add_func ("/swarm/grows-together-after-a-division", test_division);
  return g_test_run ();
}
