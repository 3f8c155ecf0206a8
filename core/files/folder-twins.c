/* Copies among the files of a folder that is given: whole blocks that lie before, too. Files of the
 * same size are compared, nearest first; a folder that was copied into itself keeps its order, so
 * what was true of one block is tried for the next. */
#include "core/files/folder-private.h"

#include <string.h>

#define TRIES 3 /* earlier files of the same size that are looked at for one block */
#define GLANCE ((size_t) 4096)

/* The entries of each size, in the manifest's order. */
static GHashTable *
sort_by_size (const HarkManifest *manifest)
{
  GHashTable *sizes
    = g_hash_table_new_full (g_int64_hash, g_int64_equal, NULL, (GDestroyNotify) g_array_unref);

  for (unsigned i = 0; i < hark_manifest_count (manifest); i++) {
    const HarkManifestEntry *entry = hark_manifest_entry (manifest, i);
    GArray *same;

    if (entry->size == 0)
      continue;
    same = g_hash_table_lookup (sizes, &entry->size);
    if (same == NULL) {
      same = g_array_new (FALSE, FALSE, sizeof (unsigned));
      g_hash_table_insert (sizes, (void *) &entry->size, same);
    }
    g_array_append_val (same, i);
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

bool
hark_folder_find_twin (
  HarkFolder *folder, uint64_t offset, const uint8_t *data, size_t len, uint64_t *ret)
{
  const uint64_t manifest_len = folder->facts.manifest_len;
  const HarkManifestEntry *entry;
  const GArray *same;
  unsigned index, tried = 0;

  if (folder->manifest == NULL || offset < manifest_len)
    return false;
  if (folder->sizes == NULL)
    folder->sizes = sort_by_size (folder->manifest);
  if (folder->back > 0 && is_same (folder, offset, folder->back, data, len)) {
    *ret = offset - folder->back;
    return true;
  }
  index = hark_manifest_find (folder->manifest, offset - manifest_len + len / 2);
  entry = hark_manifest_entry (folder->manifest, index);
  same = g_hash_table_lookup (folder->sizes, &entry->size);
  for (guint i = same->len; i > 0 && tried < TRIES; i--) {
    const unsigned other = g_array_index (same, unsigned, i - 1);
    const HarkManifestEntry *earlier = hark_manifest_entry (folder->manifest, other);

    if (other >= index || entry->start - earlier->start < len)
      continue;
    tried++;
    if (is_same (folder, offset, entry->start - earlier->start, data, len)) {
      folder->back = entry->start - earlier->start;
      *ret = offset - folder->back;
      return true;
    }
  }
  return false;
}
