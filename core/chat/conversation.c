#include "core/chat/conversation.h"

#include <string.h>

void
hark_conversation_init (HarkConversation *conversation, HarkTime now)
{
  *conversation = (HarkConversation){0};
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

static void
remove_head (HarkConversation *conversation, const uint8_t id[HARK_CHAT_ID_LEN])
{
  for (unsigned i = 0; i < conversation->n_heads; i++)
    if (memcmp (conversation->heads[i], id, HARK_CHAT_ID_LEN) == 0) {
      conversation->n_heads--;
      memmove (conversation->heads[i], conversation->heads[i + 1],
               (conversation->n_heads - i) * sizeof conversation->heads[0]);
      return;
    }
}

static void
add_head (HarkConversation *conversation, const uint8_t id[HARK_CHAT_ID_LEN])
{
  remove_head (conversation, id);
  if (conversation->n_heads == HARK_CHAT_PARENTS_MAX)
    remove_head (conversation, conversation->heads[0]);
  memcpy (conversation->heads[conversation->n_heads++], id, HARK_CHAT_ID_LEN);
}

void
hark_conversation_stamp (HarkConversation *conversation, HarkChatEntry *entry, int64_t wall_ms)
{
  entry->seq = ++conversation->seq;
  entry->sent_ms = CLAMP (wall_ms, 0, HARK_CHAT_TIME_MAX);
  entry->clock = hark_chat_next_clock (conversation->clock, wall_ms);
  entry->n_parents = conversation->n_heads;
  memcpy (entry->parents, conversation->heads,
          conversation->n_heads * sizeof conversation->heads[0]);
  conversation->clock = entry->clock;
  conversation->n_heads = 0;
  add_head (conversation, entry->id);
}

void
hark_conversation_saw (HarkConversation *conversation, HarkChatEntry *entry)
{
  if (entry->clock == 0)
    entry->clock = hark_chat_next_clock (conversation->clock, 0);
  conversation->clock = MAX (conversation->clock, entry->clock);
  for (unsigned i = 0; i < entry->n_parents; i++)
    remove_head (conversation, entry->parents[i]);
  add_head (conversation, entry->id);
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
