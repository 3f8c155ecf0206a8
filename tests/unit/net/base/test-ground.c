/* Keys, hashes, randomness and token buckets. */
#include "net/base/domain.h"
#include "net/base/hash.h"
#include "net/base/key.h"
#include "net/base/rng.h"
#include "net/base/token-bucket.h"
#include "tests/bytes.h"

static void
test_hex_is_read_strictly (void)
{
  uint8_t bytes[4] = {1, 2, 3, 4};
  char hex[HARK_HEX_LEN (4)];

  g_assert_true (hark_hex_parse ("00ffA5a5", bytes, 4));
  g_assert_cmpstr (hark_hex_format (bytes, 4, hex), ==, "00ffa5a5");
  g_assert_false (hark_hex_parse ("00ffA5a", bytes, 4));
  g_assert_false (hark_hex_parse ("00ffA5a5a", bytes, 4));
  g_assert_false (hark_hex_parse ("00 fA5a5", bytes, 4));
  g_assert_false (hark_hex_parse ("0x112233", bytes, 4));
  g_assert_false (hark_hex_parse ("", bytes, 4));
  g_assert_cmpstr (hark_hex_format (bytes, 4, hex), ==, "00ffa5a5");
}

static void
test_secrets_compare_and_clear (void)
{
  HarkSecret a = {{1}}, b = {{1}};
  HarkToken c = {{1}}, d = {{1}};

  g_assert_true (hark_secret_equal (&a, &b) && hark_token_equal (&c, &d));
  b.bytes[31] = 1;
  d.bytes[15] = 1;
  g_assert_false (hark_secret_equal (&a, &b) || hark_token_equal (&c, &d));
  hark_secret_clear (&b);
  hark_token_clear (&d);
  g_assert_true (sodium_is_zero (b.bytes, 32) && sodium_is_zero (d.bytes, 16));
}

static void
test_hash_is_blake2b_behind_its_domain (void)
{
  uint8_t expected[64], hash[64];
  const uint8_t key[32] = {7};

  crypto_generichash (expected, 64, (const uint8_t *) "hark/psk/1abcd", 14, key, 32);
  HARK_HASH (hash, 64, key, 32, HARK_DOMAIN_PSK, HARK_PART_BYTES ("ab", 2),
             HARK_PART_BYTES (NULL, 0), HARK_PART_BYTES ("cd", 2));
  assert_bytes (hash, 64, expected, 64);

  crypto_generichash (expected, 16, (const uint8_t *) "hark/psk/1", 10, NULL, 0);
  hark_hash (hash, 8, NULL, 0, HARK_DOMAIN_PSK, NULL, 0);
  assert_bytes (hash, 8, expected, 8);
}

static void
test_same_seed_same_bytes (void)
{
  const uint8_t seed[32] = {1};
  HarkRng a, b, fork;
  uint8_t one[2000], pieces[2000], forked[2000];

  hark_rng_init (&a, seed);
  hark_rng_init (&b, seed);
  hark_rng_bytes (&a, one, sizeof one);
  for (size_t at = 0, len = 1; at < sizeof pieces;
       at += len, len = MIN (len * 2, sizeof pieces - at))
    hark_rng_bytes (&b, pieces + at, len);
  assert_bytes (one, sizeof one, pieces, sizeof pieces);

  hark_rng_fork (&a, &fork);
  hark_rng_bytes (&fork, forked, sizeof forked);
  hark_rng_bytes (&a, one, sizeof one);
  g_assert_cmpint (memcmp (one, forked, sizeof one), !=, 0);
  g_assert_cmpint (memcmp (one, pieces, sizeof one), !=, 0);
}

static void
test_below_is_below_and_reaches_all (void)
{
  const uint8_t seed[32] = {2};
  unsigned seen[7] = {0};
  HarkRng rng;

  hark_rng_init (&rng, seed);
  for (unsigned i = 0; i < 7000; i++) {
    double unit = hark_rng_unit (&rng);

    seen[hark_rng_below (&rng, 7)]++;
    g_assert_true (unit >= 0 && unit < 1);
  }
  for (size_t i = 0; i < 7; i++)
    g_assert_cmpuint (seen[i], >, 850);
  g_assert_cmpuint (hark_rng_below (&rng, 0), ==, 0);
  g_assert_cmpuint (hark_rng_below (&rng, 1), ==, 0);
  g_assert_true (hark_rng_below (&rng, UINT64_MAX) < UINT64_MAX);
}

static void
test_given_bytes_are_not_kept (void)
{
  const uint8_t seed[32] = {3};
  HarkRng rng;
  uint8_t bytes[32];

  hark_rng_init (&rng, seed);
  hark_rng_bytes (&rng, bytes, sizeof bytes);
  for (size_t at = 0; at + sizeof bytes <= sizeof rng; at++)
    g_assert_cmpint (memcmp ((const uint8_t *) &rng + at, bytes, sizeof bytes), !=, 0);
}

static void
test_bucket_gives_its_rate_and_burst (void)
{
  HarkTokenBucket bucket;
  HarkTime now = 5 * HARK_SECOND;
  unsigned n = 0;

  hark_token_bucket_init (&bucket, 10, 3, now);
  for (unsigned i = 0; i < 10; i++)
    n += hark_token_bucket_take (&bucket, 1, now);
  g_assert_cmpuint (n, ==, 3);
  g_assert_false (hark_token_bucket_take (&bucket, 1, now + 90 * HARK_MS));
  g_assert_true (hark_token_bucket_take (&bucket, 1, now + 110 * HARK_MS));
  /* a step back in time neither gives nor takes */
  g_assert_false (hark_token_bucket_take (&bucket, 1, now));
  g_assert_true (hark_token_bucket_take (&bucket, 3, now + HARK_HOUR));
  g_assert_false (hark_token_bucket_take (&bucket, 1, now + HARK_HOUR));
}

static void
test_time_does_not_wrap (void)
{
  g_assert_true (hark_time_add (HARK_TIME_NEVER, 1) == HARK_TIME_NEVER);
  g_assert_true (hark_time_add (HARK_TIME_NEVER - 1, 2) == HARK_TIME_NEVER);
  g_assert_true (hark_time_since (1, 2) == 0);
  g_assert_true (hark_time_min (HARK_TIME_NEVER, 2) == 2);
}

int
main (int argc, char *argv[])
{
  g_assert_cmpint (sodium_init (), >=, 0);
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/key/hex-is-read-strictly", test_hex_is_read_strictly);
  g_test_add_func ("/key/secrets-compare-and-clear", test_secrets_compare_and_clear);
  g_test_add_func ("/hash/is-blake2b-behind-its-domain", test_hash_is_blake2b_behind_its_domain);
  g_test_add_func ("/rng/same-seed-same-bytes", test_same_seed_same_bytes);
  g_test_add_func ("/rng/below-is-below-and-reaches-all", test_below_is_below_and_reaches_all);
  g_test_add_func ("/rng/given-bytes-are-not-kept", test_given_bytes_are_not_kept);
  g_test_add_func ("/token-bucket/gives-its-rate-and-burst", test_bucket_gives_its_rate_and_burst);
  g_test_add_func ("/time/does-not-wrap", test_time_does_not_wrap);
  return g_test_run ();
}
