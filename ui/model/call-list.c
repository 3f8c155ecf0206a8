#include "ui/model/call-list.h"

static unsigned
rank (const HarkCall *call)
{
  switch (call->phase) {
  case HARK_ACTIVE:
    return 0;
  case HARK_HELD:
    return call->held_here ? 4 : 1;
  case HARK_CALLING:
    return 2;
  case HARK_RINGING:
    return call->outgoing ? 2 : 3;
  default:
    return 5;
  }
}

static int
compare (const void *a, const void *b)
{
  const HarkCall *first = hark_call_item_get (*(HarkCallItem *const *) a);
  const HarkCall *second = hark_call_item_get (*(HarkCallItem *const *) b);

  if (rank (first) != rank (second))
    return rank (first) < rank (second) ? -1 : 1;
  if (first->phase == HARK_ENDED) /* the newest comes first */
    return first->id > second->id ? -1 : first->id < second->id;
  return first->id < second->id ? -1 : first->id > second->id;
}

HarkCallItem *
hark_calls_find (GPtrArray *calls, uint64_t id)
{
  for (guint i = 0; i < calls->len; i++)
    if (hark_call_item_get (calls->pdata[i])->id == id)
      return calls->pdata[i];
  return NULL;
}

HarkCallItem *
hark_calls_take (GPtrArray *calls, const HarkCall *call)
{
  HarkCallItem *item = hark_calls_find (calls, call->id);

  if (item) {
    hark_call_item_update (item, call);
  } else {
    item = hark_call_item_new (call);
    g_ptr_array_add (calls, item);
  }
  g_object_ref (item);
  g_ptr_array_sort (calls, compare);
  while (calls->len > 1 && hark_call_item_is_over (calls->pdata[calls->len - 1]))
    g_ptr_array_remove_index (calls, calls->len - 1);
  return item;
}
