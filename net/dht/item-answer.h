/* net/dht/item-answer.h - what an answer says of a mutable item that we look for (BEP 44), whoever
 * of ours asked: a node of the DHT, or somebody who has one ask for them.
 *
 * Pure; one thread at a time.
 */
#pragma once

#include "net/base/key.h"
#include "net/dht/item.h"
#include "net/dht/krpc.h"

typedef enum {
  HARK_ITEM_ANSWER_NOTHING, /* no value, or none that is newer */
  HARK_ITEM_ANSWER_NEWER,
  HARK_ITEM_ANSWER_FORGED, /* newer, and not its owner's */
} HarkItemAnswer;

/* hark_item_answer_read: @above: the sequence that is known; @ret: set unless it says NOTHING;
 * borrows from all of them. */
HarkItemAnswer hark_item_answer_read (
  const HarkKrpc *answer, const uint8_t key[32], HarkBytes salt, int64_t above, HarkItemView *ret);

/* hark_item_hold: @item in place of what is held; @value: (inout) (nullable): owned. Sequence and
 * signature of an immutable one stay. */
void
hark_item_hold (const HarkItemView *item, GBytes **value, int64_t *ret_seq, uint8_t ret_sig[64]);
