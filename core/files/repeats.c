#include "core/files/repeats.h"

#include <string.h>

struct HarkFileRepeats {
  GHashTable *first; /* the first 8 bytes of a hash -> the first block with them */
  uint64_t next;     /* the first block that was not looked at */
};

HarkFileRepeats *
hark_file_repeats_new (void)
{
  HarkFileRepeats *repeats = g_new0 (HarkFileRepeats, 1);

  repeats->first = g_hash_table_new (g_direct_hash, g_direct_equal);
  return repeats;
}

void
hark_file_repeats_free (HarkFileRepeats *repeats)
{
  if (repeats == NULL)
    return;
  g_hash_table_unref (repeats->first);
  g_free (repeats);
}

/* 63 bits, never 0: what follows tells those apart that have them in common. */
static void *
key_of (const uint8_t *hashes, uint64_t block)
{
  uint64_t key;

  memcpy (&key, hashes + block * HARK_TREE_HASH_LEN, sizeof key);
  return (void *) (uintptr_t) (key | 1);
}

static void
remember (HarkFileRepeats *repeats, const uint8_t *hashes, uint64_t n_blocks)
{
  for (; repeats->next < n_blocks; repeats->next++) {
    void *key = key_of (hashes, repeats->next);

    if (g_hash_table_size (repeats->first) < HARK_FILE_REPEATS_MAX
        && !g_hash_table_contains (repeats->first, key))
      g_hash_table_insert (repeats->first, key, (void *) (uintptr_t) repeats->next);
  }
}

bool
hark_file_repeats_find (
  HarkFileRepeats *repeats, const uint8_t *hashes, uint64_t n_blocks, uint64_t block, uint64_t *ret)
{
  void *found;
  uint64_t at;

  remember (repeats, hashes, n_blocks);
  if (!g_hash_table_lookup_extended (repeats->first, key_of (hashes, block), NULL, &found))
    return false;
  at = (uint64_t) (uintptr_t) found;
  if (at >= block
      || memcmp (hashes + at * HARK_TREE_HASH_LEN, hashes + block * HARK_TREE_HASH_LEN,
                 HARK_TREE_HASH_LEN)
           != 0)
    return false;
  *ret = at;
  return true;
}
