/* net/noise/symmetric.h - SymmetricState of the Noise Protocol Framework with BLAKE2b.
 *
 * Pure; one thread at a time. Source: Noise rev 34 sections 4.3, 5.2 and 12.6: HASHLEN 64, BLOCKLEN
 * 128, HKDF by HMAC (RFC 2104) over BLAKE2b.
 */
#pragma once

#include "net/noise/cipher.h"

#define HARK_NOISE_HASH_LEN 64

typedef struct {
  HarkNoiseCipher cipher;
  uint8_t chaining_key[HARK_NOISE_HASH_LEN];
  uint8_t hash[HARK_NOISE_HASH_LEN];
} HarkNoiseSymmetric;

/* hark_noise_symmetric_init: InitializeSymmetric() with a NUL-terminated protocol name. */
void hark_noise_symmetric_init (HarkNoiseSymmetric *symmetric, const char *protocol_name);

/* MixHash(); an empty @data is hashed too. */
void hark_noise_symmetric_mix_hash (HarkNoiseSymmetric *symmetric, const void *data, size_t len);

/* MixKey() and MixKeyAndHash() with 32 bytes: a shared secret or a public key, and a psk. */
void hark_noise_symmetric_mix_key (HarkNoiseSymmetric *symmetric, const uint8_t input[32]);
void hark_noise_symmetric_mix_key_and_hash (HarkNoiseSymmetric *symmetric, const uint8_t psk[32]);

/* EncryptAndHash() and DecryptAndHash(); lengths and results as in net/noise/cipher.h. */
bool hark_noise_symmetric_encrypt (HarkNoiseSymmetric *symmetric,
                                   const uint8_t *plain,
                                   size_t plain_len,
                                   uint8_t *ret);
bool hark_noise_symmetric_decrypt (HarkNoiseSymmetric *symmetric,
                                   const uint8_t *sealed,
                                   size_t sealed_len,
                                   uint8_t *ret);

/* hark_noise_symmetric_split: Split(); keys of the initiator's and the responder's direction. */
void hark_noise_symmetric_split (const HarkNoiseSymmetric *symmetric,
                                 uint8_t ret_initiator[32],
                                 uint8_t ret_responder[32]);
