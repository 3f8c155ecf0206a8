/* Signals. The first byte chooses: 0, the bytes as they are; 1, as plaintext sealed by the peer. */
#include "net/base/domain.h"
#include "net/base/hash.h"
#include "net/noise/signal.h"

#include <string.h>

int LLVMFuzzerTestOneInput (const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  uint8_t packet[HARK_KNOCK_LEN] = {HARK_PACKET_SIGNAL, HARK_PACKET_VERSION};
  uint8_t plain[608] = {0};
  HarkKnockKeys keys = {.initiator_to_responder = {1}, .responder_to_initiator = {2}};
  HarkSignal signal;
  HarkSignalMessage message;
  uint8_t key[32];

  if (size == 0 || sodium_init () < 0)
    return 0;
  hark_signal_init (&signal, &keys, false, 1);
  if (data[0] == 0) {
    g_assert_cmpint (hark_signal_read (&signal, data + 1, size - 1, &message), ==,
                     HARK_SIGNAL_REFUSED);
    return 0;
  }

  memcpy (plain, data + 1, MIN (size - 1, sizeof plain));
  hark_hash (key, sizeof key, keys.initiator_to_responder, 32, HARK_DOMAIN_SIGNAL, NULL, 0);
  crypto_aead_xchacha20poly1305_ietf_encrypt (packet + 32, NULL, plain, sizeof plain, packet, 8,
                                              NULL, packet + 8, key);
  if (hark_signal_read (&signal, packet, sizeof packet, &message) != HARK_SIGNAL_REFUSED) {
    g_assert_cmpuint (message.body_len, <=, sizeof message.body);
    g_assert_cmpint (hark_signal_read (&signal, packet, sizeof packet, &message), ==,
                     HARK_SIGNAL_REPEATED);
  }
  return 0;
}
