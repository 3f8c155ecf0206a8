/* Beacons are read within bounds, what is read can be written again, and sealed datagrams open for
 * members only. */
#include "net/lan/lan.h"
#include "net/lan/seal.h"

#include <string.h>

int LLVMFuzzerTestOneInput (const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  HarkEndpoint from = {
    .family = 4, .port = HARK_BEACON_PORT, .ip = {10, 0, 0, 2}
  };
  uint8_t tag[HARK_BEACON_TAG_LEN] = {0}, seed[32] = {1}, packet[HARK_BEACON_LEN_MAX];
  HarkSecret key = {{3}};
  HarkBeacon beacon;
  HarkLan *lan;
  HarkRng rng;

  if (sodium_init () < 0)
    return 0;
  hark_rng_init (&rng, seed);
  lan = hark_lan_new (tag, &rng, HARK_SECOND);
  hark_lan_set_port (lan, 5000, HARK_SECOND);
  if (hark_beacon_read (data, size, &beacon)) {
    g_assert (g_utf8_validate (beacon.person.name, -1, NULL));
    if (!beacon.has_person) {
      g_assert (hark_beacon_write (&beacon, NULL, packet) == size);
      g_assert (memcmp (packet, data, size) == 0);
    }
  }
  hark_lan_handle_packet (lan, &from, data, size, true, HARK_SECOND);
  g_assert (hark_lan_count (lan, HARK_SECOND) <= 1);
  hark_lan_free (lan);

  if (size > HARK_SEAL_OVERHEAD && size < 4096) {
    g_autofree uint8_t *opened = g_malloc (size);

    g_assert (!hark_seal_open (&key, data, size, opened));
  }
  return 0;
}
