#include "core/chat/message.h"

#include <string.h>

/* Bytes that protobuf-c only reads. */
static ProtobufCBinaryData
view (const uint8_t *data, size_t len)
{
  return (ProtobufCBinaryData){len, (uint8_t *) data};
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
