/* A packet beside QUIC: nothing that the peer did not seal is accepted; what is sealed comes
 * through once. */
#include "net/session/media.h"

#include <string.h>

int LLVMFuzzerTestOneInput (const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  HarkSessionSecrets secrets = {{1}, {2}, {3}};
  uint8_t packet[HARK_MEDIA_PACKET_MAX], payload[HARK_SESSION_MEDIA_MAX];
  HarkMedia ours, theirs;
  size_t len;

  hark_media_init (&ours, HARK_MEDIA_VOICE, &secrets, true);
  hark_media_init (&theirs, HARK_MEDIA_VOICE, &secrets, false);
  g_assert (hark_media_open (&ours, data, size, payload) == 0);
  /* the first two bytes move the sequence number about */
  if (size > 2)
    theirs.tx_next = (uint64_t) data[0] << 8 | data[1];
  len = hark_media_seal (&theirs, data, size, packet);
  g_assert ((len != 0) == (size >= 1 && size <= HARK_SESSION_MEDIA_MAX));
  if (len == 0)
    return 0;
  g_assert (hark_media_open (&ours, packet, len, payload) == size);
  g_assert (memcmp (payload, data, size) == 0);
  g_assert (hark_media_open (&ours, packet, len, payload) == 0);
  return 0;
}
