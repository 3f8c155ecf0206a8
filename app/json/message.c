/* app/json/message.c - messages and conversations as members of events. */
#include "app/json/clips.h"
#include "app/json/put.h"

static const char *const state_words[] = {NULL, "queued", "sent", "delivered", "read"};
static const char *const type_words[]
  = {NULL, "text", "file", "call", "edit", "delete", "reaction", "timer", "clip", "group"};

void
hark_json_put_send_state (JsonBuilder *builder, HarkSendState state)
{
  put_string (builder, "state", WORD (state_words, state));
}

static void
put_reactions (JsonBuilder *builder, const GArray *reactions)
{
  if (!reactions)
    return;
  json_builder_set_member_name (builder, "reactions");
  json_builder_begin_array (builder);
  for (guint i = 0; i < reactions->len; i++) {
    const HarkReaction *reaction = &g_array_index (reactions, HarkReaction, i);

    json_builder_begin_object (builder);
    put_account (builder, "account", reaction->account);
    put_string (builder, "text", reaction->text);
    put_int (builder, "sent_at", reaction->sent_ms);
    json_builder_end_object (builder);
  }
  json_builder_end_array (builder);
}

void
hark_json_put_message (JsonBuilder *builder, const HarkMessage *message)
{
  put_account (builder, "contact", message->contact);
  put_hex (builder, "id", message->id, sizeof message->id);
  put_string (builder, "type", WORD (type_words, message->type));
  put_string (builder, "text", message->text);
  put_int (builder, "sent_at", message->sent_ms);
  put_int (builder, "received_at", message->received_ms);
  put_bool (builder, "outgoing", message->outgoing);
  hark_json_put_send_state (builder, message->state);
  if (message->has_reply_to)
    put_hex (builder, "reply_to", message->reply_to, sizeof message->reply_to);
  put_int (builder, "position", (int64_t) message->position);
  if (message->has_group) {
    put_hex (builder, "group", message->group, sizeof message->group);
    put_account (builder, "author", message->author);
    put_bool (builder, "mentioned", message->mentioned);
  }
  if (message->type != HARK_MESSAGE_IS_TEXT)
    put_int (builder, "ref", (int64_t) message->ref);
  if (message->length_ms > 0)
    put_int (builder, "length_ms", message->length_ms);
  if (message->type == HARK_MESSAGE_IS_CLIP && !message->deleted)
    put_bool (builder, "heard", message->heard);
  if (message->parts > 0) {
    put_int (builder, "part", 1); /* the message is the first of its parts */
    put_int (builder, "parts", message->parts);
    put_int (builder, "parts_here", message->parts_here);
  }
  if (message->has_peaks)
    hark_json_put_peaks (builder, message->peaks);
  if (message->edits > 0)
    put_int (builder, "edits", message->edits);
  if (message->deleted)
    put_bool (builder, message->missing ? "missing" : "deleted", true);
  if (message->expires_s > 0 || message->type == HARK_MESSAGE_IS_TIMER)
    put_int (builder, "expires_s", message->expires_s);
  if (message->expires_ms > 0)
    put_int (builder, "expires_at", message->expires_ms);
  put_reactions (builder, message->reactions);
  if (message->matches) {
    json_builder_set_member_name (builder, "matches");
    json_builder_begin_array (builder);
    for (guint i = 0; i < message->matches->len; i++) {
      const HarkMatch *match = &g_array_index (message->matches, HarkMatch, i);

      json_builder_begin_array (builder);
      json_builder_add_int_value (builder, match->start);
      json_builder_add_int_value (builder, match->len);
      json_builder_end_array (builder);
    }
    json_builder_end_array (builder);
  }
}

void
hark_json_put_chat (JsonBuilder *builder, const HarkChat *chat)
{
  put_account (builder, "contact", chat->contact);
  if (chat->has_group)
    put_hex (builder, "group", chat->group, sizeof chat->group);
  put_int (builder, "unread", chat->unread);
  if (chat->first_unread != 0)
    put_int (builder, "first_unread", (int64_t) chat->first_unread);
  put_bool (builder, "marked", chat->marked);
  put_string (builder, "draft", chat->draft);
  if (chat->has_draft_reply)
    put_hex (builder, "draft_reply_to", chat->draft_reply, sizeof chat->draft_reply);
  if (chat->draft_ms != 0)
    put_int (builder, "draft_at", chat->draft_ms);
  put_bool (builder, "pinned", chat->pinned);
  put_bool (builder, "archived", chat->archived);
  put_int (builder, "keep_days", chat->keep_days);
  if (chat->expires_s > 0)
    put_int (builder, "expires_s", chat->expires_s);
  if (chat->last) {
    json_builder_set_member_name (builder, "last");
    json_builder_begin_object (builder);
    hark_json_put_message (builder, chat->last);
    json_builder_end_object (builder);
  }
}

void
hark_json_put_refused (JsonBuilder *builder, const HarkRefused *refused)
{
  put_account (builder, "contact", refused->contact);
  put_hex (builder, "id", refused->id, sizeof refused->id);
  put_int (builder, "received_at", refused->received_ms);
  put_string (builder, "text", refused->text);
  put_string (builder, "reason", refused->reason);
}
