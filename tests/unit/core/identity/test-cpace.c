/* CPace against the vectors of its draft, and what a wrong guess leads to. */
#include "core/identity/cpace.h"
#include "tests/vectors.h"

#include <string.h>

static HarkCpaceInput
input (const GByteArray *bytes)
{
  return (HarkCpaceInput){bytes->data, bytes->len};
}

static void
copy (JsonObject *vector, const char *field, uint8_t *ret, size_t len)
{
  g_autoptr (GByteArray) bytes = vectors_bytes (vector, field);

  g_assert_cmpuint (bytes->len, ==, len);
  memcpy (ret, bytes->data, len);
}

static void
test_vectors (void)
{
  g_autoptr (JsonParser) parser = vectors_load ("cpace.json");
  JsonObject *vector = vectors_root (parser);
  g_autoptr (GByteArray) password = vectors_bytes (vector, "password");
  g_autoptr (GByteArray) channel = vectors_bytes (vector, "channel");
  g_autoptr (GByteArray) key = vectors_bytes (vector, "key");
  g_autoptr (GByteArray) generator = vectors_bytes (vector, "generator");
  g_autoptr (GByteArray) data_a = vectors_bytes (vector, "initiator_data");
  g_autoptr (GByteArray) data_b = vectors_bytes (vector, "responder_data");
  HarkCpaceContext context = {.password = input (password), .channel = input (channel)};
  HarkCpaceSaid a = {.data = input (data_a)}, b = {.data = input (data_b)};
  uint8_t point[HARK_CPACE_SHARE_LEN], ya[32], yb[32], got[HARK_CPACE_KEY_LEN];

  copy (vector, "sid", context.sid, sizeof context.sid);
  copy (vector, "initiator_scalar", ya, sizeof ya);
  copy (vector, "responder_scalar", yb, sizeof yb);
  copy (vector, "initiator_share", a.share, sizeof a.share);
  copy (vector, "responder_share", b.share, sizeof b.share);
  hark_cpace_generator (&context, point);
  assert_bytes (point, sizeof point, generator->data, generator->len);
  hark_cpace_share (&context, ya, point);
  assert_bytes (point, sizeof point, a.share, sizeof a.share);
  hark_cpace_share (&context, yb, point);
  assert_bytes (point, sizeof point, b.share, sizeof b.share);
  g_assert_true (hark_cpace_key (context.sid, ya, true, &a, &b, got));
  assert_bytes (got, sizeof got, key->data, key->len);
  g_assert_true (hark_cpace_key (context.sid, yb, false, &a, &b, got));
  assert_bytes (got, sizeof got, key->data, key->len);
}

static void
test_bad_shares_end_the_run (void)
{
  g_autoptr (JsonParser) parser = vectors_load ("cpace.json");
  JsonArray *invalid = json_object_get_array_member (vectors_root (parser), "invalid");
  const uint8_t sid[HARK_CPACE_SID_LEN] = {1}, zeros[HARK_CPACE_KEY_LEN] = {0};
  uint8_t scalar[32], key[HARK_CPACE_KEY_LEN];
  HarkCpaceSaid ours = {.share = {2}}, theirs = {.share = {0}};

  copy (vectors_root (parser), "invalid_scalar", scalar, sizeof scalar);
  for (guint i = 0; i < json_array_get_length (invalid); i++) {
    copy (json_array_get_object_element (invalid, i), "share", theirs.share, sizeof theirs.share);
    memset (key, 0xaa, sizeof key);
    g_assert_false (hark_cpace_key (sid, scalar, true, &ours, &theirs, key));
    assert_bytes (key, sizeof key, zeros, sizeof zeros);
    g_assert_false (hark_cpace_key (sid, scalar, false, &theirs, &ours, key));
  }
}

/* Keys of two who bring in these passwords, and the tags that each shows the other. */
static bool
meet (const char *one, const char *other)
{
  const uint8_t seed[32] = {7};
  HarkCpaceContext a = {
    .password = {one, strlen (one)},
      .channel = {"x", 1           }
  };
  HarkCpaceContext b = {
    .password = {other, strlen (other)},
      .channel = {"x",   1             }
  };
  HarkCpaceSaid said_a = {.data = {"a", 1}}, said_b = {.data = {"b", 1}};
  uint8_t ya[32], yb[32], key_a[HARK_CPACE_KEY_LEN], key_b[HARK_CPACE_KEY_LEN];
  uint8_t tag_a[HARK_CPACE_TAG_LEN], tag_b[HARK_CPACE_TAG_LEN], tag[HARK_CPACE_TAG_LEN];
  bool same;
  HarkRng rng;

  hark_rng_init (&rng, seed);
  hark_cpace_scalar (&rng, ya);
  hark_cpace_scalar (&rng, yb);
  hark_cpace_share (&a, ya, said_a.share);
  hark_cpace_share (&b, yb, said_b.share);
  g_assert_true (hark_cpace_key (a.sid, ya, true, &said_a, &said_b, key_a));
  g_assert_true (hark_cpace_key (b.sid, yb, false, &said_a, &said_b, key_b));
  hark_cpace_tag (a.sid, key_a, &said_a, tag_a);
  hark_cpace_tag (b.sid, key_b, &said_b, tag_b);
  g_assert_cmpint (memcmp (tag_a, tag_b, sizeof tag_a), !=, 0);
  hark_cpace_tag (a.sid, key_a, &said_b, tag);
  same = memcmp (tag, tag_b, sizeof tag) == 0;
  hark_cpace_tag (b.sid, key_b, &said_a, tag);
  g_assert_cmpint (same, ==, memcmp (tag, tag_a, sizeof tag) == 0);
  return same;
}

static void
test_only_the_same_password_gives_the_same_key (void)
{
  g_assert_true (meet ("able baker", "able baker"));
  g_assert_false (meet ("able baker", "able bakes"));
  g_assert_false (meet ("able baker", ""));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_assert_cmpint (sodium_init (), >=, 0);
  g_test_add_func ("/cpace/vectors", test_vectors);
  g_test_add_func ("/cpace/bad-shares-end-the-run", test_bad_shares_end_the_run);
  g_test_add_func ("/cpace/only-the-same-password-gives-the-same-key",
                   test_only_the_same_password_gives_the_same_key);
  return g_test_run ();
}
