/* core/chat/conversation.h - what is remembered of writing with one contact, beside the messages
 * themselves.
 *
 * Pure; one thread at a time.
 */
#pragma once

#include "core/chat/outbox.h"
#include "net/base/token-bucket.h"

typedef struct {
  HarkOutbox outbox;
  uint64_t seq;            /* our highest */
  int64_t clock;           /* the highest of anybody */
  uint32_t expires_s;      /* of what is written now */
  uint64_t timer_position; /* of the entry that says so */
  unsigned n_heads;        /* entries that none we know comes behind */
  uint8_t heads[HARK_CHAT_PARENTS_MAX][HARK_CHAT_ID_LEN];
  GArray *acks;  /* ids on our disk and not acknowledged to them yet */
  bool has_read; /* the newest of theirs that the user saw, to be told */
  uint8_t read[HARK_CHAT_ID_LEN];
  bool typing_here, typing_there;
  HarkTokenBucket typing_rate; /* of what they say about it */
} HarkConversation;

/* hark_conversation_init: everything zero or empty. */
void hark_conversation_init (HarkConversation *conversation, HarkTime now);

/* hark_conversation_stamp: makes @entry, ours and new, the next: seq, clock, parents. */
void
hark_conversation_stamp (HarkConversation *conversation, HarkChatEntry *entry, int64_t wall_ms);

/* hark_conversation_saw: @entry is part of it now: what is written from here on comes behind it. An
 * entry without a clock is given one. */
void hark_conversation_saw (HarkConversation *conversation, HarkChatEntry *entry);

/* hark_conversation_clear: frees what it holds. */
void hark_conversation_clear (HarkConversation *conversation);

/* hark_conversation_acknowledge: a message of theirs is on our disk. */
void hark_conversation_acknowledge (HarkConversation *conversation,
                                    const uint8_t id[HARK_CHAT_ID_LEN]);

/* hark_conversation_take_acks: (transfer full) (nullable): a frame that acknowledges as many as
 * fit. */
GBytes *hark_conversation_take_acks (HarkConversation *conversation);

/* hark_conversation_session: a session came or went: unsaid acknowledgements are void (they will
 * send again). */
void hark_conversation_session (HarkConversation *conversation);

/* hark_conversation_typing: they say that they type or stopped. True when that is news worth an
 * event. */
bool hark_conversation_typing (HarkConversation *conversation, bool on, HarkTime now);
