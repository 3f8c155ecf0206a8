/* net/io/wallclock.h - tells when the system's clock was set or the machine woke up.
 *
 * Shell: a timerfd on CLOCK_REALTIME that is cancelled by any jump of that clock
 * (timerfd_create(2), TFD_TIMER_CANCEL_ON_SET); waking from suspend is one.
 */
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

typedef struct HarkWallClock HarkWallClock;

/* hark_wall_clock_new: @on_set gets Unix time in ms, from a source in @context. Never NULL; silent
 * where the kernel has no such timer. */
HarkWallClock *hark_wall_clock_new (GMainContext *context,
                                    void (*on_set) (void *data, int64_t wall_ms),
                                    void *data);

/* hark_wall_clock_free: @on_set is not called any more. NULL is fine. */
void hark_wall_clock_free (HarkWallClock *clock);
