/* A part that goes on in another folder: by its name alone where both are on one file system, else
 * what is there is copied; a folder at once, a file while it is looked through, so that others get
 * their turn. What is left in the old place goes when the new one is in the store. */
#define G_LOG_DOMAIN "hark-files"

#include "core/files/disk-work-private.h"
#include "core/files/folder-private.h"
#include "core/files/name.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

typedef struct {
  int directory; /* of the part so far; -1: not there */
  char *name;    /* of the part in it */
} Old;

static void
old_init (Old *old, const char *path)
{
  g_autofree char *folder = g_path_get_dirname (path);
  g_autofree char *name = g_path_get_basename (path);

  old->directory = open (folder, O_PATH | O_DIRECTORY | O_CLOEXEC);
  old->name = g_strconcat (name, ".part", NULL);
}

static void
old_clear (Old *old)
{
  if (old->directory >= 0)
    close (old->directory);
  g_free (old->name);
}

/* Under the first number whose final name is free as well; false where that does not go. */
static bool
rename_part (const Old *old, int directory, const char *wanted, char **ret)
{
  for (unsigned number = 1; number <= HARK_DISK_NAMES_TRIED_MAX; number++) {
    g_autofree char *final = hark_file_name_numbered (wanted, number);
    g_autofree char *part = g_strconcat (final, ".part", NULL);

    if (faccessat (directory, final, F_OK, AT_SYMLINK_NOFOLLOW) == 0)
      continue;
    if (renameat2 (old->directory, old->name, directory, part, RENAME_NOREPLACE) == 0) {
      *ret = g_steal_pointer (&final);
      return true;
    }
    if (errno != EEXIST)
      return false;
  }
  return false;
}

int
hark_disk_move_part (int directory, const HarkDiskRequest *request, const char *wanted, char **ret)
{
  const bool folder = request->folder.manifest_len > 0;
  g_autofree char *part = NULL;
  Old old;
  int fd = -1;

  old_init (&old, request->path);
  if (old.directory >= 0 && rename_part (&old, directory, wanted, ret)) {
    part = g_strconcat (*ret, ".part", NULL);
    fd = hark_disk_open_beneath (directory, part,
                                 folder ? O_RDONLY | O_DIRECTORY : O_RDWR | O_NONBLOCK);
    if (fd < 0)
      g_clear_pointer (ret, g_free);
  }
  old_clear (&old);
  return fd;
}

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
  int from = -1;
  Old old;

  *ret_seed = -1;
  old_init (&old, request->path);
  if (old.directory >= 0)
    from = hark_disk_open_beneath (old.directory, old.name,
                                   folder ? O_RDONLY | O_DIRECTORY : O_RDONLY | O_NONBLOCK);
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

void
hark_disk_drop_old (HarkDiskFile *file)
{
  g_autofree char *old = g_steal_pointer (&file->old);

  if (old == NULL)
    return;
  if (file->folder != NULL)
    hark_folder_remove (AT_FDCWD, old);
  else if (unlink (old) != 0 && errno != ENOENT)
    g_debug ("part file stays: %s", g_strerror (errno));
}
