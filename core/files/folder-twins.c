/* Copies among the files of a folder that is given: whole blocks that lie before, too. Files of the
 * same size and name are compared, nearest first, then those of the same size; a folder that was
 * copied into itself keeps its order, so what was true of one block is tried for the next. */
#include "core/files/folder-private.h"

#include <string.h>

#define TRIES 3      /* earlier files of the same size that are looked at for one block */
#define STRANGERS 32 /* in their slot, before it is left: somebody made them so */
#define GLANCE ((size_t) 4096)

/* Of an entry: which one before it fell into the same slot; plus 1, 0: none. */
struct HarkTwins {
  uint32_t by_size;
  uint32_t by_name; /* and size */
};

/* Where two are one by chance, a step is lost. */
static size_t
slot_of (const HarkManifest *manifest, const HarkManifestEntry *entry, bool by_name, unsigned bits)
{
  uint64_t key = entry->size;
  const uint8_t *name;
  size_t len;

  name = hark_manifest_data (manifest, &len) + entry->name_at;
  for (size_t i = 0; by_name && i < entry->name_len; i++)
    key = (key ^ name[i]) * UINT64_C (0x100000001b3); /* FNV-1a */
  return (size_t) ((key * UINT64_C (0x9e3779b97f4a7c15)) >> (64 - bits));
}

/* (transfer full): for each entry with bytes. */
static HarkTwins *
chain_entries (const HarkManifest *manifest)
{
  const unsigned n = hark_manifest_count (manifest), bits = g_bit_storage (n) + 1;
  HarkTwins *twins = g_new0 (HarkTwins, n);
  g_autofree HarkTwins *last = g_new0 (HarkTwins, (size_t) 1 << bits);

  for (unsigned i = 0; i < n; i++) {
    const HarkManifestEntry *entry = hark_manifest_entry (manifest, i);
    uint32_t *size, *name;

    if (entry->size == 0)
      continue;
    size = &last[slot_of (manifest, entry, false, bits)].by_size;
    name = &last[slot_of (manifest, entry, true, bits)].by_name;
    twins[i] = (HarkTwins){.by_size = *size, .by_name = *name};
    *size = *name = i + 1;
  }
  return twins;
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

static bool
is_alike (const HarkManifest *manifest,
          const HarkManifestEntry *a,
          const HarkManifestEntry *b,
          bool by_name)
{
  const uint8_t *bytes;
  size_t len;

  if (a->size != b->size || !by_name)
    return a->size == b->size;
  bytes = hark_manifest_data (manifest, &len);
  return a->name_len == b->name_len
         && memcmp (bytes + a->name_at, bytes + b->name_at, a->name_len) == 0;
}

/* Looks at a few of those like the entry @index for the block in it: the last ones that lie a whole
 * block before it. */
static bool
try_earlier (HarkFolder *folder,
             bool by_name,
             unsigned index,
             uint64_t offset,
             const uint8_t *data,
             size_t len)
{
  const HarkManifestEntry *entry = hark_manifest_entry (folder->manifest, index), *other;
  unsigned tried = 0, strangers = 0;

  for (unsigned at = index + 1; tried < TRIES && strangers < STRANGERS;) {
    at = by_name ? folder->twins[at - 1].by_name : folder->twins[at - 1].by_size;
    if (at == 0)
      break;
    other = hark_manifest_entry (folder->manifest, at - 1);
    if (!is_alike (folder->manifest, entry, other, by_name)) {
      strangers++;
    } else if (entry->start - other->start
               >= len) { /* many small ones may be in the block itself */
      tried++;
      if (is_same (folder, offset, entry->start - other->start, data, len)) {
        folder->back = entry->start - other->start;
        return true;
      }
    }
  }
  return false;
}

bool
hark_folder_find_twin (
  HarkFolder *folder, uint64_t offset, const uint8_t *data, size_t len, uint64_t *ret)
{
  const uint64_t manifest_len = folder->facts.manifest_len;
  unsigned index;

  if (folder->manifest == NULL || offset < manifest_len)
    return false;
  if (folder->twins == NULL)
    folder->twins = chain_entries (folder->manifest);
  if (folder->back == 0 || !is_same (folder, offset, folder->back, data, len)) {
    index = hark_manifest_find (folder->manifest, offset - manifest_len + len / 2, 0);
    if (!try_earlier (folder, true, index, offset, data, len)
        && !try_earlier (folder, false, index, offset, data, len))
      return false;
  }
  *ret = offset - folder->back;
  return true;
}
