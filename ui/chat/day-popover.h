/* ui/chat/day-popover.h - a calendar, to go to a day.
 *
 * Main thread. Signal "chosen" (gint64 ms): when the day begins here, since 1970.
 */
#pragma once

#include <gtk/gtk.h>

#define HARK_TYPE_DAY_POPOVER (hark_day_popover_get_type ())
G_DECLARE_FINAL_TYPE (HarkDayPopover, hark_day_popover, HARK, DAY_POPOVER, GtkPopover)

/* hark_day_popover_open: pointing to @at; closed, it goes.
 *
 * Returns: (transfer none)
 */
GtkWidget *hark_day_popover_open (GtkWidget *at);
