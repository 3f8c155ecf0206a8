/* ui/model/call-item.h - the call there is.
 *
 * Main thread. Emits "changed" when its phase, its figures or whether it is muted changed.
 */
#pragma once

#include "core/hark.h"

#include <glib-object.h>

#define HARK_TYPE_CALL_ITEM (hark_call_item_get_type ())
G_DECLARE_FINAL_TYPE (HarkCallItem, hark_call_item, HARK, CALL_ITEM, GObject)

/* hark_call_item_new: copies @call. */
HarkCallItem *hark_call_item_new (const HarkCall *call);

/* hark_call_item_update: copies @call over what was known. */
void hark_call_item_update (HarkCallItem *item, const HarkCall *call);
void hark_call_item_set_stats (HarkCallItem *item, const HarkCallStats *stats);

/* hark_call_item_get: borrowed until the next update. */
const HarkCall *hark_call_item_get (HarkCallItem *item);

/* hark_call_item_get_stats: (nullable): borrowed; NULL before the first. */
const HarkCallStats *hark_call_item_get_stats (HarkCallItem *item);

/* hark_call_item_get_seconds: since both sides hear each other; 0 before. */
unsigned hark_call_item_get_seconds (HarkCallItem *item);
