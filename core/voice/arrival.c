#include "core/voice/arrival.h"

#include <glib.h>
#include <string.h>

#define FEW 50         /* blocks before the estimate is trusted to go below START_US */
#define START_US 4000  /* target while little is known: no more than a good path keeps */
#define MARGIN_US 1000 /* beyond the percentile */
#define FALL_US 200    /* per block of 10 ms */
#define UPDATE 8       /* blocks between two looks at the window */
#define BIN_US 500
#define BINS 800     /* 400 ms; what is later than that counts as that */
#define OUTAGE 3     /* blocks in a row that are later than the usual; fewer are single late ones */
#define OUTAGES 2    /* in the window: they are the usual; one is if it was short */
#define SETTLING 100 /* blocks; the first half of them is forgotten after the second */
#define OUTAGE_US 150000 /* for whose sake the target rises no further: talking needs answers */
#define SHORT_US 90000   /* so short */
#define HOLD 500         /* blocks for which a target that outages asked for does not fall */
#define FLOOR 32         /* blocks in a row of which none came sooner than this: a queue stood */
#define FLOOR_US 40000
#define DRAINED 100 /* blocks in a row that need half the delay at most: it is gone */

void
hark_arrival_reset (HarkArrival *arrival)
{
  memset (arrival, 0, sizeof *arrival);
  arrival->target_us = START_US;
}

void
hark_arrival_restart (HarkArrival *arrival)
{
  int64_t base = arrival->base_us;

  hark_arrival_reset (arrival);
  hark_arrival_add (arrival, base, 1);
}

/* Upper edge of the bin in which @share of @count values lie at or below. */
static int64_t
percentile (const uint16_t bins[BINS], unsigned count, double share)
{
  unsigned wanted = (unsigned) ((double) count * share), seen = 0;

  for (unsigned i = 0; i < BINS; i++) {
    seen += bins[i];
    if (seen > wanted || seen == count)
      return (int64_t) (i + 1) * BIN_US;
  }
  return (int64_t) BINS * BIN_US;
}

/* How often the window saw packets in a row that took more than @limit_us. */
static unsigned
count_outages (const HarkArrival *arrival, int64_t limit_us)
{
  unsigned oldest = arrival->count < HARK_ARRIVAL_WINDOW ? 0 : arrival->at, found = 0, run = 0;

  for (unsigned i = 0; i < arrival->count; i++) {
    run = arrival->transit_us[(oldest + i) % HARK_ARRIVAL_WINDOW] > limit_us ? run + 1 : 0;
    found += run == OUTAGE;
  }
  return found;
}

static void
update (HarkArrival *arrival)
{
  uint16_t bins[BINS] = {0};
  int64_t base = INT64_MAX, p90, target, cap;

  for (unsigned i = 0; i < arrival->count; i++)
    base = MIN (base, arrival->transit_us[i]);
  for (unsigned i = 0; i < arrival->count; i++)
    bins[MIN ((arrival->transit_us[i] - base) / BIN_US, BINS - 1)]++;

  p90 = percentile (bins, arrival->count, 0.90);
  target = percentile (bins, arrival->count, 0.99) + MARGIN_US;
  cap = 3 * p90 + 20000 + MARGIN_US;
  if (target > cap) {
    unsigned outages = count_outages (arrival, base + cap);

    if (outages >= OUTAGES)
      arrival->hold = HOLD;
    else if (outages == 0 || target > SHORT_US)
      target = cap;
    target = MIN (target, MAX (cap, OUTAGE_US));
  }
  if (arrival->count < FEW)
    target = MAX (target, START_US);
  target = MIN (target, HARK_ARRIVAL_TARGET_MAX_US);

  arrival->base_us = base;
  if (arrival->hold > 0) {
    arrival->hold -= MIN (arrival->hold, UPDATE);
    arrival->target_us = MAX (target, arrival->target_us);
    return;
  }
  arrival->target_us
    = MAX (target, arrival->target_us - UPDATE * FALL_US - (arrival->target_us - target) / 16);
}

/* Keeps the newest @n. */
static void
forget (HarkArrival *arrival, unsigned n)
{
  int64_t kept[DRAINED];

  for (unsigned i = 0; i < n; i++)
    kept[i]
      = arrival->transit_us[(arrival->at + HARK_ARRIVAL_WINDOW - n + i) % HARK_ARRIVAL_WINDOW];
  memcpy (arrival->transit_us, kept, n * sizeof *kept);
  arrival->count = arrival->at = n;
  arrival->hold = 0;
}

/* How late the latest and the earliest of the newest @n were; at most as many as there are. */
static void
spread (const HarkArrival *arrival, unsigned n, int64_t *ret_least, int64_t *ret_most)
{
  *ret_least = INT64_MAX;
  *ret_most = INT64_MIN;
  for (unsigned i = 1; i <= n; i++) {
    int64_t late
      = arrival->transit_us[(arrival->at + HARK_ARRIVAL_WINDOW - i) % HARK_ARRIVAL_WINDOW]
        - arrival->base_us;

    *ret_least = MIN (*ret_least, late);
    *ret_most = MAX (*ret_most, late);
  }
}

/* A queue that stood and is gone says nothing about the next seconds, unlike jitter and stalls: its
 * packets were late evenly, all of them. */
static void
forget_queue (HarkArrival *arrival)
{
  int64_t least, most;

  if (arrival->count < FLOOR)
    return;
  spread (arrival, FLOOR, &least, &most);
  arrival->queue |= least > FLOOR_US;
  if (!arrival->queue || arrival->count <= DRAINED)
    return;
  spread (arrival, DRAINED, &least, &most);
  if (most < arrival->target_us / 2) {
    forget (arrival, DRAINED);
    arrival->queue = false;
  }
}

static void
add_block (HarkArrival *arrival, int64_t transit_us)
{
  arrival->transit_us[arrival->at] = transit_us;
  arrival->at = (arrival->at + 1) % HARK_ARRIVAL_WINDOW;
  if (arrival->count < HARK_ARRIVAL_WINDOW)
    arrival->count++;
  if (!arrival->settled && arrival->count == SETTLING) {
    /* devices that are being opened hand over in jumps, which would count for all of the window */
    forget (arrival, SETTLING / 2);
    arrival->settled = true;
  }
  if (arrival->count <= UPDATE || arrival->at % UPDATE == 0) {
    forget_queue (arrival);
    update (arrival);
  }
}

void
hark_arrival_add (HarkArrival *arrival, int64_t transit_us, unsigned blocks)
{
  if (arrival->count > 0) {
    unsigned last = (arrival->at + HARK_ARRIVAL_WINDOW - 1) % HARK_ARRIVAL_WINDOW;
    int64_t change = transit_us - arrival->transit_us[last];

    arrival->jitter_us += ((double) ABS (change) - arrival->jitter_us) / 16;
  }
  for (unsigned i = 0; i < blocks; i++)
    add_block (arrival, transit_us);
}
