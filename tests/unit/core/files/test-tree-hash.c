#include "core/files/tree-hash.h"

#include "net/base/domain.h"
#include "net/base/hash.h"

#include <glib.h>
#include <string.h>

#define LEAF HARK_TREE_LEAF_LEN
#define BLOCK HARK_TREE_BLOCK_LEN

static void
leaf (const uint8_t *data, size_t len, uint8_t ret[32])
{
  HARK_HASH (ret, 32, NULL, 0, HARK_DOMAIN_FILE_LEAF, HARK_PART_BYTES (data, len));
}

static void
node (const uint8_t left[32], const uint8_t right[32], uint8_t ret[32])
{
  HARK_HASH (ret, 32, NULL, 0, HARK_DOMAIN_FILE_NODE, HARK_PART_BYTES (left, 32),
             HARK_PART_BYTES (right, 32));
}

/* RFC 6962 section 2.1, straight from its text, over all leaves at once. */
static void
reference (const uint8_t *data, size_t len, uint8_t ret[32])
{
  size_t leaves = (len + LEAF - 1) / LEAF, split = 1;
  uint8_t left[32], right[32];

  if (leaves <= 1) {
    leaf (data, len, ret);
    return;
  }
  while (split * 2 < leaves)
    split *= 2;
  reference (data, split * LEAF, left);
  reference (data + split * LEAF, len - split * LEAF, right);
  node (left, right, ret);
}

static void
root_of (const uint8_t *data, size_t len, uint8_t ret[32])
{
  uint64_t n = hark_tree_block_count (len);
  uint8_t hashes[16][32];

  g_assert_cmpuint (n, <=, 16);
  for (uint64_t i = 0; i < n; i++)
    hark_tree_hash_block (data + i * BLOCK, MIN (len - i * BLOCK, (size_t) BLOCK), hashes[i]);
  hark_tree_root (hashes[0], n, ret);
}

static void
test_blocks_are_nodes (void)
{
  static const size_t lens[] = {0,
                                1,
                                LEAF - 1,
                                LEAF,
                                LEAF + 1,
                                3 * LEAF,
                                BLOCK - 1,
                                BLOCK,
                                BLOCK + 1,
                                BLOCK + LEAF,
                                3 * BLOCK,
                                5 * BLOCK + 7,
                                7 * BLOCK + 3 * LEAF};
  g_autofree uint8_t *data = g_malloc (8 * BLOCK);

  for (size_t i = 0; i < 8 * BLOCK; i++)
    data[i] = (uint8_t) (i * 2654435761u >> 13);
  for (size_t i = 0; i < G_N_ELEMENTS (lens); i++) {
    uint8_t ours[32], theirs[32];

    root_of (data, lens[i], ours);
    reference (data, lens[i], theirs);
    g_assert_true (memcmp (ours, theirs, sizeof ours) == 0);
  }
}

static void
test_differs (void)
{
  g_autofree uint8_t *data = g_malloc0 (2 * BLOCK);
  uint8_t before[32], after[32];

  root_of (data, 2 * BLOCK, before);
  data[BLOCK + 5] ^= 1;
  root_of (data, 2 * BLOCK, after);
  g_assert_true (memcmp (before, after, 32) != 0);
  data[BLOCK + 5] ^= 1;
  root_of (data, 2 * BLOCK - 1, after);
  g_assert_true (memcmp (before, after, 32) != 0);
}

static void
test_count (void)
{
  g_assert_cmpuint (hark_tree_block_count (0), ==, 0);
  g_assert_cmpuint (hark_tree_block_count (1), ==, 1);
  g_assert_cmpuint (hark_tree_block_count (BLOCK), ==, 1);
  g_assert_cmpuint (hark_tree_block_count (BLOCK + 1), ==, 2);
  g_assert_cmpuint (hark_tree_block_count (UINT64_MAX), ==, UINT64_MAX / BLOCK + 1);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/tree-hash/blocks-are-nodes-of-the-whole", test_blocks_are_nodes);
  g_test_add_func ("/tree-hash/every-byte-and-length-counts", test_differs);
  g_test_add_func ("/tree-hash/counts-blocks-without-overflow", test_count);
  return g_test_run ();
}
