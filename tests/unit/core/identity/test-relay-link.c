#include "core/identity/relay-link.h"

#include <glib.h>
#include <string.h>

static HarkNetRelayNode
example (size_t n)
{
  static const char *const places[] = {"192.0.2.1:6881", "[2001:db8::1]:443"};
  HarkNetRelayNode node = {.n_places = n};

  for (size_t i = 0; i < sizeof node.secret.bytes; i++)
    node.secret.bytes[i] = (uint8_t) (i * 7 + 1);
  for (size_t i = 0; i < n; i++)
    g_assert_true (hark_endpoint_parse (places[i], &node.places[i]));
  return node;
}

static void
test_comes_back (void)
{
  for (size_t n = 1; n <= HARK_NET_RELAY_PLACES_MAX; n++) {
    HarkNetRelayNode node = example (n), read = {0};
    g_autofree char *text = hark_relay_link_format (&node);
    g_autofree char *upper = g_ascii_strup (text, -1);
    g_autofree char *spaced = g_strconcat ("  ", text, " \n", NULL);

    g_assert_true (g_str_has_prefix (text, HARK_RELAY_LINK_PREFIX));
    g_assert_cmpuint (strlen (text), <=, HARK_RELAY_LINK_TEXT_MAX);
    g_assert_true (hark_relay_link_parse (upper, &read));
    g_assert_true (hark_relay_link_parse (spaced, &read));
    g_assert_cmpuint (read.n_places, ==, n);
    g_assert_true (memcmp (read.secret.bytes, node.secret.bytes, 32) == 0);
    for (size_t i = 0; i < n; i++)
      g_assert_true (hark_endpoint_equal (&read.places[i], &node.places[i]));
  }
}

static void
test_refuses_mistakes (void)
{
  HarkNetRelayNode node = example (1), read;
  g_autofree char *text = hark_relay_link_format (&node);
  size_t len = strlen (text);

  for (size_t i = 0; i < len; i++) {
    g_autofree char *wrong = g_strdup (text);

    wrong[i] = wrong[i] == 'q' ? 'p' : 'q';
    g_assert_false (hark_relay_link_parse (wrong, &read));
    wrong[i] = '\0';
    g_assert_false (hark_relay_link_parse (wrong, &read));
  }
  g_assert_false (hark_relay_link_parse ("hr1", &read));
  g_assert_false (hark_relay_link_parse ("", &read));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/relay-link/comes-back", test_comes_back);
  g_test_add_func ("/relay-link/refuses-mistakes", test_refuses_mistakes);
  return g_test_run ();
}
