#include "core/chat/entry.h"

#include "core/chat/clip.h"
#include "core/proto/take.h"

#include <string.h>

void
hark_chat_entry_clear (HarkChatEntry *entry)
{
  g_free (entry->text);
  g_clear_pointer (&entry->body, g_bytes_unref);
  *entry = (HarkChatEntry){0};
}

HarkChatEntry
hark_chat_entry_copy (const HarkChatEntry *entry)
{
  HarkChatEntry copy = *entry;

  copy.text = g_strdup (entry->text);
  copy.body = entry->body != NULL ? g_bytes_ref (entry->body) : NULL;
  return copy;
}

static size_t
body_len (const HarkChatEntry *entry)
{
  return entry->body != NULL ? g_bytes_get_size (entry->body) : 0;
}

size_t
hark_chat_entry_len (const HarkChatEntry *entry)
{
  return strlen (entry->text) + body_len (entry);
}

/* ---- rules ---- */

bool
hark_chat_text_is_fit (const char *text)
{
  size_t len = text != NULL ? strlen (text) : 0;

  return len > 0 && len <= HARK_CHAT_TEXT_LEN_MAX && g_utf8_validate (text, (gssize) len, NULL);
}

bool
hark_chat_sign_is_fit (const char *text)
{
  if (text == NULL || *text == '\0' || strlen (text) > HARK_CHAT_REACTION_LEN_MAX
      || !g_utf8_validate (text, -1, NULL))
    return false;
  for (const char *at = text; *at != '\0'; at = g_utf8_next_char (at))
    if (g_unichar_iscntrl (g_utf8_get_char (at)) || g_unichar_isspace (g_utf8_get_char (at)))
      return false;
  return true;
}

static bool
body_is_clip (const HarkChatEntry *entry)
{
  HarkClip clip;
  gsize len;
  const void *bytes = g_bytes_get_data (entry->body, &len);

  return hark_clip_read (bytes, len, &clip);
}

/* What each kind must have, may have, and must not have. */
static bool
kind_is_fit (const HarkChatEntry *entry)
{
  const bool has_text = entry->text[0] != '\0', has_body = body_len (entry) > 0;

  switch (entry->kind) {
  case HARK_CHAT_TEXT:
    return !has_body && !entry->has_target;
  case HARK_CHAT_EDIT:
    return !has_body && entry->has_target && !entry->has_reply_to;
  case HARK_CHAT_DELETE:
    return !has_body && !has_text && entry->has_target;
  case HARK_CHAT_REACTION:
    return !has_body && entry->has_target && (!has_text || hark_chat_sign_is_fit (entry->text));
  case HARK_CHAT_TIMER:
    return !has_body && !has_text && !entry->has_target;
  case HARK_CHAT_CLIP:
    return !has_text && !entry->has_target && (!has_body || body_is_clip (entry));
  case HARK_CHAT_GROUP:
  default:
    return true;
  }
}

bool
hark_chat_entry_is_fit (const HarkChatEntry *entry)
{
  return entry->kind <= HARK_CHAT_KIND_MAX && entry->text != NULL
         && hark_chat_entry_len (entry) <= HARK_CHAT_TEXT_LEN_MAX
         && g_utf8_validate (entry->text, -1, NULL) && entry->seq > 0 && entry->seq <= INT64_MAX
         && entry->sent_ms >= 0 && entry->sent_ms <= HARK_CHAT_TIME_MAX && entry->clock >= 0
         && entry->clock <= HARK_CHAT_TIME_MAX && entry->n_parents <= HARK_CHAT_PARENTS_MAX
         && entry->expires_s <= HARK_CHAT_EXPIRES_MAX && kind_is_fit (entry);
}

int64_t
hark_chat_next_clock (int64_t highest, int64_t wall_ms)
{
  return CLAMP (wall_ms, MIN (MAX (highest, 0) + 1, HARK_CHAT_TIME_MAX), HARK_CHAT_TIME_MAX);
}

/* ---- frames ---- */

/* Bytes that protobuf-c only reads. */
static ProtobufCBinaryData
view (const uint8_t *data, bool has, size_t len)
{
  return (ProtobufCBinaryData){has ? len : 0, (uint8_t *) data};
}

GBytes *
hark_chat_write_entry (const HarkChatEntry *entry)
{
  Hark__Frame frame = HARK__FRAME__INIT;
  Hark__Entry body = HARK__ENTRY__INIT;
  ProtobufCBinaryData parents[HARK_CHAT_PARENTS_MAX];

  g_assert (hark_chat_entry_is_fit (entry));
  body.id = view (entry->id, true, sizeof entry->id);
  body.seq = entry->seq;
  body.sent_ms = entry->sent_ms;
  body.text = entry->text;
  body.reply_to = view (entry->reply_to, entry->has_reply_to, sizeof entry->reply_to);
  body.kind = entry->kind;
  body.target = view (entry->target, entry->has_target, sizeof entry->target);
  for (unsigned i = 0; i < entry->n_parents; i++)
    parents[i] = view (entry->parents[i], true, sizeof entry->parents[i]);
  body.n_parents = entry->n_parents;
  body.parents = parents;
  body.group = view (entry->group, entry->has_group, sizeof entry->group);
  body.author = view (entry->author, entry->has_author, sizeof entry->author);
  if (entry->body != NULL)
    body.body.data = (uint8_t *) g_bytes_get_data (entry->body, &body.body.len);
  body.expires_s = entry->expires_s;
  body.clock = entry->clock;
  frame.what_case = HARK__FRAME__WHAT_ENTRY;
  frame.entry = &body;
  return hark_frame_pack (&frame, HARK_FRAME_STEP_TEXT);
}

static bool
take_parents (const Hark__Entry *frame, HarkChatEntry *ret)
{
  if (frame->n_parents > HARK_CHAT_PARENTS_MAX)
    return false;
  for (size_t i = 0; i < frame->n_parents; i++)
    if (!take (&frame->parents[i], ret->parents[i], HARK_CHAT_ID_LEN))
      return false;
  ret->n_parents = (unsigned) frame->n_parents;
  return true;
}

bool
hark_chat_read_entry (const Hark__Entry *frame, HarkChatEntry *ret)
{
  g_autoptr (GBytes) body = NULL;
  HarkChatEntry entry = {.kind = frame->kind,
                         .seq = frame->seq,
                         .sent_ms = frame->sent_ms,
                         .clock = frame->clock,
                         .text = frame->text,
                         .expires_s = frame->expires_s};

  if (frame->body.len > 0)
    entry.body = body = g_bytes_new_static (frame->body.data, frame->body.len);
  if (!take (&frame->id, entry.id, sizeof entry.id)
      || !take_optional (&frame->reply_to, &entry.has_reply_to, entry.reply_to,
                         sizeof entry.reply_to)
      || !take_optional (&frame->target, &entry.has_target, entry.target, sizeof entry.target)
      || !take_optional (&frame->group, &entry.has_group, entry.group, sizeof entry.group)
      || !take_optional (&frame->author, &entry.has_author, entry.author, sizeof entry.author)
      || !take_parents (frame, &entry) || !hark_chat_entry_is_fit (&entry))
    return false;
  entry.text = g_strdup (frame->text);
  entry.body = frame->body.len > 0 ? g_bytes_new (frame->body.data, frame->body.len) : NULL;
  *ret = entry;
  return true;
}
