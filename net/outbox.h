/* net/outbox.h - what a node has to hand out: outputs for its shell, events for core.
 *
 * Pure. Owns copies of the bytes it holds; the one popped last stays valid until the next pop.
 * Packets of sessions do not pass through here: they are made when the shell asks for them.
 */
#pragma once

#include "net/net.h"

#define HARK_OUTBOX_EVENTS_MAX \
  65536 /* core drains after every input, so this is never met by honest use */

typedef struct {
  GQueue outputs; /* Entry */
  GQueue events;
  gpointer last_output; /* Entry handed out, kept for its bytes */
  gpointer last_event;
} HarkOutbox;

void hark_outbox_init (HarkOutbox *outbox);
void hark_outbox_clear (HarkOutbox *outbox);

/* hark_outbox_push_output: copies @output, and its data or description. */
void hark_outbox_push_output (HarkOutbox *outbox, const HarkNetOutput *output);

/* hark_outbox_push_event: copies @event, and its data or request. */
void hark_outbox_push_event (HarkOutbox *outbox, const HarkNetEvent *event);

/* hark_outbox_pop_...: what @ret borrows lives until the next pop of the same kind. */
bool hark_outbox_pop_output (HarkOutbox *outbox, HarkNetOutput *ret);
bool hark_outbox_pop_event (HarkOutbox *outbox, HarkNetEvent *ret);
