#include "net/dht/dht.h"

#include "net/dht/far-server.h"
#include "net/dht/far.h"
#include "net/dht/keep.h"
#include "net/dht/operation.h"
#include "net/dht/rpc.h"
#include "net/dht/server.h"
#include "net/dht/state.h"

#include <string.h>

#define MAINTENANCE (10 * HARK_SECOND)
#define PINGS_AT_ONCE 4
#define BOOTSTRAPS_AT_ONCE 20
#define BOOTSTRAPS_EVERY (HARK_SECOND / 2) /* that many, until somebody answers */
#define REOPEN (5 * HARK_MINUTE)           /* a closed family is tried again */
#define REOPEN_TRIES 4
#define BACKOFF_FIRST (HARK_SECOND / 2)
/* As long as nobody answers: about one question a second over all the places we may begin at. */
#define BACKOFF_MAX (30 * HARK_SECOND)
#define BACKOFF_MAX_FEW (4 * HARK_SECOND)
#define REUNION (2 * HARK_MINUTE) /* how often one of the beginnings is asked again, on average */
#define ENOUGH_NODES HARK_TABLE_K /* silent bootstrap nodes are left alone from here */
#define ENOUGH_BEGINNINGS 6       /* that answered: then those not asked yet are left alone, too */
#define STRANGER_PINGS_RATE 10    /* a second */
#define STRANGER_PINGS_BURST 50
#define SAVED_FROM 1024
#define VOTERS_FOR_ID 5 /* in different /16s, before our id follows them */

/* ---- life ---------------------------------------------------------------------------------- */

HarkDht *
hark_dht_new (const HarkDhtConfig *config, HarkRng *rng, HarkTime now)
{
  HarkDht *dht = g_new0 (HarkDht, 1);

  dht->config = *config;
  hark_dht_set_read_only (dht, config->read_only);
  dht->now = now;
  hark_rng_fork (rng, &dht->rng);
  for (int i = 0; i < HARK_DHT_FAMILIES; i++) {
    HarkNodeId id;

    hark_node_id_random (&dht->rng, &id);
    if (config->has_id)
      memcpy (id.bytes, config->id, sizeof id.bytes);
    hark_table_init (&dht->tables[i], &id, now);
  }
  hark_tokens_init (&dht->tokens, &dht->rng, now);
  dht->items = hark_items_new ();
  dht->peers = hark_peers_new ();
  hark_limits_init (&dht->limits, &dht->rng, now);
  hark_contact_point_init (&dht->point);
  hark_contacted_init (&dht->contacted, &dht->rng, now);
  hark_token_bucket_init (&dht->stranger_pings, STRANGER_PINGS_RATE, STRANGER_PINGS_BURST, now);
  dht->trails = hark_trails_new ();
  dht->bootstraps = g_array_new (FALSE, TRUE, sizeof (HarkDhtBootstrap));
  dht->known = g_array_new (FALSE, TRUE, sizeof (HarkDhtKnown));
  dht->operations
    = g_hash_table_new_full (g_direct_hash, g_direct_equal, NULL, hark_dht_operation_free);
  dht->keeps = g_ptr_array_new_with_free_func (hark_dht_keep_free);
  dht->knocks = g_ptr_array_new_with_free_func (hark_dht_knock_free);
  dht->rings = g_array_new (FALSE, TRUE, sizeof (HarkDhtRing));
  dht->held = g_array_new (FALSE, TRUE, sizeof (HarkDhtHeld));
  dht->rpcs = g_ptr_array_new_with_free_func (hark_rpc_free);
  dht->reopen = hark_time_add (now, REOPEN);
  dht->silence.since = HARK_TIME_NEVER;
  dht->far = hark_far_new ();
  dht->far_calls = g_array_new (FALSE, TRUE, sizeof (HarkFarCall));
  dht->maintenance = HARK_TIME_NEVER;
  g_queue_init (&dht->packets);
  g_queue_init (&dht->events);
  return dht;
}

void
hark_dht_free (HarkDht *dht)
{
  if (!dht)
    return;
  for (unsigned i = 0; i < dht->rings->len; i++)
    g_clear_pointer (&g_array_index (dht->rings, HarkDhtRing, i).answer, g_bytes_unref);
  g_array_unref (dht->rings);
  g_array_unref (dht->held);
  g_ptr_array_unref (dht->rpcs);
  g_array_unref (dht->far_calls);
  hark_far_free (dht->far);
  g_ptr_array_unref (dht->knocks);
  g_ptr_array_unref (dht->keeps);
  g_hash_table_unref (dht->operations);
  g_array_unref (dht->known);
  g_ptr_array_unref (dht->trails);
  g_array_unref (dht->bootstraps);
  hark_contact_point_clear (&dht->point);
  hark_limits_clear (&dht->limits);
  hark_peers_free (dht->peers);
  hark_items_free (dht->items);
  hark_tokens_clear (&dht->tokens);
  for (int i = 0; i < HARK_DHT_FAMILIES; i++)
    hark_table_clear (&dht->tables[i]);
  hark_dht_queues_clear (dht);
  hark_rng_clear (&dht->rng);
  g_free (dht);
}

/* ---- our address --------------------------------------------------------------------------- */

static bool
same_16 (const HarkEndpoint *a, const HarkEndpoint *b)
{
  return memcmp (a->ip, b->ip, a->family == 6 ? 4 : 2) == 0;
}

/* The address most voters saw; only public ones count when there are any. @ret_voters: how many, in
 * different networks. */
static bool
count_votes (const HarkDhtVotes *votes, HarkEndpoint *ret, unsigned *ret_voters)
{
  const HarkEndpoint *best = NULL;
  unsigned best_votes = 0, total = 0;
  bool any_public = false;

  for (unsigned i = 0; i < votes->n_votes; i++)
    any_public |= hark_endpoint_scope (&votes->votes[i].seen) == HARK_SCOPE_PUBLIC;
  for (unsigned i = 0; i < votes->n_votes; i++) {
    const HarkEndpoint *seen = &votes->votes[i].seen;
    unsigned n = 0;

    if (any_public && hark_endpoint_scope (seen) != HARK_SCOPE_PUBLIC)
      continue;
    total++;
    for (unsigned j = 0; j < votes->n_votes; j++)
      n += hark_endpoint_same_ip (seen, &votes->votes[j].seen);
    if (n > best_votes) {
      best = seen;
      best_votes = n;
    }
  }
  if (!best || 2 * best_votes <= total)
    return false;

  *ret = *best;
  *ret_voters = 0;
  for (unsigned i = 0; i < votes->n_votes; i++) {
    bool fresh = hark_endpoint_same_ip (best, &votes->votes[i].seen);

    if (fresh && votes->votes[i].seen.port != best->port)
      ret->port = 0;
    for (unsigned j = 0; j < i && fresh; j++)
      fresh = !same_16 (&votes->votes[i].voter, &votes->votes[j].voter);
    *ret_voters += fresh;
  }
  return true;
}

static void
note_vote (HarkDht *dht, const HarkEndpoint *voter, HarkBytes ip)
{
  int family = voter->family == 6;
  HarkDhtVotes *votes = &dht->votes[family];
  HarkDhtVote vote = {.voter = *voter};
  HarkEndpoint external;
  unsigned voters = 0;
  unsigned at;

  if (voter->tcp || !ip.data || !hark_endpoint_from_compact (ip.data, ip.len, &vote.seen)
      || vote.seen.family != voter->family || hark_endpoint_scope (&vote.seen) == HARK_SCOPE_NONE)
    return;
  for (at = 0; at < votes->n_votes; at++)
    if (hark_same_host (&votes->votes[at].voter, voter))
      break;
  if (at == votes->n_votes && votes->n_votes < HARK_DHT_VOTES_MAX)
    votes->n_votes++;
  else if (at == votes->n_votes)
    at = votes->next++ % HARK_DHT_VOTES_MAX;
  votes->votes[at] = vote;

  if (!count_votes (votes, &external, &voters))
    return;
  if (!hark_endpoint_equal (&external, &votes->external)) {
    votes->external = external;
    dht->status_changed = true;
  }
  if (voters >= VOTERS_FOR_ID && !dht->config.has_id
      && !hark_node_id_check (&dht->tables[family].own_id, &external)) {
    HarkNodeId id;

    hark_node_id_for (&external, (uint8_t) hark_rng_u32 (&dht->rng), &dht->rng, &id);
    hark_table_set_own_id (&dht->tables[family], &id, dht->now);
    hark_dht_walk (dht, &id);
  }
}

/* ---- joining ------------------------------------------------------------------------------- */

void
hark_dht_check_udp (HarkDht *dht, HarkTime now)
{
  dht->now = MAX (dht->now, now);
  hark_far_check (dht);
  for (unsigned i = 0; hark_far_is_on (dht) && i < dht->bootstraps->len; i++)
    g_array_index (dht->bootstraps, HarkDhtBootstrap, i).next = dht->now;
}

static void
on_bootstrap (HarkDht *dht, const HarkRpc *rpc, HarkRpcOutcome outcome, const HarkKrpc *answer)
{
  if (outcome == HARK_RPC_ANSWERED)
    hark_dht_meet (dht, &rpc->to, answer);
  for (unsigned i = 0; i < dht->bootstraps->len; i++) {
    HarkDhtBootstrap *bootstrap = &g_array_index (dht->bootstraps, HarkDhtBootstrap, i);

    if (!hark_endpoint_equal (&bootstrap->endpoint, &rpc->to))
      continue;
    if (outcome == HARK_RPC_ANSWERED) {
      bootstrap->next = HARK_TIME_NEVER;
      bootstrap->backoff = BACKOFF_FIRST;
      bootstrap->answered = true;
    }
    return;
  }
}

static void
ask_bootstrap (HarkDht *dht, HarkDhtBootstrap *bootstrap)
{
  HarkKrpc query = {.method = HARK_KRPC_FIND_NODE};
  const HarkNodeId *own = &hark_dht_table (dht, &bootstrap->endpoint)->own_id;

  HarkTime max = CLAMP (dht->bootstraps->len * HARK_SECOND, BACKOFF_MAX_FEW, BACKOFF_MAX);

  query.target = (HarkBytes){own->bytes, sizeof own->bytes};
  hark_dht_want (dht, &query);
  bootstrap->backoff = bootstrap->backoff ? MIN (2 * bootstrap->backoff, max) : BACKOFF_FIRST;
  bootstrap->next = dht->now + bootstrap->backoff;
  hark_rpc_send (dht, &bootstrap->endpoint, &query, on_bootstrap, 0);
}

static void
start_maintenance (HarkDht *dht)
{
  if (dht->maintenance == HARK_TIME_NEVER)
    dht->maintenance = dht->now + MAINTENANCE;
}

/* To be asked, or asked once and silent so far. */
static bool
is_waiting (const HarkDhtBootstrap *bootstrap)
{
  return bootstrap->next != HARK_TIME_NEVER && bootstrap->backoff <= BACKOFF_FIRST;
}

void
hark_dht_bootstrap (HarkDht *dht, const HarkEndpoint *endpoint, HarkTime now)
{
  HarkDhtBootstrap fresh = {.endpoint = *endpoint};
  unsigned waiting = 0;

  dht->now = MAX (dht->now, now);
  if ((!hark_dht_may_send (dht, endpoint)
       && !(dht->config.local && hark_endpoint_scope (endpoint) == HARK_SCOPE_PUBLIC))
      || dht->bootstraps->len >= HARK_DHT_BOOTSTRAPS_MAX)
    return;
  if (endpoint->tcp) {
    hark_far_add (dht, endpoint);
    return;
  }
  for (unsigned i = 0; i < dht->bootstraps->len; i++)
    if (hark_endpoint_equal (&g_array_index (dht->bootstraps, HarkDhtBootstrap, i).endpoint,
                             endpoint))
      return;
  for (unsigned i = 0; i < dht->bootstraps->len; i++)
    waiting += is_waiting (&g_array_index (dht->bootstraps, HarkDhtBootstrap, i));
  fresh.next = dht->now + waiting / BOOTSTRAPS_AT_ONCE * BOOTSTRAPS_EVERY;
  g_array_append_val (dht->bootstraps, fresh);
  if (fresh.next == dht->now)
    ask_bootstrap (dht,
                   &g_array_index (dht->bootstraps, HarkDhtBootstrap, dht->bootstraps->len - 1));
  start_maintenance (dht);
}

void
hark_dht_greet (HarkDht *dht, const HarkEndpoint *endpoint, HarkTime now)
{
  HarkDhtBootstrap once = {.endpoint = *endpoint};

  dht->now = MAX (dht->now, now);
  if (!hark_dht_may_send (dht, endpoint) || hark_rpc_is_asking (dht, endpoint))
    return;
  ask_bootstrap (dht, &once);
  start_maintenance (dht);
}

static unsigned
count_nodes (const HarkDht *dht)
{
  return dht->counts[0] + dht->counts[1];
}

/* What was silent may have been so for want of a network: twenty at a time, as at first. */
static void
begin_again (HarkDht *dht)
{
  bool alone = count_nodes (dht) == 0;
  unsigned n = 0;

  for (unsigned i = 0; i < dht->bootstraps->len; i++) {
    HarkDhtBootstrap *bootstrap = &g_array_index (dht->bootstraps, HarkDhtBootstrap, i);

    bootstrap->backoff = 0;
    if (alone || bootstrap->next != HARK_TIME_NEVER)
      bootstrap->next = dht->now + n++ / BOOTSTRAPS_AT_ONCE * BOOTSTRAPS_EVERY;
  }
}

/* Liars name only each other: who begins with one alone would know nobody else. */
static bool
wants_bootstrap (const HarkDht *dht, const HarkDhtBootstrap *bootstrap)
{
  unsigned answered = 0;

  if (count_nodes (dht) < ENOUGH_NODES)
    return true;
  for (unsigned i = 0; i < dht->bootstraps->len; i++)
    answered += g_array_index (dht->bootstraps, HarkDhtBootstrap, i).answered;
  return bootstrap->backoff == 0 && answered < ENOUGH_BEGINNINGS;
}

static void
retry_bootstraps (HarkDht *dht)
{
  for (unsigned i = 0; i < dht->bootstraps->len; i++) {
    HarkDhtBootstrap *bootstrap = &g_array_index (dht->bootstraps, HarkDhtBootstrap, i);

    if (bootstrap->next > dht->now)
      continue;
    if (wants_bootstrap (dht, bootstrap))
      ask_bootstrap (dht, bootstrap);
    else
      bootstrap->next = HARK_TIME_NEVER;
  }
}

/* After everything that came in: did the tables gain their first node, or news for the owner? */
static void
settle (HarkDht *dht)
{
  for (int i = 0; i < HARK_DHT_FAMILIES; i++) {
    unsigned n = hark_table_count (&dht->tables[i]);
    unsigned before = dht->counts[i];

    if (n == before)
      continue;
    dht->counts[i] = n;
    dht->status_changed = true;
    start_maintenance (dht);
    if (before == 0)
      hark_dht_walk (dht, &dht->tables[i].own_id);
  }
  hark_far_server_settle (dht);
}

/* ---- doors --------------------------------------------------------------------------------- */

void
hark_dht_handle_packet (
  HarkDht *dht, const HarkEndpoint *from, const uint8_t *data, size_t len, HarkTime now)
{
  HarkKrpc message;

  dht->now = MAX (dht->now, now);
  if (!hark_dht_may_answer (dht, from) || !hark_krpc_parse (data, len, &message))
    return;
  dht->unheard[from->family == 6] = 0;
  dht->heard[from->family == 6] = true;
  if (message.kind == HARK_KRPC_QUERY && !from->tcp
      && !hark_contacted_has (&dht->contacted, from, dht->now))
    hark_dht_emit (dht, &(HarkDhtEvent){.kind = HARK_DHT_EVENT_VISITOR, .endpoint = *from}, NULL,
                   NULL);
  if (message.kind == HARK_KRPC_QUERY)
    hark_dht_serve (dht, from, &message, len);
  else if (hark_rpc_handle_answer (dht, from, &message)) {
    hark_far_note_answer (dht, from);
    note_vote (dht, from, message.ip);
  } else
    hark_dht_forward_answer (dht, from, &message);
  settle (dht);
}

void
hark_dht_handle_unreachable (HarkDht *dht, const HarkEndpoint *to, HarkTime now)
{
  dht->now = MAX (dht->now, now);
  hark_rpc_handle_unreachable (dht, to);
  if (to->tcp && hark_far_is_on (dht))
    hark_dht_keeps_renew (dht, to); /* the connection was its way to us */
  settle (dht);
}

/* When the internet was divided for longer than tables remember, nobody knows a node on the other
 * side any more, and two networks would go on side by side. Where we began may lie over there: one
 * of those is asked now and then, also the silent ones and though we lack nothing. */
static void
seek_others (HarkDht *dht)
{
  HarkDhtBootstrap *bootstrap;

  if (dht->reunion > dht->now || dht->bootstraps->len == 0)
    return;
  if (dht->reunion) {
    bootstrap = &g_array_index (dht->bootstraps, HarkDhtBootstrap,
                                hark_rng_below (&dht->rng, dht->bootstraps->len));
    ask_bootstrap (dht, bootstrap);
  }
  dht->reunion = dht->now + REUNION / 2 + hark_rng_below (&dht->rng, REUNION);
}

static void
maintain (HarkDht *dht)
{
  HarkNodeId target;
  bool alone = count_nodes (dht) == 0;

  dht->maintenance = dht->now + MAINTENANCE;
  for (int i = 0; i < HARK_DHT_FAMILIES; i++) {
    HarkTableNode *node;

    hark_table_purge (&dht->tables[i]);
    for (int j = 0; j < PINGS_AT_ONCE && (node = hark_table_next_ping (&dht->tables[i], dht->now));
         j++) {
      node->pinged = dht->now;
      hark_rpc_ping (dht, &node->endpoint);
    }
    if (dht->counts[i] && hark_table_next_refresh (&dht->tables[i], &dht->rng, dht->now, &target))
      hark_dht_walk (dht, &target);
    else if (dht->counts[i] >= ENOUGH_NODES && !hark_size_is_sure (&dht->sizes[i])) {
      hark_node_id_random (&dht->rng, &target);
      hark_dht_walk (dht, &target);
    }
    if (dht->reopen <= dht->now && dht->unheard[i] >= HARK_DHT_UNHEARD_MAX)
      dht->unheard[i] = HARK_DHT_UNHEARD_MAX - REOPEN_TRIES;
  }
  if (dht->reopen <= dht->now)
    dht->reopen = dht->now + REOPEN;
  hark_items_expire (dht->items, dht->now);
  hark_peers_expire (dht->peers, dht->now);
  hark_contact_point_expire (&dht->point, dht->now);

  seek_others (dht);

  /* Everybody is gone: begin again where we began. */
  for (unsigned i = 0; alone && i < dht->bootstraps->len; i++) {
    HarkDhtBootstrap *bootstrap = &g_array_index (dht->bootstraps, HarkDhtBootstrap, i);

    if (bootstrap->next == HARK_TIME_NEVER)
      ask_bootstrap (dht, bootstrap);
  }
}

void
hark_dht_handle_time (HarkDht *dht, HarkTime now)
{
  bool was_far;

  dht->now = MAX (dht->now, now);
  hark_rpc_handle_time (dht);
  was_far = hark_far_is_on (dht);
  hark_far_handle_time (dht);
  if (hark_far_is_on (dht) != was_far)
    hark_dht_keeps_renew (dht, NULL);
  hark_dht_keeps_handle_time (dht);
  hark_dht_release_held (dht, NULL);
  settle (dht);
  retry_bootstraps (dht);
  if (dht->maintenance <= dht->now)
    maintain (dht);
}

HarkTime
hark_dht_get_deadline (const HarkDht *dht)
{
  HarkTime deadline = hark_time_min (dht->maintenance, hark_rpc_get_deadline (dht));

  for (unsigned i = 0; i < dht->bootstraps->len; i++)
    deadline = hark_time_min (deadline, g_array_index (dht->bootstraps, HarkDhtBootstrap, i).next);
  deadline = hark_time_min (deadline, hark_far_get_deadline (dht));
  for (unsigned i = 0; i < dht->held->len; i++)
    deadline = hark_time_min (deadline, g_array_index (dht->held, HarkDhtHeld, i).expires);
  return hark_time_min (deadline, hark_dht_keeps_get_deadline (dht));
}

/* ---- questions of the owner ---------------------------------------------------------------- */

void
hark_dht_get_status (const HarkDht *dht, HarkDhtStatus *ret)
{
  *ret = (HarkDhtStatus){.operations = dht->user_operations,
                         .items = (unsigned) hark_items_count (dht->items),
                         .registrations = dht->point.registrations->len};
  for (int i = 0; i < HARK_DHT_FAMILIES; i++) {
    ret->nodes[i] = dht->counts[i] + hark_far_count (dht, i ? 6 : 4);
    ret->external[i] = dht->votes[i].external;
    ret->size[i] = hark_size_get (&dht->sizes[i]);
  }
  ret->udp = hark_far_get_udp (dht);
  ret->bootstrapping
    = count_nodes (dht) == 0 || g_hash_table_size (dht->operations) > dht->user_operations;
}

const uint8_t *
hark_dht_get_id (const HarkDht *dht, uint8_t family)
{
  return dht->tables[family == 6].own_id.bytes;
}

static int
compare_met (const void *a, const void *b)
{
  const HarkTableNode *x = *(const HarkTableNode *const *) a;
  const HarkTableNode *y = *(const HarkTableNode *const *) b;

  return (x->met > y->met) - (x->met < y->met);
}

size_t
hark_dht_good_nodes (const HarkDht *dht, HarkEndpoint *ret, size_t max)
{
  g_autofree const HarkTableNode **nodes = g_new (const HarkTableNode *, 2 * SAVED_FROM);
  size_t n = 0;

  for (int i = 0; i < HARK_DHT_FAMILIES; i++)
    n += hark_table_closest (&dht->tables[i], &dht->tables[i].own_id, nodes + n, SAVED_FROM);
  qsort (nodes, n, sizeof *nodes, compare_met);
  n = MIN (n, max);
  for (size_t i = 0; i < n; i++)
    ret[i] = nodes[i]->endpoint;
  return n;
}

void
hark_dht_handle_network_change (HarkDht *dht, HarkTime now)
{
  dht->now = MAX (dht->now, now);
  for (int i = 0; i < HARK_DHT_FAMILIES; i++) {
    dht->votes[i] = (HarkDhtVotes){0};
    dht->unheard[i] = 0;
    dht->heard[i] = false;
    hark_table_forgive (&dht->tables[i]);
    if (dht->counts[i])
      hark_dht_walk (dht, &dht->tables[i].own_id);
  }
  begin_again (dht);
  retry_bootstraps (dht);
  dht->status_changed = true;
  settle (dht);
}

void
hark_dht_renew_keeps (HarkDht *dht, HarkTime now)
{
  dht->now = MAX (dht->now, now);
  hark_dht_keeps_renew (dht, NULL);
}

void
hark_dht_set_read_only (HarkDht *dht, bool read_only)
{
  for (int i = 0; i < HARK_DHT_FAMILIES; i++)
    dht->read_only[i] = read_only;
}

void
hark_dht_set_family_read_only (HarkDht *dht, uint8_t family, bool read_only)
{
  dht->read_only[family == 6] = read_only;
}

void
hark_dht_cancel (HarkDht *dht, HarkDhtOperation operation)
{
  hark_dht_cancel_operation (dht, operation);
  hark_far_cancel (dht, operation);
  hark_dht_cancel_knock (dht, operation);
}
