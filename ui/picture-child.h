/* ui/picture-child.h - pictures are looked into by another process: app/picture.c.
 *
 * Shell: starts hark-picture, which lies beside the program or in the libexec folder, and waits for
 * it: at most 20 seconds, whatever becomes of it. Any thread.
 */
#pragma once

#include <gio/gio.h>

/* hark_picture_read_avatar: (transfer full) (nullable): HARK_PICTURE_LEN bytes of the PNG or JPEG
 * file @path, as HARK_COMMAND_PROFILE takes them; NULL with a sentence in @error. */
GBytes *hark_picture_read_avatar (const char *path, GError **error);

/* hark_picture_read_preview: (transfer full) (nullable): all of it in at most 160 × 120 pixels, as
 * HARK_COMMAND_GIVE takes it; NULL with a sentence in @error. */
GBytes *hark_picture_read_preview (const char *path, GError **error);

/* hark_picture_read_code: (transfer full) (nullable): the text of the QR code in it: 1 to 512 plain
 * characters, not trusted. */
char *hark_picture_read_code (const char *path, GError **error);
