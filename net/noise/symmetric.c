#include "net/noise/symmetric.h"

#include <glib.h>
#include <sodium.h>
#include <string.h>

#define BLOCK_LEN 128

/* HMAC of one or two parts under a key of HASHLEN bytes, which is shorter than a block. */
static void
hmac (const uint8_t key[HARK_NOISE_HASH_LEN],
      const uint8_t *first,
      size_t first_len,
      const uint8_t *second,
      size_t second_len,
      uint8_t ret[HARK_NOISE_HASH_LEN])
{
  crypto_generichash_state state;
  uint8_t block[BLOCK_LEN];
  uint8_t inner[HARK_NOISE_HASH_LEN];

  memset (block, 0x36, sizeof block);
  for (size_t i = 0; i < HARK_NOISE_HASH_LEN; i++)
    block[i] ^= key[i];
  crypto_generichash_init (&state, NULL, 0, sizeof inner);
  crypto_generichash_update (&state, block, sizeof block);
  crypto_generichash_update (&state, first, first_len);
  if (second_len)
    crypto_generichash_update (&state, second, second_len);
  crypto_generichash_final (&state, inner, sizeof inner);

  for (size_t i = 0; i < BLOCK_LEN; i++)
    block[i] ^= 0x36 ^ 0x5c;
  crypto_generichash_init (&state, NULL, 0, HARK_NOISE_HASH_LEN);
  crypto_generichash_update (&state, block, sizeof block);
  crypto_generichash_update (&state, inner, sizeof inner);
  crypto_generichash_final (&state, ret, HARK_NOISE_HASH_LEN);

  sodium_memzero (&state, sizeof state);
  sodium_memzero (block, sizeof block);
  sodium_memzero (inner, sizeof inner);
}

/* HKDF (section 4.3): @n_outputs of 2 or 3, each HASHLEN bytes. */
static void
hkdf (const uint8_t chaining_key[HARK_NOISE_HASH_LEN],
      const uint8_t *input,
      size_t input_len,
      size_t n_outputs,
      uint8_t ret[][HARK_NOISE_HASH_LEN])
{
  uint8_t temporary[HARK_NOISE_HASH_LEN];
  uint8_t counter = 1;

  hmac (chaining_key, input, input_len, NULL, 0, temporary);
  hmac (temporary, &counter, 1, NULL, 0, ret[0]);
  for (size_t i = 1; i < n_outputs; i++) {
    counter++;
    hmac (temporary, ret[i - 1], HARK_NOISE_HASH_LEN, &counter, 1, ret[i]);
  }
  sodium_memzero (temporary, sizeof temporary);
}

void
hark_noise_symmetric_init (HarkNoiseSymmetric *symmetric, const char *protocol_name)
{
  size_t len = strlen (protocol_name);

  memset (symmetric, 0, sizeof *symmetric);
  /* Every name of ours fits; longer ones would be hashed. */
  g_assert (len <= HARK_NOISE_HASH_LEN);
  memcpy (symmetric->hash, protocol_name, len);
  memcpy (symmetric->chaining_key, symmetric->hash, HARK_NOISE_HASH_LEN);
}

void
hark_noise_symmetric_mix_hash (HarkNoiseSymmetric *symmetric, const void *data, size_t len)
{
  crypto_generichash_state state;

  crypto_generichash_init (&state, NULL, 0, HARK_NOISE_HASH_LEN);
  crypto_generichash_update (&state, symmetric->hash, HARK_NOISE_HASH_LEN);
  if (len)
    crypto_generichash_update (&state, data, len);
  crypto_generichash_final (&state, symmetric->hash, HARK_NOISE_HASH_LEN);
}

void
hark_noise_symmetric_mix_key (HarkNoiseSymmetric *symmetric, const uint8_t input[32])
{
  uint8_t outputs[2][HARK_NOISE_HASH_LEN];

  hkdf (symmetric->chaining_key, input, 32, 2, outputs);
  memcpy (symmetric->chaining_key, outputs[0], HARK_NOISE_HASH_LEN);
  hark_noise_cipher_set_key (&symmetric->cipher, outputs[1]);
  sodium_memzero (outputs, sizeof outputs);
}

void
hark_noise_symmetric_mix_key_and_hash (HarkNoiseSymmetric *symmetric, const uint8_t psk[32])
{
  uint8_t outputs[3][HARK_NOISE_HASH_LEN];

  hkdf (symmetric->chaining_key, psk, 32, 3, outputs);
  memcpy (symmetric->chaining_key, outputs[0], HARK_NOISE_HASH_LEN);
  hark_noise_symmetric_mix_hash (symmetric, outputs[1], HARK_NOISE_HASH_LEN);
  hark_noise_cipher_set_key (&symmetric->cipher, outputs[2]);
  sodium_memzero (outputs, sizeof outputs);
}

bool
hark_noise_symmetric_encrypt (HarkNoiseSymmetric *symmetric,
                              const uint8_t *plain,
                              size_t plain_len,
                              uint8_t *ret)
{
  size_t sealed_len = plain_len + hark_noise_cipher_overhead (&symmetric->cipher);

  if (!hark_noise_cipher_encrypt (&symmetric->cipher, symmetric->hash, HARK_NOISE_HASH_LEN, plain,
                                  plain_len, ret))
    return false;
  hark_noise_symmetric_mix_hash (symmetric, ret, sealed_len);
  return true;
}

bool
hark_noise_symmetric_decrypt (HarkNoiseSymmetric *symmetric,
                              const uint8_t *sealed,
                              size_t sealed_len,
                              uint8_t *ret)
{
  uint8_t ad[HARK_NOISE_HASH_LEN];

  /* The sealed bytes are hashed first because @ret may lie over them. */
  memcpy (ad, symmetric->hash, sizeof ad);
  hark_noise_symmetric_mix_hash (symmetric, sealed, sealed_len);
  if (!hark_noise_cipher_decrypt (&symmetric->cipher, ad, sizeof ad, sealed, sealed_len, ret)) {
    memcpy (symmetric->hash, ad, sizeof ad);
    return false;
  }
  return true;
}

void
hark_noise_symmetric_split (const HarkNoiseSymmetric *symmetric,
                            uint8_t ret_initiator[32],
                            uint8_t ret_responder[32])
{
  static const uint8_t nothing[1];
  uint8_t outputs[2][HARK_NOISE_HASH_LEN];

  hkdf (symmetric->chaining_key, nothing, 0, 2, outputs);
  memcpy (ret_initiator, outputs[0], 32);
  memcpy (ret_responder, outputs[1], 32);
  sodium_memzero (outputs, sizeof outputs);
}
