/* What is kept of conversations and how: their list, drafts, how long, clearing, files of them, and
 * notes to oneself, which are a conversation with one's own account that is never sent. Stands on
 * query.c. */
#include "core/heart/groups/groups.h"
#include "net/base/reader.h"
#include "net/base/writer.h"

#include <string.h>

#define DRAFT_MAX 65536u               /* bytes */
#define DAYS_MAX 36500u                /* a hundred years */
#define PRUNE_FIRST (10 * HARK_MINUTE) /* after the start: clocks may be wrong until then */
#define PRUNE_TIME HARK_HOUR

/* ---- values ---- */

static HarkChat *
make_chat (HarkCore *core, const HarkStoreChat *row)
{
  HarkChat *chat = g_new0 (HarkChat, 1);
  const HarkCoreContact *contact = hark_core_find (core, &row->contact);

  memcpy (chat->contact, row->contact.bytes, sizeof chat->contact);
  chat->has_group = hark_store_group_of (&row->contact, chat->group);
  if (row->last != NULL)
    chat->last = hark_core_message (core, row->last);
  chat->unread = row->unread;
  chat->first_unread = row->first_unread;
  chat->marked = row->marked;
  chat->draft = g_strdup (row->draft);
  chat->has_draft_reply = row->has_draft_reply;
  memcpy (chat->draft_reply, row->draft_reply, sizeof chat->draft_reply);
  chat->draft_ms = row->draft_ms;
  chat->pinned = row->pinned_ms != 0;
  chat->archived = row->archived;
  chat->keep_days = row->keep_days;
  if (contact != NULL)
    chat->expires_s = contact->conversation.expires_s;
  return chat;
}

static GPtrArray *
chats_of (HarkCore *core, const HarkStoreReply *reply)
{
  GPtrArray *chats = g_ptr_array_new_with_free_func ((GDestroyNotify) hark_chat_free);

  for (guint i = 0; reply->chats != NULL && i < reply->chats->len; i++)
    g_ptr_array_add (chats, make_chat (core, reply->chats->pdata[i]));
  return chats;
}

/* ---- the list ---- */

static void
after_chats (HarkCore *core, HarkPending *pending, HarkStoreReply *reply)
{
  HarkEvent *event;

  if (hark_core_refuse_store (core, pending, reply))
    return;
  event = hark_core_result (pending->command);
  event->chats = chats_of (core, reply);
  event->number = core->keep_days;
  hark_core_emit (core, event);
}

void
hark_core_command_chats (HarkCore *core, HarkCommand *command)
{
  hark_core_ask_store (core, hark_core_request (HARK_STORE_GET_CHATS),
                       hark_pending_new (after_chats, command));
}

/* ---- what is set in one ---- */

static void
after_change (HarkCore *core, HarkPending *pending, HarkStoreReply *reply)
{
  HarkEvent *event;

  if (hark_core_refuse_store (core, pending, reply))
    return;
  if (pending->command->kind == HARK_COMMAND_KEEP)
    core->prune_at = core->now;
  hark_core_succeed (core, pending->command);
  event = hark_event_new (HARK_EVENT_CHAT);
  event->chats = chats_of (core, reply);
  hark_core_emit (core, event);
}

/* Somebody with whom there can be a conversation: a contact of any kind, oneself, or a group (which
 * groups/commands.c has found). */
static bool
has_chat (HarkCore *core, const HarkCommand *command)
{
  return command->has_group || hark_core_is_own (core, command)
         || hark_core_find_of (core, command) != NULL;
}

static bool
fill_chat (HarkCore *core, const HarkCommand *command, HarkStoreChat *chat, unsigned *ret_fields)
{
  switch (command->kind) {
  case HARK_COMMAND_DRAFT:
    if (command->text == NULL || strlen (command->text) > DRAFT_MAX
        || !g_utf8_validate (command->text, -1, NULL))
      return false;
    chat->draft = g_strdup (command->text);
    chat->has_draft_reply = command->has_reply_to;
    memcpy (chat->draft_reply, command->reply_to, sizeof chat->draft_reply);
    chat->draft_ms = *chat->draft != '\0' ? hark_core_wall (core) : 0;
    *ret_fields = HARK_STORE_CHAT_DRAFT;
    return true;
  case HARK_COMMAND_UNREAD:
    chat->marked = command->on;
    *ret_fields = HARK_STORE_CHAT_MARKED;
    return true;
  case HARK_COMMAND_PIN:
    chat->pinned_ms = command->on ? hark_core_wall (core) : 0;
    *ret_fields = HARK_STORE_CHAT_PINNED;
    return true;
  case HARK_COMMAND_ARCHIVE:
    chat->archived = command->on;
    *ret_fields = HARK_STORE_CHAT_ARCHIVED;
    return true;
  default: /* KEEP */
    chat->keep_days = command->how != NULL ? 0 : command->limit > 0 ? (int) command->limit : -1;
    *ret_fields = HARK_STORE_CHAT_KEEP;
    return command->limit <= DAYS_MAX;
  }
}

void
hark_core_command_set_chat (HarkCore *core, HarkCommand *command)
{
  HarkStoreRequest *request = hark_core_request (HARK_STORE_PUT_CHAT);

  request->chat = g_new0 (HarkStoreChat, 1);
  memcpy (request->chat->contact.bytes, command->contact, sizeof request->chat->contact.bytes);
  if (!has_chat (core, command))
    hark_core_refuse (core, command, "no-contact", "There is no such contact.");
  else if (!fill_chat (core, command, request->chat, &request->fields))
    hark_core_refuse (core, command, "bad-value",
                      command->kind == HARK_COMMAND_DRAFT
                        ? "A draft has at most 65 kB of text."
                        : "Messages are kept for 1 to 36,500 days, or 0: for ever.");
  else {
    hark_core_ask_store (core, request, hark_pending_new (after_change, command));
    return;
  }
  hark_store_request_free (request);
  hark_command_free (command);
}

/* ---- how long ---- */

static void
say_cleared (HarkCore *core, const HarkStoreReply *reply)
{
  for (guint i = 0; reply->chats != NULL && i < reply->chats->len; i++) {
    const HarkStoreChat *chat = reply->chats->pdata[i];
    HarkEvent *event = hark_event_new (HARK_EVENT_CLEARED);
    uint8_t id[HARK_GROUP_ID_LEN];
    HarkCoreGroup *group
      = hark_store_group_of (&chat->contact, id) ? hark_core_group_find (core, id) : NULL;

    if (group != NULL)
      hark_core_group_want_anew (group);
    memcpy (event->account, chat->contact.bytes, sizeof event->account);
    hark_core_emit (core, event);
  }
}

static void prune (HarkCore *core, uint64_t row);

static void
after_prune (HarkCore *core, HarkPending *pending, HarkStoreReply *reply)
{
  if (hark_core_refuse_store (core, pending, reply))
    return;
  say_cleared (core, reply);
  if (reply->more)
    prune (core, reply->position);
}

/* From @row on. */
static void
prune (HarkCore *core, uint64_t row)
{
  HarkStoreRequest *request = hark_core_request (HARK_STORE_PRUNE);

  request->limit = core->keep_days;
  request->before = row;
  request->at_ms = hark_core_wall (core);
  hark_core_ask_store (core, request, hark_pending_new (after_prune, NULL));
}

void
hark_core_archive_load (HarkCore *core, GBytes *kept)
{
  gsize len = 0;
  const uint8_t *bytes = kept != NULL ? g_bytes_get_data (kept, &len) : NULL;
  HarkReader reader;

  if (bytes == NULL)
    return;
  hark_reader_init (&reader, bytes, len);
  core->keep_days = hark_reader_u32 (&reader);
  if (!hark_reader_is_done (&reader) || core->keep_days > DAYS_MAX)
    core->keep_days = 0;
}

void
hark_core_archive_start (HarkCore *core)
{
  core->prune_at = hark_time_add (core->now, PRUNE_FIRST);
}

void
hark_core_archive_handle_time (HarkCore *core)
{
  if (core->now < core->prune_at)
    return;
  core->prune_at = hark_time_add (core->now, PRUNE_TIME);
  prune (core, 0);
}

static void
after_keep (HarkCore *core, HarkPending *pending, HarkStoreReply *reply)
{
  if (hark_core_refuse_store (core, pending, reply))
    return;
  core->keep_days = pending->signal; /* not before: messages would go by what was refused */
  core->prune_at = core->now;
  hark_core_succeed (core, pending->command);
}

void
hark_core_command_keep (HarkCore *core, HarkCommand *command)
{
  HarkStoreRequest *request;
  HarkPending *pending;
  uint8_t days[4];
  HarkWriter writer;

  if (command->has_contact) {
    hark_core_command_set_chat (core, command);
    return;
  }
  if (command->limit > DAYS_MAX || command->how != NULL) {
    hark_core_refuse (core, command, "bad-value",
                      "Messages are kept for 1 to 36,500 days, or 0: for ever.");
    hark_command_free (command);
    return;
  }
  pending = hark_pending_new (after_keep, command);
  pending->signal = command->limit;
  hark_writer_init (&writer, days, sizeof days);
  hark_writer_u32 (&writer, pending->signal);
  request = hark_core_request (HARK_STORE_PUT_KEEP);
  request->keep = g_bytes_new (days, sizeof days);
  hark_core_ask_store (core, request, pending);
}

static void clear (HarkCore *core, HarkCommand *command, uint64_t row);

static void
after_clear (HarkCore *core, HarkPending *pending, HarkStoreReply *reply)
{
  if (hark_core_refuse_store (core, pending, reply))
    return;
  say_cleared (core, reply);
  if (reply->more) {
    clear (core, g_steal_pointer (&pending->command), reply->position);
    return;
  }
  hark_core_succeed (core, pending->command);
}

/* (transfer full) @command; from @row on. */
static void
clear (HarkCore *core, HarkCommand *command, uint64_t row)
{
  HarkStoreRequest *request = hark_core_request (HARK_STORE_CLEAR);

  memcpy (request->account_key.bytes, command->contact, sizeof request->account_key.bytes);
  request->at_ms = hark_core_wall (core);
  request->before = row;
  hark_core_ask_store (core, request, hark_pending_new (after_clear, command));
}

void
hark_core_command_clear (HarkCore *core, HarkCommand *command)
{
  if (has_chat (core, command)) {
    clear (core, command, 0);
    return;
  }
  hark_core_refuse (core, command, "no-contact", "There is no such contact.");
  hark_command_free (command);
}

/* ---- files of them ---- */

void
hark_core_command_export (HarkCore *core, HarkCommand *command)
{
  HarkExportJob *job;

  if (core->export_command != NULL || command->path == NULL || command->path[0] != '/') {
    if (core->export_command != NULL)
      hark_core_refuse (core, command, "busy", "An export is being written already.");
    else
      hark_core_refuse (core, command, "bad-path", "An export needs the whole path of its file.");
    hark_command_free (command);
    return;
  }
  job = g_new0 (HarkExportJob, 1);
  job->path = g_strdup (command->path);
  job->json = command->json;
  job->has_contact = command->has_contact;
  memcpy (job->contact.bytes, command->contact, sizeof job->contact.bytes);
  core->export_command = command;
  hark_effects_push (&core->effects, (HarkEffect){.kind = HARK_EFFECT_EXPORT, .export = job});
}

void
hark_core_handle_export (HarkCore *core, const GError *error, HarkTime now)
{
  HarkCommand *command = g_steal_pointer (&core->export_command);

  core->now = now;
  if (error != NULL)
    hark_core_refuse (core, command, "export", error->message);
  else
    hark_core_succeed (core, command);
  hark_command_free (command);
}

/* ---- notes to oneself ---- */

static void
after_note (HarkCore *core, HarkPending *pending, HarkStoreReply *reply)
{
  HarkEvent *event;

  if (hark_core_refuse_store (core, pending, reply))
    return;
  pending->message->position = reply->position;
  event = hark_core_result (pending->command);
  memcpy (event->id, pending->message->id, sizeof event->id);
  hark_core_emit (core, event);
  event = hark_event_new (HARK_EVENT_MESSAGE);
  event->message
    = hark_core_message (core, reply->changed != NULL ? reply->changed : pending->message);
  hark_core_emit (core, event);
}

/* @text or @body. */
static void
note (HarkCore *core, HarkCommand *command, HarkMessageKind kind, const char *text, GBytes *body)
{
  HarkStoreRequest *request = hark_core_request (HARK_STORE_PUT_MESSAGE);
  HarkStoreMessage *message = g_new0 (HarkStoreMessage, 1);
  HarkPending *pending = hark_pending_new (after_note, command);

  hark_rng_bytes (&core->rng, message->id, sizeof message->id);
  message->contact = core->own;
  message->kind = kind;
  message->outgoing = true;
  message->state = HARK_MESSAGE_READ; /* by its only reader: nothing waits for it */
  message->sent_ms = message->received_ms = hark_core_wall (core);
  message->has_reply_to = command->has_reply_to;
  memcpy (message->reply_to, command->reply_to, sizeof message->reply_to);
  message->text = g_strdup (text);
  message->body = body != NULL ? g_bytes_ref (body) : NULL;
  request->message = message;
  if (kind == HARK_MESSAGE_CLIP)
    request->parts = hark_core_clip_rows (core, command, message);
  pending->message = hark_store_message_copy (message);
  hark_core_ask_store (core, request, pending);
}

void
hark_core_command_send_or_note (HarkCore *core, HarkCommand *command)
{
  if (!hark_core_is_own (core, command)) {
    hark_core_command_send (core, command);
  } else if (hark_chat_text_is_fit (command->text)) {
    note (core, command, HARK_MESSAGE_TEXT, command->text, NULL);
  } else {
    hark_core_refuse (core, command, "bad-text",
                      "A message has at least one letter and at most 65 kB of text.");
    hark_command_free (command);
  }
}

void
hark_core_command_clip_or_note (HarkCore *core, HarkCommand *command)
{
  if (!hark_core_is_own (core, command)) {
    hark_core_command_clip (core, command);
  } else if (hark_core_clip_is_fit (core, command)) {
    note (core, command, HARK_MESSAGE_CLIP, "", command->sound);
  } else {
    hark_command_free (command);
  }
}
