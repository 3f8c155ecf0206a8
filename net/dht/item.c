#include "net/dht/item.h"

#include <glib.h>
#include <sodium.h>
#include <string.h>

typedef struct {
  HarkNodeId target; /* hash key */
  bool is_mutable;
  uint8_t key[32];
  uint8_t sig[64];
  int64_t seq;
  HarkEndpoint host; /* who wrote it */
  HarkTime expires;
  size_t salt_len;
  size_t value_len;
  uint8_t bytes[]; /* value, salt */
} Item;

struct HarkItems {
  GHashTable *items; /* HarkNodeId inside Item -> Item */
  size_t bytes;      /* of all values */
};

void
hark_sha1 (const uint8_t *a, size_t a_len, const uint8_t *b, size_t b_len, uint8_t ret[20])
{
  GChecksum *sum = g_checksum_new (G_CHECKSUM_SHA1);
  gsize len = 20;

  g_checksum_update (sum, a, (gssize) a_len);
  if (b_len)
    g_checksum_update (sum, b, (gssize) b_len);
  g_checksum_get_digest (sum, ret, &len);
  g_checksum_free (sum);
}

void
hark_item_target (const HarkItemView *item, HarkNodeId *ret)
{
  if (item->key)
    hark_sha1 (item->key, 32, item->salt.data, item->salt.len, ret->bytes);
  else
    hark_sha1 (item->value.data, item->value.len, NULL, 0, ret->bytes);
}

size_t
hark_item_signed_bytes (const HarkItemView *item, uint8_t ret[HARK_ITEM_SIGNED_LEN_MAX])
{
  HarkWriter writer;

  hark_writer_init (&writer, ret, HARK_ITEM_SIGNED_LEN_MAX);
  if (item->salt.len) {
    hark_bencode_write_text (&writer, "salt");
    hark_bencode_write_bytes (&writer, item->salt.data, item->salt.len);
  }
  hark_bencode_write_text (&writer, "seq");
  hark_bencode_write_int (&writer, item->seq);
  hark_bencode_write_text (&writer, "v");
  hark_writer_bytes (&writer, item->value.data, item->value.len);
  g_assert (hark_writer_is_ok (&writer));
  return writer.len;
}

int
hark_item_check (const HarkItemView *item)
{
  uint8_t bytes[HARK_ITEM_SIGNED_LEN_MAX];
  size_t len;

  if (item->value.len == 0)
    return HARK_KRPC_ERROR_PROTOCOL;
  if (item->value.len > HARK_ITEM_VALUE_LEN_MAX)
    return HARK_KRPC_ERROR_TOO_BIG;
  if (!item->key)
    return 0;
  if (item->salt.len > HARK_ITEM_SALT_LEN_MAX)
    return HARK_KRPC_ERROR_SALT;
  if (item->seq < 0 || !item->sig)
    return HARK_KRPC_ERROR_PROTOCOL;
  len = hark_item_signed_bytes (item, bytes);
  return crypto_sign_verify_detached (item->sig, bytes, len, item->key) == 0
           ? 0
           : HARK_KRPC_ERROR_SIGNATURE;
}

HarkItems *
hark_items_new (void)
{
  HarkItems *items = g_new0 (HarkItems, 1);

  items->items = g_hash_table_new_full (hark_node_id_hash, hark_node_id_hash_equal, NULL, g_free);
  return items;
}

void
hark_items_free (HarkItems *items)
{
  if (!items)
    return;
  g_hash_table_unref (items->items);
  g_free (items);
}

static void
remove_item (HarkItems *items, Item *item)
{
  items->bytes -= item->value_len;
  g_hash_table_remove (items->items, &item->target);
}

static bool
same_host (const HarkEndpoint *a, const HarkEndpoint *b)
{
  return hark_endpoint_scope (a) == HARK_SCOPE_LOOPBACK ? hark_endpoint_equal (a, b)
                                                        : hark_endpoint_same_ip (a, b);
}

/* Makes room for one more by @host: false when @host has his share, or when the newcomer would be
 * the farthest. */
static bool
make_room (HarkItems *items,
           const HarkNodeId *target,
           size_t len,
           const HarkEndpoint *host,
           const HarkNodeId *own_id)
{
  bool full = g_hash_table_size (items->items) >= HARK_ITEMS_MAX
              || items->bytes + len > HARK_ITEMS_BYTES_MAX;
  unsigned hosts = 0;
  Item *farthest = NULL;
  GHashTableIter iter;
  gpointer value;

  g_hash_table_iter_init (&iter, items->items);
  while (g_hash_table_iter_next (&iter, NULL, &value)) {
    Item *item = value;

    if (host->family && same_host (&item->host, host))
      hosts++;
    if (!farthest || hark_node_id_closer (own_id, &farthest->target, &item->target) < 0)
      farthest = item;
  }
  if (host->family && hosts >= HARK_ITEMS_PER_HOST)
    return false;
  if (!full)
    return true;
  if (!farthest || hark_node_id_closer (own_id, target, &farthest->target) > 0)
    return false;
  remove_item (items, farthest);
  return items->bytes + len <= HARK_ITEMS_BYTES_MAX || make_room (items, target, len, host, own_id);
}

static Item *
copy_item (const HarkItemView *view, const HarkNodeId *target)
{
  Item *item = g_malloc0 (sizeof *item + view->value.len + view->salt.len);

  item->target = *target;
  item->value_len = view->value.len;
  memcpy (item->bytes, view->value.data, view->value.len);
  if (view->key) {
    item->is_mutable = true;
    memcpy (item->key, view->key, sizeof item->key);
    memcpy (item->sig, view->sig, sizeof item->sig);
    item->seq = view->seq;
    item->salt_len = view->salt.len;
    if (view->salt.len)
      memcpy (item->bytes + item->value_len, view->salt.data, view->salt.len);
  }
  return item;
}

int
hark_items_put (HarkItems *items,
                const HarkItemView *view,
                const int64_t *cas,
                const HarkEndpoint *host,
                const HarkNodeId *own_id,
                HarkTime now)
{
  HarkNodeId target;
  Item *item, *old;
  int code = hark_item_check (view);

  if (code)
    return code;
  hark_item_target (view, &target);
  old = g_hash_table_lookup (items->items, &target);
  if (old && old->expires <= now) {
    remove_item (items, old);
    old = NULL;
  }

  if (old && view->key && cas && old->seq != *cas)
    return HARK_KRPC_ERROR_CAS;
  if (old && view->key && view->seq < old->seq)
    return HARK_KRPC_ERROR_SEQ;
  if (old && (!view->key || view->seq == old->seq)) {
    old->expires = hark_time_add (now, HARK_ITEM_LIFETIME);
    return 0;
  }
  if (!old && !make_room (items, &target, view->value.len, host, own_id))
    return HARK_KRPC_ERROR_PROTOCOL;

  item = copy_item (view, &target);
  item->host = *host;
  item->expires = hark_time_add (now, HARK_ITEM_LIFETIME);
  if (old)
    remove_item (items, old);
  items->bytes += item->value_len;
  g_hash_table_insert (items->items, &item->target, item);
  return 0;
}

bool
hark_items_get (HarkItems *items, const HarkNodeId *target, HarkTime now, HarkItemView *ret)
{
  Item *item = g_hash_table_lookup (items->items, target);

  if (!item || item->expires <= now)
    return false;
  *ret = (HarkItemView){
    .value = {item->bytes, item->value_len}
  };
  if (item->is_mutable) {
    ret->key = item->key;
    ret->sig = item->sig;
    ret->seq = item->seq;
    ret->salt = (HarkBytes){item->bytes + item->value_len, item->salt_len};
  }
  return true;
}

static gboolean
is_expired (gpointer key, gpointer value, gpointer data)
{
  (void) key;
  return ((Item *) value)->expires <= *(const HarkTime *) data;
}

void
hark_items_expire (HarkItems *items, HarkTime now)
{
  GHashTableIter iter;
  gpointer value;

  g_hash_table_foreach_remove (items->items, is_expired, &now);
  items->bytes = 0;
  g_hash_table_iter_init (&iter, items->items);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    items->bytes += ((Item *) value)->value_len;
}

size_t
hark_items_count (const HarkItems *items)
{
  return g_hash_table_size (items->items);
}
