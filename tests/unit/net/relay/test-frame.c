/* Frames between a relay and those who go through it. */
#include "net/relay/frame.h"

#include <glib.h>
#include <string.h>

static void
test_all_kinds (void)
{
  for (HarkRelayKind kind = HARK_RELAY_ASK; kind <= HARK_RELAY_GONE; kind++) {
    HarkRelayFrame frame = {
      .kind = kind, .tag = "sixteen bytes..", .channel = 7, .rtt_ms = 99, .rate = 5, .reason = 3};
    uint8_t bytes[HARK_RELAY_CONTROL_LEN_MAX + 1] = {0};
    size_t len = hark_relay_frame_write (&frame, bytes);
    HarkRelayFrame read = {0};

    g_assert_true (hark_relay_frame_read (bytes, len, &read));
    g_assert_cmpint (read.kind, ==, kind);
    if (kind != HARK_RELAY_GONE)
      g_assert_true (memcmp (read.tag, frame.tag, sizeof frame.tag) == 0);
    if (kind == HARK_RELAY_MATCHED) {
      g_assert_cmpuint (len, ==, HARK_RELAY_CONTROL_LEN_MAX);
      g_assert_cmpuint (read.rtt_ms, ==, 99);
      g_assert_cmpuint (read.rate, ==, 5);
    }
    if (kind == HARK_RELAY_MATCHED || kind == HARK_RELAY_GONE)
      g_assert_cmpuint (read.channel, ==, 7);
    if (kind == HARK_RELAY_REFUSED || kind == HARK_RELAY_GONE)
      g_assert_cmpuint (read.reason, ==, 3);
    for (size_t cut = 0; cut <= len + 1; cut++)
      if (cut != len)
        g_assert_false (hark_relay_frame_read (bytes, cut, &read));
  }
}

static void
test_packets (void)
{
  uint8_t bytes[HARK_RELAY_DATA_HEAD + HARK_RELAY_PACKET_MAX + 1] = {0};
  HarkRelayFrame read;

  hark_relay_frame_write_head (HARK_RELAY_SEND, 0x01020304, bytes);
  g_assert_false (hark_relay_frame_read (bytes, HARK_RELAY_DATA_HEAD, &read));
  g_assert_false (hark_relay_frame_read (bytes, sizeof bytes, &read));
  g_assert_true (hark_relay_frame_read (bytes, sizeof bytes - 1, &read));
  g_assert_cmpint (read.kind, ==, HARK_RELAY_SEND);
  g_assert_cmpuint (read.channel, ==, 0x01020304);
  g_assert_cmpuint (read.len, ==, HARK_RELAY_PACKET_MAX);
  g_assert_true (read.data == bytes + HARK_RELAY_DATA_HEAD);
}

static void
test_nonsense (void)
{
  uint8_t bytes[HARK_RELAY_CONTROL_LEN_MAX] = {0};
  HarkRelayFrame read = {.rate = 12345};

  for (unsigned kind = 0; kind < 256; kind++) {
    bytes[0] = (uint8_t) kind;
    for (size_t len = 0; len <= sizeof bytes; len++) /* channel 0, too */
      if (hark_relay_frame_read (bytes, len, &read))
        g_assert_true (len == 17 || (kind == HARK_RELAY_REFUSED && len == 18)
                       || (kind == HARK_RELAY_AGAIN && len == 1));
  }
  bytes[0] = 200;
  read.rate = 12345;
  g_assert_false (hark_relay_frame_read (bytes, 17, &read));
  g_assert_cmpuint (read.rate, ==, 12345);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/relay/frame/every-kind-comes-back", test_all_kinds);
  g_test_add_func ("/relay/frame/carries-packets-within-bounds", test_packets);
  g_test_add_func ("/relay/frame/refuses-nonsense", test_nonsense);
  return g_test_run ();
}
