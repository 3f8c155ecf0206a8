/* tests/sim/link.h - one direction of a virtual link: rate, queue, delay, jitter, loss, reordering,
 * duplicates.
 *
 * Pure; one thread at a time. Draws from the generator it is handed, so same seed, same fate of
 * every packet.
 */
#pragma once

#include "net/base/rng.h"
#include "net/base/time.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define HARK_SIM_COPIES_MAX 2
#define HARK_SIM_HEADER_LEN 28 /* bytes of IPv4 and UDP header that a rate counts */

/* All zero: an ideal link. */
typedef struct {
  uint64_t rate;    /* bit/s; 0: no limit */
  size_t queue_max; /* bytes that may wait for the rate; 0: 100 ms of it, at least 3000 */
  size_t mtu;       /* largest payload in bytes; 0: no limit; larger ones vanish */
  HarkTime delay;   /* one way */
  HarkTime jitter;  /* added, uniform in 0..jitter; keeps the order */
  double loss;      /* share, 0 to 1 */
  double reorder;   /* share that is held back by up to delay + 10 ms, out of order */
  double duplicate; /* share that arrives twice */
} HarkSimLinkConfig;

typedef struct {
  HarkSimLinkConfig config;
  bool cut;                  /* everything is lost */
  HarkTime busy_until;       /* the last byte accepted so far leaves then */
  HarkTime last_arrival;     /* of what keeps the order */
  uint64_t carried, dropped; /* packets */
} HarkSimLink;

/**
 * hark_sim_link_carry:
 * @len: bytes of payload
 * @ret: (out): when each copy comes out at the other end
 *
 * Returns: number of copies: 0 when the packet is lost
 */
unsigned hark_sim_link_carry (
  HarkSimLink *link, HarkRng *rng, size_t len, HarkTime now, HarkTime ret[HARK_SIM_COPIES_MAX]);
