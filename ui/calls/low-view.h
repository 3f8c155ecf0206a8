/* ui/calls/low-view.h - what is as high as its content up to a limit, and scrolls from there: a
 * call of many people, or one in large text, leaves room for its conversation.
 *
 * GtkScrolledWindow asks a content that wraps for its height at its least width, and would be too
 * high. Main thread.
 */
#pragma once

#include <gtk/gtk.h>

#define HARK_LOW_VIEW_PX_MAX 280
#define HARK_LOW_VIEW_PX_MIN 80

#define HARK_TYPE_LOW_VIEW (hark_low_view_get_type ())
G_DECLARE_FINAL_TYPE (HarkLowView, hark_low_view, HARK, LOW_VIEW, GtkScrolledWindow)

/* hark_low_view_new: (transfer floating): with @content in it. */
GtkWidget *hark_low_view_new (GtkWidget *content);
