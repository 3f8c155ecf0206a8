/* Knock and answer between two people, and everything a third one may try. */
#include "net/noise/knock.h"
#include "tests/bytes.h"
#include "tests/person.h"
#include "tests/vectors.h"

#define DAY 20410

typedef struct {
  Person alice; /* knocks */
  Person bob;
  HarkToken token;
  HarkKnockRequest request;
  HarkKnockTarget target;
  HarkKnock knock;
  HarkKnockReceived received;
  HarkKnockAnswer answer;
  HarkKnockKeys bob_keys;
  uint8_t answer_packet[HARK_KNOCK_LEN];
} Fixture;

static void
set_up (Fixture *fixture, const void *data)
{
  (void) data;
  person_init (&fixture->alice, 1);
  person_init (&fixture->bob, 2);
  hark_rng_bytes (&fixture->alice.rng, fixture->token.bytes, 16);
  g_strlcpy (fixture->request.name, "Alice", sizeof fixture->request.name);
  g_strlcpy (fixture->request.text, "Grüße vom Schiff", sizeof fixture->request.text);
  memset (fixture->request.answer.bytes, 0x77, 16);
  fixture->target = (HarkKnockTarget){.account = fixture->bob.self.account,
                                      .device = fixture->bob.self.device,
                                      .secret = fixture->token.bytes,
                                      .secret_len = 16,
                                      .day = DAY,
                                      .index = 0x01020304,
                                      .features = HARK_FEATURE_AES,
                                      .purpose = HARK_KNOCK_SESSION};
}

static void
tear_down (Fixture *fixture, const void *data)
{
  (void) data;
  hark_knock_clear (&fixture->knock);
  hark_knock_received_clear (&fixture->received);
}

static bool
knock (Fixture *fixture)
{
  return hark_knock_init (&fixture->knock, &fixture->alice.self, &fixture->target,
                          &fixture->alice.rng);
}

static bool
hear (Fixture *fixture)
{
  return hark_knock_read (&fixture->bob.self, fixture->token.bytes, 16, fixture->knock.packet,
                          &fixture->received);
}

static const uint8_t path[] = "a path description";

static bool
answer (Fixture *fixture)
{
  return hark_knock_answer (&fixture->received, &fixture->bob.self, &fixture->bob.rng, 0x0a0b0c0d,
                            fixture->received.payload.features, path, sizeof path,
                            fixture->answer_packet, &fixture->bob_keys);
}

static bool
read_answer (Fixture *fixture)
{
  return hark_knock_read_answer (&fixture->knock, fixture->answer_packet, HARK_KNOCK_LEN,
                                 &fixture->answer);
}

static void
test_both_sides_get_the_same_keys (Fixture *fixture, const void *data)
{
  (void) data;
  g_assert_true (knock (fixture) && hear (fixture));
  g_assert_cmpint (fixture->received.payload.purpose, ==, HARK_KNOCK_SESSION);
  g_assert_cmpuint (fixture->received.payload.index, ==, 0x01020304);
  g_assert_cmpuint (fixture->received.payload.features, ==, HARK_FEATURE_AES);
  g_assert_true (
    hark_key_equal (&fixture->received.payload.certificate.account, &fixture->alice.self.account));
  assert_bytes (fixture->received.payload.instance, 16, fixture->alice.self.instance, 16);

  g_assert_true (answer (fixture) && read_answer (fixture));
  g_assert_cmpuint (fixture->answer.index, ==, 0x0a0b0c0d);
  g_assert_cmpuint (fixture->answer.features, ==, HARK_FEATURE_AES);
  assert_bytes (fixture->answer.path, fixture->answer.path_len, path, sizeof path);
  assert_bytes (fixture->answer.instance, 16, fixture->bob.self.instance, 16);
  g_assert_true (hark_key_equal (&fixture->answer.certificate.account, &fixture->bob.self.account));
  assert_bytes (&fixture->answer.keys, sizeof fixture->answer.keys, &fixture->bob_keys,
                sizeof fixture->bob_keys);
  g_assert_cmpint (
    memcmp (fixture->bob_keys.initiator_to_responder, fixture->bob_keys.responder_to_initiator, 32),
    !=, 0);
}

static void
test_request_says_who_and_why (Fixture *fixture, const void *data)
{
  (void) data;
  memset (fixture->request.name, 'n', HARK_KNOCK_NAME_MAX);
  fixture->target.purpose = HARK_KNOCK_REQUEST;
  fixture->target.request = &fixture->request;
  g_assert_true (knock (fixture) && hear (fixture));
  g_assert_cmpint (fixture->received.payload.purpose, ==, HARK_KNOCK_REQUEST);
  g_assert_cmpstr (fixture->received.payload.request.name, ==, fixture->request.name);
  g_assert_cmpstr (fixture->received.payload.request.text, ==, "Grüße vom Schiff");
  g_assert_true (
    hark_token_equal (&fixture->received.payload.request.answer, &fixture->request.answer));
}

static void
test_renewal_says_so (Fixture *fixture, const void *data)
{
  (void) data;
  fixture->target.purpose = HARK_KNOCK_RENEWAL;
  g_assert_true (knock (fixture) && hear (fixture));
  g_assert_cmpint (fixture->received.payload.purpose, ==, HARK_KNOCK_RENEWAL);
  g_assert_true (answer (fixture) && read_answer (fixture));
}

static void
test_request_with_bad_text_is_refused (Fixture *fixture, const void *data)
{
  (void) data;
  fixture->target.purpose = HARK_KNOCK_REQUEST;
  fixture->target.request = &fixture->request;
  g_strlcpy (fixture->request.text, "\xc0\xaf", sizeof fixture->request.text);
  g_assert_true (knock (fixture));
  g_assert_false (hear (fixture));
}

static void
test_longest_path_fits (Fixture *fixture, const void *data)
{
  uint8_t longest[HARK_ANSWER_PATH_MAX];

  (void) data;
  memset (longest, 0x5a, sizeof longest);
  g_assert_true (knock (fixture) && hear (fixture));
  g_assert_true (hark_knock_answer (&fixture->received, &fixture->bob.self, &fixture->bob.rng, 1, 0,
                                    longest, sizeof longest, fixture->answer_packet,
                                    &fixture->bob_keys));
  g_assert_true (read_answer (fixture));
  assert_bytes (fixture->answer.path, fixture->answer.path_len, longest, sizeof longest);
  g_assert_cmpuint (fixture->answer.features, ==, 0);
}

/* version, features and Noise bytes; the tag and macs are the gate's. */
static void
test_every_flipped_byte_of_a_knock_is_refused (Fixture *fixture, const void *data)
{
  (void) data;
  g_assert_true (knock (fixture));
  for (size_t at = 1; at < HARK_KNOCK_AT_MAC1; at++) {
    if (at >= HARK_KNOCK_AT_TAG && at < HARK_KNOCK_AT_NOISE)
      continue;
    fixture->knock.packet[at] ^= 0x02;
    g_assert_false (hear (fixture));
    fixture->knock.packet[at] ^= 0x02;
  }
  g_assert_true (hear (fixture));
}

static void
test_every_flipped_byte_of_an_answer_is_refused (Fixture *fixture, const void *data)
{
  (void) data;
  g_assert_true (knock (fixture) && hear (fixture) && answer (fixture));
  for (size_t at = 0; at < HARK_KNOCK_LEN; at++) {
    fixture->answer_packet[at] ^= 0x02;
    g_assert_false (read_answer (fixture));
    fixture->answer_packet[at] ^= 0x02;
  }
  g_assert_false (hark_knock_read_answer (&fixture->knock, fixture->answer_packet,
                                          HARK_KNOCK_LEN - 1, &fixture->answer));
  /* forged answers did no harm to the handshake */
  g_assert_true (read_answer (fixture));
}

/* Each part of the prologue that does not stand in the packet. */
static void
test_other_network_or_account_is_refused (Fixture *fixture, const void *data)
{
  HarkKey account = fixture->bob.self.account;

  (void) data;
  g_assert_true (knock (fixture));
  for (size_t at = 0; at < 32; at++) {
    fixture->bob.self.network[at] ^= 1;
    g_assert_false (hear (fixture));
    fixture->bob.self.network[at] ^= 1;
    fixture->bob.self.account.bytes[at] ^= 1;
    g_assert_false (hear (fixture));
    fixture->bob.self.account = account;
  }
  g_assert_true (hear (fixture));
}

static void
test_other_secret_is_refused (Fixture *fixture, const void *data)
{
  (void) data;
  g_assert_true (knock (fixture));
  fixture->token.bytes[0] ^= 1;
  g_assert_false (hear (fixture));
}

static void
test_pairwise_secret_works_too (Fixture *fixture, const void *data)
{
  uint8_t pairwise[32];

  (void) data;
  hark_rng_bytes (&fixture->alice.rng, pairwise, sizeof pairwise);
  fixture->target.secret = pairwise;
  fixture->target.secret_len = sizeof pairwise;
  g_assert_true (knock (fixture));
  g_assert_true (hark_knock_read (&fixture->bob.self, pairwise, sizeof pairwise,
                                  fixture->knock.packet, &fixture->received));
  g_assert_true (answer (fixture) && read_answer (fixture));
}

/* Mallory shows Alice's certificate with a static key of her own. */
static void
test_borrowed_certificate_is_refused (Fixture *fixture, const void *data)
{
  Person mallory;

  (void) data;
  person_init (&mallory, 3);
  memcpy (mallory.self.certificate, fixture->alice.self.certificate, HARK_CERTIFICATE_LEN);
  g_assert_true (hark_knock_init (&fixture->knock, &mallory.self, &fixture->target, &mallory.rng));
  g_assert_false (hear (fixture));
}

/* a certificate of another account for the right device; and one for another device. */
static void
test_answer_by_another_account_is_refused (Fixture *fixture, const void *data)
{
  Person mallory;

  (void) data;
  person_init (&mallory, 3);
  g_assert_true (knock (fixture) && hear (fixture));
  mallory.self.device = fixture->bob.self.device;
  person_certify (&mallory);
  memcpy (fixture->bob.self.certificate, mallory.self.certificate, HARK_CERTIFICATE_LEN);
  g_assert_true (answer (fixture));
  g_assert_false (read_answer (fixture));
}

static void
test_answer_with_certificate_of_another_device_is_refused (Fixture *fixture, const void *data)
{
  Person other = fixture->bob;

  (void) data;
  g_assert_true (knock (fixture) && hear (fixture));
  other.self.device.bytes[3] ^= 1;
  person_certify (&other);
  memcpy (fixture->bob.self.certificate, other.self.certificate, HARK_CERTIFICATE_LEN);
  g_assert_true (answer (fixture));
  g_assert_false (read_answer (fixture));
}

/* */
static void
test_nobody_knocks_at_himself (Fixture *fixture, const void *data)
{
  Person other_device;

  (void) data;
  fixture->target.account = fixture->alice.self.account;
  fixture->target.device = fixture->alice.self.device;
  g_assert_false (knock (fixture));

  /* and a knock by another device of our own account is not let in either */
  person_init (&other_device, 4);
  other_device.self.account = fixture->bob.self.account;
  other_device.account_seed = fixture->bob.account_seed;
  person_certify (&other_device);
  fixture->target.account = fixture->bob.self.account;
  fixture->target.device = fixture->bob.self.device;
  other_device.self.account = fixture->alice.self.account; /* get past our own check */
  g_assert_true (
    hark_knock_init (&fixture->knock, &other_device.self, &fixture->target, &other_device.rng));
  g_assert_false (hear (fixture));
}

/* what Alice sent comes back to Alice. */
static void
test_reflected_packets_are_refused (Fixture *fixture, const void *data)
{
  HarkKnockReceived received;

  (void) data;
  g_assert_true (knock (fixture));
  g_assert_false (hark_knock_read (&fixture->alice.self, fixture->token.bytes, 16,
                                   fixture->knock.packet, &received));
  memcpy (fixture->answer_packet, fixture->knock.packet, HARK_KNOCK_LEN);
  g_assert_false (read_answer (fixture));
  fixture->answer_packet[0] = HARK_PACKET_ANSWER;
  g_assert_false (read_answer (fixture));
}

/* low-order points as ephemeral key of a knock, of an answer, and as device to knock at. */
static void
test_low_order_keys_are_refused (Fixture *fixture, const void *data)
{
  g_autoptr (JsonParser) parser = vectors_load ("x25519-wycheproof.json");
  JsonArray *vectors = json_object_get_array_member (vectors_root (parser), "vectors");
  HarkKnock good;

  (void) data;
  g_assert_true (knock (fixture) && hear (fixture) && answer (fixture));
  good = fixture->knock;
  for (guint i = 0; i < json_array_get_length (vectors); i++) {
    JsonObject *vector = json_array_get_object_element (vectors, i);
    uint8_t low[32];

    if (!json_object_get_boolean_member (vector, "must_reject"))
      continue;
    g_assert_true (vectors_fixed (vector, "public", low, 32));
    fixture->knock = good;
    memcpy (fixture->knock.packet + HARK_KNOCK_AT_NOISE, low, 32);
    g_assert_false (hear (fixture));
    fixture->knock = good;
    memcpy (fixture->answer_packet + 8, low, 32);
    g_assert_false (read_answer (fixture));
    memcpy (fixture->target.device.bytes, low, 32);
    g_assert_false (knock (fixture));
  }
  hark_knock_clear (&good);
}

/* Features nobody offered, from a responder that lies. */
static void
test_features_beyond_the_offer_are_refused (Fixture *fixture, const void *data)
{
  (void) data;
  fixture->target.features = 0;
  g_assert_true (knock (fixture) && hear (fixture));
  fixture->received.payload.features = 0xffff;
  g_assert_true (answer (fixture));
  g_assert_false (read_answer (fixture));
}

static void
test_answer_to_another_knock_is_refused (Fixture *fixture, const void *data)
{
  (void) data;
  g_assert_true (knock (fixture) && hear (fixture) && answer (fixture));
  g_assert_true (knock (fixture));
  g_assert_false (read_answer (fixture));
}

/* Puts @payload into the knock, sealed as the protocol document says and by a peer who is let in.
 */
static void
seal_payload (Fixture *fixture, const uint8_t payload[512])
{
  uint8_t prologue[76] = "hark/hs/1"; /* then network, account, version and features */
  uint8_t input[26] = "hark/psk/1";
  HarkNoiseHandshake handshake;
  HarkSecret psk;
  size_t len = 0;

  memcpy (input + 10, fixture->token.bytes, 16);
  crypto_generichash (psk.bytes, sizeof psk, input, sizeof input, NULL, 0);
  memcpy (prologue + 41, fixture->bob.self.account.bytes, 32);
  memcpy (prologue + 73, fixture->knock.packet + 1, 3);
  hark_noise_handshake_init (&handshake, &(HarkNoiseConfig){
                                           .pattern = HARK_NOISE_IK,
                                           .initiator = true,
                                           .prologue = prologue,
                                           .prologue_len = sizeof prologue,
                                           .static_secret = &fixture->alice.self.device_secret,
                                           .static_public = &fixture->alice.self.device,
                                           .remote_static = &fixture->bob.self.device,
                                           .psks = {[1] = &psk},
                                         });
  g_assert_true (hark_noise_handshake_write (&handshake, &fixture->alice.rng, payload, 512,
                                             fixture->knock.packet + HARK_KNOCK_AT_NOISE,
                                             HARK_KNOCK_NOISE_LEN, &len));
  hark_noise_handshake_clear (&handshake);
}

/* Unknown purposes, leftover bytes and lying lengths, written by an authenticated peer. */
static void
test_odd_payloads_are_refused (Fixture *fixture, const void *data)
{
  static const struct {
    size_t at;
    uint8_t value;
  } changes[] = {
    {176, 0  },
    {176, 4  },
    {176, 255},
    {177, 1  },
    {177, 49 },
    {178, 1  },
    {179, 1  },
    {180, 1  },
    {228, 1  },
    {484, 1  },
    {500, 1  },
    {511, 1  }
  };
  uint8_t payload[512];

  (void) data;
  g_assert_true (knock (fixture));
  for (size_t i = 0; i <= G_N_ELEMENTS (changes); i++) {
    memset (payload, 0, sizeof payload);
    memcpy (payload, fixture->alice.self.certificate, HARK_CERTIFICATE_LEN);
    payload[176] = HARK_KNOCK_SESSION;
    if (i < G_N_ELEMENTS (changes))
      payload[changes[i].at] = changes[i].value;
    seal_payload (fixture, payload);
    g_assert_cmpint (hear (fixture), ==, i == G_N_ELEMENTS (changes));
  }
}

static void
test_refusal_wipes (Fixture *fixture, const void *data)
{
  (void) data;
  g_assert_true (knock (fixture));
  fixture->knock.packet[300] ^= 1;
  g_assert_false (hear (fixture));
  g_assert_true (sodium_is_zero ((const uint8_t *) &fixture->received.payload,
                                 sizeof fixture->received.payload));
  g_assert_true (fixture->received.handshake.failed);
  fixture->received.handshake.failed = false;
  g_assert_true (sodium_is_zero ((const uint8_t *) &fixture->received.handshake,
                                 sizeof fixture->received.handshake));
}

/* nothing we send back to a stranger's address is longer than what came from it. */
static void
test_answers_are_no_longer_than_questions (Fixture *fixture, const void *data)
{
  (void) data;
  g_assert_cmpuint (sizeof fixture->answer_packet, <=, sizeof fixture->knock.packet);
  g_assert_cmpuint (HARK_COOKIE_LEN, <=, sizeof fixture->knock.packet);
}

#define ADD(path_, test) g_test_add ("/knock/" path_, Fixture, NULL, set_up, test, tear_down)

int
main (int argc, char *argv[])
{
  g_assert_cmpint (sodium_init (), >=, 0);
  g_test_init (&argc, &argv, NULL);
  ADD ("both-sides-get-the-same-keys", test_both_sides_get_the_same_keys);
  ADD ("request-says-who-and-why", test_request_says_who_and_why);
  ADD ("renewal-says-so", test_renewal_says_so);
  ADD ("request-with-bad-text-is-refused", test_request_with_bad_text_is_refused);
  ADD ("longest-path-fits", test_longest_path_fits);
  ADD ("every-flipped-byte-of-a-knock-is-refused", test_every_flipped_byte_of_a_knock_is_refused);
  ADD ("every-flipped-byte-of-an-answer-is-refused",
       test_every_flipped_byte_of_an_answer_is_refused);
  ADD ("other-network-or-account-is-refused", test_other_network_or_account_is_refused);
  ADD ("other-secret-is-refused", test_other_secret_is_refused);
  ADD ("pairwise-secret-works-too", test_pairwise_secret_works_too);
  ADD ("borrowed-certificate-is-refused", test_borrowed_certificate_is_refused);
  ADD ("answer-by-another-account-is-refused", test_answer_by_another_account_is_refused);
  ADD ("answer-with-certificate-of-another-device-is-refused",
       test_answer_with_certificate_of_another_device_is_refused);
  ADD ("nobody-knocks-at-himself", test_nobody_knocks_at_himself);
  ADD ("reflected-packets-are-refused", test_reflected_packets_are_refused);
  ADD ("low-order-keys-are-refused", test_low_order_keys_are_refused);
  ADD ("features-beyond-the-offer-are-refused", test_features_beyond_the_offer_are_refused);
  ADD ("answer-to-another-knock-is-refused", test_answer_to_another_knock_is_refused);
  ADD ("odd-payloads-are-refused", test_odd_payloads_are_refused);
  ADD ("refusal-wipes", test_refusal_wipes);
  ADD ("answers-are-no-longer-than-questions", test_answers_are_no_longer_than_questions);
  return g_test_run ();
}
