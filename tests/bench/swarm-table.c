#include "tests/bench/figures.h"
#include "tests/bench/swarm-bench.h"
#include "tests/sim/swarm-people.h"

#include <malloc.h>
#include <stdarg.h>
#include <stdio.h>
#include <sys/resource.h>

#define SEED 20
#define SETTLE (20 * HARK_MINUTE)
#define ITEMS 1500
#define GETS 3000
#define JOINS 200
#define CALL_ROUNDS 3
#define LOST_POINTS 333 /* nodes for each person who loses his: a sixth of all points die */
#define IDLE (10 * HARK_MINUTE)
#define FINDS 4000
#define AFTER HARK_HOUR /* after the puts */

/* ---- rows ------------------------------------------------------------------------ */

typedef struct {
  char *what, *measured, *aim;
  bool met;
} Row;

static GArray *rows; /* of Row */

void
swarm_bench_row (
  const char *what, const char *how, const char *aim, bool met, const char *format, ...)
{
  Row row = {.what = g_strdup (what), .aim = g_strdup (aim), .met = met};
  va_list list;

  va_start (list, format);
  row.measured = g_strdup_vprintf (format, list);
  va_end (list);
  if (!rows)
    rows = g_array_new (FALSE, FALSE, sizeof (Row));
  g_array_append_val (rows, row);
  bench_print ("sim", what, how, "see names", "%s, \"aim\": \"%s\", \"met\": %s", row.measured, aim,
               met ? "true" : "false");
}

void
swarm_bench_print_table (void)
{
  for (guint i = 0; rows && i < rows->len; i++) {
    const Row *row = &g_array_index (rows, Row, i);
    g_auto (GStrv) parts = g_strsplit (row->measured, "\"", -1);
    g_autofree char *plain = g_strjoinv ("", parts);

    fprintf (stderr, "%s %-44s %-66s aim: %s\n", row->met ? "met " : "MISS", row->what, plain,
             row->aim);
  }
}

double
swarm_bench_share (unsigned part, unsigned all)
{
  return all ? (double) part / all : 1;
}

HarkSimSwarm *
swarm_bench_settled (const HarkSimSwarmConfig *config, HarkTime span)
{
  HarkSimSwarm *swarm = hark_sim_swarm_new (config);

  hark_sim_swarm_run (swarm, span);
  return swarm;
}

/* ---- the table ------------------------------------------------------------------- */

static double
cpu_seconds (void)
{
  struct rusage usage;

  getrusage (RUSAGE_SELF, &usage);
  return (double) (usage.ru_utime.tv_sec + usage.ru_stime.tv_sec)
         + (double) (usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1e6;
}

static double
p (GArray *values, double share)
{
  return hark_sim_swarm_percentile (values, share);
}

static void
row_ms (const char *what,
        const char *how,
        const char *aim,
        GArray *values,
        double p50_max,
        double p99_max)
{
  double p50 = p (values, 0.5), p99 = p (values, 0.99);

  swarm_bench_row (what, how, aim, values->len && p50 <= p50_max && p99 <= p99_max,
                   "\"n\": %u, \"p50_ms\": %.0f, \"p99_ms\": %.0f", values->len, p50, p99);
}

static void
measure_items (HarkSimSwarm *swarm, unsigned nodes, GArray *items)
{
  HarkSimSwarmResult puts, gets;

  puts = hark_sim_swarm_measure_puts (swarm, items, 100 * HARK_MS, NULL);
  gets = hark_sim_swarm_measure_gets (swarm, items, GETS, 30 * HARK_MS, true, NULL);
  swarm_bench_note_size (nodes, &gets);
  row_ms ("first valid value", "get of an item stored minutes ago", "p50 <= 220, p99 <= 550",
          gets.first, 220, 550);
  row_ms ("get complete", "the same", "p50 <= 600, p99 <= 1100", gets.done, 600, 1100);
  row_ms ("put, 4 acks", "297-byte items", "p50 <= 650, p99 <= 1200", puts.first, 650, 1200);
  row_ms ("put, 8 acks", "the same, until the put is over", "p50 <= 800, p99 <= 1800", puts.done,
          800, 1800);
  swarm_bench_row ("put stored", "with 4 and with 8 acks, of all puts", "1",
                   puts.found == puts.asked, "\"four\": %.4f, \"eight\": %.4f",
                   swarm_bench_share (puts.found, puts.asked),
                   swarm_bench_share (puts.full, puts.asked));
  swarm_bench_row ("found, just stored", "newest value, of all gets", ">= 0.9995",
                   swarm_bench_share (gets.found, gets.asked) >= 0.9995,
                   "\"n\": %u, \"found\": %.4f", gets.asked,
                   swarm_bench_share (gets.found, gets.asked));
  swarm_bench_row ("queries per get", "sent by the asker, with its upkeep", "<= 30",
                   gets.queries <= 30, "\"mean\": %.1f, \"p50\": %.0f", gets.queries,
                   gets.queries_p50);
  swarm_bench_row ("queries per put", "the same", "<= 42", puts.queries <= 42, "\"mean\": %.1f",
                   puts.queries);
  hark_sim_swarm_result_clear (&puts);
  hark_sim_swarm_result_clear (&gets);
}

static void
measure_joins (HarkSimSwarm *swarm, const GArray *items)
{
  HarkSimSwarmResult saved
    = hark_sim_swarm_measure_joins (swarm, items, JOINS, 200 * HARK_MS, true);
  HarkSimSwarmResult one = hark_sim_swarm_measure_joins (swarm, items, JOINS, 200 * HARK_MS, false);

  row_ms ("join with nodes saved yesterday", "100 of them, 5 % alive; start to first value",
          "p50 <= 1000", saved.first, 1000, 1e9);
  row_ms ("join with one address", "one node that is there; start to first value", "p50 <= 2000",
          one.first, 2000, 1e9);
  swarm_bench_row ("joined within 30 s", "of all who tried", "1",
                   saved.found == saved.asked && one.found == one.asked,
                   "\"saved\": %.3f, \"one\": %.3f", swarm_bench_share (saved.found, saved.asked),
                   swarm_bench_share (one.found, one.asked));
  hark_sim_swarm_result_clear (&saved);
  hark_sim_swarm_result_clear (&one);
}

static void
measure_calls (HarkSimSwarmPeople *people)
{
  HarkSimSwarmCalls uncached = hark_sim_swarm_measure_calls (people, CALL_ROUNDS, false);
  HarkSimSwarmCalls cached = hark_sim_swarm_measure_calls (people, CALL_ROUNDS, true);

  row_ms ("first knock, cached record", "at the callee; both behind NATs", "p50 <= 120, p99 <= 300",
          cached.knock, 120, 300);
  swarm_bench_row (
    "first knock delivered", "within 10 s, of all calls", ">= 0.999",
    swarm_bench_share (cached.delivered + uncached.delivered, cached.calls + uncached.calls)
      >= 0.999,
    "\"n\": %u, \"cached\": %.4f, \"uncached\": %.4f", cached.calls + uncached.calls,
    swarm_bench_share (cached.delivered, cached.calls),
    swarm_bench_share (uncached.delivered, uncached.calls));
  row_ms ("ringing, cached record", "the callee has read the handshake's third packet",
          "p50 <= 300, p99 <= 600", cached.ring, 300, 600);
  row_ms ("ringing, nothing cached", "the same, with the lookup", "p50 <= 550, p99 <= 1200",
          uncached.ring, 550, 1200);
  row_ms ("connected, cached record", "session confirmed at the callee", "(for comparison)",
          cached.connect, 1e9, 1e9);
  row_ms ("connected, nothing cached", "the same, with the lookup", "(for comparison)",
          uncached.connect, 1e9, 1e9);
  swarm_bench_row (
    "rang", "within 10 s, of all calls", ">= 0.999",
    swarm_bench_share (cached.rang + uncached.rang, cached.calls + uncached.calls) >= 0.999,
    "\"cached\": %.4f, \"uncached\": %.4f, \"connected\": %.4f",
    swarm_bench_share (cached.rang, cached.calls),
    swarm_bench_share (uncached.rang, uncached.calls),
    swarm_bench_share (cached.connected + uncached.connected, cached.calls + uncached.calls));
  hark_sim_swarm_calls_clear (&uncached);
  hark_sim_swarm_calls_clear (&cached);
}

static void
measure_idle (HarkSimSwarm *swarm, HarkSimSwarmPeople *people)
{
  HarkSimSwarmTables tables = hark_sim_swarm_measure_tables (swarm, 15 * HARK_MINUTE);
  HarkSimSwarmIdle idle = hark_sim_swarm_measure_idle (swarm, IDLE);
  HarkSimSwarmLoad load = hark_sim_swarm_measure_people (people, IDLE);

  swarm_bench_row ("dead entries", "in tables of Hark nodes older than 15 min: left; behind NATs",
                   "<= 0.05", tables.gone <= 0.05,
                   "\"entries\": %.0f, \"gone\": %.4f, \"hidden\": %.4f", tables.entries,
                   tables.gone, tables.hidden);
  swarm_bench_row ("idle traffic, client",
                   "whole node behind a NAT, three points, both ways, with "
                   "headers",
                   "<= 1000 B/s", load.bytes <= 1000, "\"mean_b_s\": %.0f, \"max_b_s\": %.0f",
                   load.bytes, load.bytes_max);
  swarm_bench_row ("idle traffic, public node", "the same, with those it serves", "<= 3000 B/s",
                   idle.server <= 3000, "\"mean_b_s\": %.0f, \"max_b_s\": %.0f", idle.server,
                   idle.server_max);
  swarm_bench_row ("load of contact points", "registrations at an open Hark node",
                   "p99 <= 3 times the mean", load.points_p99 <= 3 * load.points_mean,
                   "\"mean\": %.2f, \"p99\": %.0f", load.points_mean, load.points_p99);
}

static void
measure_people (HarkSimSwarm *swarm, HarkSimSwarmPeople *people)
{
  HarkSimSwarmResult finding;
  HarkSimSwarmCalls lost;
  double points, published = hark_sim_swarm_people_published (people, &points);

  swarm_bench_row ("people published", "record stored, with points in it; points held", "1 and 3",
                   published >= 0.999 && points >= 2.99, "\"share\": %.4f, \"points\": %.2f",
                   published, points);
  finding = hark_sim_swarm_measure_finding (people, FINDS, 100 * HARK_MS);
  swarm_bench_row ("found while its owner is online", "record of a person, at any time",
                   ">= 0.9995", swarm_bench_share (finding.found, finding.asked) >= 0.9995,
                   "\"n\": %u, \"found\": %.5f", finding.asked,
                   swarm_bench_share (finding.found, finding.asked));
  lost = hark_sim_swarm_measure_lost_points (people,
                                             MAX (2, hark_sim_swarm_count (swarm) / LOST_POINTS));
  swarm_bench_row ("ring after all points died", "click at that moment, old record; rang in 60 s",
                   "p99 <= 25 s", lost.rang == lost.calls && p (lost.ring, 0.99) <= 25000,
                   "\"n\": %u, \"rang\": %.3f, \"p50_ms\": %.0f, \"p99_ms\": %.0f", lost.calls,
                   swarm_bench_share (lost.rang, lost.calls), p (lost.ring, 0.5),
                   p (lost.ring, 0.99));
  hark_sim_swarm_result_clear (&finding);
  hark_sim_swarm_calls_clear (&lost);
}

static void
report_run (HarkSimSwarm *swarm, unsigned nodes, double cpu, HarkTime begin)
{
  double virtual = (double) (hark_sim_swarm_now (swarm) - begin) / (double) HARK_HOUR;
  struct rusage usage;
  uint8_t trace[HARK_SIM_TRACE_LEN];
  double seconds = cpu_seconds () - cpu;
  HarkSimCounters counters = hark_sim_network_get_counters (hark_sim_swarm_network (swarm));

  getrusage (RUSAGE_SELF, &usage);
  hark_sim_network_get_trace (hark_sim_swarm_network (swarm), trace);
  swarm_bench_row (
    "speed of the simulator", "processor time of one core for one virtual hour",
    "10,000 nodes: <= 600 s, <= 4 GB", seconds / virtual <= 600 && usage.ru_maxrss <= 4000000,
    "\"nodes\": %u, \"virtual_h\": %.2f, \"cpu_s\": %.0f, \"cpu_s_per_h\": %.0f, "
    "\"rss_max_mb\": %ld, \"datagrams\": %" G_GUINT64_FORMAT,
    nodes, virtual, seconds, seconds / virtual, usage.ru_maxrss / 1000, counters.sent);
  bench_print ("sim", "trace", "start of the hash over every delivery: same seed, same trace",
               "hex", "\"seed\": %u, \"trace\": \"%02x%02x%02x%02x%02x%02x%02x%02x\"", SEED,
               trace[0], trace[1], trace[2], trace[3], trace[4], trace[5], trace[6], trace[7]);
}

void
swarm_bench_table (unsigned nodes)
{
  HarkSimSwarmConfig config = hark_sim_swarm_config_mainline (nodes, SEED);
  double cpu = cpu_seconds ();
  struct mallinfo2 before = mallinfo2 (), after;
  HarkSimSwarm *swarm = swarm_bench_settled (&config, SETTLE);
  HarkTime begin = hark_sim_swarm_now (swarm) - SETTLE;
  HarkTime stored;
  HarkSimSwarmPeople *people;
  HarkSimSwarmResult later;
  g_autoptr (GArray) items = hark_sim_swarm_items_new (swarm, ITEMS);

  after = mallinfo2 ();
  bench_print ("sim", "memory of a node", "heap of a DHT node, its host and its NAT, after 20 min",
               "bytes", "\"nodes\": %u, \"heap_per_node\": %zu", nodes,
               (after.uordblks + after.hblkhd - before.uordblks - before.hblkhd) / nodes);
  people = hark_sim_swarm_people_new (swarm, MAX (20, nodes / 25));
  hark_sim_swarm_run (swarm, 3 * HARK_MINUTE);
  stored = hark_sim_swarm_now (swarm);
  measure_items (swarm, nodes, items);
  measure_joins (swarm, items);
  measure_calls (people);
  measure_idle (swarm, people);
  measure_people (swarm, people);
  if (hark_sim_swarm_now (swarm) < stored + AFTER)
    hark_sim_swarm_run (swarm, stored + AFTER - hark_sim_swarm_now (swarm));
  later = hark_sim_swarm_measure_gets (swarm, items, GETS, 30 * HARK_MS, true, NULL);
  swarm_bench_row ("found an hour after its owner vanished", "nobody put it again", ">= 0.999",
                   swarm_bench_share (later.found, later.asked) >= 0.999,
                   "\"n\": %u, \"found\": %.5f", later.asked,
                   swarm_bench_share (later.found, later.asked));
  report_run (swarm, nodes, cpu, begin);
  hark_sim_swarm_result_clear (&later);
  hark_sim_swarm_people_free (people);
  hark_sim_swarm_free (swarm);
}
