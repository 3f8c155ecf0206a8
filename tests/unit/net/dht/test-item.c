#include "net/dht/item.h"

#include "net/base/key.h"

#include <json-glib/json-glib.h>
#include <string.h>

static JsonArray *
load (JsonParser *parser, const char *name)
{
  g_autofree char *path = g_build_filename (g_getenv ("HARK_VECTORS"), "bep44.json", NULL);

  g_assert_true (json_parser_load_from_file (parser, path, NULL));
  return json_object_get_array_member (json_node_get_object (json_parser_get_root (parser)), name);
}

static void
check_target (const HarkItemView *item, const char *hex)
{
  HarkNodeId target;
  char text[HARK_HEX_LEN (20)];

  hark_item_target (item, &target);
  g_assert_cmpstr (hark_hex_format (target.bytes, 20, text), ==, hex);
}

static void
test_vectors (void)
{
  g_autoptr (JsonParser) parser = json_parser_new ();
  JsonArray *mutables = load (parser, "mutable");
  JsonArray *immutables;

  for (guint i = 0; i < json_array_get_length (mutables); i++) {
    JsonObject *vector = json_array_get_object_element (mutables, i);
    const char *salt = json_object_get_string_member (vector, "salt");
    const char *value = json_object_get_string_member (vector, "v");
    const char *expected = json_object_get_string_member (vector, "signed");
    uint8_t key[32], sig[64], bytes[HARK_ITEM_SIGNED_LEN_MAX];
    HarkItemView item = {
      .key = key,
      .sig = sig,
      .seq = json_object_get_int_member (vector, "seq"),
      .salt = {(const uint8_t *) salt,  strlen (salt) },
      .value = {(const uint8_t *) value, strlen (value)}
    };

    g_assert_true (hark_hex_parse (json_object_get_string_member (vector, "public"), key, 32));
    g_assert_true (hark_hex_parse (json_object_get_string_member (vector, "signature"), sig, 64));
    g_assert_cmpuint (hark_item_signed_bytes (&item, bytes), ==, strlen (expected));
    g_assert_cmpint (memcmp (bytes, expected, strlen (expected)), ==, 0);
    g_assert_cmpint (hark_item_check (&item), ==, 0);
    check_target (&item, json_object_get_string_member (vector, "target"));
    item.seq++;
    g_assert_cmpint (hark_item_check (&item), ==, HARK_KRPC_ERROR_SIGNATURE);
  }

  immutables = load (parser, "immutable");
  for (guint i = 0; i < json_array_get_length (immutables); i++) {
    JsonObject *vector = json_array_get_object_element (immutables, i);
    const char *value = json_object_get_string_member (vector, "v");
    HarkItemView item = {
      .value = {(const uint8_t *) value, strlen (value)}
    };

    check_target (&item, json_object_get_string_member (vector, "target"));
  }
}

/* The @i-th immutable item, written by @host. */
static int
put_number (HarkItems *items, unsigned i, HarkEndpoint *host, HarkTime now)
{
  static const HarkNodeId own;
  g_autofree char *text = g_strdup_printf ("i%ue", i);
  HarkItemView item = {
    .value = {(const uint8_t *) text, strlen (text)}
  };

  return hark_items_put (items, &item, NULL, host, &own, now);
}

static void
test_limits (void)
{
  HarkItems *items = hark_items_new ();
  HarkEndpoint host = {
    .family = 4, .ip = {192, 0, 2, 1}
  };
  unsigned stored = 0;

  for (unsigned i = 0; i < 300; i++)
    stored += put_number (items, i, &host, 0) == 0;
  g_assert_cmpuint (stored, ==, HARK_ITEMS_PER_HOST);
  for (unsigned i = 0; i < 3000; i++) {
    host.ip[1] = (uint8_t) (i >> 8);
    host.ip[2] = (uint8_t) i;
    put_number (items, 1000 + i, &host, 0);
  }
  g_assert_cmpuint (hark_items_count (items), ==, HARK_ITEMS_MAX);
  hark_items_expire (items, HARK_ITEM_LIFETIME - 1);
  g_assert_cmpuint (hark_items_count (items), ==, HARK_ITEMS_MAX);
  hark_items_expire (items, HARK_ITEM_LIFETIME);
  g_assert_cmpuint (hark_items_count (items), ==, 0);
  hark_items_free (items);
}

static void
test_renews (void)
{
  HarkItems *items = hark_items_new ();
  HarkEndpoint host = {
    .family = 4, .ip = {192, 0, 2, 1}
  };
  HarkItemView item = {.value = {(const uint8_t *) "i5e", 3}}, found;
  HarkNodeId target;

  hark_item_target (&item, &target);
  g_assert_cmpint (put_number (items, 5, &host, 0), ==, 0);
  g_assert_cmpint (put_number (items, 5, &host, HARK_HOUR), ==, 0);
  g_assert_true (hark_items_get (items, &target, 3 * HARK_HOUR - 1, &found));
  g_assert_cmpuint (found.value.len, ==, 3);
  g_assert_null (found.key);
  g_assert_false (hark_items_get (items, &target, 3 * HARK_HOUR, &found));
  hark_items_free (items);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/item/bep44-vectors", test_vectors);
  g_test_add_func ("/item/limits", test_limits);
  g_test_add_func ("/item/a-put-renews", test_renews);
  return g_test_run ();
}
