#include "core/store/files.h"

#include "core/store/store.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <sodium.h>
#include <sys/stat.h>
#include <unistd.h>

bool
hark_files_set_error (GError **error, const char *what, const char *path)
{
  const int code = errno;

  g_set_error (error, HARK_STORE_ERROR, HARK_STORE_ERROR_DISK, "%s%s”: %s", what, path,
               g_strerror (code));
  return false;
}

static bool
write_all (int fd, const uint8_t *bytes, size_t len)
{
  while (len > 0) {
    const ssize_t n = write (fd, bytes, len);

    if (n < 0 && errno == EINTR)
      continue;
    if (n < 0)
      return false;
    bytes += n;
    len -= (size_t) n;
  }

  return true;
}

static bool
write_and_sync (const char *path, const uint8_t *bytes, size_t len)
{
  const int fd = open (path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600);
  bool ok;

  if (fd < 0)
    return false;

  ok = fchmod (fd, 0600) == 0 && write_all (fd, bytes, len) && fsync (fd) == 0;
  return close (fd) == 0 && ok;
}

bool
hark_files_write (
  const char *dir, const char *name, const uint8_t *bytes, size_t len, GError **error)
{
  g_autofree char *path = g_build_filename (dir, name, NULL);
  g_autofree char *temporary = g_strconcat (path, ".tmp", NULL);

  if (!write_and_sync (temporary, bytes, len) || rename (temporary, path) != 0) {
    hark_files_set_error (error, "Cannot write “", path);
    unlink (temporary);
    return false;
  }

  return hark_files_sync_dir (dir, error);
}

bool
hark_files_read (
  const char *dir, const char *name, uint8_t *ret, size_t size, size_t *ret_len, GError **error)
{
  g_autofree char *path = g_build_filename (dir, name, NULL);
  const int fd = open (path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
  size_t len = 0;
  ssize_t n = 1;

  if (fd < 0) {
    if (errno != ENOENT)
      hark_files_set_error (error, "Cannot read “", path);
    return false;
  }

  while (len < size && n != 0) {
    n = read (fd, ret + len, size - len);
    if (n < 0 && errno != EINTR) {
      hark_files_set_error (error, "Cannot read “", path);
      sodium_memzero (ret, size);
      close (fd);
      return false;
    }
    len += n > 0 ? (size_t) n : 0;
  }

  close (fd);
  *ret_len = len;
  return true;
}

bool
hark_files_sync_dir (const char *dir, GError **error)
{
  const int fd = open (dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  const bool ok = fd >= 0 && fsync (fd) == 0;

  if (!ok)
    hark_files_set_error (error, "Cannot write “", dir);
  if (fd >= 0)
    close (fd);

  return ok;
}

bool
hark_files_rename (const char *from, const char *to, GError **error)
{
  g_autofree char *dir = g_path_get_dirname (to);

  if (rename (from, to) != 0)
    return hark_files_set_error (error, "Cannot write “", to);
  return hark_files_sync_dir (dir, error);
}

bool
hark_files_remove_dir (const char *dir, GError **error)
{
  g_autoptr (GDir) names = g_dir_open (dir, 0, NULL);
  const char *name;

  while (names != NULL && (name = g_dir_read_name (names)) != NULL) {
    g_autofree char *path = g_build_filename (dir, name, NULL);

    if (unlink (path) != 0 && errno != ENOENT) {
      hark_files_set_error (error, "Cannot remove “", path);
      return false;
    }
  }

  if (rmdir (dir) != 0 && errno != ENOENT) {
    hark_files_set_error (error, "Cannot remove “", dir);
    return false;
  }

  return true;
}
