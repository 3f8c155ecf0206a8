/* The operations that others ask for. */
#include "net/dht/far.h"
#include "net/dht/operation-private.h"

#include <string.h>

void
hark_dht_walk (HarkDht *dht, const HarkNodeId *target)
{
  hark_op_start (dht, hark_op_new (dht, HARK_OP_WALK, target, false));
}

static HarkDhtOperation
get_mutable (HarkDht *dht,
             const uint8_t key[32],
             const uint8_t *salt,
             size_t salt_len,
             int64_t seq_known,
             bool urgent,
             bool again,
             HarkTime now)
{
  HarkItemView item = {
    .key = key, .salt = {salt, salt_len}
  };
  HarkNodeId target;
  HarkDhtOp *op;

  g_assert (salt_len <= HARK_DHT_SALT_LEN_MAX);
  dht->now = MAX (dht->now, now);
  if (hark_far_is_on (dht))
    return hark_far_get (dht, key, salt, salt_len, seq_known);
  hark_item_target (&item, &target);
  op = hark_op_new (dht, HARK_OP_GET_MUTABLE, &target, urgent);
  if (!op)
    return 0;
  memcpy (op->key, key, sizeof op->key);
  if (salt_len)
    memcpy (op->salt, salt, salt_len);
  op->salt_len = salt_len;
  op->seq_known = MAX (seq_known, -1);
  op->again = again;
  hark_op_ask_ourselves (dht, op);
  return hark_op_start (dht, op);
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
  return get_mutable (dht, key, salt, salt_len, seq_known, urgent, false, now);
}

HarkDhtOperation
hark_dht_get_again (
  HarkDht *dht, const uint8_t key[32], int64_t seq_known, bool urgent, HarkTime now)
{
  return get_mutable (dht, key, NULL, 0, seq_known, urgent, true, now);
}

HarkDhtOperation
hark_dht_get_immutable (HarkDht *dht, const uint8_t target[20], bool urgent, HarkTime now)
{
  HarkNodeId id;
  HarkDhtOp *op;

  dht->now = MAX (dht->now, now);
  memcpy (id.bytes, target, sizeof id.bytes);
  op = hark_op_new (dht, HARK_OP_GET_IMMUTABLE, &id, urgent);
  if (!op)
    return 0;
  hark_op_ask_ourselves (dht, op);
  return hark_op_start (dht, op);
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

/* How a put differs from others. */
typedef enum { PUT_PLAIN, PUT_REPAIR, PUT_AGAIN } PutKind;

static HarkDhtOperation
put_mutable (HarkDht *dht, const HarkDhtItem *item, const int64_t *cas, PutKind kind, HarkTime now)
{
  HarkItemView view = view_item (item);
  HarkBencode value;
  HarkNodeId target;
  HarkDhtOp *op;

  dht->now = MAX (dht->now, now);
  if (!hark_bencode_parse (item->value, item->value_len, &value) || hark_item_check (&view) != 0)
    return 0;
  if (hark_far_is_on (dht))
    return hark_far_put (dht, item, cas);
  hark_item_target (&view, &target);
  op = hark_op_new (dht, HARK_OP_PUT, &target, false);
  if (!op)
    return 0;
  op->is_mutable = true;
  op->repair = kind == PUT_REPAIR;
  op->again = kind == PUT_AGAIN;
  memcpy (op->key, item->key, sizeof op->key);
  memcpy (op->salt, item->salt, item->salt_len);
  op->salt_len = item->salt_len;
  op->seq = item->seq;
  memcpy (op->sig, item->signature, sizeof op->sig);
  op->value = g_bytes_new (item->value, item->value_len);
  op->has_cas = cas != NULL;
  op->cas = cas ? *cas : 0;
  return hark_op_start (dht, op);
}

HarkDhtOperation
hark_dht_put_mutable (HarkDht *dht, const HarkDhtItem *item, const int64_t *cas, HarkTime now)
{
  return put_mutable (dht, item, cas, PUT_PLAIN, now);
}

HarkDhtOperation
hark_dht_put_again (HarkDht *dht, const HarkDhtItem *item, HarkTime now)
{
  return put_mutable (dht, item, NULL, PUT_AGAIN, now);
}

HarkDhtOperation
hark_dht_repair_mutable (HarkDht *dht, const HarkDhtItem *item, HarkTime now)
{
  return put_mutable (dht, item, NULL, PUT_REPAIR, now);
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
  HarkDhtOp *op;

  dht->now = MAX (dht->now, now);
  if (!hark_bencode_parse (value, value_len, &checked) || hark_item_check (&item) != 0)
    return 0;
  hark_item_target (&item, &target);
  op = hark_op_new (dht, HARK_OP_PUT, &target, false);
  if (!op)
    return 0;
  if (ret_target)
    memcpy (ret_target, target.bytes, sizeof target.bytes);
  op->value = g_bytes_new (value, value_len);
  return hark_op_start (dht, op);
}

static HarkDhtOperation
search_peers (HarkDht *dht, HarkDhtOpKind kind, const uint8_t info_hash[20], uint16_t port)
{
  HarkNodeId target;
  HarkDhtOp *op;

  memcpy (target.bytes, info_hash, sizeof target.bytes);
  op = hark_op_new (dht, kind, &target, false);
  if (!op)
    return 0;
  op->port = port;
  op->peers = g_array_new (FALSE, TRUE, sizeof (HarkEndpoint));
  return hark_op_start (dht, op);
}

HarkDhtOperation
hark_dht_get_peers (HarkDht *dht, const uint8_t info_hash[20], HarkTime now)
{
  dht->now = MAX (dht->now, now);
  return search_peers (dht, HARK_OP_GET_PEERS, info_hash, 0);
}

HarkDhtOperation
hark_dht_announce (HarkDht *dht, const uint8_t info_hash[20], uint16_t port, HarkTime now)
{
  dht->now = MAX (dht->now, now);
  return search_peers (dht, HARK_OP_ANNOUNCE, info_hash, port);
}

void
hark_dht_cancel_operation (HarkDht *dht, HarkDhtOperation number)
{
  HarkDhtOp *op = hark_op_find (dht, number);

  if (!op)
    return;
  if (op->reported)
    hark_op_leave_trail (dht, op);
  hark_op_remove (dht, op);
}
