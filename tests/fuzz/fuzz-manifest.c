/* The list of a folder as another may send it: refused, or every name safe, every byte in one file.
 */
#include "core/files/manifest.h"

#include <string.h>

#define LOOKED_AT_MAX 64u /* entries and bytes of each list */

int LLVMFuzzerTestOneInput (const uint8_t *data, size_t size);

static void
check_path (const HarkManifest *manifest, unsigned index)
{
  g_autoptr (GString) path = g_string_new (NULL);
  g_auto (GStrv) parts = NULL;

  hark_manifest_path (manifest, index, path);
  g_assert (path->len > 0 && g_utf8_validate (path->str, (gssize) path->len, NULL));
  parts = g_strsplit (path->str, "/", -1);
  for (char **part = parts; *part != NULL; part++)
    g_assert (**part != '\0' && strcmp (*part, ".") != 0 && strcmp (*part, "..") != 0);
}

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  g_autoptr (HarkManifest) manifest = hark_manifest_read (data, size);
  g_autoptr (HarkManifest) same = hark_manifest_new ();
  uint64_t total;
  unsigned count;
  size_t len;

  if (manifest == NULL)
    return 0;
  count = hark_manifest_count (manifest);
  for (unsigned i = 0; i < count; i++) {
    const HarkManifestEntry *entry = hark_manifest_entry (manifest, i), *added;

    g_assert (hark_manifest_add (same, entry, data + entry->name_at));
    added = hark_manifest_entry (same, i);
    g_assert (added->start == entry->start && added->parent == entry->parent
              && added->name_at == entry->name_at);
  }
  g_assert (memcmp (hark_manifest_data (same, &len), data, size) == 0 && len == size);
  total = hark_manifest_total (manifest);
  for (unsigned fold = 0; fold < 2; fold++) {
    hark_manifest_clean (manifest, fold != 0);
    for (unsigned i = 0; i < MIN (count, LOOKED_AT_MAX); i++)
      check_path (manifest, i);
  }
  for (unsigned i = 0; total > 0 && i < LOOKED_AT_MAX; i++) {
    uint64_t offset = (total - 1) / LOOKED_AT_MAX * i;
    const HarkManifestEntry *entry
      = hark_manifest_entry (manifest, hark_manifest_find (manifest, offset, i));

    g_assert (!entry->folder && offset >= entry->start && offset - entry->start < entry->size);
  }
  return 0;
}
