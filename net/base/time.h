/* net/base/time.h - the one kind of time Hark computes with.
 *
 * Pure: a type and units. Pure modules are handed `now`; only shells (net/io, core/engine/engine.c,
 * ...) read clocks.
 */
#pragma once

#include <stdint.h>

/* Nanoseconds on a clock that only moves forward and also counts while the machine is suspended
 * (CLOCK_BOOTTIME in the shells, virtual time in the simulator). Its zero means nothing. */
typedef uint64_t HarkTime;

#define HARK_TIME_NEVER UINT64_MAX /* as a deadline: nothing is due */

#define HARK_US ((HarkTime) 1000)
#define HARK_MS ((HarkTime) 1000000)
#define HARK_SECOND ((HarkTime) 1000000000)
#define HARK_MINUTE (60 * HARK_SECOND)
#define HARK_HOUR (60 * HARK_MINUTE)

/* hark_time_min: the earlier of two deadlines. */
static inline HarkTime
hark_time_min (HarkTime a, HarkTime b)
{
  return a < b ? a : b;
}

/* hark_time_add: @time + @span, or never when @time is never or the sum does not fit. */
static inline HarkTime
hark_time_add (HarkTime time, HarkTime span)
{
  return time > HARK_TIME_NEVER - span ? HARK_TIME_NEVER : time + span;
}

/* hark_time_since: @now - @then, or 0 when @then lies ahead. */
static inline HarkTime
hark_time_since (HarkTime now, HarkTime then)
{
  return now > then ? now - then : 0;
}
