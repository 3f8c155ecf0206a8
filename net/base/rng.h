/* net/base/rng.h - randomness that is handed in.
 *
 * Pure: a ChaCha20 generator with fast key erasure (each refill overwrites its own key, so bytes
 * given out cannot be computed from a later state). Shells seed it from randombytes_buf(), the
 * simulator from its seed; same seed, same bytes. Not for two threads at once.
 */
#pragma once

#include <glib.h>
#include <stddef.h>
#include <stdint.h>

typedef struct {
  uint8_t key[32];
  uint8_t pool[480]; /* bytes not yet given out, at the end */
  size_t left;       /* of them */
} HarkRng;

/* hark_rng_init: starts from @seed, 32 bytes that the caller keeps secret or wipes. */
void hark_rng_init (HarkRng *rng, const uint8_t seed[32]);

/* hark_rng_fork: an independent generator for a part of the same node. */
void hark_rng_fork (HarkRng *rng, HarkRng *ret);

/* hark_rng_clear: wipes. */
void hark_rng_clear (HarkRng *rng);

/* hark_rng_bytes: fills @ret. */
void hark_rng_bytes (HarkRng *rng, void *ret, size_t len);

/* hark_rng_u32, hark_rng_u64: uniform over all values. */
uint32_t hark_rng_u32 (HarkRng *rng);
uint64_t hark_rng_u64 (HarkRng *rng);

/* hark_rng_below: uniform in 0 .. @bound - 1; 0 when @bound is 0 or 1. */
uint64_t hark_rng_below (HarkRng *rng, uint64_t bound);

/* hark_rng_unit: uniform in [0, 1). */
double hark_rng_unit (HarkRng *rng);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (HarkRng, hark_rng_clear)
