#define G_LOG_DOMAIN "hark-core"

#include "core/core-private.h"

#include <string.h>

#define REFUSED_TIME (2 * HARK_SECOND) /* between tries of a disk that takes nothing */

/* ---- events ---- */

HarkMessage *
hark_core_message (const HarkStoreMessage *row)
{
  HarkMessage *message = g_new0 (HarkMessage, 1);

  memcpy (message->id, row->id, sizeof message->id);
  memcpy (message->contact, row->contact.bytes, sizeof message->contact);
  message->type = (HarkMessageType) row->kind;
  message->outgoing = row->outgoing;
  message->state = (HarkSendState) row->state;
  message->text = g_strdup (row->text);
  message->sent_ms = row->sent_ms;
  message->received_ms = row->received_ms;
  message->has_reply_to = row->has_reply_to;
  memcpy (message->reply_to, row->reply_to, sizeof message->reply_to);
  message->position = row->position;
  message->ref = row->ref;
  return message;
}

static void
say_state (HarkCore *core,
           const HarkCoreContact *contact,
           const uint8_t id[HARK_CHAT_ID_LEN],
           HarkSendState state,
           const char *reason)
{
  HarkEvent *event = hark_event_new (HARK_EVENT_MESSAGE_STATE);

  event->message = g_new0 (HarkMessage, 1);
  memcpy (event->message->id, id, sizeof event->message->id);
  memcpy (event->message->contact, contact->row.account.bytes, sizeof event->message->contact);
  event->message->type = HARK_MESSAGE_IS_TEXT;
  event->message->outgoing = true;
  event->message->state = state;
  event->reason = g_strdup (reason);
  hark_core_emit (core, event);
}

static void
say_message (HarkCore *core, const HarkStoreMessage *message)
{
  HarkEvent *event = hark_event_new (HARK_EVENT_MESSAGE);

  event->message = hark_core_message (message);
  hark_core_emit (core, event);
}

/* ---- going out ---- */

void
hark_core_chat_pump (HarkCore *core, HarkCoreContact *contact)
{
  HarkOutbox *outbox = &contact->conversation.outbox;
  const HarkKey *account = &contact->row.account;
  HarkOutboxItem *item;

  while (hark_core_is_ready (contact) && outbox->next != NULL
         && hark_net_stream_room (core->net, account, contact->control) > 0
         && (item = hark_outbox_next (outbox)) != NULL) {
    if (!hark_core_say (core, contact, hark_chat_write_text (&item->text)))
      return; /* the session is gone; the next one starts over */
    if (!item->was_sent)
      say_state (core, contact, item->text.id, HARK_STATE_SENT, NULL);
    item->was_sent = true;
  }
}

void
hark_core_chat_session (HarkCore *core, HarkCoreContact *contact, bool up)
{
  HarkConversation *conversation = &contact->conversation;

  hark_conversation_session (conversation);
  hark_core_chat_forget (contact);
  g_hash_table_remove (core->acks_due, contact);
  if (!up && conversation->typing_there) {
    HarkEvent *event = hark_event_new (HARK_EVENT_TYPING);

    conversation->typing_there = false;
    memcpy (event->account, contact->row.account.bytes, sizeof event->account);
    hark_core_emit (core, event);
  }
  if (!up)
    return;
  hark_core_chat_pump (core, contact);
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

static void
after_send (HarkCore *core, HarkPending *pending, HarkStoreReply *reply)
{
  HarkCoreContact *contact = hark_core_find (core, &pending->contact);
  HarkStoreMessage *message = pending->message;
  HarkChatText text = {.seq = message->seq,
                       .sent_ms = message->sent_ms,
                       .text = message->text,
                       .has_reply_to = message->has_reply_to};
  HarkEvent *event;

  if (!reply->ok && contact != NULL)
    hark_outbox_release (&contact->conversation.outbox, strlen (message->text));
  if (hark_core_refuse_store (core, pending, reply))
    return;
  message->position = reply->position;
  event = hark_core_result (pending->command);
  memcpy (event->id, message->id, sizeof event->id);
  hark_core_emit (core, event);
  say_message (core, message);
  if (contact == NULL)
    return;
  memcpy (text.id, message->id, sizeof text.id);
  memcpy (text.reply_to, message->reply_to, sizeof text.reply_to);
  hark_outbox_add (&contact->conversation.outbox, &text, true);
  if (!hark_core_is_ready (contact)) {
    g_autofree char *name
      = hark_contact_name (contact->row.petname, contact->row.name, contact->row.account.bytes);
    g_autofree char *reason
      = hark_contact_waiting (name, contact->row.status == HARK_CONTACT_ASKED, false);

    say_state (core, contact, message->id, HARK_STATE_QUEUED, reason);
    hark_net_try_now (core->net, &contact->row.account, core->now);
  }
  hark_core_chat_pump (core, contact);
}

static void
send_text (HarkCore *core, HarkCoreContact *contact, HarkCommand *command)
{
  HarkPending *pending = hark_pending_new (after_send, command);
  HarkStoreRequest *request = hark_core_request (HARK_STORE_PUT_MESSAGE);
  HarkStoreMessage *message = g_new0 (HarkStoreMessage, 1);

  hark_rng_bytes (&core->rng, message->id, sizeof message->id);
  message->contact = contact->row.account;
  message->kind = HARK_MESSAGE_TEXT;
  message->outgoing = true;
  message->state = HARK_MESSAGE_QUEUED;
  message->seq = ++contact->conversation.seq;
  message->sent_ms = hark_core_wall (core);
  message->has_reply_to = command->has_reply_to;
  memcpy (message->reply_to, command->reply_to, sizeof message->reply_to);
  message->text = g_strdup (command->text);
  request->message = message;
  pending->message = hark_store_message_copy (message);
  pending->contact = contact->row.account;
  hark_core_ask_store (core, request, pending);
}

void
hark_core_command_send (HarkCore *core, HarkCommand *command)
{
  HarkCoreContact *contact = hark_core_need (core, command);
  const char *full;

  if (contact == NULL) {
    /* answered */
  } else if (!hark_chat_text_is_fit (command->text)) {
    hark_core_refuse (core, command, "bad-text", "A message has 1 to 65,536 bytes of text.");
  } else if ((full = hark_outbox_reserve (&contact->conversation.outbox, strlen (command->text)))
             != NULL) {
    hark_core_refuse (core, command, "queue-full", full);
  } else {
    send_text (core, contact, command);
    return;
  }
  hark_command_free (command);
}

/* ---- seen, typing ---- */

static void
set_state (HarkCore *core,
           const HarkCoreContact *contact,
           const uint8_t id[HARK_CHAT_ID_LEN],
           HarkMessageState state,
           HarkPending *pending)
{
  HarkStoreRequest *request = hark_core_request (HARK_STORE_SET_STATE);

  request->message = g_new0 (HarkStoreMessage, 1);
  memcpy (request->message->id, id, sizeof request->message->id);
  request->message->contact = contact->row.account;
  request->message->state = state;
  request->message->received_ms = state == HARK_MESSAGE_DELIVERED ? hark_core_wall (core) : 0;
  hark_core_ask_store (core, request, pending);
}

static void
after_read (HarkCore *core, HarkPending *pending, HarkStoreReply *reply)
{
  if (!hark_core_refuse_store (core, pending, reply))
    hark_core_succeed (core, pending->command);
}

void
hark_core_command_read (HarkCore *core, HarkCommand *command)
{
  HarkCoreContact *contact = hark_core_need (core, command);

  if (contact == NULL) {
    hark_command_free (command);
    return;
  }
  memcpy (contact->conversation.read, command->id, sizeof contact->conversation.read);
  contact->conversation.has_read
    = !hark_core_say (core, contact, hark_chat_write_read (command->id));
  set_state (core, contact, command->id, HARK_MESSAGE_READ, hark_pending_new (after_read, command));
}

void
hark_core_command_typing (HarkCore *core, HarkCommand *command)
{
  HarkCoreContact *contact = hark_core_need (core, command);

  if (contact != NULL) {
    if (contact->conversation.typing_here != command->on
        && hark_core_say (core, contact, hark_chat_write_typing (command->on)))
      contact->conversation.typing_here = command->on;
    hark_core_succeed (core, command);
  }
  hark_command_free (command);
}

/* ---- coming in ---- */

/* What a frame that waits for the disk costs us: short texts are not for nothing. */
static size_t
cost_of (const char *text)
{
  return sizeof (HarkPending) + 2 * (sizeof (HarkStoreMessage) + strlen (text));
}

static int
compare_seq (const void *a, const void *b, void *data)
{
  const HarkStoreMessage *left = a, *right = b;

  (void) data;
  return (left->seq > right->seq) - (left->seq < right->seq);
}

/* Not acknowledged, and on this session it will not be sent again: it waits here, in the credit
 * that the sender has, and those behind it wait as well. */
static void
refused (HarkCore *core,
         HarkCoreContact *contact,
         HarkPending *pending,
         const HarkStoreReply *reply)
{
  if (g_queue_is_empty (&contact->refused) && !contact->refused_told)
    hark_core_refuse_store (core, pending, reply);
  contact->refused_told = true;
  g_queue_insert_sorted (&contact->refused, g_steal_pointer (&pending->message), compare_seq, NULL);
  if (core->refused_at == HARK_TIME_NEVER)
    core->refused_at = hark_time_add (core->now, REFUSED_TIME);
}

void
hark_core_chat_forget (HarkCoreContact *contact)
{
  HarkStoreMessage *message;

  while ((message = g_queue_pop_head (&contact->refused)) != NULL) {
    hark_core_stored (contact, cost_of (message->text));
    hark_store_message_free (message);
  }
}

static void
after_received (HarkCore *core, HarkPending *pending, HarkStoreReply *reply)
{
  HarkCoreContact *contact = hark_core_find (core, &pending->contact);

  if (!reply->ok && contact != NULL && contact->has_session
      && contact->session == pending->session) {
    refused (core, contact, pending, reply);
    return;
  }
  if (contact != NULL)
    hark_core_stored (contact, cost_of (pending->message->text));
  if (!reply->ok) { /* not acknowledged: the next session brings it again */
    hark_core_refuse_store (core, pending, reply);
    return;
  }
  if (contact != NULL)
    contact->refused_told = false;
  if (contact != NULL && contact->has_session && contact->session == pending->session) {
    hark_conversation_acknowledge (&contact->conversation, pending->message->id);
    g_hash_table_add (core->acks_due, contact);
  }
  if (reply->duplicate)
    return;
  pending->message->position = reply->position;
  say_message (core, pending->message);
}

/* @message: (transfer full): its cost is counted already. */
static void
store_received (HarkCore *core, HarkCoreContact *contact, HarkStoreMessage *message)
{
  HarkStoreRequest *request = hark_core_request (HARK_STORE_PUT_MESSAGE);
  HarkPending *pending = hark_pending_new (after_received, NULL);

  request->message = message;
  pending->message = hark_store_message_copy (message);
  pending->contact = contact->row.account;
  pending->session = contact->session;
  hark_core_ask_store (core, request, pending);
}

static bool
handle_text (HarkCore *core, HarkCoreContact *contact, const Hark__Text *frame)
{
  HarkStoreMessage *message;
  HarkChatText text;

  if (!hark_chat_read_text (frame, &text))
    return false;
  message = g_new0 (HarkStoreMessage, 1);
  memcpy (message->id, text.id, sizeof message->id);
  message->contact = contact->row.account;
  message->kind = HARK_MESSAGE_TEXT;
  message->state = HARK_MESSAGE_DELIVERED;
  message->seq = text.seq;
  message->sent_ms = text.sent_ms;
  message->received_ms = hark_core_wall (core);
  message->has_reply_to = text.has_reply_to;
  memcpy (message->reply_to, text.reply_to, sizeof message->reply_to);
  message->text = g_strdup (text.text);

  contact->unstored += cost_of (message->text);
  if (g_queue_is_empty (&contact->refused))
    store_received (core, contact, message);
  else
    g_queue_insert_sorted (&contact->refused, message, compare_seq, NULL);
  return true;
}

void
hark_core_chat_time (HarkCore *core)
{
  GHashTableIter iter;
  void *value;

  if (core->now < core->refused_at)
    return;
  core->refused_at = HARK_TIME_NEVER;
  g_hash_table_iter_init (&iter, core->contacts);
  while (g_hash_table_iter_next (&iter, NULL, &value)) {
    HarkCoreContact *contact = value;
    HarkStoreMessage *message;

    while ((message = g_queue_pop_head (&contact->refused)) != NULL)
      store_received (core, contact, message);
  }
}

static bool
handle_ack (HarkCore *core, HarkCoreContact *contact, const Hark__Ack *frame)
{
  size_t n = hark_chat_read_acks (frame);

  if (n == 0)
    return false;
  for (size_t i = 0; i < n; i++) {
    uint8_t id[HARK_CHAT_ID_LEN];

    if (!hark_chat_read_id (&frame->ids[i], id)
        || !hark_outbox_acknowledge (&contact->conversation.outbox, id))
      continue;
    set_state (core, contact, id, HARK_MESSAGE_DELIVERED, NULL);
    say_state (core, contact, id, HARK_STATE_DELIVERED, NULL);
  }
  hark_core_chat_pump (core, contact);
  return true;
}

static void
after_seen (HarkCore *core, HarkPending *pending, HarkStoreReply *reply)
{
  HarkCoreContact *contact = hark_core_find (core, &pending->contact);

  if (contact != NULL)
    hark_core_stored (contact, cost_of (""));
  hark_core_refuse_store (core, pending, reply);
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
  contact->unstored += cost_of ("");
  set_state (core, contact, id, HARK_MESSAGE_READ, pending);
  say_state (core, contact, id, HARK_STATE_READ, NULL);
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
  case HARK__FRAME__WHAT_TEXT:
    return handle_text (core, contact, frame->text);
  case HARK__FRAME__WHAT_ACK:
    return handle_ack (core, contact, frame->ack);
  case HARK__FRAME__WHAT_READ:
    return handle_read (core, contact, frame->read);
  default:
    handle_typing (core, contact, frame->typing->on);
    return true;
  }
}

/* ---- files and calls in the conversation ---- */

static void
after_log (HarkCore *core, HarkPending *pending, HarkStoreReply *reply)
{
  if (hark_core_refuse_store (core, pending, reply))
    return;
  pending->message->position = reply->position;
  say_message (core, pending->message);
}

void
hark_core_log (HarkCore *core,
               const HarkKey *contact,
               HarkMessageKind kind,
               bool outgoing,
               const char *text,
               uint64_t ref)
{
  HarkStoreRequest *request = hark_core_request (HARK_STORE_PUT_MESSAGE);
  HarkPending *pending = hark_pending_new (after_log, NULL);
  HarkStoreMessage *message = g_new0 (HarkStoreMessage, 1);

  hark_rng_bytes (&core->rng, message->id, sizeof message->id);
  message->contact = *contact;
  message->kind = kind;
  message->outgoing = outgoing;
  message->state = HARK_MESSAGE_DELIVERED; /* nothing waits for an acknowledgement */
  message->sent_ms = message->received_ms = hark_core_wall (core);
  message->text = g_strdup (text);
  message->ref = ref;
  request->message = message;
  pending->message = hark_store_message_copy (message);
  hark_core_ask_store (core, request, pending);
}
