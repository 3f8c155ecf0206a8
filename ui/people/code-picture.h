/* ui/people/code-picture.h - the code on a picture file, read aside by the program that reads
 * pictures. Main thread.
 */
#pragma once

#include <gio/gio.h>

/* hark_code_picture_read: begins to read the QR code on the picture at @path; @done is called with
 * @owner, which is kept so long. */
void hark_code_picture_read (GObject *owner, const char *path, GAsyncReadyCallback done);

/* hark_code_picture_finish: (transfer full) (nullable): its text, as hark_picture_read_code(). */
char *hark_code_picture_finish (GAsyncResult *result, GError **error);
