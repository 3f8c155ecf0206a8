/* core/files/stream.h - how a file's bytes travel on a stream of their own.
 *
 * Pure; one thread at a time. The receiver opens the stream: type, offer, the range it wants, the
 * root over what it has before it; and ends its direction. The sender answers with records to the
 * end of the range, then ends its own:
 *
 *   block   u32 length | 32-byte hash of the block (tree-hash.h) | its bytes
 *   end     u32 0      | 32-byte root over everything up to the end of the range
 *
 * Every block is whole but the file's last. When the sender has something else before the range,
 * its only record is the list of what it has there, so that the receiver can ask for what differs:
 *
 *   map     u32 2^32-1 | 32-byte root over the list | 32-byte hash of each block before the range
 *
 * Where the receiver said that it takes that, a block that is the same as bytes before it is not
 * sent again:
 *
 *   repeat  u32 2^32-2 | 32-byte hash of the block | u64 where in the file the same bytes lie
 *
 * Source: core/PROTOCOL.md "Files". Bytes come from an authenticated peer and are not trusted.
 */
#pragma once

#include "core/files/tree-hash.h"

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

#define HARK_FILE_OFFER_LEN 16
#define HARK_FILE_RANGE_LEN (8 + 8 + HARK_TREE_HASH_LEN)
#define HARK_FILE_PULL_LEN                                               \
  (1 + HARK_FILE_OFFER_LEN + HARK_FILE_RANGE_LEN) /* the request's bytes \
                                                   */
#define HARK_FILE_RECORD_HEAD_LEN (4 + HARK_TREE_HASH_LEN)

/* What the receiver asks for: bytes @from to @to, each a block's start or the end of the file; and
 * what it has before, the root over those blocks (zeros when there are none). */
typedef struct {
  uint64_t from, to;
  uint8_t before[HARK_TREE_HASH_LEN];
  bool repeats; /* everything before the block at hand is there: it may be repeated */
} HarkFileRange;

/* hark_file_range_is_sane: for a file of @size bytes; empty only at its end. */
bool hark_file_range_is_sane (const HarkFileRange *range, uint64_t size);

/* hark_file_pull_write: @type is the stream's first byte. */
void hark_file_pull_write (uint8_t type,
                           const uint8_t offer[HARK_FILE_OFFER_LEN],
                           const HarkFileRange *range,
                           uint8_t ret[HARK_FILE_PULL_LEN]);

/* hark_file_pull_read: @data is behind the type byte, HARK_FILE_PULL_LEN - 1 bytes. False when
 * there are more or fewer; @ret_... untouched then. */
bool hark_file_pull_read (const uint8_t *data,
                          size_t len,
                          uint8_t ret_offer[HARK_FILE_OFFER_LEN],
                          HarkFileRange *ret_range);

#define HARK_FILE_RECORD_IS_MAP UINT32_MAX /* in place of a length */
#define HARK_FILE_RECORD_IS_REPEAT (UINT32_MAX - 1)
#define HARK_FILE_REPEAT_LEN (HARK_FILE_RECORD_HEAD_LEN + 8)

/* hark_file_record_head: of a block of @len bytes, of the end with 0 and the root, or of a map. */
void hark_file_record_head (uint32_t len,
                            const uint8_t hash[HARK_TREE_HASH_LEN],
                            uint8_t ret[HARK_FILE_RECORD_HEAD_LEN]);

/* hark_file_record_repeat: of a block with @hash, whose bytes lie at @at, too. */
void hark_file_record_repeat (uint64_t at,
                              const uint8_t hash[HARK_TREE_HASH_LEN],
                              uint8_t ret[HARK_FILE_REPEAT_LEN]);

typedef enum {
  HARK_FILE_RECORD_NONE, /* every byte was taken; more are needed */
  HARK_FILE_RECORD_BLOCK,
  HARK_FILE_RECORD_END,
  HARK_FILE_RECORD_MAP,    /* only as the first */
  HARK_FILE_RECORD_REPEAT, /* of whole bytes before the block */
  HARK_FILE_RECORD_BAD,    /* no record that this file can have; for good */
} HarkFileRecordKind;

typedef struct {
  uint64_t offset;                  /* of the block */
  uint64_t at;                      /* REPEAT: where the same bytes lie */
  size_t len;                       /* BLOCK, REPEAT */
  GBytes *bytes;                    /* BLOCK, MAP: owned by the caller */
  uint8_t hash[HARK_TREE_HASH_LEN]; /* of the block, or the root; of a block not
                                       verified yet, of a map verified */
} HarkFileRecord;

/* Collects the sender's bytes into blocks; holds at most one, or a map of 32 bytes for each block
 * before the range. */
typedef struct {
  uint64_t size;     /* of the file */
  uint64_t from, to; /* the range */
  uint64_t offset;   /* of the block being collected */
  uint8_t head[HARK_FILE_RECORD_HEAD_LEN];
  size_t head_len;
  uint8_t *block; /* owned; NULL between blocks, and while `piece` has it */
  GBytes *piece;  /* owned; the block is in it from `piece_at` on; or NULL */
  size_t piece_at;
  size_t block_size, block_len; /* bytes it will have, and has */
  GByteArray *map;              /* owned; NULL but while one comes in */
  uint8_t where[8];             /* of a repeat */
  size_t where_len;
  bool repeats, repeat; /* they may come; this is one */
  bool ended, failed;
} HarkFileReader;

/* hark_file_reader_init: for a sane range of a file of @size bytes; set `repeats` then. */
void hark_file_reader_init (HarkFileReader *reader, uint64_t size, uint64_t from, uint64_t to);
void hark_file_reader_clear (HarkFileReader *reader);

/* hark_file_reader_take: takes bytes from the front of *@data until a record is complete or they
 * are used up; moves both pointer and length. Call until it says NONE or BAD. Bytes behind the end
 * are BAD. @piece: (nullable): where *@data is, with room for what comes next behind it: a block
 * that is whole in there is not copied. */
HarkFileRecordKind hark_file_reader_take (
  HarkFileReader *reader, GBytes *piece, const uint8_t **data, size_t *len, HarkFileRecord *ret);
