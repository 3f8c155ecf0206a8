#include "core/chat/message.h"

#include <string.h>

static Hark__Frame *
round_trip (GBytes *bytes, size_t step)
{
  HarkFrameReader reader;
  Hark__Frame *frame = NULL;
  size_t len;
  const uint8_t *data = g_bytes_get_data (bytes, &len);

  g_assert_cmpuint (len % step, ==, 0);
  hark_frame_reader_init (&reader);
  for (size_t i = 0; i < len; i++) {
    g_assert_cmpint (hark_frame_reader_next (&reader, &frame), ==, HARK_FRAME_NONE);
    hark_frame_reader_push (&reader, data + i, 1);
  }
  g_assert_cmpint (hark_frame_reader_next (&reader, &frame), ==, HARK_FRAME_OK);
  g_assert_cmpint (hark_frame_reader_next (&reader, &(Hark__Frame *){NULL}), ==, HARK_FRAME_NONE);
  hark_frame_reader_clear (&reader);
  g_bytes_unref (bytes);
  return frame;
}

static void
test_acks (void)
{
  uint8_t ids[HARK_CHAT_ACKS_MAX][HARK_CHAT_ID_LEN];
  uint8_t id[HARK_CHAT_ID_LEN];
  g_autoptr (Hark__Frame) frame = NULL;

  for (size_t i = 0; i < HARK_CHAT_ACKS_MAX; i++)
    memset (ids[i], (int) i, sizeof ids[i]);
  frame = round_trip (hark_chat_write_acks ((const uint8_t (*)[16]) ids, HARK_CHAT_ACKS_MAX),
                      HARK_FRAME_STEP_CONTROL);
  g_assert_cmpuint (hark_chat_read_acks (frame->ack), ==, HARK_CHAT_ACKS_MAX);
  g_assert_true (hark_chat_read_id (&frame->ack->ids[255], id));
  g_assert_true (memcmp (id, ids[255], 16) == 0);
  frame->ack->ids[3].len = 15;
  g_assert_cmpuint (hark_chat_read_acks (frame->ack), ==, 0);
  frame->ack->ids[3].len = 16;
}

static void
test_small_frames (void)
{
  uint8_t id[16] = {4}, back[16];
  g_autoptr (Hark__Frame) read = round_trip (hark_chat_write_read (id), 64);
  g_autoptr (Hark__Frame) typing = round_trip (hark_chat_write_typing (true), 64);

  g_assert_cmpint (read->what_case, ==, HARK__FRAME__WHAT_READ);
  g_assert_true (hark_chat_read_id (&read->read->id, back));
  g_assert_true (memcmp (id, back, 16) == 0);
  g_assert_cmpint (typing->what_case, ==, HARK__FRAME__WHAT_TYPING);
  g_assert_true (typing->typing->on);
}

static void
test_nonsense (void)
{
  static const uint8_t too_long[] = {0xff, 0, 0, 0}, bad[] = {0, 0, 0, 2, 0x0a, 0xff};
  HarkFrameReader reader;
  Hark__Frame *frame = NULL;

  hark_frame_reader_init (&reader);
  hark_frame_reader_push (&reader, bad, sizeof bad);
  g_assert_cmpint (hark_frame_reader_next (&reader, &frame), ==, HARK_FRAME_MALFORMED);
  g_assert_cmpint (hark_frame_reader_next (&reader, &frame), ==, HARK_FRAME_NONE);
  hark_frame_reader_push (&reader, too_long, sizeof too_long);
  g_assert_cmpint (hark_frame_reader_next (&reader, &frame), ==, HARK_FRAME_TOO_LONG);
  g_assert_null (frame);
  hark_frame_reader_clear (&reader);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/message/acks-survive-the-wire", test_acks);
  g_test_add_func ("/message/read-and-typing-survive-the-wire", test_small_frames);
  g_test_add_func ("/frame/nonsense-is-told-apart", test_nonsense);
  return g_test_run ();
}
