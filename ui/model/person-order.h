/* ui/model/person-order.h - who stands above whom in the list. Main thread. */
#pragma once

#include "ui/model/person-item.h"

/* hark_person_order: requests, then what is pinned, then by newest message (of a group without one:
 * when it was made), then by name; archived
 * and blocked ones last. As strcmp(): below 0 when @a comes first. */
int hark_person_order (HarkPersonItem *a, HarkPersonItem *b);
