#include "net/base/rng.h"

#include <sodium.h>
#include <string.h>

void
hark_rng_init (HarkRng *rng, const uint8_t seed[32])
{
  memset (rng, 0, sizeof *rng);
  memcpy (rng->key, seed, sizeof rng->key);
}

void
hark_rng_clear (HarkRng *rng)
{
  sodium_memzero (rng, sizeof *rng);
}

static void
refill (HarkRng *rng)
{
  static const uint8_t nonce[crypto_stream_chacha20_NONCEBYTES];
  uint8_t stream[sizeof rng->key + sizeof rng->pool];

  crypto_stream_chacha20 (stream, sizeof stream, nonce, rng->key);
  memcpy (rng->key, stream, sizeof rng->key);
  memcpy (rng->pool, stream + sizeof rng->key, sizeof rng->pool);
  rng->left = sizeof rng->pool;
  sodium_memzero (stream, sizeof stream);
}

void
hark_rng_bytes (HarkRng *rng, void *ret, size_t len)
{
  uint8_t *out = ret;

  while (len) {
    uint8_t *from;
    size_t n;

    if (rng->left == 0)
      refill (rng);
    n = MIN (len, rng->left);
    from = rng->pool + sizeof rng->pool - rng->left;
    memcpy (out, from, n);
    sodium_memzero (from, n);
    rng->left -= n;
    out += n;
    len -= n;
  }
}

void
hark_rng_fork (HarkRng *rng, HarkRng *ret)
{
  uint8_t seed[32];

  hark_rng_bytes (rng, seed, sizeof seed);
  hark_rng_init (ret, seed);
  sodium_memzero (seed, sizeof seed);
}

uint32_t
hark_rng_u32 (HarkRng *rng)
{
  uint32_t value;

  hark_rng_bytes (rng, &value, sizeof value);
  return GUINT32_FROM_LE (value);
}

uint64_t
hark_rng_u64 (HarkRng *rng)
{
  uint64_t value;

  hark_rng_bytes (rng, &value, sizeof value);
  return GUINT64_FROM_LE (value);
}

uint64_t
hark_rng_below (HarkRng *rng, uint64_t bound)
{
  uint64_t skip;
  uint64_t value;

  if (bound < 2)
    return 0;

  /* Values below 2^64 mod bound would favour the small ones. */
  skip = (0 - bound) % bound;
  do
    value = hark_rng_u64 (rng);
  while (value < skip);
  return value % bound;
}

double
hark_rng_unit (HarkRng *rng)
{
  return (double) (hark_rng_u64 (rng) >> 11) * 0x1.0p-53;
}
