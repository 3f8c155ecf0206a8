/* ui/people/code-view.h - a QR code on a white card, whatever the theme; scanners need the
 * contrast.
 *
 * Main thread.
 */
#pragma once

#include <gtk/gtk.h>

#define HARK_TYPE_CODE_VIEW (hark_code_view_get_type ())
G_DECLARE_FINAL_TYPE (HarkCodeView, hark_code_view, HARK, CODE_VIEW, GtkDrawingArea)

/* hark_code_view_set_text: @text (nullable): what it says; NULL or too long a text draws nothing.
 */
void hark_code_view_set_text (HarkCodeView *view, const char *text);

/* hark_code_view_get_picture: (transfer full) (nullable): what it shows, black on white with the
 * quiet zone, in pixels enough for print. NULL: it shows nothing. */
GdkPixbuf *hark_code_view_get_picture (HarkCodeView *view);
