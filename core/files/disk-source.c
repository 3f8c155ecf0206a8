/* What is given: looked at, opened, read. */
#include "core/files/block.h"
#include "core/files/disk-work-private.h"
#include "core/files/folder-private.h"
#include "core/files/shared.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

bool
hark_disk_check_regular (const struct stat *info, HarkDiskReply *reply)
{
  if (S_ISREG (info->st_mode))
    return true;
  hark_disk_refuse (reply, HARK_DISK_KIND, "This is neither an ordinary file nor a folder.");
  return false;
}

/* Opens a file of the user's own for reading; -1 with @reply refused. */
int
hark_disk_open_source (const char *path, struct stat *info, HarkDiskReply *reply)
{
  int fd = hark_shared_open (path, O_RDONLY | O_NONBLOCK | O_NOCTTY);

  if (fd < 0) {
    hark_disk_refuse_errno (reply, errno, "The file cannot be opened");
    return -1;
  }
  if (fstat (fd, info) != 0) {
    hark_disk_refuse_errno (reply, errno, "The file cannot be read");
  } else if (hark_disk_check_regular (info, reply)) {
    return fd;
  }
  close (fd);
  return -1;
}

bool
hark_disk_read_piece (void *data, uint64_t offset, uint8_t *ret, size_t len)
{
  g_autoptr (HarkDiskReply) unheard = g_new0 (HarkDiskReply, 1);

  return hark_disk_read (*(int *) data, ret, len, offset, unheard);
}

static bool
is_folder (const char *path)
{
  struct stat info;
  int fd = hark_shared_open (path, O_PATH);
  bool folder = fd >= 0 && fstat (fd, &info) == 0 && S_ISDIR (info.st_mode);

  if (fd >= 0)
    close (fd);
  return folder;
}

/* Its list serves whoever pulls it first: not every file is asked for its size and time again. */
static void
keep_offered (HarkDiskWork *work, const char *path, HarkFolder *folder)
{
  g_clear_pointer (&work->offered, hark_folder_free);
  g_clear_pointer (&work->offered_path, g_free);
  if (folder == NULL || hark_shared_is (path) || !hark_folder_rest (folder)) {
    hark_folder_free (folder);
    return;
  }
  work->offered = folder;
  work->offered_path = g_strdup (path);
}

/* (transfer full) (nullable): the folder by the list that was made for the offer, if that holds. */
static HarkFolder *
open_offered (HarkDiskWork *work, const HarkDiskRequest *request)
{
  g_autoptr (HarkFolder) folder = NULL;

  if (work->offered == NULL || strcmp (work->offered_path, request->path) != 0)
    return NULL;
  folder = g_steal_pointer (&work->offered);
  return hark_folder_is (folder, &request->folder) && hark_folder_wake (folder, request->path)
           ? g_steal_pointer (&folder)
           : NULL;
}

void
hark_disk_do_stat (HarkDiskWork *work, const HarkDiskRequest *request, HarkDiskReply *reply)
{
  struct stat info;
  int fd;

  if (is_folder (request->path)) {
    keep_offered (work, request->path, hark_folder_scan (request->path, reply));
  } else if ((fd = hark_disk_open_source (request->path, &info, reply)) >= 0) {
    hark_file_sample ((uint64_t) info.st_size, hark_disk_read_piece, &fd, reply->sample);
    close (fd);
    reply->size = (uint64_t) info.st_size;
    reply->mtime_ms = hark_disk_mtime_ms (&info);
  }
  if (reply->result != HARK_DISK_OK)
    return;
  reply->name = hark_shared_name (request->path);
  reply->path = g_strdup (request->path);
}

/* The file that was given has another name in the same folder by now: one there with its size, time
 * and sample, which are too many to be another's by chance. -1: none; else its path in @ret
 * (transfer full). */
static int
open_renamed (const HarkDiskRequest *request, struct stat *info, char **ret)
{
  g_autofree char *folder = g_path_get_dirname (request->path);
  int directory = hark_shared_is (request->path) || !hark_file_sample_is_known (request->sample)
                    ? -1
                    : open (folder, HARK_OPEN_FOLDER);
  g_autoptr (GPtrArray) names = directory >= 0 ? hark_folder_names (directory) : NULL;
  uint8_t sample[HARK_FILE_SAMPLE_LEN];
  int found = -1;

  for (guint i = 0; names != NULL && found < 0 && i < names->len; i++) {
    if (fstatat (directory, names->pdata[i], info, AT_SYMLINK_NOFOLLOW) != 0
        || !S_ISREG (info->st_mode) || (uint64_t) info->st_size != request->size
        || hark_disk_mtime_ms (info) != request->mtime_ms)
      continue;
    found = hark_disk_open_beneath (directory, names->pdata[i], O_RDONLY | O_NONBLOCK);
    if (found >= 0 && fstat (found, info) == 0
        && hark_file_sample (request->size, hark_disk_read_piece, &found, sample)
        && memcmp (sample, request->sample, sizeof sample) == 0) {
      *ret = g_build_filename (folder, names->pdata[i], NULL);
    } else if (found >= 0) {
      close (found);
      found = -1;
    }
  }
  if (directory >= 0)
    close (directory);
  return found;
}

/* When a file came here is not known: then its sample has to do. */
static bool
is_as_offered (const HarkDiskRequest *request, const struct stat *info, int fd)
{
  uint8_t sample[HARK_FILE_SAMPLE_LEN];

  if ((uint64_t) info->st_size != request->size)
    return false;
  if (request->mtime_ms != 0 || !hark_file_sample_is_known (request->sample))
    return request->mtime_ms == 0 || hark_disk_mtime_ms (info) == request->mtime_ms;
  return hark_file_sample (request->size, hark_disk_read_piece, &fd, sample)
         && memcmp (sample, request->sample, sizeof sample) == 0;
}

/* What is still being written: it has neither its size nor its time. */
static void
open_part (HarkDiskWork *work, const HarkDiskRequest *request, HarkDiskReply *reply)
{
  g_autofree char *folder = g_path_get_dirname (request->path);
  g_autofree char *name = g_path_get_basename (request->path);
  g_autofree char *part = g_strconcat (name, ".part", NULL);
  int directory = open (folder, O_PATH | O_DIRECTORY | O_CLOEXEC);
  const bool is_folder = request->folder.manifest_len > 0;
  const int flags = is_folder ? O_RDONLY | O_DIRECTORY : O_RDONLY | O_NONBLOCK;
  struct stat info;
  int fd = -1;

  if (directory >= 0)
    fd = hark_disk_open_beneath (directory, part, flags);
  if (directory >= 0 && fd < 0 && errno == ENOENT)
    fd = hark_disk_open_beneath (directory, name, flags);
  if (fd < 0 || fstat (fd, &info) != 0) {
    hark_disk_refuse_errno (reply, errno, "The part that had arrived cannot be opened");
  } else if (is_folder) {
    HarkFolder *so_far = hark_folder_part (fd, &request->folder, reply);

    if (so_far != NULL)
      hark_disk_add_file (work, request->transfer, -1, -1, NULL)->folder = so_far;
    fd = -1;
  } else if (hark_disk_check_regular (&info, reply)) {
    hark_disk_add_file (work, request->transfer, fd, directory, part);
    return;
  }
  if (fd >= 0)
    close (fd);
  if (directory >= 0)
    close (directory);
}

void
hark_disk_do_source (HarkDiskWork *work, const HarkDiskRequest *request, HarkDiskReply *reply)
{
  HarkDiskFile *file;
  struct stat info;
  int fd;

  if (request->part) {
    open_part (work, request, reply);
    return;
  }
  if (request->folder.manifest_len > 0) {
    HarkFolder *folder = open_offered (work, request);

    if (folder == NULL)
      folder = hark_folder_source (request->path, &request->folder, request->bytes, reply);
    if (folder != NULL)
      hark_disk_add_file (work, request->transfer, -1, -1, NULL)->folder = folder;
    return;
  }
  fd = hark_disk_open_source (request->path, &info, reply);
  if (fd < 0 && reply->result == HARK_DISK_MISSING
      && (fd = open_renamed (request, &info, &reply->path)) >= 0)
    hark_disk_clear (reply);
  if (fd < 0)
    return;
  if (!is_as_offered (request, &info, fd)) {
    close (fd);
    hark_disk_refuse (reply, HARK_DISK_CHANGED,
                      "The file was changed after it was offered. Give it again.");
    return;
  }
  posix_fadvise (fd, 0, 0, POSIX_FADV_SEQUENTIAL);
  file = hark_disk_add_file (work, request->transfer, fd, -1, NULL);
  file->size = request->size;
  file->changed_ms = hark_disk_mtime_ms (&info);
}

/* What is read must be of one state of the file, or what arrives never was on the sender's disk. */
static bool
is_unchanged (const HarkDiskFile *file, HarkDiskReply *reply)
{
  struct stat info;

  if (file->fd < 0 || file->directory >= 0
      || (fstat (file->fd, &info) == 0 && (uint64_t) info.st_size == file->size
          && hark_disk_mtime_ms (&info) == file->changed_ms))
    return true;
  hark_disk_refuse (reply, HARK_DISK_CHANGED, "The file was changed while it was being sent.");
  return false;
}

void
hark_disk_do_read (HarkDiskWork *work, const HarkDiskRequest *request, HarkDiskReply *reply)
{
  HarkDiskFile *file = hark_disk_need_file (work, request, reply);
  size_t len = (size_t) request->len;
  uint8_t *record;
  uint64_t at;

  if (file == NULL)
    return;
  if (len > HARK_TREE_BLOCK_LEN) {
    hark_disk_refuse (reply, HARK_DISK_ERROR, "Too much was asked for at once.");
    return;
  }
  record = hark_block_new (HARK_FILE_RECORD_HEAD_LEN + len);
  if (!hark_disk_read_open (file, record + HARK_FILE_RECORD_HEAD_LEN, len, request->offset, reply)
      || !is_unchanged (file, reply)) {
    hark_block_free (record, HARK_FILE_RECORD_HEAD_LEN + len);
    return;
  }
  hark_tree_hash_block (record + HARK_FILE_RECORD_HEAD_LEN, len, reply->hash);
  if (request->repeats && file->folder != NULL
      && hark_folder_find_twin (file->folder, request->offset, record + HARK_FILE_RECORD_HEAD_LEN,
                                len, &at)) {
    hark_file_record_repeat (at, reply->hash, record);
    reply->bytes = g_bytes_new (record, HARK_FILE_REPEAT_LEN);
    hark_block_free (record, HARK_FILE_RECORD_HEAD_LEN + len);
    return;
  }
  hark_file_record_head ((uint32_t) len, reply->hash, record);
  reply->bytes = hark_block_to_bytes (record, HARK_FILE_RECORD_HEAD_LEN + len);
}
