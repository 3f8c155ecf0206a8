/* Entries on their way between the door, the store and the other side. */
#define G_LOG_DOMAIN "hark-core"

#include "core/chat/clip.h"
#include "core/heart/calls/group-calls.h"
#include "core/store/parts.h"

#include <string.h>

/* ---- the same, in the words of each floor ---- */

static const HarkMessageKind kinds[] = {
  [HARK_CHAT_TEXT] = HARK_MESSAGE_TEXT,     [HARK_CHAT_EDIT] = HARK_MESSAGE_EDIT,
  [HARK_CHAT_DELETE] = HARK_MESSAGE_DELETE, [HARK_CHAT_REACTION] = HARK_MESSAGE_REACTION,
  [HARK_CHAT_TIMER] = HARK_MESSAGE_TIMER,   [HARK_CHAT_CLIP] = HARK_MESSAGE_CLIP,
  [HARK_CHAT_GROUP] = HARK_MESSAGE_GROUP,
};

static HarkMessageKind
row_kind (uint32_t kind)
{
  return kind < G_N_ELEMENTS (kinds) ? kinds[kind]
                                     : (HarkMessageKind) (HARK_MESSAGE_UNKNOWN + kind);
}

static bool
wire_kind (HarkMessageKind kind, uint32_t *ret)
{
  for (uint32_t i = 0; i < G_N_ELEMENTS (kinds); i++)
    if (kinds[i] == kind) {
      *ret = i;
      return true;
    }
  *ret = (uint32_t) kind - HARK_MESSAGE_UNKNOWN;
  return kind >= HARK_MESSAGE_UNKNOWN;
}

bool
hark_core_entry_of (const HarkStoreMessage *row, HarkChatEntry *ret)
{
  HarkChatEntry entry = {.seq = row->seq,
                         .sent_ms = row->sent_ms,
                         .clock = row->clock,
                         .text = row->text,
                         .has_reply_to = row->has_reply_to,
                         .has_target = row->has_target,
                         .has_group = row->has_group,
                         .has_author = row->has_author,
                         .n_parents = row->n_parents,
                         .expires_s = row->expires_s,
                         .body = row->body};

  if (!wire_kind (row->kind, &entry.kind))
    return false;
  entry.has_whole = row->has_whole;
  memcpy (entry.whole, row->whole, sizeof entry.whole);
  memcpy (entry.id, row->id, sizeof entry.id);
  memcpy (entry.reply_to, row->reply_to, sizeof entry.reply_to);
  memcpy (entry.target, row->target, sizeof entry.target);
  memcpy (entry.group, row->group, sizeof entry.group);
  memcpy (entry.author, row->author.bytes, sizeof entry.author);
  memcpy (entry.parents, row->parents, sizeof entry.parents);
  if (!hark_chat_entry_is_fit (&entry))
    return false;
  *ret = entry;
  return true;
}

HarkStoreMessage *
hark_core_row_of (const HarkKey *contact, const HarkChatEntry *entry)
{
  HarkStoreMessage *row = g_new0 (HarkStoreMessage, 1);
  const bool is_line = entry->kind == HARK_CHAT_TEXT || entry->kind == HARK_CHAT_CLIP;

  row->contact = *contact;
  row->kind = row_kind (entry->kind);
  row->seq = entry->seq;
  row->sent_ms = entry->sent_ms;
  row->clock = entry->clock;
  row->text = g_strdup (entry->text);
  row->has_reply_to = entry->has_reply_to;
  row->has_target = entry->has_target;
  row->has_group = entry->has_group;
  row->has_author = entry->has_author;
  row->n_parents = entry->n_parents;
  row->expires_s = entry->expires_s;
  row->body = entry->body != NULL ? g_bytes_ref (entry->body) : NULL;
  row->has_whole = entry->has_whole;
  memcpy (row->whole, entry->whole, sizeof row->whole);
  memcpy (row->id, entry->id, sizeof row->id);
  memcpy (row->reply_to, entry->reply_to, sizeof row->reply_to);
  memcpy (row->target, entry->target, sizeof row->target);
  memcpy (row->group, entry->group, sizeof row->group);
  memcpy (row->author.bytes, entry->author, sizeof row->author.bytes);
  memcpy (row->parents, entry->parents, sizeof row->parents);
  row->hidden = row->has_group || (!is_line && entry->kind != HARK_CHAT_TIMER);
  row->deleted = is_line && hark_chat_entry_len (entry) == 0;
  return row;
}

static GArray *
reactions_of (const HarkCore *core, const HarkStoreMessage *row)
{
  GArray *reactions;

  if (row->reactions == NULL)
    return NULL;
  reactions = g_array_new (FALSE, TRUE, sizeof (HarkReaction));
  for (guint i = 0; i < row->reactions->len; i++) {
    const HarkStoreReaction *from = &g_array_index (row->reactions, HarkStoreReaction, i);
    HarkReaction reaction = {.sent_ms = from->sent_ms};
    const HarkKey *whose = from->outgoing      ? &core->own
                           : !from->has_author ? &row->contact
                                               : &from->author;

    memcpy (reaction.account, whose->bytes, sizeof reaction.account);
    memcpy (reaction.text, from->text, sizeof reaction.text);
    g_array_append_val (reactions, reaction);
  }
  return reactions;
}

/* Of one that was taken back nothing is known. A long one is as far as the least of its parts. */
static void
fill_clip (const HarkStoreMessage *row, HarkMessage *ret)
{
  HarkClip clip = {0};
  const void *bytes;
  gsize len;

  if (row->kind != HARK_MESSAGE_CLIP || row->body == NULL)
    return;
  if (row->part == 1) {
    ret->parts_here = row->parts_here;
    ret->parts = row->parts;
    ret->length_ms = row->length_ms;
    if (row->outgoing && !row->has_group && row->least < HARK_MESSAGE_DELIVERED)
      ret->state = (HarkSendState) row->least;
  } else {
    bytes = g_bytes_get_data (row->body, &len);
    hark_clip_read (bytes, len, &clip);
    ret->length_ms = clip.length_ms;
  }
  ret->heard = row->outgoing || row->ref == 1;
  ret->has_peaks = row->has_peaks;
  memcpy (ret->peaks, row->peaks, sizeof ret->peaks);
}

/* By its author's clock, but not after it came: a clock that is ahead would show days that are yet
 * to come, between those of answers. How long it was on its way is nothing that we know, so what is
 * of the past is believed. */
static int64_t
written_ms (const HarkStoreMessage *row)
{
  if (row->outgoing || row->received_ms <= 0)
    return row->sent_ms;
  return MIN (row->sent_ms, row->received_ms);
}

HarkMessage *
hark_core_message (const HarkCore *core, const HarkStoreMessage *row)
{
  HarkMessage *message = g_new0 (HarkMessage, 1);

  memcpy (message->id, row->id, sizeof message->id);
  memcpy (message->contact, row->contact.bytes, sizeof message->contact);
  message->type = (HarkMessageType) row->kind;
  message->outgoing = row->outgoing;
  message->state = (HarkSendState) row->state;
  message->text = g_strdup (row->current != NULL ? row->current : row->text);
  message->sent_ms = written_ms (row);
  message->received_ms = row->received_ms;
  message->has_reply_to = row->has_reply_to;
  memcpy (message->reply_to, row->reply_to, sizeof message->reply_to);
  message->position = row->position;
  message->ref = row->kind != HARK_MESSAGE_CLIP ? row->ref : 0;
  message->edits = row->edits;
  message->deleted = row->deleted;
  message->missing = row->missing;
  message->expires_s = row->expires_s;
  message->expires_ms = row->expires_at;
  message->has_group = row->has_group;
  memcpy (message->group, row->group, sizeof message->group);
  message->has_author = row->has_author;
  memcpy (message->author, row->author.bytes, sizeof message->author);
  message->mentioned = row->has_group && row->kind == HARK_MESSAGE_TEXT && row->ref == 1;
  fill_clip (row, message);
  message->reactions = reactions_of (core, row);
  return message;
}

/* ---- going out ---- */

static void
say_message (HarkCore *core, const HarkStoreMessage *message)
{
  HarkEvent *event = hark_event_new (HARK_EVENT_MESSAGE);

  event->message = hark_core_message (core, message);
  hark_core_emit (core, event);
}

/* What is different now that @row is on the disk. */
static void
say_effect (HarkCore *core, HarkCoreContact *contact, HarkStoreMessage *row, HarkStoreReply *reply)
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
    say_message (core, reply->changed != NULL ? reply->changed : row);
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
  hark_core_say_state (core, contact, message_of (entry), row_kind (entry->kind), state, NULL);
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
      hark_core_say_state (core, contact, message_of (&item->entry), row_kind (item->entry.kind),
                           HARK_STATE_QUEUED, ended_us);
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
    hark_core_say_state (core, contact, message_of (&item->entry), row_kind (item->entry.kind),
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
  hark_core_say_state (core, contact, entry->id, row_kind (entry->kind), HARK_STATE_QUEUED, reason);
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
  say_effect (core, contact, row, reply);
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
    hark_core_refuse (core, command, "bad-text", "A message has 1 to 65,536 bytes of text.");
  hark_command_free (command);
}

/* ---- coming in ---- */

#define REFUSED_TIME (2 * HARK_SECOND) /* between tries of a disk that takes nothing */

/* What an entry that waits for the disk costs us: short ones are not for nothing. */
static size_t
cost_of (const HarkStoreMessage *message)
{
  return sizeof (HarkPending)
         + 2
             * (sizeof (HarkStoreMessage) + strlen (message->text)
                + (message->body != NULL ? g_bytes_get_size (message->body) : 0));
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
    hark_core_stored (contact, cost_of (message));
    hark_store_message_free (message);
  }
}

/* Its keeper still has it, and gives it out again when the disk did not take it. */
static void
note_mail (HarkCore *core, const HarkPending *pending, bool ok)
{
  HarkCoreMailStored stored = {.mail = pending->mail, .from = pending->contact, .ok = ok};

  memcpy (stored.entry, pending->message->id, sizeof stored.entry);
  g_array_append_val (core->mail_stored, stored);
}

/* Once a session: whoever sends nonsense shall not fill the screen with it. */
static void
say_quarantined (HarkCore *core, HarkCoreContact *contact, const char *reason)
{
  g_autofree char *name = NULL;
  HarkEvent *event;

  if (contact == NULL || contact->quarantine_told)
    return;
  contact->quarantine_told = true;
  name = hark_contact_name (contact->row.petname, contact->row.name, contact->row.account.bytes);
  event = hark_event_new (HARK_EVENT_WARNING);
  event->code = g_strdup ("quarantined");
  event->text
    = g_strdup_printf ("Something from %s was put aside and is not shown. %s", name, reason);
  hark_core_emit (core, event);
}

static void
after_received (HarkCore *core, HarkPending *pending, HarkStoreReply *reply)
{
  HarkCoreContact *contact = hark_core_find (core, &pending->contact);

  if (pending->has_mail)
    note_mail (core, pending, reply->ok);
  else if (!reply->ok && contact != NULL && contact->has_session
           && contact->session == pending->session) {
    refused (core, contact, pending, reply);
    return;
  }
  if (contact != NULL)
    hark_core_stored (contact, cost_of (pending->message));
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
  if (reply->refused != NULL)
    say_quarantined (core, contact, reply->refused);
  else
    say_effect (core, contact, pending->message, reply);
}

/* @message: (transfer full): its cost is counted already. */
static void
store_received (HarkCore *core,
                HarkCoreContact *contact,
                HarkStoreMessage *message,
                const HarkCoreMail *mail)
{
  HarkStoreRequest *request = hark_core_request (HARK_STORE_PUT_MESSAGE);
  HarkPending *pending = hark_pending_new (after_received, NULL);

  request->message = message;
  pending->message = hark_store_message_copy (message);
  pending->contact = contact->row.account;
  pending->session = contact->session;
  pending->has_mail = mail != NULL;
  if (mail != NULL)
    pending->mail = *mail;
  hark_core_ask_store (core, request, pending);
}

bool
hark_core_entry_mail (HarkCore *core,
                      HarkCoreContact *contact,
                      const Hark__Entry *frame,
                      const HarkCoreMail *mail)
{
  g_auto (HarkChatEntry) entry = {0};
  HarkStoreMessage *message;

  if (!hark_chat_read_entry (frame, &entry))
    return false;
  hark_conversation_saw (&contact->conversation, &entry);
  message = hark_core_row_of (&contact->row.account, &entry);
  message->state = HARK_MESSAGE_DELIVERED;
  message->received_ms = hark_core_wall (core);

  contact->unstored += cost_of (message);
  if (mail != NULL || g_queue_is_empty (&contact->refused))
    store_received (core, contact, message, mail);
  else
    g_queue_insert_sorted (&contact->refused, message, compare_seq, NULL);
  return true;
}

bool
hark_core_entry_frame (HarkCore *core, HarkCoreContact *contact, const Hark__Entry *frame)
{
  return hark_core_entry_mail (core, contact, frame, NULL);
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
      store_received (core, contact, message, NULL);
  }
}

/* ---- files and calls in the conversation ---- */

static void
after_log (HarkCore *core, HarkPending *pending, HarkStoreReply *reply)
{
  if (hark_core_refuse_store (core, pending, reply) || reply->duplicate)
    return;
  pending->message->position = reply->position;
  say_message (core, pending->message);
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
                    const HarkGroupEntry *end,
                    const char *text)
{
  HarkStoreMessage *message;
  HarkKey group;

  hark_store_group_key (id, &group);
  message = hark_core_new_log (core, &group, HARK_MESSAGE_GROUP,
                               hark_key_equal (&end->author, &core->own), text);
  memcpy (message->id, end->hash, sizeof message->id);
  message->state = HARK_MESSAGE_READ; /* no news that somebody waits for */
  message->sent_ms = end->sent_ms;
  message->clock = end->clock;
  message->has_group = message->has_author = true;
  memcpy (message->group, id, sizeof message->group);
  message->author = end->author;
  hark_core_put_log (core, message);
}
