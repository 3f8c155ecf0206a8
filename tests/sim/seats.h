/* tests/sim/seats.h - where an attacker must have addresses to sit next to a target.
 *
 * Pure; any thread. BEP 42 looks at 20 bits of an IPv4 address and at three bits of chance: eight
 * million seats in all, and whoever can get any address can take those around a target.
 */
#pragma once

#include "net/base/rng.h"

#include <glib.h>

typedef struct {
  uint32_t distance; /* of the id's first 21 bits from the target's, as the upper of 24 bits */
  uint32_t address;  /* IPv4, host byte order */
  uint8_t seed;      /* last byte of the id */
} HarkSimSeat;

/* hark_sim_seats_near: (transfer full): of HarkSimSeat, nearest first: all within @distance_max of
 * @target, each at one address out of many that it is found at. Takes a second or two. */
GArray *hark_sim_seats_near (const uint8_t target[20], uint32_t distance_max, HarkRng *source);
