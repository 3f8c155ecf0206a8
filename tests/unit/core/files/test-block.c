#include "core/files/block.h"

#include <string.h>

static void
test_reuse (void)
{
  uint8_t *first, *second;

  hark_block_hold ();
  first = hark_block_new (HARK_TREE_BLOCK_LEN);
  hark_block_free (first, HARK_TREE_BLOCK_LEN);
  second = hark_block_new (HARK_BLOCK_LEN);
  g_assert_true (second == first);
  memset (second, 1, HARK_BLOCK_LEN);
  g_bytes_unref (hark_block_to_bytes (second, HARK_BLOCK_LEN));
  first = hark_block_new (HARK_TREE_BLOCK_LEN);
  g_assert_true (second == first);
  hark_block_free (first, HARK_TREE_BLOCK_LEN);
  hark_block_release ();
}

static void
test_outlive (void)
{
  GBytes *bytes[32];

  hark_block_hold ();
  for (unsigned i = 0; i < G_N_ELEMENTS (bytes); i++)
    bytes[i] = hark_block_to_bytes (hark_block_new (HARK_TREE_BLOCK_LEN), HARK_TREE_BLOCK_LEN);
  for (unsigned i = 0; i < G_N_ELEMENTS (bytes) - 1; i++)
    g_bytes_unref (bytes[i]);
  hark_block_release ();
  g_bytes_unref (bytes[G_N_ELEMENTS (bytes) - 1]); /* nothing is kept any more: leaks would show */
}

static void
test_short (void)
{
  uint8_t *block = hark_block_new (1);

  block[0] = 1;
  hark_block_free (block, 1);
  g_bytes_unref (hark_block_to_bytes (hark_block_new (1000), 1000));
  hark_block_free (NULL, HARK_BLOCK_LEN);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/block/whole-ones-come-back", test_reuse);
  g_test_add_func ("/block/may-outlive-the-files", test_outlive);
  g_test_add_func ("/block/short-ones-are-their-own", test_short);
  return g_test_run ();
}
