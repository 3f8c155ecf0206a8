#include "net/dht/far.h"
#include "net/dht/keep.h"

#include <string.h>

static bool
same_neighbourhood (const HarkEndpoint *a, const HarkEndpoint *b)
{
  if (hark_endpoint_scope (a) != HARK_SCOPE_PUBLIC)
    return hark_endpoint_equal (a, b);
  return a->family == b->family && memcmp (a->ip, b->ip, a->family == 6 ? 4 : 2) == 0;
}

static bool
may_be_point (HarkDht *dht, const HarkEndpoint *endpoint, bool *ret_was_point)
{
  const HarkDhtKnown *known = hark_dht_known (dht, endpoint, false);

  *ret_was_point = known && known->was_point;
  return !hark_dht_is_kept (dht, endpoint) && (!known || known->not_before <= dht->now);
}

/* UDP is blocked: instead of those in the table the ones that take TCP. */
static void
take_far_points (HarkDht *dht, GArray *pools[2])
{
  HarkEndpoint nodes[HARK_FAR_NODES_MAX];
  size_t n = hark_far_nodes (dht, nodes, G_N_ELEMENTS (nodes));
  bool was_point;

  g_array_set_size (pools[0], 0);
  g_array_set_size (pools[1], 0);
  for (size_t i = 0; i < n; i++) {
    nodes[i].tcp = false;
    if (may_be_point (dht, &nodes[i], &was_point))
      g_array_append_val (pools[was_point ? 0 : 1], nodes[i]);
  }
}

size_t
hark_dht_pick_points (HarkDht *dht, size_t n, HarkEndpoint *ret, HarkTime now)
{
  g_autoptr (GArray) points = g_array_new (FALSE, FALSE, sizeof (HarkEndpoint));
  g_autoptr (GArray) untried = g_array_new (FALSE, FALSE, sizeof (HarkEndpoint));
  GArray *pools[] = {points, untried};
  const HarkTableNode *nodes[512];
  static const HarkNodeId anywhere;
  size_t picked = 0;

  dht->now = MAX (dht->now, now);
  for (int i = 0; i < HARK_DHT_FAMILIES; i++) {
    size_t found = hark_table_closest (&dht->tables[i], &anywhere, nodes, G_N_ELEMENTS (nodes));
    bool was_point;

    for (size_t j = 0; j < found; j++)
      if (may_be_point (dht, &nodes[j]->endpoint, &was_point))
        g_array_append_val (pools[was_point ? 0 : 1], nodes[j]->endpoint);
  }

  if (hark_far_is_on (dht))
    take_far_points (dht, pools);
  for (int pool = 0; pool < 2; pool++) {
    while (pools[pool]->len && picked < n) {
      unsigned i = (unsigned) hark_rng_below (&dht->rng, pools[pool]->len);
      HarkEndpoint chosen = g_array_index (pools[pool], HarkEndpoint, i);
      bool crowded = false;

      g_array_remove_index_fast (pools[pool], i);
      for (size_t j = 0; j < picked; j++)
        crowded |= same_neighbourhood (&ret[j], &chosen);
      if (!crowded)
        ret[picked++] = chosen;
    }
  }
  return picked;
}
