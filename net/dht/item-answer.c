#include "net/dht/item-answer.h"

#include <string.h>

#define SIG_LEN 64

HarkItemAnswer
hark_item_answer_read (
  const HarkKrpc *answer, const uint8_t key[32], HarkBytes salt, int64_t above, HarkItemView *ret)
{
  const HarkItemView item = {
    .key = key,
    .salt = salt,
    .seq = answer->seq,
    .sig = answer->sig.data,
    .value = answer->v,
  };

  if (!answer->has_seq || answer->seq <= above || answer->v.data == NULL)
    return HARK_ITEM_ANSWER_NOTHING;
  *ret = item;
  if (answer->k.len > 0
      && (answer->k.len != HARK_KEY_LEN || memcmp (answer->k.data, key, HARK_KEY_LEN) != 0))
    return HARK_ITEM_ANSWER_FORGED;
  return answer->sig.len == SIG_LEN && hark_item_check (&item) == 0 ? HARK_ITEM_ANSWER_NEWER
                                                                    : HARK_ITEM_ANSWER_FORGED;
}

void
hark_item_hold (const HarkItemView *item, GBytes **value, int64_t *ret_seq, uint8_t ret_sig[64])
{
  g_clear_pointer (value, g_bytes_unref);
  *value = g_bytes_new (item->value.data, item->value.len);
  if (item->key == NULL)
    return;
  *ret_seq = item->seq;
  memcpy (ret_sig, item->sig, SIG_LEN);
}
