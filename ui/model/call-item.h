/* ui/model/call-item.h - a call there is.
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

/* hark_call_item_set_stats: copies; @advice (nullable): what is wrong with the connection. */
void hark_call_item_set_stats (HarkCallItem *item, const HarkCallStats *stats, const char *advice);

/* hark_call_item_refuse: the user hangs up: it is none that was missed. */
void hark_call_item_refuse (HarkCallItem *item);

/* hark_call_item_get: borrowed until the next update. */
const HarkCall *hark_call_item_get (HarkCallItem *item);

/* hark_call_item_get_stats, _advice: (nullable): borrowed; NULL before the first, or for none. */
const HarkCallStats *hark_call_item_get_stats (HarkCallItem *item);
const char *hark_call_item_get_advice (HarkCallItem *item);

/* hark_call_item_get_seconds: since both sides hear each other; 0 before. */
unsigned hark_call_item_get_seconds (HarkCallItem *item);

/* hark_call_item_is_ringing: somebody waits for the user to answer. _is_over: it has ended.
 * _is_missed: it has, they called, and the user neither answered nor declined.
 * _is_on: both sides have accepted it. */
bool hark_call_item_is_ringing (HarkCallItem *item);
bool hark_call_item_is_over (HarkCallItem *item);
bool hark_call_item_is_missed (HarkCallItem *item);
bool hark_call_item_is_on (HarkCallItem *item);

/* hark_call_item_talks_muted: the user spoke in the last three seconds, and nobody heard it. */
bool hark_call_item_talks_muted (HarkCallItem *item);
