#include "core/files/block.h"

#define KEPT_MAX 16 /* blocks; a transfer has HARK_FILE_BLOCKS_AHEAD and what the stream holds */

static struct {
  GMutex mutex;
  unsigned holders;
  unsigned n_kept;
  uint8_t *kept[KEPT_MAX]; /* HARK_BLOCK_LEN bytes each */
} store;

/* The last block of a file is seldom worth a whole one. */
static bool
is_whole (size_t len)
{
  return len >= HARK_TREE_BLOCK_LEN;
}

uint8_t *
hark_block_new (size_t len)
{
  uint8_t *block = NULL;

  g_assert (len <= HARK_BLOCK_LEN);
  if (!is_whole (len))
    return g_malloc (len);
  g_mutex_lock (&store.mutex);
  if (store.n_kept > 0)
    block = store.kept[--store.n_kept];
  g_mutex_unlock (&store.mutex);
  return block != NULL ? block : g_malloc (HARK_BLOCK_LEN);
}

static void
free_whole (void *block)
{
  g_mutex_lock (&store.mutex);
  if (store.holders > 0 && store.n_kept < KEPT_MAX)
    store.kept[store.n_kept++] = g_steal_pointer (&block);
  g_mutex_unlock (&store.mutex);
  g_free (block);
}

void
hark_block_free (uint8_t *block, size_t len)
{
  if (block != NULL && is_whole (len))
    free_whole (block);
  else
    g_free (block);
}

GBytes *
hark_block_to_bytes (uint8_t *block, size_t len)
{
  return g_bytes_new_with_free_func (block, len, is_whole (len) ? free_whole : g_free, block);
}

GBytes *
hark_block_new_bytes (void)
{
  return hark_block_to_bytes (hark_block_new (HARK_BLOCK_LEN), HARK_BLOCK_LEN);
}

void
hark_block_hold (void)
{
  g_mutex_lock (&store.mutex);
  store.holders++;
  g_mutex_unlock (&store.mutex);
}

void
hark_block_release (void)
{
  g_mutex_lock (&store.mutex);
  g_assert (store.holders > 0);
  if (--store.holders == 0)
    while (store.n_kept > 0)
      g_free (store.kept[--store.n_kept]);
  g_mutex_unlock (&store.mutex);
}
