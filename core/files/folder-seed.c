/* A folder that was given before, most likely: what in it has the size and time that the list says
 * is not pulled again. With all of it there nothing is made beside it; with some of it that is
 * copied. What it is in truth the hashes tell, as ever, and nothing of the older folder is ever
 * written to. */
#define G_LOG_DOMAIN "hark-files"

#include "core/files/folder-private.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

/* What @entry, whose path is in folder->path, seems to be there already. */
static bool
is_there (const HarkFolder *folder, const HarkManifestEntry *entry)
{
  struct stat info;
  int fd = hark_disk_open_beneath (folder->seed, folder->path->str, O_PATH);
  const bool found = fd >= 0 && fstat (fd, &info) == 0;

  if (fd >= 0)
    close (fd);
  if (!found || entry->folder)
    return found && S_ISDIR (info.st_mode);
  return S_ISREG (info.st_mode) && (uint64_t) info.st_size == entry->size
         && hark_disk_mtime_ms (&info) == entry->mtime_ms;
}

bool
hark_folder_is_all_there (HarkFolder *folder, const HarkManifest *manifest)
{
  for (unsigned i = 0; i < hark_manifest_count (manifest); i++) {
    hark_manifest_path (manifest, i, folder->path);
    if (!is_there (folder, hark_manifest_entry (manifest, i)))
      return false;
  }
  return true;
}

/* Where copying does not go it is a hole, which is filled over the line. */
static bool
plant (HarkFolder *folder, const HarkManifestEntry *entry)
{
  int to = hark_disk_open_beneath (folder->top, folder->path->str, O_RDWR | O_CREAT | O_EXCL);
  int from = -1;
  bool good;

  if (to < 0)
    return errno == EEXIST;
  if (is_there (folder, entry))
    from = hark_disk_open_beneath (folder->seed, folder->path->str, O_RDONLY | O_NONBLOCK);
  if (from >= 0 && !hark_disk_copy_bytes (from, to, entry->size))
    g_debug ("not copied: %s", g_strerror (errno));
  good = ftruncate (to, (off_t) entry->size) == 0;
  if (from >= 0)
    close (from);
  close (to);
  return good;
}

bool
hark_folder_plant (HarkFolder *folder)
{
  bool some = false;

  for (unsigned i = 0; i < hark_manifest_count (folder->manifest) && !some; i++) {
    const HarkManifestEntry *entry = hark_manifest_entry (folder->manifest, i);

    hark_manifest_path (folder->manifest, i, folder->path);
    some = !entry->folder && entry->size > 0 && is_there (folder, entry);
  }
  for (unsigned i = 0; i < hark_manifest_count (folder->manifest) && some; i++) {
    const HarkManifestEntry *entry = hark_manifest_entry (folder->manifest, i);

    hark_manifest_path (folder->manifest, i, folder->path);
    if (!entry->folder && entry->size > 0 && !plant (folder, entry))
      return false;
  }
  folder->scattered |= some;
  return true;
}
