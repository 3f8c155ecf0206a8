/* ui/frames.h - what becomes of the window's pictures, for whoever measures
 * (G_MESSAGES_DEBUG=hark-ui; tests/bench/bench-window.py). Without that it costs nothing. Main
 * thread.
 */
#pragma once

#include <gtk/gtk.h>

/* hark_frames_follow: says of each picture of @window, once it is realized, how long after the one
 * before it was there, what this thread worked meanwhile, and how long after the one before its
 * drawing began: "frame GAP ms, worked WORK ms, begun GAP ms". Of each turn of the main loop of a
 * millisecond or more, how long nothing else was looked at, what of it this thread worked, and how
 * long it could have but others had the processors: "turn HOLD ms, worked WORK ms, queued QUEUED
 * ms". */
void hark_frames_follow (GtkWidget *window);

/* hark_frames_say: draws @widget and says @what (kept by the caller) when that is done. */
void hark_frames_say (GtkWidget *widget, const char *what);
