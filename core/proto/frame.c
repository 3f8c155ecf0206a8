#include "core/proto/frame.h"
#include "core/proto/wiping.h"

#include <string.h>

#define LENGTH_LEN 4
/* a bytes field numbered below 16: one byte of tag, then one to three of length */
#define PADDING_HEAD_LEN(padding) ((padding) < 128 ? 2u : 3u)

/* How many zeros bring @len to a multiple of @step, their field's own head included. */
static size_t
padding_for (size_t len, size_t step)
{
  for (size_t goal = (len + step - 1) / step * step;; goal += step) {
    size_t gap = goal - len;

    if (gap == 0)
      return 0;
    for (size_t head = 2; head <= 3; head++)
      if (gap > head && PADDING_HEAD_LEN (gap - head) == head)
        return gap - head;
  }
}

GBytes *
hark_frame_pack (Hark__Frame *frame, size_t step)
{
  static const uint8_t zeros[2 * HARK_FRAME_STEP_TEXT];
  ProtobufCBinaryData kept = frame->padding;
  size_t len, padding;
  uint8_t *data;

  frame->padding = (ProtobufCBinaryData){0};
  padding = padding_for (hark__frame__get_packed_size (frame) + LENGTH_LEN, step);
  frame->padding = (ProtobufCBinaryData){padding, (uint8_t *) zeros};
  len = hark__frame__get_packed_size (frame);
  g_assert (len <= HARK_FRAME_LEN_MAX && padding <= sizeof zeros);

  data = g_malloc (LENGTH_LEN + len);
  data[0] = (uint8_t) (len >> 24);
  data[1] = (uint8_t) (len >> 16);
  data[2] = (uint8_t) (len >> 8);
  data[3] = (uint8_t) len;
  hark__frame__pack (frame, data + LENGTH_LEN);
  frame->padding = kept;
  return g_bytes_new_take (data, LENGTH_LEN + len);
}

Hark__Frame *
hark_frame_unpack (const uint8_t *data, size_t len)
{
  if (len > HARK_FRAME_LEN_MAX)
    return NULL;
  return hark__frame__unpack (&hark_wiping, len, data);
}

void
hark_frame_free (Hark__Frame *frame)
{
  if (frame != NULL)
    hark__frame__free_unpacked (frame, &hark_wiping);
}

void
hark_frame_reader_init (HarkFrameReader *reader)
{
  reader->buffer = g_byte_array_new ();
  reader->at = 0;
}

void
hark_frame_reader_clear (HarkFrameReader *reader)
{
  g_clear_pointer (&reader->buffer, g_byte_array_unref);
  reader->at = 0;
}

void
hark_frame_reader_push (HarkFrameReader *reader, const uint8_t *data, size_t len)
{
  if (reader->at > 0) {
    g_byte_array_remove_range (reader->buffer, 0, (guint) reader->at);
    reader->at = 0;
  }
  g_byte_array_append (reader->buffer, data, (guint) len);
}

/* The next frame, whole or not; false: not even its length is here. */
static bool
measure (const HarkFrameReader *reader, const uint8_t **ret, size_t *ret_len, size_t *ret_left)
{
  const uint8_t *at = reader->buffer->data + reader->at;

  *ret_left = reader->buffer->len - reader->at;
  if (*ret_left < LENGTH_LEN)
    return false;
  *ret = at + LENGTH_LEN;
  *ret_left -= LENGTH_LEN;
  *ret_len = (size_t) at[0] << 24 | (size_t) at[1] << 16 | (size_t) at[2] << 8 | at[3];
  return true;
}

bool
hark_frame_reader_peek (const HarkFrameReader *reader, const uint8_t **ret, size_t *ret_len)
{
  size_t left;

  return measure (reader, ret, ret_len, &left) && *ret_len <= MIN (left, HARK_FRAME_LEN_MAX);
}

void
hark_frame_reader_skip (HarkFrameReader *reader)
{
  const uint8_t *bytes;
  size_t len;

  if (hark_frame_reader_peek (reader, &bytes, &len))
    reader->at += LENGTH_LEN + len;
}

HarkFrameResult
hark_frame_reader_next (HarkFrameReader *reader, Hark__Frame **ret)
{
  const uint8_t *bytes;
  Hark__Frame *frame;
  size_t len, left;

  if (!measure (reader, &bytes, &len, &left))
    return HARK_FRAME_NONE;
  if (len > HARK_FRAME_LEN_MAX)
    return HARK_FRAME_TOO_LONG;
  if (left < len)
    return HARK_FRAME_NONE;

  reader->at += LENGTH_LEN + len;
  frame = hark_frame_unpack (bytes, len);
  if (frame == NULL)
    return HARK_FRAME_MALFORMED;
  *ret = frame;
  return HARK_FRAME_OK;
}
