/* Blinded slots against vectors made with an independent implementation. */
#include "net/rendezvous/blind.h"
#include "tests/vectors.h"

static uint64_t
parse_epoch (JsonObject *vector)
{
  return g_ascii_strtoull (vectors_text (vector, "epoch"), NULL, 10);
}

static void
check_vector (JsonObject *vector)
{
  g_autoptr (GByteArray) network_id = vectors_bytes (vector, "network");
  HarkSlotNetwork network = {network_id->len > 0, network_id->data};
  const char *message = vectors_text (vector, "signed");
  uint8_t expected[64], public[32], signature[64];
  HarkSecret seed;
  HarkKey account;
  HarkToken token;
  HarkSlot slot;

  g_assert_true (vectors_fixed (vector, "identity_seed", seed.bytes, 32));
  g_assert_true (vectors_fixed (vector, "identity_public", account.bytes, 32));
  g_assert_true (vectors_fixed (vector, "secret", token.bytes, 16));

  g_assert_true (hark_slot_public (&account, &token, parse_epoch (vector), &network, public));
  g_assert_true (vectors_fixed (vector, "slot_public", expected, 32));
  assert_bytes (public, 32, expected, 32);

  hark_slot_own (&seed, &token, parse_epoch (vector), &network, &slot);
  assert_bytes (slot.key, 32, expected, 32);
  g_assert_true (vectors_fixed (vector, "slot_scalar", expected, 32));
  assert_bytes (slot.scalar, 32, expected, 32);
  g_assert_true (vectors_fixed (vector, "slot_prefix", expected, 32));
  assert_bytes (slot.prefix, 32, expected, 32);

  hark_slot_sign (&slot, message, strlen (message), signature);
  g_assert_true (vectors_fixed (vector, "signature", expected, 64));
  assert_bytes (signature, 64, expected, 64);
  g_assert_cmpint (
    crypto_sign_verify_detached (signature, (const uint8_t *) message, strlen (message), slot.key),
    ==, 0);
  hark_slot_clear (&slot);
  g_assert_true (sodium_is_zero ((const uint8_t *) &slot, sizeof slot));
}

static void
test_vectors (void)
{
  g_autoptr (JsonParser) parser = vectors_load ("blinding.json");
  JsonArray *vectors = json_object_get_array_member (vectors_root (parser), "vectors");

  g_assert_cmpuint (json_array_get_length (vectors), ==, 6);
  for (guint i = 0; i < json_array_get_length (vectors); i++)
    check_vector (json_array_get_object_element (vectors, i));
}

static void
test_bad_accounts_are_refused (void)
{
  g_autoptr (JsonParser) parser = vectors_load ("blinding.json");
  JsonArray *bad = json_object_get_array_member (vectors_root (parser), "must_reject_identity");
  HarkSlotNetwork network = {0};
  HarkToken token = {{1}};
  uint8_t slot[32] = {0};

  g_assert_cmpuint (json_array_get_length (bad), ==, 4);
  for (guint i = 0; i < json_array_get_length (bad); i++) {
    HarkKey account;

    g_assert_true (
      vectors_fixed (json_array_get_object_element (bad, i), "public", account.bytes, 32));
    g_assert_false (hark_slot_public (&account, &token, 1, &network, slot));
    g_assert_true (sodium_is_zero (slot, sizeof slot));
  }
}

/* account, token, epoch and network each lead somewhere else. */
static void
test_everything_moves_the_slot (void)
{
  const uint8_t id[32] = {1};
  HarkSlotNetwork public = {0};
  HarkSlotNetwork closed = {true, id};
  HarkSecret seed = {{5}};
  HarkToken token = {{6}};
  HarkToken other_token = {{7}};
  HarkSlot slots[4];

  hark_slot_own (&seed, &token, 100, &public, &slots[0]);
  hark_slot_own (&seed, &other_token, 100, &public, &slots[1]);
  hark_slot_own (&seed, &token, 101, &public, &slots[2]);
  hark_slot_own (&seed, &token, 100, &closed, &slots[3]);
  for (size_t a = 0; a < G_N_ELEMENTS (slots); a++) {
    for (size_t b = a + 1; b < G_N_ELEMENTS (slots); b++) {
      g_assert_cmpint (memcmp (slots[a].key, slots[b].key, 32), !=, 0);
      g_assert_cmpint (memcmp (slots[a].prefix, slots[b].prefix, 32), !=, 0);
    }
  }
}

static void
test_epochs_last_a_day_and_start_apart (void)
{
  HarkToken tokens[2] = {{{1}}, {{2}}};
  uint64_t starts[2] = {0};

  for (size_t i = 0; i < 2; i++) {
    const uint64_t day = 1700006400; /* a midnight */
    uint64_t epoch = hark_slot_epoch (&tokens[i], day);

    while (hark_slot_epoch (&tokens[i], day + starts[i]) == epoch)
      starts[i]++;
    g_assert_cmpuint (starts[i], <=, HARK_SLOT_EPOCH_S);
    g_assert_true (hark_slot_epoch (&tokens[i], day + starts[i] + HARK_SLOT_EPOCH_S - 1)
                   == epoch + 1);
    g_assert_true (hark_slot_epoch (&tokens[i], day + starts[i] + HARK_SLOT_EPOCH_S) == epoch + 2);
    hark_slot_epoch (&tokens[i], UINT64_MAX);
  }
  g_assert_cmpuint (starts[0], !=, starts[1]);
}

int
main (int argc, char *argv[])
{
  g_assert_cmpint (sodium_init (), >=, 0);
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/blind/published-vectors", test_vectors);
  g_test_add_func ("/blind/bad-accounts-are-refused", test_bad_accounts_are_refused);
  g_test_add_func ("/blind/everything-moves-the-slot", test_everything_moves_the_slot);
  g_test_add_func ("/blind/epochs-last-a-day-and-start-apart",
                   test_epochs_last_a_day_and_start_apart);
  return g_test_run ();
}
