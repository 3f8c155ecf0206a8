/* Walking a folder, to list what is in it, and to see whether that is still there. */
#include "core/files/folder-private.h"
#include "core/files/shared.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#define REST_MAX 100000 /* entries, of about 100 bytes */

/* Of one that came for a group: not the user's, and it would change what is given. */
static bool
is_list (int folder, const char *name)
{
  int fd = strcmp (name, HARK_FOLDER_MANIFEST) == 0
             ? hark_disk_open_beneath (folder, name, O_RDONLY | O_NONBLOCK)
             : -1;
  HarkManifest *manifest = fd >= 0 ? hark_folder_load_manifest (fd, NULL) : NULL;
  const bool is = manifest != NULL;

  hark_manifest_free (manifest);
  if (fd >= 0)
    close (fd);
  return is;
}

typedef struct {
  HarkManifest *manifest;
  HarkDiskReply *reply;
  unsigned depth;
  bool shared; /* names that begin with a dot are not there */
  uid_t user;
} Walk;

static bool
add_entry (Walk *walk, const char *name, const struct stat *info)
{
  HarkManifestEntry entry = {.folder = S_ISDIR (info->st_mode),
                             .executable = S_ISREG (info->st_mode) && (info->st_mode & 0111) != 0,
                             .size = S_ISREG (info->st_mode) ? (uint64_t) info->st_size : 0,
                             .mtime_ms = hark_disk_mtime_ms (info),
                             .depth = (uint8_t) walk->depth,
                             .name_len = (uint16_t) MIN (strlen (name), UINT16_MAX)};

  if (hark_manifest_add (walk->manifest, &entry, (const uint8_t *) name))
    return true;
  hark_disk_refuse (walk->reply, HARK_DISK_ERROR,
                    "There is more in this folder than can be given at once: at most 1,000,000 "
                    "files, 64 TiB and 64 folders in each other.");
  return false;
}

static bool walk_folder (Walk *walk, int folder);

/* The owner's own bit says it without asking the kernel, which a scan of many files feels. */
static bool
is_readable (const Walk *walk, int folder, const char *name, const struct stat *info)
{
  return (info->st_uid == walk->user && (info->st_mode & S_IRUSR) != 0)
         || faccessat (folder, name, R_OK, AT_EACCESS) == 0;
}

static bool
walk_entry (Walk *walk, int folder, const char *name)
{
  struct stat info;
  bool went_well;
  int fd;

  if (fstatat (folder, name, &info, AT_SYMLINK_NOFOLLOW) != 0
      || !(S_ISREG (info.st_mode) || S_ISDIR (info.st_mode))
      || !is_readable (walk, folder, name, &info)) {
    walk->reply->skipped++;
    return true;
  }
  if (!S_ISDIR (info.st_mode))
    return add_entry (walk, name, &info);
  fd = openat (folder, name, HARK_OPEN_FOLDER);
  if (fd < 0) {
    walk->reply->skipped++;
    return true;
  }
  went_well = add_entry (walk, name, &info) && walk_folder (walk, fd);
  close (fd);
  return went_well;
}

/* As deep as the manifest allows, which is bounded. */
static bool
walk_folder (Walk *walk, int folder)
{
  g_autoptr (GPtrArray) names = hark_folder_names (folder);
  bool went_well = true;

  walk->depth++;
  for (guint i = 0; went_well && i < names->len; i++)
    if ((!walk->shared || *(const char *) names->pdata[i] != '.')
        && (walk->depth > 1 || !is_list (folder, names->pdata[i])))
      went_well = walk_entry (walk, folder, names->pdata[i]);
  walk->depth--;
  return went_well;
}

HarkFolder *
hark_folder_scan (const char *path, HarkDiskReply *reply)
{
  g_autoptr (HarkManifest) manifest = hark_manifest_new ();
  Walk walk
    = {.manifest = manifest, .reply = reply, .shared = hark_shared_is (path), .user = geteuid ()};
  int top = hark_shared_open (path, O_RDONLY | O_DIRECTORY);

  if (top < 0) {
    hark_disk_refuse_errno (reply, errno == ENOTDIR ? ENOENT : errno,
                            "The folder cannot be opened");
    return NULL;
  }
  if (!walk_folder (&walk, top)) {
    close (top);
    return NULL;
  }
  hark_manifest_facts (manifest, &reply->folder);
  reply->size = reply->folder.manifest_len + hark_manifest_total (manifest);
  return hark_folder_new (top, g_steal_pointer (&manifest), &reply->folder);
}

/* ---- once more ---- */

bool
hark_folder_rest (HarkFolder *folder)
{
  if (hark_manifest_count (folder->manifest) > REST_MAX)
    return false;
  close (folder->top);
  folder->top = -1;
  return true;
}

/* Nobody reads one without bytes, so nobody would notice that it has some by now. */
static bool
is_still_empty (int folder, const char *name, const HarkManifestEntry *entry)
{
  struct stat info;

  return fstatat (folder, name, &info, AT_SYMLINK_NOFOLLOW) == 0 && S_ISREG (info.st_mode)
         && info.st_size == 0 && hark_disk_mtime_ms (&info) == entry->mtime_ms;
}

static bool has_entries (const HarkManifest *manifest, int folder, unsigned depth, unsigned *at);

static bool
has_entry (const HarkManifest *manifest, int folder, const char *name, unsigned depth, unsigned *at)
{
  const HarkManifestEntry *entry;
  const uint8_t *names;
  bool good;
  size_t len;
  int fd;

  if (*at == hark_manifest_count (manifest))
    return false;
  entry = hark_manifest_entry (manifest, (*at)++);
  names = hark_manifest_data (manifest, &len);
  if (entry->depth != depth || entry->name_len != strlen (name)
      || memcmp (names + entry->name_at, name, entry->name_len) != 0)
    return false;
  if (!entry->folder)
    return entry->size > 0 || is_still_empty (folder, name, entry);
  fd = openat (folder, name, HARK_OPEN_FOLDER);
  if (fd < 0)
    return false;
  good = has_entries (manifest, fd, depth + 1, at);
  close (fd);
  return good;
}

/* As deep as the list. */
static bool
has_entries (const HarkManifest *manifest, int folder, unsigned depth, unsigned *at)
{
  g_autoptr (GPtrArray) names = hark_folder_names (folder);

  for (guint i = 0; i < names->len; i++)
    if (!has_entry (manifest, folder, names->pdata[i], depth, at))
      return false;
  return true;
}

bool
hark_folder_wake (HarkFolder *folder, const char *path)
{
  unsigned at = 0;

  folder->top = hark_shared_open (path, O_RDONLY | O_DIRECTORY);
  return folder->top >= 0 && has_entries (folder->manifest, folder->top, 1, &at)
         && at == hark_manifest_count (folder->manifest);
}
