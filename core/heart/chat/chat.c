#define G_LOG_DOMAIN "hark-core"

#include "core/heart/core-private.h"
#include "core/store/parts.h"

#include <string.h>

/* What the news that something was seen costs us while it waits for the disk. */
#define SEEN_COST (sizeof (HarkPending) + 2 * sizeof (HarkStoreMessage))

/* ---- going out ---- */

void
hark_core_chat_session (HarkCore *core, HarkCoreContact *contact, bool up)
{
  HarkConversation *conversation = &contact->conversation;

  hark_conversation_session (conversation);
  hark_core_chat_forget (contact);
  contact->quarantine_told = false;
  g_hash_table_remove (core->acks_due, contact);
  if (!up && conversation->typing_there) {
    HarkEvent *event = hark_event_new (HARK_EVENT_TYPING);

    conversation->typing_there = false;
    memcpy (event->account, contact->row.account.bytes, sizeof event->account);
    hark_core_emit (core, event);
  }
  if (!up) {
    hark_core_groups_gone (core, contact);
    return;
  }
  hark_core_chat_pump (core, contact);
  conversation->has_read &= hark_core_lets (core, contact, HARK_MAY_NOT_SEE_READ);
  if (conversation->has_read
      && hark_core_say (core, contact, hark_chat_write_read (conversation->read)))
    conversation->has_read = false;
}

void
hark_core_flush_acks (HarkCore *core)
{
  GHashTableIter iter;
  void *value;

  g_hash_table_iter_init (&iter, core->acks_due);
  while (g_hash_table_iter_next (&iter, &value, NULL)) {
    HarkCoreContact *contact = value;
    GBytes *frame;

    while ((frame = hark_conversation_take_acks (&contact->conversation)) != NULL)
      hark_core_say (core, contact, frame);
    g_hash_table_iter_remove (&iter);
  }
}

/* ---- seen, typing ---- */

static void after_part (HarkCore *core, HarkPending *pending, HarkStoreReply *reply);

static void
set_state (HarkCore *core,
           const HarkCoreContact *contact,
           bool outgoing,
           const uint8_t id[HARK_CHAT_ID_LEN],
           HarkMessageState state,
           HarkPending *pending)
{
  HarkStoreRequest *request = hark_core_request (HARK_STORE_SET_STATE);

  request->message = g_new0 (HarkStoreMessage, 1);
  memcpy (request->message->id, id, sizeof request->message->id);
  request->message->contact = contact->row.account;
  request->message->state = state;
  request->message->outgoing = outgoing;
  request->message->expires_at = hark_core_wall (core);
  request->message->received_ms = state == HARK_MESSAGE_DELIVERED ? hark_core_wall (core) : 0;
  request->message->part = pending != NULL && pending->then == after_part;
  hark_core_ask_store (core, request, pending);
}

static void
after_read (HarkCore *core, HarkPending *pending, HarkStoreReply *reply)
{
  if (hark_core_refuse_store (core, pending, reply))
    return;
  hark_core_succeed (core, pending->command);
  hark_core_expire (core); /* timers may have begun */
}

void
hark_core_command_read (HarkCore *core, HarkCommand *command)
{
  HarkCoreContact *contact = hark_core_need (core, command);

  if (contact == NULL) {
    hark_command_free (command);
    return;
  }
  if (g_strcmp0 (command->how, "here") != 0) {
    memcpy (contact->conversation.read, command->id, sizeof contact->conversation.read);
    contact->conversation.has_read
      = hark_core_lets (core, contact, HARK_MAY_NOT_SEE_READ)
        && !hark_core_say (core, contact, hark_chat_write_read (command->id));
  }
  set_state (core, contact, false, command->id, HARK_MESSAGE_READ,
             hark_pending_new (after_read, command));
}

void
hark_core_command_typing (HarkCore *core, HarkCommand *command)
{
  HarkCoreContact *contact = hark_core_need (core, command);

  if (contact != NULL) {
    if (contact->conversation.typing_here != command->on
        && hark_core_lets (core, contact, HARK_MAY_NOT_SEE_TYPING)
        && hark_core_say (core, contact, hark_chat_write_typing (command->on)))
      contact->conversation.typing_here = command->on;
    hark_core_succeed (core, command);
  }
  hark_command_free (command);
}

/* ---- coming in ---- */

/* A part of a long voice message; what is told is how far all of it is. */
static void
after_part (HarkCore *core, HarkPending *pending, HarkStoreReply *reply)
{
  const HarkCoreContact *contact = hark_core_find (core, &pending->contact);
  HarkMessage *message;

  if (!reply->ok || reply->changed == NULL || contact == NULL)
    return;
  message = hark_core_message (core, reply->changed);
  if (message->state >= HARK_STATE_DELIVERED && !message->deleted)
    hark_core_say_state (core, contact, message->id, reply->changed->kind, message->state, NULL);
  hark_message_free (message);
  hark_core_expire (core); /* its timer may have begun */
}

/* @entry of ours is on their disk. */
static void
note_delivered (HarkCore *core, HarkCoreContact *contact, const HarkChatEntry *entry)
{
  HarkPending *pending = NULL;
  HarkStorePart part;

  if (hark_store_part_read (entry->body, &part)) {
    pending = hark_pending_new (after_part, NULL);
    pending->contact = contact->row.account;
  } else if (!entry->has_whole) {
    hark_core_say_entry (core, contact, entry, HARK_STATE_DELIVERED);
  }
  set_state (core, contact, true, entry->id, HARK_MESSAGE_DELIVERED, pending);
}

void
hark_core_chat_settle (HarkCore *core, HarkCoreContact *contact, const Hark__Ack *frame)
{
  size_t n = hark_chat_read_acks (frame);
  bool begun = false;

  for (size_t i = 0; i < n; i++) {
    const HarkChatEntry *entry;
    uint8_t id[HARK_CHAT_ID_LEN];

    if (!hark_chat_read_id (&frame->ids[i], id)
        || (entry = hark_outbox_get (&contact->conversation.outbox, id)) == NULL)
      continue;
    begun |= entry->expires_s > 0;
    note_delivered (core, contact, entry);
    hark_outbox_settle (&contact->conversation.outbox, id);
  }
  if (begun)
    hark_core_expire (core);
}

static bool
handle_ack (HarkCore *core, HarkCoreContact *contact, const Hark__Ack *frame)
{
  size_t n = hark_chat_read_acks (frame);
  bool begun = false;

  if (n == 0)
    return false;
  for (size_t i = 0; i < n; i++) {
    const HarkChatEntry *entry;
    uint8_t id[HARK_CHAT_ID_LEN];

    if (!hark_chat_read_id (&frame->ids[i], id)
        || (entry = hark_outbox_find (&contact->conversation.outbox, id)) == NULL)
      continue;
    begun |= entry->expires_s > 0;
    note_delivered (core, contact, entry);
    hark_outbox_acknowledge (&contact->conversation.outbox, id);
  }
  if (begun)
    hark_core_expire (core);
  hark_core_chat_pump (core, contact);
  return true;
}

static void
after_seen (HarkCore *core, HarkPending *pending, HarkStoreReply *reply)
{
  HarkCoreContact *contact = hark_core_find (core, &pending->contact);

  if (contact != NULL)
    hark_core_stored (contact, SEEN_COST);
  if (hark_core_refuse_store (core, pending, reply) || contact == NULL)
    return;
  for (guint i = 0; i < reply->messages->len; i++) {
    const HarkStoreMessage *row = reply->messages->pdata[i];

    hark_core_say_state (core, contact, row->id, row->kind, HARK_STATE_READ, NULL);
  }
  if (reply->messages->len > 0)
    hark_core_expire (core); /* what was read without being acknowledged before */
}

static bool
handle_read (HarkCore *core, HarkCoreContact *contact, const Hark__Read *frame)
{
  uint8_t id[HARK_CHAT_ID_LEN];
  HarkPending *pending;

  if (!hark_chat_read_id (&frame->id, id))
    return false;
  pending = hark_pending_new (after_seen, NULL);
  pending->contact = contact->row.account;
  contact->unstored += SEEN_COST;
  set_state (core, contact, true, id, HARK_MESSAGE_READ, pending);
  return true;
}

static void
handle_typing (HarkCore *core, HarkCoreContact *contact, bool on)
{
  HarkEvent *event;

  if (!hark_conversation_typing (&contact->conversation, on, core->now))
    return;
  event = hark_event_new (HARK_EVENT_TYPING);
  memcpy (event->account, contact->row.account.bytes, sizeof event->account);
  event->on = on;
  hark_core_emit (core, event);
}

bool
hark_core_chat_frame (HarkCore *core, HarkCoreContact *contact, const Hark__Frame *frame)
{
  if (contact->row.status != HARK_CONTACT_ACCEPTED)
    return true;
  switch (frame->what_case) {
  case HARK__FRAME__WHAT_ENTRY:
    return hark_core_entry_frame (core, contact, frame->entry);
  case HARK__FRAME__WHAT_ACK:
    return handle_ack (core, contact, frame->ack);
  case HARK__FRAME__WHAT_READ:
    return handle_read (core, contact, frame->read);
  default:
    handle_typing (core, contact, frame->typing->on);
    return true;
  }
}
