/* core/engine/mailbox.h - events on their way from the engine's thread to the user's GMainContext.
 *
 * Shell. In order, in batches: one wake-up for whatever has gathered, not one for each event. Of
 * dear ones fewer go into a batch, and between two of them the context's other sources have a turn.
 * Behind those of more urgent priority, or until the user has time, they wait for 40 ms at most.
 */
#pragma once

#include "core/hark.h"

typedef struct HarkMailbox HarkMailbox;

/* hark_mailbox_new: @on_event is called in @context (NULL: the thread-default one of the caller),
 * with the event_priority and event_turn_us of @config, which is not kept. */
HarkMailbox *hark_mailbox_new (GMainContext *context,
                               const HarkEngineConfig *config,
                               void (*on_event) (const HarkEvent *event, void *data),
                               void *data);

/* hark_mailbox_put: (transfer full) @event; any thread. */
void hark_mailbox_put (HarkMailbox *mailbox, HarkEvent *event);

/* hark_mailbox_close: no event is delivered once it returned; may be called from @on_event. Frees
 * the mailbox. */
void hark_mailbox_close (HarkMailbox *mailbox);
