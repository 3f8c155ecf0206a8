#include "net/dht/operation-private.h"

#include <string.h>

#define MUTE_GETS 3 /* silent gets in a row before a node counts as one without BEP 44 */
#define NO_ITEMS_TIME (30 * HARK_MINUTE) /* then it is asked again */
#define PARALLEL 6
#define PARALLEL_URGENT 8
#define STARTERS 16            /* nodes from the table */
#define STARTERS_AGAIN_MIN 4   /* a second path from fewer shows nothing new */
#define STARTERS_AGAIN_FROM 64 /* nodes of the table to choose them from */
#define BOOTSTRAPS_AT_ONCE 20  /* while the table is nearly empty */
#define NODES_PER_ANSWER 16    /* taken from one list */
#define FEELER_PLACES 8        /* of a wide lookup; the innermost is where it has been */

static void step (HarkDht *dht, HarkDhtOp *op);

void
hark_dht_operation_free (gpointer operation)
{
  HarkDhtOp *op = operation;

  for (int i = 0; i < HARK_DHT_FAMILIES; i++) {
    g_free (op->lookups[i]);
    g_free (op->first[i]);
  }
  g_clear_pointer (&op->value, g_bytes_unref);
  g_clear_pointer (&op->peers, g_array_unref);
  g_free (op);
}

static bool
writes (const HarkDhtOp *op)
{
  return op->kind == HARK_OP_PUT || op->kind == HARK_OP_ANNOUNCE;
}

static bool
is_get (const HarkDhtOp *op)
{
  return op->kind == HARK_OP_GET_MUTABLE || op->kind == HARK_OP_GET_IMMUTABLE;
}

static bool
is_walk (HarkDhtOpKind kind)
{
  return kind == HARK_OP_WALK || kind == HARK_OP_FEELER;
}

void
hark_dht_want (const HarkDht *dht, HarkKrpc *query)
{
  query->want4 = query->want6 = hark_dht_is_open (dht, 4) && hark_dht_is_open (dht, 6);
}

bool
hark_dht_accept_node (HarkDht *dht,
                      const HarkEndpoint *teller,
                      const HarkNodeId *id,
                      const HarkEndpoint *node)
{
  if (!hark_dht_may_send (dht, node) || hark_endpoint_scope (node) < hark_endpoint_scope (teller)
      || hark_node_id_equal (id, &hark_dht_table (dht, node)->own_id))
    return false;
  return !hark_endpoint_equal (node, &dht->votes[node->family == 6].external);
}

/* ---- start --------------------------------------------------------------------------------- */

/* Nobody is asked twice, and nobody where no answer can come from. */
static void
op_add (HarkDht *dht, HarkDhtOp *op, const HarkNodeId *id, const HarkEndpoint *endpoint)
{
  bool is6 = endpoint->family == 6;
  const HarkLookupCandidate *before
    = op->first[is6] ? hark_lookup_find (op->first[is6], endpoint) : NULL;

  if (hark_dht_is_open (dht, endpoint->family) && (!before || before->state == HARK_CANDIDATE_NEW))
    hark_lookup_add (op->lookups[is6], id, endpoint);
}

static void
add_starters (HarkDht *dht, HarkDhtOp *op)
{
  const HarkTableNode *nodes[STARTERS];
  unsigned added = 0;

  for (int i = 0; i < HARK_DHT_FAMILIES; i++) {
    size_t n = hark_table_closest (&dht->tables[i], &op->target, nodes, STARTERS);

    for (size_t j = 0; j < n; j++)
      op_add (dht, op, &nodes[j]->id, &nodes[j]->endpoint);
  }

  /* Too few to rely on: ask those we started from as well, unless they proved to be silent. */
  for (unsigned i = 0; i < dht->bootstraps->len && added < BOOTSTRAPS_AT_ONCE; i++) {
    const HarkDhtBootstrap *bootstrap = &g_array_index (dht->bootstraps, HarkDhtBootstrap, i);
    HarkLookup *lookup = op->lookups[bootstrap->endpoint.family == 6];

    if (lookup->n < HARK_TABLE_K && (bootstrap->backoff <= HARK_SECOND || lookup->n == 0)) {
      hark_lookup_add (lookup, NULL, &bootstrap->endpoint);
      added++;
    }
  }
}

static HarkLookup *
new_lookup (HarkDht *dht, const HarkDhtOp *op, int family)
{
  HarkLookup *lookup = g_new (HarkLookup, 1);

  hark_lookup_init (lookup, &op->target, op->urgent ? PARALLEL_URGENT : PARALLEL,
                    writes (op) || is_get (op));
  hark_lookup_set_reach (
    lookup, hark_table_is_strict (&dht->tables[family]),
    is_walk (op->kind) ? 0 : hark_size_reach (&dht->sizes[family], HARK_LOOKUP_WANTED),
    hark_size_is_sure (&dht->sizes[family]));
  return lookup;
}

HarkDhtOp *
hark_op_new (HarkDht *dht, HarkDhtOpKind kind, const HarkNodeId *target, bool urgent)
{
  HarkDhtOp *op;

  if (!is_walk (kind) && dht->user_operations >= HARK_DHT_OPERATIONS_MAX)
    return NULL;
  op = g_new0 (HarkDhtOp, 1);
  op->number = hark_dht_number (dht);
  op->kind = kind;
  op->step = step;
  op->target = *target;
  op->urgent = urgent;
  op->seq_known = -1;
  for (int i = 0; i < HARK_DHT_FAMILIES; i++)
    op->lookups[i] = new_lookup (dht, op, i);
  dht->user_operations += !is_walk (kind);
  g_hash_table_insert (dht->operations, GUINT_TO_POINTER (op->number), op);
  return op;
}

void
hark_op_remove (HarkDht *dht, HarkDhtOp *op)
{
  dht->user_operations -= !is_walk (op->kind);
  g_hash_table_remove (dht->operations, GUINT_TO_POINTER (op->number));
}

/* Where the last one with this target ended. */
static void
follow_trail (HarkDht *dht, HarkDhtOp *op)
{
  const HarkTrail *trail = op->again ? hark_trails_find (dht->trails, &op->target, dht->now) : NULL;

  for (unsigned i = 0; trail && i < trail->n; i++)
    op_add (dht, op, &trail->nodes[i].id, &trail->nodes[i].endpoint);
  op->by_trail = trail != NULL;
}

HarkDhtOperation
hark_op_start (HarkDht *dht, HarkDhtOp *op)
{
  HarkDhtOperation number = op->number;

  follow_trail (dht, op);
  add_starters (dht, op);
  step (dht, op);
  return number;
}

/* ---- asking -------------------------------------------------------------------------------- */

static void
take_nodes (
  HarkDht *dht, HarkDhtOp *op, const HarkEndpoint *teller, HarkBytes nodes, uint8_t family)
{
  HarkNodeId id;
  HarkEndpoint endpoint;

  for (size_t i = 0; i < NODES_PER_ANSWER && hark_krpc_node_read (nodes, family, i, &id, &endpoint);
       i++)
    if (endpoint.family == family && hark_dht_accept_node (dht, teller, &id, &endpoint))
      op_add (dht, op, &id, &endpoint);
}

static void
take_all_nodes (HarkDht *dht, HarkDhtOp *op, const HarkEndpoint *teller, const HarkKrpc *answer)
{
  take_nodes (dht, op, teller, answer->nodes, 4);
  take_nodes (dht, op, teller, answer->nodes6, 6);
}

/* Asks those of @nodes that are new to us whether they are there. */
static void
ping_named (HarkDht *dht, const HarkEndpoint *teller, HarkBytes nodes, uint8_t family)
{
  HarkTable *table = &dht->tables[family == 6];
  HarkNodeId id;
  HarkEndpoint endpoint;

  for (size_t i = 0; i < HARK_TABLE_K && hark_krpc_node_read (nodes, family, i, &id, &endpoint);
       i++)
    if (endpoint.family == family && hark_dht_accept_node (dht, teller, &id, &endpoint)
        && hark_table_has_room (table, &id, &endpoint) && !hark_rpc_is_asking (dht, &endpoint))
      hark_rpc_ping (dht, &endpoint);
}

/* Nobody answered it so far. */
static bool
is_lost (const HarkDhtOp *op)
{
  return op->lookups[0]->n_answered == 0 && op->lookups[1]->n_answered == 0;
}

void
hark_dht_meet (HarkDht *dht, const HarkEndpoint *teller, const HarkKrpc *answer)
{
  g_autoptr (GArray) lost = g_array_new (FALSE, FALSE, sizeof (HarkDhtOperation));
  GHashTableIter iter;
  gpointer value;

  /* With a table that is nearly empty the walk to ourselves finds them. */
  if (dht->counts[teller->family == 6] >= HARK_TABLE_K) {
    ping_named (dht, teller, answer->nodes, 4);
    ping_named (dht, teller, answer->nodes6, 6);
  }
  g_hash_table_iter_init (&iter, dht->operations);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    if (is_lost (value))
      g_array_append_val (lost, ((HarkDhtOp *) value)->number);
  for (guint i = 0; i < lost->len; i++) {
    HarkDhtOp *op = hark_op_find (dht, g_array_index (lost, HarkDhtOperation, i));

    if (!op)
      continue;
    take_all_nodes (dht, op, teller, answer);
    step (dht, op);
  }
}

/* Silent to get, but there when pinged: once may be loss, again and again it does not know BEP 44.
 */
static void
on_proof_of_life (HarkDht *dht, const HarkRpc *rpc, HarkRpcOutcome outcome, const HarkKrpc *answer)
{
  HarkDhtKnown *known = hark_dht_known (dht, &rpc->to, true);

  (void) answer;
  if (outcome == HARK_RPC_ANSWERED && !known->has_items && ++known->mute_gets >= MUTE_GETS)
    known->no_items_until = dht->now + NO_ITEMS_TIME;
}

static void
note_abilities (HarkDht *dht, const HarkRpc *rpc, HarkRpcOutcome outcome, const HarkKrpc *answer)
{
  HarkKrpc ping = {.method = HARK_KRPC_PING};
  HarkDhtKnown *known;

  if (rpc->method != HARK_KRPC_GET)
    return;
  if (outcome == HARK_RPC_REFUSED && answer->code == HARK_KRPC_ERROR_UNKNOWN_METHOD)
    hark_dht_known (dht, &rpc->to, true)->no_items_until = dht->now + NO_ITEMS_TIME;
  else if (outcome == HARK_RPC_SILENT && hark_table_find (hark_dht_table (dht, &rpc->to), &rpc->to))
    hark_rpc_send (dht, &rpc->to, &ping, on_proof_of_life, 0);
  else if (outcome == HARK_RPC_ANSWERED) {
    known = hark_dht_known (dht, &rpc->to, true);
    known->has_items = true;
    known->mute_gets = 0;
    known->no_items_until = 0;
  }
}

static void
on_answer (HarkDht *dht, HarkDhtOp *op, const HarkEndpoint *teller, const HarkKrpc *answer)
{
  HarkDhtOp *parent = hark_op_find (dht, op->parent);
  HarkLookup *lookup;
  HarkLookupCandidate *candidate = hark_op_asked (op, teller, &lookup);

  if (candidate)
    hark_lookup_answered (lookup, candidate, answer->id, answer->token);
  if (!hark_op_take (dht, op, answer)) {
    op->contested = true;
    if ((candidate = hark_lookup_find (lookup, teller)))
      hark_lookup_lied (candidate);
    return; /* whom it names is of no interest either */
  }
  if (lookup == op->lookups[teller->family == 6]) /* paths stay apart */
    take_all_nodes (dht, op, teller, answer);
  if (parent)
    take_all_nodes (dht, parent, teller, answer);
  if ((candidate = hark_lookup_find (lookup, teller)))
    hark_op_note_copy (op, candidate, answer);
}

static void
on_query (HarkDht *dht, const HarkRpc *rpc, HarkRpcOutcome outcome, const HarkKrpc *answer)
{
  HarkDhtOp *op = hark_op_find (dht, rpc->owner);
  HarkLookup *lookup;
  HarkLookupCandidate *candidate;

  note_abilities (dht, rpc, outcome, answer);
  if (!op)
    return;
  candidate = hark_op_asked (op, &rpc->to, &lookup);
  switch (outcome) {
  case HARK_RPC_ANSWERED:
    on_answer (dht, op, &rpc->to, answer);
    break;
  case HARK_RPC_LATE:
    if (candidate)
      hark_lookup_late (lookup, candidate);
    break;
  case HARK_RPC_SILENT:
    /* When it was asked once more, the second query decides. */
    if (candidate && candidate->state == HARK_CANDIDATE_LATE)
      hark_lookup_failed (lookup, candidate);
    break;
  case HARK_RPC_REFUSED:
  case HARK_RPC_UNREACHABLE:
    if (candidate)
      hark_lookup_failed (lookup, candidate);
    break;
  }
  step (dht, op);
}

static bool
ask (HarkDht *dht, HarkDhtOp *op, const HarkEndpoint *to)
{
  HarkKrpc query = {.method = HARK_KRPC_FIND_NODE};
  HarkDhtKnown *known = hark_dht_known (dht, to, false);
  HarkBytes target = {op->target.bytes, sizeof op->target.bytes};

  if (op->kind == HARK_OP_GET_PEERS || op->kind == HARK_OP_ANNOUNCE)
    query.method = HARK_KRPC_GET_PEERS;
  else if (!is_walk (op->kind) && !(known && known->no_items_until > dht->now))
    query.method = HARK_KRPC_GET;

  if (query.method == HARK_KRPC_GET_PEERS)
    query.info_hash = target;
  else
    query.target = target;
  if (query.method == HARK_KRPC_GET && op->kind == HARK_OP_GET_MUTABLE && op->seq_known >= 0) {
    query.has_seq = true;
    query.seq = op->seq_known;
  } else if (op->kind == HARK_OP_PUT && op->is_mutable && query.method == HARK_KRPC_GET) {
    /* only the token is wanted, not a value that we have */
    query.has_seq = true;
    query.seq = op->seq;
  }
  hark_dht_want (dht, &query);
  return hark_rpc_send (dht, to, &query, on_query, op->number);
}

/* ---- crowded targets ----------------------------------------------------------------------- */

static void
start_feeler (HarkDht *dht, const HarkDhtOp *parent, const HarkLookup *lookup, unsigned place)
{
  uint64_t width = lookup->reach * HARK_LOOKUP_WIDE / FEELER_PLACES;
  uint64_t distance = place * width + width / 2;
  HarkNodeId target;
  HarkDhtOp *op;

  hark_node_id_random (&dht->rng, &target);
  for (unsigned i = 0; i < 8; i++)
    target.bytes[i] = parent->target.bytes[i] ^ (uint8_t) (distance >> (56 - 8 * i));
  op = hark_op_new (dht, HARK_OP_FEELER, &target, parent->urgent);
  op->parent = parent->number;
  hark_op_start (dht, op);
}

/* Somebody may have crowded the target: nodes farther out are never named to us beside closer ones,
 * so they are looked for around places of their own. */
static void
widen (HarkDht *dht, HarkDhtOp *op)
{
  for (int i = 0; i < HARK_DHT_FAMILIES; i++) {
    HarkLookup *lookup = op->lookups[i];

    if (lookup->wide || !hark_lookup_is_done (lookup) || !hark_lookup_is_crowded (lookup)
        || g_hash_table_size (dht->operations) >= 2 * HARK_DHT_OPERATIONS_MAX)
      continue;
    lookup->wide = true;
    /* One more than there are, lest the last one ends us in the middle of this. */
    op->feelers += FEELER_PLACES;
    for (unsigned place = 1; place < FEELER_PLACES; place++)
      start_feeler (dht, op, lookup, place);
    op->feelers--;
  }
}

/* ---- a second path ------------------------------------------------------------------------- */

/* Nobody had it, or somebody lied about it; but all we asked were named by those we asked first.
 * Another path starts from other nodes and asks only others (disjoint, as in S/Kademlia), so that
 * liars on one of them can neither hide an item nor keep an older one in its place. What both meet
 * is put together; a put writes where either of them ended. */
static void
take_second_path (HarkDht *dht, HarkDhtOp *op)
{
  const HarkTableNode *nodes[STARTERS_AGAIN_FROM];
  const HarkTableNode *fresh[HARK_DHT_FAMILIES][STARTERS];
  unsigned n_fresh[HARK_DHT_FAMILIES] = {0};

  for (int i = 0; i < HARK_DHT_FAMILIES; i++) {
    size_t n = hark_table_closest (&dht->tables[i], &op->target, nodes, STARTERS_AGAIN_FROM);

    if (op->lookups[i]->n_answered < HARK_LOOKUP_WANTED)
      continue;
    for (size_t j = 0; j < n && n_fresh[i] < STARTERS; j++) {
      const HarkLookupCandidate *known = hark_lookup_find (op->lookups[i], &nodes[j]->endpoint);

      if (!known || known->state == HARK_CANDIDATE_NEW)
        fresh[i][n_fresh[i]++] = nodes[j];
    }
  }
  if (MAX (n_fresh[0], n_fresh[1]) < STARTERS_AGAIN_MIN)
    return;
  for (int i = 0; i < HARK_DHT_FAMILIES; i++) {
    op->first[i] = op->lookups[i];
    op->lookups[i] = new_lookup (dht, op, i);
    op->lookups[i]->wary = true;
    op->lookups[i]->sure = false; /* that those near by were asked before is no sign of liars */
  }
  for (int i = 0; i < HARK_DHT_FAMILIES; i++)
    for (unsigned j = 0; j < n_fresh[i]; j++)
      op_add (dht, op, &fresh[i][j]->id, &fresh[i][j]->endpoint);
}

/* ---- progress ------------------------------------------------------------------------------ */

static void
measure_size (HarkDht *dht, const HarkDhtOp *op)
{
  for (int i = 0; i < HARK_DHT_FAMILIES; i++) {
    const HarkLookup *lookup = op->first[i] ? op->first[i] : op->lookups[i];
    uint64_t distances[HARK_LOOKUP_WANTED];

    if (op->kind != HARK_OP_FEELER && !lookup->wide && hark_lookup_is_done (lookup))
      hark_size_add (&dht->sizes[i], &op->target, distances,
                     hark_lookup_closest (lookup, distances, HARK_LOOKUP_WANTED));
  }
}

/* The closest that answered and count, of both families. */
void
hark_op_leave_trail (HarkDht *dht, const HarkDhtOp *op)
{
  HarkTrailNode nodes[2 * HARK_TRAIL_NODES];
  unsigned n = 0;

  if (!op->again)
    return;

  for (int i = 0; i < HARK_DHT_FAMILIES; i++)
    n += hark_lookup_trail (op->first[i] ? op->first[i] : op->lookups[i], nodes + n,
                            HARK_TRAIL_NODES);
  hark_trails_note (dht->trails, &op->target, nodes, n, !op->by_trail, dht->now);
}

static void
finish (HarkDht *dht, HarkDhtOp *op)
{
  HarkDhtEvent event = {.operation = op->number, .acks = op->acks, .conflict = op->conflict};
  HarkDhtOp *parent = hark_op_find (dht, op->parent);

  measure_size (dht, op);
  hark_op_leave_trail (dht, op);
  switch (op->kind) {
  case HARK_OP_WALK:
    dht->status_changed = true;
    break;
  case HARK_OP_FEELER:
    break;
  case HARK_OP_GET_MUTABLE:
  case HARK_OP_GET_IMMUTABLE:
    hark_op_emit_value (dht, op, HARK_DHT_EVENT_GET_DONE);
    break;
  case HARK_OP_PUT:
    event.own_copy = hark_op_store_here (dht, op);
    if (op->acks > 0)
      hark_op_emit_stored (dht, op);
    event.kind = HARK_DHT_EVENT_PUT_DONE;
    hark_dht_emit (dht, &event, NULL, NULL);
    break;
  case HARK_OP_GET_PEERS:
  case HARK_OP_ANNOUNCE:
    event.kind = HARK_DHT_EVENT_PEERS_DONE;
    hark_dht_emit (dht, &event, NULL, NULL);
    break;
  }
  hark_op_remove (dht, op);
  if (parent) {
    parent->feelers--;
    step (dht, parent);
  }
}

static bool
is_walked (const HarkDhtOp *op)
{
  for (int i = 0; i < HARK_DHT_FAMILIES; i++)
    if (!hark_lookup_is_done (op->lookups[i])
        && !(op->value && is_get (op) && hark_lookup_is_idle (op->lookups[i])))
      return false;
  return op->feelers == 0;
}

static bool
is_over (const HarkDhtOp *op)
{
  bool late = false;

  /* There is but one value of that name. */
  if (op->kind == HARK_OP_GET_IMMUTABLE && op->value)
    return op->feelers == 0;
  if (!is_walked (op))
    return false;
  for (int i = 0; i < HARK_DHT_FAMILIES; i++)
    late |= hark_lookup_has_late (op->lookups[i])
            || (op->first[i] && hark_lookup_has_late (op->first[i]));
  if (writes (op))
    return hark_op_open_writes (op) == 0;
  /* "Not there" is said only when nobody can object any more. */
  if (is_get (op))
    return op->value || op->unchanged || !late;
  return true;
}

static bool
wants_second_path (const HarkDhtOp *op)
{
  return !op->first[0] && is_walked (op)
         && (op->contested || (is_get (op) && !op->by_trail && !op->value && !op->unchanged));
}

static void
ask_next (HarkDht *dht, HarkDhtOp *op)
{
  for (int i = 0; i < HARK_DHT_FAMILIES; i++) {
    HarkLookup *lookup = op->lookups[i];
    HarkLookupCandidate *candidate;

    while ((candidate = hark_lookup_next (lookup)))
      if (!ask (dht, op, &candidate->endpoint))
        hark_lookup_failed (lookup, candidate);
  }
}

/* Enough have the same one: waiting for the rest would show nothing new, unless somebody lies. */
static bool
is_agreed (const HarkDhtOp *op)
{
  bool agreed = false;

  if (op->contested)
    return false;
  for (int i = 0; i < HARK_DHT_FAMILIES && op->kind == HARK_OP_GET_MUTABLE && op->value; i++)
    agreed |= hark_lookup_is_agreed (op->lookups[i], op->seq);
  return agreed && op->feelers == 0;
}

static void
step (HarkDht *dht, HarkDhtOp *op)
{
  if (is_agreed (op)) {
    finish (dht, op);
    return;
  }
  ask_next (dht, op);
  if (!is_walk (op->kind)) {
    widen (dht, op);
    if (wants_second_path (op))
      take_second_path (dht, op);
    ask_next (dht, op);
  }
  if (writes (op))
    hark_op_write (dht, op);
  if (is_over (op))
    finish (dht, op);
}
