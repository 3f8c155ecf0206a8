/* core/files/block.h - memory for the blocks of files on their way.
 *
 * Any thread. Whole blocks are handed round while files are open: the kernel has to clear every
 * fresh page, which costs a tenth of a fast transfer.
 */
#pragma once

#include "core/files/stream.h"

/* Bytes of a whole block with the record's head in front. */
#define HARK_BLOCK_LEN (HARK_FILE_RECORD_HEAD_LEN + HARK_TREE_BLOCK_LEN)

/* hark_block_new: @len bytes, at most HARK_BLOCK_LEN; what they hold is undefined. */
uint8_t *hark_block_new (size_t len);

/* hark_block_free: @len as it was asked for; NULL is fine. */
void hark_block_free (uint8_t *block, size_t len);

/* hark_block_to_bytes: (transfer full): takes @block over. */
GBytes *hark_block_to_bytes (uint8_t *block, size_t len);

/* hark_block_new_bytes: (transfer full): a whole one; who made it may write to it. */
GBytes *hark_block_new_bytes (void);

/* hark_block_hold, hark_block_release: counted; blocks are kept only in between. */
void hark_block_hold (void);
void hark_block_release (void);
