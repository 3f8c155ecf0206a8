/* Mailboxes. The first byte chooses: 0, the bytes as they are in the DHT; else, as what somebody
 * who has the secret sealed. */
#include "net/base/domain.h"
#include "net/rendezvous/mailbox.h"

#include <string.h>

int LLVMFuzzerTestOneInput (const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  static const uint8_t secret[32] = {1};
  HarkKey writer = {{2}}, reader = {{3}};
  uint8_t packet[HARK_MAILBOX_PACKET_LEN], value[HARK_MAILBOX_VALUE_LEN] = {1};
  uint8_t plain[700] = {0}, ad[40] = {0};
  HarkMailbox mailbox;

  if (size == 0 || sodium_init () < 0)
    return 0;
  hark_mailbox_derive (secret, sizeof secret, &writer, &reader, 20000, NULL, &mailbox);
  if (data[0] == 0) {
    hark_mailbox_open (&mailbox, 0, data + 1, size - 1, packet);
    return 0;
  }

  memcpy (plain, data + 1, MIN (size - 1, sizeof plain));
  memcpy (ad, mailbox.key, sizeof mailbox.key);
  crypto_aead_xchacha20poly1305_ietf_encrypt (value + 25, NULL, plain, sizeof plain, ad, sizeof ad,
                                              NULL, value + 1, mailbox.seal.bytes);
  if (hark_mailbox_open (&mailbox, 0, value, sizeof value, packet)) {
    g_assert_cmpint (memcmp (packet, plain, sizeof packet), ==, 0);
    g_assert_true (sodium_is_zero (plain + sizeof packet, sizeof plain - sizeof packet));
  }
  return 0;
}
