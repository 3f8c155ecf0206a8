#include "app/cli/pipe.h"

#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <gio/gio.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define STEP ((size_t) 256 * 1024)
#define NAME "standard-input"

bool
hark_pipe_is_used (char **paths)
{
  return g_strv_contains ((const char *const *) paths, "-");
}

/* Everything that @from has. */
static bool
copy (int from, int to, GError **error)
{
  g_autofree char *buffer = g_malloc (STEP);

  for (;;) {
    ssize_t n = read (from, buffer, STEP);

    if (n < 0 && errno == EINTR)
      continue;
    if (n <= 0) {
      if (n < 0)
        g_set_error (error, G_IO_ERROR, g_io_error_from_errno (errno), "could not read: %s",
                     g_strerror (errno));
      return n == 0;
    }
    for (ssize_t done = 0; done < n;) {
      ssize_t written = write (to, buffer + done, (size_t) (n - done));

      if (written < 0 && errno != EINTR) {
        g_set_error (error, G_IO_ERROR, g_io_error_from_errno (errno), "could not write: %s",
                     g_strerror (errno));
        return false;
      }
      done += MAX (written, 0);
    }
  }
}

bool
hark_pipe_spool (char **paths, const char *folder, const char *name, GError **error)
{
  g_autofree char *path = NULL;
  int fd;
  bool whole;

  if (!hark_pipe_is_used (paths))
    return true;
  if (name && (strchr (name, '/') || *name == '\0' || *name == '.')) {
    g_set_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_FILENAME, "\"%s\" is no name for a file",
                 name);
    return false;
  }
  path = g_build_filename (folder, name ? name : NAME, NULL);
  fd = open (path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
  if (fd < 0) {
    g_set_error (error, G_IO_ERROR, g_io_error_from_errno (errno), "could not make %s: %s", path,
                 g_strerror (errno));
    return false;
  }
  whole = copy (STDIN_FILENO, fd, error);
  close (fd);
  for (; whole && *paths; paths++)
    if (strcmp (*paths, "-") == 0) {
      g_free (*paths);
      *paths = g_strdup (path);
    }
  return whole;
}

bool
hark_pipe_pour (const char *path, GError **error)
{
  int fd;
  bool whole;

  if (g_file_test (path, G_FILE_TEST_IS_DIR)) {
    g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_IS_DIRECTORY,
                         "a folder came, which does not go to standard output");
    return false;
  }
  fflush (stdout);
  fd = open (path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
  if (fd < 0) {
    g_set_error (error, G_IO_ERROR, g_io_error_from_errno (errno), "could not open %s: %s", path,
                 g_strerror (errno));
    return false;
  }
  whole = copy (fd, STDOUT_FILENO, error);
  close (fd);
  return whole;
}

static int
remove_one (const char *path, const struct stat *info, int kind, struct FTW *at)
{
  (void) info;
  (void) kind;
  (void) at;
  remove (path);
  return 0;
}

void
hark_pipe_remove (const char *folder)
{
  nftw (folder, remove_one, 16, FTW_DEPTH | FTW_PHYS);
}
