/* Copies among the files of a folder that is given: whole blocks that lie before, too. Files of the
 * same size and name are compared, nearest first, then those of the same size; a folder that was
 * copied into itself keeps its order, so what was true of one block is tried for the next. */
#include "core/files/folder-private.h"

#include <string.h>

#define TRIES 3 /* earlier files of the same size that are looked at for one block */
#define GLANCE ((size_t) 4096)

/* For a table: a size alone, or with a name. Where two are one by chance, a try is lost. */
static void *
key_of (uint64_t size, const uint8_t *name, size_t len)
{
  uint64_t key = size * 2 + 1;

  for (size_t i = 0; i < len; i++) /* FNV-1a */
    key = (key ^ name[i]) * 0x100000001b3u;
  return GSIZE_TO_POINTER ((gsize) key);
}

static void *
name_key (const HarkManifest *manifest, const HarkManifestEntry *entry)
{
  size_t len;
  const uint8_t *bytes = hark_manifest_data (manifest, &len);

  return key_of (entry->size, bytes + entry->name_at, entry->name_len);
}

static void
add_to (GHashTable *table, void *key, unsigned index)
{
  GArray *same = g_hash_table_lookup (table, key);

  if (same == NULL) {
    same = g_array_new (FALSE, FALSE, sizeof (unsigned));
    g_hash_table_insert (table, key, same);
  }
  g_array_append_val (same, index);
}

/* The entries of each size, and of each size and name, in the manifest's order. */
static GHashTable *
sort_by_size (const HarkManifest *manifest)
{
  GHashTable *sizes = g_hash_table_new_full (NULL, NULL, NULL, (GDestroyNotify) g_array_unref);

  for (unsigned i = 0; i < hark_manifest_count (manifest); i++) {
    const HarkManifestEntry *entry = hark_manifest_entry (manifest, i);

    if (entry->size == 0)
      continue;
    add_to (sizes, key_of (entry->size, NULL, 0), i);
    add_to (sizes, name_key (manifest, entry), i);
  }
  return sizes;
}

/* Whether @len bytes lie @back before @offset as well; a glance first, for it is mostly not so. */
static bool
is_same (HarkFolder *folder, uint64_t offset, uint64_t back, const uint8_t *data, size_t len)
{
  g_autoptr (HarkDiskReply) unheard = g_new0 (HarkDiskReply, 1);
  const size_t glance = MIN (len, GLANCE), at = (len - glance) / 2;
  const uint64_t manifest_len = folder->facts.manifest_len;
  g_autofree uint8_t *there = NULL;
  uint8_t some[GLANCE];

  if (back < len || offset < manifest_len + back)
    return false;
  if (!hark_folder_read (folder, offset - back + at, some, glance, unheard)
      || memcmp (some, data + at, glance) != 0)
    return false;
  there = g_malloc (len);
  return hark_folder_read (folder, offset - back, there, len, unheard)
         && memcmp (there, data, len) == 0;
}

/* How many of @same begin at @limit or before; they are in order. A million files may be of one
 * size. */
static guint
count_until (const HarkManifest *manifest, const GArray *same, uint64_t limit)
{
  guint from = 0, to = same->len;

  while (from < to) {
    const guint middle = from + (to - from) / 2;

    if (hark_manifest_entry (manifest, g_array_index (same, unsigned, middle))->start <= limit)
      from = middle + 1;
    else
      to = middle;
  }
  return from;
}

/* Looks at a few of @same for the block in the entry @index: the last ones that lie a whole block
 * before it. */
static bool
try_earlier (HarkFolder *folder,
             const GArray *same,
             unsigned index,
             uint64_t offset,
             const uint8_t *data,
             size_t len)
{
  const HarkManifestEntry *entry = hark_manifest_entry (folder->manifest, index);
  guint n = entry->start >= len ? count_until (folder->manifest, same, entry->start - len) : 0;

  for (unsigned tried = 0; n > 0 && tried < TRIES; n--, tried++) {
    const unsigned other = g_array_index (same, unsigned, n - 1);
    const uint64_t back = entry->start - hark_manifest_entry (folder->manifest, other)->start;

    if (is_same (folder, offset, back, data, len)) {
      folder->back = back;
      return true;
    }
  }
  return false;
}

bool
hark_folder_find_twin (
  HarkFolder *folder, uint64_t offset, const uint8_t *data, size_t len, uint64_t *ret)
{
  const uint64_t manifest_len = folder->facts.manifest_len;
  const HarkManifestEntry *entry;
  unsigned index;

  if (folder->manifest == NULL || offset < manifest_len)
    return false;
  if (folder->sizes == NULL)
    folder->sizes = sort_by_size (folder->manifest);
  if (folder->back == 0 || !is_same (folder, offset, folder->back, data, len)) {
    index = hark_manifest_find (folder->manifest, offset - manifest_len + len / 2);
    entry = hark_manifest_entry (folder->manifest, index);
    if (!try_earlier (folder,
                      g_hash_table_lookup (folder->sizes, name_key (folder->manifest, entry)),
                      index, offset, data, len)
        && !try_earlier (folder, g_hash_table_lookup (folder->sizes, key_of (entry->size, NULL, 0)),
                         index, offset, data, len))
      return false;
  }
  *ret = offset - folder->back;
  return true;
}
