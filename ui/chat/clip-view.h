/* ui/chat/clip-view.h - the part of a message row that is a voice message: heard here, from
 * anywhere in it, as fast as wanted.
 *
 * Main thread.
 */
#pragma once

#include "ui/model/client.h"

#include <gtk/gtk.h>

#define HARK_TYPE_CLIP_VIEW (hark_clip_view_get_type ())
G_DECLARE_FINAL_TYPE (HarkClipView, hark_clip_view, HARK, CLIP_VIEW, GtkBox)

/* hark_clip_view_new: floating. */
GtkWidget *
hark_clip_view_new (HarkClient *client, HarkPersonItem *person, HarkMessageItem *message);
