/* tests/sim/wide-area.h - the distances of a large internet.
 *
 * Pure; any thread. Every pair of places has a round trip of its own, log-normal, the same in both
 * directions and for the whole run; each packet takes half of it, with jitter, or is lost. Whose
 * round trip is which comes from a hash of both places and the seed, so nothing is stored per pair.
 */
#pragma once

#include "net/base/time.h"

#include <stdbool.h>
#include <stdint.h>

typedef struct {
  HarkTime rtt_median;
  double rtt_sigma; /* of the logarithm */
  double jitter;    /* share of the delay by which a packet may be early or late, uniform */
  double loss;      /* share of packets, either way */
  uint64_t seed;
} HarkSimWideArea;

#define HARK_SIM_RTT_MIN (2 * HARK_MS)

/* hark_sim_wide_area_rtt: between places @a and @b, without jitter; never below HARK_SIM_RTT_MIN.
 */
HarkTime hark_sim_wide_area_rtt (const HarkSimWideArea *area, uint32_t a, uint32_t b);

/* hark_sim_wide_area_carry: a packet from @a to @b: false when it is lost, else *@ret is its delay.
 * @draw: changed; the generator of the packets' fates. */
bool hark_sim_wide_area_carry (
  const HarkSimWideArea *area, uint32_t a, uint32_t b, uint64_t *draw, HarkTime *ret);

/* hark_sim_wide_area_address: a public IPv4 address drawn from @draw (changed), spread over all
 * networks as BEP 42 counts them; in host byte order. */
uint32_t hark_sim_wide_area_address (uint64_t *draw);

/* hark_sim_draw: the next of @state's numbers, uniform over all (splitmix64); hark_sim_draw_unit:
 * in (0, 1). For what needs no secrecy but speed. */
uint64_t hark_sim_draw (uint64_t *state);
double hark_sim_draw_unit (uint64_t *state);
