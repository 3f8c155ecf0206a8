#include "net/dht/trail.h"

#include <string.h>

GPtrArray *
hark_trails_new (void)
{
  return g_ptr_array_new_with_free_func (g_free);
}

static HarkTrail *
find (GPtrArray *trails, const HarkNodeId *target, guint *ret_at)
{
  for (guint i = 0; i < trails->len; i++) {
    HarkTrail *trail = g_ptr_array_index (trails, i);

    if (hark_node_id_equal (&trail->target, target)) {
      *ret_at = i;
      return trail;
    }
  }
  return NULL;
}

const HarkTrail *
hark_trails_find (GPtrArray *trails, const HarkNodeId *target, HarkTime now)
{
  guint at;
  HarkTrail *trail = find (trails, target, &at);

  if (!trail)
    return NULL;
  if (hark_time_since (now, trail->walked) >= HARK_TRAIL_TIME) {
    g_ptr_array_remove_index_fast (trails, at);
    return NULL;
  }
  trail->used = now;
  return trail;
}

static HarkTrail *
add (GPtrArray *trails, const HarkNodeId *target)
{
  HarkTrail *trail;

  if (trails->len >= HARK_TRAILS_MAX) {
    guint oldest = 0;

    for (guint i = 1; i < trails->len; i++)
      if (((HarkTrail *) g_ptr_array_index (trails, i))->used
          < ((HarkTrail *) g_ptr_array_index (trails, oldest))->used)
        oldest = i;
    g_ptr_array_remove_index_fast (trails, oldest);
  }
  trail = g_new0 (HarkTrail, 1);
  trail->target = *target;
  g_ptr_array_add (trails, trail);
  return trail;
}

void
hark_trails_note (GPtrArray *trails,
                  const HarkNodeId *target,
                  const HarkTrailNode *nodes,
                  unsigned n,
                  bool whole,
                  HarkTime now)
{
  guint at;
  HarkTrail *trail = find (trails, target, &at);

  if (n < HARK_TRAIL_NODES_MIN) {
    if (trail)
      g_ptr_array_remove_index_fast (trails, at);
    return;
  }
  if (!trail && !whole)
    return;
  if (!trail)
    trail = add (trails, target);
  if (whole)
    trail->walked = now;
  trail->used = now;
  trail->n = MIN (n, 2 * HARK_TRAIL_NODES);
  memcpy (trail->nodes, nodes, trail->n * sizeof *nodes);
}
