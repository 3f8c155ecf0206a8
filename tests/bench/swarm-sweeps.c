#include "tests/bench/figures.h"
#include "tests/bench/swarm-bench.h"

#include <math.h>
#include <stddef.h>

#define SETTLE (16 * HARK_MINUTE)
#define ITEMS 200
#define GETS 600
#define SPACING (20 * HARK_MS)

/* What gets in one swarm came to. */
typedef struct {
  unsigned nodes;
  double queries, value, done;
} Size;

static GArray *sizes; /* of Size */

/* ---- growth ---------------------------------------------------------------------- */

void
swarm_bench_note_size (unsigned nodes, const HarkSimSwarmResult *gets)
{
  Size size = {
    .nodes = nodes,
    .queries = gets->queries_p50,
    .value = hark_sim_swarm_percentile (gets->first, 0.5),
    .done = hark_sim_swarm_percentile (gets->done, 0.5),
  };

  if (!sizes)
    sizes = g_array_new (FALSE, FALSE, sizeof (Size));
  g_array_append_val (sizes, size);
  bench_print ("sim", "growth", "gets, as in the table", "see names",
               "\"nodes\": %u, \"found\": %.4f, \"queries\": %.1f, \"queries_p50\": %.0f, "
               "\"value_p50_ms\": %.0f, "
               "\"value_p99_ms\": %.0f, \"done_p50_ms\": %.0f, \"done_p99_ms\": %.0f",
               nodes, swarm_bench_share (gets->found, gets->asked), gets->queries, size.queries,
               size.value, hark_sim_swarm_percentile (gets->first, 0.99), size.done,
               hark_sim_swarm_percentile (gets->done, 0.99));
}

static void
measure_size (unsigned nodes)
{
  HarkSimSwarmConfig config = hark_sim_swarm_config_mainline (nodes, 40 + nodes);
  HarkSimSwarm *swarm = swarm_bench_settled (&config, SETTLE);
  g_autoptr (GArray) items = hark_sim_swarm_items_new (swarm, ITEMS);
  HarkSimSwarmResult puts = hark_sim_swarm_measure_puts (swarm, items, SPACING, NULL);
  HarkSimSwarmResult gets = hark_sim_swarm_measure_gets (swarm, items, GETS, SPACING, true, NULL);

  swarm_bench_note_size (nodes, &gets);
  hark_sim_swarm_result_clear (&puts);
  hark_sim_swarm_result_clear (&gets);
  hark_sim_swarm_free (swarm);
}

/* Least squares of y = a + b log2 (x); @ret_r2: how much of the spread that explains. */
static void
fit (const double *x, const double *y, unsigned n, double *ret_a, double *ret_b, double *ret_r2)
{
  double sx = 0, sy = 0, sxx = 0, sxy = 0, left = 0, all = 0;

  for (unsigned i = 0; i < n; i++) {
    double l = log2 (x[i]);

    sx += l;
    sy += y[i];
    sxx += l * l;
    sxy += l * y[i];
  }
  *ret_b = (n * sxy - sx * sy) / (n * sxx - sx * sx);
  *ret_a = (sy - *ret_b * sx) / n;
  for (unsigned i = 0; i < n; i++) {
    double miss = y[i] - *ret_a - *ret_b * log2 (x[i]);

    left += miss * miss;
    all += (y[i] - sy / n) * (y[i] - sy / n);
  }
  *ret_r2 = all > 0 ? 1 - left / all : 1;
}

/* Met by what follows the line, and by what hardly grows, where r2 says nothing. */
static void
report_growth (const char *what, size_t offset)
{
  g_autofree double *x = g_new (double, sizes->len);
  g_autofree double *y = g_new (double, sizes->len);
  double a, b, r2;
  guint least = 0, most = 0;

  for (guint i = 0; i < sizes->len; i++) {
    const Size *size = &g_array_index (sizes, Size, i);

    x[i] = size->nodes;
    y[i] = *(const double *) (const void *) ((const char *) size + offset);
    least = x[i] < x[least] ? i : least;
    most = x[i] > x[most] ? i : most;
  }
  fit (x, y, sizes->len, &a, &b, &r2);
  swarm_bench_row ("growth", what, "a + b log2 (nodes), or less than a quarter more in all",
                   r2 > 0.8 || y[most] < 1.25 * y[least],
                   "\"a\": %.1f, \"b\": %.2f, \"r2\": %.3f, \"at_a_million\": %.0f, "
                   "\"at_ten_million\": %.0f",
                   a, b, r2, a + b * log2 (1e6), a + b * log2 (1e7));
}

void
swarm_bench_growth (unsigned nodes)
{
  static const unsigned smaller[] = {100, 300, 1000, 3000};
  bool has_table = sizes != NULL;

  for (size_t i = 0; i < G_N_ELEMENTS (smaller) && smaller[i] < nodes; i++)
    measure_size (smaller[i]);
  if (!has_table)
    measure_size (nodes);
  if (sizes->len < 3)
    return;
  report_growth ("queries per get, p50", offsetof (Size, queries));
  report_growth ("first value, p50 ms", offsetof (Size, value));
  report_growth ("get complete, p50 ms", offsetof (Size, done));
}

/* ---- sweeps ---------------------------------------------------------------------- */

static void
kill_some (HarkSimSwarm *swarm, double share)
{
  for (unsigned i = hark_sim_swarm_count (swarm); i > 0; i--)
    if (hark_sim_draw_unit (hark_sim_swarm_draw (swarm)) < share)
      hark_sim_swarm_kill (swarm, hark_sim_swarm_node (swarm, i - 1));
}

static void
sweep (const char *what, double value, const HarkSimSwarmConfig *config, double dead, bool urgent)
{
  HarkSimSwarm *swarm = swarm_bench_settled (config, SETTLE);
  g_autoptr (GArray) items = hark_sim_swarm_items_new (swarm, ITEMS);
  g_autoptr (GArray) others = hark_sim_swarm_items_new (swarm, ITEMS);
  HarkSimSwarmResult before = hark_sim_swarm_measure_puts (swarm, items, SPACING, NULL);
  HarkSimSwarmResult gets, puts;

  if (dead > 0) {
    hark_sim_swarm_set_churn (swarm, false);
    kill_some (swarm, dead);
  }
  gets = hark_sim_swarm_measure_gets (swarm, items, GETS, SPACING / 2, urgent, NULL);
  puts = hark_sim_swarm_measure_puts (swarm, others, SPACING, NULL);
  bench_print (
    "sim", what, "one thing changed at a time", "see names",
    "\"value\": %g, \"nodes\": %u, \"first_p50_ms\": %.0f, \"first_p99_ms\": %.0f, "
    "\"done_p50_ms\": %.0f, \"done_p99_ms\": %.0f, \"put4_p50_ms\": %.0f, "
    "\"put4_p99_ms\": %.0f, \"queries_get\": %.1f, \"queries_put\": %.1f, \"found\": "
    "%.4f",
    value, config->nodes, hark_sim_swarm_percentile (gets.first, 0.5),
    hark_sim_swarm_percentile (gets.first, 0.99), hark_sim_swarm_percentile (gets.done, 0.5),
    hark_sim_swarm_percentile (gets.done, 0.99), hark_sim_swarm_percentile (puts.first, 0.5),
    hark_sim_swarm_percentile (puts.first, 0.99), gets.queries, puts.queries,
    swarm_bench_share (gets.found, gets.asked));
  hark_sim_swarm_result_clear (&before);
  hark_sim_swarm_result_clear (&gets);
  hark_sim_swarm_result_clear (&puts);
  hark_sim_swarm_free (swarm);
}

void
swarm_bench_sweeps (unsigned nodes)
{
  static const double losses[] = {0, 0.01, 0.05};
  static const double dead[] = {0.1, 0.3, 0.5};
  static const double nats[] = {0, 0.3, 0.6};
  static const double without_items[] = {0, 0.6};
  const HarkSimSwarmConfig base = hark_sim_swarm_config_mainline (nodes, 50);
  HarkSimSwarmConfig config;

  for (size_t i = 0; i < G_N_ELEMENTS (losses); i++) {
    config = base;
    config.area.loss = losses[i];
    sweep ("loss of packets", losses[i], &config, 0, true);
  }
  for (size_t i = 0; i < G_N_ELEMENTS (dead); i++)
    sweep ("share of nodes that died a moment ago", dead[i], &base, dead[i], true);
  for (size_t i = 0; i < G_N_ELEMENTS (nats); i++) {
    config = base;
    config.restricted = nats[i];
    config.symmetric = nats[i] / 3;
    sweep ("share behind port-restricted NATs, a third as many symmetric", nats[i], &config, 0,
           true);
  }
  for (size_t i = 0; i < G_N_ELEMENTS (without_items); i++) {
    config = base;
    config.without_items = without_items[i];
    sweep ("share of foreign nodes without items", without_items[i], &config, 0, true);
  }
  sweep ("queries in flight", 6, &base, 0, false);
  sweep ("queries in flight", 8, &base, 0, true);
}
