#include "app/cli-clips.h"

#include "core/hark.h"

#include <errno.h>
#include <fcntl.h>
#include <gio/gio.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* As much of the file as a clip may have, and one byte more of what is longer. */
static bool
read_file (const char *path, uint8_t *ret, size_t *ret_len, GError **error)
{
  FILE *file = fopen (path, "rbe");

  if (file == NULL) {
    g_set_error (error, G_IO_ERROR, G_IO_ERROR_FAILED, "cannot read \"%s\": %s", path,
                 g_strerror (errno));
    return false;
  }
  *ret_len = fread (ret, 1, HARK_SOUND_MAX + 1, file);
  fclose (file);
  return true;
}

bool
hark_cli_clip_fill (const char *verb, JsonObject *command, GError **error)
{
  g_autofree uint8_t *bytes = NULL;
  g_autofree char *text = NULL;
  size_t len;

  if (strcmp (verb, "clip") != 0)
    return true;
  bytes = g_malloc (HARK_SOUND_MAX + 1);
  if (!read_file (json_object_get_string_member (command, "sound"), bytes, &len, error))
    return false;
  text = g_base64_encode (bytes, len);
  json_object_set_string_member (command, "sound", text);
  return true;
}

bool
hark_cli_clip_save (JsonObject *result, const char *path, GError **error)
{
  gsize len = 0;
  g_autofree guchar *bytes
    = g_base64_decode (json_object_get_string_member_with_default (result, "sound", ""), &len);
  const int fd = open (path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
  bool ok = fd >= 0 && write (fd, bytes, len) == (ssize_t) len;

  if (fd >= 0)
    ok &= close (fd) == 0;
  if (!ok)
    g_set_error (error, G_IO_ERROR, G_IO_ERROR_FAILED, "cannot write \"%s\": %s", path,
                 g_strerror (errno));
  return ok;
}
