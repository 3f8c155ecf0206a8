/* core/chat/outbox.h - entries to one contact that are on our disk and not yet known to be on
 * theirs.
 *
 * Pure; one thread at a time. In order, a window of them handed to the session; everything not
 * acknowledged goes out again on the next session. Together with the receiver's check for
 * duplicates that is exactly once (R-1 in tests/ATTACKS.md).
 */
#pragma once

#include "core/chat/message.h"

#define HARK_OUTBOX_MESSAGES_MAX 10000
#define HARK_OUTBOX_BYTES_MAX ((size_t) 64 * 1024 * 1024) /* of text and body */
#define HARK_OUTBOX_WINDOW 512 /* handed to the session, not acknowledged */

typedef struct {
  HarkChatEntry entry; /* owned */
  bool in_flight;      /* handed to this session */
  bool was_sent;       /* handed to any session since the start */
} HarkOutboxItem;

typedef struct {
  GQueue items;      /* HarkOutboxItem, in order of seq */
  GHashTable *by_id; /* id -> its link */
  GList *next;       /* the first not in flight; NULL: none */
  size_t bytes;      /* of text and body, with what is reserved */
  unsigned reserved; /* messages on their way to our disk */
  unsigned in_flight;
} HarkOutbox;

/* hark_outbox_init: empty; hark_outbox_clear: frees what it holds. */
void hark_outbox_init (HarkOutbox *outbox);
void hark_outbox_clear (HarkOutbox *outbox);

/* hark_outbox_reserve: room for an entry of @len bytes before it goes to our disk. Returns NULL,
 * or a static sentence when the queue is full. */
const char *hark_outbox_reserve (HarkOutbox *outbox, size_t len);

/* hark_outbox_release: it did not get there. */
void hark_outbox_release (HarkOutbox *outbox, size_t len);

/* hark_outbox_add: it is on our disk; @reserved: room for it was reserved, else (from the store at
 * the start) it is taken whatever the limits. Copied. */
void hark_outbox_add (HarkOutbox *outbox, const HarkChatEntry *entry, bool reserved);

/* hark_outbox_count: messages in it and on their way to our disk. */
unsigned hark_outbox_count (const HarkOutbox *outbox);

/* hark_outbox_rewind: there is a new session, or none: nothing is in flight. */
void hark_outbox_rewind (HarkOutbox *outbox);

/* hark_outbox_next: the next message to hand to the session, borrowed until the next call; NULL
 * when there is none or the window is full. It counts as in flight; `was_sent` is set by the
 * caller. */
HarkOutboxItem *hark_outbox_next (HarkOutbox *outbox);

/* hark_outbox_take_back: what waits under @id, or is more of it, goes out without what it said. */
void hark_outbox_take_back (HarkOutbox *outbox, const uint8_t id[HARK_CHAT_ID_LEN]);

/* hark_outbox_find: (nullable): what is in flight in this session under @id; borrowed. */
const HarkChatEntry *hark_outbox_find (const HarkOutbox *outbox,
                                       const uint8_t id[HARK_CHAT_ID_LEN]);

/* hark_outbox_get: (nullable): the same, in flight or not. hark_outbox_settle: it is on their disk,
 * as their own word says that came another way: forgotten, in flight or not. */
const HarkChatEntry *hark_outbox_get (const HarkOutbox *outbox, const uint8_t id[HARK_CHAT_ID_LEN]);
bool hark_outbox_settle (HarkOutbox *outbox, const uint8_t id[HARK_CHAT_ID_LEN]);

/* hark_outbox_acknowledge: it is on their disk: forgotten here. False when it is not in flight in
 * this session. */
bool hark_outbox_acknowledge (HarkOutbox *outbox, const uint8_t id[HARK_CHAT_ID_LEN]);
