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
  uint64_t seq;  /* our highest */
  GArray *acks;  /* ids on our disk and not acknowledged to them yet */
  bool has_read; /* the newest of theirs that the user saw, to be told */
  uint8_t read[HARK_CHAT_ID_LEN];
  bool typing_here, typing_there;
  HarkTokenBucket typing_rate; /* of what they say about it */
} HarkConversation;

/* hark_conversation_init: @seq: our highest sequence in the store. */
void hark_conversation_init (HarkConversation *conversation, uint64_t seq, HarkTime now);

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
