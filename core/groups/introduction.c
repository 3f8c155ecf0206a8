#include "core/groups/introduction.h"

#include "net/base/domain.h"
#include "net/base/hash.h"

#include <string.h>

#define PLAIN_LEN (HARK_GROUP_ADDRESS_LEN_MAX + 1)

G_STATIC_ASSERT (HARK_GROUP_NONCE_SEAL_LEN == crypto_aead_xchacha20poly1305_ietf_NPUBBYTES);
G_STATIC_ASSERT (HARK_GROUP_SEALED_LEN
                 == HARK_GROUP_NONCE_SEAL_LEN + PLAIN_LEN
                      + crypto_aead_xchacha20poly1305_ietf_ABYTES);

static void
make_key (const HarkSecret *secret,
          const uint8_t group[HARK_GROUP_ID_LEN],
          const HarkKey *from,
          const HarkKey *to,
          HarkSecret *ret)
{
  HARK_HASH (ret->bytes, sizeof ret->bytes, secret->bytes, sizeof secret->bytes,
             HARK_DOMAIN_GROUP_INTRODUCTION, HARK_PART_BYTES (group, HARK_GROUP_ID_LEN),
             HARK_PART (from), HARK_PART (to));
}

GBytes *
hark_group_introduction_seal (const HarkSecret *secret,
                              const uint8_t group[HARK_GROUP_ID_LEN],
                              const HarkKey *from,
                              const HarkKey *to,
                              const uint8_t nonce[HARK_GROUP_NONCE_SEAL_LEN],
                              const char *address)
{
  uint8_t plain[PLAIN_LEN] = {0};
  uint8_t *sealed = g_malloc (HARK_GROUP_SEALED_LEN);
  HarkSecret key;

  g_strlcpy ((char *) plain, address, sizeof plain);
  make_key (secret, group, from, to, &key);
  memcpy (sealed, nonce, HARK_GROUP_NONCE_SEAL_LEN);
  crypto_aead_xchacha20poly1305_ietf_encrypt (sealed + HARK_GROUP_NONCE_SEAL_LEN, NULL, plain,
                                              sizeof plain, NULL, 0, NULL, nonce, key.bytes);
  hark_secret_clear (&key);
  sodium_memzero (plain, sizeof plain);
  return g_bytes_new_take (sealed, HARK_GROUP_SEALED_LEN);
}

char *
hark_group_introduction_open (const HarkSecret *secret,
                              const uint8_t group[HARK_GROUP_ID_LEN],
                              const HarkKey *from,
                              const HarkKey *to,
                              GBytes *sealed)
{
  uint8_t plain[PLAIN_LEN];
  gsize len = 0;
  const uint8_t *data = g_bytes_get_data (sealed, &len);
  HarkSecret key;
  char *address = NULL;

  if (len != HARK_GROUP_SEALED_LEN)
    return NULL;
  make_key (secret, group, from, to, &key);
  if (crypto_aead_xchacha20poly1305_ietf_decrypt (
        plain, NULL, NULL, data + HARK_GROUP_NONCE_SEAL_LEN, len - HARK_GROUP_NONCE_SEAL_LEN, NULL,
        0, data, key.bytes)
        == 0
      && memchr (plain, 0, sizeof plain) != NULL
      && g_utf8_validate ((const char *) plain, -1, NULL))
    address = g_strdup ((const char *) plain);
  hark_secret_clear (&key);
  sodium_memzero (plain, sizeof plain);
  return address;
}
