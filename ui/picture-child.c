#include "ui/picture-child.h"

#include "core/hark.h"

#include <errno.h>
#include <fcntl.h>
#include <gio/gunixinputstream.h>
#include <glib/gstdio.h>
#include <poll.h>
#include <stdbool.h>
#include <string.h>
#include <unistd.h>

#define NAME "hark-picture"
#define TEXT_MAX 512
#ifndef LIMIT_MS       /* tests have less patience */
#define LIMIT_MS 20000 /* twice the processor's time that the child allows itself */
#endif

/* Of app/picture.c. */
enum { EXIT_NO_PICTURE = 3, EXIT_TOO_LARGE = 4, EXIT_NO_CODE = 5 };

static char *
find_program (void)
{
  g_autofree char *self = g_file_read_link ("/proc/self/exe", NULL);
  g_autofree char *folder = self != NULL ? g_path_get_dirname (self) : NULL;
  g_autofree char *beside = folder != NULL ? g_build_filename (folder, NAME, NULL) : NULL;

  if (beside != NULL && g_file_test (beside, G_FILE_TEST_IS_EXECUTABLE))
    return g_steal_pointer (&beside);
  return g_build_filename (HARK_LIBEXECDIR, NAME, NULL);
}

static GSubprocess *
start (const char *mode, const char *path, GError **error)
{
  g_autoptr (GSubprocessLauncher) launcher = g_subprocess_launcher_new (
    G_SUBPROCESS_FLAGS_STDOUT_PIPE | G_SUBPROCESS_FLAGS_STDERR_SILENCE);
  g_autofree char *program = find_program ();
  const int fd = g_open (path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK, 0);

  if (fd < 0) {
    g_set_error (error, G_IO_ERROR, G_IO_ERROR_FAILED, "“%s” cannot be opened: %s.", path,
                 g_strerror (errno));
    return NULL;
  }
  g_subprocess_launcher_take_stdin_fd (launcher, fd);
  return g_subprocess_launcher_spawn (launcher, error, program, mode, NULL);
}

static const char *
explain (const GSubprocess *child)
{
  GSubprocess *ended = (GSubprocess *) child;

  switch (g_subprocess_get_if_exited (ended) ? g_subprocess_get_exit_status (ended) : -1) {
  case EXIT_NO_PICTURE:
    return "is no PNG or JPEG picture that can be read";
  case EXIT_NO_CODE:
    return "shows no QR code that can be read";
  case EXIT_TOO_LARGE:
    return "is too large";
  default:
    return "could not be read";
  }
}

static int
get_left_ms (gint64 deadline)
{
  return (int) MAX (0, (deadline - g_get_monotonic_time ()) / 1000);
}

/* Up to the end, or @max bytes; false: it did not come by @deadline, or could not be read. */
static bool
read_until (GSubprocess *child, char *buffer, gsize max, gsize *ret_len, gint64 deadline)
{
  struct pollfd wait = {
    .fd = g_unix_input_stream_get_fd (G_UNIX_INPUT_STREAM (g_subprocess_get_stdout_pipe (child))),
    .events = POLLIN};

  *ret_len = 0;
  while (*ret_len < max) {
    const int ready = poll (&wait, 1, get_left_ms (deadline));
    const ssize_t n = ready > 0 ? read (wait.fd, buffer + *ret_len, max - *ret_len) : -1;

    if (ready == 0 || (n < 0 && errno != EINTR))
      return false;
    if (n == 0)
      return true;
    *ret_len += (gsize) MAX (n, 0);
  }
  return true;
}

/* It may sleep where no signal wakes it, as on a disk that does not answer: that is not waited for.
 */
static bool
wait_until (GSubprocess *child, gint64 deadline)
{
  while (g_subprocess_get_identifier (child) != NULL && get_left_ms (deadline) > 0)
    g_usleep (500);
  return g_subprocess_get_identifier (child) == NULL;
}

/* At most @max bytes; more of them are none at all. */
static GBytes *
run (const char *mode, const char *path, gsize max, GError **error)
{
  g_autoptr (GSubprocess) child = start (mode, path, error);
  g_autofree char *buffer = g_malloc (max + 1);
  const gint64 deadline = g_get_monotonic_time () + (gint64) LIMIT_MS * 1000;
  gsize len = 0;
  bool whole, late;

  if (child == NULL)
    return NULL;
  whole = read_until (child, buffer, max + 1, &len, deadline);
  late = !whole && get_left_ms (deadline) == 0;
  if (!whole || len > max)
    g_subprocess_force_exit (child);
  if (late || !wait_until (child, deadline)) {
    g_subprocess_force_exit (child);
    g_set_error (error, G_IO_ERROR, G_IO_ERROR_TIMED_OUT, "“%s” takes too long to be read.", path);
    return NULL;
  }
  if (!g_subprocess_get_successful (child) || len > max) {
    g_set_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA, "“%s” %s.", path, explain (child));
    return NULL;
  }
  return g_bytes_new (buffer, len);
}

GBytes *
hark_picture_read_avatar (const char *path, GError **error)
{
  g_autoptr (GBytes) pixels = run ("avatar", path, HARK_PICTURE_LEN, error);

  if (pixels == NULL || g_bytes_get_size (pixels) == HARK_PICTURE_LEN)
    return g_steal_pointer (&pixels);
  g_set_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA, "“%s” could not be read.", path);
  return NULL;
}

GBytes *
hark_picture_read_preview (const char *path, GError **error)
{
  g_autoptr (GBytes) pixels = run ("preview", path, HARK_PREVIEW_LEN_MAX, error);
  const guint8 *bytes;
  gsize len;

  if (pixels == NULL)
    return NULL;
  bytes = g_bytes_get_data (pixels, &len);
  if (len > 2 && bytes[0] <= HARK_PREVIEW_WIDTH_MAX && bytes[1] <= HARK_PREVIEW_HEIGHT_MAX
      && len == 2 + (gsize) bytes[0] * bytes[1] * 3)
    return g_steal_pointer (&pixels);
  g_set_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA, "“%s” could not be read.", path);
  return NULL;
}

char *
hark_picture_read_code (const char *path, GError **error)
{
  g_autoptr (GBytes) text = run ("code", path, TEXT_MAX, error);
  const char *bytes;
  gsize len;

  if (text == NULL)
    return NULL;
  bytes = g_bytes_get_data (text, &len);
  for (gsize i = 0; i < len; i++)
    if (bytes[i] <= ' ' || bytes[i] > '~')
      len = 0;
  if (len > 0)
    return g_strndup (bytes, len);
  g_set_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA, "“%s” could not be read.", path);
  return NULL;
}
