#include "net/dht/operation-private.h"

#include <string.h>

#define STORED_ENOUGH 4
#define PATHS (2 * HARK_DHT_FAMILIES) /* two of each family */

/* NULL: none such. */
static HarkLookup *
path_of (const HarkDhtOp *op, int i)
{
  return i < HARK_DHT_FAMILIES ? op->lookups[i] : op->first[i - HARK_DHT_FAMILIES];
}

static bool write_to (HarkDht *dht, HarkDhtOp *op, HarkLookupCandidate *candidate);

static void
on_write (HarkDht *dht, const HarkRpc *rpc, HarkRpcOutcome outcome, const HarkKrpc *answer)
{
  HarkDhtOp *op = hark_op_find (dht, rpc->owner);
  HarkLookup *lookup = NULL;
  HarkLookupCandidate *candidate = op ? hark_op_asked (op, &rpc->to, &lookup) : NULL;

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
  op->step (dht, op);
}

static bool
write_to (HarkDht *dht, HarkDhtOp *op, HarkLookupCandidate *candidate)
{
  HarkKrpc query = {
    .token = {candidate->token, candidate->token_len}
  };

  if (op->kind == HARK_OP_ANNOUNCE) {
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

unsigned
hark_op_open_writes (const HarkDhtOp *op)
{
  unsigned n = 0, late = 0;

  for (int i = 0; i < PATHS; i++) {
    const HarkLookup *path = path_of (op, i);

    for (size_t j = 0; path && j < path->n; j++) {
      n += path->candidates[j].write == HARK_WRITE_SENT;
      late += path->candidates[j].write == HARK_WRITE_LATE;
    }
  }
  return op->acks == 0 ? n + late : n;
}

bool
hark_op_store_here (HarkDht *dht, const HarkDhtOp *op)
{
  HarkItemView item = {.value = {0}};
  HarkEndpoint nobody = {0};
  bool close = false;

  for (int i = 0; i < HARK_DHT_FAMILIES; i++)
    close
      |= !dht->read_only[i]
         && hark_lookup_own_rank (op->lookups[i], &dht->tables[i].own_id)
                + (op->first[i] ? hark_lookup_own_rank (op->first[i], &dht->tables[i].own_id) : 0)
              < HARK_TABLE_K;
  if (!close)
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

void
hark_op_emit_stored (HarkDht *dht, HarkDhtOp *op)
{
  HarkDhtEvent event = {.kind = HARK_DHT_EVENT_STORED, .operation = op->number, .acks = op->acks};

  if (op->reported || op->kind != HARK_OP_PUT)
    return;
  op->reported = true;
  hark_dht_emit (dht, &event, NULL, NULL);
}

void
hark_op_note_copy (HarkDhtOp *op, HarkLookupCandidate *candidate, const HarkKrpc *answer)
{
  /* a value that was taken before is known by its signature */
  if (op->kind == HARK_OP_GET_MUTABLE && op->value && answer->has_seq && answer->seq == op->seq
      && answer->sig.len == sizeof op->sig
      && memcmp (answer->sig.data, op->sig, sizeof op->sig) == 0) {
    candidate->has_copy = true;
    candidate->seq = answer->seq;
  }
  if (op->kind != HARK_OP_PUT || !op->is_mutable || !answer->has_seq
      || candidate->write != HARK_WRITE_NONE)
    return;
  candidate->stale = answer->seq < op->seq;
  if (op->repair && answer->seq == op->seq) {
    candidate->write = HARK_WRITE_DONE;
    op->acks++;
  } else if (answer->seq > op->seq && op->repair) {
    candidate->write = HARK_WRITE_REFUSED;
    op->conflict = true;
  }
}

void
hark_op_write (HarkDht *dht, HarkDhtOp *op)
{
  for (int i = 0; i < PATHS; i++) {
    HarkLookup *path = path_of (op, i);
    HarkLookupCandidate *candidate;

    while (path && (candidate = hark_lookup_next_write (path))) {
      candidate->write = HARK_WRITE_SENT;
      if (!write_to (dht, op, candidate))
        candidate->write = HARK_WRITE_REFUSED;
    }
  }
  if (op->acks >= STORED_ENOUGH)
    hark_op_emit_stored (dht, op);
}
