#include "net/dht/item-answer.h"
#include "net/dht/operation-private.h"

#include <string.h>

#define PEERS_PER_OPERATION 1000 /* told apart */

HarkDhtOp *
hark_op_find (HarkDht *dht, HarkDhtOperation number)
{
  return g_hash_table_lookup (dht->operations, GUINT_TO_POINTER (number));
}

HarkLookupCandidate *
hark_op_asked (HarkDhtOp *op, const HarkEndpoint *node, HarkLookup **ret_lookup)
{
  bool is6 = node->family == 6;
  HarkLookupCandidate *candidate = hark_lookup_find (op->lookups[is6], node);

  *ret_lookup = op->lookups[is6];
  if (!candidate && op->first[is6]) {
    *ret_lookup = op->first[is6];
    candidate = hark_lookup_find (op->first[is6], node);
  }
  return candidate;
}

/* ---- values -------------------------------------------------------------------------------- */

void
hark_op_emit_value (HarkDht *dht, const HarkDhtOp *op, HarkDhtEventKind kind)
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
accept_value (HarkDht *dht, HarkDhtOp *op, const HarkItemView *item)
{
  bool first = op->value == NULL;

  hark_item_hold (item, &op->value, &op->seq, op->sig);
  if (first)
    hark_op_emit_value (dht, op, HARK_DHT_EVENT_VALUE);
}

/* Also of a put: whoever shows a newer item than ours must show one that we signed. */
static bool
handle_mutable (HarkDht *dht, HarkDhtOp *op, const HarkKrpc *answer)
{
  const int64_t above = op->value != NULL ? MAX (op->seq, op->seq_known) : op->seq_known;
  HarkItemAnswer found;
  HarkItemView item;

  op->unchanged |= answer->has_seq && answer->seq == op->seq_known;
  found
    = hark_item_answer_read (answer, op->key, (HarkBytes){op->salt, op->salt_len}, above, &item);
  if (found == HARK_ITEM_ANSWER_NOTHING)
    return true;
  if (found == HARK_ITEM_ANSWER_FORGED || answer->k.len == 0)
    return false;
  if (op->kind == HARK_OP_GET_MUTABLE)
    accept_value (dht, op, &item);
  return true;
}

static void
handle_immutable (HarkDht *dht, HarkDhtOp *op, const HarkKrpc *answer)
{
  HarkItemView item = {.value = answer->v};
  HarkNodeId target;

  if (op->value || hark_item_check (&item) != 0)
    return;
  hark_item_target (&item, &target);
  if (hark_node_id_equal (&target, &op->target))
    accept_value (dht, op, &item);
}

void
hark_op_ask_ourselves (HarkDht *dht, HarkDhtOp *op)
{
  HarkItemView item;

  if (!hark_items_get (dht->items, &op->target, dht->now, &item)
      || (item.key != NULL) != (op->kind == HARK_OP_GET_MUTABLE))
    return;
  if (item.key && item.seq <= op->seq_known)
    op->unchanged = item.seq == op->seq_known;
  else
    accept_value (dht, op, &item);
}

/* ---- peers --------------------------------------------------------------------------------- */

static void
handle_peers (HarkDht *dht, HarkDhtOp *op, const HarkKrpc *answer)
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

bool
hark_op_take (HarkDht *dht, HarkDhtOp *op, const HarkKrpc *answer)
{
  if (op->kind == HARK_OP_GET_MUTABLE || (op->kind == HARK_OP_PUT && op->is_mutable))
    return handle_mutable (dht, op, answer);
  if (op->kind == HARK_OP_GET_IMMUTABLE)
    handle_immutable (dht, op, answer);
  else if (op->peers)
    handle_peers (dht, op, answer);
  return true;
}
