#include "net/noise/cipher.h"

#include <sodium.h>
#include <string.h>

void
hark_noise_cipher_set_key (HarkNoiseCipher *cipher, const uint8_t key[32])
{
  hark_noise_cipher_clear (cipher);
  if (key) {
    memcpy (cipher->key, key, sizeof cipher->key);
    cipher->has_key = true;
  }
}

void
hark_noise_cipher_clear (HarkNoiseCipher *cipher)
{
  sodium_memzero (cipher, sizeof *cipher);
}

size_t
hark_noise_cipher_overhead (const HarkNoiseCipher *cipher)
{
  return cipher->has_key ? HARK_NOISE_TAG_LEN : 0;
}

/* Four zero bytes and the counter, little-endian (section 12.3). */
static void
write_nonce (uint64_t nonce, uint8_t ret[crypto_aead_chacha20poly1305_ietf_NPUBBYTES])
{
  memset (ret, 0, 4);
  for (int i = 0; i < 8; i++)
    ret[4 + i] = (uint8_t) (nonce >> (8 * i));
}

bool
hark_noise_cipher_encrypt (HarkNoiseCipher *cipher,
                           const uint8_t *ad,
                           size_t ad_len,
                           const uint8_t *plain,
                           size_t plain_len,
                           uint8_t *ret)
{
  uint8_t nonce[crypto_aead_chacha20poly1305_ietf_NPUBBYTES];

  if (!cipher->has_key) {
    if (plain_len)
      memmove (ret, plain, plain_len);
    return true;
  }
  if (cipher->nonce == HARK_NOISE_NONCE_MAX)
    return false;

  write_nonce (cipher->nonce, nonce);
  crypto_aead_chacha20poly1305_ietf_encrypt (ret, NULL, plain, plain_len, ad, ad_len, NULL, nonce,
                                             cipher->key);
  cipher->nonce++;
  return true;
}

bool
hark_noise_cipher_decrypt (HarkNoiseCipher *cipher,
                           const uint8_t *ad,
                           size_t ad_len,
                           const uint8_t *sealed,
                           size_t sealed_len,
                           uint8_t *ret)
{
  uint8_t nonce[crypto_aead_chacha20poly1305_ietf_NPUBBYTES];

  if (!cipher->has_key) {
    if (sealed_len)
      memmove (ret, sealed, sealed_len);
    return true;
  }
  if (sealed_len < HARK_NOISE_TAG_LEN || cipher->nonce == HARK_NOISE_NONCE_MAX)
    return false;

  write_nonce (cipher->nonce, nonce);
  if (crypto_aead_chacha20poly1305_ietf_decrypt (ret, NULL, NULL, sealed, sealed_len, ad, ad_len,
                                                 nonce, cipher->key)
      != 0)
    return false;
  cipher->nonce++;
  return true;
}
