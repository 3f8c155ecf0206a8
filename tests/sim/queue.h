/* tests/sim/queue.h - what will happen, earliest first.
 *
 * Pure; one thread at a time. A binary heap; things of one time come out in the order in which they
 * went in, so same pushes, same pops.
 */
#pragma once

#include "net/base/time.h"

#include <glib.h>

typedef struct {
  GArray *entries; /* of entries as in queue.c */
  uint64_t order;  /* of the next push */
} HarkSimQueue;

/* hark_sim_queue_init: empty; hark_sim_queue_clear: frees its own memory and hands every thing that
 * is left to @free_thing. */
void hark_sim_queue_init (HarkSimQueue *queue);
void hark_sim_queue_clear (HarkSimQueue *queue, GDestroyNotify free_thing);

/* hark_sim_queue_push: @thing: (transfer full): due at @time. */
void hark_sim_queue_push (HarkSimQueue *queue, HarkTime time, gpointer thing);

/* hark_sim_queue_next: when the first thing is due; HARK_TIME_NEVER: none waits. */
HarkTime hark_sim_queue_next (const HarkSimQueue *queue);

/* hark_sim_queue_pop: (transfer full): the first thing; NULL: none waits. */
gpointer hark_sim_queue_pop (HarkSimQueue *queue);
