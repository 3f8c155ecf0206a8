/* An entry as the wire, the store and the door have it. */
#define G_LOG_DOMAIN "hark-core"

#include "core/chat/clip.h"
#include "core/heart/core-private.h"

#include <string.h>

static const HarkMessageKind kinds[] = {
  [HARK_CHAT_TEXT] = HARK_MESSAGE_TEXT,     [HARK_CHAT_EDIT] = HARK_MESSAGE_EDIT,
  [HARK_CHAT_DELETE] = HARK_MESSAGE_DELETE, [HARK_CHAT_REACTION] = HARK_MESSAGE_REACTION,
  [HARK_CHAT_TIMER] = HARK_MESSAGE_TIMER,   [HARK_CHAT_CLIP] = HARK_MESSAGE_CLIP,
  [HARK_CHAT_GROUP] = HARK_MESSAGE_GROUP,
};

HarkMessageKind
hark_core_row_kind (uint32_t kind)
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
  row->kind = hark_core_row_kind (entry->kind);
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
