#include "net/session/keys.h"

#include <string.h>

/* All that end in the middle of what a library takes at once, and some large ones. */
#define SHORT_MAX 1200
static const size_t lengths[] = {1425, 1456, 4097, 8884, 15984};
static const uint8_t nonce[HARK_NONCE_LEN] = {9, 8, 7}, head[] = {0x43, 1, 2, 3, 4};

/* What the tests are run with. */
typedef struct {
  bool aes;
  HarkSpace space;
} Kind;

static HarkPacketKey *
make_key (const Kind *kind)
{
  HarkPacketSecret secret = {
    {1, 2, 3}
  };

  return hark_packet_key_new (&secret, kind->space, kind->aes);
}

static void
fill (uint8_t *data, size_t len)
{
  for (size_t i = 0; i < len; i++)
    data[i] = (uint8_t) (i * 7 + i / 251);
}

/* What libsodium makes of the same. */
static void
seal_otherwise (const HarkPacketKey *key, bool aes, uint8_t *ret, const uint8_t *plain, size_t len)
{
  if (aes)
    crypto_aead_aes256gcm_encrypt (ret, NULL, plain, len, head, sizeof head, NULL, nonce, key->key);
  else
    crypto_aead_chacha20poly1305_ietf_encrypt (ret, NULL, plain, len, head, sizeof head, NULL,
                                               nonce, key->key);
}

static void
check_length (HarkPacketKey *key, bool aes, size_t len)
{
  const size_t sealed_len = len + HARK_TAG_LEN;
  g_autofree uint8_t *plain = g_malloc (len), *expected = g_malloc (sealed_len);
  g_autofree uint8_t *packet = g_malloc (sealed_len), *opened = g_malloc (len);

  fill (plain, len);
  seal_otherwise (key, aes, expected, plain, len);
  hark_packet_key_seal (key, packet, plain, len, nonce, head, sizeof head);
  g_assert_true (memcmp (packet, expected, sealed_len) == 0);
  g_assert_true (hark_packet_key_open (key, opened, packet, sealed_len, nonce, head, sizeof head));
  g_assert_true (memcmp (opened, plain, len) == 0);
  memcpy (packet, plain, len); /* in place, as packets are made */
  hark_packet_key_seal (key, packet, packet, len, nonce, head, sizeof head);
  g_assert_true (memcmp (packet, expected, sealed_len) == 0);
  g_assert_true (hark_packet_key_open (key, packet, packet, sealed_len, nonce, head, sizeof head));
  g_assert_true (memcmp (packet, plain, len) == 0);
}

static void
test_same_as_libsodium (const void *data)
{
  const Kind *kind = data;
  HarkPacketKey *key;

  if (kind->aes && !hark_keys_have_aes ()) {
    g_test_skip ("no AES in this processor");
    return;
  }
  key = make_key (kind);
  for (size_t len = 1; len <= SHORT_MAX; len++)
    check_length (key, kind->aes, len);
  for (unsigned i = 0; i < G_N_ELEMENTS (lengths); i++)
    check_length (key, kind->aes, lengths[i]);
  hark_packet_key_free (key);
}

static void
test_changes_are_refused (const void *data)
{
  const Kind *kind = data;
  uint8_t plain[100], packet[sizeof plain + HARK_TAG_LEN], other_head[sizeof head];
  HarkPacketKey *key;

  if (kind->aes && !hark_keys_have_aes ()) {
    g_test_skip ("no AES in this processor");
    return;
  }
  key = make_key (kind);
  fill (plain, sizeof plain);
  hark_packet_key_seal (key, packet, plain, sizeof plain, nonce, head, sizeof head);
  for (size_t i = 0; i < sizeof packet; i++) {
    packet[i] ^= 1;
    g_assert_false (
      hark_packet_key_open (key, plain, packet, sizeof packet, nonce, head, sizeof head));
    packet[i] ^= 1;
  }
  memcpy (other_head, head, sizeof head);
  other_head[0] ^= 1;
  g_assert_false (
    hark_packet_key_open (key, plain, packet, sizeof packet, nonce, other_head, sizeof other_head));
  for (size_t len = 0; len < sizeof packet; len++)
    g_assert_false (hark_packet_key_open (key, plain, packet, len, nonce, head, sizeof head));
  g_assert_true (
    hark_packet_key_open (key, plain, packet, sizeof packet, nonce, head, sizeof head));
  hark_packet_key_free (key);
}

int
main (int argc, char **argv)
{
  /* the keys of a handshake go another way to the same */
  static const Kind aes = {true, HARK_SPACE_APPLICATION}, aes_first = {true, HARK_SPACE_HANDSHAKE},
                    chacha = {false, HARK_SPACE_APPLICATION};

  g_test_init (&argc, &argv, NULL);
  if (sodium_init () < 0)
    return 1;
  g_test_add_data_func ("/keys/aes/same-as-libsodium", &aes, test_same_as_libsodium);
  g_test_add_data_func ("/keys/aes-first/same-as-libsodium", &aes_first, test_same_as_libsodium);
  g_test_add_data_func ("/keys/chacha/same-as-libsodium", &chacha, test_same_as_libsodium);
  g_test_add_data_func ("/keys/aes/changes-are-refused", &aes, test_changes_are_refused);
  g_test_add_data_func ("/keys/aes-first/changes-are-refused", &aes_first,
                        test_changes_are_refused);
  g_test_add_data_func ("/keys/chacha/changes-are-refused", &chacha, test_changes_are_refused);
  return g_test_run ();
}
