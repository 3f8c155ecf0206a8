/* ui/by-frame.h - what is shown anew, a few milliseconds of it with each picture. Main thread.
 *
 * However much comes in from outside: what follows from it is shown once for a picture, and when
 * that takes too long for one, the rest comes with the next. Showing, laying out and drawing are
 * turns of the main loop each, where GDK's clock does all of it in one. So a flood makes rows late,
 * not keys.
 */
#pragma once

#include <gtk/gtk.h>
#include <stdbool.h>

/* Of what comes from outside, in the main loop: it waits while a picture is due. */
#define HARK_PRIORITY_EVENTS (GDK_PRIORITY_REDRAW + 1)

/* hark_by_frame_get_event_us: how many microseconds of what comes from outside may be taken in now
 * so that the next picture is in time; 0: not now. Where no pictures were made lately it is what
 * may hold a key up. */
unsigned hark_by_frame_get_event_us (void);

/* HarkShow: shows the state of now. Returns: whether more is left for the next picture, because
 * hark_by_frame_is_over() said so. */
typedef bool (*HarkShow) (GtkWidget *widget);

/* hark_by_frame: @show is called for @widget before the next picture of its window, or one behind
 * it, and in the order in which this was called, in a turn behind those of other events; once for
 * all calls until then. It is called at once while there are no pictures of @widget: it is not
 * realized. Not at all once it is gone. */
void hark_by_frame (GtkWidget *widget, HarkShow show);

/* hark_by_frame_is_over: within a HarkShow: what one picture may take is used up. False elsewhere.
 */
bool hark_by_frame_is_over (void);

/* hark_by_frame_waits: something is left to be shown in the window of @widget. */
bool hark_by_frame_waits (GtkWidget *widget);
