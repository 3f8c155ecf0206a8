#include "core/chat/message.h"

#include <string.h>

#define TIME_MS_MAX INT64_C (253402300799999) /* the end of the year 9999 */

/* Bytes that protobuf-c only reads. */
static ProtobufCBinaryData
view (const uint8_t *data, size_t len)
{
  return (ProtobufCBinaryData){len, (uint8_t *) data};
}

bool
hark_chat_text_is_fit (const char *text)
{
  size_t len = text != NULL ? strlen (text) : 0;

  return len > 0 && len <= HARK_CHAT_TEXT_LEN_MAX && g_utf8_validate (text, (gssize) len, NULL);
}

GBytes *
hark_chat_write_text (const HarkChatText *text)
{
  Hark__Frame frame = HARK__FRAME__INIT;
  Hark__Text body = HARK__TEXT__INIT;

  g_assert (hark_chat_text_is_fit (text->text));
  body.id = view (text->id, HARK_CHAT_ID_LEN);
  body.seq = text->seq;
  body.sent_ms = text->sent_ms;
  body.text = (char *) text->text;
  if (text->has_reply_to)
    body.reply_to = view (text->reply_to, HARK_CHAT_ID_LEN);
  frame.what_case = HARK__FRAME__WHAT_TEXT;
  frame.text = &body;
  return hark_frame_pack (&frame, HARK_FRAME_STEP_TEXT);
}

GBytes *
hark_chat_write_acks (const uint8_t (*ids)[HARK_CHAT_ID_LEN], size_t n)
{
  ProtobufCBinaryData list[HARK_CHAT_ACKS_MAX];
  Hark__Frame frame = HARK__FRAME__INIT;
  Hark__Ack body = HARK__ACK__INIT;

  g_assert (n <= HARK_CHAT_ACKS_MAX);
  for (size_t i = 0; i < n; i++)
    list[i] = view (ids[i], HARK_CHAT_ID_LEN);
  body.n_ids = n;
  body.ids = list;
  frame.what_case = HARK__FRAME__WHAT_ACK;
  frame.ack = &body;
  return hark_frame_pack (&frame, HARK_FRAME_STEP_CONTROL);
}

GBytes *
hark_chat_write_read (const uint8_t id[HARK_CHAT_ID_LEN])
{
  Hark__Frame frame = HARK__FRAME__INIT;
  Hark__Read body = HARK__READ__INIT;

  body.id = view (id, HARK_CHAT_ID_LEN);
  frame.what_case = HARK__FRAME__WHAT_READ;
  frame.read = &body;
  return hark_frame_pack (&frame, HARK_FRAME_STEP_CONTROL);
}

GBytes *
hark_chat_write_typing (bool on)
{
  Hark__Frame frame = HARK__FRAME__INIT;
  Hark__Typing body = HARK__TYPING__INIT;

  body.on = on;
  frame.what_case = HARK__FRAME__WHAT_TYPING;
  frame.typing = &body;
  return hark_frame_pack (&frame, HARK_FRAME_STEP_CONTROL);
}

bool
hark_chat_read_id (const ProtobufCBinaryData *id, uint8_t ret[HARK_CHAT_ID_LEN])
{
  if (id->len != HARK_CHAT_ID_LEN)
    return false;
  memcpy (ret, id->data, HARK_CHAT_ID_LEN);
  return true;
}

bool
hark_chat_read_text (const Hark__Text *frame, HarkChatText *ret)
{
  HarkChatText text = {.seq = frame->seq, .sent_ms = frame->sent_ms, .text = frame->text};

  if (!hark_chat_read_id (&frame->id, text.id) || !hark_chat_text_is_fit (frame->text)
      || text.seq == 0 || text.seq > INT64_MAX || text.sent_ms < 0 || text.sent_ms > TIME_MS_MAX)
    return false;
  if (frame->reply_to.len > 0) {
    if (!hark_chat_read_id (&frame->reply_to, text.reply_to))
      return false;
    text.has_reply_to = true;
  }
  *ret = text;
  return true;
}

size_t
hark_chat_read_acks (const Hark__Ack *frame)
{
  if (frame->n_ids > HARK_CHAT_ACKS_MAX)
    return 0;
  for (size_t i = 0; i < frame->n_ids; i++)
    if (frame->ids[i].len != HARK_CHAT_ID_LEN)
      return 0;
  return frame->n_ids;
}
