#include "net/dht/rpc.h"

#include <string.h>

/* Its answer comes from the DHT node itself, at once. */
static bool
is_prompt (HarkKrpcMethod method)
{
  return method != HARK_KRPC_HK_KNOCK;
}

void
hark_rpc_free (gpointer data)
{
  HarkRpc *rpc = data;

  g_clear_pointer (&rpc->packet, g_bytes_unref);
  g_free (rpc);
}

/* Our own queries go to nodes of our own kind only and keep to a pace of theirs; the rest to one
 * for which nobody shuts us out. */
static HarkTime
pace (HarkDht *dht, const HarkEndpoint *to, HarkKrpcMethod method)
{
  HarkScope scope = hark_endpoint_scope (to);
  HarkLimit *limit = hark_limits_source (&dht->limits, to, dht->now);
  const HarkDhtKnown *known;
  bool own_kind = scope != HARK_SCOPE_PUBLIC || method >= HARK_KRPC_HK_KEEP;
  HarkTime wait;

  if (scope == HARK_SCOPE_LOOPBACK)
    return 0;
  known = own_kind ? NULL : hark_dht_known (dht, to, false);
  wait = hark_limits_pace (limit, own_kind || (known && known->was_point), dht->now);
  return method >= HARK_KRPC_HK_KEEP ? 0 : wait;
}

static HarkTime
patience_with (HarkDht *dht, const HarkEndpoint *to)
{
  const HarkTableNode *node = hark_table_find (hark_dht_table (dht, to), to);
  HarkTime late = dht->rtt_p90 ? dht->rtt_p90 : HARK_RPC_LATE_FIRST;

  if (node && node->rtt)
    late = node->rtt + 4 * node->rtt_var;
  return CLAMP (late, HARK_RPC_LATE_MIN, HARK_RPC_LATE_MAX);
}

static int
compare_times (const void *a, const void *b)
{
  HarkTime x = *(const HarkTime *) a, y = *(const HarkTime *) b;

  return (x > y) - (x < y);
}

static void
note_rtt (HarkDht *dht, HarkTime rtt)
{
  HarkTime sorted[G_N_ELEMENTS (dht->rtts)];
  unsigned n;

  dht->rtts[dht->n_rtts++ % G_N_ELEMENTS (dht->rtts)] = rtt;
  n = MIN (dht->n_rtts, (unsigned) G_N_ELEMENTS (dht->rtts));
  if (n < 8 || dht->n_rtts % 8)
    return;
  memcpy (sorted, dht->rtts, n * sizeof sorted[0]);
  qsort (sorted, n, sizeof sorted[0], compare_times);
  dht->rtt_p90 = sorted[n * 9 / 10];
}

static bool
start (HarkDht *dht,
       const HarkEndpoint *to,
       HarkKrpc *query,
       HarkRpcCallback on_outcome,
       uint32_t owner,
       HarkRpc **ret,
       uint8_t packet[HARK_KRPC_LEN_MAX],
       size_t *ret_len)
{
  HarkRpc *rpc;
  HarkTime wait;

  if (dht->rpcs->len >= HARK_RPCS_MAX)
    return false;
  wait = pace (dht, to, query->method);
  if (wait == HARK_TIME_NEVER)
    return false;
  rpc = g_new0 (HarkRpc, 1);
  hark_rng_bytes (&dht->rng, rpc->transaction, sizeof rpc->transaction);
  rpc->method = query->method;
  rpc->to = *to;
  rpc->sent = dht->now + wait;
  rpc->on_outcome = on_outcome;
  rpc->owner = owner;

  query->kind = HARK_KRPC_QUERY;
  query->id = hark_dht_own_id (dht, to);
  query->transaction = (HarkBytes){rpc->transaction, sizeof rpc->transaction};
  query->read_only = dht->read_only[to->family == 6];
  *ret_len = hark_krpc_write (query, NULL, 0, packet, HARK_KRPC_LEN_MAX);
  g_assert (*ret_len);
  if (wait)
    rpc->packet = g_bytes_new (packet, *ret_len);
  else
    hark_dht_send (dht, to, packet, *ret_len);
  dht->unheard[to->family == 6]++;
  hark_dht_note_query (dht, to);
  g_ptr_array_add (dht->rpcs, rpc);
  *ret = rpc;
  return true;
}

static bool
send_anywhere (
  HarkDht *dht, const HarkEndpoint *to, HarkKrpc *query, HarkRpcCallback on_outcome, uint32_t owner)
{
  uint8_t packet[HARK_KRPC_LEN_MAX];
  size_t len;
  HarkRpc *rpc;

  if (!start (dht, to, query, on_outcome, owner, &rpc, packet, &len))
    return false;
  rpc->late = rpc->sent + patience_with (dht, to);
  rpc->give_up = rpc->late + HARK_RPC_GIVE_UP;
  return true;
}

bool
hark_rpc_send (
  HarkDht *dht, const HarkEndpoint *to, HarkKrpc *query, HarkRpcCallback on_outcome, uint32_t owner)
{
  return hark_dht_may_send (dht, to) && send_anywhere (dht, to, query, on_outcome, owner);
}

bool
hark_rpc_send_slow (HarkDht *dht,
                    const HarkEndpoint *to,
                    HarkKrpc *query,
                    HarkTime patience,
                    HarkRpcCallback on_outcome,
                    uint32_t owner,
                    GBytes **ret_packet)
{
  uint8_t packet[HARK_KRPC_LEN_MAX];
  size_t len;
  HarkRpc *rpc;

  if (!hark_dht_may_send (dht, to)
      || !start (dht, to, query, on_outcome, owner, &rpc, packet, &len))
    return false;
  rpc->late = HARK_TIME_NEVER;
  rpc->give_up = dht->now + patience;
  *ret_packet = g_bytes_new (packet, len);
  return true;
}

/* The answer was ours to expect: what it tells about its sender. */
static void
learn (HarkDht *dht, const HarkRpc *rpc, const HarkKrpc *message)
{
  HarkTable *table = hark_dht_table (dht, &rpc->to);
  HarkLimit *limit = hark_limits_source (&dht->limits, &rpc->to, dht->now);
  HarkTime rtt = hark_time_since (dht->now, rpc->sent);
  bool cold
    = limit->heard == 0 || hark_time_since (dht->now, limit->heard) >= HARK_TABLE_SETTLED_AFTER;
  HarkNodeId id;

  limit->proven_until = dht->now + HARK_LIMIT_PROVEN;
  limit->heard = dht->now;
  if (is_prompt (rpc->method) && !rpc->to.tcp)
    note_rtt (dht, rtt);
  if (!message->id || message->read_only || rpc->unlisted || rpc->to.tcp)
    return;
  memcpy (id.bytes, message->id, sizeof id.bytes);
  hark_table_heard (table, &id, &rpc->to, is_prompt (rpc->method) ? MAX (rtt, 1) : 0, cold,
                    dht->now);
}

bool
hark_rpc_handle_answer (HarkDht *dht, const HarkEndpoint *from, const HarkKrpc *message)
{
  for (unsigned i = 0; i < dht->rpcs->len; i++) {
    HarkRpc *rpc = dht->rpcs->pdata[i];

    if (message->transaction.len != sizeof rpc->transaction
        || memcmp (message->transaction.data, rpc->transaction, sizeof rpc->transaction) != 0
        || !hark_endpoint_equal (&rpc->to, from))
      continue;
    g_ptr_array_steal_index (dht->rpcs, i);
    learn (dht, rpc, message);
    if (rpc->on_outcome)
      rpc->on_outcome (
        dht, rpc, message->kind == HARK_KRPC_ERROR ? HARK_RPC_REFUSED : HARK_RPC_ANSWERED, message);
    hark_rpc_free (rpc);
    return true;
  }
  return false;
}

/* @rpc: (transfer full) */
static void
finish (HarkDht *dht, HarkRpc *rpc, HarkRpcOutcome outcome)
{
  if (rpc->on_outcome)
    rpc->on_outcome (dht, rpc, outcome, NULL);
  hark_rpc_free (rpc);
}

void
hark_rpc_handle_unreachable (HarkDht *dht, const HarkEndpoint *to)
{
  GPtrArray *failed = g_ptr_array_new ();

  /* Set aside first: what a callback sends to the same place in turn is not meant by this message.
   */
  for (unsigned i = dht->rpcs->len; i-- > 0;)
    if (hark_endpoint_equal (&((HarkRpc *) dht->rpcs->pdata[i])->to, to))
      g_ptr_array_add (failed, g_ptr_array_steal_index (dht->rpcs, i));
  if (failed->len)
    hark_table_failed (hark_dht_table (dht, to), to, dht->now, true);
  for (unsigned i = 0; i < failed->len; i++)
    finish (dht, failed->pdata[i], HARK_RPC_UNREACHABLE);
  g_ptr_array_unref (failed);
}

void
hark_rpc_handle_time (HarkDht *dht)
{
  for (unsigned i = 0; i < dht->rpcs->len;) {
    HarkRpc *rpc = dht->rpcs->pdata[i];

    if (rpc->packet && rpc->sent <= dht->now) {
      size_t len;
      const uint8_t *data = g_bytes_get_data (rpc->packet, &len);

      hark_dht_send (dht, &rpc->to, data, len);
      g_clear_pointer (&rpc->packet, g_bytes_unref);
    }
    if (rpc->give_up <= dht->now) {
      finish (dht, g_ptr_array_steal_index (dht->rpcs, i), HARK_RPC_SILENT);
      i = 0;
    } else if (rpc->late <= dht->now) {
      HarkRpc copy = *rpc; /* its packet is gone by now */

      rpc->late = HARK_TIME_NEVER;
      hark_table_failed (hark_dht_table (dht, &copy.to), &copy.to, copy.sent, false);
      if (copy.on_outcome)
        copy.on_outcome (dht, &copy, HARK_RPC_LATE, NULL);
      i = 0;
    } else {
      i++;
    }
  }
}

HarkTime
hark_rpc_get_deadline (const HarkDht *dht)
{
  HarkTime deadline = HARK_TIME_NEVER;

  for (unsigned i = 0; i < dht->rpcs->len; i++) {
    const HarkRpc *rpc = dht->rpcs->pdata[i];

    deadline = hark_time_min (deadline, hark_time_min (rpc->late, rpc->give_up));
    if (rpc->packet)
      deadline = hark_time_min (deadline, rpc->sent);
  }
  return deadline;
}

void
hark_rpc_ping (HarkDht *dht, const HarkEndpoint *to)
{
  HarkKrpc query = {.method = HARK_KRPC_PING};

  hark_rpc_send (dht, to, &query, NULL, 0);
}

bool
hark_rpc_prove (HarkDht *dht, const HarkEndpoint *to, HarkRpcCallback on_outcome)
{
  HarkKrpc query = {.method = HARK_KRPC_PING};

  if (!hark_dht_may_answer (dht, to) || !send_anywhere (dht, to, &query, on_outcome, 0))
    return false;
  ((HarkRpc *) dht->rpcs->pdata[dht->rpcs->len - 1])->unlisted = true;
  return true;
}

bool
hark_rpc_is_asking (const HarkDht *dht, const HarkEndpoint *to)
{
  for (unsigned i = 0; i < dht->rpcs->len; i++)
    if (hark_endpoint_equal (&((const HarkRpc *) dht->rpcs->pdata[i])->to, to))
      return true;
  return false;
}
