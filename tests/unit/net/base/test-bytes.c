/* Readers, writers and digits: nothing is read or written past the end, and it is remembered. */
#include "net/base/hex.h"
#include "net/base/reader.h"
#include "net/base/writer.h"
#include "tests/bytes.h"

static void
test_what_is_written_is_read (void)
{
  uint8_t buffer[32];
  HarkWriter writer;
  HarkReader reader;
  char text[3] = "";

  hark_writer_init (&writer, buffer, sizeof buffer);
  hark_writer_u8 (&writer, 0x01);
  hark_writer_u16 (&writer, 0x0203);
  hark_writer_u32 (&writer, 0x04050607);
  hark_writer_u64 (&writer, UINT64_C (0x08090a0b0c0d0e0f));
  hark_writer_bytes (&writer, "ab", 2);
  hark_writer_zeros (&writer, 3);
  g_assert_true (hark_writer_is_ok (&writer));
  g_assert_cmpuint (writer.len, ==, 20);
  for (uint8_t i = 0; i < 15; i++)
    g_assert_cmpuint (buffer[i], ==, i + 1); /* network byte order */

  hark_reader_init (&reader, buffer, writer.len);
  g_assert_cmpuint (hark_reader_u8 (&reader), ==, 0x01);
  g_assert_cmpuint (hark_reader_u16 (&reader), ==, 0x0203);
  g_assert_cmpuint (hark_reader_u32 (&reader), ==, 0x04050607);
  g_assert_true (hark_reader_u64 (&reader) == UINT64_C (0x08090a0b0c0d0e0f));
  hark_reader_copy (&reader, text, 2);
  g_assert_cmpstr (text, ==, "ab");
  g_assert_cmpuint (hark_reader_left (&reader), ==, 3);
  g_assert_false (hark_reader_is_done (&reader));
  assert_bytes (hark_reader_borrow (&reader, 3), 3, "\0\0\0", 3);
  g_assert_true (hark_reader_is_done (&reader));
}

static void
test_reading_too_far_yields_zeros_for_good (void)
{
  const uint8_t bytes[] = {0xff, 0xff, 0xff};
  uint8_t copy[4] = {1, 1, 1, 1};
  HarkReader reader;

  hark_reader_init (&reader, bytes, sizeof bytes);
  g_assert_cmpuint (hark_reader_u32 (&reader), ==, 0);
  g_assert_false (hark_reader_is_ok (&reader));
  g_assert_cmpuint (hark_reader_u8 (&reader), ==, 0);
  g_assert_null (hark_reader_borrow (&reader, 1));
  hark_reader_copy (&reader, copy, sizeof copy);
  assert_bytes (copy, sizeof copy, "\0\0\0\0", 4);
  g_assert_cmpuint (hark_reader_left (&reader), ==, 0);
  g_assert_false (hark_reader_is_done (&reader));

  hark_reader_init (&reader, bytes, sizeof bytes);
  g_assert_null (hark_reader_borrow (&reader, SIZE_MAX));
  g_assert_false (hark_reader_is_ok (&reader));

  hark_reader_init (&reader, bytes, 0);
  g_assert_true (hark_reader_is_done (&reader));
}

static void
test_writing_too_far_writes_nothing (void)
{
  uint8_t buffer[4] = {9, 9, 9, 9};
  HarkWriter writer;

  hark_writer_init (&writer, buffer, 3);
  hark_writer_u16 (&writer, 1);
  hark_writer_u16 (&writer, 2);
  g_assert_false (hark_writer_is_ok (&writer));
  hark_writer_u8 (&writer, 3);
  g_assert_cmpuint (writer.len, ==, 2);
  g_assert_null (hark_writer_reserve (&writer, 1));
  assert_bytes (buffer, 4, "\0\1\x09\x09", 4);

  hark_writer_init (&writer, buffer, 3);
  g_assert_null (hark_writer_reserve (&writer, SIZE_MAX));
}

static void
test_bytes_are_written_as_digits (void)
{
  g_autofree char *some = hark_hex ((const uint8_t *) "\x00\x0f\xf0\xab\xff", 5);
  g_autofree char *none = hark_hex (NULL, 0);

  g_assert_cmpstr (some, ==, "000ff0abff");
  g_assert_cmpstr (none, ==, "");
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/bytes/what-is-written-is-read", test_what_is_written_is_read);
  g_test_add_func ("/bytes/reading-too-far-yields-zeros-for-good",
                   test_reading_too_far_yields_zeros_for_good);
  g_test_add_func ("/bytes/writing-too-far-writes-nothing", test_writing_too_far_writes_nothing);
  g_test_add_func ("/bytes/are-written-as-digits", test_bytes_are_written_as_digits);
  return g_test_run ();
}
