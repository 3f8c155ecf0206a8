#include "core/files/disk-private.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/fs.h>
#include <linux/openat2.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>
#include <unistd.h>

void
hark_disk_refuse (HarkDiskReply *reply, HarkDiskResult result, const char *words)
{
  reply->result = result;
  reply->error = 0;
  g_free (reply->words);
  reply->words = g_strdup (words);
}

void
hark_disk_clear (HarkDiskReply *reply)
{
  reply->result = HARK_DISK_OK;
  g_clear_pointer (&reply->words, g_free);
}

void
hark_disk_refuse_errno (HarkDiskReply *reply, int error, const char *what)
{
  g_autofree char *words = NULL;

  if (error == ENOSPC || error == EDQUOT) {
    hark_disk_refuse (reply, HARK_DISK_FULL,
                      "The disk is full. It goes on by itself when there is room.");
    return;
  }
  words = g_strdup_printf ("%s: %s.", what, g_strerror (error));
  hark_disk_refuse (reply, error == ENOENT ? HARK_DISK_MISSING : HARK_DISK_ERROR, words);
  reply->error = error;
}

int64_t
hark_disk_mtime_ms (const struct stat *info)
{
  return (int64_t) info->st_mtim.tv_sec * 1000 + info->st_mtim.tv_nsec / 1000000;
}

int
hark_disk_open_beneath (int directory, const char *name, int flags)
{
  struct open_how how = {.flags = (uint64_t) (unsigned) (flags | O_CLOEXEC | O_NOFOLLOW),
                         .mode = (flags & O_CREAT) != 0 ? 0600 : 0,
                         .resolve = RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS};
  long fd = syscall (SYS_openat2, directory, name, &how, sizeof how);

  if (fd < 0 && (errno == ENOSYS || errno == EPERM))
    fd = openat (directory, name, flags | O_CLOEXEC | O_NOFOLLOW, 0600);
  return (int) fd;
}

bool
hark_disk_read (int fd, uint8_t *data, size_t len, uint64_t offset, HarkDiskReply *reply)
{
  while (len > 0) {
    ssize_t n = pread (fd, data, len, (off_t) offset);

    if (n < 0 && errno == EINTR)
      continue;
    if (n < 0) {
      hark_disk_refuse_errno (reply, errno, "The file cannot be read");
      return false;
    }
    if (n == 0) {
      hark_disk_refuse (reply, HARK_DISK_CHANGED,
                        "The file became shorter while it was being sent.");
      return false;
    }
    data += n;
    offset += (uint64_t) n;
    len -= (size_t) n;
  }
  return true;
}

bool
hark_disk_write (int fd, const uint8_t *data, size_t len, uint64_t offset, HarkDiskReply *reply)
{
  while (len > 0) {
    ssize_t n = pwrite (fd, data, len, (off_t) offset);

    if (n < 0 && errno == EINTR)
      continue;
    if (n < 0) {
      hark_disk_refuse_errno (reply, errno, "The file cannot be written");
      return false;
    }
    data += n;
    offset += (uint64_t) n;
    len -= (size_t) n;
  }
  return true;
}

/* Between file systems of two kinds the kernel does not do it. */
static bool
copy_by_hand (int from, int to)
{
  const size_t size = 256 * 1024;
  g_autofree uint8_t *buffer = g_malloc (size);
  ssize_t got;

  while ((got = read (from, buffer, size)) != 0) {
    if (got < 0 && errno != EINTR)
      return false;
    for (ssize_t at = 0, n; at < got; at += MAX (n, 0))
      if ((n = write (to, buffer + at, (size_t) (got - at))) < 0 && errno != EINTR)
        return false;
  }
  return true;
}

bool
hark_disk_copy_bytes (int from, int to, uint64_t len)
{
  if (ioctl (to, FICLONE, from) == 0) /* then it shares the room on the disk */
    return true;
  while (len > 0) {
    const ssize_t n
      = copy_file_range (from, NULL, to, NULL, (size_t) MIN (len, (uint64_t) 1 << 30), 0);

    if (n < 0 && (errno == EXDEV || errno == EOPNOTSUPP || errno == ENOSYS))
      return copy_by_hand (from, to);
    if (n == 0 || (n < 0 && errno != EINTR))
      return false;
    len -= n > 0 ? (uint64_t) n : 0;
  }
  return true;
}
