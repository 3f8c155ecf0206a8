/* What the simulator can do, and what the network does in it.
 *
 *   bench-sim [--nodes N] [PART...]    all parts and 10,000 nodes unless told
 *
 *   small    how fast virtual time runs: whole nodes, idle and while they meet
 *   table    N nodes: every measure of the design beside its aim
 *   growth   100 to N nodes: how lookups grow, extrapolated
 *   sweeps   loss, dead entries, NATs, queries in flight
 *   attacks  liars, a surrounded target, a divided internet
 *
 * Small: one DHT node knows everybody first; the others are people in homes behind NATs, two by
 * two. Also printed: what an idle node receives and what it takes in memory.
 */
#include "tests/bench/figures.h"
#include "tests/bench/swarm-bench.h"
#include "tests/sim/people.h"

#include <malloc.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define LINK_MS 10
#define SETTLE (2 * HARK_MINUTE)
#define SLICE HARK_MINUTE
#define PATIENCE (2 * HARK_MINUTE)
#define IDLE_SECONDS 1 /* real ones, for each idle run */

typedef struct {
  HarkSimNetwork *network;
  HarkSimPerson *node;
  GPtrArray *people; /* HarkSimPerson */
  HarkToken *tokens; /* of their addresses */
  uint64_t events;
} World;

static double
seconds_since (gint64 start)
{
  return (double) (g_get_monotonic_time () - start) / G_USEC_PER_SEC;
}

static void
run (World *world, HarkTime span)
{
  HarkTime until = hark_sim_network_now (world->network) + span;

  while (hark_sim_network_step (world->network, until))
    world->events++;
}

static unsigned
add_host (World *world, HarkSimNatKind nat)
{
  const HarkSimLinkConfig link = {.delay = LINK_MS * HARK_MS};
  unsigned host
    = hark_sim_network_add_host (world->network, hark_sim_network_add_site (world->network, nat));

  hark_sim_network_set_host_link (world->network, host, &link, &link);
  return host;
}

static void
world_init (World *world, unsigned n, uint64_t seed)
{
  HarkEndpoint bootstrap;

  *world = (World){.network = hark_sim_network_new (seed), .people = g_ptr_array_new ()};
  world->tokens = g_new0 (HarkToken, n);
  world->node
    = hark_sim_person_new (world->network, add_host (world, HARK_SIM_NAT_NONE), false, NULL);
  bootstrap = hark_sim_node_get_endpoint (world->node->node);
  for (unsigned i = 0; i < n; i++) {
    HarkSimNatKind nat = i % 2 ? HARK_SIM_NAT_PORT_RESTRICTED : HARK_SIM_NAT_FULL_CONE;
    HarkSimPerson *person
      = hark_sim_person_new (world->network, add_host (world, nat), true, &bootstrap);

    hark_rng_bytes (hark_sim_network_rng (world->network), &world->tokens[i], sizeof (HarkToken));
    hark_net_open_audience (person->net, HARK_AUDIENCE_ADDRESS, &world->tokens[i], NULL,
                            hark_sim_network_now (world->network));
    hark_sim_node_flush (person->node);
    g_ptr_array_add (world->people, person);
  }
  run (world, SETTLE);
}

static void
world_clear (World *world)
{
  for (guint i = 0; i < world->people->len; i++)
    hark_sim_person_free (g_ptr_array_index (world->people, i));
  g_ptr_array_unref (world->people);
  hark_sim_person_free (world->node);
  hark_sim_network_free (world->network);
  g_free (world->tokens);
}

/* Everybody idles until @seconds of real time are over. */
static void
measure_idle (World *world, const char *what, const char *how, double seconds)
{
  HarkSimCounters before = hark_sim_network_get_counters (world->network), after;
  HarkTime begin = hark_sim_network_now (world->network);
  gint64 start = g_get_monotonic_time ();
  double real, virtual;

  world->events = 0;
  do
    run (world, SLICE);
  while (seconds_since (start) < seconds);
  real = seconds_since (start);
  virtual = (double) (hark_sim_network_now (world->network) - begin) / (double) HARK_SECOND;
  after = hark_sim_network_get_counters (world->network);
  bench_print ("sim", what, how, "per second",
               "\"nodes\": %u, \"events_per_s\": %.0f, \"virtual_s_per_s\": %.0f, "
               "\"datagram_bytes_per_node_and_virtual_s\": %.1f",
               world->people->len + 1, (double) world->events / real, virtual / real,
               (double) (after.bytes_delivered - before.bytes_delivered) / virtual
                 / (world->people->len + 1));
}

static unsigned
count_online (const World *world)
{
  unsigned online = 0;

  for (guint i = 0; i < world->people->len; i++)
    online += ((HarkSimPerson *) g_ptr_array_index (world->people, i))->state == HARK_PEER_ONLINE;
  return online;
}

static void
accept_requests (World *world)
{
  for (guint i = 1; i < world->people->len; i += 2) {
    HarkSimPerson *person = g_ptr_array_index (world->people, i);

    if (person->has_request)
      hark_sim_people_accept (person);
    person->has_request = false;
  }
}

/* Everybody even asks the next one, all at the same moment. */
static void
measure_meeting (World *world)
{
  HarkTime begin = hark_sim_network_now (world->network);
  gint64 start = g_get_monotonic_time ();
  double real, virtual;

  world->events = 0;
  for (guint i = 0; i + 1 < world->people->len; i += 2)
    hark_sim_people_ask (g_ptr_array_index (world->people, i),
                         g_ptr_array_index (world->people, i + 1), &world->tokens[i + 1]);
  while (count_online (world) < world->people->len
         && hark_sim_network_now (world->network) < begin + PATIENCE
         && hark_sim_network_step (world->network, begin + PATIENCE)) {
    world->events++;
    accept_requests (world);
  }
  real = seconds_since (start);
  virtual = (double) (hark_sim_network_now (world->network) - begin) / (double) HARK_SECOND;
  bench_print ("sim", "meeting", "all ask at once, two by two, until everybody is online",
               "per second",
               "\"nodes\": %u, \"online\": %u, \"events_per_s\": %.0f, \"virtual_s_per_s\": %.0f, "
               "\"virtual_s\": %.3f, \"real_ms_per_session\": %.2f",
               world->people->len + 1, count_online (world), (double) world->events / real,
               virtual / real, virtual, real * 1000 / MAX (1, count_online (world) / 2));
}

static void
run_small (void)
{
  static const unsigned sizes[] = {2, 10, 50};

  for (size_t i = 0; i < G_N_ELEMENTS (sizes); i++) {
    struct mallinfo2 before = mallinfo2 (), after;
    World world;

    world_init (&world, sizes[i], 1 + i);
    after = mallinfo2 ();
    bench_print ("sim", "memory", "heap of a node that is alone, with its part of the network",
                 "bytes", "\"nodes\": %u, \"heap_per_node\": %zu", sizes[i] + 1,
                 (after.uordblks + after.hblkhd - before.uordblks - before.hblkhd)
                   / (sizes[i] + 1));
    measure_idle (&world, "idle", "people in homes and one DHT node, 40 ms there and back",
                  IDLE_SECONDS);
    measure_meeting (&world);
    measure_idle (&world, "idle, connected", "two by two; with the simulator's own path checks",
                  IDLE_SECONDS);
    world_clear (&world);
  }
}

int
main (int argc, char **argv)
{
  unsigned nodes = 10000;
  const char *parts[] = {"small", "table", "growth", "sweeps", "attacks"};
  bool wanted[G_N_ELEMENTS (parts)] = {false};
  bool any = false;

  if (sodium_init () < 0)
    return 1;
  for (int i = 1; i < argc; i++) {
    bool known = false;

    if (strcmp (argv[i], "--nodes") == 0 && i + 1 < argc) {
      nodes = (unsigned) atoi (argv[++i]);
      continue;
    }
    for (size_t j = 0; j < G_N_ELEMENTS (parts); j++)
      if (strcmp (argv[i], parts[j]) == 0)
        any = known = wanted[j] = true;
    if (!known) {
      fprintf (stderr, "bench-sim [--nodes N] [small] [table] [growth] [sweeps] [attacks]\n");
      return 2;
    }
  }
  nodes = MAX (nodes, 100);
  if (!any || wanted[0])
    run_small ();
  if (!any || wanted[1])
    swarm_bench_table (nodes);
  if (!any || wanted[4])
    swarm_bench_attacks (MIN (nodes, 3000));
  if (!any || wanted[2])
    swarm_bench_growth (nodes);
  if (!any || wanted[3])
    swarm_bench_sweeps (MIN (nodes, 1500));
  swarm_bench_print_table ();
  return 0;
}
