#include "ui/model/person-order.h"

static int
rank (HarkPersonItem *item)
{
  switch (hark_person_item_get (item)->status) {
  case HARK_PERSON_REQUEST:
    return 0;
  case HARK_PERSON_BLOCKED:
    return 3;
  default:
    return hark_person_item_is_archived (item) ? 4 : hark_person_item_is_pinned (item) ? 1 : 2;
  }
}

bool
hark_person_is_put_away (HarkPersonItem *item)
{
  return rank (item) == 4;
}

/* By our own clock: theirs may be wrong by years. */
static int64_t
came_ms (HarkMessageItem *row)
{
  const HarkMessage *message = hark_message_item_get (row);

  return !message->outgoing && message->received_ms > 0 ? message->received_ms : message->sent_ms;
}

/* Of a group in which nothing was said yet. */
static int64_t
made_ms (HarkPersonItem *item)
{
  const HarkGroupInfo *group = hark_person_item_get_group (item);

  return group ? group->made_ms : 0;
}

int
hark_person_order (HarkPersonItem *a, HarkPersonItem *b)
{
  HarkMessageItem *last_a = hark_person_item_get_last (a);
  HarkMessageItem *last_b = hark_person_item_get_last (b);
  int64_t newest_a = last_a ? came_ms (last_a) : made_ms (a);
  int64_t newest_b = last_b ? came_ms (last_b) : made_ms (b);

  if (rank (a) != rank (b))
    return rank (a) - rank (b);
  if (newest_a != newest_b)
    return newest_a > newest_b ? -1 : 1;
  return g_utf8_collate (hark_person_item_get (a)->name, hark_person_item_get (b)->name);
}
