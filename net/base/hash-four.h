/* net/base/hash-four.h - four BLAKE2b hashes side by side, for large equal pieces.
 *
 * Pure; any thread. A core's vector registers hold the same word of four messages, so four hashes
 * take a third as long as one after the other, or half (by processor; AVX2 or AVX-512VL; elsewhere
 * they are made one by one). The result is that of hark_hash() in every case.
 */
#pragma once

#include <stddef.h>
#include <stdint.h>

#define HARK_HASH_FOUR_LEN 32 /* bytes of each hash */

/**
 * hark_hash_four:
 * @ret: (out): the four hashes
 * @domain: from net/base/domain.h, hashed without its NUL; at most 128 bytes
 * @data: the four messages
 * @len: bytes of each
 *
 * BLAKE2b-256 (RFC 7693), without a key, of @domain and each message. For public data: copies of
 * it in registers and on the stack are not wiped.
 */
void hark_hash_four (uint8_t ret[4][HARK_HASH_FOUR_LEN],
                     const char *domain,
                     const uint8_t *const data[4],
                     size_t len);
