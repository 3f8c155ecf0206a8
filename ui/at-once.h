/* ui/at-once.h - what is typed, shown without waiting for a frame. Main thread.
 *
 * GDK's clock makes 60 pictures a second at most where no compositor sets the pace: a key that
 * comes while something else moves (a bar, a fading scroll indicator) waits for the next, up to
 * 16.7 ms. Where one sets it, it decides as before: windows that wait for it are frozen.
 */
#pragma once

#include <gtk/gtk.h>

/* hark_at_once_paint: once what waits now is dispatched, lays out and draws what changed in the
 * window of @widget, unless a frame does so without a wait. Calls until then count once; nothing
 * happens when @widget or its window is gone by then. */
void hark_at_once_paint (GtkWidget *widget);
