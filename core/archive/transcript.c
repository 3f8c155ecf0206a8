#include "core/archive/transcript.h"

#include "core/store/parts.h"
#include "net/base/hex.h"

#include <string.h>

static const char *const kind_words[]
  = {NULL, "text", "file", "call", "edit", "delete", "reaction", "timer", "clip", "group"};
static const char *const state_words[] = {NULL, "queued", "sent", "delivered", "read"};

static const char *
word (const char *const *words, size_t n, unsigned index)
{
  return index < n && words[index] != NULL ? words[index] : "unknown";
}

static const char *
text_of (const HarkStoreMessage *message)
{
  const char *text = message->current != NULL ? message->current : message->text;

  return text != NULL ? text : "";
}

/* Of a call, and of a voice message as much as is here; 0: it has none. */
static uint64_t
length_ms_of (const HarkStoreMessage *message)
{
  if (message->kind == HARK_MESSAGE_CALL)
    return message->ref;
  if (message->kind != HARK_MESSAGE_CLIP)
    return 0;
  return message->part == 1 ? message->length_ms : hark_store_clip_length_ms (message->body);
}

/* ---- JSON ---- */

static void
put_json_string (GString *ret, const char *text)
{
  g_string_append_c (ret, '"');
  for (const char *at = text; *at != '\0'; at++) {
    const unsigned char c = (unsigned char) *at;

    if (c == '"' || c == '\\')
      g_string_append_printf (ret, "\\%c", c);
    else if (c == '\n')
      g_string_append (ret, "\\n");
    else if (c < 0x20 || c == 0x7f)
      g_string_append_printf (ret, "\\u%04x", c);
    else
      g_string_append_c (ret, *at);
  }
  g_string_append_c (ret, '"');
}

static void
put_hex (GString *ret, const char *field, const uint8_t *bytes, size_t len)
{
  g_autofree char *hex = hark_hex (bytes, len);

  g_string_append_printf (ret, ",\"%s\":\"%s\"", field, hex);
}

static void
put_field (GString *ret, const char *field, const char *text)
{
  g_string_append_printf (ret, ",\"%s\":", field);
  put_json_string (ret, text);
}

static void
put_json_reactions (GString *ret, const HarkStoreMessage *message)
{
  g_string_append (ret, ",\"reactions\":[");
  for (guint i = 0; i < message->reactions->len; i++) {
    const HarkStoreReaction *reaction = &g_array_index (message->reactions, HarkStoreReaction, i);

    g_string_append (ret, i > 0 ? ",{\"text\":" : "{\"text\":");
    put_json_string (ret, reaction->text);
    if (reaction->has_author)
      put_hex (ret, "account", reaction->author.bytes, sizeof reaction->author.bytes);
    g_string_append_printf (ret, ",\"outgoing\":%s,\"sent_at\":%" G_GINT64_FORMAT "}",
                            reaction->outgoing ? "true" : "false", reaction->sent_ms);
  }
  g_string_append_c (ret, ']');
}

static void
put_json (const HarkStoreMessage *message, const char *name, GString *ret)
{
  g_string_append_printf (ret, "{\"position\":%" G_GUINT64_FORMAT, message->position);
  put_hex (ret, "contact", message->contact.bytes, sizeof message->contact.bytes);
  put_field (ret, "name", name);
  put_hex (ret, "id", message->id, sizeof message->id);
  put_field (ret, "type", word (kind_words, G_N_ELEMENTS (kind_words), message->kind));
  g_string_append_printf (
    ret, ",\"outgoing\":%s,\"sent_at\":%" G_GINT64_FORMAT ",\"received_at\":%" G_GINT64_FORMAT,
    message->outgoing ? "true" : "false", message->sent_ms, message->received_ms);
  put_field (ret, "state", word (state_words, G_N_ELEMENTS (state_words), message->state));
  put_field (ret, "text", text_of (message));
  if (message->has_reply_to)
    put_hex (ret, "reply_to", message->reply_to, sizeof message->reply_to);
  if (message->has_author)
    put_hex (ret, "author", message->author.bytes, sizeof message->author.bytes);
  if (message->has_group)
    put_hex (ret, "group", message->group, sizeof message->group);
  if (message->edits > 0) {
    g_string_append_printf (ret, ",\"edits\":%u", message->edits);
    put_field (ret, "first_text", message->text != NULL ? message->text : "");
  }
  if ((message->kind == HARK_MESSAGE_CLIP || length_ms_of (message) > 0) && !message->deleted)
    g_string_append_printf (ret, ",\"length_ms\":%" G_GUINT64_FORMAT, length_ms_of (message));
  if (message->part == 1)
    g_string_append_printf (ret, ",\"part\":1,\"parts\":%u,\"parts_here\":%u", message->parts,
                            message->parts_here);
  if (message->deleted)
    g_string_append (ret, message->missing ? ",\"missing\":true" : ",\"deleted\":true");
  if (message->reactions != NULL && message->reactions->len > 0)
    put_json_reactions (ret, message);
  g_string_append (ret, "}\n");
}

/* ---- text ---- */

/* Lines after the first are set in; what moves the cursor or turns the writing is a sign. */
static void
put_lines (GString *ret, const char *text)
{
  for (const char *at = text; *at != '\0'; at = g_utf8_next_char (at)) {
    const gunichar c = g_utf8_get_char (at);

    if (c == '\n')
      g_string_append (ret, "\n    ");
    else if (c == '\t')
      g_string_append_c (ret, '\t');
    else if (g_unichar_iscntrl (c) || c == 0x2028 || c == 0x2029 || (c >= 0x202A && c <= 0x202E)
             || (c >= 0x2066 && c <= 0x2069))
      g_string_append (ret, "\xef\xbf\xbd");
    else
      g_string_append_unichar (ret, c);
  }
}

static void
put_when (const HarkTranscriptStyle *style, int64_t ms, GString *ret)
{
  g_autoptr (GDateTime) utc = g_date_time_new_from_unix_utc (ms / 1000);
  g_autoptr (GDateTime) when = utc != NULL ? g_date_time_to_timezone (utc, style->zone) : NULL;
  g_autofree char *text = when != NULL ? g_date_time_format (when, "%F %T %z") : NULL;

  g_string_append_printf (ret, "[%s] ", text != NULL ? text : "?");
}

/* In minutes and seconds; a part of a second is one. */
static void
put_length (const HarkStoreMessage *message, GString *ret)
{
  const uint64_t seconds = length_ms_of (message) / 1000 + (length_ms_of (message) % 1000 > 0);

  g_string_append_printf (ret, " (%" G_GUINT64_FORMAT ":%02u)", seconds / 60,
                          (unsigned) (seconds % 60));
}

/* What is spoken is not in the file, but for how long it is. */
static void
put_clip (const HarkStoreMessage *message, GString *ret)
{
  g_string_append (ret, "Voice message");
  put_length (message, ret);
  if (message->part == 1 && message->parts_here < message->parts)
    g_string_append (ret, ", the rest has not come here");
}

static void
put_text (const HarkTranscriptStyle *style,
          const HarkStoreMessage *message,
          const char *name,
          GString *ret)
{
  put_when (style, message->sent_ms, ret);
  put_lines (ret, message->outgoing ? style->own : name);
  g_string_append (ret, ": ");
  if (message->deleted)
    g_string_append (ret, message->missing ? "(has not come here)" : "(deleted)");
  else if (message->kind == HARK_MESSAGE_FILE)
    g_string_append (ret, "(file) ");
  else if (message->kind == HARK_MESSAGE_CALL)
    g_string_append (ret, "(call) ");
  else if (message->kind == HARK_MESSAGE_CLIP)
    put_clip (message, ret);
  else if (message->kind != HARK_MESSAGE_TEXT)
    g_string_append_printf (ret, "(%s) ",
                            word (kind_words, G_N_ELEMENTS (kind_words), message->kind));
  put_lines (ret, message->deleted ? "" : text_of (message));
  if (message->kind == HARK_MESSAGE_CALL && message->ref > 0 && !message->deleted)
    put_length (message, ret);
  if (message->edits > 0 && !message->deleted)
    g_string_append (ret, " (edited)");
  g_string_append_c (ret, '\n');
  for (guint i = 0; message->reactions != NULL && i < message->reactions->len; i++) {
    const HarkStoreReaction *reaction = &g_array_index (message->reactions, HarkStoreReaction, i);

    g_string_append (ret, "    ");
    put_lines (ret, reaction->outgoing     ? style->own
                    : reaction->has_author ? style->name_of (style->data, &reaction->author)
                                           : name);
    g_string_append (ret, ": ");
    put_lines (ret, reaction->text);
    g_string_append_c (ret, '\n');
  }
}

void
hark_transcript_head (const HarkTranscriptStyle *style,
                      const HarkKey *contact,
                      const char *name,
                      GString *ret)
{
  g_autofree char *hex = hark_hex (contact->bytes, sizeof contact->bytes);

  if (style->json)
    return;
  if (ret->len > 0)
    g_string_append_c (ret, '\n');
  g_string_append (ret, "# ");
  put_lines (ret, name);
  g_string_append_printf (ret, " (%s)\n\n", hex);
}

void
hark_transcript_put (const HarkTranscriptStyle *style,
                     const HarkStoreMessage *message,
                     const char *name,
                     GString *ret)
{
  if (message->hidden)
    return;
  if (style->json)
    put_json (message, name, ret);
  else
    put_text (style, message, name, ret);
}
