/* Blocks on their way to the disk, and what is complete on its way to its name. */
#define G_LOG_DOMAIN "hark-files"

#include "core/files/disk-work-private.h"
#include "core/files/name.h"
#include "core/files/tree-hash.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/falloc.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* A block of nothing takes no room on the disk where there was none before it; what was kept for it
 * is given back. */
static bool
write_nothing (const HarkDiskFile *file, const uint8_t *data, size_t len, uint64_t offset)
{
  struct stat info;

  if (len != HARK_TREE_BLOCK_LEN || data[0] != 0 || memcmp (data, data + 1, len - 1) != 0
      || fstat (file->fd, &info) != 0 || (uint64_t) info.st_size > offset
      || ftruncate (file->fd, (off_t) (offset + len)) != 0)
    return false;
  if (file->claimed
      && fallocate (file->fd, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, (off_t) offset,
                    (off_t) len)
           != 0)
    g_debug ("room not given back: %s", g_strerror (errno));
  return true;
}

void
hark_disk_do_hash (HarkDiskWork *work, const HarkDiskRequest *request, HarkDiskReply *reply)
{
  HarkDiskFile *file = hark_disk_need_file (work, request, reply);

  if (file == NULL)
    return;
  reply->hashes = g_byte_array_new ();
  g_byte_array_set_size (work->scratch, HARK_TREE_BLOCK_LEN);
  for (uint64_t at = 0; at < request->len; at += HARK_TREE_BLOCK_LEN) {
    size_t len = (size_t) MIN (request->len - at, (uint64_t) HARK_TREE_BLOCK_LEN);
    uint8_t hash[HARK_TREE_HASH_LEN];

    if (file->seed >= 0) {
      if (!hark_disk_read (file->seed, work->scratch->data, len, request->offset + at, reply)
          || (!write_nothing (file, work->scratch->data, len, request->offset + at)
              && !hark_disk_write (file->fd, work->scratch->data, len, request->offset + at,
                                   reply)))
        return;
    } else if (!hark_disk_read_open (file, work->scratch->data, len, request->offset + at, reply)) {
      return;
    }
    hark_tree_hash_block (work->scratch->data, len, hash);
    g_byte_array_append (reply->hashes, hash, sizeof hash);
  }
}

static void
write_verified (HarkDiskFile *file,
                const HarkDiskRequest *request,
                const uint8_t *data,
                size_t len,
                HarkDiskReply *reply)
{
  hark_tree_hash_block (data, len, reply->hash);
  if (memcmp (reply->hash, request->hash, sizeof reply->hash) != 0)
    hark_disk_refuse (reply, HARK_DISK_MISMATCH, "What arrived is not what was sent.");
  else if (file->folder != NULL)
    hark_folder_write (file->folder, request->offset, data, len, reply);
  else if (!write_nothing (file, data, len, request->offset))
    hark_disk_write (file->fd, data, len, request->offset, reply);
}

void
hark_disk_do_copy (HarkDiskWork *work, const HarkDiskRequest *request, HarkDiskReply *reply)
{
  HarkDiskFile *file = hark_disk_need_file (work, request, reply);
  const size_t len = (size_t) request->len;

  if (file == NULL)
    return;
  g_assert (len <= HARK_TREE_BLOCK_LEN);
  g_byte_array_set_size (work->scratch, HARK_TREE_BLOCK_LEN);
  if (hark_disk_read_open (file, work->scratch->data, len, request->at, reply))
    write_verified (file, request, work->scratch->data, len, reply);
  if (reply->result == HARK_DISK_CHANGED) /* our own part, which somebody else cut */
    hark_disk_refuse (reply, HARK_DISK_MISMATCH, "What had arrived was changed.");
}

void
hark_disk_do_write (HarkDiskWork *work, const HarkDiskRequest *request, HarkDiskReply *reply)
{
  HarkDiskFile *file = hark_disk_need_file (work, request, reply);
  const uint8_t *data;
  size_t len;

  if (file == NULL)
    return;
  data = g_bytes_get_data (request->bytes, &len);
  write_verified (file, request, data, len, reply);
}

/* Gives the part file a name that is free, from the wanted one on; the name in @ret (transfer
 * full). */
static bool
give_name (HarkDiskFile *file, const char *wanted, char **ret)
{
  if (strcmp (file->part, wanted) == 0) {
    *ret = g_strdup (wanted);
    return true;
  }
  for (unsigned number = 1; number <= HARK_DISK_NAMES_TRIED_MAX; number++) {
    g_autofree char *name = hark_file_name_numbered (wanted, number);

    if (renameat2 (file->directory, file->part, file->directory, name, RENAME_NOREPLACE) == 0) {
      *ret = g_steal_pointer (&name);
      return true;
    }
    if (errno != EEXIST)
      return false;
  }
  return false;
}

static void
keep_list (const HarkDiskFile *file, const HarkDiskRequest *request, HarkDiskReply *reply)
{
  if (file->folder != NULL && request->serve)
    reply->bytes = hark_folder_list (file->folder, reply->path);
}

void
hark_disk_do_finish (HarkDiskWork *work, const HarkDiskRequest *request, HarkDiskReply *reply)
{
  HarkDiskFile *file = hark_disk_need_file (work, request, reply);
  g_autofree char *folder = g_path_get_dirname (request->path);
  g_autofree char *wanted = g_path_get_basename (request->path);
  g_autofree char *name = NULL;

  if (file == NULL)
    return;
  if (file->folder != NULL && !hark_folder_finish (file->folder, reply))
    return;
  if (file->folder != NULL && hark_folder_is_in_place (file->folder)) {
    hark_disk_drop_old (file);
    hark_folder_remove (file->directory, file->part);
    reply->path = g_build_filename (folder, request->name, NULL);
    reply->had = true;
    keep_list (file, request, reply);
    g_hash_table_remove (work->files, &request->transfer);
    return;
  }
  if (file->folder == NULL && strcmp (file->part, wanted) != 0
      && (ftruncate (file->fd, (off_t) request->size) != 0 || fsync (file->fd) != 0)) {
    hark_disk_refuse_errno (reply, errno, "The file cannot be completed");
    /* what could not be written counts as written now: whoever reads it again asks the disk */
    posix_fadvise (file->fd, 0, 0, POSIX_FADV_DONTNEED);
    return;
  }
  hark_disk_drop_old (file);
  if (!give_name (file, wanted, &name)) {
    hark_disk_refuse_errno (reply, errno, "The file cannot be given its name");
    return;
  }
  hark_disk_sync_folder (file->directory);
  reply->path = g_build_filename (folder, name, NULL);
  keep_list (file, request, reply);
  g_hash_table_remove (work->files, &request->transfer);
}

void
hark_disk_do_discard (HarkDiskWork *work, const HarkDiskRequest *request)
{
  g_autofree char *part = g_strconcat (request->path, ".part", NULL);
  HarkDiskFile *file = hark_disk_find_file (work, request->transfer);

  if (file != NULL)
    hark_disk_drop_old (file);
  g_hash_table_remove (work->files, &request->transfer);
  if (request->folder.manifest_len > 0)
    hark_folder_remove (AT_FDCWD, part);
  else if (unlink (part) != 0 && errno != ENOENT)
    g_debug ("part file stays: %s", g_strerror (errno));
}
