#include "tests/sim/swarm-measure.h"

#include <sodium.h>
#include <string.h>

#define SETTLED (5 * HARK_MINUTE) /* in the network before it is asked */
#define PATIENCE (30 * HARK_SECOND)
#define VALUE_LEN 297
#define HEADERS 28 /* of IPv4 and UDP */
#define JOIN_AGAIN (100 * HARK_MS)
#define JOIN_STEP (5 * HARK_MS)

GArray *
hark_sim_swarm_items_new (HarkSimSwarm *swarm, unsigned n)
{
  GArray *items = g_array_sized_new (FALSE, TRUE, sizeof (HarkSimSwarmItem), n);
  uint8_t secret[crypto_sign_SECRETKEYBYTES];

  for (unsigned i = 0; i < n; i++) {
    HarkSimSwarmItem item = {.seq = 1};

    for (size_t j = 0; j < sizeof item.seed; j++)
      item.seed[j] = (uint8_t) hark_sim_draw (hark_sim_swarm_draw (swarm));
    crypto_sign_seed_keypair (item.key, secret, item.seed);
    g_array_append_val (items, item);
  }
  return items;
}

void
hark_sim_swarm_result_clear (HarkSimSwarmResult *result)
{
  g_clear_pointer (&result->first, g_array_unref);
  g_clear_pointer (&result->done, g_array_unref);
}

static int
compare (const void *a, const void *b)
{
  double left = *(const double *) a, right = *(const double *) b;

  return (left > right) - (left < right);
}

double
hark_sim_swarm_percentile (GArray *values, double share)
{
  if (values->len == 0)
    return 0;
  g_array_sort (values, compare);
  return g_array_index (values, double, (guint) (share * (values->len - 1) + 0.5));
}

static double
to_ms (HarkTime span)
{
  return (double) span / (double) HARK_MS;
}

static void
append (GArray *values, HarkTime from, HarkTime to)
{
  double ms = to_ms (hark_time_since (to, from));

  g_array_append_val (values, ms);
}

static HarkSimSwarmResult
result_new (void)
{
  return (HarkSimSwarmResult){.first = g_array_new (FALSE, FALSE, sizeof (double)),
                              .done = g_array_new (FALSE, FALSE, sizeof (double))};
}

static HarkSimSwarmNode *
pick (HarkSimSwarm *swarm, HarkSimSwarmAsker asker)
{
  return asker ? asker (swarm) : hark_sim_swarm_pick (swarm, SETTLED, false);
}

/* Sums up and frees @probes; @seqs: what each should have found; NULL: they are puts. */
static void
take_probes (HarkSimSwarmResult *result, GPtrArray *probes, const GArray *seqs)
{
  g_autoptr (GArray) all = g_array_new (FALSE, FALSE, sizeof (double));
  double queries = 0;

  for (guint i = 0; i < probes->len; i++) {
    HarkSimSwarmProbe *probe = probes->pdata[i];
    double count;

    if (probe->done_at) {
      result->asked++;
      queries += (double) probe->queries;
      count = (double) probe->queries;
      g_array_append_val (all, count);
      if (seqs) {
        if (probe->value_at)
          append (result->first, probe->started, probe->value_at);
        append (result->done, probe->started, probe->done_at);
        result->found += probe->found && probe->seq == g_array_index (seqs, int64_t, i);
      } else {
        if (probe->stored_at)
          append (result->first, probe->started, probe->stored_at);
        if (probe->acks >= 8)
          append (result->done, probe->started, probe->done_at);
        result->found += probe->acks >= 4;
        result->full += probe->acks >= 8;
      }
    }
    hark_sim_swarm_probe_free (probe);
  }
  result->queries = queries / MAX (1, result->asked);
  result->queries_p50 = hark_sim_swarm_percentile (all, 0.5);
}

HarkSimSwarmResult
hark_sim_swarm_measure_puts (HarkSimSwarm *swarm,
                             GArray *items,
                             HarkTime spacing,
                             HarkSimSwarmAsker asker)
{
  HarkSimSwarmResult result = result_new ();
  g_autoptr (GPtrArray) probes = g_ptr_array_new ();

  for (guint i = 0; i < items->len; i++) {
    HarkSimSwarmItem *item = &g_array_index (items, HarkSimSwarmItem, i);

    g_ptr_array_add (probes,
                     hark_sim_swarm_put (pick (swarm, asker), item->seed, item->seq, VALUE_LEN));
    hark_sim_swarm_run (swarm, spacing);
  }
  hark_sim_swarm_run (swarm, PATIENCE);
  take_probes (&result, probes, NULL);
  return result;
}

HarkSimSwarmResult
hark_sim_swarm_measure_gets (HarkSimSwarm *swarm,
                             const GArray *items,
                             unsigned n,
                             HarkTime spacing,
                             bool urgent,
                             HarkSimSwarmAsker asker)
{
  HarkSimSwarmResult result = result_new ();
  HarkSimCounters before = hark_sim_network_get_counters (hark_sim_swarm_network (swarm)), after;
  g_autoptr (GPtrArray) probes = g_ptr_array_new ();
  g_autoptr (GArray) seqs = g_array_new (FALSE, FALSE, sizeof (int64_t));

  for (unsigned i = 0; i < n; i++) {
    guint at = (guint) (hark_sim_draw (hark_sim_swarm_draw (swarm)) % items->len);
    const HarkSimSwarmItem *item = &g_array_index (items, HarkSimSwarmItem, at);

    g_ptr_array_add (probes, hark_sim_swarm_get (pick (swarm, asker), item->key, urgent));
    g_array_append_val (seqs, item->seq);
    hark_sim_swarm_run (swarm, spacing);
  }
  hark_sim_swarm_run (swarm, PATIENCE);
  after = hark_sim_network_get_counters (hark_sim_swarm_network (swarm));
  result.messages = after.sent - before.sent;
  take_probes (&result, probes, seqs);
  return result;
}

/* ---- joining --------------------------------------------------------------------- */

typedef struct {
  HarkSimSwarmNode *node;
  const HarkSimSwarmItem *item;
  HarkSimSwarmProbe *probe;
  HarkTime started;
  HarkTime again; /* when to ask once more */
} Newcomer;

/* Asks, and asks again; true when the value is there. */
static bool
watch_newcomer (Newcomer *newcomer, HarkSimSwarmResult *result, HarkTime now)
{
  HarkSimSwarmProbe *probe = newcomer->probe;

  if (probe && probe->value_at) {
    append (result->first, newcomer->started, probe->value_at);
    result->found++;
    return true;
  }
  if (probe && probe->done_at) {
    hark_sim_swarm_probe_free (probe);
    newcomer->probe = NULL;
    newcomer->again = now + JOIN_AGAIN;
  } else if (!probe && newcomer->again <= now) {
    newcomer->probe = hark_sim_swarm_get (newcomer->node, newcomer->item->key, true);
  }
  return now >= newcomer->started + PATIENCE;
}

static void
watch_newcomers (HarkSimSwarm *swarm, GArray *newcomers, HarkSimSwarmResult *result)
{
  for (guint i = newcomers->len; i > 0; i--) {
    Newcomer *newcomer = &g_array_index (newcomers, Newcomer, i - 1);

    if (!watch_newcomer (newcomer, result, hark_sim_swarm_now (swarm)))
      continue;
    hark_sim_swarm_probe_free (newcomer->probe);
    hark_sim_swarm_kill (swarm, newcomer->node);
    g_array_remove_index_fast (newcomers, i - 1);
  }
}

HarkSimSwarmResult
hark_sim_swarm_measure_joins (
  HarkSimSwarm *swarm, const GArray *items, unsigned n, HarkTime spacing, bool saved)
{
  HarkSimSwarmResult result = result_new ();
  g_autoptr (GArray) newcomers = g_array_new (FALSE, FALSE, sizeof (Newcomer));
  HarkTime next = hark_sim_swarm_now (swarm);

  while (result.asked < n || newcomers->len > 0) {
    if (result.asked < n && next <= hark_sim_swarm_now (swarm)) {
      Newcomer newcomer = {.started = hark_sim_swarm_now (swarm)};
      guint at = (guint) (hark_sim_draw (hark_sim_swarm_draw (swarm)) % items->len);
      HarkSimNatKind nat = result.asked % 2 ? HARK_SIM_NAT_PORT_RESTRICTED : HARK_SIM_NAT_NONE;

      newcomer.item = &g_array_index (items, HarkSimSwarmItem, at);
      newcomer.node = hark_sim_swarm_add (swarm, HARK_SIM_SWARM_HARK, nat);
      if (saved)
        hark_sim_swarm_join_saved (swarm, newcomer.node);
      else
        hark_sim_swarm_join (swarm, newcomer.node, 1);
      g_array_append_val (newcomers, newcomer);
      result.asked++;
      next += spacing;
    }
    watch_newcomers (swarm, newcomers, &result);
    hark_sim_swarm_run (swarm, JOIN_STEP);
  }
  return result;
}

/* ---- tables and traffic ---------------------------------------------------------- */

HarkSimSwarmTables
hark_sim_swarm_measure_tables (HarkSimSwarm *swarm, HarkTime age)
{
  HarkTime now = hark_sim_swarm_now (swarm);
  HarkSimSwarmTables result = {0};
  unsigned nodes = 0, entries = 0, gone = 0, hidden = 0;

  for (unsigned i = 0; i < hark_sim_swarm_count (swarm); i++) {
    HarkSimSwarmNode *node = hark_sim_swarm_node (swarm, i);
    unsigned node_gone, node_hidden;

    if (node->role != HARK_SIM_SWARM_HARK || hark_time_since (now, node->born) < age)
      continue;
    nodes++;
    entries += hark_sim_swarm_dead_share (node, &node_gone, &node_hidden);
    gone += node_gone;
    hidden += node_hidden;
  }
  result.entries = (double) entries / MAX (1, nodes);
  result.gone = (double) gone / MAX (1, entries);
  result.hidden = (double) hidden / MAX (1, entries);
  return result;
}

/* A node that is watched; it may leave meanwhile, and is not counted then. */
typedef struct {
  HarkEndpoint endpoint;
  unsigned host;
  HarkSimSwarmTraffic before;
} Idler;

static HarkSimSwarmNode *
find_idler (HarkSimSwarm *swarm, const Idler *idler)
{
  for (unsigned i = 0; i < hark_sim_swarm_count (swarm); i++)
    if (hark_sim_swarm_node (swarm, i)->host == idler->host)
      return hark_sim_swarm_node (swarm, i);
  return NULL;
}

HarkSimSwarmIdle
hark_sim_swarm_measure_idle (HarkSimSwarm *swarm, HarkTime span)
{
  g_autoptr (GArray) idlers = g_array_new (FALSE, FALSE, sizeof (Idler));
  HarkSimSwarmIdle result = {0};
  unsigned clients = 0, servers = 0;

  for (unsigned i = 0; i < hark_sim_swarm_count (swarm); i++) {
    const HarkSimSwarmNode *node = hark_sim_swarm_node (swarm, i);
    Idler idler = {.endpoint = node->endpoint, .host = node->host, .before = node->traffic};

    if (node->role == HARK_SIM_SWARM_HARK)
      g_array_append_val (idlers, idler);
  }
  hark_sim_swarm_run (swarm, span);
  for (guint i = 0; i < idlers->len; i++) {
    const Idler *idler = &g_array_index (idlers, Idler, i);
    const HarkSimSwarmNode *node = find_idler (swarm, idler);
    double rate;

    if (!node)
      continue;
    rate = (double) (node->traffic.bytes - idler->before.bytes
                     + HEADERS * (node->traffic.packets - idler->before.packets))
           / ((double) span / (double) HARK_SECOND);
    clients += node->read_only;
    servers += !node->read_only;
    *(node->read_only ? &result.client : &result.server) += rate;
    if (node->read_only)
      result.client_max = MAX (result.client_max, rate);
    else
      result.server_max = MAX (result.server_max, rate);
  }
  result.client /= MAX (1, clients);
  result.server /= MAX (1, servers);
  return result;
}
