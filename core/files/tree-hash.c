#include "core/files/tree-hash.h"

#include "net/base/domain.h"
#include "net/base/hash-four.h"
#include "net/base/hash.h"

#include <glib.h>
#include <string.h>

#define BLOCK_LEAVES 4

G_STATIC_ASSERT (BLOCK_LEAVES *HARK_TREE_LEAF_LEN == HARK_TREE_BLOCK_LEN);
G_STATIC_ASSERT (HARK_HASH_FOUR_LEN == HARK_TREE_HASH_LEN);

uint64_t
hark_tree_block_count (uint64_t size)
{
  return size / HARK_TREE_BLOCK_LEN + (size % HARK_TREE_BLOCK_LEN != 0);
}

static void
hash_leaf (const uint8_t *data, size_t len, uint8_t ret[HARK_TREE_HASH_LEN])
{
  HARK_HASH (ret, HARK_TREE_HASH_LEN, NULL, 0, HARK_DOMAIN_FILE_LEAF, HARK_PART_BYTES (data, len));
}

/* The tree over @n nodes of equal rank. */
static void
hash_nodes (const uint8_t *nodes, uint64_t n, uint8_t ret[HARK_TREE_HASH_LEN])
{
  uint8_t left[HARK_TREE_HASH_LEN], right[HARK_TREE_HASH_LEN];
  uint64_t split = 1;

  if (n == 1) {
    memcpy (ret, nodes, HARK_TREE_HASH_LEN);
    return;
  }
  while (split * 2 < n)
    split *= 2;
  hash_nodes (nodes, split, left);
  hash_nodes (nodes + split * HARK_TREE_HASH_LEN, n - split, right);
  HARK_HASH (ret, HARK_TREE_HASH_LEN, NULL, 0, HARK_DOMAIN_FILE_NODE, HARK_PART (&left),
             HARK_PART (&right));
}

void
hark_tree_hash_block (const uint8_t *data, size_t len, uint8_t ret[HARK_TREE_HASH_LEN])
{
  uint8_t leaves[BLOCK_LEAVES][HARK_TREE_HASH_LEN];
  size_t n = 0;

  if (len == HARK_TREE_BLOCK_LEN) {
    const uint8_t *const four[BLOCK_LEAVES]
      = {data, data + HARK_TREE_LEAF_LEN, data + (size_t) 2 * HARK_TREE_LEAF_LEN,
         data + (size_t) 3 * HARK_TREE_LEAF_LEN};

    hark_hash_four (leaves, HARK_DOMAIN_FILE_LEAF, four, HARK_TREE_LEAF_LEN);
    hash_nodes (leaves[0], BLOCK_LEAVES, ret);
    return;
  }
  do {
    size_t leaf_len = len < HARK_TREE_LEAF_LEN ? len : HARK_TREE_LEAF_LEN;

    hash_leaf (data, leaf_len, leaves[n++]);
    data += leaf_len;
    len -= leaf_len;
  } while (len > 0 && n < BLOCK_LEAVES);
  hash_nodes (leaves[0], n, ret);
}

void
hark_tree_root (const uint8_t *hashes, uint64_t n_blocks, uint8_t ret[HARK_TREE_HASH_LEN])
{
  if (n_blocks == 0)
    hash_leaf ((const uint8_t *) "", 0, ret);
  else
    hash_nodes (hashes, n_blocks, ret);
}
