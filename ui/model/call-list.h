/* ui/model/call-list.h - the calls there are: two at most, and the last one for a while after its
 * end.
 *
 * Main thread. Their order is the one in which the user thinks of them: first the one that is
 * heard, then what is dialled, what rings, what waits on hold.
 */
#pragma once

#include "ui/model/call-item.h"

/* hark_calls_take: (transfer full): copies @call into @calls (HarkCallItem) and puts them in order;
 * an ended one is forgotten when there is another. Returns: the item it is in, whatever becomes of
 * it. */
HarkCallItem *hark_calls_take (GPtrArray *calls, const HarkCall *call);

/* hark_calls_find: (nullable): borrowed; by id. */
HarkCallItem *hark_calls_find (GPtrArray *calls, uint64_t id);
