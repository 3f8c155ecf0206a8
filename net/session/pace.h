/* net/session/pace.h - when the next batch of packets may go, and how large it is.
 *
 * Pure; one thread at a time. Keeps an exact schedule of its own above ngtcp2's, whose gate opens
 * early and lets short bursts through unspaced.
 */
#pragma once

#include "net/base/time.h"

#include <stdbool.h>
#include <stddef.h>

typedef struct {
  HarkTime open; /* nothing is sent before, acknowledgements excepted */
} HarkPace;

/* hark_pace_rate: bytes a nanosecond: the controller's own @rate, or RFC 9002 section 7.7 when that
 * is 0. */
double hark_pace_rate (double rate, uint64_t cwnd, HarkTime smoothed_rtt);

/* hark_pace_batch: bytes of the next batch: what @rate sends in a millisecond, but at least two
 * packets of @packet bytes and at most HARK_SESSION_BATCH_MAX. */
size_t hark_pace_batch (double rate, size_t packet);

/* hark_pace_slack: how much of a delay is caught up at @rate, bytes a nanosecond. A busy machine
 * runs us some milliseconds late again and again, and what is not caught up then is bandwidth lost:
 * up to 10 ms, as long as that is no burst of more than 128 KiB; but never less than 2 ms, and no
 * more while somebody is @talking, whose voice would wait behind the burst. */
HarkTime hark_pace_slack (double rate, bool talking);

/* hark_pace_base: the time a batch sent at @now counts from: the schedule is kept, but a delay of
 * more than @slack is not caught up. */
HarkTime hark_pace_base (const HarkPace *pace, HarkTime slack, HarkTime now);

/* hark_pace_sent: @len bytes went that count from @base, at @rate. */
void hark_pace_sent (HarkPace *pace, size_t len, double rate, HarkTime base);
