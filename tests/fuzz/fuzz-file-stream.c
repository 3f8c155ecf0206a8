/* The records of a file as the sender's side may send them; the first bytes choose the file's size
 * and the cuts. */
#include "core/files/holding.h"
#include "core/files/stream.h"

#include <string.h>

int LLVMFuzzerTestOneInput (const uint8_t *data, size_t size);

/* What somebody says of what they have: the number of blocks, how many come, these, the bits. */
static void
read_holding (const uint8_t *data, size_t size)
{
  g_autoptr (HarkHolding) holding = NULL;
  uint32_t blocks, coming[HARK_HOLDING_COMING_MAX + 2] = {0};
  size_t n_coming;

  if (size < 5)
    return;
  memcpy (&blocks, data, 4);
  blocks &= 0x7ffff;
  n_coming = data[4] % G_N_ELEMENTS (coming);
  data += 5;
  size -= 5;
  for (size_t i = 0; i < n_coming && size > 0; i++, data++, size--)
    coming[i] = *data * 7u;
  holding = hark_holding_read (blocks, data, size, coming, n_coming);
  if (holding == NULL)
    return;
  g_assert (hark_holding_len (blocks) == size && hark_holding_count (holding) <= size * 8);
  for (uint64_t block = 0; block < blocks + 9ull; block += 1 + block / 3)
    g_assert (!hark_holding_has (holding, block) || block < blocks);
}

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  uint8_t offer[HARK_FILE_OFFER_LEN];
  g_autoptr (GBytes) piece = NULL;
  uint64_t given = 0, from;
  HarkFileRange range;
  HarkFileReader reader;
  HarkFileRecord record;
  uint32_t file_size;
  size_t step;

  hark_file_pull_read (data, size, offer, &range);
  read_holding (data, size);
  if (size < 5)
    return 0;
  memcpy (&file_size, data, 4);
  file_size &= 0x3fffff;
  step = 1 + data[4];
  data += 5;
  size -= 5;

  /* from its start, or from its second block, when a map of the first may come instead */
  from
    = size > 0 && (data[0] & 1) != 0 && file_size > HARK_TREE_BLOCK_LEN ? HARK_TREE_BLOCK_LEN : 0;
  given = from;
  hark_file_reader_init (&reader, file_size, from, file_size);
  reader.repeats = (step & 1) != 0;
  piece = (step & 2) != 0 ? g_bytes_new_static (data, size) : NULL;
  while (size > 0) {
    const uint8_t *at = data;
    size_t len = step < size ? step : size, left = len;
    HarkFileRecordKind kind;

    while ((kind = hark_file_reader_take (&reader, piece, &at, &left, &record))
             == HARK_FILE_RECORD_BLOCK
           || kind == HARK_FILE_RECORD_REPEAT) {
      g_assert (record.offset == given);
      given += record.len;
      if (kind == HARK_FILE_RECORD_BLOCK) {
        g_assert (record.len == g_bytes_get_size (record.bytes));
        g_bytes_unref (record.bytes);
      } else {
        g_assert (reader.repeats && record.at + record.len <= record.offset);
      }
    }
    g_assert (given <= file_size);
    g_assert (kind != HARK_FILE_RECORD_END || given == file_size);
    if (kind == HARK_FILE_RECORD_MAP) {
      g_assert (from > 0 && g_bytes_get_size (record.bytes) == HARK_TREE_HASH_LEN);
      g_bytes_unref (record.bytes);
      break;
    }
    if (kind == HARK_FILE_RECORD_BAD)
      break;
    g_assert (at <= data + len);
    data += len;
    size -= len;
  }
  hark_file_reader_clear (&reader);
  return 0;
}
