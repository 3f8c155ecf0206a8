#include "net/relay/host-packet.h"

#include "net/base/domain.h"
#include "net/base/hash.h"
#include "net/base/reader.h"
#include "net/base/writer.h"

#include <glib.h>

#define FLAG_OTHER 1u
#define MAC_AT (HARK_RELAY_HOST_CONTROL_LEN - HARK_RELAY_HOST_MAC_LEN)

void
hark_relay_host_key (const HarkSecret *secret,
                     const uint8_t channel[HARK_RELAY_HOST_CHANNEL_LEN],
                     HarkRelayHostEnd end,
                     uint8_t ret[HARK_RELAY_HOST_KEY_LEN])
{
  HARK_HASH (ret, HARK_RELAY_HOST_KEY_LEN, secret->bytes, sizeof secret->bytes,
             end == HARK_RELAY_HOST_HOLDER ? HARK_DOMAIN_RELAY_HOLDER : HARK_DOMAIN_RELAY_GUEST,
             HARK_PART_BYTES (channel, HARK_RELAY_HOST_CHANNEL_LEN));
}

void
hark_relay_host_id (const HarkSecret *secret, HarkKey *ret)
{
  HARK_HASH (ret->bytes, sizeof ret->bytes, NULL, 0, HARK_DOMAIN_RELAY_HOST_ID, HARK_PART (secret));
}

static void
make_mac (const uint8_t data[MAC_AT],
          const uint8_t key[HARK_RELAY_HOST_KEY_LEN],
          uint8_t ret[HARK_RELAY_HOST_MAC_LEN])
{
  HARK_HASH (ret, HARK_RELAY_HOST_MAC_LEN, key, HARK_RELAY_HOST_KEY_LEN, HARK_DOMAIN_RELAY_HOST_MAC,
             HARK_PART_BYTES (data, MAC_AT));
}

void
hark_relay_host_packet_write (const HarkRelayHostPacket *packet,
                              const uint8_t key[HARK_RELAY_HOST_KEY_LEN],
                              uint8_t ret[HARK_RELAY_HOST_CONTROL_LEN])
{
  HarkWriter writer;

  g_assert (packet->kind != HARK_RELAY_HOST_DATA);
  hark_writer_init (&writer, ret, HARK_RELAY_HOST_CONTROL_LEN);
  hark_writer_u8 (&writer, HARK_RELAY_HOST_FIRST);
  hark_writer_u8 (&writer, (uint8_t) packet->kind);
  hark_writer_u8 (&writer, (uint8_t) packet->end);
  hark_writer_u8 (&writer, packet->kind == HARK_RELAY_HOST_READY && packet->other ? FLAG_OTHER : 0);
  hark_writer_bytes (&writer, packet->channel, sizeof packet->channel);
  if (packet->kind == HARK_RELAY_HOST_READY) {
    hark_writer_u32 (&writer, packet->number);
    hark_writer_u32 (&writer, packet->rate);
  } else {
    hark_writer_bytes (&writer, packet->cookie, sizeof packet->cookie);
  }
  g_assert (hark_writer_is_ok (&writer) && writer.len == MAC_AT);
  make_mac (ret, key, ret + MAC_AT);
}

void
hark_relay_host_packet_write_head (uint32_t number, uint8_t ret[HARK_RELAY_HOST_DATA_HEAD])
{
  HarkWriter writer;

  hark_writer_init (&writer, ret, HARK_RELAY_HOST_DATA_HEAD);
  hark_writer_u8 (&writer, HARK_RELAY_HOST_FIRST);
  hark_writer_u8 (&writer, HARK_RELAY_HOST_DATA);
  hark_writer_u32 (&writer, number);
}

static bool
read_data (HarkReader *reader, HarkRelayHostPacket *ret)
{
  HarkRelayHostPacket packet = {.kind = HARK_RELAY_HOST_DATA};

  packet.number = hark_reader_u32 (reader);
  packet.len = hark_reader_left (reader);
  packet.data = hark_reader_borrow (reader, packet.len);
  if (!hark_reader_is_done (reader) || packet.number == 0 || packet.len == 0
      || packet.len > HARK_RELAY_PACKET_MAX)
    return false;
  *ret = packet;
  return true;
}

bool
hark_relay_host_packet_read (const uint8_t *data, size_t len, HarkRelayHostPacket *ret)
{
  HarkRelayHostPacket packet = {0};
  HarkReader reader;
  uint8_t first, kind, end, flags;

  hark_reader_init (&reader, data, len);
  first = hark_reader_u8 (&reader);
  kind = hark_reader_u8 (&reader);
  if (first != HARK_RELAY_HOST_FIRST)
    return false;
  if (kind == HARK_RELAY_HOST_DATA)
    return read_data (&reader, ret);
  end = hark_reader_u8 (&reader);
  flags = hark_reader_u8 (&reader);
  hark_reader_copy (&reader, packet.channel, sizeof packet.channel);
  if (kind == HARK_RELAY_HOST_READY) {
    packet.number = hark_reader_u32 (&reader);
    packet.rate = hark_reader_u32 (&reader);
  } else {
    hark_reader_copy (&reader, packet.cookie, sizeof packet.cookie);
  }
  hark_reader_borrow (&reader, HARK_RELAY_HOST_MAC_LEN);
  if (!hark_reader_is_done (&reader) || kind < HARK_RELAY_HOST_OPEN || kind > HARK_RELAY_HOST_CLOSE
      || end > HARK_RELAY_HOST_GUEST
      || (flags & ~(kind == HARK_RELAY_HOST_READY ? FLAG_OTHER : 0u)))
    return false;
  packet.kind = (HarkRelayHostKind) kind;
  packet.end = (HarkRelayHostEnd) end;
  packet.other = flags & FLAG_OTHER;
  *ret = packet;
  return true;
}

bool
hark_relay_host_packet_check (const uint8_t data[HARK_RELAY_HOST_CONTROL_LEN],
                              const uint8_t key[HARK_RELAY_HOST_KEY_LEN])
{
  uint8_t mac[HARK_RELAY_HOST_MAC_LEN];

  make_mac (data, key, mac);
  return sodium_memcmp (mac, data + MAC_AT, sizeof mac) == 0;
}
