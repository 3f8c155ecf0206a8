/* core/voice/arrival.h - how evenly packets arrive, and how long playout should wait for them.
 *
 * Pure; embedded; no allocation. Keeps the transit times (arrival minus sending tick, with an
 * unknown constant) of the last HARK_ARRIVAL_WINDOW blocks of 10 ms: 5 s. The fastest of
 * them is the base; the target is what the 99th percentile needed beyond it, but never more than
 * three times the 90th plus 20 ms: a single outage (a 200 ms spike holds up 20 packets, 4 % of the
 * window) is concealed, not bought with delay for everything that follows. Two of them in the
 * window, as on a busy machine, are worth their delay, up to 150 ms and for 5 s; a single one is as
 * long as it is in the window, where 90 ms cover it. A target rises at once and falls by 20 ms a
 * second, faster when it is far too high. A queue that stood somewhere and was emptied is forgotten
 * a second later.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#define HARK_ARRIVAL_WINDOW 500
#define HARK_ARRIVAL_TARGET_MAX_US 400000

typedef struct {
  int64_t transit_us[HARK_ARRIVAL_WINDOW];
  unsigned count; /* of them in use */
  unsigned at;    /* where the next goes */
  int64_t base_us;
  int64_t target_us;
  bool settled;     /* the beginning is forgotten */
  bool queue;       /* one stood in this window */
  unsigned hold;    /* blocks until the target may fall */
  double jitter_us; /* RFC 3550 6.4.1 */
} HarkArrival;

/* hark_arrival_reset: nothing is known; the target starts at 4 ms. */
void hark_arrival_reset (HarkArrival *arrival);

/* hark_arrival_restart: forgets all but the base: what came so far had been waiting somewhere. At
 * least one packet must have been added. */
void hark_arrival_restart (HarkArrival *arrival);

/* hark_arrival_add: one packet took @transit_us (its own first copy, on time or late); @blocks: the
 * length of its frame, 1 or more. */
void hark_arrival_add (HarkArrival *arrival, int64_t transit_us, unsigned blocks);
