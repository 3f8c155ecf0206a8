#include "app/cli/clips.h"

#include "app/cli/cli.h"

#include "core/hark.h"

#include <errno.h>
#include <fcntl.h>
#include <gio/gio.h>
#include <glib-unix.h>
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

  if (strcmp (verb, "clip-record") == 0 || strcmp (verb, "clip-play") == 0)
    json_object_set_string_member (command, "how", "start");
  if (strcmp (verb, "clip") != 0 && strcmp (verb, "clip-send") != 0)
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

/* ---- while it is spoken or heard ---- */

static struct {
  void (*send) (const char *how, void *data);
  void *data;
} listener;

static gboolean
on_input (gint fd, GIOCondition condition, void *data)
{
  char line[256];

  (void) condition;
  (void) data;
  if (read (fd, line, sizeof line) < 0 && (errno == EINTR || errno == EAGAIN))
    return G_SOURCE_CONTINUE;
  listener.send ("stop", listener.data);
  return G_SOURCE_REMOVE;
}

void
hark_cli_clip_listen (void (*send) (const char *how, void *data), void *data)
{
  listener.send = send;
  listener.data = data;
  if (isatty (STDERR_FILENO))
    fputs ("Speak now. Enter sends it, Ctrl-C throws it away.\n", stderr);
  g_unix_fd_add (STDIN_FILENO, G_IO_IN | G_IO_HUP, on_input, NULL);
}

static void
show_time (JsonObject *event)
{
  const int64_t length = json_object_get_int_member_with_default (event, "length_ms", 0) / 1000;
  const int64_t at = json_object_get_int_member_with_default (event, "at_ms", -1) / 1000;

  if (!isatty (STDERR_FILENO))
    return;
  if (json_object_has_member (event, "at_ms"))
    fprintf (stderr, "\r%d:%02d of ", (int) (at / 60), (int) (at % 60));
  else
    fputc ('\r', stderr);
  fprintf (stderr, "%d:%02d ", (int) (length / 60), (int) (length % 60));
}

HarkCliClipEnd
hark_cli_clip_show (JsonObject *event)
{
  const char *state = json_object_get_string_member_with_default (event, "state", "");
  const char *reason = json_object_get_string_member_with_default (event, "reason", "");
  const bool playing = json_object_has_member (event, "at_ms");

  show_time (event);
  if (strcmp (state, "full") == 0)
    fputs ("The microphone is closed; Enter sends what there is.\n", stderr);
  if (strcmp (state, "over") != 0
      || json_object_get_boolean_member_with_default (event, "more", FALSE))
    return HARK_CLI_CLIP_GOES_ON;
  if (isatty (STDERR_FILENO))
    fputc ('\n', stderr);
  if (*reason != '\0') {
    hark_cli_complain (1, "%s", reason);
    return HARK_CLI_CLIP_FAILED;
  }
  return playing ? HARK_CLI_CLIP_HEARD : HARK_CLI_CLIP_GOES_ON;
}
