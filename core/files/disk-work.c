#define G_LOG_DOMAIN "hark-files"

#include "core/files/disk-work.h"

#include "core/files/block.h"
#include "core/files/disk-private.h"
#include "core/files/folder.h"
#include "core/files/name.h"
#include "core/files/shared.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/fs.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/xattr.h>
#include <unistd.h>

#define OPEN_FOLDER (O_RDONLY | O_DIRECTORY)
#define NAMES_TRIED_MAX 1000
#define MARK "user.hark.transfer"                  /* attribute of a file: which transfer made it */
#define SPACE_MARGIN ((uint64_t) 16 * 1024 * 1024) /* bytes left alone on the file system */

/* An open file of one transfer. */
typedef struct {
  int fd;             /* the source, or the part file */
  int directory;      /* incoming: the folder it is in; else -1 */
  int seed;           /* incoming: what HASH copies from; -1: none */
  char *part;         /* incoming: its name in that folder */
  uint64_t size;      /* outgoing: as it was offered */
  int64_t changed_ms; /* outgoing: likewise, of its last change */
  HarkFolder *folder; /* in place of fd, which is -1 then; or NULL */
} OpenFile;

struct HarkDiskWork {
  GHashTable *files;   /* transfer -> OpenFile */
  GByteArray *scratch; /* for hashing */
};

static void
open_file_free (void *data)
{
  OpenFile *file = data;

  if (file->fd >= 0)
    close (file->fd);
  if (file->directory >= 0)
    close (file->directory);
  if (file->seed >= 0)
    close (file->seed);
  g_clear_pointer (&file->folder, hark_folder_free);
  g_free (file->part);
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
  g_free (work);
}

static OpenFile *
add_file (HarkDiskWork *work, uint64_t transfer, int fd, int directory, const char *part)
{
  OpenFile *file = g_new0 (OpenFile, 1);

  hark_block_hold ();
  file->fd = fd;
  file->directory = directory;
  file->seed = -1;
  file->part = g_strdup (part);
  g_hash_table_replace (work->files, g_memdup2 (&transfer, sizeof transfer), file);
  return file;
}

static OpenFile *
find_file (HarkDiskWork *work, uint64_t transfer)
{
  return g_hash_table_lookup (work->files, &transfer);
}

/* ---- reading ----------------------------------------------------------------------------------
 */

static bool
check_regular (const struct stat *info, HarkDiskReply *reply)
{
  if (S_ISREG (info->st_mode))
    return true;
  hark_disk_refuse (reply, HARK_DISK_KIND, "This is neither an ordinary file nor a folder.");
  return false;
}

/* Opens a file of the user's own for reading; -1 with @reply refused. */
static int
open_source (const char *path, struct stat *info, HarkDiskReply *reply)
{
  int fd = hark_shared_open (path, O_RDONLY | O_NONBLOCK | O_NOCTTY);

  if (fd < 0) {
    hark_disk_refuse_errno (reply, errno, "The file cannot be opened");
    return -1;
  }
  if (fstat (fd, info) != 0) {
    hark_disk_refuse_errno (reply, errno, "The file cannot be read");
  } else if (check_regular (info, reply)) {
    return fd;
  }
  close (fd);
  return -1;
}

static bool
read_piece (void *data, uint64_t offset, uint8_t *ret, size_t len)
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

static void
do_stat (const HarkDiskRequest *request, HarkDiskReply *reply)
{
  struct stat info;
  int fd;

  if (is_folder (request->path)) {
    hark_folder_free (hark_folder_scan (request->path, reply));
  } else if ((fd = open_source (request->path, &info, reply)) >= 0) {
    hark_file_sample ((uint64_t) info.st_size, read_piece, &fd, reply->sample);
    close (fd);
    reply->size = (uint64_t) info.st_size;
    reply->mtime_ms = hark_disk_mtime_ms (&info);
  }
  if (reply->result != HARK_DISK_OK)
    return;
  reply->name = hark_shared_name (request->path);
  reply->path = g_strdup (request->path);
}

static void
do_source (HarkDiskWork *work, const HarkDiskRequest *request, HarkDiskReply *reply)
{
  OpenFile *file;
  struct stat info;
  int fd;

  if (request->folder.manifest_len > 0) {
    HarkFolder *folder = hark_folder_source (request->path, &request->folder, reply);

    if (folder != NULL)
      add_file (work, request->transfer, -1, -1, NULL)->folder = folder;
    return;
  }
  fd = open_source (request->path, &info, reply);
  if (fd < 0)
    return;
  if ((uint64_t) info.st_size != request->size || hark_disk_mtime_ms (&info) != request->mtime_ms) {
    close (fd);
    hark_disk_refuse (reply, HARK_DISK_CHANGED,
                      "The file was changed after it was offered. Give it again.");
    return;
  }
  posix_fadvise (fd, 0, 0, POSIX_FADV_SEQUENTIAL);
  file = add_file (work, request->transfer, fd, -1, NULL);
  file->size = request->size;
  file->changed_ms = request->mtime_ms;
}

/* What is read must be of one state of the file, or what arrives never was on the sender's disk. */
static bool
is_unchanged (const OpenFile *file, HarkDiskReply *reply)
{
  struct stat info;

  if (file->fd < 0 || file->directory >= 0
      || (fstat (file->fd, &info) == 0 && (uint64_t) info.st_size == file->size
          && hark_disk_mtime_ms (&info) == file->changed_ms))
    return true;
  hark_disk_refuse (reply, HARK_DISK_CHANGED, "The file was changed while it was being sent.");
  return false;
}

static bool
read_open (OpenFile *file, uint8_t *data, size_t len, uint64_t offset, HarkDiskReply *reply)
{
  return file->folder != NULL ? hark_folder_read (file->folder, offset, data, len, reply)
                              : hark_disk_read (file->fd, data, len, offset, reply);
}

static OpenFile *
need_file (HarkDiskWork *work, const HarkDiskRequest *request, HarkDiskReply *reply)
{
  OpenFile *file = find_file (work, request->transfer);

  if (file == NULL)
    hark_disk_refuse (reply, HARK_DISK_ERROR, "The file is not open any more.");
  return file;
}

static void
do_read (HarkDiskWork *work, const HarkDiskRequest *request, HarkDiskReply *reply)
{
  OpenFile *file = need_file (work, request, reply);
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
  if (!read_open (file, record + HARK_FILE_RECORD_HEAD_LEN, len, request->offset, reply)
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

static void
do_hash (HarkDiskWork *work, const HarkDiskRequest *request, HarkDiskReply *reply)
{
  OpenFile *file = need_file (work, request, reply);

  if (file == NULL)
    return;
  reply->hashes = g_byte_array_new ();
  g_byte_array_set_size (work->scratch, HARK_TREE_BLOCK_LEN);
  for (uint64_t at = 0; at < request->len; at += HARK_TREE_BLOCK_LEN) {
    size_t len = (size_t) MIN (request->len - at, (uint64_t) HARK_TREE_BLOCK_LEN);
    uint8_t hash[HARK_TREE_HASH_LEN];

    if (file->seed >= 0) {
      if (!hark_disk_read (file->seed, work->scratch->data, len, request->offset + at, reply)
          || !hark_disk_write (file->fd, work->scratch->data, len, request->offset + at, reply))
        return;
    } else if (!read_open (file, work->scratch->data, len, request->offset + at, reply)) {
      return;
    }
    hark_tree_hash_block (work->scratch->data, len, hash);
    g_byte_array_append (reply->hashes, hash, sizeof hash);
  }
}

/* ---- writing ----------------------------------------------------------------------------------
 */

static bool
has_room (int directory, uint64_t size, HarkDiskReply *reply)
{
  struct statvfs info;

  if (fstatvfs (directory, &info) != 0)
    return true; /* the writes will tell */
  if ((uint64_t) info.f_bavail * info.f_frsize >= size + SPACE_MARGIN)
    return true;
  hark_disk_refuse (reply, HARK_DISK_FULL,
                    "There is not enough room on the disk. It goes on by itself when there is.");
  return false;
}

/* Opens @name when its mark says that this very transfer made it; -1 otherwise, also where the file
 * system keeps no attributes. */
static int
open_own (int directory, const char *name, uint64_t transfer, int flags)
{
  int fd = hark_disk_open_beneath (directory, name, flags | O_NONBLOCK);
  uint64_t mark = 0;

  if (fd < 0)
    return -1;
  if (fgetxattr (fd, MARK, &mark, sizeof mark) == sizeof mark && mark == transfer)
    return fd;
  close (fd);
  errno = ENOENT;
  return -1;
}

/* The same for a folder, which has its list in it until its end is stored. */
static int
open_own_folder (int directory, const char *name, const HarkFolderFacts *facts)
{
  int fd = hark_disk_open_beneath (directory, name, OPEN_FOLDER);

  if (fd < 0 || hark_folder_is_ours (fd, facts))
    return fd;
  close (fd);
  errno = ENOENT;
  return -1;
}

static int
make_folder (int directory, const char *name)
{
  return mkdirat (directory, name, 0700) == 0
           ? hark_disk_open_beneath (directory, name, OPEN_FOLDER)
           : -1;
}

/* Makes a part file (or folder) whose final name is free as well; the name in @ret (transfer full).
 */
static int
create_part (int directory, const HarkDiskRequest *request, char **ret)
{
  const bool folder = request->folder.manifest_len > 0;

  for (unsigned number = 1; number <= NAMES_TRIED_MAX; number++) {
    g_autofree char *final = hark_file_name_numbered (request->name, number);
    g_autofree char *part = g_strconcat (final, ".part", NULL);
    int fd;

    if (faccessat (directory, final, F_OK, AT_SYMLINK_NOFOLLOW) == 0)
      continue;
    if (folder)
      fd = make_folder (directory, part);
    else
      fd = hark_disk_open_beneath (directory, part, O_RDWR | O_CREAT | O_EXCL);
    if (fd < 0 && errno != EEXIST)
      return -1;
    if (fd < 0) /* ours after all: the program ended before it had stored the name */
      fd = open_own (directory, part, request->transfer, folder ? OPEN_FOLDER : O_RDWR);
    else if (fsetxattr (fd, MARK, &request->transfer, sizeof request->transfer, 0) != 0)
      g_debug ("part file not marked: %s", g_strerror (errno));
    if (fd >= 0) {
      *ret = g_steal_pointer (&final);
      return fd;
    }
  }
  errno = EEXIST;
  return -1;
}

/* Takes over @fd and @directory; false with @reply refused. */
static bool
add_target (HarkDiskWork *work,
            const HarkDiskRequest *request,
            int fd,
            int directory,
            const char *part,
            HarkDiskReply *reply)
{
  HarkFolder *folder;

  if (request->folder.manifest_len == 0) {
    add_file (work, request->transfer, fd, directory, part);
    return true;
  }
  folder = hark_folder_target (fd, request->size, &request->folder, reply);
  if (folder == NULL) {
    close (directory);
    return false;
  }
  add_file (work, request->transfer, -1, directory, part)->folder = folder;
  return true;
}

/* An older state of the same file, most likely: only what differs has to come over the line. */
static void
plant_seed (OpenFile *file, const HarkDiskRequest *request, HarkDiskReply *reply)
{
  int fd = hark_disk_open_beneath (file->directory, request->name, O_RDONLY | O_NONBLOCK);
  struct stat info;
  uint64_t mark;

  if (fd < 0)
    return;
  if (fstat (fd, &info) == 0 && S_ISREG (info.st_mode)
      && ((uint64_t) info.st_size == request->size
          || fgetxattr (fd, MARK, &mark, sizeof mark) == sizeof mark)) {
    file->seed = fd;
    reply->size = MIN ((uint64_t) info.st_size, request->size);
    if (reply->size < request->size)
      reply->size -= reply->size % HARK_TREE_BLOCK_LEN;
    return;
  }
  close (fd);
}

/* The same file, most likely, that came or was given before. */
static void
do_seed (HarkDiskWork *work, const HarkDiskRequest *request, HarkDiskReply *reply)
{
  OpenFile *file = need_file (work, request, reply);

  for (unsigned i = 0; file != NULL && file->fd >= 0 && request->seeds[i] != NULL; i++) {
    g_autoptr (HarkDiskReply) unheard = g_new0 (HarkDiskReply, 1);
    uint8_t sample[HARK_FILE_SAMPLE_LEN];
    struct stat info;
    int fd = open_source (request->seeds[i], &info, unheard);

    if (fd < 0)
      continue;
    if ((uint64_t) info.st_size == request->size
        && hark_file_sample (request->size, read_piece, &fd, sample)
        && memcmp (sample, request->sample, sizeof sample) == 0) {
      reply->size = request->size;
      if (ioctl (file->fd, FICLONE, fd) != 0) { /* else it shares the room on the disk */
        file->seed = fd;
        return;
      }
      close (fd);
      return;
    }
    close (fd);
  }
}

static void
do_create (HarkDiskWork *work, const HarkDiskRequest *request, HarkDiskReply *reply)
{
  g_autofree char *final = NULL;
  g_autofree char *part = NULL;
  int directory, fd;

  if (g_mkdir_with_parents (request->directory, 0700) != 0) {
    hark_disk_refuse_errno (reply, errno, "The folder cannot be made");
    return;
  }
  directory = open (request->directory, O_PATH | O_DIRECTORY | O_CLOEXEC);
  if (directory < 0) {
    hark_disk_refuse_errno (reply, errno, "The folder cannot be opened");
    return;
  }
  if (!has_room (directory, request->size, reply)) {
    close (directory);
    return;
  }
  fd = create_part (directory, request, &final);
  if (fd < 0) {
    hark_disk_refuse_errno (reply, errno, "The file cannot be made");
    close (directory);
    return;
  }
  part = g_strconcat (final, ".part", NULL);
  if (!add_target (work, request, fd, directory, part, reply))
    return;
  if (request->folder.manifest_len == 0)
    plant_seed (find_file (work, request->transfer), request, reply);
  reply->path = g_build_filename (request->directory, final, NULL);
}

static void
do_room (const HarkDiskRequest *request, HarkDiskReply *reply)
{
  g_autofree char *folder
    = request->path != NULL ? g_path_get_dirname (request->path) : g_strdup (request->directory);
  int directory = open (folder, O_PATH | O_DIRECTORY | O_CLOEXEC);

  if (directory < 0) {
    hark_disk_refuse_errno (reply, errno, "The folder cannot be opened");
    return;
  }
  has_room (directory, request->size, reply);
  close (directory);
}

static void
do_reopen (HarkDiskWork *work, const HarkDiskRequest *request, HarkDiskReply *reply)
{
  g_autofree char *folder = g_path_get_dirname (request->path);
  g_autofree char *name = g_path_get_basename (request->path);
  g_autofree char *part = g_strconcat (name, ".part", NULL);
  int directory = open (folder, O_PATH | O_DIRECTORY | O_CLOEXEC);
  const bool is_folder = request->folder.manifest_len > 0;
  struct stat info;
  int fd;

  if (directory < 0) {
    hark_disk_refuse_errno (reply, errno, "The folder cannot be opened");
    return;
  }
  fd = hark_disk_open_beneath (directory, part, is_folder ? OPEN_FOLDER : O_RDWR);
  if (fd < 0 && errno == ENOENT) { /* named already; the program ended before it had stored that */
    g_free (part);
    part = g_strdup (name);
    fd = is_folder ? open_own_folder (directory, name, &request->folder)
                   : open_own (directory, name, request->transfer, O_RDONLY);
  }
  if (fd < 0 || fstat (fd, &info) != 0) {
    hark_disk_refuse_errno (reply, errno, "The part that had arrived cannot be opened");
  } else if (is_folder || check_regular (&info, reply)) {
    reply->size = (uint64_t) info.st_size;
    add_target (work, request, fd, directory, part, reply);
    return;
  }
  if (fd >= 0)
    close (fd);
  close (directory);
}

/* A block of nothing takes no room on the disk where there was none before it. */
static bool
write_nothing (const OpenFile *file, const uint8_t *data, size_t len, uint64_t offset)
{
  struct stat info;

  return len == HARK_TREE_BLOCK_LEN && data[0] == 0 && memcmp (data, data + 1, len - 1) == 0
         && fstat (file->fd, &info) == 0 && (uint64_t) info.st_size <= offset
         && ftruncate (file->fd, (off_t) (offset + len)) == 0;
}

static void
write_verified (OpenFile *file,
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

static void
do_copy (HarkDiskWork *work, const HarkDiskRequest *request, HarkDiskReply *reply)
{
  OpenFile *file = need_file (work, request, reply);
  const size_t len = (size_t) request->len;

  if (file == NULL)
    return;
  g_assert (len <= HARK_TREE_BLOCK_LEN);
  g_byte_array_set_size (work->scratch, HARK_TREE_BLOCK_LEN);
  if (read_open (file, work->scratch->data, len, request->at, reply))
    write_verified (file, request, work->scratch->data, len, reply);
  if (reply->result == HARK_DISK_CHANGED) /* our own part, which somebody else cut */
    hark_disk_refuse (reply, HARK_DISK_MISMATCH, "What had arrived was changed.");
}

static void
do_write (HarkDiskWork *work, const HarkDiskRequest *request, HarkDiskReply *reply)
{
  OpenFile *file = need_file (work, request, reply);
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
give_name (OpenFile *file, const char *wanted, char **ret)
{
  if (strcmp (file->part, wanted) == 0) {
    *ret = g_strdup (wanted);
    return true;
  }
  for (unsigned number = 1; number <= NAMES_TRIED_MAX; number++) {
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

/* Syncs the folder, so that the new name survives a power cut. */
static void
sync_folder (const char *folder)
{
  int fd = open (folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

  if (fd < 0)
    return;
  if (fsync (fd) != 0)
    g_debug ("folder not synced: %s", g_strerror (errno));
  close (fd);
}

static void
do_finish (HarkDiskWork *work, const HarkDiskRequest *request, HarkDiskReply *reply)
{
  OpenFile *file = need_file (work, request, reply);
  g_autofree char *folder = g_path_get_dirname (request->path);
  g_autofree char *wanted = g_path_get_basename (request->path);
  g_autofree char *name = NULL;

  if (file == NULL)
    return;
  if (file->folder != NULL && !hark_folder_finish (file->folder, reply))
    return;
  if (file->folder == NULL && strcmp (file->part, wanted) != 0
      && (ftruncate (file->fd, (off_t) request->size) != 0 || fsync (file->fd) != 0)) {
    hark_disk_refuse_errno (reply, errno, "The file cannot be completed");
    return;
  }
  if (!give_name (file, wanted, &name)) {
    hark_disk_refuse_errno (reply, errno, "The file cannot be given its name");
    return;
  }
  sync_folder (folder);
  reply->path = g_build_filename (folder, name, NULL);
  g_hash_table_remove (work->files, &request->transfer);
}

static void
do_discard (HarkDiskWork *work, const HarkDiskRequest *request)
{
  g_autofree char *part = g_strconcat (request->path, ".part", NULL);

  g_hash_table_remove (work->files, &request->transfer);
  if (request->folder.manifest_len > 0)
    hark_folder_remove (AT_FDCWD, part);
  else if (unlink (part) != 0 && errno != ENOENT)
    g_debug ("part file stays: %s", g_strerror (errno));
}

HarkDiskReply *
hark_disk_work_do (HarkDiskWork *work, const HarkDiskRequest *request)
{
  g_autoptr (HarkDiskReply) reply = hark_disk_reply_new (request);

  switch (request->kind) {
  case HARK_DISK_STAT:
    do_stat (request, reply);
    break;
  case HARK_DISK_BROWSE:
    hark_shared_list (request->path, request->offset, reply);
    break;
  case HARK_DISK_SOURCE:
    do_source (work, request, reply);
    break;
  case HARK_DISK_READ:
    do_read (work, request, reply);
    break;
  case HARK_DISK_HASH:
    do_hash (work, request, reply);
    break;
  case HARK_DISK_CREATE:
    do_create (work, request, reply);
    break;
  case HARK_DISK_ROOM:
    do_room (request, reply);
    break;
  case HARK_DISK_REOPEN:
    do_reopen (work, request, reply);
    break;
  case HARK_DISK_SEED:
    do_seed (work, request, reply);
    break;
  case HARK_DISK_WRITE:
    do_write (work, request, reply);
    break;
  case HARK_DISK_COPY:
    do_copy (work, request, reply);
    break;
  case HARK_DISK_FINISH:
    do_finish (work, request, reply);
    break;
  case HARK_DISK_CLOSE:
    g_hash_table_remove (work->files, &request->transfer);
    return NULL;
  case HARK_DISK_DISCARD:
    do_discard (work, request);
    return NULL;
  case HARK_DISK_TIDY:
    hark_folder_tidy (request->path);
    return NULL;
  }
  return g_steal_pointer (&reply);
}
