/* The bytes of a folder, wherever they lie: reading for both sides, writing for the receiver. */
#define G_LOG_DOMAIN "hark-files"

#include "core/files/folder-private.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

HarkFolder *
hark_folder_new (int top, HarkManifest *manifest, const HarkFolderFacts *facts)
{
  HarkFolder *folder = g_new0 (HarkFolder, 1);

  folder->top = top;
  folder->manifest = manifest;
  folder->facts = *facts;
  folder->fd = folder->manifest_fd = folder->seed = -1;
  folder->path = g_string_new (NULL);
  return folder;
}

void
hark_folder_free (HarkFolder *folder)
{
  if (folder == NULL)
    return;
  if (folder->fd >= 0)
    close (folder->fd);
  if (folder->manifest_fd >= 0)
    close (folder->manifest_fd);
  if (folder->seed >= 0)
    close (folder->seed);
  if (folder->top >= 0)
    close (folder->top);
  hark_manifest_free (folder->manifest);
  g_string_free (folder->path, TRUE);
  g_free (folder->twins);
  g_free (folder);
}

static void
refuse_entry (HarkFolder *folder, HarkDiskReply *reply, HarkDiskResult result, const char *words)
{
  g_autofree char *shown = g_utf8_make_valid (folder->path->str, -1);
  g_autofree char *all = g_strdup_printf ("\"%s\" %s", shown, words);

  hark_disk_refuse (reply, result, all);
}

static void
refuse_entry_errno (HarkFolder *folder, HarkDiskReply *reply, int error, const char *what)
{
  g_autofree char *shown = g_utf8_make_valid (folder->path->str, -1);
  g_autofree char *all = g_strdup_printf ("\"%s\" %s", shown, what);

  hark_disk_refuse_errno (reply, error, all);
}

static void
close_file (HarkFolder *folder)
{
  if (folder->fd >= 0)
    close (folder->fd);
  folder->fd = -1;
}

/* ---- reading ---- */

/* What was given is sent as it was when it was given, or not at all. */
static bool
check_source (HarkFolder *folder, const HarkManifestEntry *entry, HarkDiskReply *reply)
{
  struct stat info;

  if (fstat (folder->fd, &info) == 0 && S_ISREG (info.st_mode)
      && (folder->target || folder->part
          || ((uint64_t) info.st_size == entry->size
              && hark_disk_mtime_ms (&info) == entry->mtime_ms)))
    return true;
  refuse_entry (folder, reply, HARK_DISK_CHANGED,
                "was changed after the folder was offered. Give it again.");
  close_file (folder);
  return false;
}

static bool
open_for_reading (HarkFolder *folder, unsigned index, HarkDiskReply *reply)
{
  if (folder->fd >= 0 && folder->current == index)
    return true;
  close_file (folder);
  hark_manifest_path (folder->manifest, index, folder->path);
  folder->current = index;
  folder->fd = hark_disk_open_beneath (
    folder->in_place ? folder->seed : folder->top, folder->path->str,
    (folder->target && !folder->in_place ? O_RDWR : O_RDONLY) | O_NONBLOCK);
  if (folder->fd >= 0)
    return check_source (folder, hark_manifest_entry (folder->manifest, index), reply);
  if (!folder->target && (errno == ENOENT || errno == ENOTDIR || errno == ELOOP || errno == EACCES))
    refuse_entry (folder, reply, HARK_DISK_CHANGED, "is not there any more.");
  else
    refuse_entry_errno (folder, reply, errno, "cannot be opened");
  return false;
}

static bool
read_manifest (HarkFolder *folder, uint64_t offset, uint8_t *data, size_t len, HarkDiskReply *reply)
{
  size_t all;
  const uint8_t *bytes;

  if (folder->manifest == NULL)
    return hark_disk_read (folder->manifest_fd, data, len, offset, reply);
  bytes = hark_manifest_data (folder->manifest, &all);
  memcpy (data, bytes + offset, len);
  return true;
}

bool
hark_folder_read (
  HarkFolder *folder, uint64_t offset, uint8_t *data, size_t len, HarkDiskReply *reply)
{
  const uint64_t manifest_len = folder->facts.manifest_len;

  while (len > 0) {
    const HarkManifestEntry *entry;
    unsigned index;
    size_t n;

    if (offset < manifest_len) {
      n = (size_t) MIN (len, manifest_len - offset);
      if (!read_manifest (folder, offset, data, n, reply))
        return false;
    } else {
      if (folder->manifest == NULL
          || offset - manifest_len + len > hark_manifest_total (folder->manifest)) {
        hark_disk_refuse (reply, HARK_DISK_ERROR, "More was asked for than the folder has.");
        return false;
      }
      index = hark_manifest_find (folder->manifest, offset - manifest_len, folder->current);
      entry = hark_manifest_entry (folder->manifest, index);
      n = (size_t) MIN (len, manifest_len + entry->start + entry->size - offset);
      if (!open_for_reading (folder, index, reply)
          || !hark_disk_read (folder->fd, data, n, offset - manifest_len - entry->start, reply))
        return false;
      if (offset + n == manifest_len + entry->start + entry->size)
        close_file (folder);
    }
    offset += n;
    data += n;
    len -= n;
  }
  return true;
}

/* ---- the receiver's ---- */

/* A folder at @path below @top; one that is there will do. Never through a link, which somebody may
 * put in place of what we have made: so in the folder above it, opened beneath @top. */
static bool
make_beneath (int top, const char *path)
{
  const char *slash = strrchr (path, '/');
  g_autofree char *above = slash != NULL ? g_strndup (path, (gsize) (slash - path)) : NULL;
  int parent = above != NULL ? hark_disk_open_beneath (top, above, O_RDONLY | O_DIRECTORY) : top;
  int error = 0;

  if (parent < 0)
    return false;
  if (mkdirat (parent, slash != NULL ? slash + 1 : path, 0700) != 0 && errno != EEXIST)
    error = errno;
  if (parent != top)
    close (parent);
  errno = error;
  return error == 0;
}

static bool
make_folders (HarkFolder *folder, const HarkManifest *manifest, HarkDiskReply *reply)
{
  for (unsigned i = 0; i < hark_manifest_count (manifest); i++) {
    if (!hark_manifest_entry (manifest, i)->folder)
      continue;
    hark_manifest_path (manifest, i, folder->path);
    if (!make_beneath (folder->top, folder->path->str)) {
      refuse_entry_errno (folder, reply, errno, "cannot be made");
      return false;
    }
  }
  return true;
}

/* Takes over what the seed has. */
static bool
plant (HarkFolder *folder, HarkDiskReply *reply)
{
  if (hark_folder_plant (folder))
    return true;
  refuse_entry_errno (folder, reply, errno, "cannot be made");
  return false;
}

/* With the manifest complete, everything gets its name and the folders are made. */
static bool
start_contents (HarkFolder *folder, HarkDiskReply *reply)
{
  g_autoptr (HarkManifest) manifest
    = hark_folder_load_manifest (folder->manifest_fd, &folder->facts);
  g_autoptr (GHashTable) left = NULL; /* in the folder by an older list */
  bool fresh;

  if (manifest == NULL
      || hark_manifest_total (manifest) != folder->size - folder->facts.manifest_len) {
    hark_disk_refuse (reply, HARK_DISK_ERROR, "The folder's list is not the one that was offered.");
    return false;
  }
  hark_manifest_clean (manifest, hark_folder_ignores_capitals (folder->top));
  if (hark_folder_has_older (folder->top))
    left = hark_folder_sort_out (folder, manifest);
  fresh = folder->seed >= 0 && left == NULL && !hark_folder_has_contents (folder->top);
  folder->in_place = fresh && hark_folder_is_all_there (folder, manifest);
  if (!folder->in_place && !make_folders (folder, manifest, reply))
    return false;
  folder->manifest = g_steal_pointer (&manifest);
  if (left == NULL)
    return !fresh || folder->in_place || plant (folder, reply);
  if (hark_folder_fill (folder, left))
    return true;
  refuse_entry_errno (folder, reply, errno, "cannot be made");
  g_clear_pointer (&folder->manifest, hark_manifest_free);
  return false;
}

/* Files are written one after another, so the first that is not complete says how far it got. */
static uint64_t
written (HarkFolder *folder)
{
  const uint64_t manifest_len = folder->facts.manifest_len;
  struct stat info;

  for (unsigned i = 0; i < hark_manifest_count (folder->manifest); i++) {
    const HarkManifestEntry *entry = hark_manifest_entry (folder->manifest, i);

    if (entry->size == 0)
      continue;
    hark_manifest_path (folder->manifest, i, folder->path);
    if (fstatat (folder->top, folder->path->str, &info, AT_SYMLINK_NOFOLLOW) != 0
        || !S_ISREG (info.st_mode) || (uint64_t) info.st_size > entry->size)
      return manifest_len + entry->start;
    if ((uint64_t) info.st_size < entry->size)
      return manifest_len + entry->start + (uint64_t) info.st_size;
  }
  return folder->size;
}

/* Another list will come; what is there waits for it (folder-older.c). */
static bool
begin_list (HarkFolder *folder, HarkDiskReply *reply)
{
  hark_disk_clear (reply);
  close (folder->manifest_fd);
  folder->manifest_fd = -1;
  if (hark_folder_make_older (folder->top))
    folder->manifest_fd = hark_disk_open_beneath (folder->top, HARK_FOLDER_MANIFEST,
                                                  O_RDWR | O_CREAT | O_EXCL | O_NONBLOCK);
  reply->size = 0;
  if (folder->manifest_fd >= 0)
    return true;
  hark_disk_refuse_errno (reply, errno, "The folder's list cannot be made");
  return false;
}

HarkFolder *
hark_folder_target (
  int top, int seed, uint64_t size, const HarkFolderFacts *facts, HarkDiskReply *reply)
{
  g_autoptr (HarkFolder) folder = hark_folder_new (top, NULL, facts);
  struct stat info;
  bool stale;

  folder->target = true;
  folder->seed = seed;
  folder->size = size;
  folder->manifest_fd
    = hark_disk_open_beneath (top, HARK_FOLDER_MANIFEST, O_RDWR | O_CREAT | O_NONBLOCK);
  if (folder->manifest_fd < 0 || fstat (folder->manifest_fd, &info) != 0) {
    hark_disk_refuse_errno (reply, errno, "The folder's list cannot be made");
    return NULL;
  }
  reply->size = (uint64_t) info.st_size; /* of a list that may be another one: its hash will tell */
  if (reply->size < facts->manifest_len) {
    stale = hark_folder_has_contents (top) && !hark_folder_has_older (top);
  } else if (start_contents (folder, reply)) {
    reply->size = folder->in_place ? size : written (folder);
    folder->scattered = reply->size == size; /* what is there may have come with another time */
    stale = false;
  } else {
    stale = reply->result == HARK_DISK_ERROR;
    if (!stale)
      return NULL;
  }
  if (stale && !begin_list (folder, reply))
    return NULL;
  reply->older = folder->manifest == NULL && (seed >= 0 || hark_folder_has_older (top));
  folder->end = reply->size;
  return g_steal_pointer (&folder);
}

/* A file that is there already was begun before; what lies in the way must be an ordinary file. */
static bool
open_for_writing (HarkFolder *folder, unsigned index, HarkDiskReply *reply)
{
  const HarkManifestEntry *entry = hark_manifest_entry (folder->manifest, index);
  struct stat info;

  if (folder->fd >= 0 && folder->current == index)
    return true;
  close_file (folder);
  hark_manifest_path (folder->manifest, index, folder->path);
  folder->current = index;
  folder->fd = hark_disk_open_beneath (folder->top, folder->path->str, O_RDWR | O_CREAT | O_EXCL);
  if (folder->fd >= 0)
    return true;
  if (errno == EEXIST)
    folder->fd = hark_disk_open_beneath (folder->top, folder->path->str, O_RDWR | O_NONBLOCK);
  if (folder->fd < 0) {
    refuse_entry_errno (folder, reply, errno, "cannot be made");
    return false;
  }
  if (fstat (folder->fd, &info) == 0 && S_ISREG (info.st_mode)
      && ((uint64_t) info.st_size <= entry->size
          || ftruncate (folder->fd, (off_t) entry->size) == 0))
    return true;
  refuse_entry (folder, reply, HARK_DISK_ERROR, "is in the way.");
  close_file (folder);
  return false;
}

/* What comes for a folder that is in place is there, or all is copied now and goes on as ever. */
static bool
is_there_already (
  HarkFolder *folder, uint64_t offset, const uint8_t *data, size_t len, HarkDiskReply *reply)
{
  g_autoptr (HarkDiskReply) unheard = NULL;
  g_autofree uint8_t *there = NULL;

  if (!folder->in_place)
    return false;
  unheard = g_new0 (HarkDiskReply, 1);
  there = g_malloc (len);
  if (hark_folder_read (folder, offset, there, len, unheard) && memcmp (there, data, len) == 0)
    return true;
  close_file (folder);
  folder->in_place = false;
  if (make_folders (folder, folder->manifest, reply))
    plant (folder, reply);
  return false;
}

static void
times_of (const HarkManifestEntry *entry, struct timespec ret[2])
{
  ret[0] = (struct timespec){.tv_nsec = UTIME_OMIT};
  ret[1].tv_sec = (time_t) (entry->mtime_ms / 1000);
  ret[1].tv_nsec = (long) (entry->mtime_ms % 1000) * 1000000;
}

static void
end_file (HarkFolder *folder, const HarkManifestEntry *entry)
{
  struct timespec times[2];

  times_of (entry, times);
  if (entry->mtime_ms < 0 || futimens (folder->fd, times) != 0)
    g_debug ("time of a file not set");
  close_file (folder);
}

static bool
write_file (HarkFolder *folder,
            unsigned index,
            uint64_t at,
            const uint8_t *data,
            size_t len,
            HarkDiskReply *reply)
{
  const HarkManifestEntry *entry = hark_manifest_entry (folder->manifest, index);

  if (!open_for_writing (folder, index, reply)
      || !hark_disk_write (folder->fd, data, len, at, reply))
    return false;
  if (at + len == entry->size)
    end_file (folder, entry);
  return true;
}

bool
hark_folder_write (
  HarkFolder *folder, uint64_t offset, const uint8_t *data, size_t len, HarkDiskReply *reply)
{
  const uint64_t manifest_len = folder->facts.manifest_len;

  folder->scattered |= offset != folder->end;
  folder->end = offset + len;
  while (len > 0) {
    const HarkManifestEntry *entry;
    unsigned index;
    size_t n;

    if (offset < manifest_len) {
      n = (size_t) MIN (len, manifest_len - offset);
      g_clear_pointer (&folder->manifest, hark_manifest_free);
      if (!hark_disk_write (folder->manifest_fd, data, n, offset, reply)
          || (offset + n == manifest_len && !start_contents (folder, reply)))
        return false;
    } else {
      if (folder->manifest == NULL || offset + len > folder->size) {
        hark_disk_refuse (reply, HARK_DISK_ERROR, "What arrived has no place in the folder.");
        return false;
      }
      index = hark_manifest_find (folder->manifest, offset - manifest_len, folder->current);
      entry = hark_manifest_entry (folder->manifest, index);
      n = (size_t) MIN (len, manifest_len + entry->start + entry->size - offset);
      if (!is_there_already (folder, offset, data, n, reply)
          && (reply->result != HARK_DISK_OK
              || !write_file (folder, index, offset - manifest_len - entry->start, data, n, reply)))
        return false;
    }
    offset += n;
    data += n;
    len -= n;
  }
  return true;
}

/* A file that was whole may have been written to again. */
static void
set_times (HarkFolder *folder)
{
  for (unsigned i = 0; i < hark_manifest_count (folder->manifest); i++) {
    const HarkManifestEntry *entry = hark_manifest_entry (folder->manifest, i);
    struct timespec times[2];
    int fd;

    if (entry->folder || entry->mtime_ms < 0)
      continue;
    times_of (entry, times);
    hark_manifest_path (folder->manifest, i, folder->path);
    fd = hark_disk_open_beneath (folder->top, folder->path->str, O_RDONLY | O_NONBLOCK);
    if (fd < 0 || futimens (fd, times) != 0)
      g_debug ("time of a file not set");
    if (fd >= 0)
      close (fd);
  }
}

bool
hark_folder_finish (HarkFolder *folder, HarkDiskReply *reply)
{
  if (folder->manifest == NULL && !start_contents (folder, reply))
    return false;
  if (folder->in_place)
    return true;
  for (unsigned i = 0; i < hark_manifest_count (folder->manifest); i++) {
    const HarkManifestEntry *entry = hark_manifest_entry (folder->manifest, i);

    if (entry->folder || entry->size > 0)
      continue;
    if (!open_for_writing (folder, i, reply))
      return false;
    end_file (folder, entry);
  }
  close_file (folder);
  if (folder->scattered)
    set_times (folder);
  /* one sync for all: thousands of small files would wait for the disk one by one */
  if (syncfs (folder->manifest_fd) == 0)
    return true;
  hark_disk_refuse_errno (reply, errno, "The folder cannot be completed");
  return false;
}

bool
hark_folder_is_in_place (const HarkFolder *folder)
{
  return folder->in_place;
}
