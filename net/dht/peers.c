#include "net/dht/peers.h"

#include <glib.h>
#include <string.h>

typedef struct {
  HarkEndpoint endpoint;
  HarkTime expires;
} Peer;

typedef struct {
  HarkNodeId info_hash; /* hash key */
  GArray *peers;        /* of Peer */
} Swarm;

struct HarkPeers {
  GHashTable *swarms; /* HarkNodeId inside Swarm -> Swarm */
  size_t total;
};

static void
swarm_free (gpointer data)
{
  Swarm *swarm = data;

  g_array_unref (swarm->peers);
  g_free (swarm);
}

HarkPeers *
hark_peers_new (void)
{
  HarkPeers *peers = g_new0 (HarkPeers, 1);

  peers->swarms
    = g_hash_table_new_full (hark_node_id_hash, hark_node_id_hash_equal, NULL, swarm_free);
  return peers;
}

void
hark_peers_free (HarkPeers *peers)
{
  if (!peers)
    return;
  g_hash_table_unref (peers->swarms);
  g_free (peers);
}

static Swarm *
get_swarm (HarkPeers *peers, const HarkNodeId *info_hash)
{
  Swarm *swarm = g_hash_table_lookup (peers->swarms, info_hash);

  if (swarm || g_hash_table_size (peers->swarms) >= HARK_PEERS_HASHES_MAX)
    return swarm;
  swarm = g_new0 (Swarm, 1);
  swarm->info_hash = *info_hash;
  swarm->peers = g_array_new (FALSE, TRUE, sizeof (Peer));
  g_hash_table_insert (peers->swarms, &swarm->info_hash, swarm);
  return swarm;
}

bool
hark_peers_announce (HarkPeers *peers,
                     const HarkNodeId *info_hash,
                     const HarkEndpoint *peer,
                     HarkTime now)
{
  Swarm *swarm = get_swarm (peers, info_hash);
  Peer fresh = {*peer, hark_time_add (now, HARK_PEERS_LIFETIME)};
  Peer *oldest = NULL;

  if (!swarm)
    return false;
  for (unsigned i = 0; i < swarm->peers->len; i++) {
    Peer *known = &g_array_index (swarm->peers, Peer, i);

    if (hark_endpoint_equal (&known->endpoint, peer)) {
      known->expires = fresh.expires;
      return true;
    }
    if (!oldest || known->expires < oldest->expires)
      oldest = known;
  }
  if (swarm->peers->len >= HARK_PEERS_PER_HASH) {
    *oldest = fresh;
    return true;
  }
  if (peers->total >= HARK_PEERS_TOTAL_MAX)
    return false;
  g_array_append_val (swarm->peers, fresh);
  peers->total++;
  return true;
}

size_t
hark_peers_get (HarkPeers *peers,
                const HarkNodeId *info_hash,
                uint8_t family,
                HarkRng *rng,
                HarkTime now,
                HarkEndpoint *ret,
                size_t max)
{
  Swarm *swarm = g_hash_table_lookup (peers->swarms, info_hash);
  size_t n = 0, seen = 0;

  for (unsigned i = 0; swarm && i < swarm->peers->len; i++) {
    const Peer *peer = &g_array_index (swarm->peers, Peer, i);
    size_t at = n;

    if (peer->expires <= now || peer->endpoint.family != family)
      continue;
    seen++;
    /* reservoir sampling: everybody has the same chance */
    if (n == max)
      at = (size_t) hark_rng_below (rng, seen);
    else
      n++;
    if (at < max)
      ret[at] = peer->endpoint;
  }
  return n;
}

void
hark_peers_expire (HarkPeers *peers, HarkTime now)
{
  GHashTableIter iter;
  gpointer value;

  peers->total = 0;
  g_hash_table_iter_init (&iter, peers->swarms);
  while (g_hash_table_iter_next (&iter, NULL, &value)) {
    Swarm *swarm = value;

    for (unsigned i = swarm->peers->len; i-- > 0;)
      if (g_array_index (swarm->peers, Peer, i).expires <= now)
        g_array_remove_index_fast (swarm->peers, i);
    peers->total += swarm->peers->len;
    if (swarm->peers->len == 0)
      g_hash_table_iter_remove (&iter);
  }
}
