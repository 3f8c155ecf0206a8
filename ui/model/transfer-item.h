/* ui/model/transfer-item.h - one file on its way, as the engine last described it.
 *
 * Main thread. Emits "changed" when the description was replaced.
 */
#pragma once

#include "core/hark.h"

#include <glib-object.h>

#define HARK_TYPE_TRANSFER_ITEM (hark_transfer_item_get_type ())
G_DECLARE_FINAL_TYPE (HarkTransferItem, hark_transfer_item, HARK, TRANSFER_ITEM, GObject)

/* hark_transfer_item_new: copies @transfer. */
HarkTransferItem *hark_transfer_item_new (const HarkTransfer *transfer);

/* hark_transfer_item_update: copies @transfer over what was known and emits "changed". */
void hark_transfer_item_update (HarkTransferItem *item, const HarkTransfer *transfer);

/* hark_transfer_item_get: borrowed until the next update. */
const HarkTransfer *hark_transfer_item_get (HarkTransferItem *item);
