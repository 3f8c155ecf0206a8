/* A part that goes on in another folder: by its name alone where both are on one file system, else
 * what is there is copied; a folder at once, a file while it is looked through, so that others get
 * their turn. What is left in the old place goes when the new one is in the store. */
#define G_LOG_DOMAIN "hark-files"

#include "core/files/disk-work-private.h"
#include "core/files/folder-private.h"
#include "core/files/name.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/xattr.h>
#include <unistd.h>

#define FROM "user.hark.from" /* attribute of a part: path of the one that it went on from */

typedef struct {
  int directory; /* of the part so far; -1: not there */
  char *name;    /* of the part in it */
  char *path;    /* of the part */
  bool moved;    /* it is not where it was asked for */
} Old;

/* ---- where it went --------------------------------------------------------------- */

/* (transfer full): the path of a link at @path. */
static char *
read_link (const char *path)
{
  g_autofree char *target = g_malloc0 (PATH_MAX);

  return readlink (path, target, PATH_MAX - 1) > 0 ? g_steal_pointer (&target) : NULL;
}

char *
hark_disk_find_moved (const char *path)
{
  g_autofree char *part = g_strconcat (path, ".part", NULL);
  g_autofree char *target = read_link (part);

  if (target == NULL || *target != '/' || !g_str_has_suffix (target, ".part"))
    return NULL;
  target[strlen (target) - strlen (".part")] = '\0';
  return g_steal_pointer (&target);
}

static bool
is_same (const struct stat *one, const struct stat *other)
{
  return one->st_dev == other->st_dev && one->st_ino == other->st_ino;
}

static bool
leads_to (int directory, const char *name, const struct stat *own)
{
  struct stat info;

  return fstatat (directory, name, &info, AT_SYMLINK_NOFOLLOW) == 0 && S_ISLNK (info.st_mode)
         && fstatat (directory, name, &info, 0) == 0 && is_same (&info, own);
}

/* Another one of this very transfer; -1: none. */
static int
open_left (int directory, const char *name, const HarkDiskRequest *request, const struct stat *own)
{
  struct stat info;
  int fd = request->folder.manifest_len > 0
             ? hark_disk_open_own_folder (directory, name, &request->folder)
             : hark_disk_open_own (directory, name, request->transfer, O_RDONLY);

  if (fd < 0 || (fstat (fd, &info) == 0 && !is_same (&info, own)))
    return fd;
  close (fd);
  return -1;
}

char *
hark_disk_find_old (int fd, const HarkDiskRequest *request, int *ret_left)
{
  char path[PATH_MAX] = "";
  g_autofree char *folder = NULL, *name = NULL;
  struct stat own;
  int directory;
  bool link;

  *ret_left = -1;
  if (fgetxattr (fd, FROM, path, sizeof path - 1) <= 0 || *path != '/'
      || !g_str_has_suffix (path, ".part") || fstat (fd, &own) != 0)
    return NULL;
  folder = g_path_get_dirname (path);
  name = g_path_get_basename (path);
  directory = open (folder, O_PATH | O_DIRECTORY | O_CLOEXEC);
  if (directory < 0)
    return NULL;
  link = leads_to (directory, name, &own);
  if (!link) /* the attribute may be anybody's, so may be what it names */
    *ret_left = open_left (directory, name, request, &own);
  close (directory);
  return link || *ret_left >= 0 ? g_strdup (path) : NULL;
}

static void
note_old (int fd, const char *path)
{
  if (fsetxattr (fd, FROM, path, strlen (path), 0) != 0)
    g_debug ("part file not marked: %s", g_strerror (errno));
}

/* ---- by its name alone ----------------------------------------------------------- */

static void
old_init (Old *old, const char *path)
{
  g_autofree char *moved = hark_disk_find_moved (path);
  const char *place = moved != NULL ? moved : path;
  g_autofree char *folder = g_path_get_dirname (place);
  g_autofree char *name = g_path_get_basename (place);

  old->directory = open (folder, O_PATH | O_DIRECTORY | O_CLOEXEC);
  old->name = g_strconcat (name, ".part", NULL);
  old->path = g_strconcat (place, ".part", NULL);
  old->moved = moved != NULL;
}

static void
old_clear (Old *old)
{
  if (old->directory >= 0)
    close (old->directory);
  g_free (old->name);
  g_free (old->path);
}

/* Never through a link, and what a link led to only if it is ours. */
static int
open_old (const Old *old, const HarkDiskRequest *request)
{
  const bool folder = request->folder.manifest_len > 0;
  const int flags = folder ? O_RDONLY | O_DIRECTORY : O_RDWR;

  if (old->directory < 0)
    return -1;
  return old->moved ? hark_disk_open_own (old->directory, old->name, request->transfer, flags)
                    : hark_disk_open_beneath (old->directory, old->name, flags | O_NONBLOCK);
}

/* The part and a link to where it goes change places at once: whoever looks for it in its old place
 * finds it, until the store knows the new one. False with errno. */
static bool
exchange (const Old *old, int directory, const char *folder, const char *part)
{
  g_autofree char *target = g_build_filename (folder, part, NULL);
  int error;

  if (symlinkat (target, directory, part) != 0) {
    g_autofree char *present = NULL;

    if (errno != EEXIST)
      return false;
    present = read_link (target);
    errno = EEXIST;
    if (g_strcmp0 (present, target) != 0) /* else the program ended just then */
      return false;
  }
  if (renameat2 (old->directory, old->name, directory, part, RENAME_EXCHANGE) == 0)
    return true;
  error = errno;
  unlinkat (directory, part, 0);
  errno = error;
  return false;
}

/* Where the file system knows no links, or no exchange: it begins anew if the program ends before
 * the store knows where it is. */
static bool
rename_or_exchange (const Old *old, int directory, const char *folder, const char *part)
{
  if (exchange (old, directory, folder, part))
    return true;
  return errno != EEXIST
         && renameat2 (old->directory, old->name, directory, part, RENAME_NOREPLACE) == 0;
}

/* Under the first number whose final name is free as well; false where that does not go. */
static bool
rename_part (
  const Old *old, int directory, const HarkDiskRequest *request, const char *wanted, char **ret)
{
  for (unsigned number = 1; number <= HARK_DISK_NAMES_TRIED_MAX; number++) {
    g_autofree char *final = hark_file_name_numbered (wanted, number);
    g_autofree char *part = g_strconcat (final, ".part", NULL);

    if (faccessat (directory, final, F_OK, AT_SYMLINK_NOFOLLOW) == 0)
      continue;
    if (rename_or_exchange (old, directory, request->directory, part)) {
      *ret = g_steal_pointer (&final);
      return true;
    }
    if (errno != EEXIST)
      return false;
  }
  return false;
}

/* It went there already, and nobody heard of it. */
static bool
is_there (const Old *old, const HarkDiskRequest *request, char **ret)
{
  g_autofree char *folder = g_path_get_dirname (old->path);

  if (!old->moved || strcmp (folder, request->directory) != 0)
    return false;
  *ret = g_strndup (old->name, strlen (old->name) - strlen (".part"));
  return true;
}

int
hark_disk_move_part (int directory, const HarkDiskRequest *request, const char *wanted, char **ret)
{
  Old old;
  int fd;

  old_init (&old, request->path);
  fd = open_old (&old, request);
  if (fd >= 0 && !is_there (&old, request, ret)) {
    if (rename_part (&old, directory, request, wanted, ret)) {
      note_old (fd, old.path);
      hark_disk_sync_folder (old.directory);
      hark_disk_sync_folder (directory);
    } else {
      close (fd);
      fd = -1;
    }
  }
  old_clear (&old);
  return fd;
}

/* ---- by copying ------------------------------------------------------------------ */

static bool copy_folder (int from, int to, unsigned depth);

/* One that is there already was begun before and is copied anew. */
static bool
copy_entry (int from, int to, const char *name, const struct stat *info, unsigned depth)
{
  const bool folder = S_ISDIR (info->st_mode);
  const int flags = folder ? O_RDONLY | O_DIRECTORY : O_RDONLY | O_NONBLOCK;
  const struct timespec times[2] = {{.tv_nsec = UTIME_OMIT}, info->st_mtim};
  int source, target;
  bool good;

  if (folder && mkdirat (to, name, 0700) != 0 && errno != EEXIST)
    return false;
  source = hark_disk_open_beneath (from, name, flags);
  if (source < 0)
    return false;
  target = hark_disk_open_beneath (to, name, folder ? flags : O_RDWR | O_CREAT | O_NONBLOCK);
  if (target < 0) {
    close (source);
    return false;
  }
  if (folder)
    good = copy_folder (source, target, depth + 1);
  else
    good = ftruncate (target, 0) == 0
           && hark_disk_copy_bytes (source, target, (uint64_t) info->st_size)
           && futimens (target, times) == 0;
  close (source);
  close (target);
  return good;
}

/* All that is in it; false with errno. Anything but files and folders is not ours. */
static bool
copy_folder (int from, int to, unsigned depth)
{
  g_autoptr (GPtrArray) names = hark_folder_names (from);

  for (guint i = 0; i < names->len && depth <= HARK_MANIFEST_DEPTH_MAX + 1; i++) {
    struct stat info;

    if (fstatat (from, names->pdata[i], &info, AT_SYMLINK_NOFOLLOW) != 0
        || !(S_ISREG (info.st_mode) || S_ISDIR (info.st_mode)))
      continue;
    if (!copy_entry (from, to, names->pdata[i], &info, depth))
      return false;
  }
  return true;
}

bool
hark_disk_copy_part (const HarkDiskRequest *request, int fd, int *ret_seed)
{
  const bool folder = request->folder.manifest_len > 0;
  struct stat info;
  bool good = true;
  int from;
  Old old;

  *ret_seed = -1;
  old_init (&old, request->path);
  from = open_old (&old, request);
  if (from < 0 && !folder && old.directory >= 0 && !old.moved) /* from where it can only be read */
    from = hark_disk_open_beneath (old.directory, old.name, O_RDONLY | O_NONBLOCK);
  if (from >= 0)
    note_old (fd, old.path);
  old_clear (&old);
  if (from < 0) /* then it begins anew there */
    return true;
  if (folder)
    good = copy_folder (from, fd, 1);
  else if (fstat (from, &info) == 0 && S_ISREG (info.st_mode))
    *ret_seed = from;
  if (*ret_seed != from)
    close (from);
  return good;
}

/* ---- what is left behind --------------------------------------------------------- */

/* What was copied has to be on the disk, and not only on its way there, when the rest goes. */
static bool
sync_copy (HarkDiskFile *file)
{
  int fd;
  bool good;

  if (file->folder == NULL)
    return fsync (file->fd) == 0;
  fd = hark_disk_open_beneath (file->directory, file->part, O_RDONLY | O_DIRECTORY);
  good = fd >= 0 && syncfs (fd) == 0;
  if (fd >= 0)
    close (fd);
  return good;
}

/* It is known of no more. */
static void
unnote_old (HarkDiskFile *file)
{
  int fd = file->fd;

  if (file->folder != NULL)
    fd = hark_disk_open_beneath (file->directory, file->part, O_RDONLY | O_DIRECTORY);
  if (fd >= 0 && fremovexattr (fd, FROM) != 0 && errno != ENODATA && errno != ENOTSUP)
    g_debug ("part file stays marked: %s", g_strerror (errno));
  if (fd >= 0 && fd != file->fd)
    close (fd);
}

void
hark_disk_drop_old (HarkDiskFile *file)
{
  g_autofree char *old = g_steal_pointer (&file->old);
  struct stat info;
  bool there;

  if (old == NULL)
    return;
  there = lstat (old, &info) == 0;
  if (there && !S_ISLNK (info.st_mode) && !sync_copy (file)) {
    g_debug ("part file stays: %s", g_strerror (errno));
    return;
  }
  if (there && S_ISDIR (info.st_mode))
    hark_folder_remove (AT_FDCWD, old);
  else if (there && unlink (old) != 0)
    g_debug ("part file stays: %s", g_strerror (errno));
  unnote_old (file);
}

/* A file may be whole by then, and closed. */
void
hark_disk_do_moved (HarkDiskWork *work, const HarkDiskRequest *request)
{
  HarkDiskFile *file = hark_disk_find_file (work, request->transfer);
  struct stat info;

  if (file != NULL)
    hark_disk_drop_old (file);
  else if (lstat (request->path, &info) == 0 && S_ISLNK (info.st_mode)
           && unlink (request->path) != 0)
    g_debug ("link to a part file stays: %s", g_strerror (errno));
}
