/* ui/model/person-order.h - who stands above whom in the list. Main thread. */
#pragma once

#include "ui/model/person-item.h"

/* hark_person_order: requests, then what is pinned, then by newest message (of a group without one:
 * when it was made), then by name; blocked ones, and at the very end what is put away. As strcmp():
 * below 0 when @a comes first. _is_put_away: @item is archived and neither asks nor is blocked. */
int hark_person_order (HarkPersonItem *a, HarkPersonItem *b);
bool hark_person_is_put_away (HarkPersonItem *item);
