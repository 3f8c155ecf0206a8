/* net/dht/size.h - how many nodes the DHT has, estimated from our own lookups.
 *
 * Pure; any thread, one at a time. The i-th closest of n nodes lies at about i / n of the space
 * from any target; each lookup that got to the end of its way gives one estimate. Of the last
 * HARK_SIZE_SAMPLES of different targets one is believed that two thirds do not exceed: a few
 * targets that somebody crowds with nodes of his own do not move it upwards, nor do lookups, more
 * of them, that ended among liars far from their target move it downwards. Distances are the first
 * 64 bits of the XOR.
 */
#pragma once

#include "net/dht/node-id.h"

#define HARK_SIZE_SAMPLES 16
#define HARK_SIZE_SAMPLES_SURE 5 /* fewer: most of them may be far off */
#define HARK_SIZE_CLOSEST_MIN 4  /* nodes that a lookup must have found */

typedef struct {
  uint64_t targets[HARK_SIZE_SAMPLES]; /* first bits; one sample for each */
  double nodes[HARK_SIZE_SAMPLES];
  unsigned n;
  unsigned next;
} HarkSize;

/* hark_distance: the first 64 bits of the distance. */
uint64_t hark_distance (const HarkNodeId *a, const HarkNodeId *b);

/* hark_size_add: the @n closest nodes to @target, closest first, lie at @distances. Fewer than
 * HARK_SIZE_CLOSEST_MIN say nothing. */
void
hark_size_add (HarkSize *size, const HarkNodeId *target, const uint64_t *distances, unsigned n);

/* hark_size_get: nodes; 0: nothing is known. */
double hark_size_get (const HarkSize *size);

/* hark_size_is_sure: there are HARK_SIZE_SAMPLES_SURE. */
bool hark_size_is_sure (const HarkSize *size);

/* hark_size_reach: the distance within which @expected nodes lie, or some less: as if the estimate
 * were too low by twice its error, since too low an estimate makes every target look crowded. 0:
 * unknown, or everywhere. */
uint64_t hark_size_reach (const HarkSize *size, unsigned expected);
