/* The open files of the disk worker, and whose what lies there is. */
#define G_LOG_DOMAIN "hark-files"

#include "core/files/block.h"
#include "core/files/disk-work-private.h"
#include "core/files/folder-private.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/xattr.h>
#include <unistd.h>

#define AWAKE_MAX 64 /* parts, of two descriptors each; contacts may have 256 of each under way */

struct HarkDiskRest {
  char *folder; /* where its directory was */
  int flags;    /* it was opened with */
  struct stat info;
};

static void
rest_free (HarkDiskRest *rest)
{
  if (rest == NULL)
    return;
  g_free (rest->folder);
  g_free (rest);
}

static void
forget_awake (HarkDiskWork *work, HarkDiskFile *file)
{
  if (file->link.data == NULL)
    return;
  g_queue_unlink (&work->awake, &file->link);
  file->link.data = NULL;
}

/* Where it cannot be found again it stays open. */
static void
put_to_rest (HarkDiskFile *file)
{
  g_autofree char *link = g_strdup_printf ("/proc/self/fd/%d", file->directory);
  g_autofree char *folder = g_file_read_link (link, NULL);
  const int flags = fcntl (file->fd, F_GETFL);
  struct stat info;

  if (folder == NULL || flags < 0 || fstat (file->fd, &info) != 0)
    return;
  file->rest = g_new (HarkDiskRest, 1);
  *file->rest
    = (HarkDiskRest){.folder = g_steal_pointer (&folder), .flags = flags & O_ACCMODE, .info = info};
  close (g_steal_fd (&file->fd));
  close (g_steal_fd (&file->directory));
}

/* Numbers of files are used again: what nobody wrote to since is the same. */
static bool
is_same (const struct stat *a, const struct stat *b)
{
  return a->st_dev == b->st_dev && a->st_ino == b->st_ino && a->st_size == b->st_size
         && a->st_mtim.tv_sec == b->st_mtim.tv_sec && a->st_mtim.tv_nsec == b->st_mtim.tv_nsec;
}

/* Only the very file that was closed. */
static bool
wake (HarkDiskFile *file)
{
  g_autofree HarkDiskRest *rest = g_steal_pointer (&file->rest);
  g_autofree char *folder = rest->folder;
  struct stat info;

  file->directory = open (folder, O_PATH | O_DIRECTORY | O_CLOEXEC);
  if (file->directory >= 0)
    file->fd = hark_disk_open_beneath (file->directory, file->part, rest->flags | O_NONBLOCK);
  if (file->fd < 0)
    return false;
  if (fstat (file->fd, &info) == 0 && is_same (&info, &rest->info))
    return true;
  close (g_steal_fd (&file->fd));
  errno = ENOENT;
  return false;
}

/* Of what is copied, or goes on from another place, more has to be remembered. */
static bool
may_rest (const HarkDiskFile *file)
{
  return file->folder == NULL && file->fd >= 0 && file->directory >= 0 && file->seed < 0
         && file->old == NULL;
}

/* @file is used; what was not for longest rests. */
static bool
use (HarkDiskWork *work, HarkDiskFile *file)
{
  HarkDiskFile *last;

  if (file->rest != NULL && !wake (file))
    return false;
  if (file->folder != NULL || file->directory < 0)
    return true;
  forget_awake (work, file);
  file->link.data = file;
  g_queue_push_tail_link (&work->awake, &file->link);
  if (work->awake.length <= AWAKE_MAX)
    return true;
  last = work->awake.head->data;
  forget_awake (work, last);
  if (may_rest (last))
    put_to_rest (last);
  return true;
}

static void
open_file_free (void *data)
{
  HarkDiskFile *file = data;

  forget_awake (file->work, file);
  rest_free (file->rest);
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
  file->work = work;
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
  HarkDiskFile *file = g_hash_table_lookup (work->files, &transfer);

  if (file != NULL && !use (work, file))
    g_debug ("part file is not there any more: %s", g_strerror (errno));
  return file;
}

HarkDiskFile *
hark_disk_need_file (HarkDiskWork *work, const HarkDiskRequest *request, HarkDiskReply *reply)
{
  HarkDiskFile *file = g_hash_table_lookup (work->files, &request->transfer);

  if (file == NULL) {
    hark_disk_refuse (reply, HARK_DISK_ERROR, "The file is not open any more.");
    return NULL;
  }
  if (use (work, file))
    return file;
  hark_disk_refuse_errno (reply, errno, "The part that had arrived cannot be opened");
  g_hash_table_remove (work->files, &request->transfer);
  return NULL;
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
