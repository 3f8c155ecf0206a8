#include "net/dht/far-server.h"

#include "net/dht/far.h"

#include <string.h>

static bool
has_room_for (const HarkDht *dht, const HarkEndpoint *from)
{
  unsigned same = 0;

  for (guint i = 0; i < dht->far_calls->len; i++)
    same += hark_same_host (&g_array_index (dht->far_calls, HarkFarCall, i).from, from);
  return dht->far_calls->len < HARK_FAR_CALLS_MAX && same < HARK_FAR_CALLS_PER_HOST;
}

static int
start_put (HarkDht *dht, const HarkKrpc *query, HarkDhtOperation *ret)
{
  HarkItemView view = {.key = query->k.data,
                       .salt = query->salt,
                       .seq = query->seq,
                       .sig = query->sig.data,
                       .value = query->v};
  HarkDhtItem item = {.salt_len = query->salt.len,
                      .seq = query->seq,
                      .value = query->v.data,
                      .value_len = query->v.len};
  int code;

  if (query->sig.len != sizeof item.signature || !query->has_seq || query->v.len == 0)
    return HARK_KRPC_ERROR_PROTOCOL;
  code = hark_item_check (&view);
  if (code)
    return code;
  memcpy (item.key, query->k.data, sizeof item.key);
  if (query->salt.len)
    memcpy (item.salt, query->salt.data, query->salt.len);
  memcpy (item.signature, query->sig.data, sizeof item.signature);
  *ret = hark_dht_put_mutable (dht, &item, query->has_cas ? &query->cas : NULL, dht->now);
  return *ret ? 0 : HARK_KRPC_ERROR_BUSY;
}

static int
start_get (HarkDht *dht, const HarkKrpc *query, HarkDhtOperation *ret)
{
  if (query->salt.len > HARK_DHT_SALT_LEN_MAX)
    return HARK_KRPC_ERROR_SALT;
  *ret = hark_dht_get_mutable (dht, query->k.data, query->salt.data, query->salt.len,
                               query->has_seq ? query->seq : -1, true, dht->now);
  return *ret ? 0 : HARK_KRPC_ERROR_BUSY;
}

int
hark_far_server_start (HarkDht *dht, const HarkEndpoint *from, const HarkKrpc *query)
{
  HarkFarCall call = {.from = *from, .transaction_len = query->transaction.len};
  int code;

  if (query->k.len != 32)
    return HARK_KRPC_ERROR_PROTOCOL;
  /* who is cut off himself would only pass it on */
  if (hark_far_is_on (dht) || !has_room_for (dht, from))
    return HARK_KRPC_ERROR_BUSY;
  code = query->method == HARK_KRPC_HK_PUT ? start_put (dht, query, &call.operation)
                                           : start_get (dht, query, &call.operation);
  if (code)
    return code;
  memcpy (call.transaction, query->transaction.data, query->transaction.len);
  g_array_append_val (dht->far_calls, call);
  return 0;
}

static void
answer (HarkDht *dht, const HarkFarCall *call, const HarkDhtEvent *event)
{
  HarkKrpc message = {
    .kind = HARK_KRPC_RESPONSE, .transaction = {call->transaction, call->transaction_len}
  };
  uint8_t packet[HARK_KRPC_LEN_MAX];

  message.id = hark_dht_own_id (dht, &call->from);
  if (event->kind == HARK_DHT_EVENT_GET_DONE) {
    if (event->found) {
      message.v = (HarkBencode){event->data, event->len};
      message.sig = (HarkBytes){event->signature, sizeof event->signature};
    }
    message.has_seq = event->found;
    message.seq = event->seq;
  } else if (event->acks == 0 && event->conflict) {
    message = (HarkKrpc){
      .kind = HARK_KRPC_ERROR,
      .transaction = message.transaction,
      .code = HARK_KRPC_ERROR_SEQ,
      .message = {(const uint8_t *) "seq too old", 11}
    };
  } else {
    message.has_count = true;
    message.count = event->acks + event->own_copy;
  }
  hark_dht_send (dht, &call->from, packet,
                 hark_krpc_write (&message, NULL, 0, packet, sizeof packet));
}

/* True when @event is not for the owner of the node. */
static bool
take (HarkDht *dht, const HarkDhtEvent *event)
{
  for (guint i = 0; event->operation && i < dht->far_calls->len; i++) {
    HarkFarCall call = g_array_index (dht->far_calls, HarkFarCall, i);

    if (call.operation != event->operation)
      continue;
    if (event->kind == HARK_DHT_EVENT_GET_DONE || event->kind == HARK_DHT_EVENT_PUT_DONE) {
      g_array_remove_index_fast (dht->far_calls, i);
      answer (dht, &call, event);
    }
    return true;
  }
  return false;
}

void
hark_far_server_settle (HarkDht *dht)
{
  if (dht->far_calls->len > 0)
    hark_dht_take_events (dht, take);
}
