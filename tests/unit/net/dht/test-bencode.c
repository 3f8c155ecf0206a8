#include "net/dht/bencode.h"

#include <glib.h>
#include <string.h>

static bool
parses (const char *text)
{
  HarkBencode value;

  return hark_bencode_parse ((const uint8_t *) text, strlen (text), &value);
}

static void
test_accepts (void)
{
  static const char *const good[] = {"i0e",
                                     "i-1e",
                                     "i9223372036854775807e",
                                     "i-9223372036854775808e",
                                     "0:",
                                     "3:abc",
                                     "le",
                                     "de",
                                     "li1e1:ae",
                                     "d1:ai1e1:bl1:cee",
                                     "d0:0:1:a0:e"};

  for (size_t i = 0; i < G_N_ELEMENTS (good); i++)
    g_assert_true (parses (good[i]));
}

static void
test_refuses (void)
{
  static const char *const bad[] = {"",
                                    "i",
                                    "ie",
                                    "i-e",
                                    "i-0e",
                                    "i01e",
                                    "i1",
                                    "i1x",
                                    "i9223372036854775808e",
                                    "-1:a",
                                    "01:a",
                                    "2:a",
                                    "1a",
                                    "4294967299:abc",
                                    "l",
                                    "d",
                                    "d1:ae",
                                    "di1ei2ee",
                                    "d1:bi1e1:ai1ee",
                                    "d1:ai1e1:ai1ee",
                                    "e",
                                    "i1ei1e",
                                    "99999999999999999999:"};

  for (size_t i = 0; i < G_N_ELEMENTS (bad); i++)
    if (parses (bad[i]))
      g_error ("accepted %s", bad[i]);
}

static void
test_depth (void)
{
  char text[2 * HARK_BENCODE_DEPTH_MAX + 3] = {0};

  memset (text, 'l', HARK_BENCODE_DEPTH_MAX);
  memset (text + HARK_BENCODE_DEPTH_MAX, 'e', HARK_BENCODE_DEPTH_MAX);
  g_assert_true (parses (text));
  memset (text, 'l', HARK_BENCODE_DEPTH_MAX + 1);
  memset (text + HARK_BENCODE_DEPTH_MAX + 1, 'e', HARK_BENCODE_DEPTH_MAX + 1);
  g_assert_false (parses (text));
}

static void
test_walks (void)
{
  const char *text = "d1:ai7e1:bl1:xi-2ee1:c3:abce";
  HarkBencode top, key, value, inner;
  HarkBencodeIter iter, list;
  int64_t number = 0;
  size_t len;

  g_assert_true (hark_bencode_parse ((const uint8_t *) text, strlen (text), &top));
  hark_bencode_iter_init (&iter, top);
  g_assert_true (hark_bencode_iter_next (&iter, &key, &value));
  g_assert_true (hark_bencode_get_int (value, &number));
  g_assert_cmpint (number, ==, 7);
  g_assert_true (hark_bencode_iter_next (&iter, &key, &value));
  hark_bencode_iter_init (&list, value);
  g_assert_true (hark_bencode_iter_next (&list, NULL, &inner));
  g_assert_nonnull (hark_bencode_get_bytes (inner, &len));
  g_assert_true (hark_bencode_iter_next (&list, NULL, &inner));
  g_assert_null (hark_bencode_get_bytes (inner, &len));
  g_assert_true (hark_bencode_get_int (inner, &number));
  g_assert_cmpint (number, ==, -2);
  g_assert_false (hark_bencode_iter_next (&list, NULL, &inner));
  g_assert_true (hark_bencode_iter_next (&iter, &key, &value));
  g_assert_cmpint (memcmp (hark_bencode_get_bytes (value, &len), "abc", 3), ==, 0);
  g_assert_false (hark_bencode_iter_next (&iter, &key, &value));
}

static void
test_writes (void)
{
  uint8_t buffer[64];
  HarkWriter writer;

  hark_writer_init (&writer, buffer, sizeof buffer);
  hark_bencode_write_mark (&writer, 'd');
  hark_bencode_write_text (&writer, "a");
  hark_bencode_write_int (&writer, INT64_MIN);
  hark_bencode_write_mark (&writer, 'e');
  g_assert_true (hark_writer_is_ok (&writer));
  buffer[writer.len] = 0;
  g_assert_cmpstr ((const char *) buffer, ==, "d1:ai-9223372036854775808ee");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/bencode/accepts-canonical", test_accepts);
  g_test_add_func ("/bencode/refuses-everything-else", test_refuses);
  g_test_add_func ("/bencode/bounds-depth", test_depth);
  g_test_add_func ("/bencode/walks", test_walks);
  g_test_add_func ("/bencode/writes", test_writes);
  return g_test_run ();
}
