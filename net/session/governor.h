/* net/session/governor.h - holds bulk data back while a call is up, so that voice finds a short
 * queue.
 *
 * Pure; one thread at a time. What hurts voice is the queue at the bottleneck, and only the sender
 * of bulk can keep that short: bulk streams write only while fewer than `window` bytes are in
 * flight, and the window follows the delay above the least round trip, and above what a full packet
 * takes by itself at such a pace, towards 8 ms. A window that nobody fills says nothing about the
 * line and does not grow (RFC 7661 section 3), or the next file would begin with a burst; and what
 * it lets go is spread over the round trip.
 *
 * The least round trip is that of the path as it was: a route that became longer looks like a
 * queue. Where the delay stays for five seconds though nearly nothing is in flight, it is not ours
 * to shorten, and the least of those seconds counts from then on, until a much lower one is seen.
 */
#pragma once

#include "net/base/time.h"

#include <stdbool.h>
#include <stddef.h>

#define HARK_GOVERNOR_WINDOW_MIN 4 /* packets */
#define HARK_GOVERNOR_STUCK (5 * HARK_SECOND)

typedef struct {
  bool active;
  double window;       /* bytes */
  HarkTime rtt_sample; /* least round trip since the last step: one late packet is no queue */
  HarkTime next;       /* when the window moves again */
  bool filled;         /* since the last step */
  HarkTime least;      /* round trip of the path as it is now; 0: as the caller says */
  HarkTime stuck_at;   /* since then the window is at its least, in vain; 0: it is not */
  HarkTime stuck_rtt;  /* least since then */
} HarkGovernor;

/* hark_governor_set_active: @cwnd: where the window starts, bytes. */
void hark_governor_set_active (HarkGovernor *governor, bool active, uint64_t cwnd, HarkTime now);

/* hark_governor_sample: a round trip was measured; @packet: bytes of a full packet. */
void hark_governor_sample (HarkGovernor *governor,
                           HarkTime latest_rtt,
                           HarkTime min_rtt,
                           HarkTime smoothed_rtt,
                           uint64_t cwnd,
                           size_t packet,
                           HarkTime now);

/* hark_governor_allows: bulk may be written with @in_flight bytes under way. */
bool hark_governor_allows (HarkGovernor *governor, uint64_t in_flight);

/* hark_governor_rate: the pace for bulk, bytes a nanosecond: @rate, or what fills the window in
 * four fifths of a round trip (RFC 9002 section 7.7) if that is less. */
double hark_governor_rate (const HarkGovernor *governor, double rate, HarkTime smoothed_rtt);
