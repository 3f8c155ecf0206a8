#include "net/base/hash-four.h"

#include "net/base/hash.h"

#include <glib.h>
#include <sodium.h>
#include <stdbool.h>
#include <stddef.h>
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
/* Of which both are made. */
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

/* RFC 7693 section 2.7; unrolled, so that the words of a message are named and not looked up. The
 * first number counts the rounds, of which the last four may be something else. */
#define ALL_ROUNDS(ROUND, LAST)                                   \
  ROUND (0, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15) \
  ROUND (1, 14, 10, 4, 8, 9, 15, 13, 6, 1, 12, 0, 2, 11, 7, 5, 3) \
  ROUND (2, 11, 8, 12, 0, 5, 2, 15, 13, 10, 14, 3, 6, 7, 1, 9, 4) \
  ROUND (3, 7, 9, 3, 1, 13, 12, 11, 14, 2, 6, 5, 10, 4, 0, 15, 8) \
  ROUND (4, 9, 0, 5, 7, 2, 4, 10, 15, 14, 1, 11, 12, 6, 8, 3, 13) \
  ROUND (5, 2, 12, 6, 10, 0, 11, 8, 3, 4, 13, 7, 5, 15, 14, 1, 9) \
  ROUND (6, 12, 5, 1, 15, 14, 13, 4, 10, 0, 7, 6, 3, 9, 2, 8, 11) \
  ROUND (7, 13, 11, 7, 14, 12, 1, 3, 9, 5, 0, 15, 4, 8, 6, 2, 10) \
  LAST (8, 6, 15, 14, 9, 11, 3, 0, 8, 12, 2, 13, 7, 1, 4, 10, 5)  \
  LAST (9, 10, 2, 8, 4, 7, 6, 1, 5, 15, 11, 9, 14, 3, 12, 13, 0)  \
  LAST (10, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15) \
  LAST (11, 14, 10, 4, 8, 9, 15, 13, 6, 1, 12, 0, 2, 11, 7, 5, 3)

#define MIX_ROUND(number, a, b, c, d, e, f, g, h, i, j, k, l, n, o, p, q) \
  MIX (0, 4, 8, 12, a, b);                                                \
  MIX (1, 5, 9, 13, c, d);                                                \
  MIX (2, 6, 10, 14, e, f);                                               \
  MIX (3, 7, 11, 15, g, h);                                               \
  MIX (0, 5, 10, 15, i, j);                                               \
  MIX (1, 6, 11, 12, k, l);                                               \
  MIX (2, 7, 8, 13, n, o);                                                \
  MIX (3, 4, 9, 14, p, q);

/* RFC 7693 section 3.1; rotations by whole bytes are shuffles */
#define MIX(a, b, c, d, x, y)                                        \
  v[a] = _mm256_add_epi64 (_mm256_add_epi64 (v[a], v[b]), m[x]);     \
  v[d] = _mm256_shuffle_epi32 (_mm256_xor_si256 (v[d], v[a]), 0xb1); \
  v[c] = _mm256_add_epi64 (v[c], v[d]);                              \
  v[b] = _mm256_shuffle_epi8 (_mm256_xor_si256 (v[b], v[c]), to_24); \
  v[a] = _mm256_add_epi64 (_mm256_add_epi64 (v[a], v[b]), m[y]);     \
  v[d] = _mm256_shuffle_epi8 (_mm256_xor_si256 (v[d], v[a]), to_16); \
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

static inline WITH_EITHER void
load_block (const uint8_t *const from[4], Word ret[16])
{
  load_words (from, 0, ret);
  load_words (from, 32, ret + 4);
  load_words (from, 64, ret + 8);
  load_words (from, 96, ret + 12);
}

/* Shuffles that rotate each word by 24 and by 16. */
static inline WITH_EITHER Word
by_24 (void)
{
  return _mm256_broadcastsi128_si256 (
    _mm_setr_epi8 (3, 4, 5, 6, 7, 0, 1, 2, 11, 12, 13, 14, 15, 8, 9, 10));
}

static inline WITH_EITHER Word
by_16 (void)
{
  return _mm256_broadcastsi128_si256 (
    _mm_setr_epi8 (2, 3, 4, 5, 6, 7, 0, 1, 10, 11, 12, 13, 14, 15, 8, 9));
}

#define CLOSE(i) state[i] = _mm256_xor_si256 (state[i], _mm256_xor_si256 (v[i], v[i + 8]))

/* RFC 7693 section 3.2; @so_far: bytes with those of this block. Without a loop: at -O2 one over
 * @v or @m keeps these in memory, filled with zeros first, which takes as long as the rounds. For
 * AVX-512, where the compiler has one instruction for a rotation, and registers for all 32 words.
 */
static inline WITH_EITHER void
compress (Word state[8], const uint8_t *const from[4], uint64_t so_far, bool last)
{
  const Word to_24 = by_24 (), to_16 = by_16 ();
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

  load_block (from, m);
  ALL_ROUNDS (MIX_ROUND, MIX_ROUND)
  CLOSE (0);
  CLOSE (1);
  CLOSE (2);
  CLOSE (3);
  CLOSE (4);
  CLOSE (5);
  CLOSE (6);
  CLOSE (7);
}

/* With AVX2 there are 16 registers for the 16 words of @v, and none for a message nor for the
 * half of a rotation by 63. Compilers keep words of @v in memory by turns and take the four columns
 * one after the other, each step of which waits for the one before. Here all four go step by step
 * and register n is word n, but for word 11: from the end of a half of a round to where the next
 * one adds to it, it is in memory, and its register free for those rotations. Words of the message
 * and masks of the shuffles are read where they are used; meanwhile the next block's words are
 * turned around by a register that mixing has no use for. */
typedef struct {
  Word v[8];           /* words 8 to 15, as a block begins */
  Word by_24, by_16;   /* shuffles that rotate */
  Word kept;           /* word 11 */
  Word message[2][16]; /* of this block and of the next, by turns */
} Beside;

/* clang-format off */
#define REGISTER(n) "%%ymm" #n
#define MESSAGE(n) "32*" #n "(%[message])"
#define BESIDE(field) "%c[" #field "](%[beside])"
#define ADDEND_8 REGISTER (8)
#define ADDEND_9 REGISTER (9)
#define ADDEND_10 REGISTER (10)
#define ADDEND_11 BESIDE (kept)

#define STEP(what, from, with, to) what " " from ", " REGISTER (with) ", " REGISTER (to) "\n\t"
#define EACH(what, e, a, f, b, g, c, h, d) \
  STEP (what, e, a, a)                     \
  STEP (what, f, b, b)                     \
  STEP (what, g, c, c)                     \
  STEP (what, h, d, d)
#define ADD_MESSAGE(a, b, c, d) \
  EACH ("vpaddq", MESSAGE (a), 0, MESSAGE (b), 1, MESSAGE (c), 2, MESSAGE (d), 3)
#define ADD_TO_FIRST(a, b, c, d) \
  EACH ("vpaddq", REGISTER (a), 0, REGISTER (b), 1, REGISTER (c), 2, REGISTER (d), 3)
#define XOR_WITH_FIRST(a, b, c, d) \
  EACH ("vpxor", REGISTER (0), a, REGISTER (1), b, REGISTER (2), c, REGISTER (3), d)
#define PAIRS(what, a, b, c, d, e, f, g, h) \
  EACH (what, REGISTER (e), a, REGISTER (f), b, REGISTER (g), c, REGISTER (h), d)
#define SHUFFLE(mask, a, b, c, d) \
  EACH ("vpshufb", BESIDE (mask), a, BESIDE (mask), b, BESIDE (mask), c, BESIDE (mask), d)
#define SWAP(a) "vpshufd $0xb1, " REGISTER (a) ", " REGISTER (a) "\n\t"
#define ROTATE_63(a)                                   \
  STEP ("vpaddq", REGISTER (a), a, 11)                 \
  "vpsrlq $63, " REGISTER (a) ", " REGISTER (a) "\n\t" \
  STEP ("vpor", REGISTER (11), a, a)

/* RFC 7693 section 3.1 for four columns or diagonals: words @b, @c and @d of each, the first being
 * words 0 to 3, and two words of the message for each */
#define HALF(turn, b0, b1, b2, b3, c0, c1, c2, c3, d0, d1, d2, d3, x0, y0, x1, y1, x2, y2, x3, y3) \
  ADD_MESSAGE (x0, x1, x2, x3)                                                                     \
  ADD_TO_FIRST (b0, b1, b2, b3)                                                                    \
  XOR_WITH_FIRST (d0, d1, d2, d3)                                                                  \
  SWAP (d0) SWAP (d1) SWAP (d2) SWAP (d3)                                                          \
  STEP ("vpaddq", ADDEND_##c0, d0, c0)                                                             \
  STEP ("vpaddq", ADDEND_##c1, d1, c1)                                                             \
  STEP ("vpaddq", ADDEND_##c2, d2, c2)                                                             \
  STEP ("vpaddq", ADDEND_##c3, d3, c3)                                                             \
  PAIRS ("vpxor", b0, b1, b2, b3, c0, c1, c2, c3)                                                  \
  SHUFFLE (by_24, b0, b1, b2, b3)                                                                  \
  turn                                                                                             \
  ADD_MESSAGE (y0, y1, y2, y3)                                                                     \
  ADD_TO_FIRST (b0, b1, b2, b3)                                                                    \
  XOR_WITH_FIRST (d0, d1, d2, d3)                                                                  \
  SHUFFLE (by_16, d0, d1, d2, d3)                                                                  \
  PAIRS ("vpaddq", c0, c1, c2, c3, d0, d1, d2, d3)                                                 \
  PAIRS ("vpxor", b0, b1, b2, b3, c0, c1, c2, c3)                                                  \
  "vmovdqa " REGISTER (11) ", " BESIDE (kept) "\n\t"                                               \
  ROTATE_63 (b0) ROTATE_63 (b1) ROTATE_63 (b2) ROTATE_63 (b3)

#define TWO_HALVES(turn, turn_more, a, b, c, d, e, f, g, h, i, j, k, l, n, o, p, q) \
  HALF (turn, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, a, b, c, d, e, f, g, h)     \
  HALF (turn_more, 5, 6, 7, 4, 10, 11, 8, 9, 15, 12, 13, 14, i, j, k, l, n, o, p, q)

/* Word 2 @number of the next block, or with @more 8 the one after it, of one message */
#define TURN_ONE(number, more, lane)                             \
  "movq 16*" #number "+" #more "(%[from" #lane "]), %[word]\n\t" \
  "movq %[word], 64*" #number "+4*" #more "+8*" #lane "(%[turned])\n\t"
#define TURN(number, more)                              \
  TURN_ONE (number, more, 0) TURN_ONE (number, more, 1) \
  TURN_ONE (number, more, 2) TURN_ONE (number, more, 3)
#define STEP_ROUND(number, ...) TWO_HALVES ("", "", __VA_ARGS__)
#define TURNING_ROUND(number, ...) TWO_HALVES (TURN (number, 0), TURN (number, 8), __VA_ARGS__)

#define LOAD(from, n) "vmovdqa " from ", " REGISTER (n) "\n\t"
#define OPEN(n, n_more) LOAD ("32*" #n "(%[state])", n) LOAD ("32*" #n "(%[beside])", n_more)
#define CLOSE_STEP(n, n_more)                 \
  STEP ("vpxor", REGISTER (n_more), n, n)     \
  STEP ("vpxor", "32*" #n "(%[state])", n, n) \
  "vmovdqa " REGISTER (n) ", 32*" #n "(%[state])\n\t"
/* clang-format on */

/* RFC 7693 section 3.2 for the block in @message; beside it the block at @from is turned, to
 * @turned. */
static inline WITH_AVX2 void
compress_and_turn (Word state[8],
                   Beside *beside,
                   const Word message[16],
                   Word turned[16],
                   const uint8_t *const from[4])
{
  uint64_t word;

  beside->kept = beside->v[3];
  /* clang-format off */
  __asm__ volatile (
    OPEN (0, 8) OPEN (1, 9) OPEN (2, 10) OPEN (3, 11)
    OPEN (4, 12) OPEN (5, 13) OPEN (6, 14) OPEN (7, 15)
    ALL_ROUNDS (TURNING_ROUND, STEP_ROUND)
    LOAD (BESIDE (kept), 11)
    CLOSE_STEP (0, 8) CLOSE_STEP (1, 9) CLOSE_STEP (2, 10) CLOSE_STEP (3, 11)
    CLOSE_STEP (4, 12) CLOSE_STEP (5, 13) CLOSE_STEP (6, 14) CLOSE_STEP (7, 15)
    : [word] "=&r"(word)
    : [state] "r"(state), [beside] "r"(beside), [message] "r"(message), [turned] "r"(turned),
      [from0] "r"(from[0]), [from1] "r"(from[1]), [from2] "r"(from[2]), [from3] "r"(from[3]),
      [by_24] "i"(offsetof (Beside, by_24)), [by_16] "i"(offsetof (Beside, by_16)),
      [kept] "i"(offsetof (Beside, kept))
    : "memory", "xmm0", "xmm1", "xmm2", "xmm3", "xmm4", "xmm5", "xmm6", "xmm7", "xmm8", "xmm9",
      "xmm10", "xmm11", "xmm12", "xmm13", "xmm14", "xmm15");
  /* clang-format on */
}

/* What is hashed. */
typedef struct {
  const char *domain;
  const uint8_t *const *data; /* of each lane */
  size_t head, all;           /* bytes: of the domain; with those of the data */
  uint8_t edges[4][BLOCK];    /* the first block, which begins with the domain, or the last */
} Input;

/* @ret: where the block of each lane is that begins with byte @at, until the next call. */
static void
find_block (Input *input, size_t at, const uint8_t *ret[4])
{
  const size_t here = MIN (input->all - at, (size_t) BLOCK);
  const bool edge = at == 0 || here < BLOCK;
  const size_t domain_here = at == 0 ? input->head : 0;

  for (unsigned lane = 0; lane < 4; lane++) {
    const uint8_t *piece = input->data[lane] + (at == 0 ? 0 : at - input->head);

    ret[lane] = edge ? input->edges[lane] : piece;
    if (!edge)
      continue;
    memset (input->edges[lane], 0, BLOCK);
    memcpy (input->edges[lane], input->domain, domain_here);
    if (here > domain_here)
      memcpy (input->edges[lane] + domain_here, piece, here - domain_here);
  }
}

static inline WITH_EITHER void
begin (Word state[8])
{
  for (unsigned i = 0; i < 8; i++)
    state[i] = repeat (i == 0 ? iv[0] ^ PARAMETERS : iv[i]);
}

static inline WITH_EITHER void
finish (const Word state[8], uint8_t ret[4][HARK_HASH_FOUR_LEN])
{
  for (unsigned i = 0; i < HARK_HASH_FOUR_LEN / 8; i++) {
    uint64_t words[4]; /* little endian, as this processor is */

    _mm256_storeu_si256 ((__m256i *) (void *) words, state[i]);
    for (unsigned lane = 0; lane < 4; lane++)
      memcpy (ret[lane] + (size_t) i * 8, &words[lane], sizeof words[lane]);
  }
}

static WITH_AVX2 void
hash_with_avx2 (Input *input, uint8_t ret[4][HARK_HASH_FOUR_LEN])
{
  const uint8_t *from[4];
  Word state[8];
  Beside beside = {.by_24 = by_24 (), .by_16 = by_16 ()};
  unsigned this = 0;

  begin (state);
  for (unsigned i = 0; i < 8; i++)
    beside.v[i] = repeat (iv[i]);
  find_block (input, 0, from);
  load_block (from, beside.message[this]);
  for (size_t at = 0; at == 0 || at < input->all; at += BLOCK) {
    const size_t so_far = MIN (input->all, at + BLOCK);

    if (so_far < input->all)
      find_block (input, so_far, from);
    else /* the last one; what is turned now is this one again */
      beside.v[6] = repeat (~iv[6]);
    beside.v[4] = repeat (iv[4] ^ so_far);
    compress_and_turn (state, &beside, beside.message[this], beside.message[!this], from);
    this = !this;
  }
  finish (state, ret);
}

static WITH_AVX512 void
hash_with_avx512 (Input *input, uint8_t ret[4][HARK_HASH_FOUR_LEN])
{
  const uint8_t *from[4];
  Word state[8];

  begin (state);
  for (size_t at = 0; at == 0 || at < input->all; at += BLOCK) {
    const size_t so_far = MIN (input->all, at + BLOCK);

    find_block (input, at, from);
    compress (state, from, so_far, so_far == input->all);
  }
  finish (state, ret);
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
  if (sodium_runtime_has_avx2 ()) {
    const size_t head = strlen (domain);
    Input input = {.domain = domain, .data = data, .head = head, .all = head + len};

    if (__builtin_cpu_supports ("avx512vl"))
      hash_with_avx512 (&input, ret);
    else
      hash_with_avx2 (&input, ret);
    return;
  }
#endif
  hash_one_by_one (ret, domain, data, len);
}
