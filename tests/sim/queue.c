#include "tests/sim/queue.h"

#include <stdbool.h>

/* Time and order beside the thing: comparing touches nothing else. */
typedef struct {
  HarkTime time;
  uint64_t order;
  gpointer thing;
} Entry;

static Entry *
entry_at (const HarkSimQueue *queue, guint i)
{
  return &g_array_index (queue->entries, Entry, i);
}

static bool
earlier (const Entry *a, const Entry *b)
{
  return a->time != b->time ? a->time < b->time : a->order < b->order;
}

void
hark_sim_queue_init (HarkSimQueue *queue)
{
  queue->entries = g_array_new (FALSE, FALSE, sizeof (Entry));
  queue->order = 0;
}

void
hark_sim_queue_clear (HarkSimQueue *queue, GDestroyNotify free_thing)
{
  for (guint i = 0; i < queue->entries->len; i++)
    free_thing (entry_at (queue, i)->thing);
  g_clear_pointer (&queue->entries, g_array_unref);
}

void
hark_sim_queue_push (HarkSimQueue *queue, HarkTime time, gpointer thing)
{
  Entry entry = {time, queue->order++, thing};
  guint i = queue->entries->len;

  g_array_append_val (queue->entries, entry);
  while (i > 0 && earlier (&entry, entry_at (queue, (i - 1) / 2))) {
    *entry_at (queue, i) = *entry_at (queue, (i - 1) / 2);
    i = (i - 1) / 2;
  }
  *entry_at (queue, i) = entry;
}

HarkTime
hark_sim_queue_next (const HarkSimQueue *queue)
{
  return queue->entries->len ? entry_at (queue, 0)->time : HARK_TIME_NEVER;
}

gpointer
hark_sim_queue_pop (HarkSimQueue *queue)
{
  guint len = queue->entries->len;
  gpointer first;
  Entry last;
  guint i = 0;

  if (len == 0)
    return NULL;
  first = entry_at (queue, 0)->thing;
  last = *entry_at (queue, --len);
  g_array_set_size (queue->entries, len);
  if (len == 0)
    return first;
  for (guint child = 1; child < len; child = 2 * i + 1) {
    if (child + 1 < len && earlier (entry_at (queue, child + 1), entry_at (queue, child)))
      child++;
    if (!earlier (entry_at (queue, child), &last))
      break;
    *entry_at (queue, i) = *entry_at (queue, child);
    i = child;
  }
  *entry_at (queue, i) = last;
  return first;
}
