#include "core/files/shared.h"

#include "core/files/disk-private.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#define NAME_LEN_MAX 255

static bool
is_name (const char *name, size_t len)
{
  if (len == 0 || len > NAME_LEN_MAX || name[0] == '.'
      || !g_utf8_validate (name, (gssize) len, NULL))
    return false;
  for (size_t i = 0; i < len; i++)
    if ((unsigned char) name[i] < 0x20 || name[i] == 0x7f)
      return false;
  return true;
}

bool
hark_shared_is_way (const char *way)
{
  unsigned depth = 0;

  if (strlen (way) > HARK_SHARED_PATH_MAX)
    return false;
  if (*way == '\0')
    return true;
  for (const char *at = way;; at++) {
    const size_t len = strcspn (at, "/");

    if (++depth > HARK_SHARED_DEPTH_MAX || !is_name (at, len))
      return false;
    at += len;
    if (*at == '\0')
      return true;
  }
}

char *
hark_shared_join (const char *root, const char *way)
{
  return g_strconcat (root, HARK_SHARED_MARK, way, NULL);
}

bool
hark_shared_is (const char *path)
{
  return strstr (path, HARK_SHARED_MARK) != NULL;
}

bool
hark_shared_is_under (const char *path, const char *root)
{
  const size_t len = strlen (root);

  return strncmp (path, root, len) == 0 && g_str_has_prefix (path + len, HARK_SHARED_MARK);
}

char *
hark_shared_name (const char *path)
{
  const char *mark = strstr (path, HARK_SHARED_MARK);
  g_autofree char *root = NULL;

  if (mark == NULL || mark[strlen (HARK_SHARED_MARK)] != '\0')
    return g_path_get_basename (path);
  root = g_strndup (path, (gsize) (mark - path));
  return g_path_get_basename (root);
}

/* From the folder @top (taken over) along @way; -1 with errno. */
static int
walk (int top, const char *way, int flags)
{
  int at = top;

  while (at >= 0) {
    const size_t len = strcspn (way, "/");
    const bool last = way[len] == '\0';
    g_autofree char *name = g_strndup (way, len);
    int next = hark_disk_open_beneath (at, name, last ? flags : O_PATH | O_DIRECTORY);
    int error = errno;

    close (at);
    errno = error;
    if (last)
      return next;
    at = next;
    way += len + 1;
  }
  return -1;
}

int
hark_shared_open (const char *path, int flags)
{
  const char *mark = strstr (path, HARK_SHARED_MARK);
  g_autofree char *root = NULL;
  const char *way;
  int top;

  if (mark == NULL)
    return open (path, flags | O_CLOEXEC);
  root = g_strndup (path, (gsize) (mark - path));
  way = mark + strlen (HARK_SHARED_MARK);
  if (!hark_shared_is_way (way)) {
    errno = ENOENT;
    return -1;
  }
  if (*way == '\0')
    return open (*root ? root : "/", flags | O_CLOEXEC);
  top = open (*root ? root : "/", O_PATH | O_DIRECTORY | O_CLOEXEC);
  return top < 0 ? -1 : walk (top, way, flags);
}

/* ---- listing --------------------------------------------------------------------- */

void
hark_shared_entry_free (HarkSharedEntry *entry)
{
  g_free (entry->name);
  g_free (entry);
}

static int
compare (const void *a, const void *b)
{
  const HarkSharedEntry *one = *(HarkSharedEntry *const *) a;
  const HarkSharedEntry *other = *(HarkSharedEntry *const *) b;

  if (one->folder != other->folder)
    return one->folder ? -1 : 1;
  return strcmp (one->name, other->name);
}

static void
add_entry (int folder, const char *name, GPtrArray *entries)
{
  HarkSharedEntry *entry;
  struct stat info;

  if (!is_name (name, strlen (name)) || fstatat (folder, name, &info, AT_SYMLINK_NOFOLLOW) != 0
      || !(S_ISREG (info.st_mode) || S_ISDIR (info.st_mode))
      || faccessat (folder, name, R_OK, AT_EACCESS) != 0)
    return;
  entry = g_new0 (HarkSharedEntry, 1);
  entry->name = g_strdup (name);
  entry->folder = S_ISDIR (info.st_mode);
  entry->size = entry->folder ? 0 : (uint64_t) info.st_size;
  entry->mtime_ms = hark_disk_mtime_ms (&info);
  g_ptr_array_add (entries, entry);
}

void
hark_shared_list (const char *path, uint64_t from, HarkDiskReply *reply)
{
  g_autoptr (GPtrArray) all
    = g_ptr_array_new_with_free_func ((GDestroyNotify) hark_shared_entry_free);
  int fd = hark_shared_open (path, O_RDONLY | O_DIRECTORY);
  DIR *stream = fd >= 0 ? fdopendir (fd) : NULL;
  struct dirent *found;

  if (stream == NULL) {
    hark_disk_refuse_errno (reply, errno, "The folder cannot be opened");
    if (fd >= 0)
      close (fd);
    return;
  }
  while (all->len < HARK_SHARED_NAMES_MAX && (found = readdir (stream)) != NULL)
    add_entry (fd, found->d_name, all);
  closedir (stream);
  g_ptr_array_sort (all, compare);
  reply->size = all->len;
  reply->entries = g_ptr_array_new_with_free_func ((GDestroyNotify) hark_shared_entry_free);
  for (uint64_t i = from; i < all->len && reply->entries->len < HARK_SHARED_PAGE; i++)
    g_ptr_array_add (reply->entries, g_steal_pointer (&all->pdata[i]));
  g_ptr_array_set_free_func (all, NULL);
  for (guint i = 0; i < all->len; i++)
    if (all->pdata[i] != NULL)
      hark_shared_entry_free (all->pdata[i]);
}
