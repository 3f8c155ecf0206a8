/* Entries of ours on their way to the disk and to the other side. */
#define G_LOG_DOMAIN "hark-core"

#include "core/heart/chat/clips.h"
#include "core/heart/core-private.h"
#include "core/store/parts.h"

#include <string.h>

void
hark_core_say_message (HarkCore *core, const HarkStoreMessage *message)
{
  HarkEvent *event = hark_event_new (HARK_EVENT_MESSAGE);

  event->message = hark_core_message (core, message);
  hark_core_emit (core, event);
}

/* What is different now that @row is on the disk. */
void
hark_core_say_effect (HarkCore *core,
                      HarkCoreContact *contact,
                      HarkStoreMessage *row,
                      HarkStoreReply *reply)
{
  const bool is_change = reply->changed != NULL && memcmp (reply->changed->id, row->id, 16) != 0;

  row->position = reply->position;
  if (is_change && !reply->changed->hidden) {
    HarkEvent *event = hark_event_new (HARK_EVENT_MESSAGE_CHANGED);

    event->message = hark_core_message (core, reply->changed);
    hark_core_emit (core, event);
  }
  if (row->kind == HARK_MESSAGE_DELETE && contact != NULL && row->outgoing)
    hark_outbox_take_back (&contact->conversation.outbox, row->target);
  if (row->kind == HARK_MESSAGE_TIMER && !row->has_group && contact != NULL
      && row->position >= contact->conversation.timer_position) {
    contact->conversation.timer_position = row->position;
    contact->conversation.expires_s = row->expires_s;
  }
  if (!row->hidden && !reply->is_part)
    hark_core_say_message (core, reply->changed != NULL ? reply->changed : row);
}

void
hark_core_say_state (HarkCore *core,
                     const HarkCoreContact *contact,
                     const uint8_t id[HARK_CHAT_ID_LEN],
                     HarkMessageKind kind,
                     HarkSendState state,
                     const char *reason)
{
  HarkEvent *event = hark_event_new (HARK_EVENT_MESSAGE_STATE);

  event->message = g_new0 (HarkMessage, 1);
  memcpy (event->message->id, id, sizeof event->message->id);
  memcpy (event->message->contact, contact->row.account.bytes, sizeof event->message->contact);
  event->message->type = (HarkMessageType) kind;
  event->message->outgoing = true;
  event->message->state = state;
  event->reason = g_strdup (reason);
  if (state == HARK_STATE_QUEUED)
    event->next_try_ms = hark_core_next_try (core, contact);
  hark_core_emit (core, event);
}

/* The message that @entry is, or is more of. */
static const uint8_t *
message_of (const HarkChatEntry *entry)
{
  return entry->has_whole ? entry->whole : entry->id;
}

void
hark_core_say_entry (HarkCore *core,
                     const HarkCoreContact *contact,
                     const HarkChatEntry *entry,
                     HarkSendState state)
{
  hark_core_say_state (core, contact, message_of (entry), hark_core_row_kind (entry->kind), state,
                       NULL);
}

/* A long voice message is sent when the last of it is. */
static void
say_sent (HarkCore *core, const HarkCoreContact *contact, const HarkChatEntry *entry)
{
  HarkStorePart part;

  if (!hark_store_part_read (entry->body, &part) || part.part == part.parts)
    hark_core_say_entry (core, contact, entry, HARK_STATE_SENT);
}

static const char ended_us[]
  = "Hark ended again and again while it sent this message. It stays here.";

void
hark_core_chat_pump (HarkCore *core, HarkCoreContact *contact)
{
  HarkOutbox *outbox = &contact->conversation.outbox;
  const HarkKey *account = &contact->row.account;
  HarkOutboxItem *item;
  bool said;

  while (hark_core_is_ready (contact) && outbox->next != NULL
         && hark_net_stream_room (core->net, account, contact->control) > 0
         && (item = hark_outbox_next (outbox)) != NULL) {
    if (!hark_poison_begin (core->config.poison, HARK_POISON_SENDING, account, item->entry.id,
                            sizeof item->entry.id)) {
      hark_core_say_state (core, contact, message_of (&item->entry),
                           hark_core_row_kind (item->entry.kind), HARK_STATE_QUEUED, ended_us);
      continue;
    }
    said = hark_core_say (core, contact, hark_chat_write_entry (&item->entry));
    hark_poison_end (core->config.poison, HARK_POISON_SENDING);
    if (!said)
      return; /* the session is gone; the next one starts over */
    if (!item->was_sent)
      say_sent (core, contact, &item->entry);
    item->was_sent = true;
  }
}

void
hark_core_say_waiting (HarkCore *core,
                       const HarkCoreContact *contact,
                       const uint8_t id[HARK_CHAT_ID_LEN],
                       const char *reason)
{
  GList *link = g_hash_table_lookup (contact->conversation.outbox.by_id, id);
  const HarkOutboxItem *item = link != NULL ? link->data : NULL;

  if (item != NULL)
    hark_core_say_state (core, contact, message_of (&item->entry),
                         hark_core_row_kind (item->entry.kind),
                         item->was_sent ? HARK_STATE_SENT : HARK_STATE_QUEUED, reason);
}

/* Why what was just written does not go out now. */
static void
say_waiting (HarkCore *core, HarkCoreContact *contact, const HarkChatEntry *entry)
{
  g_autofree char *name
    = hark_contact_name (contact->row.petname, contact->row.name, contact->row.account.bytes);
  g_autofree char *reason = NULL;
  int64_t next_ms;

  hark_net_try_now (core->net, &contact->row.account, core->now);
  next_ms = hark_core_next_try (core, contact);
  reason
    = hark_contact_waiting (name, contact->row.status == HARK_CONTACT_ASKED, false,
                            next_ms > 0 ? MAX (next_ms - hark_core_wall (core), 0) / 1000 : -1);
  hark_core_say_state (core, contact, entry->id, hark_core_row_kind (entry->kind),
                       HARK_STATE_QUEUED, reason);
}

/* An entry that is on the disk, or not: then the room for it is free again. */
static void
queue_row (HarkOutbox *outbox, const HarkStoreMessage *row, bool ok)
{
  HarkChatEntry entry;

  hark_core_entry_of (row, &entry);
  if (ok)
    hark_outbox_add (outbox, &entry, true);
  else
    hark_outbox_release (outbox, hark_chat_entry_len (&entry));
}

static void
queue_all (HarkCoreContact *contact, const HarkPending *pending, bool ok)
{
  HarkOutbox *outbox = &contact->conversation.outbox;

  queue_row (outbox, pending->message, ok);
  for (guint i = 0; pending->parts != NULL && i < pending->parts->len; i++)
    queue_row (outbox, pending->parts->pdata[i], ok);
}

static void
after_write (HarkCore *core, HarkPending *pending, HarkStoreReply *reply)
{
  HarkCoreContact *contact = hark_core_find (core, &pending->contact);
  HarkStoreMessage *row = pending->message;
  const bool ok = reply->ok && reply->refused == NULL;
  HarkChatEntry entry;
  HarkEvent *event;

  if (contact != NULL && !ok)
    queue_all (contact, pending, false);
  if (hark_core_refuse_store (core, pending, reply))
    return;
  if (reply->refused != NULL) {
    hark_core_refuse (core, pending->command, "not-possible", reply->refused);
    return;
  }
  event = hark_core_result (pending->command);
  memcpy (event->id, row->id, sizeof event->id);
  hark_core_emit (core, event);
  hark_core_say_effect (core, contact, row, reply);
  if (contact == NULL)
    return;
  queue_all (contact, pending, true);
  if (!hark_core_is_ready (contact)) {
    hark_core_entry_of (row, &entry);
    say_waiting (core, contact, &entry);
    hark_core_mail_due (core, contact);
  }
  hark_core_chat_pump (core, contact);
}

GPtrArray *
hark_core_clip_rows (HarkCore *core, const HarkCommand *command, const HarkStoreMessage *first)
{
  GPtrArray *rows;

  if (command->parts == NULL || command->parts->len == 0)
    return NULL;
  rows = g_ptr_array_new_with_free_func ((GDestroyNotify) hark_store_message_free);
  for (guint i = 0; i < command->parts->len; i++) {
    HarkStoreMessage *row = hark_store_message_copy (first);

    hark_rng_bytes (&core->rng, row->id, sizeof row->id);
    g_clear_pointer (&row->body, g_bytes_unref);
    row->body = g_bytes_ref (command->parts->pdata[i]);
    row->has_whole = true;
    memcpy (row->whole, first->id, sizeof row->whole);
    row->has_reply_to = false;
    g_ptr_array_add (rows, row);
  }
  return rows;
}

/* What follows the first of a long voice message: on the disk with it, or not at all. */
static GPtrArray *
stamp_parts (HarkCore *core,
             HarkCoreContact *contact,
             const HarkCommand *command,
             const HarkStoreMessage *first)
{
  GPtrArray *rows = hark_core_clip_rows (core, command, first);

  for (guint i = 0; rows != NULL && i < rows->len; i++) {
    HarkStoreMessage *row = rows->pdata[i];
    HarkChatEntry entry;

    hark_core_entry_of (row, &entry);
    hark_conversation_stamp (&contact->conversation, &entry, hark_core_wall (core));
    row->seq = entry.seq;
    row->sent_ms = entry.sent_ms;
    row->clock = entry.clock;
    row->n_parents = entry.n_parents;
    memcpy (row->parents, entry.parents, sizeof row->parents);
  }
  return rows;
}

/* NULL, or why there is no room for @entry and what is more of it. */
static const char *
reserve (HarkOutbox *outbox, const HarkChatEntry *entry, const GPtrArray *parts)
{
  const char *full = hark_outbox_reserve (outbox, hark_chat_entry_len (entry));

  for (guint i = 0; full == NULL && parts != NULL && i < parts->len; i++) {
    full = hark_outbox_reserve (outbox, g_bytes_get_size (parts->pdata[i]));
    if (full == NULL)
      continue;
    while (i-- > 0)
      hark_outbox_release (outbox, g_bytes_get_size (parts->pdata[i]));
    hark_outbox_release (outbox, hark_chat_entry_len (entry));
    break;
  }
  return full;
}

void
hark_core_write (HarkCore *core,
                 HarkCoreContact *contact,
                 HarkCommand *command,
                 HarkChatEntry *entry)
{
  const GPtrArray *parts = entry->kind == HARK_CHAT_CLIP ? command->parts : NULL;
  const char *full = reserve (&contact->conversation.outbox, entry, parts);
  HarkPending *pending;
  HarkStoreRequest *request;

  if (full != NULL) {
    hark_core_refuse (core, command, "queue-full", full);
    hark_command_free (command);
    return;
  }
  hark_rng_bytes (&core->rng, entry->id, sizeof entry->id);
  hark_conversation_stamp (&contact->conversation, entry, hark_core_wall (core));
  request = hark_core_request (HARK_STORE_PUT_MESSAGE);
  request->message = hark_core_row_of (&contact->row.account, entry);
  request->message->outgoing = true;
  request->message->state = HARK_MESSAGE_QUEUED;
  if (parts != NULL)
    request->parts = stamp_parts (core, contact, command, request->message);
  pending = hark_pending_new (after_write, command);
  pending->message = hark_store_message_copy (request->message);
  pending->parts = request->parts != NULL ? g_ptr_array_ref (request->parts) : NULL;
  pending->contact = contact->row.account;
  hark_core_ask_store (core, request, pending);
}

void
hark_core_command_send (HarkCore *core, HarkCommand *command)
{
  HarkCoreContact *contact = hark_core_need (core, command);
  HarkChatEntry entry = {.text = command->text, .has_reply_to = command->has_reply_to};

  if (contact != NULL && hark_chat_text_is_fit (command->text)) {
    memcpy (entry.reply_to, command->reply_to, sizeof entry.reply_to);
    entry.expires_s = contact->conversation.expires_s;
    hark_core_write (core, contact, command, &entry);
    return;
  }
  if (contact != NULL)
    hark_core_refuse (core, command, "bad-text",
                      "A message has at least one letter and at most 65 kB of text.");
  hark_command_free (command);
}
