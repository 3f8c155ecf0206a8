/* Packets for a relay node and for those who go through it: nothing breaks, nothing grows, and no
 * answer is longer than what it answers. The input is a row of: who (1), length (1), packet; a
 * packet with bit 7 of `who` gets a right mac. */
#include "net/relay/guest.h"
#include "net/relay/host.h"

#include <glib.h>
#include <string.h>

#define START (100 * HARK_SECOND)

int LLVMFuzzerTestOneInput (const uint8_t *data, size_t size);

static const HarkSecret secret = {{7}};

/* With the mac of whoever knows the secret. */
static void
authorize (const uint8_t *data, size_t len, uint8_t ret[HARK_RELAY_HOST_CONTROL_LEN])
{
  uint8_t key[HARK_RELAY_HOST_KEY_LEN];
  HarkRelayHostPacket packet;

  if (len != HARK_RELAY_HOST_CONTROL_LEN || !hark_relay_host_packet_read (data, len, &packet)
      || packet.kind == HARK_RELAY_HOST_DATA)
    return;
  hark_relay_host_key (&secret, packet.channel, packet.end, key);
  hark_relay_host_packet_write (&packet, key, ret);
  g_assert (memcmp (ret, data, HARK_RELAY_HOST_CONTROL_LEN - HARK_RELAY_HOST_MAC_LEN) == 0);
}

static void
give (HarkRelayHost *host,
      HarkRelayGuest *guest,
      uint8_t who,
      const uint8_t *packet,
      size_t len,
      HarkTime now)
{
  HarkEndpoint from = {.family = 4, .port = (uint16_t) (1000 + who % 4), .tcp = who & 64}, to;
  HarkRelayHostOutput said;
  HarkRelayGuestOutput asked;
  HarkRelayFrame frame;
  HarkKey relay;

  from.ip[0] = 9;
  if (hark_relay_host_handle (host, &from, packet, len, now, &to))
    g_assert (len > HARK_RELAY_HOST_DATA_HEAD);
  while (hark_relay_host_poll (host, &said))
    g_assert (sizeof said.bytes <= HARK_RELAY_HOST_CONTROL_LEN);
  if (hark_relay_guest_handle (guest, &from, packet, len, now, &relay, &frame)
      && frame.kind == HARK_RELAY_DATA)
    g_assert (frame.len >= 1 && frame.len <= HARK_RELAY_PACKET_MAX);
  while (hark_relay_guest_poll (guest, &asked))
    g_assert (hark_endpoint_same_ip (&asked.to, &from));
}

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  static const uint8_t seed[32] = {1}, channel[HARK_RELAY_HOST_CHANNEL_LEN];
  HarkRelayGuest *guest = hark_relay_guest_new ();
  uint8_t key[HARK_RELAY_HOST_KEY_LEN];
  HarkEndpoint place = {.family = 4, .port = 1000};
  HarkRelayFrame ask = {.kind = HARK_RELAY_ASK};
  HarkKey shown = {{1}}, relay;
  HarkRelayHostStats stats;
  HarkTime now = START;
  HarkRelayHost *host;
  HarkRng rng;

  hark_rng_init (&rng, seed);
  host = hark_relay_host_new (&secret, &rng, now);
  place.ip[0] = 9;
  hark_relay_host_key (&secret, channel, HARK_RELAY_HOST_GUEST, key);
  g_assert (
    hark_relay_guest_offer (guest, 1, HARK_RELAY_HOST_GUEST, channel, key, &shown, &place, &relay));
  hark_relay_guest_say (guest, &relay, &ask, now);
  while (size >= 2) {
    uint8_t packet[255], who = data[0];
    size_t len = MIN (data[1], size - 2);

    memcpy (packet, data + 2, len);
    if (who & 128)
      authorize (data + 2, len, packet);
    give (host, guest, who, packet, len, now);
    now += who % 64 * HARK_SECOND;
    hark_relay_host_handle_time (host, now);
    hark_relay_guest_handle_time (guest, now);
    data += 2 + len;
    size -= 2 + len;
  }
  hark_relay_host_get_stats (host, &stats);
  g_assert (stats.channels <= HARK_RELAY_HOST_CHANNELS_MAX);
  hark_relay_host_free (host);
  hark_relay_guest_free (guest);
  return 0;
}
