/* Safety numbers: the same on both sides, another one for every other pair. */
#include "core/identity/safety-number.h"

#include <string.h>

static void
test_same_from_both_sides (void)
{
  HarkKey a = {{1}};
  HarkKey b = {{2}};
  char from_a[HARK_SAFETY_NUMBER_LEN + 1];
  char from_b[HARK_SAFETY_NUMBER_LEN + 1];

  hark_safety_number (&a, &b, from_a);
  hark_safety_number (&b, &a, from_b);
  g_assert_cmpstr (from_a, ==, from_b);
  g_assert_cmpuint (strspn (from_a, "0123456789"), ==, HARK_SAFETY_NUMBER_LEN);
  g_assert_cmpuint (strlen (from_a), ==, HARK_SAFETY_NUMBER_LEN);
}

static void
test_differs_for_every_other_key (void)
{
  HarkKey a = {{1}};
  HarkKey b = {{2}};
  char right[HARK_SAFETY_NUMBER_LEN + 1];
  char other[HARK_SAFETY_NUMBER_LEN + 1];

  hark_safety_number (&a, &b, right);
  for (unsigned bit = 0; bit < 256; bit++) {
    b.bytes[bit / 8] ^= (uint8_t) (1 << bit % 8);
    hark_safety_number (&a, &b, other);
    g_assert_cmpstr (other, !=, right);
    b.bytes[bit / 8] ^= (uint8_t) (1 << bit % 8);
  }
}

/* BLAKE2b-512 of the domain and the key, five bytes mod 100,000 six times; by hand. */
static void
test_digits_are_as_documented (void)
{
  HarkKey a = {{1}};
  uint8_t message[13 + 32] = "hark/safety/1";
  uint8_t hash[64];
  char digits[HARK_SAFETY_NUMBER_LEN + 1];
  char group[6] = "";
  uint64_t value = 0;

  message[13] = 1;
  crypto_generichash (hash, sizeof hash, message, sizeof message, NULL, 0);
  for (size_t i = 0; i < 5; i++)
    value = value << 8 | hash[25 + i];
  hark_safety_number (&a, &a, digits);
  g_snprintf (group, sizeof group, "%05u", (unsigned) (value % 100000));
  g_assert_cmpint (strncmp (digits + 25, group, 5), ==, 0);
  g_assert_cmpint (strncmp (digits, digits + 30, 30), ==, 0);
}

static void
test_code (void)
{
  HarkKey a = {{1}}, b = {{2}}, own, peer;
  char code[HARK_SAFETY_CODE_LEN + 1];

  hark_safety_code_format (&a, &b, code);
  g_assert_cmpuint (strlen (code), ==, HARK_SAFETY_CODE_LEN);
  for (int upper = 0; upper < 2; upper++) {
    g_autofree char *cased = upper ? g_ascii_strup (code, -1) : g_strdup (code);
    g_autofree char *pasted = g_strconcat (" ", cased, "\n", NULL);

    g_assert_true (hark_safety_code_parse (pasted, &own, &peer));
    g_assert_true (hark_key_equal (&own, &a));
    g_assert_true (hark_key_equal (&peer, &b));
  }
  for (size_t i = 0; i < HARK_SAFETY_CODE_LEN; i++) {
    const char kept = code[i];

    code[i] = kept == 'q' ? 'p' : 'q';
    g_assert_false (hark_safety_code_parse (code, &own, &peer));
    code[i] = '\0';
    g_assert_false (hark_safety_code_parse (code, &own, &peer));
    code[i] = kept;
  }
}

int
main (int argc, char *argv[])
{
  g_assert_cmpint (sodium_init (), >=, 0);
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/safety-number/same-from-both-sides", test_same_from_both_sides);
  g_test_add_func ("/safety-number/differs-for-every-other-key", test_differs_for_every_other_key);
  g_test_add_func ("/safety-number/digits-are-as-documented", test_digits_are_as_documented);
  g_test_add_func ("/safety-number/code-is-read-back", test_code);
  return g_test_run ();
}
