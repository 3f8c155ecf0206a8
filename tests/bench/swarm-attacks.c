#include "tests/bench/swarm-bench.h"

#include "tests/sim/swarm-siege.h"

#define SETTLE (20 * HARK_MINUTE)
#define SURROUNDED 8 /* targets */
#define SURROUNDING 64
#define ASKED 20 /* gets of each surrounded value */
#define DIVIDED (30 * HARK_MINUTE)
#define SPACING (50 * HARK_MS)

/* A fifth of all nodes lies. Then each owner writes a newer value, and the stale one is a lie too.
 */
static void
measure_liars (unsigned nodes)
{
  HarkSimSwarmConfig config = hark_sim_swarm_config_mainline (nodes, 30);
  HarkSimSwarm *swarm;
  HarkSimSwarmResult puts, gets, newer;
  g_autoptr (GArray) items = NULL;

  config.hostile = 0.2;
  swarm = swarm_bench_settled (&config, SETTLE);
  items = hark_sim_swarm_items_new (swarm, 500);
  puts = hark_sim_swarm_measure_puts (swarm, items, SPACING, NULL);
  gets = hark_sim_swarm_measure_gets (swarm, items, 1500, SPACING, true, NULL);
  hark_sim_swarm_result_clear (&puts);
  for (guint i = 0; i < items->len; i++)
    g_array_index (items, HarkSimSwarmItem, i).seq++;
  puts = hark_sim_swarm_measure_puts (swarm, items, SPACING, NULL);
  newer = hark_sim_swarm_measure_gets (swarm, items, 1500, SPACING, true, NULL);
  swarm_bench_row ("20 % hostile", "found; the newest value after a second put", ">= 0.99",
                   swarm_bench_share (gets.found, gets.asked) >= 0.99
                     && swarm_bench_share (newer.found, newer.asked) >= 0.99,
                   "\"nodes\": %u, \"found\": %.4f, \"newest\": %.4f, \"queries\": %.1f, "
                   "\"done_p99_ms\": %.0f",
                   nodes, swarm_bench_share (gets.found, gets.asked),
                   swarm_bench_share (newer.found, newer.asked), gets.queries,
                   hark_sim_swarm_percentile (gets.done, 0.99));
  hark_sim_swarm_result_clear (&puts);
  hark_sim_swarm_result_clear (&gets);
  hark_sim_swarm_result_clear (&newer);
  hark_sim_swarm_free (swarm);
}

/* As near to the target as one can, and so thinly spread that it hardly looks crowded. */
static void
measure_surrounded (unsigned nodes)
{
  static const double within[] = {0, 16};
  HarkSimSwarmConfig config = hark_sim_swarm_config_mainline (nodes, 31);
  HarkSimSwarm *swarm = swarm_bench_settled (&config, SETTLE);

  for (size_t i = 0; i < G_N_ELEMENTS (within); i++) {
    HarkSimSwarmSiege siege = {.nodes = SURROUNDING,
                               .within = within[i] / nodes,
                               .targets = SURROUNDED,
                               .rounds = 3,
                               .gets = ASKED};
    HarkSimSwarmSieged settled, fresh, naive;
    double with, fresh_with, without;

    hark_sim_swarm_measure_siege (swarm, &siege, &settled, &fresh, &naive);
    with = swarm_bench_share (settled.found, settled.asked);
    fresh_with = swarm_bench_share (fresh.found, fresh.asked);
    without = swarm_bench_share (naive.found, naive.asked);
    swarm_bench_row (
      i == 0 ? "64 liars next to the target" : "64 liars spread around the target",
      "ids that BEP 42 allows, in many networks, the nearest or spread over the place of 16 nodes; "
      "newest value found with the rule for crowded targets, also by who joined 3 s ago, and "
      "without it",
      i == 0 ? "with >= 0.99, without fails" : "(for comparison)",
      i > 0 || (with >= 0.99 && fresh_with >= 0.99 && without < 0.5),
      "\"nodes\": %u, \"n\": %u, \"with\": %.3f, \"newcomers\": %.3f, \"without\": %.3f, "
      "\"queries\": %.1f, \"done_p50_ms\": %.0f",
      nodes, settled.asked, with, fresh_with, without, settled.queries, settled.done_p50);
  }
  hark_sim_swarm_free (swarm);
}

static void
measure_division (unsigned nodes)
{
  HarkSimSwarmConfig config = hark_sim_swarm_config_mainline (nodes, 32);
  HarkSimSwarm *swarm = swarm_bench_settled (&config, SETTLE);
  g_autoptr (GArray) during = hark_sim_swarm_items_new (swarm, 300);
  HarkSimSwarmResult puts, gets;
  HarkTime healed;

  hark_sim_swarm_divide (swarm, true);
  hark_sim_swarm_run (swarm, DIVIDED - HARK_MINUTE);
  puts = hark_sim_swarm_measure_puts (swarm, during, SPACING, NULL); /* each half stores its own */
  hark_sim_swarm_divide (swarm, false);
  hark_sim_swarm_result_clear (&puts);
  healed = hark_sim_swarm_now (swarm);

  for (unsigned minute = 0; minute <= 10; minute += minute == 0 ? 2 : minute == 2 ? 3 : 5) {
    g_autoptr (GArray) after = NULL;
    HarkSimSwarmResult old;
    bool back;

    if (hark_sim_swarm_now (swarm) < healed + minute * HARK_MINUTE)
      hark_sim_swarm_run (swarm, healed + minute * HARK_MINUTE - hark_sim_swarm_now (swarm));
    after = hark_sim_swarm_items_new (swarm, 200);
    puts = hark_sim_swarm_measure_puts (swarm, after, 20 * HARK_MS, NULL);
    gets = hark_sim_swarm_measure_gets (swarm, after, 1000, 10 * HARK_MS, true, NULL);
    old = hark_sim_swarm_measure_gets (swarm, during, 600, 10 * HARK_MS, true, NULL);
    back = swarm_bench_share (gets.found, gets.asked) >= 0.9995
           && hark_sim_swarm_percentile (gets.first, 0.5) <= 220
           && hark_sim_swarm_percentile (gets.done, 0.99) <= 1100;
    swarm_bench_row ("after 30 min of division",
                     "items put and read this minute; items that one half alone got before",
                     minute < 5 ? "(aim is for minute 5)" : "back to the aims", minute < 5 || back,
                     "\"minute\": %u, \"found\": %.4f, \"value_p50_ms\": %.0f, \"done_p99_ms\": "
                     "%.0f, \"found_old\": %.4f",
                     minute, swarm_bench_share (gets.found, gets.asked),
                     hark_sim_swarm_percentile (gets.first, 0.5),
                     hark_sim_swarm_percentile (gets.done, 0.99),
                     swarm_bench_share (old.found, old.asked));
    hark_sim_swarm_result_clear (&puts);
    hark_sim_swarm_result_clear (&gets);
    hark_sim_swarm_result_clear (&old);
  }
  hark_sim_swarm_free (swarm);
}

void
swarm_bench_attacks (unsigned nodes)
{
  measure_liars (nodes);
  measure_surrounded (nodes);
  measure_division (nodes);
}
