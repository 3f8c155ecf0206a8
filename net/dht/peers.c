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
  GHashTable *hosts;  /* HarkEndpoint -> how many */
  size_t total;
};

/* Others choose them; there are at most HARK_PEERS_TOTAL_MAX. */
static guint
hash_host (gconstpointer key)
{
  const HarkEndpoint *host = key;
  guint hash = 5381;

  for (size_t i = 0; i < sizeof host->ip; i++)
    hash = hash * 33 + host->ip[i];
  return hash + host->port;
}

static gboolean
equal_host (gconstpointer a, gconstpointer b)
{
  return hark_endpoint_equal (a, b);
}

/* On loopback every port is a host. */
static HarkEndpoint
host_of (const HarkEndpoint *peer)
{
  HarkEndpoint host = *peer;

  if (hark_endpoint_scope (peer) != HARK_SCOPE_LOOPBACK)
    host.port = 0;
  return host;
}

static void
count_host (HarkPeers *peers, const HarkEndpoint *peer, int change)
{
  HarkEndpoint host = host_of (peer);
  int n = GPOINTER_TO_INT (g_hash_table_lookup (peers->hosts, &host)) + change;

  if (n > 0)
    g_hash_table_insert (peers->hosts, g_memdup2 (&host, sizeof host), GINT_TO_POINTER (n));
  else
    g_hash_table_remove (peers->hosts, &host);
}

static bool
has_share (const HarkPeers *peers, const HarkEndpoint *peer)
{
  HarkEndpoint host = host_of (peer);

  return GPOINTER_TO_INT (g_hash_table_lookup (peers->hosts, &host)) >= HARK_PEERS_PER_HOST;
}

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
  peers->hosts = g_hash_table_new_full (hash_host, equal_host, g_free, NULL);
  return peers;
}

void
hark_peers_free (HarkPeers *peers)
{
  if (!peers)
    return;
  g_hash_table_unref (peers->swarms);
  g_hash_table_unref (peers->hosts);
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
  Swarm *swarm = g_hash_table_lookup (peers->swarms, info_hash);
  Peer fresh = {*peer, hark_time_add (now, HARK_PEERS_LIFETIME)};
  Peer *oldest = NULL;

  for (unsigned i = 0; swarm && i < swarm->peers->len; i++) {
    Peer *known = &g_array_index (swarm->peers, Peer, i);

    if (hark_endpoint_equal (&known->endpoint, peer)) {
      known->expires = fresh.expires;
      return true;
    }
    if (!oldest || known->expires < oldest->expires)
      oldest = known;
  }
  if (has_share (peers, peer))
    return false;
  if (swarm && swarm->peers->len >= HARK_PEERS_PER_HASH) {
    count_host (peers, &oldest->endpoint, -1);
    *oldest = fresh;
    count_host (peers, peer, 1);
    return true;
  }
  if (peers->total >= HARK_PEERS_TOTAL_MAX || !(swarm = get_swarm (peers, info_hash)))
    return false;
  g_array_append_val (swarm->peers, fresh);
  count_host (peers, peer, 1);
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
      if (g_array_index (swarm->peers, Peer, i).expires <= now) {
        count_host (peers, &g_array_index (swarm->peers, Peer, i).endpoint, -1);
        g_array_remove_index_fast (swarm->peers, i);
      }
    peers->total += swarm->peers->len;
    if (swarm->peers->len == 0)
      g_hash_table_iter_remove (&iter);
  }
}
