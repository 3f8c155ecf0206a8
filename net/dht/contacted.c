#include "net/dht/contacted.h"

#include <sodium.h>
#include <string.h>

#define HASHES 4

void
hark_contacted_init (HarkContacted *contacted, HarkRng *rng, HarkTime now)
{
  memset (contacted, 0, sizeof *contacted);
  hark_rng_bytes (rng, contacted->key, sizeof contacted->key);
  contacted->turned = now;
}

/* Two bytes of one hash for each bit. */
static void
find_bits (const HarkContacted *contacted, const HarkEndpoint *endpoint, uint16_t ret[HASHES])
{
  uint16_t port = hark_endpoint_scope (endpoint) == HARK_SCOPE_LOOPBACK ? endpoint->port : 0;
  uint8_t name[19], hash[crypto_shorthash_BYTES];

  G_STATIC_ASSERT (sizeof hash == HASHES * sizeof ret[0]);
  name[0] = endpoint->family;
  memcpy (name + 1, &port, sizeof port);
  memcpy (name + 3, endpoint->ip, sizeof endpoint->ip);
  crypto_shorthash (hash, name, sizeof name, contacted->key);
  for (size_t i = 0; i < HASHES; i++)
    ret[i] = (uint16_t) ((hash[2 * i] << 8 | hash[2 * i + 1]) % HARK_CONTACTED_BITS);
}

void
hark_contacted_add (HarkContacted *contacted, const HarkEndpoint *to, HarkTime now)
{
  HarkTime passed = hark_time_since (now, contacted->turned);
  uint16_t bits[HASHES];

  if (passed >= HARK_CONTACTED_TURN) {
    if (passed >= 2 * HARK_CONTACTED_TURN)
      memset (contacted->bits, 0, sizeof contacted->bits);
    contacted->at ^= 1;
    memset (contacted->bits[contacted->at], 0, sizeof contacted->bits[0]);
    contacted->turned = now;
  }
  find_bits (contacted, to, bits);
  for (size_t i = 0; i < HASHES; i++)
    contacted->bits[contacted->at][bits[i] / 8] |= (uint8_t) (1u << bits[i] % 8);
}

bool
hark_contacted_has (const HarkContacted *contacted, const HarkEndpoint *from, HarkTime now)
{
  uint16_t bits[HASHES];
  bool has[2] = {true, true};

  if (hark_time_since (now, contacted->turned) >= 2 * HARK_CONTACTED_TURN)
    return false;
  find_bits (contacted, from, bits);
  for (size_t i = 0; i < HASHES; i++)
    for (size_t half = 0; half < 2; half++)
      has[half] = has[half] && (contacted->bits[half][bits[i] / 8] >> bits[i] % 8 & 1);
  return has[0] || has[1];
}
