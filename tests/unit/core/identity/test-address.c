/* Addresses: every way to get one wrong is noticed and named. */
#include "core/identity/address.h"

#include <string.h>

static const char charset[] = "qpzry9x8gf2tvdw0s3jn54khce6mua7l";

static void
make_address (uint8_t seed_byte, HarkAddressKind kind, HarkAddress *ret)
{
  uint8_t seed[32] = {seed_byte};
  uint8_t secret[64];

  crypto_sign_seed_keypair (ret->account.bytes, secret, seed);
  memset (ret->token.bytes, seed_byte ^ 0x5a, sizeof ret->token);
  ret->kind = kind;
}

static void
assert_parses (const char *text, const HarkAddress *expected)
{
  HarkAddress address;

  g_assert_cmpint (hark_address_parse (text, &address), ==, HARK_ADDRESS_OK);
  g_assert_cmpint (address.kind, ==, expected->kind);
  g_assert_true (hark_key_equal (&address.account, &expected->account));
  g_assert_true (hark_token_equal (&address.token, &expected->token));
}

static void
test_comes_back_in_every_form (void)
{
  for (unsigned i = 0; i < 20; i++) {
    HarkAddress address;
    char text[HARK_ADDRESS_LEN + 1];
    g_autofree char *upper = NULL;
    g_autofree char *link = NULL;
    g_autofree char *upper_link = NULL;
    g_autofree char *invitation = NULL;
    g_autofree char *padded = NULL;

    make_address ((uint8_t) i, i % 2 ? HARK_ADDRESS_INVITE : HARK_ADDRESS_PUBLIC, &address);
    hark_address_format (&address, text);
    g_assert_cmpuint (strlen (text), ==, HARK_ADDRESS_LEN);
    g_assert_true (g_str_has_prefix (text, i % 2 ? "hk1p" : "hk1q"));
    upper = g_ascii_strup (text, -1);
    link = g_strconcat ("hark:", text, NULL);
    upper_link = g_strconcat ("HARK:", upper, NULL);
    invitation
      = g_strconcat ("Write to me with Hark: ", link, "\nInstall it, and open this.", NULL);
    padded = g_strconcat ("\n\t ", link, " \r\n", NULL);
    assert_parses (text, &address);
    assert_parses (upper, &address);
    assert_parses (link, &address);
    assert_parses (upper_link, &address);
    assert_parses (invitation, &address);
    assert_parses (padded, &address);
  }
}

/* Stays as it is for as long as addresses are printed on cards. */
static void
test_form_is_fixed (void)
{
  HarkAddress address;
  char text[HARK_ADDRESS_LEN + 1];

  make_address (1, HARK_ADDRESS_PUBLIC, &address);
  hark_address_format (&address, text);
  g_assert_cmpstr (
    text, ==,
    "hk1qemxp2p7urhwh99v4rs5s3z8sjkkmjpzdrdead9hxmur966pm6n79kk6mtdd4kk6mtdd4kk6mtdd4"
    "k8hxrqn");
}

/* each character replaced by each other one. */
static void
test_every_changed_character_is_refused (void)
{
  HarkAddress address;
  HarkAddress untouched = {.kind = HARK_ADDRESS_INVITE};
  char text[HARK_ADDRESS_LEN + 1];

  make_address (9, HARK_ADDRESS_PUBLIC, &address);
  hark_address_format (&address, text);
  for (size_t at = 0; at < HARK_ADDRESS_LEN; at++) {
    char right = text[at];

    for (int c = 1; c < 256; c++) {
      HarkAddressResult result;

      if ((char) c == right || (at < 2 && g_ascii_tolower ((char) c) == right))
        continue;
      text[at] = (char) c;
      result = hark_address_parse (text, &untouched);
      g_assert_cmpint (result, !=, HARK_ADDRESS_OK);
      if (at >= 3 && strchr (charset, c))
        g_assert_cmpint (result, ==, HARK_ADDRESS_CHECKSUM);
    }
    text[at] = right;
  }
  g_assert_true (sodium_is_zero (untouched.account.bytes, HARK_KEY_LEN));
}

static void
test_transpositions_are_refused (void)
{
  HarkAddress address;
  char text[HARK_ADDRESS_LEN + 1];

  make_address (9, HARK_ADDRESS_PUBLIC, &address);
  hark_address_format (&address, text);
  for (size_t a = 3; a < HARK_ADDRESS_LEN; a++) {
    for (size_t b = a + 1; b < HARK_ADDRESS_LEN; b++) {
      char swapped[HARK_ADDRESS_LEN + 1];

      memcpy (swapped, text, sizeof text);
      swapped[a] = text[b];
      swapped[b] = text[a];
      if (text[a] != text[b])
        g_assert_cmpint (hark_address_parse (swapped, &address), ==, HARK_ADDRESS_CHECKSUM);
    }
  }
}

/* Up to four wrong characters are always noticed; a few of the many ways. */
static void
test_four_changed_characters_are_refused (void)
{
  HarkAddress address;
  char text[HARK_ADDRESS_LEN + 1];
  GRand *rand = g_rand_new_with_seed (1);

  make_address (9, HARK_ADDRESS_PUBLIC, &address);
  hark_address_format (&address, text);
  for (unsigned i = 0; i < 20000; i++) {
    char changed[HARK_ADDRESS_LEN + 1];

    memcpy (changed, text, sizeof text);
    for (unsigned k = 0; k < 4; k++)
      changed[g_rand_int_range (rand, 3, HARK_ADDRESS_LEN)]
        = charset[g_rand_int_range (rand, 0, 32)];
    if (strcmp (changed, text) != 0)
      g_assert_cmpint (hark_address_parse (changed, &address), ==, HARK_ADDRESS_CHECKSUM);
  }
  g_rand_free (rand);
}

static void
test_says_what_is_wrong (void)
{
  HarkAddress address;
  char text[HARK_ADDRESS_LEN + 1];
  g_autofree char *longer = NULL;
  g_autofree char *upper = NULL;
  char huge[5000];

  make_address (9, HARK_ADDRESS_PUBLIC, &address);
  hark_address_format (&address, text);
  longer = g_strconcat (text, "q", NULL);
  upper = g_ascii_strup (text, -1);
  memset (huge, 'q', sizeof huge);
  memcpy (huge, text, HARK_ADDRESS_LEN);
  huge[sizeof huge - 1] = '\0';

  g_assert_cmpint (hark_address_parse ("", &address), ==, HARK_ADDRESS_NOT_ONE);
  g_assert_cmpint (hark_address_parse ("hark:", &address), ==, HARK_ADDRESS_NOT_ONE);
  g_assert_cmpint (hark_address_parse ("https://example.org/", &address), ==, HARK_ADDRESS_NOT_ONE);
  g_assert_cmpint (hark_address_parse ("hark:hark:hk1", &address), ==, HARK_ADDRESS_NOT_ONE);
  g_assert_cmpint (hark_address_parse (longer, &address), ==, HARK_ADDRESS_TOO_LONG);
  g_assert_cmpint (hark_address_parse (huge, &address), ==, HARK_ADDRESS_TOO_LONG);

  upper[40] = text[40] = 'q';
  g_assert_cmpint (hark_address_parse (upper, &address), ==, HARK_ADDRESS_MIXED_CASE);
  text[40] = 'b';
  g_assert_cmpint (hark_address_parse (text, &address), ==, HARK_ADDRESS_CHARACTER);
  text[40] = ' ';
  g_assert_cmpint (hark_address_parse (text, &address), ==, HARK_ADDRESS_CHARACTER);
  text[40] = '\0';
  g_assert_cmpint (hark_address_parse (text, &address), ==, HARK_ADDRESS_TOO_SHORT);
  for (int result = HARK_ADDRESS_OK; result <= HARK_ADDRESS_INVALID_KEY; result++)
    g_assert_cmpuint (strlen (hark_address_explain ((HarkAddressResult) result)), >, 10);
}

/* As mails, browsers and chats of others make it of an address. */
static void
test_broken_on_the_way (void)
{
  HarkAddress address;
  HarkAddress untouched;
  char text[HARK_ADDRESS_LEN + 1];
  g_autofree char *halves = NULL;
  static const char *const ways[] = {
    "%.50s\n%s",
    "%.50s\r\n%s",
    "%.50s %s",
    "Hello,\n\n> hark:%.50s\n> %s\n> Bye",
    ">> Add me: <hark:%.50s\n>> %s>",
    "%.50s\xe2\x80\x8b%s",
    "%.50s\xc2\xad%s",
    "(hark:%.50s%s).",
    "Mine is %.50s%s, and yours?",
    "hark:hk1qqqq is half of one, hark:%.50s%s is whole",
    "hark:%.50s %s hark:hk1",
  };

  make_address (9, HARK_ADDRESS_PUBLIC, &address);
  hark_address_format (&address, text);
  for (unsigned i = 0; i < G_N_ELEMENTS (ways); i++) {
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
    g_autofree char *broken = g_strdup_printf (ways[i], text, text + 50);
#pragma GCC diagnostic pop
    char found[HARK_ADDRESS_LEN + 1];

    assert_parses (broken, &address);
    g_assert_true (hark_address_within (broken, found));
    g_assert_cmpstr (found, ==, text);
  }

  /* what only looks like it is none: half of one, and words behind it that fill it up */
  halves
    = g_strdup_printf ("hark:%.50s thanks and see you there, at the place near the lake", text);
  g_assert_cmpint (hark_address_parse (halves, &untouched), ==, HARK_ADDRESS_TOO_SHORT);
  g_assert_false (hark_address_within (halves, text));
  g_assert_false (hark_address_within ("", text));
}

static void
test_right_but_not_for_us (void)
{
  HarkAddress address;
  HarkAddress parsed;
  char text[HARK_ADDRESS_LEN + 1];

  make_address (9, (HarkAddressKind) 2, &address);
  hark_address_format (&address, text);
  g_assert_cmpint (hark_address_parse (text, &parsed), ==, HARK_ADDRESS_UNKNOWN_KIND);

  make_address (9, HARK_ADDRESS_PUBLIC, &address);
  memset (address.account.bytes, 0, 32);
  address.account.bytes[0] = 1; /* the neutral element */
  hark_address_format (&address, text);
  g_assert_cmpint (hark_address_parse (text, &parsed), ==, HARK_ADDRESS_INVALID_KEY);
}

int
main (int argc, char *argv[])
{
  g_assert_cmpint (sodium_init (), >=, 0);
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/address/comes-back-in-every-form", test_comes_back_in_every_form);
  g_test_add_func ("/address/form-is-fixed", test_form_is_fixed);
  g_test_add_func ("/address/every-changed-character-is-refused",
                   test_every_changed_character_is_refused);
  g_test_add_func ("/address/transpositions-are-refused", test_transpositions_are_refused);
  g_test_add_func ("/address/broken-on-the-way", test_broken_on_the_way);
  g_test_add_func ("/address/four-changed-characters-are-refused",
                   test_four_changed_characters_are_refused);
  g_test_add_func ("/address/says-what-is-wrong", test_says_what_is_wrong);
  g_test_add_func ("/address/right-but-not-for-us", test_right_but_not_for_us);
  return g_test_run ();
}
