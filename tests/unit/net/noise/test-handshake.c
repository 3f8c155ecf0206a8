/* The Noise machine where vectors do not lead: misuse, exhaustion, wiping. */
#include "net/noise/handshake.h"
#include "tests/bytes.h"

#include <string.h>

static const uint8_t seed[32] = {1};

typedef struct {
  HarkRng rng;
  HarkSecret secrets[2];
  HarkKey publics[2];
  HarkSecret psk;
  HarkNoiseHandshake initiator;
  HarkNoiseHandshake responder;
} Fixture;

static void
set_up (Fixture *fixture, const void *data)
{
  (void) data;
  hark_rng_init (&fixture->rng, seed);
  for (size_t i = 0; i < 2; i++) {
    hark_rng_bytes (&fixture->rng, fixture->secrets[i].bytes, 32);
    crypto_scalarmult_base (fixture->publics[i].bytes, fixture->secrets[i].bytes);
  }
  hark_rng_bytes (&fixture->rng, fixture->psk.bytes, 32);
  hark_noise_handshake_init (&fixture->initiator,
                             &(HarkNoiseConfig){.pattern = HARK_NOISE_IK,
                                                .initiator = true,
                                                .static_secret = &fixture->secrets[0],
                                                .static_public = &fixture->publics[0],
                                                .remote_static = &fixture->publics[1],
                                                .psks = {[1] = &fixture->psk}});
  hark_noise_handshake_init (&fixture->responder,
                             &(HarkNoiseConfig){.pattern = HARK_NOISE_IK,
                                                .static_secret = &fixture->secrets[1],
                                                .static_public = &fixture->publics[1],
                                                .psks = {[1] = &fixture->psk}});
}

static void
tear_down (Fixture *fixture, const void *data)
{
  (void) data;
  hark_noise_handshake_clear (&fixture->initiator);
  hark_noise_handshake_clear (&fixture->responder);
}

static void
assert_wiped (const HarkNoiseHandshake *handshake)
{
  HarkNoiseHandshake copy = *handshake;

  g_assert_true (copy.failed);
  copy.failed = false;
  g_assert_true (sodium_is_zero ((const uint8_t *) &copy, sizeof copy));
}

static void
test_altered_message_ends_and_wipes (Fixture *fixture, const void *data)
{
  uint8_t message[256];
  uint8_t payload[256];
  size_t len = 0;
  size_t payload_len = 77;

  (void) data;
  g_assert_true (hark_noise_handshake_write (&fixture->initiator, &fixture->rng,
                                             (const uint8_t *) "hello", 5, message, sizeof message,
                                             &len));
  message[len - 1] ^= 1;
  g_assert_false (hark_noise_handshake_read (&fixture->responder, message, len, payload,
                                             sizeof payload, &payload_len));
  g_assert_cmpuint (payload_len, ==, 77);
  assert_wiped (&fixture->responder);
  message[len - 1] ^= 1;
  g_assert_false (hark_noise_handshake_read (&fixture->responder, message, len, payload,
                                             sizeof payload, &payload_len));
}

static void
test_short_messages_are_refused (Fixture *fixture, const void *data)
{
  uint8_t message[256];
  uint8_t payload[256];
  size_t len = 0;

  (void) data;
  g_assert_true (hark_noise_handshake_write (&fixture->initiator, &fixture->rng, NULL, 0, message,
                                             sizeof message, &len));
  for (size_t cut = 0; cut < len; cut++) {
    HarkNoiseHandshake copy = fixture->responder;
    size_t payload_len;

    g_assert_false (
      hark_noise_handshake_read (&copy, message, cut, payload, sizeof payload, &payload_len));
    assert_wiped (&copy);
  }
}

static void
test_small_buffers_are_refused (Fixture *fixture, const void *data)
{
  const uint8_t payload[16] = {0};
  uint8_t message[32 + 48 + 16 + 16];

  (void) data;
  for (size_t size = 0; size < sizeof message; size++) {
    HarkNoiseHandshake copy = fixture->initiator;
    size_t len;

    g_assert_false (hark_noise_handshake_write (&copy, &fixture->rng, payload, sizeof payload,
                                                message, size, &len));
    assert_wiped (&copy);
  }
}

static void
test_out_of_turn_is_refused (Fixture *fixture, const void *data)
{
  uint8_t message[256];
  size_t len = 0;

  (void) data;
  g_assert_false (hark_noise_handshake_write (&fixture->responder, &fixture->rng, NULL, 0, message,
                                              sizeof message, &len));
  g_assert_true (hark_noise_handshake_write (&fixture->initiator, &fixture->rng, NULL, 0, message,
                                             sizeof message, &len));
  g_assert_false (hark_noise_handshake_write (&fixture->initiator, &fixture->rng, NULL, 0, message,
                                              sizeof message, &len));
}

static void
test_wrong_psk_is_refused (Fixture *fixture, const void *data)
{
  uint8_t message[256];
  uint8_t payload[256];
  size_t len = 0;

  (void) data;
  fixture->responder.psks[1].bytes[31] ^= 1;
  g_assert_true (hark_noise_handshake_write (&fixture->initiator, &fixture->rng, NULL, 0, message,
                                             sizeof message, &len));
  g_assert_false (
    hark_noise_handshake_read (&fixture->responder, message, len, payload, sizeof payload, &len));
}

static void
test_nonces_run_out (void)
{
  const uint8_t key[32] = {9};
  HarkNoiseCipher cipher;
  uint8_t sealed[20];
  uint8_t plain[4] = {1, 2, 3, 4};

  hark_noise_cipher_set_key (&cipher, key);
  cipher.nonce = HARK_NOISE_NONCE_MAX - 1;
  g_assert_true (hark_noise_cipher_encrypt (&cipher, NULL, 0, plain, sizeof plain, sealed));
  memset (sealed, 0, sizeof sealed);
  g_assert_false (hark_noise_cipher_encrypt (&cipher, NULL, 0, plain, sizeof plain, sealed));
  g_assert_true (sodium_is_zero (sealed, sizeof sealed));
  g_assert_false (hark_noise_cipher_decrypt (&cipher, NULL, 0, sealed, sizeof sealed, plain));
  g_assert_true (cipher.nonce == HARK_NOISE_NONCE_MAX);
}

static void
test_refused_bytes_keep_the_nonce (void)
{
  const uint8_t key[32] = {9};
  HarkNoiseCipher sender, receiver;
  uint8_t sealed[20];
  uint8_t plain[4] = {1, 2, 3, 4};

  hark_noise_cipher_set_key (&sender, key);
  hark_noise_cipher_set_key (&receiver, key);
  hark_noise_cipher_encrypt (&sender, plain, 4, plain, sizeof plain, sealed);
  g_assert_false (hark_noise_cipher_decrypt (&receiver, plain, 3, sealed, sizeof sealed, plain));
  g_assert_false (hark_noise_cipher_decrypt (&receiver, plain, 4, sealed, 15, plain));
  g_assert_cmpuint (receiver.nonce, ==, 0);
  memcpy (plain, (uint8_t[]){1, 2, 3, 4}, 4);
  g_assert_true (hark_noise_cipher_decrypt (&receiver, plain, 4, sealed, sizeof sealed, sealed));
  assert_bytes (sealed, 4, plain, 4);
}

/* HASH of nothing behind h is not h: leaving the step out would go unnoticed by both sides. */
static void
test_empty_prologue_is_hashed (void)
{
  HarkNoiseSymmetric symmetric;
  uint8_t before[HARK_NOISE_HASH_LEN];
  uint8_t expected[HARK_NOISE_HASH_LEN];

  hark_noise_symmetric_init (&symmetric, "Noise_NN_25519_ChaChaPoly_BLAKE2b");
  memcpy (before, symmetric.hash, sizeof before);
  hark_noise_symmetric_mix_hash (&symmetric, NULL, 0);
  crypto_generichash (expected, sizeof expected, before, sizeof before, NULL, 0);
  assert_bytes (symmetric.hash, HARK_NOISE_HASH_LEN, expected, sizeof expected);
}

#define ADD(path, test) g_test_add (path, Fixture, NULL, set_up, test, tear_down)

int
main (int argc, char *argv[])
{
  g_assert_cmpint (sodium_init (), >=, 0);
  g_test_init (&argc, &argv, NULL);
  ADD ("/handshake/altered-message-ends-and-wipes", test_altered_message_ends_and_wipes);
  ADD ("/handshake/short-messages-are-refused", test_short_messages_are_refused);
  ADD ("/handshake/small-buffers-are-refused", test_small_buffers_are_refused);
  ADD ("/handshake/out-of-turn-is-refused", test_out_of_turn_is_refused);
  ADD ("/handshake/wrong-psk-is-refused", test_wrong_psk_is_refused);
  g_test_add_func ("/cipher/nonces-run-out", test_nonces_run_out);
  g_test_add_func ("/cipher/refused-bytes-keep-the-nonce", test_refused_bytes_keep_the_nonce);
  g_test_add_func ("/symmetric/empty-prologue-is-hashed", test_empty_prologue_is_hashed);
  return g_test_run ();
}
