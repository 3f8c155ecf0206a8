/* core/files/tree-hash.h - a BLAKE2b hash tree over a file, block by block.
 *
 * Pure; any thread. Leaves are 256 KiB of the file (the last one shorter; an empty file has one
 * empty leaf). A tree over n > 1 leaves splits at the largest power of two below n (as RFC 6962
 * section 2.1 does), so each full block of four leaves is a node of the tree and blocks can be
 * verified alone.
 *
 *   leaf = BLAKE2b-256(HARK_DOMAIN_FILE_LEAF || bytes)
 *   node = BLAKE2b-256(HARK_DOMAIN_FILE_NODE || left || right)
 *
 * Source: core/PROTOCOL.md "Files".
 */
#pragma once

#include <stddef.h>
#include <stdint.h>

#define HARK_FILE_SIZE_MAX ((uint64_t) 1 << 46) /* bytes: 64 TiB */
#define HARK_TREE_HASH_LEN 32
#define HARK_TREE_LEAF_LEN (256 * 1024)
#define HARK_TREE_BLOCK_LEN (1024 * 1024) /* four leaves */

/* hark_tree_block_count: blocks of a file of @size bytes; 0 for an empty one. */
uint64_t hark_tree_block_count (uint64_t size);

/* hark_tree_hash_block: the node over one block of up to HARK_TREE_BLOCK_LEN bytes. */
void hark_tree_hash_block (const uint8_t *data, size_t len, uint8_t ret[HARK_TREE_HASH_LEN]);

/* hark_tree_root: the root over @n_blocks block hashes, 32 bytes each; 0 blocks: the empty file.
 * Recursion depth is at most 64. */
void hark_tree_root (const uint8_t *hashes, uint64_t n_blocks, uint8_t ret[HARK_TREE_HASH_LEN]);
