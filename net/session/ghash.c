#include "net/session/ghash.h"

#include <glib.h>

#ifdef __x86_64__

#include <immintrin.h>
#include <sodium.h>
#include <string.h>

#define BLOCK ((size_t) HARK_GHASH_LEN)
#define STEP (HARK_GHASH_POWERS * BLOCK) /* bytes that are reduced together */
#define WITH_CLMUL __attribute__ ((target ("avx2,pclmul,vpclmulqdq")))

/* A number's product is low + middle * x^64 + high * x^128. */
typedef struct {
  __m128i low, middle, high;
} Product;

bool
hark_ghash_is_there (void)
{
  return __builtin_cpu_supports ("avx2") && __builtin_cpu_supports ("pclmul")
         && __builtin_cpu_supports ("vpclmulqdq");
}

static inline WITH_CLMUL __m128i
load (const uint8_t *bytes)
{
  return _mm_loadu_si128 ((const __m128i *) (const void *) bytes);
}

static inline WITH_CLMUL __m256i
load_two (const uint8_t *bytes)
{
  return _mm256_loadu_si256 ((const __m256i *) (const void *) bytes);
}

static inline WITH_CLMUL void
store (uint8_t *bytes, __m128i block)
{
  _mm_storeu_si128 ((__m128i *) (void *) bytes, block);
}

static inline WITH_CLMUL __m128i
get_backwards (void)
{
  return _mm_setr_epi8 (15, 14, 13, 12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1, 0);
}

static inline WITH_CLMUL __m128i
turn (__m128i block)
{
  return _mm_shuffle_epi8 (block, get_backwards ());
}

static inline WITH_CLMUL void
add_product (Product *sum, __m128i a, __m128i b)
{
  const __m128i crossed
    = _mm_xor_si128 (_mm_clmulepi64_si128 (a, b, 0x01), _mm_clmulepi64_si128 (a, b, 0x10));

  sum->low = _mm_xor_si128 (sum->low, _mm_clmulepi64_si128 (a, b, 0x00));
  sum->middle = _mm_xor_si128 (sum->middle, crossed);
  sum->high = _mm_xor_si128 (sum->high, _mm_clmulepi64_si128 (a, b, 0x11));
}

/* times x^-128, modulo x^128 + x^127 + x^126 + x^121 + 1: 64 bits at a time are taken off below */
static inline WITH_CLMUL __m128i
reduce (Product product)
{
  const __m128i modulus = _mm_set_epi64x (0, (long long) UINT64_C (0xc200000000000000));
  __m128i low = product.low, middle = product.middle;

  middle = _mm_xor_si128 (middle, _mm_clmulepi64_si128 (low, modulus, 0x00));
  middle = _mm_xor_si128 (middle, _mm_shuffle_epi32 (low, 0x4e));
  low = _mm_xor_si128 (product.high, _mm_clmulepi64_si128 (middle, modulus, 0x00));
  return _mm_xor_si128 (low, _mm_shuffle_epi32 (middle, 0x4e));
}

/* times x: what makes up for the one bit by which a block turned around is off */
static __m128i
double_key (const uint8_t key[HARK_GHASH_LEN])
{
  uint64_t high, low, over;

  memcpy (&high, key, sizeof high);
  memcpy (&low, key + sizeof high, sizeof low);
  high = GUINT64_FROM_BE (high);
  low = GUINT64_FROM_BE (low);
  over = -(high >> 63);
  high = (high << 1 | low >> 63) ^ (over & UINT64_C (0xc200000000000000));
  low = low << 1 ^ (over & 1);
  return _mm_set_epi64x ((long long) high, (long long) low);
}

WITH_CLMUL void
hark_ghash_init (HarkGhash *ghash, const uint8_t key[HARK_GHASH_LEN])
{
  const __m128i first = double_key (key);
  __m128i power = first;

  for (unsigned i = HARK_GHASH_POWERS; i-- > 0;) {
    Product next = {0};

    store (ghash->powers[i], power);
    store (ghash->sums[i], _mm_xor_si128 (power, _mm_shuffle_epi32 (power, 0x4e)));
    add_product (&next, power, first);
    power = reduce (next);
  }
}

static inline WITH_CLMUL __m128i
fold (__m256i two)
{
  return _mm_xor_si128 (_mm256_castsi256_si128 (two), _mm256_extracti128_si256 (two, 1));
}

/* STEP bytes of @data; @sum: over all before. */
static inline WITH_CLMUL __m128i
add_step (const HarkGhash *ghash, const uint8_t *data, __m128i sum)
{
  const __m256i backwards = _mm256_broadcastsi128_si256 (get_backwards ());
  __m256i low = _mm256_setzero_si256 (), middle = low, high = low;

  /* the first last: its sum comes late */
  for (unsigned i = HARK_GHASH_POWERS; i > 0;) {
    __m256i blocks, power, halves;

    i -= 2;
    blocks = _mm256_shuffle_epi8 (load_two (data + i * BLOCK), backwards);
    if (i == 0)
      blocks = _mm256_xor_si256 (blocks, _mm256_zextsi128_si256 (sum));
    power = load_two (ghash->powers[i]);
    halves = _mm256_xor_si256 (blocks, _mm256_shuffle_epi32 (blocks, 0x4e));
    low = _mm256_xor_si256 (low, _mm256_clmulepi64_epi128 (blocks, power, 0x00));
    high = _mm256_xor_si256 (high, _mm256_clmulepi64_epi128 (blocks, power, 0x11));
    middle = _mm256_xor_si256 (middle,
                               _mm256_clmulepi64_epi128 (halves, load_two (ghash->sums[i]), 0x00));
  }
  middle = _mm256_xor_si256 (middle, _mm256_xor_si256 (low, high));
  return reduce ((Product){fold (low), fold (middle), fold (high)});
}

static WITH_CLMUL __m128i
add (const HarkGhash *ghash, const uint8_t *data, size_t len, __m128i sum)
{
  const uint8_t *power;
  uint8_t last[BLOCK];
  Product product = {0};

  for (; len >= STEP; data += STEP, len -= STEP)
    sum = add_step (ghash, data, sum);
  if (len == 0)
    return sum;
  power = ghash->powers[HARK_GHASH_POWERS - (len + BLOCK - 1) / BLOCK];
  for (; len >= BLOCK; data += BLOCK, len -= BLOCK, power += BLOCK) {
    add_product (&product, _mm_xor_si128 (turn (load (data)), sum), load (power));
    sum = _mm_setzero_si128 ();
  }
  if (len > 0) {
    memset (last, 0, sizeof last);
    memcpy (last, data, len);
    add_product (&product, _mm_xor_si128 (turn (load (last)), sum), load (power));
  }
  return reduce (product);
}

WITH_CLMUL void
hark_ghash (const HarkGhash *ghash,
            const uint8_t *head,
            size_t head_len,
            const uint8_t *data,
            size_t len,
            uint8_t ret[HARK_GHASH_LEN])
{
  const __m128i lens = _mm_set_epi64x ((long long) head_len * 8, (long long) len * 8);
  __m128i sum = add (ghash, head, head_len, _mm_setzero_si128 ());
  Product product = {0};

  sum = add (ghash, data, len, sum);
  add_product (&product, _mm_xor_si128 (sum, lens), load (ghash->powers[HARK_GHASH_POWERS - 1]));
  store (ret, turn (reduce (product)));
}

#else

bool
hark_ghash_is_there (void)
{
  return false;
}

void
hark_ghash_init (HarkGhash *ghash, const uint8_t key[HARK_GHASH_LEN])
{
  (void) ghash;
  (void) key;
  g_assert_not_reached ();
}

void
hark_ghash (const HarkGhash *ghash,
            const uint8_t *head,
            size_t head_len,
            const uint8_t *data,
            size_t len,
            uint8_t ret[HARK_GHASH_LEN])
{
  (void) ghash;
  (void) head;
  (void) head_len;
  (void) data;
  (void) len;
  (void) ret;
  g_assert_not_reached ();
}

#endif
