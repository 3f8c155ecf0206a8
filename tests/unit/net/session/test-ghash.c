#include "net/session/ghash.h"

#include <glib.h>
#include <sodium.h>
#include <string.h>

#define LEN_MAX 800 /* bytes; several times what is taken at once */
#define HEAD_MAX 40

/* NIST SP 800-38D section 6.3, bit by bit. */
static void
multiply (uint8_t x[16], const uint8_t y[16])
{
  uint8_t z[16] = {0}, v[16];

  memcpy (v, y, sizeof v);
  for (unsigned bit = 0; bit < 128; bit++) {
    const uint8_t last = v[15] & 1;

    for (unsigned i = 0; (x[bit / 8] >> (7 - bit % 8) & 1) != 0 && i < 16; i++)
      z[i] ^= v[i];
    for (unsigned i = 15; i > 0; i--)
      v[i] = (uint8_t) (v[i] >> 1 | v[i - 1] << 7);
    v[0] = (uint8_t) (v[0] >> 1 ^ (last ? 0xe1 : 0));
  }
  memcpy (x, z, sizeof z);
}

static void
add (uint8_t sum[16], const uint8_t key[16], const uint8_t *data, size_t len)
{
  for (size_t at = 0; at < len; at += 16) {
    for (unsigned i = 0; i < 16 && at + i < len; i++)
      sum[i] ^= data[at + i];
    multiply (sum, key);
  }
}

static void
check (const uint8_t key[16], const uint8_t *data, size_t head_len, size_t len)
{
  g_autofree uint8_t *head = g_memdup2 (data, head_len), *body = g_memdup2 (data + head_len, len);
  const uint64_t lens[]
    = {GUINT64_TO_BE ((uint64_t) head_len * 8), GUINT64_TO_BE ((uint64_t) len * 8)};
  uint8_t expected[16] = {0}, got[16];
  HarkGhash ghash;

  add (expected, key, head, head_len);
  add (expected, key, body, len);
  add (expected, key, (const uint8_t *) lens, sizeof lens);
  hark_ghash_init (&ghash, key);
  hark_ghash (&ghash, head, head_len, body, len, got);
  g_assert_true (memcmp (got, expected, sizeof got) == 0);
}

static void
test_bit_by_bit (void)
{
  static const uint8_t all[]
    = {255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255};
  static const uint8_t one[16] = {0x80}, last[16] = {[15] = 1}, none[16] = {0};
  uint8_t data[HEAD_MAX + LEN_MAX], key[16];

  if (!hark_ghash_is_there ()) {
    g_test_skip ("no such instructions in this processor");
    return;
  }
  randombytes_buf_deterministic (data, sizeof data, (const uint8_t[randombytes_SEEDBYTES]){3});
  randombytes_buf_deterministic (key, sizeof key, (const uint8_t[randombytes_SEEDBYTES]){4});
  for (size_t len = 0; len <= LEN_MAX; len++)
    check (key, data, len % (HEAD_MAX + 1), len);
  for (size_t head_len = 0; head_len <= HEAD_MAX; head_len++)
    check (key, data, head_len, 300);
  check (all, data, 20, LEN_MAX);
  check (one, data, 20, LEN_MAX);
  check (last, data, 20, LEN_MAX);
  check (none, data, 20, LEN_MAX);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  if (sodium_init () < 0)
    return 1;
  g_test_add_func ("/ghash/bit-by-bit", test_bit_by_bit);
  return g_test_run ();
}
