#include "net/base/domain.h"
#include "net/base/hash.h"
#include "net/noise/gate.h"
#include "net/noise/mac.h"

#include <string.h>

void
hark_gate_key_derive (const void *secret,
                      size_t secret_len,
                      const HarkKey *responder,
                      HarkGateKey *ret)
{
  g_assert (secret_len == sizeof (HarkToken) || secret_len == sizeof (HarkSecret));
  HARK_HASH (ret->bytes, sizeof ret->bytes, secret, secret_len, HARK_DOMAIN_GATE,
             HARK_PART (responder));
}

void
hark_gate_key_tag (const HarkGateKey *key, uint64_t day, uint8_t ret[8])
{
  uint64_t day_be = GUINT64_TO_BE (day);

  if (day == HARK_GATE_DAY_UNKNOWN)
    memset (ret, 0, 8);
  else
    HARK_HASH (ret, 8, key->bytes, sizeof key->bytes, HARK_DOMAIN_GATE_TAG, HARK_PART (&day_be));
}

void
hark_mac1 (const HarkGateKey *key, const uint8_t knock[HARK_KNOCK_LEN], uint8_t ret[HARK_MAC_LEN])
{
  HARK_HASH (ret, HARK_MAC_LEN, key->bytes, sizeof key->bytes, HARK_DOMAIN_MAC1,
             HARK_PART_BYTES (knock, HARK_KNOCK_AT_MAC1));
}

void
hark_mac2 (const uint8_t cookie[HARK_MAC_LEN],
           const uint8_t knock[HARK_KNOCK_LEN],
           uint8_t ret[HARK_MAC_LEN])
{
  HARK_HASH (ret, HARK_MAC_LEN, cookie, HARK_MAC_LEN, HARK_DOMAIN_MAC2,
             HARK_PART_BYTES (knock, HARK_KNOCK_AT_MAC2));
}

void
hark_cookie_key (const HarkGateKey *key, HarkSecret *ret)
{
  hark_hash (ret->bytes, sizeof ret->bytes, key->bytes, sizeof key->bytes, HARK_DOMAIN_COOKIE, NULL,
             0);
}

void
hark_gate_key_seal (const HarkGateKey *key, uint8_t knock[HARK_KNOCK_LEN])
{
  hark_mac1 (key, knock, knock + HARK_KNOCK_AT_MAC1);
  memset (knock + HARK_KNOCK_AT_MAC2, 0, HARK_MAC_LEN);
}

bool
hark_gate_key_use_cookie (const HarkGateKey *key,
                          const uint8_t *packet,
                          size_t len,
                          uint8_t knock[HARK_KNOCK_LEN])
{
  uint8_t head[HARK_COOKIE_AT_NONCE];
  uint8_t cookie[HARK_MAC_LEN];
  g_auto (HarkSecret) cookie_key = {0};

  if (len != HARK_COOKIE_LEN)
    return false;
  hark_cookie_head (knock, head);
  if (memcmp (packet, head, sizeof head) != 0)
    return false;

  hark_cookie_key (key, &cookie_key);
  if (crypto_aead_xchacha20poly1305_ietf_decrypt (
        cookie, NULL, NULL, packet + HARK_COOKIE_AT_SEALED, len - HARK_COOKIE_AT_SEALED,
        knock + HARK_KNOCK_AT_MAC1, HARK_MAC_LEN, packet + HARK_COOKIE_AT_NONCE, cookie_key.bytes)
      != 0)
    return false;

  hark_mac2 (cookie, knock, knock + HARK_KNOCK_AT_MAC2);
  sodium_memzero (cookie, sizeof cookie);
  return true;
}
