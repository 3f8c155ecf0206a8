/* What may leave a LAN-only Hark. */
#include "net/io/egress.h"

static HarkEndpoint
at (const char *text)
{
  HarkEndpoint endpoint;

  g_assert_true (hark_endpoint_parse (text, &endpoint));
  return endpoint;
}

static bool
allows (HarkEgress *egress, const char *text)
{
  HarkEndpoint endpoint = at (text);

  return hark_egress_allows (egress, &endpoint);
}

static void
test_off (void)
{
  g_autoptr (HarkEgress) egress = hark_egress_new (false);
  HarkEgressPrefix prefixes[HARK_EGRESS_PREFIXES_MAX];

  g_assert_true (allows (egress, "198.51.100.7:1000"));
  g_assert_true (allows (NULL, "198.51.100.7:1000"));
  g_assert_cmpuint (hark_egress_get_refused (egress), ==, 0);
  g_assert_false (hark_egress_is_lan_only (egress));
  g_assert_false (hark_egress_is_lan_only (NULL));
  g_assert_cmpuint (hark_egress_local_prefixes (egress, prefixes), ==, 0);
  g_assert_cmpuint (hark_egress_local_prefixes (NULL, prefixes), ==, 0);
}

static void
test_local (void)
{
  g_autoptr (HarkEgress) egress = hark_egress_new (true);

  g_assert_true (allows (egress, "127.0.0.1:1000"));
  g_assert_true (allows (egress, "[::1]:1000"));
  g_assert_true (allows (egress, "169.254.7.9:1000"));
  g_assert_true (allows (egress, "[fe80::1]:1000"));
  g_assert_true (allows (egress, "239.255.72.75:28375"));
  g_assert_true (allows (egress, "255.255.255.255:28375"));
  g_assert_true (allows (egress, "[ff02::4875]:28375"));
  g_assert_cmpuint (hark_egress_get_refused (egress), ==, 0);
}

static void
test_beyond (void)
{
  static const char *const places[] = {
    "198.51.100.7:1000", "[2001:db8::7]:1000", "239.255.72.76:28375",    "224.0.0.251:5353",
    "240.0.0.1:1000",    "[ff05::4875]:28375", "[64:ff9b::c633:6407]:9",
  };
  g_autoptr (HarkEgress) egress = hark_egress_new (true);

  for (size_t i = 0; i < G_N_ELEMENTS (places); i++) {
    g_assert_false (allows (egress, places[i]));
    g_assert_cmpuint (hark_egress_get_refused (egress), ==, i + 1);
  }
  hark_egress_refuse (egress);
  g_assert_cmpuint (hark_egress_get_refused (egress), ==, G_N_ELEMENTS (places) + 1);
}

/* What may be sent to may be heard, and the other way round. */
static void
test_prefixes (void)
{
  g_autoptr (HarkEgress) egress = hark_egress_new (true);
  HarkEgressPrefix prefixes[HARK_EGRESS_PREFIXES_MAX];
  size_t n = hark_egress_local_prefixes (egress, prefixes);

  g_assert_cmpuint (n, >=, 4);
  for (size_t i = 0; i < n; i++) {
    HarkEndpoint inside = prefixes[i].address;

    inside.port = 1000;
    g_assert_cmpuint (prefixes[i].bits, >=, HARK_EGRESS_PREFIX_LEN_MIN);
    g_assert_true (hark_egress_allows (egress, &inside));
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/egress/off-allows-everything", test_off);
  g_test_add_func ("/egress/local-places-are-allowed", test_local);
  g_test_add_func ("/egress/others-are-refused-and-counted", test_beyond);
  g_test_add_func ("/egress/prefixes-agree", test_prefixes);
  return g_test_run ();
}
