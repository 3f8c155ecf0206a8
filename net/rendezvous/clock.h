/* net/rendezvous/clock.h - is our clock right? What others say against what it says.
 *
 * Pure; any thread. Contact points tell their time when we register, and a record that was made in
 * the future tells that we are behind, at least. One voice for each network (/16, IPv6 /32), the
 * newest HARK_CLOCK_VOICES. Two that agree count; one alone may be wrong, or lie.
 */
#pragma once

#include "net/base/endpoint.h"

#define HARK_CLOCK_VOICES 8
#define HARK_CLOCK_AGREE_S 120      /* seconds between voices that say the same */
#define HARK_CLOCK_TOLERATED_S 1800 /* what we are off by without being corrected */

typedef struct {
  HarkEndpoint source;
  int64_t offset_s; /* theirs - ours */
} HarkClockVoice;

typedef struct {
  HarkClockVoice voices[HARK_CLOCK_VOICES];
  unsigned n, next;
} HarkClock;

/* hark_clock_shift: our clock was set forward by @by_s seconds (back, when negative): what was said
 * before holds for the new time as well. */
void hark_clock_shift (HarkClock *clock, int64_t by_s);

/* hark_clock_hear: @source says that it is @theirs_s when we have @ours_s, Unix seconds. */
void
hark_clock_hear (HarkClock *clock, const HarkEndpoint *source, int64_t theirs_s, int64_t ours_s);

/* hark_clock_get_skew: seconds to add to our clock to be with most others. False when no two agree,
 * or not more than half of all do. */
bool hark_clock_get_skew (const HarkClock *clock, int64_t *ret_s);

/* hark_clock_get_correction: the same, 0 when unknown or at most HARK_CLOCK_TOLERATED_S. */
int64_t hark_clock_get_correction (const HarkClock *clock);
