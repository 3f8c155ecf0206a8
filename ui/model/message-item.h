/* ui/model/message-item.h - one row of a conversation: a text, a file or a call.
 *
 * Main thread. Emits "changed" when text, state, reason or file were replaced.
 */
#pragma once

#include "ui/model/transfer-item.h"

#define HARK_TYPE_MESSAGE_ITEM (hark_message_item_get_type ())
G_DECLARE_FINAL_TYPE (HarkMessageItem, hark_message_item, HARK, MESSAGE_ITEM, GObject)

/* hark_message_item_new: copies @message. */
HarkMessageItem *hark_message_item_new (const HarkMessage *message);

/* hark_message_item_get: borrowed until the next update. */
const HarkMessage *hark_message_item_get (HarkMessageItem *item);

/* hark_message_item_update: it was edited, deleted or reacted to; copies @message. */
void hark_message_item_update (HarkMessageItem *item, const HarkMessage *message);

/* hark_message_item_set_state: @reason (nullable): why it is still waiting, the engine's words. */
void hark_message_item_set_state (HarkMessageItem *item, HarkSendState state, const char *reason);

/* hark_message_item_forget_reason: it is another one by now, which the engine has not said of it.
 */
void hark_message_item_forget_reason (HarkMessageItem *item);

/* hark_message_item_count_down: it was read, or is with whom it is for: one that disappears does so
 * from now on, as the engine lets it. */
void hark_message_item_count_down (HarkMessageItem *item);
const char *hark_message_item_get_reason (HarkMessageItem *item);

/* The file of a row that is one; NULL while nothing is known about it but its name. */
void hark_message_item_set_transfer (HarkMessageItem *item, HarkTransferItem *transfer);
HarkTransferItem *hark_message_item_get_transfer (HarkMessageItem *item);
