#include "net/path/path.h"

#include <glib.h>
#include <string.h>

static HarkPathDescription
example (uint8_t n)
{
  HarkPathDescription description = {.ufrag = "abcdEF+/", .password = "0123456789abcdefghijklmn"};

  for (uint8_t i = 0; i < n; i++) {
    g_autofree char *text = i % 2 ? g_strdup_printf ("[2001:db8::%x]:%u", i + 1u, 2000u + i)
                                  : g_strdup_printf ("192.0.2.%u:%u", i + 1u, 2000u + i);
    HarkCandidate *candidate = &description.candidates[i];

    candidate->kind = i % 3 ? HARK_CANDIDATE_HOST : HARK_CANDIDATE_SERVER_REFLEXIVE;
    candidate->priority = 1000u + i;
    g_assert_true (hark_endpoint_parse (text, &candidate->endpoint));
  }
  description.n_candidates = n;
  description.complete = description.hard = true;
  return description;
}

static void
test_round_trip (void)
{
  uint8_t bytes[HARK_PATH_DESCRIPTION_LEN_MAX];

  for (uint8_t n = 0; n <= HARK_CANDIDATES_MAX; n++) {
    HarkPathDescription description = example (n), got;
    size_t len = hark_path_description_write (&description, bytes, sizeof bytes);

    g_assert_true (hark_path_description_read (bytes, len, false, &got));
    g_assert_cmpstr (got.ufrag, ==, description.ufrag);
    g_assert_cmpstr (got.password, ==, description.password);
    g_assert_cmpuint (got.n_candidates, ==, n);
    g_assert_true (got.complete);
    g_assert_true (got.hard);
    for (uint8_t i = 0; i < n; i++) {
      const HarkCandidate *sent = &description.candidates[n - 1 - i]; /* falling priority */

      g_assert_cmpuint (got.candidates[i].kind, ==, sent->kind);
      g_assert_cmpuint (got.candidates[i].priority, ==, sent->priority);
      g_assert_true (hark_endpoint_equal (&got.candidates[i].endpoint, &sent->endpoint));
    }
  }
}

static void
test_longest_fits (void)
{
  HarkPathDescription description = example (HARK_CANDIDATES_MAX), got;
  uint8_t bytes[HARK_PATH_DESCRIPTION_LEN_MAX];

  for (uint8_t i = 0; i < HARK_CANDIDATES_MAX; i++) {
    g_autofree char *text = g_strdup_printf ("[2001:db8::%x]:2000", i + 1u);

    g_assert_true (hark_endpoint_parse (text, &description.candidates[i].endpoint));
  }
  description.n_relays = HARK_PATH_RELAYS_MAX;
  for (uint8_t i = 0; i < HARK_PATH_RELAYS_MAX; i++) {
    g_assert_true (hark_endpoint_parse ("[2001:db8::9]:6881", &description.relays[i].endpoint));
    memset (description.relays[i].channel, 1 + i, sizeof description.relays[i].channel);
    memset (description.relays[i].key, 3 + i, sizeof description.relays[i].key);
  }
  g_assert_cmpuint (hark_path_description_write (&description, bytes, sizeof bytes), ==,
                    HARK_PATH_DESCRIPTION_LEN_MAX);
  g_assert_true (hark_path_description_read (bytes, sizeof bytes, true, &got));
  g_assert_true (got.complete);
  g_assert_cmpuint (got.n_candidates, ==, HARK_CANDIDATES_SAME_IP_MAX * 4);
  g_assert_cmpuint (got.n_relays, ==, HARK_PATH_RELAYS_MAX);
  for (uint8_t i = 0; i < HARK_PATH_RELAYS_MAX; i++)
    g_assert_true (hark_endpoint_equal (&got.relays[i].endpoint, &description.relays[i].endpoint)
                   && memcmp (got.relays[i].channel, description.relays[i].channel, 16) == 0
                   && memcmp (got.relays[i].key, description.relays[i].key, 16) == 0);
}

/* The best candidates are the ones that fit, and the reader learns that there are more. */
static void
test_small_buffer (void)
{
  HarkPathDescription description = example (8), got;
  uint8_t bytes[HARK_PATH_DESCRIPTION_LEN_MAX];

  for (size_t size = 0; size < 34; size++)
    g_assert_cmpuint (hark_path_description_write (&description, bytes, size), ==, 0);
  for (size_t size = 34; size < 34 + 4 * 12 + 4 * 24; size++) {
    g_autofree uint8_t *exact = g_malloc (size);
    size_t len = hark_path_description_write (&description, exact, size);

    g_assert_cmpuint (len, >=, 34);
    g_assert_cmpuint (len, <=, size);
    g_assert_true (hark_path_description_read (exact, len, false, &got));
    g_assert_false (got.complete);
    g_assert_cmpuint (got.n_candidates, <, 8);
    if (got.n_candidates > 0 && size >= 34 + 24)
      g_assert_cmpuint (got.candidates[0].priority, ==, 1007);
  }
}

static void
test_every_truncation (void)
{
  HarkPathDescription description = example (HARK_CANDIDATES_MAX);
  HarkPathDescription got = {.ufrag = "before"};
  uint8_t bytes[HARK_PATH_DESCRIPTION_LEN_MAX + 1] = {0};
  size_t len = hark_path_description_write (&description, bytes, sizeof bytes - 1);

  for (size_t cut = 0; cut < len; cut++) {
    g_autofree uint8_t *exact = g_memdup2 (bytes, cut); /* so that sanitizers see an overrun */

    g_assert_false (hark_path_description_read (exact, cut, true, &got));
  }
  g_assert_false (hark_path_description_read (bytes, len + 1, true, &got));
  g_assert_cmpstr (got.ufrag, ==, "before");
}

/* A list far longer than allowed is refused as a whole, whatever its count says. */
static void
test_ten_thousand_entries (void)
{
  g_autofree uint8_t *bytes = g_malloc0 (34 + 10000 * 12);
  HarkPathDescription description = example (1), got = {.ufrag = "before"};
  size_t len = hark_path_description_write (&description, bytes, 34 + 12);

  g_assert_cmpuint (len, ==, 46);
  for (size_t i = 1; i < 10000; i++)
    memcpy (bytes + 34 + i * 12, bytes + 34, 12);
  for (unsigned n = 0; n < 256; n++) {
    bytes[1] = (uint8_t) n;
    g_assert_false (hark_path_description_read (bytes, 34 + 10000 * 12, true, &got));
    if (n > HARK_CANDIDATES_MAX)
      g_assert_false (hark_path_description_read (bytes, 34 + n * 12, true, &got));
  }
  g_assert_cmpstr (got.ufrag, ==, "before");
}

static bool
is_kept (const char *text, bool allow_loopback)
{
  HarkPathDescription description = example (1), got;
  uint8_t bytes[HARK_PATH_DESCRIPTION_LEN_MAX];
  size_t len;

  g_assert_true (hark_endpoint_parse (text, &description.candidates[0].endpoint));
  len = hark_path_description_write (&description, bytes, sizeof bytes);
  g_assert_true (hark_path_description_read (bytes, len, allow_loopback, &got));
  return got.n_candidates == 1;
}

static void
test_leaves_out_hostile_places (void)
{
  static const char *const never[]
    = {"0.0.0.0:2000",   "0.1.2.3:2000",         "224.0.0.1:2000",   "239.255.255.250:2000",
       "240.0.0.1:2000", "255.255.255.255:2000", "192.0.2.1:53",     "192.0.2.1:25",
       "192.0.2.1:1023", "192.0.2.1:80",         "[::]:2000",        "[ff02::1]:2000",
       "[fe80::1]:53",   "[2001:db8::1]:53",     "[2001:db8::1]:22", "[ff0e::1]:2000"};
  static const char *const always[] = {"192.0.2.1:443",  "192.0.2.1:3478",      "192.0.2.1:1024",
                                       "10.1.2.3:5000",  "100.64.0.1:5000",     "169.254.1.2:5000",
                                       "[fd00::1]:5000", "[2001:db8::1]:65535", "[fe80::1]:2000"};
  static const char *const loopback[]
    = {"127.0.0.1:2000", "127.9.9.9:2000", "[::1]:2000", "[::ffff:127.0.0.1]:2000"};

  for (size_t i = 0; i < G_N_ELEMENTS (never); i++)
    g_assert_false (is_kept (never[i], true));
  for (size_t i = 0; i < G_N_ELEMENTS (always); i++)
    g_assert_true (is_kept (always[i], false));
  for (size_t i = 0; i < G_N_ELEMENTS (loopback); i++) {
    g_assert_true (is_kept (loopback[i], true));
    g_assert_false (is_kept (loopback[i], false));
  }
}

/* Mapped addresses travel in the 16-byte form only when a peer is hostile; they meet the same
 * rules. */
static void
test_mapped_ipv4_is_ipv4 (void)
{
  HarkPathDescription description = example (2), got;
  uint8_t bytes[HARK_PATH_DESCRIPTION_LEN_MAX];
  size_t len = hark_path_description_write (&description, bytes, sizeof bytes);
  uint8_t *ip = bytes + 34 + 6; /* the IPv6 one has the higher priority */

  memset (ip, 0, 10);
  memset (ip + 10, 0xff, 2);
  memcpy (ip + 12, "\x7f\0\0\1", 4);
  g_assert_true (hark_path_description_read (bytes, len, false, &got));
  g_assert_cmpuint (got.n_candidates, ==, 1);
  g_assert_true (hark_path_description_read (bytes, len, true, &got));
  g_assert_cmpuint (got.candidates[0].endpoint.family, ==, 4);
}

static void
test_port_zero_and_priorities (void)
{
  HarkPathDescription description = example (1), got;
  uint8_t bytes[HARK_PATH_DESCRIPTION_LEN_MAX];
  size_t len;
  static const uint32_t priorities[] = {0, 1, 0x7fffffff, 0x80000000, UINT32_MAX};
  static const bool kept[] = {false, true, true, false, false};

  description.candidates[0].endpoint.port = 0;
  len = hark_path_description_write (&description, bytes, sizeof bytes);
  g_assert_true (hark_path_description_read (bytes, len, true, &got));
  g_assert_cmpuint (got.n_candidates, ==, 0);

  description = example (1);
  for (size_t i = 0; i < G_N_ELEMENTS (priorities); i++) {
    description.candidates[0].priority = priorities[i];
    len = hark_path_description_write (&description, bytes, sizeof bytes);
    g_assert_true (hark_path_description_read (bytes, len, true, &got));
    g_assert_cmpuint (got.n_candidates, ==, kept[i]);
  }
}

/* A list cannot aim all its checks at one address. */
static void
test_caps_ports_of_one_address (void)
{
  HarkPathDescription description = example (HARK_CANDIDATES_MAX), got;
  uint8_t bytes[HARK_PATH_DESCRIPTION_LEN_MAX];
  size_t len;

  for (uint8_t i = 0; i < HARK_CANDIDATES_MAX; i++) {
    g_assert_true (hark_endpoint_parse ("192.0.2.7:2000", &description.candidates[i].endpoint));
    description.candidates[i].endpoint.port = (uint16_t) (2000 + i / 2); /* each twice */
  }
  len = hark_path_description_write (&description, bytes, sizeof bytes);
  g_assert_true (hark_path_description_read (bytes, len, true, &got));
  g_assert_cmpuint (got.n_candidates, ==, 4);
  for (uint8_t i = 1; i < got.n_candidates; i++)
    g_assert_false (hark_endpoint_equal (&got.candidates[0].endpoint, &got.candidates[i].endpoint));
}

static void
test_refuses_bad_heads (void)
{
  HarkPathDescription description = example (1), got;
  uint8_t bytes[HARK_PATH_DESCRIPTION_LEN_MAX], bad[HARK_PATH_DESCRIPTION_LEN_MAX];
  size_t len = hark_path_description_write (&description, bytes, sizeof bytes);
  static const char characters[] = "\0\n :-_=\x7f\xc3";

  for (size_t at = 2; at < 34; at++)
    for (size_t c = 0; c < sizeof characters - 1; c++) {
      memcpy (bad, bytes, len);
      bad[at] = (uint8_t) characters[c];
      g_assert_false (hark_path_description_read (bad, len, true, &got));
    }
  memcpy (bad, bytes, len);
  bad[0] |= 4; /* a flag we do not know */
  g_assert_false (hark_path_description_read (bad, len, true, &got));
  memcpy (bad, bytes, len);
  bad[35] = 5; /* a family we do not know has no known length */
  g_assert_false (hark_path_description_read (bad, len, true, &got));
}

/* A later version may offer other kinds; they are left out, not an error. */
static void
test_skips_unknown_kinds (void)
{
  HarkPathDescription description = example (2), got;
  uint8_t bytes[HARK_PATH_DESCRIPTION_LEN_MAX];
  size_t len = hark_path_description_write (&description, bytes, sizeof bytes);

  bytes[34] = 5;
  g_assert_true (hark_path_description_read (bytes, len, true, &got));
  g_assert_cmpuint (got.n_candidates, ==, 1);
  g_assert_cmpuint (got.candidates[0].endpoint.family, ==, 4);
}

/* A TCP candidate is told from a UDP one at the same place. */
static void
test_tcp_is_marked (void)
{
  HarkPathDescription description = example (2), got;
  uint8_t bytes[HARK_PATH_DESCRIPTION_LEN_MAX];
  size_t len;

  description.candidates[1] = description.candidates[0];
  description.candidates[1].kind = HARK_CANDIDATE_TCP_PASSIVE;
  description.candidates[1].priority = 1;
  len = hark_path_description_write (&description, bytes, sizeof bytes);
  g_assert_true (hark_path_description_read (bytes, len, true, &got));
  g_assert_cmpuint (got.n_candidates, ==, 2);
  g_assert_false (got.candidates[0].endpoint.tcp);
  g_assert_true (got.candidates[1].endpoint.tcp);
  g_assert_cmpint (got.candidates[1].kind, ==, HARK_CANDIDATE_TCP_PASSIVE);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/candidate/round-trip", test_round_trip);
  g_test_add_func ("/candidate/longest-fits", test_longest_fits);
  g_test_add_func ("/candidate/small-buffer-keeps-the-best", test_small_buffer);
  g_test_add_func ("/candidate/every-truncation-is-refused", test_every_truncation);
  g_test_add_func ("/candidate/ten-thousand-entries-are-refused", test_ten_thousand_entries);
  g_test_add_func ("/candidate/leaves-out-hostile-places", test_leaves_out_hostile_places);
  g_test_add_func ("/candidate/mapped-ipv4-is-ipv4", test_mapped_ipv4_is_ipv4);
  g_test_add_func ("/candidate/port-zero-and-priorities", test_port_zero_and_priorities);
  g_test_add_func ("/candidate/caps-ports-of-one-address", test_caps_ports_of_one_address);
  g_test_add_func ("/candidate/refuses-bad-heads", test_refuses_bad_heads);
  g_test_add_func ("/candidate/skips-unknown-kinds", test_skips_unknown_kinds);
  g_test_add_func ("/candidate/tcp-is-marked", test_tcp_is_marked);
  return g_test_run ();
}
