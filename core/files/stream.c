#include "core/files/stream.h"

#include "core/files/block.h"

#include "net/base/reader.h"
#include "net/base/writer.h"

#include <string.h>

#define REPEATS_BIT ((uint64_t) 1 << 63) /* of `to` on the wire */

static bool
is_block_start (uint64_t offset, uint64_t size)
{
  return offset == size || (offset < size && offset % HARK_TREE_BLOCK_LEN == 0);
}

bool
hark_file_range_is_sane (const HarkFileRange *range, uint64_t size)
{
  return is_block_start (range->from, size) && is_block_start (range->to, size)
         && (range->from < range->to || range->from == size);
}

void
hark_file_pull_write (uint8_t type,
                      const uint8_t offer[HARK_FILE_OFFER_LEN],
                      const HarkFileRange *range,
                      uint8_t ret[HARK_FILE_PULL_LEN])
{
  HarkWriter writer;

  hark_writer_init (&writer, ret, HARK_FILE_PULL_LEN);
  hark_writer_u8 (&writer, type);
  hark_writer_bytes (&writer, offer, HARK_FILE_OFFER_LEN);
  hark_writer_u64 (&writer, range->from);
  hark_writer_u64 (&writer, range->to | (range->repeats ? REPEATS_BIT : 0));
  hark_writer_bytes (&writer, range->before, sizeof range->before);
  g_assert (hark_writer_is_ok (&writer));
}

bool
hark_file_pull_read (const uint8_t *data,
                     size_t len,
                     uint8_t ret_offer[HARK_FILE_OFFER_LEN],
                     HarkFileRange *ret_range)
{
  HarkReader reader;

  if (len != HARK_FILE_PULL_LEN - 1)
    return false;
  hark_reader_init (&reader, data, len);
  hark_reader_copy (&reader, ret_offer, HARK_FILE_OFFER_LEN);
  ret_range->from = hark_reader_u64 (&reader);
  ret_range->to = hark_reader_u64 (&reader);
  ret_range->repeats = (ret_range->to & REPEATS_BIT) != 0;
  ret_range->to &= ~REPEATS_BIT;
  hark_reader_copy (&reader, ret_range->before, sizeof ret_range->before);
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
hark_file_record_repeat (uint64_t at,
                         const uint8_t hash[HARK_TREE_HASH_LEN],
                         uint8_t ret[HARK_FILE_REPEAT_LEN])
{
  HarkWriter writer;

  hark_file_record_head (HARK_FILE_RECORD_IS_REPEAT, hash, ret);
  hark_writer_init (&writer, ret + HARK_FILE_RECORD_HEAD_LEN, 8);
  hark_writer_u64 (&writer, at);
}

void
hark_file_reader_init (HarkFileReader *reader, uint64_t size, uint64_t from, uint64_t to)
{
  *reader = (HarkFileReader){.size = size, .from = from, .to = to, .offset = from};
}

void
hark_file_reader_clear (HarkFileReader *reader)
{
  hark_block_free (g_steal_pointer (&reader->block), reader->block_size);
  g_clear_pointer (&reader->piece, g_bytes_unref);
  g_clear_pointer (&reader->map, g_byte_array_unref);
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
  return (size_t) MIN (reader->to - reader->offset, (uint64_t) HARK_TREE_BLOCK_LEN);
}

/* The map comes alone, in place of the range, and is as long as the part before the range. */
static bool
begin_map (HarkFileReader *reader)
{
  if (reader->from == 0 || reader->offset != reader->from)
    return false;
  reader->map = g_byte_array_new ();
  return true;
}

static bool
begin_repeat (HarkFileReader *reader)
{
  reader->repeat = reader->repeats && expected_len (reader) > 0;
  reader->where_len = 0;
  return reader->repeat;
}

/* @at: where the block begins. */
static bool
begin_block (HarkFileReader *reader, GBytes *piece, const uint8_t *at, size_t len)
{
  size_t size = 0;
  const uint8_t *start = piece != NULL ? g_bytes_get_data (piece, &size) : at;

  if (len != expected_len (reader))
    return false;
  reader->block_size = len;
  reader->block_len = 0;
  reader->piece_at = (size_t) (at - start);
  if (len > 0 && piece != NULL && len <= size - reader->piece_at)
    reader->piece = g_bytes_ref (piece);
  else if (len > 0)
    reader->block = hark_block_new (len);
  return true;
}

/* Bytes of the block that came before are where @data follows them, or they are moved out of there.
 */
static void
take_block (HarkFileReader *reader, const uint8_t **data, size_t *len)
{
  const size_t n = MIN (*len, reader->block_size - reader->block_len);

  if (reader->piece != NULL) {
    const uint8_t *start = g_bytes_get_data (reader->piece, NULL);

    if (*data != start + reader->piece_at + reader->block_len) {
      reader->block = hark_block_new (reader->block_size);
      memcpy (reader->block, start + reader->piece_at, reader->block_len);
      g_clear_pointer (&reader->piece, g_bytes_unref);
    }
  }
  if (reader->piece == NULL)
    memcpy (reader->block + reader->block_len, *data, n);
  reader->block_len += n;
  *data += n;
  *len -= n;
}

static GBytes *
finish_block (HarkFileReader *reader)
{
  g_autoptr (GBytes) piece = g_steal_pointer (&reader->piece);

  return piece != NULL ? g_bytes_new_from_bytes (piece, reader->piece_at, reader->block_size)
                       : hark_block_to_bytes (g_steal_pointer (&reader->block), reader->block_size);
}

/* False: more bytes are needed, or the record is bad. */
static bool
take_head (HarkFileReader *reader, GBytes *piece, const uint8_t **data, size_t *len)
{
  HarkReader head;
  uint32_t block_len;

  if (reader->head_len == sizeof reader->head)
    return true;
  reader->head_len
    += take (data, len, reader->head + reader->head_len, sizeof reader->head - reader->head_len);
  if (reader->head_len < sizeof reader->head)
    return false;
  hark_reader_init (&head, reader->head, sizeof reader->head);
  block_len = hark_reader_u32 (&head);
  if (block_len == HARK_FILE_RECORD_IS_MAP)
    reader->failed = !begin_map (reader);
  else if (block_len == HARK_FILE_RECORD_IS_REPEAT)
    reader->failed = !begin_repeat (reader);
  else
    reader->failed = !begin_block (reader, piece, *data, block_len);
  return !reader->failed;
}

static HarkFileRecordKind
take_map (HarkFileReader *reader, const uint8_t **data, size_t *len, HarkFileRecord *ret)
{
  uint64_t blocks = hark_tree_block_count (reader->from);
  uint64_t wanted = blocks * HARK_TREE_HASH_LEN - reader->map->len;
  size_t n = (size_t) MIN (*len, wanted);

  g_byte_array_append (reader->map, *data, (guint) n);
  *data += n;
  *len -= n;
  if (n < wanted)
    return HARK_FILE_RECORD_NONE;
  hark_tree_root (reader->map->data, blocks, ret->hash);
  if (memcmp (ret->hash, reader->head + 4, sizeof ret->hash) != 0) {
    reader->failed = true;
    return HARK_FILE_RECORD_BAD;
  }
  ret->bytes = g_byte_array_free_to_bytes (g_steal_pointer (&reader->map));
  reader->ended = true;
  return HARK_FILE_RECORD_MAP;
}

/* What a repeat stands for lies whole before it. */
static HarkFileRecordKind
take_repeat (HarkFileReader *reader, const uint8_t **data, size_t *len, HarkFileRecord *ret)
{
  const size_t block_len = expected_len (reader);
  HarkReader where;

  reader->where_len += take (data, len, reader->where + reader->where_len,
                             sizeof reader->where - reader->where_len);
  if (reader->where_len < sizeof reader->where)
    return HARK_FILE_RECORD_NONE;
  hark_reader_init (&where, reader->where, sizeof reader->where);
  ret->at = hark_reader_u64 (&where);
  ret->len = block_len;
  if (reader->offset < block_len || ret->at > reader->offset - block_len) {
    reader->failed = true;
    return HARK_FILE_RECORD_BAD;
  }
  memcpy (ret->hash, reader->head + 4, HARK_TREE_HASH_LEN);
  reader->head_len = 0;
  reader->repeat = false;
  reader->offset += block_len;
  return HARK_FILE_RECORD_REPEAT;
}

HarkFileRecordKind
hark_file_reader_take (
  HarkFileReader *reader, GBytes *piece, const uint8_t **data, size_t *len, HarkFileRecord *ret)
{
  if (reader->failed || (reader->ended && *len > 0))
    return HARK_FILE_RECORD_BAD;
  if (*len == 0)
    return HARK_FILE_RECORD_NONE;
  if (!take_head (reader, piece, data, len))
    return reader->failed ? HARK_FILE_RECORD_BAD : HARK_FILE_RECORD_NONE;
  *ret = (HarkFileRecord){.offset = reader->offset};
  if (reader->map != NULL)
    return take_map (reader, data, len, ret);
  if (reader->repeat)
    return take_repeat (reader, data, len, ret);
  if (reader->block_size > 0) {
    take_block (reader, data, len);
    if (reader->block_len < reader->block_size)
      return HARK_FILE_RECORD_NONE;
  }

  memcpy (ret->hash, reader->head + 4, HARK_TREE_HASH_LEN);
  reader->head_len = 0;
  if (reader->block_size == 0) {
    reader->ended = true;
    return HARK_FILE_RECORD_END;
  }
  ret->len = reader->block_size;
  ret->bytes = finish_block (reader);
  reader->offset += reader->block_size;
  return HARK_FILE_RECORD_BLOCK;
}
