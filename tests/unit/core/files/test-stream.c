/* Records that come in pieces of memory, as streams hand them out. */
#include "core/files/block.h"
#include "core/files/stream.h"

#include <sodium.h>
#include <string.h>

#define BLOCK ((size_t) HARK_TREE_BLOCK_LEN)
#define LAST 777 /* bytes of the last block */

/* A file of @blocks whole ones and a short one, in records, with the end. */
static GByteArray *
make_line (uint8_t *file, size_t blocks)
{
  GByteArray *line = g_byte_array_new ();
  const uint8_t hash[HARK_TREE_HASH_LEN] = {1};
  uint8_t head[HARK_FILE_RECORD_HEAD_LEN];

  for (size_t i = 0; i <= blocks; i++) {
    const size_t len = i < blocks ? BLOCK : LAST;

    hark_file_record_head ((uint32_t) len, hash, head);
    g_byte_array_append (line, head, sizeof head);
    g_byte_array_append (line, file + i * BLOCK, (guint) len);
  }
  hark_file_record_head (0, hash, head);
  g_byte_array_append (line, head, sizeof head);
  return line;
}

/* Everything through pieces of @piece_len, at most @step at a time. Returns how many blocks were
 * not copied. */
static unsigned
read_line (const GByteArray *line, const uint8_t *file, size_t size, size_t piece_len, size_t step)
{
  HarkFileRecordKind kind = HARK_FILE_RECORD_NONE;
  HarkFileRecord record;
  HarkFileReader reader;
  uint64_t read = 0;
  unsigned in_place = 0;

  hark_file_reader_init (&reader, size, 0, size);
  for (size_t at = 0; at < line->len;) {
    uint8_t *memory = g_malloc (piece_len);
    g_autoptr (GBytes) piece = g_bytes_new_take (memory, piece_len);

    for (size_t filled = 0; filled < piece_len && at < line->len;) {
      size_t len = MIN (MIN (step, piece_len - filled), line->len - at);
      const uint8_t *data = memory + filled;

      memcpy (memory + filled, line->data + at, len);
      at += len;
      filled += len;
      while ((kind = hark_file_reader_take (&reader, piece, &data, &len, &record))
             == HARK_FILE_RECORD_BLOCK) {
        const uint8_t *bytes = g_bytes_get_data (record.bytes, NULL);

        g_assert_cmpuint (g_bytes_get_size (record.bytes), ==, record.len);
        g_assert_cmpuint (record.offset, ==, read);
        g_assert_true (memcmp (bytes, file + read, record.len) == 0);
        in_place += bytes >= memory && bytes < memory + piece_len;
        read += record.len;
        g_bytes_unref (record.bytes);
      }
    }
  }
  g_assert_cmpint (kind, ==, HARK_FILE_RECORD_END);
  g_assert_cmpuint (read, ==, size);
  hark_file_reader_clear (&reader);
  return in_place;
}

static void
test_pieces (void)
{
  const size_t blocks = 4, size = blocks * BLOCK + LAST;
  g_autofree uint8_t *file = g_malloc (size);
  g_autoptr (GByteArray) line = NULL;

  randombytes_buf_deterministic (file, size, (const uint8_t[randombytes_SEEDBYTES]){5});
  line = make_line (file, blocks);
  /* as long as a record: none is copied, the last neither */
  g_assert_cmpuint (read_line (line, file, size, HARK_BLOCK_LEN, 15961), ==, blocks + 1);
  g_assert_cmpuint (read_line (line, file, size, HARK_BLOCK_LEN, 17), ==, blocks + 1);
  /* with two, the second of which has one byte too few */
  g_assert_cmpuint (read_line (line, file, size, 2 * HARK_BLOCK_LEN - 1, 65536), ==, 3);
  /* none fits, or only the last */
  g_assert_cmpuint (read_line (line, file, size, BLOCK - 1, 4000), ==, 1);
  g_assert_cmpuint (read_line (line, file, size, 100, 100), ==, 0);
}

/* The rest of a block comes from somewhere else than the piece that it began in. */
static void
test_elsewhere (void)
{
  const size_t size = BLOCK + LAST;
  g_autofree uint8_t *file = g_malloc (size);
  g_autoptr (GByteArray) line = NULL;
  g_autoptr (GBytes) piece = NULL;
  HarkFileReader reader;
  HarkFileRecord record;
  const uint8_t *data;
  size_t len;

  randombytes_buf_deterministic (file, size, (const uint8_t[randombytes_SEEDBYTES]){6});
  line = make_line (file, 1);
  piece = g_bytes_new (line->data, line->len);
  hark_file_reader_init (&reader, size, 0, size);
  data = g_bytes_get_data (piece, NULL);
  len = 100000;
  g_assert_cmpint (hark_file_reader_take (&reader, piece, &data, &len, &record), ==,
                   HARK_FILE_RECORD_NONE);
  data = line->data + 100000;
  len = line->len - 100000;
  g_assert_cmpint (hark_file_reader_take (&reader, NULL, &data, &len, &record), ==,
                   HARK_FILE_RECORD_BLOCK);
  g_assert_true (memcmp (g_bytes_get_data (record.bytes, NULL), file, BLOCK) == 0);
  g_bytes_unref (record.bytes);
  /* and given up in the middle of the next */
  len = 100;
  data = (const uint8_t *) g_bytes_get_data (piece, NULL) + HARK_BLOCK_LEN;
  g_assert_cmpint (hark_file_reader_take (&reader, piece, &data, &len, &record), ==,
                   HARK_FILE_RECORD_NONE);
  hark_file_reader_clear (&reader);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  if (sodium_init () < 0)
    return 1;
  g_test_add_func ("/file-stream/blocks-in-pieces-are-not-copied", test_pieces);
  g_test_add_func ("/file-stream/block-begun-elsewhere", test_elsewhere);
  return g_test_run ();
}
