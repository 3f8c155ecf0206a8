/* Files, calls and what became of groups, as rows of the conversation. */
#define G_LOG_DOMAIN "hark-core"

#include "core/heart/groups/groups.h"

#include <string.h>

static void
after_log (HarkCore *core, HarkPending *pending, HarkStoreReply *reply)
{
  if (hark_core_refuse_store (core, pending, reply) || reply->duplicate)
    return;
  pending->message->position = reply->position;
  hark_core_say_message (core, pending->message);
}

HarkStoreMessage *
hark_core_new_log (
  HarkCore *core, const HarkKey *of, HarkMessageKind kind, bool outgoing, const char *text)
{
  HarkStoreMessage *message = g_new0 (HarkStoreMessage, 1);

  hark_rng_bytes (&core->rng, message->id, sizeof message->id);
  message->contact = *of;
  message->kind = kind;
  message->outgoing = outgoing;
  message->state = HARK_MESSAGE_DELIVERED; /* nothing waits for an acknowledgement */
  message->sent_ms = message->received_ms = hark_core_wall (core);
  message->text = g_strdup (text);
  return message;
}

void
hark_core_put_log (HarkCore *core, HarkStoreMessage *message)
{
  HarkStoreRequest *request = hark_core_request (HARK_STORE_PUT_MESSAGE);
  HarkPending *pending = hark_pending_new (after_log, NULL);
  HarkCoreContact *contact = hark_core_find (core, &message->contact);

  if (contact != NULL)
    message->clock = contact->conversation.clock
      = hark_chat_next_clock (contact->conversation.clock, message->sent_ms);
  request->message = message;
  pending->message = hark_store_message_copy (message);
  hark_core_ask_store (core, request, pending);
}

void
hark_core_log (HarkCore *core,
               const HarkKey *account,
               HarkMessageKind kind,
               bool outgoing,
               const char *text,
               uint64_t ref,
               bool seen)
{
  HarkStoreMessage *message = hark_core_new_log (core, account, kind, outgoing, text);

  message->ref = ref;
  if (seen)
    message->state = HARK_MESSAGE_READ;
  hark_core_put_log (core, message);
}

void
hark_core_log_left (HarkCore *core,
                    const uint8_t id[HARK_GROUP_ID_LEN],
                    const HarkGroupEntry *entry,
                    const char *text)
{
  HarkStoreMessage *message;
  HarkKey group;

  hark_store_group_key (id, &group);
  message = hark_core_new_log (core, &group, HARK_MESSAGE_GROUP,
                               hark_key_equal (&entry->author, &core->own), text);
  memcpy (message->id, entry->hash, sizeof message->id);
  message->state = HARK_MESSAGE_READ; /* no news that somebody waits for */
  message->sent_ms = entry->sent_ms;
  message->clock = entry->clock;
  message->has_group = message->has_author = true;
  memcpy (message->group, id, sizeof message->group);
  message->author = entry->author;
  hark_core_put_log (core, message);
}
