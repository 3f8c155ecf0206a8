#include "core/chat/conversation.h"

#include <string.h>

void
hark_conversation_init (HarkConversation *conversation, uint64_t seq, HarkTime now)
{
  *conversation = (HarkConversation){.seq = seq};
  hark_outbox_init (&conversation->outbox);
  conversation->acks = g_array_new (FALSE, FALSE, HARK_CHAT_ID_LEN);
  hark_token_bucket_init (&conversation->typing_rate, 2, 10, now);
}

void
hark_conversation_clear (HarkConversation *conversation)
{
  hark_outbox_clear (&conversation->outbox);
  g_clear_pointer (&conversation->acks, g_array_unref);
}

void
hark_conversation_acknowledge (HarkConversation *conversation, const uint8_t id[HARK_CHAT_ID_LEN])
{
  g_array_append_vals (conversation->acks, id, 1);
}

GBytes *
hark_conversation_take_acks (HarkConversation *conversation)
{
  guint n = MIN (conversation->acks->len, HARK_CHAT_ACKS_MAX);
  GBytes *frame;

  if (n == 0)
    return NULL;
  frame = hark_chat_write_acks (
    (const uint8_t (*)[HARK_CHAT_ID_LEN]) (void *) conversation->acks->data, n);
  g_array_remove_range (conversation->acks, 0, n);
  return frame;
}

void
hark_conversation_session (HarkConversation *conversation)
{
  g_array_set_size (conversation->acks, 0);
  hark_outbox_rewind (&conversation->outbox);
  conversation->typing_here = false;
}

bool
hark_conversation_typing (HarkConversation *conversation, bool on, HarkTime now)
{
  if (on == conversation->typing_there
      || !hark_token_bucket_take (&conversation->typing_rate, 1, now))
    return false;
  conversation->typing_there = on;
  return true;
}
