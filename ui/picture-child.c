#include "ui/picture-child.h"

#include "core/hark.h"

#include <fcntl.h>
#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>

#define NAME "hark-picture"
#define TEXT_MAX 512

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

/* At most @max bytes; more of them are none at all. */
static GBytes *
run (const char *mode, const char *path, gsize max, GError **error)
{
  g_autoptr (GSubprocess) child = start (mode, path, error);
  g_autofree char *buffer = g_malloc (max + 1);
  gsize len = 0;

  if (child == NULL)
    return NULL;
  if (!g_input_stream_read_all (g_subprocess_get_stdout_pipe (child), buffer, max + 1, &len, NULL,
                                error)
      || len > max)
    g_subprocess_force_exit (child);
  if (!g_subprocess_wait (child, NULL, error != NULL && *error == NULL ? error : NULL))
    return NULL;
  if (!g_subprocess_get_successful (child) || len > max) {
    g_clear_error (error);
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
