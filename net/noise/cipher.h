/* net/noise/cipher.h - CipherState of the Noise Protocol Framework with ChaChaPoly.
 *
 * Pure; one thread at a time.
 * Source: Noise rev 34 sections 5.1 and 12.3. ChaChaPoly is the only cipher: libsodium runs it in
 * constant time on every CPU, AES-256-GCM only on some.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define HARK_NOISE_TAG_LEN 16

/* Nonces below this may be used; the last one is reserved (section 5.1). */
#define HARK_NOISE_NONCE_MAX UINT64_MAX

typedef struct {
  uint8_t key[32];
  uint64_t nonce; /* of the next message */
  bool has_key;   /* without one, plaintext passes through */
} HarkNoiseCipher;

/* hark_noise_cipher_set_key: InitializeKey(); @key NULL leaves it without one. Nonce 0. */
void hark_noise_cipher_set_key (HarkNoiseCipher *cipher, const uint8_t key[32]);

/* hark_noise_cipher_clear: wipes. */
void hark_noise_cipher_clear (HarkNoiseCipher *cipher);

/* hark_noise_cipher_overhead: bytes that encryption adds: 16, or 0 without a key. */
size_t hark_noise_cipher_overhead (const HarkNoiseCipher *cipher);

/**
 * hark_noise_cipher_encrypt:
 * @ret: (out): @plain_len + overhead bytes; may be @plain
 *
 * EncryptWithAd(). Returns: false, with nothing written, when the nonces are used up
 */
bool hark_noise_cipher_encrypt (HarkNoiseCipher *cipher,
                                const uint8_t *ad,
                                size_t ad_len,
                                const uint8_t *plain,
                                size_t plain_len,
                                uint8_t *ret);

/**
 * hark_noise_cipher_decrypt:
 * @ret: (out): @sealed_len - overhead bytes; may be @sealed
 *
 * DecryptWithAd(). Returns: false, with the nonce where it was, when @sealed is shorter than its
 * tag, altered, or the nonces are used up
 */
bool hark_noise_cipher_decrypt (HarkNoiseCipher *cipher,
                                const uint8_t *ad,
                                size_t ad_len,
                                const uint8_t *sealed,
                                size_t sealed_len,
                                uint8_t *ret);
