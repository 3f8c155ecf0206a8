/* A closed network's secret as text, alone and as a link. */
#include "core/identity/network.h"

#include <string.h>

static void
make (uint8_t first, char ret[HARK_NETWORK_TEXT_LEN + 1])
{
  HarkSecret secret;

  for (size_t i = 0; i < sizeof secret.bytes; i++)
    secret.bytes[i] = (uint8_t) (first + 7 * i);
  hark_network_format (&secret, ret);
}

static void
test_round_trip (void)
{
  for (unsigned first = 0; first < 256; first++) {
    char text[HARK_NETWORK_TEXT_LEN + 1], again[HARK_NETWORK_TEXT_LEN + 1];
    g_autofree char *upper = NULL;
    HarkSecret secret;

    make ((uint8_t) first, text);
    g_assert_cmpuint (strlen (text), ==, HARK_NETWORK_TEXT_LEN);
    g_assert_true (hark_network_looks_secret (text));
    g_assert_true (hark_network_parse (text, &secret));
    hark_network_format (&secret, again);
    g_assert_cmpstr (text, ==, again);
    upper = g_ascii_strup (text, -1);
    g_assert_true (hark_network_parse (upper, &secret));
  }
}

static void
test_damage (void)
{
  char text[HARK_NETWORK_TEXT_LEN + 1];
  HarkSecret secret = {{42}};

  make (1, text);
  for (size_t i = 0; i < HARK_NETWORK_TEXT_LEN; i++) {
    static const char others[] = "abz27019-@ ";

    for (size_t j = 0; j < sizeof others; j++) {
      char was = text[i];

      text[i] = others[j];
      g_assert_true (text[i] == was || !hark_network_parse (text, &secret));
      text[i] = was;
    }
  }
  g_assert_cmpuint (secret.bytes[0], ==, 42);
  text[HARK_NETWORK_TEXT_LEN - 1] = '\0';
  g_assert_false (hark_network_parse (text, &secret));
  g_assert_true (hark_network_looks_secret (text));
  g_assert_false (hark_network_parse ("", &secret));
  g_assert_false (hark_network_looks_secret (""));
  g_assert_false (hark_network_looks_secret ("hn1 is a name"));
}

static void
test_link (void)
{
  char text[HARK_NETWORK_TEXT_LEN + 1];
  g_autofree char *link = NULL, *bare = NULL, *name = NULL, *alone = NULL, *empty = NULL;
  g_auto (GStrv) places = NULL, none = NULL;

  make (9, text);
  link = g_strconcat (text, "@10.0.0.5:6881,[fe80::1]:28375", NULL);
  bare = hark_network_split (link, &places);
  g_assert_cmpstr (bare, ==, text);
  g_assert_cmpuint (g_strv_length (places), ==, 2);
  g_assert_cmpstr (places[0], ==, "10.0.0.5:6881");
  g_assert_cmpstr (places[1], ==, "[fe80::1]:28375");

  alone = hark_network_split (text, &none);
  g_assert_cmpstr (alone, ==, text);
  g_assert_null (none);
  name = hark_network_split ("crew@ship", &none);
  g_assert_cmpstr (name, ==, "crew@ship");
  g_assert_null (none);
  empty = hark_network_split ("", &none);
  g_assert_cmpstr (empty, ==, "");
  g_assert_null (none);
}

int
main (int argc, char **argv)
{
  g_assert_cmpint (sodium_init (), >=, 0);
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/network/comes-out-as-it-went-in", test_round_trip);
  g_test_add_func ("/network/damage-is-refused", test_damage);
  g_test_add_func ("/network/link-names-places", test_link);
  return g_test_run ();
}
