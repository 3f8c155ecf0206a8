#include "net/dht/probe.h"

#include "net/dht/far.h"
#include "net/dht/operation.h"

#include <string.h>

static const uint8_t zeros[40];

#define PROBE_PADDING 18 /* bytes: as long as the endpoint that takes the place of `via` */
/* the answer to a stranger is at most three times as long as this query */
#define MORE_PADDING 40

/* ---- asking -------------------------------------------------------------------------------- */

void
hark_dht_set_wall (HarkDht *dht, int64_t wall_ms, HarkTime now)
{
  dht->has_wall = true;
  dht->wall_ms = wall_ms;
  dht->wall_at = now;
}

void
hark_dht_set_helpers (HarkDht *dht, const HarkEndpoint *helpers, size_t n)
{
  dht->n_helpers = MIN (n, HARK_DHT_HELPERS_MAX);
  memcpy (dht->helpers, helpers, dht->n_helpers * sizeof dht->helpers[0]);
}

bool
hark_dht_has_contacted (const HarkDht *dht, const HarkEndpoint *endpoint)
{
  return hark_contacted_has (&dht->contacted, endpoint, dht->now);
}

/* The endpoints in an answer that may be sent to, for us and from @teller's point of view. */
static GArray *
read_peers (HarkDht *dht, const HarkEndpoint *teller, HarkBencode values)
{
  GArray *peers = g_array_new (FALSE, FALSE, sizeof (HarkEndpoint));
  HarkBencodeIter iter;
  HarkBencode entry;

  if (!hark_bencode_is_list (values))
    return peers;
  hark_bencode_iter_init (&iter, values);
  while (peers->len < HARK_DHT_MORE_MAX && hark_bencode_iter_next (&iter, NULL, &entry)) {
    size_t len;
    const uint8_t *compact = hark_bencode_get_bytes (entry, &len);
    HarkEndpoint peer;

    if (compact && hark_endpoint_from_compact (compact, len, &peer)
        && hark_endpoint_scope (&peer) >= hark_endpoint_scope (teller)
        && hark_dht_may_send (dht, &peer)
        && !hark_endpoint_equal (&peer, &dht->votes[peer.family == 6].external))
      g_array_append_val (peers, peer);
  }
  return peers;
}

static void
on_more (HarkDht *dht, const HarkRpc *rpc, HarkRpcOutcome outcome, const HarkKrpc *answer)
{
  HarkDhtEvent event = {.kind = HARK_DHT_EVENT_MORE, .endpoint = rpc->to};

  if (outcome == HARK_RPC_LATE)
    return;
  event.endpoint.tcp = false; /* it is the same node either way */
  event.found = outcome == HARK_RPC_ANSWERED && answer->has_count;
  event.rtt = hark_time_since (dht->now, rpc->sent);
  hark_dht_emit (dht, &event, NULL,
                 event.found ? read_peers (dht, &rpc->to, answer->values) : NULL);
}

bool
hark_dht_ask_more (HarkDht *dht, const HarkEndpoint *node, unsigned n, HarkTime now)
{
  HarkKrpc query = {
    .method = HARK_KRPC_HK_MORE,
    .has_count = true,
    .count = MIN (n, HARK_DHT_MORE_MAX),
    .padding = {zeros, MORE_PADDING}
  };
  HarkEndpoint to;

  dht->now = MAX (dht->now, now);
  hark_dht_want (dht, &query);
  to = hark_far_route (dht, node);
  return hark_rpc_send (dht, &to, &query, on_more, 0);
}

bool
hark_dht_probe (HarkDht *dht, const HarkEndpoint *first, const HarkEndpoint *via, HarkTime now)
{
  uint8_t compact[18];
  HarkKrpc query = {
    .method = HARK_KRPC_HK_PROBE,
    .padding = {zeros,                          PROBE_PADDING},
    .via = { compact, hark_endpoint_to_compact (via,      compact)}
  };

  dht->now = MAX (dht->now, now);
  return query.via.len && hark_dht_may_send (dht, via)
         && hark_rpc_send (dht, first, &query, NULL, 0);
}

/* ---- being asked --------------------------------------------------------------------------- */

static bool
take_probe (HarkDht *dht, HarkLimit *limit)
{
  return hark_token_bucket_take (&limit->probes, 1, dht->now)
         && hark_token_bucket_take (&dht->limits.probes, 1, dht->now);
}

bool
hark_dht_probe_pass_on (
  HarkDht *dht, const HarkEndpoint *from, const HarkKrpc *query, size_t len, HarkLimit *limit)
{
  uint8_t packet[HARK_KRPC_LEN_MAX], compact[18], transaction[4];
  HarkKrpc on = {
    .kind = HARK_KRPC_QUERY,
    .method = HARK_KRPC_HK_PROBE,
    .transaction = {transaction,                     sizeof transaction},
    .c = { compact, hark_endpoint_to_compact (from,           compact)}
  };
  HarkEndpoint via;
  size_t on_len;

  if (!hark_endpoint_from_compact (query->via.data, query->via.len, &via)
      || !hark_dht_may_send (dht, &via) || hark_same_host (&via, from)
      || hark_endpoint_scope (&via) < hark_endpoint_scope (from))
    return false;
  hark_rng_bytes (&dht->rng, transaction, sizeof transaction);
  on.id = hark_dht_own_id (dht, &via);
  on_len = hark_krpc_write (&on, NULL, 0, packet, sizeof packet);
  if (on_len == 0 || on_len > len || !take_probe (dht, limit))
    return false;
  hark_dht_send (dht, &via, packet, on_len);
  return true;
}

void
hark_dht_probe_back (HarkDht *dht,
                     const HarkEndpoint *from,
                     const HarkKrpc *query,
                     HarkLimit *limit)
{
  HarkEndpoint to;

  if (!query->c.data || !hark_endpoint_from_compact (query->c.data, query->c.len, &to)
      || !hark_dht_may_send (dht, &to) || hark_same_host (&to, from)
      || hark_endpoint_scope (&to) < hark_endpoint_scope (from) || !take_probe (dht, limit))
    return;
  if (hark_token_bucket_take (&hark_limits_source (&dht->limits, &to, dht->now)->probes, 1,
                              dht->now))
    hark_rpc_ping (dht, &to);
}

size_t
hark_dht_choose_helpers (HarkDht *dht,
                         const HarkEndpoint *from,
                         const HarkKrpc *query,
                         HarkEndpoint ret[HARK_DHT_MORE_MAX])
{
  size_t wanted = query->has_count ? (size_t) CLAMP (query->count, 0, HARK_DHT_MORE_MAX) : 0;
  size_t start = (size_t) hark_rng_below (&dht->rng, dht->n_helpers);
  size_t n = 0;

  for (size_t i = 0; i < dht->n_helpers && n < wanted; i++) {
    const HarkEndpoint *helper = &dht->helpers[(start + i) % dht->n_helpers];
    bool in_family
      = helper->family == from->family || (helper->family == 6 ? query->want6 : query->want4);

    if (in_family && !hark_same_host (helper, from)
        && hark_endpoint_scope (helper) >= hark_endpoint_scope (from))
      ret[n++] = *helper;
  }
  return n;
}
