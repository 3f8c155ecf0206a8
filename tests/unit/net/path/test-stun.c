#include "net/path/stun.h"

#include "net/base/key.h"

#include <json-glib/json-glib.h>
#include <string.h>

static void
test_vectors (void)
{
  g_autofree char *path = g_build_filename (g_getenv ("HARK_VECTORS"), "stun-rfc5769.json", NULL);
  g_autoptr (JsonParser) parser = json_parser_new ();
  JsonArray *vectors;
  unsigned mapped = 0;

  g_assert_true (json_parser_load_from_file (parser, path, NULL));
  vectors = json_object_get_array_member (json_node_get_object (json_parser_get_root (parser)),
                                          "vectors");
  for (guint i = 0; i < json_array_get_length (vectors); i++) {
    JsonObject *vector = json_array_get_object_element (vectors, i);
    const char *hex = json_object_get_string_member (vector, "message");
    uint8_t message[256];
    size_t len = strlen (hex) / 2;
    HarkEndpoint found, expected;

    g_assert_true (hark_hex_parse (hex, message, len));
    if (!json_object_has_member (vector, "mapped")) {
      /* these carry credentials: not ours to answer */
      g_assert_false (hark_stun_is_request (message, len));
      continue;
    }
    g_assert_true (hark_stun_parse_mapped (message, len, &found));
    g_assert_true (
      hark_endpoint_parse (json_object_get_string_member (vector, "mapped"), &expected));
    g_assert_true (hark_endpoint_equal (&found, &expected));
    mapped++;
  }
  g_assert_cmpuint (mapped, ==, 2);
}

static void
check_answer (const char *hex, size_t len, const char *from_text)
{
  uint8_t request[128], answer[HARK_STUN_RESPONSE_LEN_MAX];
  HarkEndpoint from, seen;
  size_t n;

  g_assert_true (hark_hex_parse (hex, request, len));
  g_assert_true (hark_endpoint_parse (from_text, &from));
  n = hark_stun_respond (request, len, &from, answer);
  g_assert_cmpuint (n, ==, from.family == 4 ? 32 : 44);
  g_assert_cmpint (memcmp (answer + 4, request + 4, 16), ==, 0);
  g_assert_true (hark_stun_parse_mapped (answer, n, &seen));
  g_assert_true (hark_endpoint_equal (&seen, &from));
  g_assert_false (hark_stun_is_request (answer, n));
}

static void
test_answers (void)
{
  const char *modern = "000100002112a442000102030405060708090a0b";
  const char *classic = "0001000000010203000102030405060708090a0b";
  const char *change = "00010008000102030001020304050607080900000003000400000000";

  check_answer (modern, 20, "192.0.2.7:4000");
  check_answer (modern, 20, "[2001:db8::7]:4000");
  check_answer (classic, 20, "192.0.2.7:4000");
  check_answer (classic, 20, "[2001:db8::7]:4000");
  check_answer (change, 28, "192.0.2.7:4000");
}

static void
test_refuses (void)
{
  static const struct {
    const char *hex;
    size_t len;
  } bad[] = {
    {"000100002112a442000102030405060708090a",           19}, /* short */
    {"000100042112a442000102030405060708090a0b",         20}, /* length field */
    {"000100032112a442000102030405060708090a0b000000",   23}, /* not a multiple of four */
    {"010100002112a442000102030405060708090a0b",         20}, /* an answer */
    {"001100002112a442000102030405060708090a0b",         20}, /* an indication */
    {"400100002112a442000102030405060708090a0b",         20}, /* not STUN */
    {"000100042112a442000102030405060708090a0b80220008", 24}, /* attribute runs out */
    {"000100042112a442000102030405060708090a0b00060000", 24}, /* must be understood */
  };
  HarkEndpoint from = {
    .family = 4, .port = 1, .ip = {192, 0, 2, 1}
  };
  uint8_t answer[HARK_STUN_RESPONSE_LEN_MAX];

  for (size_t i = 0; i < G_N_ELEMENTS (bad); i++) {
    uint8_t packet[64];

    g_assert_true (hark_hex_parse (bad[i].hex, packet, bad[i].len));
    g_assert_cmpuint (hark_stun_respond (packet, bad[i].len, &from, answer), ==, 0);
  }
}

static void
test_limits (void)
{
  HarkStunLimits limits;
  HarkRng rng;
  HarkEndpoint from = {
    .family = 4, .ip = {192, 0, 2, 1}
  };
  unsigned answered = 0;

  hark_rng_init (&rng, (const uint8_t[32]){1});
  hark_stun_limits_init (&limits, &rng, 0);
  for (unsigned i = 0; i < 2 * HARK_STUN_SOURCE_BURST; i++) {
    from.port = (uint16_t) i;
    answered += hark_stun_limits_take (&limits, &from, 0);
  }
  g_assert_cmpuint (answered, ==, HARK_STUN_SOURCE_BURST);
  for (unsigned i = 0; i < 1000; i++) {
    from.ip[2] = (uint8_t) (i >> 8);
    from.ip[3] = (uint8_t) i;
    answered += hark_stun_limits_take (&limits, &from, 0);
  }
  g_assert_cmpuint (answered, ==, HARK_STUN_TOTAL_RATE);
  from.ip[1] = 9;
  g_assert_true (hark_stun_limits_take (&limits, &from, HARK_SECOND));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/stun/rfc5769", test_vectors);
  g_test_add_func ("/stun/tells-the-senders-address", test_answers);
  g_test_add_func ("/stun/refuses-everything-else", test_refuses);
  g_test_add_func ("/stun/limits-sources", test_limits);
  return g_test_run ();
}
