/* First packets at a gate and behind it. The first byte chooses: 0, the bytes as they are; 1,
 * sealed with a right tag and mac1; 2, as payload 1 of a knock by a real peer. */
#include "tests/person.h"

int LLVMFuzzerTestOneInput (const uint8_t *data, size_t size);

static const uint8_t token[16] = {1, 2, 3};

/* Message 1 with @payload, by a peer that knows everything it has to. */
static void
seal_payload (Person *peer,
              const Person *us,
              const uint8_t *payload,
              uint8_t packet[HARK_KNOCK_LEN])
{
  uint8_t prologue[76] = "hark/hs/1";
  uint8_t input[26] = "hark/psk/1";
  HarkNoiseHandshake handshake;
  HarkSecret psk;
  size_t len = 0;

  memcpy (input + 10, token, sizeof token);
  crypto_generichash (psk.bytes, sizeof psk, input, sizeof input, NULL, 0);
  memcpy (prologue + 41, us->self.account.bytes, 32);
  memcpy (prologue + 73, packet + 1, 3);
  hark_noise_handshake_init (&handshake,
                             &(HarkNoiseConfig){.pattern = HARK_NOISE_IK,
                                                .initiator = true,
                                                .prologue = prologue,
                                                .prologue_len = sizeof prologue,
                                                .static_secret = &peer->self.device_secret,
                                                .static_public = &peer->self.device,
                                                .remote_static = &us->self.device,
                                                .psks = {[1] = &psk}});
  hark_noise_handshake_write (&handshake, &peer->rng, payload, 512, packet + HARK_KNOCK_AT_NOISE,
                              HARK_KNOCK_NOISE_LEN, &len);
}

static void
check_received (const HarkKnockReceived *received, const Person *us)
{
  g_assert_true (g_utf8_validate (received->payload.request.name, -1, NULL));
  g_assert_true (g_utf8_validate (received->payload.request.text, -1, NULL));
  g_assert_false (hark_key_equal (&received->payload.certificate.account, &us->self.account));
}

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  Person us, peer;
  HarkEndpoint from = {.family = 4, .port = 1000};
  uint8_t packet[HARK_KNOCK_LEN] = {HARK_PACKET_KNOCK, HARK_PACKET_VERSION};
  uint8_t payload[512] = {0};
  HarkKnockReceived received = {0};
  HarkGateResult result;
  HarkGateKey key;

  if (size == 0 || sodium_init () < 0)
    return 0;
  person_init (&us, 1);
  person_init (&peer, 2);
  {
    g_autoptr (HarkGate) gate = hark_gate_new (&us.self.account, &us.rng, 20000, 0);

    hark_gate_add (gate, token, sizeof token, 1);
    hark_gate_check (gate, data + 1, size - 1, &from, HARK_SECOND, &result);
    if (data[0] == 0)
      return 0;

    if (data[0] == 1) {
      memcpy (packet + 2, data + 1, MIN (size - 1, HARK_KNOCK_AT_MAC1 - 2));
    } else {
      memcpy (payload, peer.self.certificate, HARK_CERTIFICATE_LEN);
      memcpy (payload + HARK_CERTIFICATE_LEN, data + 1,
              MIN (size - 1, sizeof payload - HARK_CERTIFICATE_LEN));
      seal_payload (&peer, &us, payload, packet);
    }
    hark_gate_key_derive (token, sizeof token, &us.self.account, &key);
    hark_gate_key_tag (&key, 20000, packet + HARK_KNOCK_AT_TAG);
    hark_gate_key_seal (&key, packet);
    g_assert_cmpint (hark_gate_check (gate, packet, sizeof packet, &from, HARK_SECOND, &result), ==,
                     HARK_GATE_PASS);
    if (hark_knock_read (&us.self, token, sizeof token, packet, &received))
      check_received (&received, &us);
    hark_knock_received_clear (&received);
  }
  return 0;
}
