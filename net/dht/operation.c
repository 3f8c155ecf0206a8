#include "net/dht/operation.h"

#include <string.h>

#define MUTE_GETS 3 /* silent gets in a row before a node counts as one without BEP 44 */
#define NO_ITEMS_TIME (30 * HARK_MINUTE) /* then it is asked again */
#define PARALLEL 6
#define PARALLEL_URGENT 8
#define STORED_ENOUGH 4
#define STARTERS 16              /* nodes from the table */
#define BOOTSTRAPS_AT_ONCE 20    /* while the table is nearly empty */
#define NODES_PER_ANSWER 16      /* taken from one list */
#define PEERS_PER_OPERATION 1000 /* told apart */

typedef enum { WALK, GET_MUTABLE, GET_IMMUTABLE, PUT, GET_PEERS, ANNOUNCE } Kind;

typedef struct {
  HarkDhtOperation number;
  Kind kind;
  HarkNodeId target;
  HarkLookup *lookups[HARK_DHT_FAMILIES];

  /* gets and puts */
  uint8_t key[32];
  uint8_t salt[HARK_ITEM_SALT_LEN_MAX];
  size_t salt_len;
  int64_t seq_known; /* -1: none */
  bool unchanged;
  GBytes *value; /* get: best one, NULL until found; put: what to store */
  int64_t seq;
  uint8_t sig[64];

  /* puts */
  bool is_mutable;
  bool has_cas;
  int64_t cas;
  bool conflict;

  /* puts and announcements */
  unsigned acks;
  bool reported; /* STORED */
  uint16_t port;

  GArray *peers; /* of HarkEndpoint: reported */
} Op;

static void step (HarkDht *dht, Op *op);

void
hark_dht_operation_free (gpointer operation)
{
  Op *op = operation;

  for (int i = 0; i < HARK_DHT_FAMILIES; i++)
    g_free (op->lookups[i]);
  g_clear_pointer (&op->value, g_bytes_unref);
  g_clear_pointer (&op->peers, g_array_unref);
  g_free (op);
}

static Op *
find_op (HarkDht *dht, HarkDhtOperation number)
{
  return g_hash_table_lookup (dht->operations, GUINT_TO_POINTER (number));
}

static bool
writes (const Op *op)
{
  return op->kind == PUT || op->kind == ANNOUNCE;
}

void
hark_dht_want (const HarkDht *dht, HarkKrpc *query)
{
  query->want4 = query->want6 = dht->seen_family[0] && dht->seen_family[1];
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

static void
add_starters (HarkDht *dht, Op *op)
{
  const HarkTableNode *nodes[STARTERS];
  unsigned added = 0;

  for (int i = 0; i < HARK_DHT_FAMILIES; i++) {
    size_t n = hark_table_closest (&dht->tables[i], &op->target, nodes, STARTERS);

    for (size_t j = 0; j < n; j++)
      hark_lookup_add (op->lookups[i], &nodes[j]->id, &nodes[j]->endpoint);
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

static Op *
op_new (HarkDht *dht, Kind kind, const HarkNodeId *target, bool urgent)
{
  Op *op;

  if (kind != WALK && dht->user_operations >= HARK_DHT_OPERATIONS_MAX)
    return NULL;
  op = g_new0 (Op, 1);
  op->number = hark_dht_number (dht);
  op->kind = kind;
  op->target = *target;
  op->seq_known = -1;
  for (int i = 0; i < HARK_DHT_FAMILIES; i++) {
    op->lookups[i] = g_new (HarkLookup, 1);
    hark_lookup_init (op->lookups[i], target, urgent ? PARALLEL_URGENT : PARALLEL, writes (op));
  }
  dht->user_operations += kind != WALK;
  g_hash_table_insert (dht->operations, GUINT_TO_POINTER (op->number), op);
  return op;
}

static void
op_remove (HarkDht *dht, Op *op)
{
  dht->user_operations -= op->kind != WALK;
  g_hash_table_remove (dht->operations, GUINT_TO_POINTER (op->number));
}

static HarkDhtOperation
op_start (HarkDht *dht, Op *op)
{
  HarkDhtOperation number = op->number;

  add_starters (dht, op);
  step (dht, op);
  return number;
}

/* ---- values -------------------------------------------------------------------------------- */

static void
emit_value (HarkDht *dht, const Op *op, HarkDhtEventKind kind)
{
  HarkDhtEvent event
    = {.kind = kind, .operation = op->number, .found = op->value, .unchanged = op->unchanged};

  if (op->value) {
    event.seq = op->seq;
    memcpy (event.signature, op->sig, sizeof event.signature);
  }
  hark_dht_emit (dht, &event, op->value ? g_bytes_ref (op->value) : NULL, NULL);
}

static void
accept_value (HarkDht *dht, Op *op, const HarkItemView *item)
{
  bool first = op->value == NULL;

  g_clear_pointer (&op->value, g_bytes_unref);
  op->value = g_bytes_new (item->value.data, item->value.len);
  if (item->key) {
    op->seq = item->seq;
    memcpy (op->sig, item->sig, sizeof op->sig);
  }
  if (first)
    emit_value (dht, op, HARK_DHT_EVENT_VALUE);
}

static void
handle_mutable (HarkDht *dht, Op *op, const HarkKrpc *answer)
{
  HarkItemView item = {
    .key = op->key,
    .salt = {op->salt, op->salt_len},
    .seq = answer->seq,
    .sig = answer->sig.data,
    .value = answer->v
  };

  if (answer->has_seq && answer->seq == op->seq_known)
    op->unchanged = true;
  if (!answer->has_seq || answer->seq <= op->seq_known || (op->value && answer->seq <= op->seq)
      || answer->k.len != sizeof op->key || memcmp (answer->k.data, op->key, sizeof op->key) != 0
      || answer->sig.len != 64 || hark_item_check (&item) != 0)
    return;
  accept_value (dht, op, &item);
}

static void
handle_immutable (HarkDht *dht, Op *op, const HarkKrpc *answer)
{
  HarkItemView item = {.value = answer->v};
  HarkNodeId target;

  if (op->value || hark_item_check (&item) != 0)
    return;
  hark_item_target (&item, &target);
  if (hark_node_id_equal (&target, &op->target))
    accept_value (dht, op, &item);
}

/* What we store ourselves counts as an answer. */
static void
ask_ourselves (HarkDht *dht, Op *op)
{
  HarkItemView item;

  if (!hark_items_get (dht->items, &op->target, dht->now, &item)
      || (item.key != NULL) != (op->kind == GET_MUTABLE))
    return;
  if (item.key && item.seq <= op->seq_known)
    op->unchanged = item.seq == op->seq_known;
  else
    accept_value (dht, op, &item);
}

/* ---- peers --------------------------------------------------------------------------------- */

static void
handle_peers (HarkDht *dht, Op *op, const HarkKrpc *answer)
{
  GArray *fresh = g_array_new (FALSE, TRUE, sizeof (HarkEndpoint));
  HarkDhtEvent event = {.kind = HARK_DHT_EVENT_PEERS, .operation = op->number};
  HarkBencodeIter iter;
  HarkBencode entry;

  hark_bencode_iter_init (&iter, hark_bencode_is_list (answer->values) ? answer->values
                                                                       : (HarkBencode){0});
  while (hark_bencode_iter_next (&iter, NULL, &entry) && fresh->len < HARK_DHT_PEERS_MAX
         && op->peers->len < PEERS_PER_OPERATION) {
    size_t len = 0;
    const uint8_t *compact = hark_bencode_get_bytes (entry, &len);
    HarkEndpoint peer;
    bool known = false;

    if (!compact || !hark_endpoint_from_compact (compact, len, &peer)
        || !hark_dht_may_send (dht, &peer))
      continue;
    for (unsigned i = 0; i < op->peers->len && !known; i++)
      known = hark_endpoint_equal (&g_array_index (op->peers, HarkEndpoint, i), &peer);
    if (known)
      continue;
    g_array_append_val (op->peers, peer);
    g_array_append_val (fresh, peer);
  }
  if (fresh->len)
    hark_dht_emit (dht, &event, NULL, fresh);
  else
    g_array_unref (fresh);
}

/* ---- asking -------------------------------------------------------------------------------- */

static void
take_nodes (HarkDht *dht, Op *op, const HarkEndpoint *teller, HarkBytes nodes, uint8_t family)
{
  HarkNodeId id;
  HarkEndpoint endpoint;

  for (size_t i = 0; i < NODES_PER_ANSWER && hark_krpc_node_read (nodes, family, i, &id, &endpoint);
       i++)
    if (endpoint.family == family && hark_dht_accept_node (dht, teller, &id, &endpoint))
      hark_lookup_add (op->lookups[family == 6], &id, &endpoint);
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
on_query (HarkDht *dht, const HarkRpc *rpc, HarkRpcOutcome outcome, const HarkKrpc *answer)
{
  Op *op = find_op (dht, rpc->owner);
  HarkLookup *lookup;
  HarkLookupCandidate *candidate;

  note_abilities (dht, rpc, outcome, answer);
  if (!op)
    return;
  lookup = op->lookups[rpc->to.family == 6];
  candidate = hark_lookup_find (lookup, &rpc->to);

  switch (outcome) {
  case HARK_RPC_ANSWERED:
    if (candidate)
      hark_lookup_answered (lookup, candidate, answer->id, answer->token);
    take_nodes (dht, op, &rpc->to, answer->nodes, 4);
    take_nodes (dht, op, &rpc->to, answer->nodes6, 6);
    if (op->kind == GET_MUTABLE)
      handle_mutable (dht, op, answer);
    else if (op->kind == GET_IMMUTABLE)
      handle_immutable (dht, op, answer);
    else if (op->peers)
      handle_peers (dht, op, answer);
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
ask (HarkDht *dht, Op *op, const HarkEndpoint *to)
{
  HarkKrpc query = {.method = HARK_KRPC_FIND_NODE};
  HarkDhtKnown *known = hark_dht_known (dht, to, false);
  HarkBytes target = {op->target.bytes, sizeof op->target.bytes};

  if (op->kind == GET_PEERS || op->kind == ANNOUNCE)
    query.method = HARK_KRPC_GET_PEERS;
  else if (op->kind != WALK && !(known && known->no_items_until > dht->now))
    query.method = HARK_KRPC_GET;

  if (query.method == HARK_KRPC_GET_PEERS)
    query.info_hash = target;
  else
    query.target = target;
  if (query.method == HARK_KRPC_GET && op->kind == GET_MUTABLE && op->seq_known >= 0) {
    query.has_seq = true;
    query.seq = op->seq_known;
  } else if (op->kind == PUT && op->is_mutable && query.method == HARK_KRPC_GET) {
    /* only the token is wanted, not a value that we have */
    query.has_seq = true;
    query.seq = op->seq;
  }
  hark_dht_want (dht, &query);
  return hark_rpc_send (dht, to, &query, on_query, op->number);
}

/* ---- writing ------------------------------------------------------------------------------- */

static bool write_to (HarkDht *dht, Op *op, HarkLookupCandidate *candidate);

static void
on_write (HarkDht *dht, const HarkRpc *rpc, HarkRpcOutcome outcome, const HarkKrpc *answer)
{
  Op *op = find_op (dht, rpc->owner);
  HarkLookup *lookup = op ? op->lookups[rpc->to.family == 6] : NULL;
  HarkLookupCandidate *candidate = op ? hark_lookup_find (lookup, &rpc->to) : NULL;

  if (!candidate || candidate->write == HARK_WRITE_DONE || candidate->write == HARK_WRITE_REFUSED)
    return;
  switch (outcome) {
  case HARK_RPC_ANSWERED:
    candidate->write = HARK_WRITE_DONE;
    op->acks++;
    break;
  case HARK_RPC_LATE:
    /* Once more, and somebody else as well: whoever is first. */
    if (candidate->write == HARK_WRITE_SENT) {
      hark_lookup_want_more (lookup);
      if (write_to (dht, op, candidate))
        candidate->write = HARK_WRITE_LATE;
    }
    break;
  case HARK_RPC_SILENT:
    if (candidate->write == HARK_WRITE_LATE && candidate->tries_write > 1)
      candidate->tries_write--;
    else
      candidate->write = HARK_WRITE_REFUSED;
    break;
  case HARK_RPC_REFUSED:
    if (answer->code == HARK_KRPC_ERROR_SEQ || answer->code == HARK_KRPC_ERROR_CAS)
      op->conflict = true;
    else
      hark_lookup_want_more (lookup);
    candidate->write = HARK_WRITE_REFUSED;
    break;
  case HARK_RPC_UNREACHABLE:
    hark_lookup_want_more (lookup);
    candidate->write = HARK_WRITE_REFUSED;
    break;
  }
  step (dht, op);
}

static bool
write_to (HarkDht *dht, Op *op, HarkLookupCandidate *candidate)
{
  HarkKrpc query = {
    .token = {candidate->token, candidate->token_len}
  };

  if (op->kind == ANNOUNCE) {
    query.method = HARK_KRPC_ANNOUNCE_PEER;
    query.info_hash = (HarkBytes){op->target.bytes, sizeof op->target.bytes};
    query.implied_port = true;
    query.has_port = true;
    query.port = op->port;
  } else {
    query.method = HARK_KRPC_PUT;
    query.v.data = g_bytes_get_data (op->value, &query.v.len);
    if (op->is_mutable) {
      query.k = (HarkBytes){op->key, sizeof op->key};
      if (op->salt_len)
        query.salt = (HarkBytes){op->salt, op->salt_len};
      query.sig = (HarkBytes){op->sig, sizeof op->sig};
      query.has_seq = true;
      query.seq = op->seq;
      query.has_cas = op->has_cas;
      query.cas = op->cas;
    }
  }
  candidate->tries_write++;
  return hark_rpc_send (dht, &candidate->endpoint, &query, on_write, op->number);
}

/* Writes under way that are worth waiting for. */
static unsigned
open_writes (const Op *op)
{
  unsigned n = 0, late = 0;

  for (int i = 0; i < HARK_DHT_FAMILIES; i++)
    for (size_t j = 0; j < op->lookups[i]->n; j++) {
      n += op->lookups[i]->candidates[j].write == HARK_WRITE_SENT;
      late += op->lookups[i]->candidates[j].write == HARK_WRITE_LATE;
    }
  return op->acks == 0 ? n + late : n;
}

/* Keeps a copy when we are among the closest ourselves. */
static bool
store_here (HarkDht *dht, const Op *op)
{
  HarkItemView item = {.value = {0}};
  HarkEndpoint nobody = {0};
  bool close = false;

  for (int i = 0; i < HARK_DHT_FAMILIES; i++)
    close |= hark_lookup_own_rank (op->lookups[i], &dht->tables[i].own_id) < HARK_TABLE_K;
  if (!close || dht->config.read_only)
    return false;
  item.value.data = g_bytes_get_data (op->value, &item.value.len);
  if (op->is_mutable) {
    item.key = op->key;
    item.sig = op->sig;
    item.seq = op->seq;
    item.salt = (HarkBytes){op->salt, op->salt_len};
  }
  return hark_items_put (dht->items, &item, op->has_cas ? &op->cas : NULL, &nobody,
                         &dht->tables[0].own_id, dht->now)
         == 0;
}

/* ---- progress ------------------------------------------------------------------------------ */

static void
emit_stored (HarkDht *dht, Op *op)
{
  HarkDhtEvent event = {.kind = HARK_DHT_EVENT_STORED, .operation = op->number, .acks = op->acks};

  if (op->reported || op->kind != PUT)
    return;
  op->reported = true;
  hark_dht_emit (dht, &event, NULL, NULL);
}

static void
finish (HarkDht *dht, Op *op)
{
  HarkDhtEvent event = {.operation = op->number, .acks = op->acks, .conflict = op->conflict};

  switch (op->kind) {
  case WALK:
    dht->status_changed = true;
    break;
  case GET_MUTABLE:
  case GET_IMMUTABLE:
    emit_value (dht, op, HARK_DHT_EVENT_GET_DONE);
    break;
  case PUT:
    event.own_copy = store_here (dht, op);
    if (op->acks > 0)
      emit_stored (dht, op);
    event.kind = HARK_DHT_EVENT_PUT_DONE;
    hark_dht_emit (dht, &event, NULL, NULL);
    break;
  case GET_PEERS:
  case ANNOUNCE:
    event.kind = HARK_DHT_EVENT_PEERS_DONE;
    hark_dht_emit (dht, &event, NULL, NULL);
    break;
  }
  op_remove (dht, op);
}

static bool
is_over (const Op *op)
{
  bool late = false;

  for (int i = 0; i < HARK_DHT_FAMILIES; i++) {
    if (!hark_lookup_is_done (op->lookups[i]))
      return false;
    late |= hark_lookup_has_late (op->lookups[i]);
  }
  if (writes (op))
    return open_writes (op) == 0;
  /* "Not there" is said only when nobody can object any more. */
  if (op->kind == GET_MUTABLE || op->kind == GET_IMMUTABLE)
    return op->value || op->unchanged || !late;
  return true;
}

static void
step (HarkDht *dht, Op *op)
{
  for (int i = 0; i < HARK_DHT_FAMILIES; i++) {
    HarkLookup *lookup = op->lookups[i];
    HarkLookupCandidate *candidate;

    while ((candidate = hark_lookup_next (lookup)))
      if (!ask (dht, op, &candidate->endpoint))
        hark_lookup_failed (lookup, candidate);
    while (writes (op) && (candidate = hark_lookup_next_write (lookup))) {
      candidate->write = HARK_WRITE_SENT;
      if (!write_to (dht, op, candidate))
        candidate->write = HARK_WRITE_REFUSED;
    }
  }
  if (op->acks >= STORED_ENOUGH)
    emit_stored (dht, op);
  if (is_over (op))
    finish (dht, op);
}

/* ---- commands ------------------------------------------------------------------------------ */

void
hark_dht_walk (HarkDht *dht, const HarkNodeId *target)
{
  op_start (dht, op_new (dht, WALK, target, false));
}

HarkDhtOperation
hark_dht_get_mutable (HarkDht *dht,
                      const uint8_t key[32],
                      const uint8_t *salt,
                      size_t salt_len,
                      int64_t seq_known,
                      bool urgent,
                      HarkTime now)
{
  HarkItemView item = {
    .key = key, .salt = {salt, salt_len}
  };
  HarkNodeId target;
  Op *op;

  g_assert (salt_len <= HARK_DHT_SALT_LEN_MAX);
  dht->now = MAX (dht->now, now);
  hark_item_target (&item, &target);
  op = op_new (dht, GET_MUTABLE, &target, urgent);
  if (!op)
    return 0;
  memcpy (op->key, key, sizeof op->key);
  if (salt_len)
    memcpy (op->salt, salt, salt_len);
  op->salt_len = salt_len;
  op->seq_known = MAX (seq_known, -1);
  ask_ourselves (dht, op);
  return op_start (dht, op);
}

HarkDhtOperation
hark_dht_get_immutable (HarkDht *dht, const uint8_t target[20], bool urgent, HarkTime now)
{
  HarkNodeId id;
  Op *op;

  dht->now = MAX (dht->now, now);
  memcpy (id.bytes, target, sizeof id.bytes);
  op = op_new (dht, GET_IMMUTABLE, &id, urgent);
  if (!op)
    return 0;
  ask_ourselves (dht, op);
  return op_start (dht, op);
}

static HarkItemView
view_item (const HarkDhtItem *item)
{
  return (HarkItemView){
    .key = item->key,
    .salt = {item->salt,  item->salt_len },
    .seq = item->seq,
    .sig = item->signature,
    .value = {item->value, item->value_len}
  };
}

size_t
hark_dht_item_signed_bytes (const HarkDhtItem *item, uint8_t ret[HARK_DHT_SIGNED_LEN_MAX])
{
  HarkItemView view = view_item (item);

  G_STATIC_ASSERT (HARK_DHT_SIGNED_LEN_MAX == HARK_ITEM_SIGNED_LEN_MAX);
  if (item->salt_len > HARK_DHT_SALT_LEN_MAX || item->value_len > HARK_DHT_VALUE_LEN_MAX
      || item->value_len == 0 || item->seq < 0)
    return 0;
  return hark_item_signed_bytes (&view, ret);
}

HarkDhtOperation
hark_dht_put_mutable (HarkDht *dht, const HarkDhtItem *item, const int64_t *cas, HarkTime now)
{
  HarkItemView view = view_item (item);
  HarkBencode value;
  HarkNodeId target;
  Op *op;

  dht->now = MAX (dht->now, now);
  if (!hark_bencode_parse (item->value, item->value_len, &value) || hark_item_check (&view) != 0)
    return 0;
  hark_item_target (&view, &target);
  op = op_new (dht, PUT, &target, false);
  if (!op)
    return 0;
  op->is_mutable = true;
  memcpy (op->key, item->key, sizeof op->key);
  memcpy (op->salt, item->salt, item->salt_len);
  op->salt_len = item->salt_len;
  op->seq = item->seq;
  memcpy (op->sig, item->signature, sizeof op->sig);
  op->value = g_bytes_new (item->value, item->value_len);
  op->has_cas = cas != NULL;
  op->cas = cas ? *cas : 0;
  return op_start (dht, op);
}

HarkDhtOperation
hark_dht_put_immutable (
  HarkDht *dht, const uint8_t *value, size_t value_len, uint8_t ret_target[20], HarkTime now)
{
  HarkItemView item = {
    .value = {value, value_len}
  };
  HarkBencode checked;
  HarkNodeId target;
  Op *op;

  dht->now = MAX (dht->now, now);
  if (!hark_bencode_parse (value, value_len, &checked) || hark_item_check (&item) != 0)
    return 0;
  hark_item_target (&item, &target);
  op = op_new (dht, PUT, &target, false);
  if (!op)
    return 0;
  if (ret_target)
    memcpy (ret_target, target.bytes, sizeof target.bytes);
  op->value = g_bytes_new (value, value_len);
  return op_start (dht, op);
}

static HarkDhtOperation
search_peers (HarkDht *dht, Kind kind, const uint8_t info_hash[20], uint16_t port)
{
  HarkNodeId target;
  Op *op;

  memcpy (target.bytes, info_hash, sizeof target.bytes);
  op = op_new (dht, kind, &target, false);
  if (!op)
    return 0;
  op->port = port;
  op->peers = g_array_new (FALSE, TRUE, sizeof (HarkEndpoint));
  return op_start (dht, op);
}

HarkDhtOperation
hark_dht_get_peers (HarkDht *dht, const uint8_t info_hash[20], HarkTime now)
{
  dht->now = MAX (dht->now, now);
  return search_peers (dht, GET_PEERS, info_hash, 0);
}

HarkDhtOperation
hark_dht_announce (HarkDht *dht, const uint8_t info_hash[20], uint16_t port, HarkTime now)
{
  dht->now = MAX (dht->now, now);
  return search_peers (dht, ANNOUNCE, info_hash, port);
}

void
hark_dht_cancel_operation (HarkDht *dht, HarkDhtOperation number)
{
  Op *op = find_op (dht, number);

  if (op)
    op_remove (dht, op);
}
