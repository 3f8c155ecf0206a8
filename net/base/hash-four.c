#include "net/base/hash-four.h"

#include "net/base/hash.h"

#include <glib.h>
#include <sodium.h>
#include <stdbool.h>
#include <string.h>

#define BLOCK 128 /* bytes; RFC 7693 section 2.1 */

static void
hash_one_by_one (uint8_t ret[4][HARK_HASH_FOUR_LEN],
                 const char *domain,
                 const uint8_t *const data[4],
                 size_t len)
{
  for (unsigned i = 0; i < 4; i++)
    HARK_HASH (ret[i], HARK_HASH_FOUR_LEN, NULL, 0, domain, HARK_PART_BYTES (data[i], len));
}

#ifdef __x86_64__

#include <immintrin.h>

#define WITH_AVX2 __attribute__ ((target ("avx2")))
#define WITH_AVX512 __attribute__ ((target ("avx2,avx512vl")))
/* Written once, compiled for both: with AVX-512 the compiler has one instruction for a rotation,
 * and registers for all 32 words. */
#define WITH_EITHER __attribute__ ((always_inline, target ("avx2")))
#define PARAMETERS UINT64_C (0x01010020) /* 32 bytes, no key, sequential */

static const uint64_t iv[8] = {
  UINT64_C (0x6a09e667f3bcc908), UINT64_C (0xbb67ae8584caa73b), UINT64_C (0x3c6ef372fe94f82b),
  UINT64_C (0xa54ff53a5f1d36f1), UINT64_C (0x510e527fade682d1), UINT64_C (0x9b05688c2b3e6c1f),
  UINT64_C (0x1f83d9abfb41bd6b), UINT64_C (0x5be0cd19137e2179),
};

/* Four lanes of one word each; and as the compiler's own vectors. */
typedef __m256i Word;
typedef uint64_t Lanes __attribute__ ((vector_size (32)));

/* RFC 7693 section 2.7; unrolled, so that the words of a message are named and not looked up */
#define ALL_ROUNDS                                             \
  ROUND (0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15) \
  ROUND (14, 10, 4, 8, 9, 15, 13, 6, 1, 12, 0, 2, 11, 7, 5, 3) \
  ROUND (11, 8, 12, 0, 5, 2, 15, 13, 10, 14, 3, 6, 7, 1, 9, 4) \
  ROUND (7, 9, 3, 1, 13, 12, 11, 14, 2, 6, 5, 10, 4, 0, 15, 8) \
  ROUND (9, 0, 5, 7, 2, 4, 10, 15, 14, 1, 11, 12, 6, 8, 3, 13) \
  ROUND (2, 12, 6, 10, 0, 11, 8, 3, 4, 13, 7, 5, 15, 14, 1, 9) \
  ROUND (12, 5, 1, 15, 14, 13, 4, 10, 0, 7, 6, 3, 9, 2, 8, 11) \
  ROUND (13, 11, 7, 14, 12, 1, 3, 9, 5, 0, 15, 4, 8, 6, 2, 10) \
  ROUND (6, 15, 14, 9, 11, 3, 0, 8, 12, 2, 13, 7, 1, 4, 10, 5) \
  ROUND (10, 2, 8, 4, 7, 6, 1, 5, 15, 11, 9, 14, 3, 12, 13, 0) \
  ROUND (0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15) \
  ROUND (14, 10, 4, 8, 9, 15, 13, 6, 1, 12, 0, 2, 11, 7, 5, 3)

#define ROUND(a, b, c, d, e, f, g, h, i, j, k, l, n, o, p, q) \
  MIX (0, 4, 8, 12, a, b);                                    \
  MIX (1, 5, 9, 13, c, d);                                    \
  MIX (2, 6, 10, 14, e, f);                                   \
  MIX (3, 7, 11, 15, g, h);                                   \
  MIX (0, 5, 10, 15, i, j);                                   \
  MIX (1, 6, 11, 12, k, l);                                   \
  MIX (2, 7, 8, 13, n, o);                                    \
  MIX (3, 4, 9, 14, p, q);

/* RFC 7693 section 3.1; rotations by whole bytes are shuffles */
#define MIX(a, b, c, d, x, y)                                        \
  v[a] = _mm256_add_epi64 (_mm256_add_epi64 (v[a], v[b]), m[x]);     \
  v[d] = _mm256_shuffle_epi32 (_mm256_xor_si256 (v[d], v[a]), 0xb1); \
  v[c] = _mm256_add_epi64 (v[c], v[d]);                              \
  v[b] = _mm256_shuffle_epi8 (_mm256_xor_si256 (v[b], v[c]), by_24); \
  v[a] = _mm256_add_epi64 (_mm256_add_epi64 (v[a], v[b]), m[y]);     \
  v[d] = _mm256_shuffle_epi8 (_mm256_xor_si256 (v[d], v[a]), by_16); \
  v[c] = _mm256_add_epi64 (v[c], v[d]);                              \
  v[b] = _mm256_xor_si256 (v[b], v[c]);                              \
  v[b] = (Word) ((Lanes) v[b] >> 63 | (Lanes) v[b] << 1)

static inline WITH_EITHER Word
repeat (uint64_t word)
{
  return _mm256_set1_epi64x ((long long) word);
}

/* Four words of each message, from byte @at of its block on, turned around: @ret[i] has word i of
 * all four. */
static inline WITH_EITHER void
load_words (const uint8_t *const from[4], size_t at, Word ret[4])
{
  const Word a = _mm256_loadu_si256 ((const __m256i *) (const void *) (from[0] + at));
  const Word b = _mm256_loadu_si256 ((const __m256i *) (const void *) (from[1] + at));
  const Word c = _mm256_loadu_si256 ((const __m256i *) (const void *) (from[2] + at));
  const Word d = _mm256_loadu_si256 ((const __m256i *) (const void *) (from[3] + at));
  const Word low_ab = _mm256_unpacklo_epi64 (a, b), high_ab = _mm256_unpackhi_epi64 (a, b);
  const Word low_cd = _mm256_unpacklo_epi64 (c, d), high_cd = _mm256_unpackhi_epi64 (c, d);

  ret[0] = _mm256_permute2x128_si256 (low_ab, low_cd, 0x20);
  ret[1] = _mm256_permute2x128_si256 (high_ab, high_cd, 0x20);
  ret[2] = _mm256_permute2x128_si256 (low_ab, low_cd, 0x31);
  ret[3] = _mm256_permute2x128_si256 (high_ab, high_cd, 0x31);
}

#define CLOSE(i) state[i] = _mm256_xor_si256 (state[i], _mm256_xor_si256 (v[i], v[i + 8]))

/* RFC 7693 section 3.2; @so_far: bytes with those of this block. Without a loop: at -O2 one over
 * @v or @m keeps these in memory, filled with zeros first, which takes as long as the rounds. */
static inline WITH_EITHER void
compress (Word state[8], const uint8_t *const from[4], uint64_t so_far, bool last)
{
  const Word by_24 = _mm256_broadcastsi128_si256 (
    _mm_setr_epi8 (3, 4, 5, 6, 7, 0, 1, 2, 11, 12, 13, 14, 15, 8, 9, 10));
  const Word by_16 = _mm256_broadcastsi128_si256 (
    _mm_setr_epi8 (2, 3, 4, 5, 6, 7, 0, 1, 10, 11, 12, 13, 14, 15, 8, 9));
  Word v[16] = {
    state[0],
    state[1],
    state[2],
    state[3],
    state[4],
    state[5],
    state[6],
    state[7],
    repeat (iv[0]),
    repeat (iv[1]),
    repeat (iv[2]),
    repeat (iv[3]),
    repeat (iv[4] ^ so_far),
    repeat (iv[5]),
    repeat (last ? ~iv[6] : iv[6]),
    repeat (iv[7]),
  };
  Word m[16];

  load_words (from, 0, m);
  load_words (from, 32, m + 4);
  load_words (from, 64, m + 8);
  load_words (from, 96, m + 12);
  ALL_ROUNDS
  CLOSE (0);
  CLOSE (1);
  CLOSE (2);
  CLOSE (3);
  CLOSE (4);
  CLOSE (5);
  CLOSE (6);
  CLOSE (7);
}

static inline WITH_EITHER void
hash_side_by_side (uint8_t ret[4][HARK_HASH_FOUR_LEN],
                   const char *domain,
                   const uint8_t *const data[4],
                   size_t len)
{
  const size_t head = strlen (domain), all = head + len;
  uint8_t edges[4][BLOCK]; /* the first block, which begins with the domain, and the last */
  const uint8_t *from[4];
  Word state[8];

  for (unsigned i = 0; i < 8; i++)
    state[i] = repeat (i == 0 ? iv[0] ^ PARAMETERS : iv[i]);
  for (size_t at = 0; at == 0 || at < all; at += BLOCK) {
    const size_t here = MIN (all - at, (size_t) BLOCK);
    const bool edge = at == 0 || here < BLOCK;
    const size_t domain_here = at == 0 ? head : 0;

    for (unsigned lane = 0; lane < 4; lane++) {
      const uint8_t *piece = at == 0 ? data[lane] : data[lane] + (at - head);

      from[lane] = edge ? edges[lane] : piece;
      if (!edge)
        continue;
      memset (edges[lane], 0, BLOCK);
      memcpy (edges[lane], domain, domain_here);
      if (here > domain_here)
        memcpy (edges[lane] + domain_here, piece, here - domain_here);
    }
    compress (state, from, at + here, at + here == all);
  }
  for (unsigned i = 0; i < HARK_HASH_FOUR_LEN / 8; i++) {
    uint64_t words[4]; /* little endian, as this processor is */

    _mm256_storeu_si256 ((__m256i *) (void *) words, state[i]);
    for (unsigned lane = 0; lane < 4; lane++)
      memcpy (ret[lane] + (size_t) i * 8, &words[lane], sizeof words[lane]);
  }
}

static WITH_AVX2 void
hash_with_avx2 (uint8_t ret[4][HARK_HASH_FOUR_LEN],
                const char *domain,
                const uint8_t *const data[4],
                size_t len)
{
  hash_side_by_side (ret, domain, data, len);
}

static WITH_AVX512 void
hash_with_avx512 (uint8_t ret[4][HARK_HASH_FOUR_LEN],
                  const char *domain,
                  const uint8_t *const data[4],
                  size_t len)
{
  hash_side_by_side (ret, domain, data, len);
}

#endif

void
hark_hash_four (uint8_t ret[4][HARK_HASH_FOUR_LEN],
                const char *domain,
                const uint8_t *const data[4],
                size_t len)
{
  g_assert (strlen (domain) <= BLOCK);
#ifdef __x86_64__
  if (__builtin_cpu_supports ("avx512vl") && sodium_runtime_has_avx2 ()) {
    hash_with_avx512 (ret, domain, data, len);
    return;
  }
  if (sodium_runtime_has_avx2 ()) {
    hash_with_avx2 (ret, domain, data, len);
    return;
  }
#endif
  hash_one_by_one (ret, domain, data, len);
}
