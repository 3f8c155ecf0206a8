/* Answers and cookie replies to a knock. The first byte chooses: 0, the bytes as they are; 1, as
 * payload 2 of the peer that was knocked at. */
#include "tests/person.h"

int LLVMFuzzerTestOneInput (const uint8_t *data, size_t size);

#define PAYLOAD_LEN 600

static const uint8_t token[16] = {1, 2, 3};

static void
seal_payload (HarkKnockReceived *received, Person *peer, const uint8_t *payload, uint8_t *packet)
{
  size_t len = 0;

  packet[0] = HARK_PACKET_ANSWER;
  packet[1] = HARK_PACKET_VERSION;
  packet[7] = 7; /* the index */
  hark_noise_handshake_write (&received->handshake, &peer->rng, payload, PAYLOAD_LEN, packet + 8,
                              HARK_KNOCK_LEN - 8, &len);
}

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  Person us, peer;
  uint8_t packet[HARK_KNOCK_LEN] = {0};
  uint8_t payload[PAYLOAD_LEN] = {0};
  g_auto (HarkKnockReceived) received = {0};
  g_auto (HarkKnock) knock = {0};
  HarkKnockAnswer answer;
  uint32_t index;

  if (size == 0 || sodium_init () < 0)
    return 0;
  person_init (&us, 1);
  person_init (&peer, 2);
  g_assert_true (hark_knock_init (&knock, &us.self,
                                  &(HarkKnockTarget){.account = peer.self.account,
                                                     .device = peer.self.device,
                                                     .secret = token,
                                                     .secret_len = sizeof token,
                                                     .day = 20000,
                                                     .index = 7,
                                                     .purpose = HARK_KNOCK_SESSION},
                                  &us.rng));
  if (data[0] == 0) {
    hark_packet_index (data + 1, size - 1, &index);
    hark_knock_use_cookie (&knock, data + 1, size - 1);
    g_assert_false (hark_knock_read_answer (&knock, data + 1, size - 1, &answer));
    return 0;
  }

  g_assert_true (hark_knock_read (&peer.self, token, sizeof token, knock.packet, &received));
  memcpy (payload, peer.self.certificate + 32, HARK_CERTIFICATE_LEN - 32);
  memcpy (payload + HARK_CERTIFICATE_LEN - 32, data + 1,
          MIN (size - 1, sizeof payload - (HARK_CERTIFICATE_LEN - 32)));
  seal_payload (&received, &peer, payload, packet);
  if (hark_knock_read_answer (&knock, packet, sizeof packet, &answer)) {
    g_assert_cmpuint (answer.path_len, <=, sizeof answer.path);
    g_assert_cmpuint (answer.features, ==, 0);
  }
  return 0;
}
