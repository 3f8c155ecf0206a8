/* core/files/pace.h - so many bytes a second, with debts.
 *
 * Pure; any thread, one at a time. A token bucket (RFC 2697 calls it that) that may go below zero:
 * who cannot know beforehand how much comes, such as a receiver whose peer still has credit, counts
 * it afterwards and waits until it is paid.
 */
#pragma once

#include "net/base/time.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define HARK_PACE_RATE_MIN ((uint64_t) 1024) /* bytes/s; less would look like a fault */
#define HARK_PACE_RATE_MAX ((uint64_t) 1 << 40)

typedef struct {
  uint64_t rate; /* bytes/s; 0: as fast as it goes */
  double tokens; /* bytes that may go; negative: owed */
  HarkTime last; /* when they were counted */
} HarkPace;

/* hark_pace_set: from @now on @rate, 0 or HARK_PACE_RATE_MIN to HARK_PACE_RATE_MAX; what is owed is
 * forgotten when there was no rate before. */
void hark_pace_set (HarkPace *pace, uint64_t rate, HarkTime now);

/* hark_pace_step: how much is to go at a time, bytes: what 50 ms bring, 1 KiB to 256 KiB; the
 * latter without a rate. */
size_t hark_pace_step (const HarkPace *pace);

/* hark_pace_may: true when @len bytes may go now (0: when nothing is owed). */
bool hark_pace_may (HarkPace *pace, size_t len, HarkTime now);

/* hark_pace_charge: @len bytes went, allowed or not. */
void hark_pace_charge (HarkPace *pace, size_t len, HarkTime now);

/* hark_pace_when: the earliest time at which hark_pace_may() is true for @len; at most
 * hark_pace_step() of them. */
HarkTime hark_pace_when (const HarkPace *pace, size_t len, HarkTime now);
