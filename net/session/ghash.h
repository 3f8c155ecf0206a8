/* net/session/ghash.h - the sum of GCM over what was sealed, with instructions that take two blocks
 * at once (AVX2, VPCLMULQDQ).
 *
 * Pure; any thread. Takes the same time for all bytes and keys of one length. libgcrypt 1.10 has it
 * for one block at a time, in twice the time that its AES takes.
 * Source: NIST SP 800-38D section 6.4; RFC 8452 appendix A for the order of bits.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define HARK_GHASH_LEN 16
#define HARK_GHASH_POWERS 16

/* The powers of a key, the highest first, and the sum of the halves of each; wiped by its holder.
 */
typedef struct {
  uint8_t powers[HARK_GHASH_POWERS][HARK_GHASH_LEN];
  uint8_t sums[HARK_GHASH_POWERS][HARK_GHASH_LEN];
} HarkGhash;

/* hark_ghash_is_there: this processor has the instructions; else nothing below may be called. */
bool hark_ghash_is_there (void);

/* hark_ghash_init: @key: the block of zeros, encrypted. */
void hark_ghash_init (HarkGhash *ghash, const uint8_t key[HARK_GHASH_LEN]);

/* hark_ghash: over @head and @data, each filled up with zeros to whole blocks, and their lengths.
 */
void hark_ghash (const HarkGhash *ghash,
                 const uint8_t *head,
                 size_t head_len,
                 const uint8_t *data,
                 size_t len,
                 uint8_t ret[HARK_GHASH_LEN]);
