/* The Noise machine against published vectors, and its primitives against Wycheproof's. */
#include "net/noise/handshake.h"
#include "tests/vectors.h"

#include <stdio.h>

#define SUFFIX "_25519_ChaChaPoly_BLAKE2b"
#define MESSAGE_MAX 1024

static const struct {
  const char *name;
  HarkNoisePattern pattern;
  unsigned n_messages;
} patterns[] = {
  {"N",  HARK_NOISE_N,  1},
  {"X",  HARK_NOISE_X,  1},
  {"NN", HARK_NOISE_NN, 2},
  {"NK", HARK_NOISE_NK, 2},
  {"KK", HARK_NOISE_KK, 2},
  {"IK", HARK_NOISE_IK, 2},
  {"XX", HARK_NOISE_XX, 3},
  {"XK", HARK_NOISE_XK, 3},
};

/* One side of a vector. */
typedef struct {
  HarkNoiseHandshake handshake;
  HarkNoiseCipher send;
  HarkNoiseCipher receive;
} Side;

/* What the protocol name says. */
typedef struct {
  HarkNoisePattern pattern;
  unsigned n_messages;
  int psk; /* modifier, or -1 */
} Protocol;

static Protocol
parse_name (const char *name)
{
  Protocol protocol = {.psk = -1};
  size_t len;
  const char *at = name + strlen ("Noise_");

  g_assert_true (g_str_has_prefix (name, "Noise_") && g_str_has_suffix (name, SUFFIX));
  len = strspn (at, "NXKI");
  for (size_t i = 0; i < G_N_ELEMENTS (patterns); i++) {
    if (strlen (patterns[i].name) == len && strncmp (patterns[i].name, at, len) == 0) {
      protocol.pattern = patterns[i].pattern;
      protocol.n_messages = patterns[i].n_messages;
    }
  }
  g_assert_cmpuint (protocol.n_messages, >, 0);
  if (g_str_has_prefix (at + len, "psk"))
    protocol.psk = at[len + 3] - '0';
  return protocol;
}

static void
side_init (Side *side, JsonObject *vector, const Protocol *protocol, bool initiator)
{
  const char *role = initiator ? "init" : "resp";
  HarkNoiseConfig config = {.pattern = protocol->pattern, .initiator = initiator};
  g_autofree char *name_prologue = g_strconcat (role, "_prologue", NULL);
  g_autofree char *name_static = g_strconcat (role, "_static", NULL);
  g_autofree char *name_ephemeral = g_strconcat (role, "_ephemeral", NULL);
  g_autofree char *name_remote = g_strconcat (role, "_remote_static", NULL);
  g_autofree char *name_psks = g_strconcat (role, "_psks", NULL);
  g_autoptr (GByteArray) prologue = vectors_bytes (vector, name_prologue);
  HarkSecret secret, ephemeral, psk;
  HarkKey public, remote;

  config.prologue = prologue->data;
  config.prologue_len = prologue->len;
  if (vectors_fixed (vector, name_static, secret.bytes, 32)) {
    crypto_scalarmult_base (public.bytes, secret.bytes);
    config.static_secret = &secret;
    config.static_public = &public;
  }
  if (vectors_fixed (vector, name_ephemeral, ephemeral.bytes, 32))
    config.ephemeral = &ephemeral;
  if (vectors_fixed (vector, name_remote, remote.bytes, 32))
    config.remote_static = &remote;
  if (protocol->psk >= 0) {
    JsonArray *psks = json_object_get_array_member (vector, name_psks);

    g_assert_cmpuint (json_array_get_length (psks), ==, 1);
    g_assert_true (hark_hex_parse (json_array_get_string_element (psks, 0), psk.bytes, 32));
    config.psks[protocol->psk] = &psk;
  }
  hark_noise_handshake_init (&side->handshake, &config);
}

/* Writes message @i with @from, compares, offers a changed copy and then the right one to @to. */
static void
pass_handshake_message (Side *from, Side *to, const GByteArray *payload, const GByteArray *expected)
{
  HarkRng rng;
  uint8_t seed[32] = {0};
  uint8_t message[MESSAGE_MAX];
  uint8_t read[MESSAGE_MAX];
  size_t len = 0;
  size_t read_len = 0;

  hark_rng_init (&rng, seed);
  g_assert_true (hark_noise_handshake_write (&from->handshake, &rng, payload->data, payload->len,
                                             message, sizeof message, &len));
  assert_bytes (message, len, expected->data, expected->len);

  /* Every flipped byte either is noticed at once or, in an unsealed part, changes the hash. */
  for (size_t at = 0; at < len; at++) {
    HarkNoiseHandshake copy = to->handshake;

    message[at] ^= 0x01;
    if (hark_noise_handshake_read (&copy, message, len, read, sizeof read, &read_len))
      g_assert_cmpint (
        memcmp (copy.symmetric.hash, from->handshake.symmetric.hash, HARK_NOISE_HASH_LEN), !=, 0);
    message[at] ^= 0x01;
  }

  g_assert_true (
    hark_noise_handshake_read (&to->handshake, message, len, read, sizeof read, &read_len));
  assert_bytes (read, read_len, payload->data, payload->len);
}

static void
split (Side *initiator, Side *responder)
{
  uint8_t keys[2][2][32];

  hark_noise_handshake_split (&initiator->handshake, keys[0][0], keys[0][1]);
  hark_noise_handshake_split (&responder->handshake, keys[1][0], keys[1][1]);
  hark_noise_cipher_set_key (&initiator->send, keys[0][0]);
  hark_noise_cipher_set_key (&initiator->receive, keys[0][1]);
  hark_noise_cipher_set_key (&responder->receive, keys[1][0]);
  hark_noise_cipher_set_key (&responder->send, keys[1][1]);
}

static void
pass_transport_message (Side *from, Side *to, const GByteArray *payload, const GByteArray *expected)
{
  uint8_t message[MESSAGE_MAX];
  uint8_t read[MESSAGE_MAX];

  g_assert_true (
    hark_noise_cipher_encrypt (&from->send, NULL, 0, payload->data, payload->len, message));
  assert_bytes (message, payload->len + HARK_NOISE_TAG_LEN, expected->data, expected->len);
  for (size_t at = 0; at < expected->len; at++) {
    message[at] ^= 0x80;
    g_assert_false (
      hark_noise_cipher_decrypt (&to->receive, NULL, 0, message, expected->len, read));
    message[at] ^= 0x80;
  }
  g_assert_true (hark_noise_cipher_decrypt (&to->receive, NULL, 0, message, expected->len, read));
  assert_bytes (read, payload->len, payload->data, payload->len);
}

static void
run_vector (JsonObject *vector)
{
  Protocol protocol = parse_name (vectors_text (vector, "protocol_name"));
  JsonArray *messages = json_object_get_array_member (vector, "messages");
  g_autoptr (GByteArray) hash = vectors_bytes (vector, "handshake_hash");
  Side sides[2] = {0};

  side_init (&sides[0], vector, &protocol, true);
  side_init (&sides[1], vector, &protocol, false);
  for (guint i = 0; i < json_array_get_length (messages); i++) {
    JsonObject *message = json_array_get_object_element (messages, i);
    g_autoptr (GByteArray) payload = vectors_bytes (message, "payload");
    g_autoptr (GByteArray) ciphertext = vectors_bytes (message, "ciphertext");
    guint from = protocol.n_messages == 1 ? 0 : i % 2;

    if (i < protocol.n_messages)
      pass_handshake_message (&sides[from], &sides[!from], payload, ciphertext);
    else
      pass_transport_message (&sides[from], &sides[!from], payload, ciphertext);
    if (i + 1 == protocol.n_messages) {
      for (size_t side = 0; side < 2; side++)
        assert_bytes (sides[side].handshake.symmetric.hash, HARK_NOISE_HASH_LEN, hash->data,
                      hash->len);
      split (&sides[0], &sides[1]);
    }
  }
}

/* AES-GCM vectors are of a cipher that Hark's handshake does not have (net/noise/cipher.h). */
static void
test_noise (void)
{
  g_autoptr (JsonParser) parser = vectors_load ("noise.json");
  JsonArray *vectors = json_object_get_array_member (vectors_root (parser), "vectors");
  unsigned n_run = 0;
  unsigned n_skipped = 0;

  for (guint i = 0; i < json_array_get_length (vectors); i++) {
    JsonObject *vector = json_array_get_object_element (vectors, i);

    if (strstr (vectors_text (vector, "protocol_name"), "_AESGCM_")) {
      n_skipped++;
      continue;
    }
    run_vector (vector);
    n_run++;
  }
  g_test_message ("%u vectors run, %u of AESGCM skipped", n_run, n_skipped);
  g_assert_cmpuint (n_run, ==, 23);
  g_assert_cmpuint (n_run + n_skipped, ==, 46);
}

static void
test_x25519 (void)
{
  g_autoptr (JsonParser) parser = vectors_load ("x25519-wycheproof.json");
  JsonArray *vectors = json_object_get_array_member (vectors_root (parser), "vectors");
  unsigned n_rejected = 0;

  g_assert_cmpuint (json_array_get_length (vectors), ==, 518);
  for (guint i = 0; i < json_array_get_length (vectors); i++) {
    JsonObject *vector = json_array_get_object_element (vectors, i);
    uint8_t public[32], private[32], expected[32], shared[32];
    bool reject = json_object_get_boolean_member (vector, "must_reject");
    bool rejected;

    g_assert_true (vectors_fixed (vector, "public", public, 32));
    g_assert_true (vectors_fixed (vector, "private", private, 32));
    g_assert_true (vectors_fixed (vector, "shared", expected, 32));
    rejected = crypto_scalarmult (shared, private, public) != 0;
    g_assert_cmpint (rejected, ==, reject);
    if (!reject)
      assert_bytes (shared, 32, expected, 32);
    n_rejected += rejected;
  }
  g_assert_cmpuint (n_rejected, ==, 31);
}

/* Every low-order point as the responder's static and as the peer's ephemeral key. */
static void
test_low_order_keys_abort (void)
{
  g_autoptr (JsonParser) parser = vectors_load ("x25519-wycheproof.json");
  JsonArray *vectors = json_object_get_array_member (vectors_root (parser), "vectors");
  uint8_t seed[32] = {7};
  HarkRng rng;
  HarkSecret secret = {
    {1, 2, 3}
  };
  HarkKey public;
  uint8_t message[MESSAGE_MAX] = {0};
  size_t len = 0;

  hark_rng_init (&rng, seed);
  crypto_scalarmult_base (public.bytes, secret.bytes);
  for (guint i = 0; i < json_array_get_length (vectors); i++) {
    JsonObject *vector = json_array_get_object_element (vectors, i);
    HarkNoiseHandshake handshake;
    HarkNoiseConfig config = {.pattern = HARK_NOISE_IK,
                              .initiator = true,
                              .static_secret = &secret,
                              .static_public = &public};
    HarkKey low;

    if (!json_object_get_boolean_member (vector, "must_reject"))
      continue;
    g_assert_true (vectors_fixed (vector, "public", low.bytes, 32));
    config.remote_static = &low;
    hark_noise_handshake_init (&handshake, &config);
    g_assert_false (
      hark_noise_handshake_write (&handshake, &rng, NULL, 0, message, sizeof message, &len));

    config = (HarkNoiseConfig){
      .pattern = HARK_NOISE_IK, .static_secret = &secret, .static_public = &public};
    hark_noise_handshake_init (&handshake, &config);
    memcpy (message, low.bytes, 32);
    g_assert_false (
      hark_noise_handshake_read (&handshake, message, 96, message, sizeof message, &len));
    g_assert_true (handshake.failed);
    g_assert_true (sodium_is_zero (handshake.static_secret.bytes, 32));
  }
}

static void
test_ed25519 (void)
{
  g_autoptr (JsonParser) parser = vectors_load ("ed25519-wycheproof.json");
  JsonArray *vectors = json_object_get_array_member (vectors_root (parser), "vectors");

  g_assert_cmpuint (json_array_get_length (vectors), ==, 151);
  for (guint i = 0; i < json_array_get_length (vectors); i++) {
    JsonObject *vector = json_array_get_object_element (vectors, i);
    g_autoptr (GByteArray) message = vectors_bytes (vector, "msg");
    g_autoptr (GByteArray) signature = vectors_bytes (vector, "sig");
    uint8_t key[32];
    bool valid;

    g_assert_true (vectors_fixed (vector, "pk", key, sizeof key));
    valid = signature->len == crypto_sign_BYTES
            && crypto_sign_verify_detached (signature->data, message->data, message->len, key) == 0;
    g_assert_cmpint (valid, ==, json_object_get_boolean_member (vector, "valid"));
  }
}

int
main (int argc, char *argv[])
{
  g_assert_cmpint (sodium_init (), >=, 0);
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/noise/published-vectors", test_noise);
  g_test_add_func ("/noise/low-order-keys-abort", test_low_order_keys_abort);
  g_test_add_func ("/x25519/wycheproof", test_x25519);
  g_test_add_func ("/ed25519/wycheproof", test_ed25519);
  return g_test_run ();
}
