/* The open files of the disk worker, and whose what lies there is. */
#define G_LOG_DOMAIN "hark-files"

#include "core/files/block.h"
#include "core/files/disk-work-private.h"
#include "core/files/folder-private.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/xattr.h>
#include <unistd.h>

static void
open_file_free (void *data)
{
  HarkDiskFile *file = data;

  if (file->fd >= 0)
    close (file->fd);
  if (file->directory >= 0)
    close (file->directory);
  if (file->seed >= 0)
    close (file->seed);
  g_clear_pointer (&file->folder, hark_folder_free);
  g_free (file->part);
  g_free (file->old);
  g_free (file);
  hark_block_release ();
}

HarkDiskWork *
hark_disk_work_new (void)
{
  HarkDiskWork *work = g_new0 (HarkDiskWork, 1);

  work->files = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, open_file_free);
  work->scratch = g_byte_array_new ();
  return work;
}

void
hark_disk_work_free (HarkDiskWork *work)
{
  if (work == NULL)
    return;
  g_hash_table_unref (work->files);
  g_byte_array_unref (work->scratch);
  hark_folder_free (work->offered);
  g_free (work->offered_path);
  g_free (work);
}

HarkDiskFile *
hark_disk_add_file (HarkDiskWork *work, uint64_t transfer, int fd, int directory, const char *part)
{
  HarkDiskFile *file = g_new0 (HarkDiskFile, 1);

  hark_block_hold ();
  file->fd = fd;
  file->directory = directory;
  file->seed = -1;
  file->part = g_strdup (part);
  g_hash_table_replace (work->files, g_memdup2 (&transfer, sizeof transfer), file);
  return file;
}

HarkDiskFile *
hark_disk_find_file (HarkDiskWork *work, uint64_t transfer)
{
  return g_hash_table_lookup (work->files, &transfer);
}

HarkDiskFile *
hark_disk_need_file (HarkDiskWork *work, const HarkDiskRequest *request, HarkDiskReply *reply)
{
  HarkDiskFile *file = hark_disk_find_file (work, request->transfer);

  if (file == NULL)
    hark_disk_refuse (reply, HARK_DISK_ERROR, "The file is not open any more.");
  return file;
}

bool
hark_disk_read_open (
  HarkDiskFile *file, uint8_t *data, size_t len, uint64_t offset, HarkDiskReply *reply)
{
  return file->folder != NULL ? hark_folder_read (file->folder, offset, data, len, reply)
                              : hark_disk_read (file->fd, data, len, offset, reply);
}

int
hark_disk_open_own (int directory, const char *name, uint64_t transfer, int flags)
{
  int fd = hark_disk_open_beneath (directory, name, flags | O_NONBLOCK);
  uint64_t mark = 0;

  if (fd < 0)
    return -1;
  if (fgetxattr (fd, HARK_DISK_MARK, &mark, sizeof mark) == sizeof mark && mark == transfer)
    return fd;
  close (fd);
  errno = ENOENT;
  return -1;
}

int
hark_disk_open_own_folder (int directory, const char *name, const HarkFolderFacts *facts)
{
  int fd = hark_disk_open_beneath (directory, name, O_RDONLY | O_DIRECTORY);

  if (fd < 0 || hark_folder_is_ours (fd, facts))
    return fd;
  close (fd);
  errno = ENOENT;
  return -1;
}

void
hark_disk_sync_folder (int directory)
{
  int fd = openat (directory, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);

  if (fd < 0)
    return;
  if (fsync (fd) != 0)
    g_debug ("folder not synced: %s", g_strerror (errno));
  close (fd);
}
