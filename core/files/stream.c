#include "core/files/stream.h"

#include "core/files/block.h"

#include "net/base/reader.h"
#include "net/base/writer.h"

#include <string.h>

void
hark_file_pull_write (uint8_t type,
                      const uint8_t offer[HARK_FILE_OFFER_LEN],
                      uint64_t offset,
                      uint8_t ret[HARK_FILE_PULL_LEN])
{
  HarkWriter writer;

  hark_writer_init (&writer, ret, HARK_FILE_PULL_LEN);
  hark_writer_u8 (&writer, type);
  hark_writer_bytes (&writer, offer, HARK_FILE_OFFER_LEN);
  hark_writer_u64 (&writer, offset);
  g_assert (hark_writer_is_ok (&writer));
}

bool
hark_file_pull_read (const uint8_t *data,
                     size_t len,
                     uint8_t ret_offer[HARK_FILE_OFFER_LEN],
                     uint64_t *ret_offset)
{
  HarkReader reader;

  if (len != HARK_FILE_PULL_LEN - 1)
    return false;
  hark_reader_init (&reader, data, len);
  hark_reader_copy (&reader, ret_offer, HARK_FILE_OFFER_LEN);
  *ret_offset = hark_reader_u64 (&reader);
  return true;
}

void
hark_file_record_head (uint32_t len,
                       const uint8_t hash[HARK_TREE_HASH_LEN],
                       uint8_t ret[HARK_FILE_RECORD_HEAD_LEN])
{
  HarkWriter writer;

  hark_writer_init (&writer, ret, HARK_FILE_RECORD_HEAD_LEN);
  hark_writer_u32 (&writer, len);
  hark_writer_bytes (&writer, hash, HARK_TREE_HASH_LEN);
}

void
hark_file_reader_init (HarkFileReader *reader, uint64_t size, uint64_t offset)
{
  *reader = (HarkFileReader){.size = size, .offset = offset};
}

void
hark_file_reader_clear (HarkFileReader *reader)
{
  hark_block_free (g_steal_pointer (&reader->block), reader->block_size);
}

static size_t
take (const uint8_t **data, size_t *len, uint8_t *to, size_t want)
{
  size_t n = MIN (*len, want);

  memcpy (to, *data, n);
  *data += n;
  *len -= n;
  return n;
}

/* The next block's length is not the sender's to choose. */
static size_t
expected_len (const HarkFileReader *reader)
{
  return (size_t) MIN (reader->size - reader->offset, (uint64_t) HARK_TREE_BLOCK_LEN);
}

static bool
head_is_sane (HarkFileReader *reader)
{
  HarkReader head;

  hark_reader_init (&head, reader->head, sizeof reader->head);
  return hark_reader_u32 (&head) == expected_len (reader);
}

HarkFileRecordKind
hark_file_reader_take (HarkFileReader *reader,
                       const uint8_t **data,
                       size_t *len,
                       HarkFileRecord *ret)
{
  size_t block_len = expected_len (reader);

  if (reader->failed || (reader->ended && *len > 0))
    return HARK_FILE_RECORD_BAD;
  if (*len == 0)
    return HARK_FILE_RECORD_NONE;
  if (reader->head_len < sizeof reader->head) {
    reader->head_len
      += take (data, len, reader->head + reader->head_len, sizeof reader->head - reader->head_len);
    if (reader->head_len < sizeof reader->head)
      return HARK_FILE_RECORD_NONE;
    if (!head_is_sane (reader)) {
      reader->failed = true;
      return HARK_FILE_RECORD_BAD;
    }
    reader->block = block_len > 0 ? hark_block_new (block_len) : NULL;
    reader->block_size = block_len;
    reader->block_len = 0;
  }
  if (block_len > 0) {
    reader->block_len
      += take (data, len, reader->block + reader->block_len, block_len - reader->block_len);
    if (reader->block_len < block_len)
      return HARK_FILE_RECORD_NONE;
  }

  *ret = (HarkFileRecord){.offset = reader->offset};
  memcpy (ret->hash, reader->head + 4, HARK_TREE_HASH_LEN);
  reader->head_len = 0;
  if (block_len == 0) {
    reader->ended = true;
    return HARK_FILE_RECORD_END;
  }
  ret->bytes = hark_block_to_bytes (g_steal_pointer (&reader->block), block_len);
  reader->offset += block_len;
  return HARK_FILE_RECORD_BLOCK;
}
