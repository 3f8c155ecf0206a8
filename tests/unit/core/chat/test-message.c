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
test_text (void)
{
  HarkChatText text = {
    .id = {1, 2},
      .seq = 7, .sent_ms = 1700000000000, .text = "grüß dich"
  };
  HarkChatText back;

  for (int reply = 0; reply < 2; reply++) {
    g_autoptr (Hark__Frame) frame = NULL;

    text.has_reply_to = reply;
    memset (text.reply_to, reply ? 9 : 0, sizeof text.reply_to);
    frame = round_trip (hark_chat_write_text (&text), HARK_FRAME_STEP_TEXT);
    g_assert_true (hark_chat_read_text (frame->text, &back));
    g_assert_true (memcmp (back.id, text.id, 16) == 0);
    g_assert_cmpuint (back.seq, ==, 7);
    g_assert_cmpint (back.sent_ms, ==, text.sent_ms);
    g_assert_cmpstr (back.text, ==, text.text);
    g_assert_true (back.has_reply_to == text.has_reply_to);
    g_assert_true (memcmp (back.reply_to, text.reply_to, 16) == 0);
  }
}

/* Every length has the length of its step on the wire and nothing between. */
static void
test_padding (void)
{
  g_autofree char *letters = g_strnfill (3000, 'x');

  for (size_t len = 1; len <= 3000; len++) {
    HarkChatText text = {.seq = 1, .text = letters + 3000 - len};
    g_autoptr (GBytes) bytes = hark_chat_write_text (&text);

    g_assert_cmpuint (g_bytes_get_size (bytes) % HARK_FRAME_STEP_TEXT, ==, 0);
    g_assert_cmpuint (g_bytes_get_size (bytes), <, len + 2 * HARK_FRAME_STEP_TEXT);
  }
}

static void
test_longest (void)
{
  g_autofree char *longest = g_strnfill (HARK_CHAT_TEXT_LEN_MAX, 'y');
  g_autofree char *longer = g_strnfill (HARK_CHAT_TEXT_LEN_MAX + 1, 'y');
  HarkChatText text = {.seq = 1, .text = longest}, back;
  HarkFrameReader reader;
  Hark__Frame *frame;
  g_autoptr (GBytes) bytes = hark_chat_write_text (&text);

  g_assert_true (hark_chat_text_is_fit (longest));
  g_assert_false (hark_chat_text_is_fit (longer));
  g_assert_false (hark_chat_text_is_fit (""));
  g_assert_false (hark_chat_text_is_fit (NULL));
  g_assert_false (hark_chat_text_is_fit ("\xff"));
  hark_frame_reader_init (&reader);
  hark_frame_reader_push (&reader, g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes));
  g_assert_cmpint (hark_frame_reader_next (&reader, &frame), ==, HARK_FRAME_OK);
  g_assert_true (hark_chat_read_text (frame->text, &back));
  hark_frame_free (frame);
  hark_frame_reader_clear (&reader);
}

static void
test_refuses (void)
{
  Hark__Text text = HARK__TEXT__INIT;
  uint8_t bytes[17] = {0};
  HarkChatText back = {.seq = 99};

  text.id = (ProtobufCBinaryData){16, bytes};
  text.seq = 1;
  text.text = (char *) "ok";
  g_assert_true (hark_chat_read_text (&text, &back));
  back.seq = 99;
  text.id.len = 17;
  g_assert_false (hark_chat_read_text (&text, &back));
  text.id.len = 16;
  text.reply_to = (ProtobufCBinaryData){3, bytes};
  g_assert_false (hark_chat_read_text (&text, &back));
  text.reply_to.len = 0;
  text.seq = 0;
  g_assert_false (hark_chat_read_text (&text, &back));
  text.seq = UINT64_MAX;
  g_assert_false (hark_chat_read_text (&text, &back));
  text.seq = 1;
  text.sent_ms = -1;
  g_assert_false (hark_chat_read_text (&text, &back));
  text.sent_ms = 0;
  text.text = (char *) "\xc3\x28";
  g_assert_false (hark_chat_read_text (&text, &back));
  g_assert_cmpuint (back.seq, ==, 99);
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
  g_test_add_func ("/message/text-survives-the-wire", test_text);
  g_test_add_func ("/message/length-shows-only-the-step", test_padding);
  g_test_add_func ("/message/longest-text-fits-a-frame", test_longest);
  g_test_add_func ("/message/refuses-what-no-peer-writes", test_refuses);
  g_test_add_func ("/message/acks-survive-the-wire", test_acks);
  g_test_add_func ("/message/read-and-typing-survive-the-wire", test_small_frames);
  g_test_add_func ("/frame/nonsense-is-told-apart", test_nonsense);
  return g_test_run ();
}
