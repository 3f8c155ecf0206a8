/* net/node/queue.h - what a node has to hand out: outputs for its shell, events for core.
 *
 * Pure. Owns copies of the bytes it holds; the one popped last stays valid until the next pop.
 * Packets of sessions do not pass through here: they are made when the shell asks for them.
 */
#pragma once

#include "net/net.h"

/* More are dropped; core drains after every input, so honest use never gets there. */
#define HARK_NODE_QUEUE_EVENTS_MAX 65536

typedef struct {
  GQueue outputs; /* Entry */
  GQueue events;
  gpointer last_output; /* Entry handed out, kept for its bytes */
  gpointer last_event;
} HarkNodeQueue;

/* hark_node_queue_init: empty; hark_node_queue_clear: drops what waits and was handed out. */
void hark_node_queue_init (HarkNodeQueue *queue);
void hark_node_queue_clear (HarkNodeQueue *queue);

/* hark_node_queue_push_output: copies @output, and its data or description. */
void hark_node_queue_push_output (HarkNodeQueue *queue, const HarkNetOutput *output);

/* hark_node_queue_push_event: copies @event, and its data or request. */
void hark_node_queue_push_event (HarkNodeQueue *queue, const HarkNetEvent *event);

/* hark_node_queue_pop_...: what @ret borrows lives until the next pop of the same kind. */
bool hark_node_queue_pop_output (HarkNodeQueue *queue, HarkNetOutput *ret);
bool hark_node_queue_pop_event (HarkNodeQueue *queue, HarkNetEvent *ret);
