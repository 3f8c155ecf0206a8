#include "net/lan/seal.h"

#include "net/base/domain.h"
#include "net/base/hash.h"

G_STATIC_ASSERT (HARK_SEAL_OVERHEAD == crypto_secretbox_NONCEBYTES + crypto_secretbox_MACBYTES);

void
hark_seal_network (const HarkSecret *secret, uint8_t ret[32])
{
  HARK_HASH (ret, 32, secret->bytes, sizeof secret->bytes, HARK_DOMAIN_NETWORK,
             HARK_PART_BYTES ("", 0));
}

void
hark_seal_key (const HarkSecret *secret, HarkSecret *ret)
{
  HARK_HASH (ret->bytes, sizeof ret->bytes, secret->bytes, sizeof secret->bytes,
             HARK_DOMAIN_DATAGRAM, HARK_PART_BYTES ("", 0));
}

void
hark_seal (const HarkSecret *key, HarkRng *rng, const uint8_t *data, size_t len, uint8_t *ret)
{
  hark_rng_bytes (rng, ret, crypto_secretbox_NONCEBYTES);
  crypto_secretbox_easy (ret + crypto_secretbox_NONCEBYTES, data, len, ret, key->bytes);
}

bool
hark_seal_open (const HarkSecret *key, const uint8_t *data, size_t len, uint8_t *ret)
{
  return len > HARK_SEAL_OVERHEAD
         && crypto_secretbox_open_easy (ret, data + crypto_secretbox_NONCEBYTES,
                                        len - crypto_secretbox_NONCEBYTES, data, key->bytes)
              == 0;
}
