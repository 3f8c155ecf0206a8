/* The part file or folder of what is received: made, found again, with room for all of it. */
#define G_LOG_DOMAIN "hark-files"

#include "core/files/disk-work-private.h"
#include "core/files/name.h"
#include "core/files/tree-hash.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/falloc.h>
#include <linux/fs.h>
#include <linux/magic.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/vfs.h>
#include <sys/xattr.h>
#include <unistd.h>

#define OPEN_FOLDER (O_RDONLY | O_DIRECTORY)
#define SPACE_MARGIN ((uint64_t) 16 * 1024 * 1024) /* bytes left alone on the file system */

static void
refuse_for_room (HarkDiskReply *reply)
{
  hark_disk_refuse (reply, HARK_DISK_FULL,
                    "There is not enough room on the disk. It goes on by itself when there is.");
}

static bool
has_room (int directory, uint64_t size, HarkDiskReply *reply)
{
  struct statvfs info;

  if (fstatvfs (directory, &info) != 0)
    return true; /* the writes will tell */
  if ((uint64_t) info.f_bavail * info.f_frsize >= size + SPACE_MARGIN)
    return true;
  refuse_for_room (reply);
  return false;
}

static bool
is_in_memory (int fd)
{
  struct statfs info;

  return fstatfs (fd, &info) == 0 && (info.f_type == TMPFS_MAGIC || info.f_type == RAMFS_MAGIC);
}

/* Has the disk keep room for all of the file, in as few pieces as it can, so that a full disk or
 * quota shows now and not after hours. The size stays, since it says how much has come. File
 * systems that cannot do that are written to without; those in memory would take it from what
 * programs need. False with @reply refused when there is no room. */
static bool
claim_room (HarkDiskFile *file, const HarkDiskRequest *request, HarkDiskReply *reply)
{
  struct stat info;
  int result;

  if (file->fd < 0 || fstat (file->fd, &info) != 0 || (uint64_t) info.st_size >= request->size
      || is_in_memory (file->fd))
    return true;
  do
    result = fallocate (file->fd, FALLOC_FL_KEEP_SIZE, info.st_size,
                        (off_t) request->size - info.st_size);
  while (result != 0 && errno == EINTR);
  file->claimed = result == 0;
  if (result == 0 || (errno != ENOSPC && errno != EDQUOT && errno != EFBIG))
    return true;
  if (errno == EFBIG)
    hark_disk_refuse (reply, HARK_DISK_ERROR, "This disk cannot hold a file of that size.");
  else
    refuse_for_room (reply);
  return false;
}

static int
make_folder (int directory, const char *name)
{
  return mkdirat (directory, name, 0700) == 0
           ? hark_disk_open_beneath (directory, name, OPEN_FOLDER)
           : -1;
}

/* (transfer full): the wanted name, shorter where the file system cannot keep it with what Hark
 * puts behind it: encrypted ones have 143 bytes. */
static char *
fitting_name (int directory, const char *name)
{
  struct statvfs info;

  if (fstatvfs (directory, &info) != 0 || info.f_namemax <= HARK_FILE_NAME_GROWS)
    return g_strdup (name);
  return hark_file_name_fit (name, (size_t) info.f_namemax - HARK_FILE_NAME_GROWS);
}

/* Makes a part file (or folder) whose final name is free as well; the name in @ret (transfer full).
 */
static int
create_part (int directory, const HarkDiskRequest *request, const char *wanted, char **ret)
{
  const bool folder = request->folder.manifest_len > 0;

  for (unsigned number = 1; number <= HARK_DISK_NAMES_TRIED_MAX; number++) {
    g_autofree char *final = hark_file_name_numbered (wanted, number);
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
      fd = hark_disk_open_own (directory, part, request->transfer, folder ? OPEN_FOLDER : O_RDWR);
    else if (fsetxattr (fd, HARK_DISK_MARK, &request->transfer, sizeof request->transfer, 0) != 0)
      g_debug ("part file not marked: %s", g_strerror (errno));
    if (fd >= 0) {
      *ret = g_steal_pointer (&final);
      return fd;
    }
  }
  errno = EEXIST;
  return -1;
}

/* A folder of that name that lies there already; -1: none. */
static int
open_seed (int directory, const HarkDiskRequest *request, const char *part)
{
  return request->name == NULL || strcmp (part, request->name) == 0
           ? -1
           : hark_disk_open_beneath (directory, request->name, OPEN_FOLDER);
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
    hark_disk_add_file (work, request->transfer, fd, directory, part);
    return true;
  }
  folder = hark_folder_target (fd, open_seed (directory, request, part), request->size,
                               &request->folder, reply);
  if (folder == NULL) {
    close (directory);
    return false;
  }
  hark_disk_add_file (work, request->transfer, -1, directory, part)->folder = folder;
  return true;
}

/* An older state of the same file, most likely: only what differs has to come over the line. */
static void
plant_seed (HarkDiskFile *file, const HarkDiskRequest *request, HarkDiskReply *reply)
{
  int fd = hark_disk_open_beneath (file->directory, request->name, O_RDONLY | O_NONBLOCK);
  struct stat info;
  uint64_t mark;

  if (fd < 0)
    return;
  if (fstat (fd, &info) == 0 && S_ISREG (info.st_mode)
      && ((uint64_t) info.st_size == request->size
          || fgetxattr (fd, HARK_DISK_MARK, &mark, sizeof mark) == sizeof mark)) {
    file->seed = fd;
    reply->size = MIN ((uint64_t) info.st_size, request->size);
    if (reply->size < request->size)
      reply->size -= reply->size % HARK_TREE_BLOCK_LEN;
    return;
  }
  close (fd);
}

/* The same file, most likely, that came or was given before. */
void
hark_disk_do_seed (HarkDiskWork *work, const HarkDiskRequest *request, HarkDiskReply *reply)
{
  HarkDiskFile *file = hark_disk_need_file (work, request, reply);

  for (unsigned i = 0; file != NULL && file->fd >= 0 && request->seeds[i] != NULL; i++) {
    g_autoptr (HarkDiskReply) unheard = g_new0 (HarkDiskReply, 1);
    uint8_t sample[HARK_FILE_SAMPLE_LEN];
    struct stat info;
    int fd = hark_disk_open_source (request->seeds[i], &info, unheard);

    if (fd < 0)
      continue;
    if ((uint64_t) info.st_size == request->size
        && hark_file_sample (request->size, hark_disk_read_piece, &fd, sample)
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

/* Nothing of it has come: nobody would look for it again. */
static void
drop_empty (const HarkDiskFile *file)
{
  struct stat info;

  if (fstat (file->fd, &info) == 0 && info.st_size == 0
      && unlinkat (file->directory, file->part, 0) != 0)
    g_debug ("part file stays: %s", g_strerror (errno));
}

/* What of a file is there at once, or may be with a look at another; false with @reply refused. */
static bool
begin_file (
  HarkDiskFile *file, const HarkDiskRequest *request, bool moved, int seed, HarkDiskReply *reply)
{
  struct stat info;

  if (moved) {
    reply->size = fstat (file->fd, &info) == 0 ? (uint64_t) info.st_size : 0;
    return true;
  }
  file->seed = seed;
  if (!claim_room (file, request, reply)) {
    drop_empty (file);
    return false;
  }
  if (seed < 0) {
    plant_seed (file, request, reply);
    return true;
  }
  reply->size = fstat (seed, &info) == 0 ? MIN ((uint64_t) info.st_size, request->size) : 0;
  if (reply->size < request->size)
    reply->size -= reply->size % HARK_TREE_BLOCK_LEN;
  return true;
}

/* The part in @directory, new or as far as it was elsewhere; its name in @ret (transfer full). -1
 * with @reply refused. */
static int
open_created (
  int directory, const HarkDiskRequest *request, bool *ret_moved, char **ret, HarkDiskReply *reply)
{
  g_autofree char *wanted = fitting_name (directory, request->name);
  int fd = request->path != NULL ? hark_disk_move_part (directory, request, wanted, ret) : -1;

  *ret_moved = fd >= 0;
  if (*ret_moved || !has_room (directory, request->size, reply))
    return fd;
  fd = create_part (directory, request, wanted, ret);
  if (fd < 0)
    hark_disk_refuse_errno (reply, errno, "The file cannot be made");
  return fd;
}

/* The same with what there was of it in another folder. */
static int
open_with_old (int directory,
               const HarkDiskRequest *request,
               bool *ret_moved,
               int *ret_seed,
               char **ret,
               HarkDiskReply *reply)
{
  int fd = open_created (directory, request, ret_moved, ret, reply);

  *ret_seed = -1;
  if (fd < 0 || *ret_moved || request->path == NULL || hark_disk_copy_part (request, fd, ret_seed))
    return fd;
  hark_disk_refuse_errno (reply, errno, "What had arrived cannot be copied");
  close (fd);
  return -1;
}

void
hark_disk_do_create (HarkDiskWork *work, const HarkDiskRequest *request, HarkDiskReply *reply)
{
  g_autofree char *final = NULL;
  g_autofree char *part = NULL;
  HarkDiskFile *file;
  int directory, fd, seed;
  bool moved;

  if (g_mkdir_with_parents (request->directory, 0700) != 0) {
    hark_disk_refuse_errno (reply, errno, "The folder cannot be made");
    return;
  }
  directory = open (request->directory, O_PATH | O_DIRECTORY | O_CLOEXEC);
  if (directory < 0) {
    hark_disk_refuse_errno (reply, errno, "The folder cannot be opened");
    return;
  }
  fd = open_with_old (directory, request, &moved, &seed, &final, reply);
  if (fd < 0) {
    close (directory);
    return;
  }
  part = g_strconcat (final, ".part", NULL);
  if (!add_target (work, request, fd, directory, part, reply))
    return;
  file = hark_disk_find_file (work, request->transfer);
  if (request->path != NULL)
    file->old = g_strconcat (request->path, ".part", NULL);
  if (request->folder.manifest_len == 0 && !begin_file (file, request, moved, seed, reply)) {
    g_hash_table_remove (work->files, &request->transfer);
    return;
  }
  reply->old = g_strdup (file->old);
  reply->path = g_build_filename (request->directory, final, NULL);
}

/* Bytes that the part file at @path has on the disk beyond those it holds: they are there for it
 * alone and count as free. */
static uint64_t
claimed_before (const char *path)
{
  g_autofree char *part = g_strconcat (path, ".part", NULL);
  struct stat info;
  uint64_t taken;

  if (lstat (part, &info) != 0 || !S_ISREG (info.st_mode))
    return 0;
  taken = (uint64_t) info.st_blocks * 512;
  return taken > (uint64_t) info.st_size ? taken - (uint64_t) info.st_size : 0;
}

/* A folder that is not there yet would be made in the one above. */
static int
open_for_room (const HarkDiskRequest *request)
{
  g_autofree char *folder
    = request->path != NULL ? g_path_get_dirname (request->path) : g_strdup (request->directory);
  int directory = open (folder, O_PATH | O_DIRECTORY | O_CLOEXEC);

  while (directory < 0 && errno == ENOENT && request->path == NULL && strlen (folder) > 1) {
    char *above = g_path_get_dirname (folder);

    g_free (folder);
    folder = above;
    directory = open (folder, O_PATH | O_DIRECTORY | O_CLOEXEC);
  }
  return directory;
}

void
hark_disk_do_room (const HarkDiskRequest *request, HarkDiskReply *reply)
{
  int directory = open_for_room (request);
  uint64_t claimed = request->path != NULL ? claimed_before (request->path) : 0;

  if (directory < 0) {
    hark_disk_refuse_errno (reply, errno, "The folder cannot be opened");
    return;
  }
  if (faccessat (directory, ".", W_OK | X_OK, AT_EACCESS) != 0)
    hark_disk_refuse_errno (reply, errno, "The folder cannot be written to");
  else
    has_room (directory, request->size - MIN (claimed, request->size), reply);
  close (directory);
}

/* A part is at a path, or what has its name by now: the program ended before it had stored that.
 * `directory` and `fd`: -1: not there, errno is that of the first. */
typedef struct {
  int directory;
  int fd;
  char *name;
} Part;

static void
open_at (const char *path, bool own, const HarkDiskRequest *request, Part *ret)
{
  const bool folder = request->folder.manifest_len > 0;
  const int flags = folder ? OPEN_FOLDER : O_RDWR;
  g_autofree char *above = g_path_get_dirname (path);
  g_autofree char *name = g_path_get_basename (path);

  *ret = (Part){.directory = open (above, O_PATH | O_DIRECTORY | O_CLOEXEC),
                .fd = -1,
                .name = g_strconcat (name, ".part", NULL)};
  if (ret->directory < 0)
    return;
  ret->fd = own ? hark_disk_open_own (ret->directory, ret->name, request->transfer, flags)
                : hark_disk_open_beneath (ret->directory, ret->name, flags);
  if (ret->fd >= 0 || errno != ENOENT)
    return;
  g_free (ret->name);
  ret->name = g_strdup (name);
  ret->fd = folder ? hark_disk_open_own_folder (ret->directory, name, &request->folder)
                   : hark_disk_open_own (ret->directory, name, request->transfer, O_RDONLY);
}

static void
part_clear (Part *part)
{
  if (part->fd >= 0)
    close (part->fd);
  if (part->directory >= 0)
    close (part->directory);
  g_free (part->name);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Part, part_clear)

/* What was being copied when the program ended is copied again, from @left. */
static void
plant_left (HarkDiskFile *file, const HarkDiskRequest *request, int left, HarkDiskReply *reply)
{
  struct stat info;

  if (file->folder != NULL || fstat (left, &info) != 0 || (uint64_t) info.st_size <= reply->size) {
    close (left);
    return;
  }
  file->seed = left;
  reply->size = MIN ((uint64_t) info.st_size, request->size);
  if (reply->size < request->size)
    reply->size -= reply->size % HARK_TREE_BLOCK_LEN;
}

void
hark_disk_do_reopen (HarkDiskWork *work, const HarkDiskRequest *request, HarkDiskReply *reply)
{
  g_autofree char *moved = hark_disk_find_moved (request->path);
  g_autofree char *old = NULL;
  g_auto (Part) part = {0};
  HarkDiskFile *file;
  struct stat info;
  int left;

  open_at (moved != NULL ? moved : request->path, moved != NULL, request, &part);
  if (part.directory < 0) {
    hark_disk_refuse_errno (reply, errno, "The folder cannot be opened");
    reply->result = HARK_DISK_ERROR; /* the part may be in it still when it is there again */
    return;
  }
  if (part.fd < 0 || fstat (part.fd, &info) != 0) {
    hark_disk_refuse_errno (reply, errno, "The part that had arrived cannot be opened");
    return;
  }
  if (request->folder.manifest_len == 0 && !hark_disk_check_regular (&info, reply))
    return;
  reply->size = (uint64_t) info.st_size;
  old = hark_disk_find_old (part.fd, request, &left);
  if (!add_target (work, request, g_steal_fd (&part.fd), g_steal_fd (&part.directory), part.name,
                   reply)) {
    if (left >= 0)
      close (left);
    return;
  }
  file = hark_disk_find_file (work, request->transfer);
  if (left >= 0)
    plant_left (file, request, left, reply);
  if (!claim_room (file, request, reply)) {
    g_hash_table_remove (work->files, &request->transfer);
    return;
  }
  file->old = moved != NULL ? g_strconcat (request->path, ".part", NULL) : g_steal_pointer (&old);
  reply->old = g_strdup (file->old);
  reply->path = g_steal_pointer (&moved);
}
