/* core/files/stream.h - how a file's bytes travel on a stream of their own.
 *
 * Pure; one thread at a time. The receiver opens the stream: type, offer, where to start; and ends
 * its direction. The sender answers with records to the end of the file, then ends its own:
 *
 *   block   u32 length | 32-byte hash of the block (tree-hash.h) | its bytes
 *   end     u32 0      | 32-byte root of the tree
 *
 * Every block is whole but the file's last.
 * Source: core/PROTOCOL.md "Files". Bytes come from an authenticated peer and are not trusted.
 */
#pragma once

#include "core/files/tree-hash.h"

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

#define HARK_FILE_OFFER_LEN 16
#define HARK_FILE_PULL_LEN (1 + HARK_FILE_OFFER_LEN + 8) /* bytes of the receiver's request */
#define HARK_FILE_RECORD_HEAD_LEN (4 + HARK_TREE_HASH_LEN)

/* hark_file_pull_write: @type is the stream's first byte. */
void hark_file_pull_write (uint8_t type,
                           const uint8_t offer[HARK_FILE_OFFER_LEN],
                           uint64_t offset,
                           uint8_t ret[HARK_FILE_PULL_LEN]);

/* hark_file_pull_read: @data is behind the type byte, HARK_FILE_PULL_LEN - 1 bytes. False when
 * there are more or fewer; @ret_... untouched then. */
bool hark_file_pull_read (const uint8_t *data,
                          size_t len,
                          uint8_t ret_offer[HARK_FILE_OFFER_LEN],
                          uint64_t *ret_offset);

/* hark_file_record_head: of a block of @len bytes, or of the end with 0 and the root. */
void hark_file_record_head (uint32_t len,
                            const uint8_t hash[HARK_TREE_HASH_LEN],
                            uint8_t ret[HARK_FILE_RECORD_HEAD_LEN]);

typedef enum {
  HARK_FILE_RECORD_NONE, /* every byte was taken; more are needed */
  HARK_FILE_RECORD_BLOCK,
  HARK_FILE_RECORD_END,
  HARK_FILE_RECORD_BAD, /* no record that this file can have; for good */
} HarkFileRecordKind;

typedef struct {
  uint64_t offset;                  /* of the block */
  GBytes *bytes;                    /* BLOCK: owned by the caller */
  uint8_t hash[HARK_TREE_HASH_LEN]; /* of the block, or the root; not verified yet */
} HarkFileRecord;

/* Collects the sender's bytes into blocks; holds at most one. */
typedef struct {
  uint64_t size;   /* of the file */
  uint64_t offset; /* of the block being collected */
  uint8_t head[HARK_FILE_RECORD_HEAD_LEN];
  size_t head_len;
  uint8_t *block;               /* owned; NULL between blocks */
  size_t block_size, block_len; /* bytes it will have, and has */
  bool ended, failed;
} HarkFileReader;

/* hark_file_reader_init: for a file of @size bytes from @offset on, a block's start or the end. */
void hark_file_reader_init (HarkFileReader *reader, uint64_t size, uint64_t offset);
void hark_file_reader_clear (HarkFileReader *reader);

/* hark_file_reader_take: takes bytes from the front of *@data until a record is complete or they
 * are used up; moves both pointer and length. Call until it says NONE or BAD. Bytes behind the end
 * are BAD. */
HarkFileRecordKind hark_file_reader_take (HarkFileReader *reader,
                                          const uint8_t **data,
                                          size_t *len,
                                          HarkFileRecord *ret);
