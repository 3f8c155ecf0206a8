/* ui/day.h - the day turns while a window is open, and "Today" is said of another one; or the
 * computer came into another time zone, and all times are others.
 *
 * Main thread.
 */
#pragma once

#include <glib-object.h>

/* hark_day_follow: @on_turned is called with @object, until that is finalized, when the day is
 * another one for this computer, or its zone: at midnight, after it slept, when its clock was set;
 * a minute later at most. */
void hark_day_follow (GObject *object, void (*on_turned) (void *object));

/* hark_day_look: what is done every minute. */
void hark_day_look (void);
