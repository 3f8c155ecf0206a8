#include "net/dht/node-id.h"

#include "net/base/key.h"

/* the examples of BEP 42 */
static void
test_bep42 (void)
{
  static const struct {
    const char *endpoint, *id;
  } good[] = {
    {"124.31.75.21:1", "5fbfbff10c5d6a4ec8a88e4c6ab4c28b95eee401"},
    {"21.75.31.124:1", "5a3ce9c14e7a08645677bbd1cfe7d8f956d53256"},
    {"65.23.51.170:1", "a5d43220bc8f112a3d426c84764f8c2a1150e616"},
    {"84.124.73.14:1", "1b0321dd1bb1fe518101ceef99462b947a01ff41"},
    {"43.213.53.83:1", "e56f6cbf5b7c4be0237986d5243b87aa6d51305a"},
  };

  for (size_t i = 0; i < G_N_ELEMENTS (good); i++) {
    HarkEndpoint endpoint;
    HarkNodeId id;

    g_assert_true (hark_endpoint_parse (good[i].endpoint, &endpoint));
    g_assert_true (hark_hex_parse (good[i].id, id.bytes, sizeof id.bytes));
    g_assert_true (hark_node_id_check (&id, &endpoint));
    id.bytes[1] ^= 1;
    g_assert_false (hark_node_id_check (&id, &endpoint));
    endpoint.ip[0] = 127;
    g_assert_true (hark_node_id_check (&id, &endpoint));
  }
}

static void
test_made (void)
{
  HarkEndpoint endpoint;
  HarkRng rng;
  HarkNodeId id;

  hark_rng_init (&rng, (const uint8_t[32]){1});
  for (unsigned i = 0; i < 256; i++) {
    g_assert_true (hark_endpoint_parse (i % 2 ? "203.0.113.7:1" : "[2001:470::77]:1", &endpoint));
    hark_node_id_for (&endpoint, (uint8_t) i, &rng, &id);
    g_assert_true (hark_node_id_check (&id, &endpoint));
  }
}

static void
test_distance (void)
{
  HarkNodeId a = {{0x80}}, b = {{0x40}}, zero = {{0}};

  g_assert_cmpint (hark_node_id_closer (&zero, &b, &a), <, 0);
  g_assert_cmpint (hark_node_id_closer (&zero, &a, &a), ==, 0);
  g_assert_cmpuint (hark_node_id_common_bits (&a, &zero), ==, 0);
  g_assert_cmpuint (hark_node_id_common_bits (&b, &zero), ==, 1);
  g_assert_cmpuint (hark_node_id_common_bits (&a, &a), ==, 160);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/node-id/bep42-examples", test_bep42);
  g_test_add_func ("/node-id/made-ids-pass", test_made);
  g_test_add_func ("/node-id/distance", test_distance);
  return g_test_run ();
}
