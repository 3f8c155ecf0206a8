#include "core/voice/packet.h"

#include "net/base/reader.h"
#include "net/base/writer.h"

bool
hark_voice_packet_parse (const uint8_t *data, size_t len, HarkVoicePacket *ret)
{
  HarkVoicePacket packet = {0};
  HarkReader reader;
  uint8_t flags;
  size_t n;

  if (len > HARK_VOICE_PACKET_MAX)
    return false;
  hark_reader_init (&reader, data, len);
  flags = hark_reader_u8 (&reader);
  packet.version = flags >> 4;
  packet.loss = hark_reader_u8 (&reader);
  if (packet.version >= 2)
    packet.wait = hark_reader_u8 (&reader);
  packet.tick = hark_reader_u32 (&reader);
  packet.copies = (flags >> 2) & 3;
  packet.blocks = (flags & 3) + 1;
  n = 1 + packet.copies;

  if (!hark_reader_is_ok (&reader) || packet.version < 1 || packet.version > HARK_VOICE_VERSION
      || packet.copies > HARK_VOICE_COPIES_MAX || packet.blocks > HARK_VOICE_FRAME_BLOCKS_MAX
      || hark_reader_left (&reader) % n != 0)
    return false;

  packet.frame_len = hark_reader_left (&reader) / n;
  for (size_t i = 0; i < n; i++) {
    packet.frames[i] = hark_reader_borrow (&reader, packet.frame_len);
    if (!hark_frame_check (packet.frames[i], packet.frame_len, packet.blocks))
      return false;
  }
  *ret = packet;
  return true;
}

size_t
hark_voice_packet_write (const HarkVoicePacket *packet, uint8_t ret[HARK_VOICE_PACKET_MAX])
{
  HarkWriter writer;

  hark_writer_init (&writer, ret, HARK_VOICE_PACKET_MAX);
  hark_writer_u8 (&writer,
                  (uint8_t) (packet->version << 4 | packet->copies << 2 | (packet->blocks - 1)));
  hark_writer_u8 (&writer, packet->loss);
  if (packet->version >= 2)
    hark_writer_u8 (&writer, packet->wait);
  hark_writer_u32 (&writer, packet->tick);
  for (size_t i = 0; i <= packet->copies; i++)
    hark_writer_bytes (&writer, packet->frames[i], packet->frame_len);
  g_assert (hark_writer_is_ok (&writer));
  return writer.len;
}
