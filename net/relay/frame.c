#include "net/relay/frame.h"

#include "net/base/reader.h"
#include "net/base/writer.h"

#include <glib.h>

size_t
hark_relay_frame_write (const HarkRelayFrame *frame, uint8_t ret[HARK_RELAY_CONTROL_LEN_MAX])
{
  HarkWriter writer;

  hark_writer_init (&writer, ret, HARK_RELAY_CONTROL_LEN_MAX);
  hark_writer_u8 (&writer, (uint8_t) frame->kind);
  switch (frame->kind) {
  case HARK_RELAY_GONE:
    hark_writer_u32 (&writer, frame->channel);
    hark_writer_u8 (&writer, frame->reason);
    break;
  case HARK_RELAY_MATCHED:
    hark_writer_bytes (&writer, frame->tag, sizeof frame->tag);
    hark_writer_u32 (&writer, frame->channel);
    hark_writer_u16 (&writer, frame->rtt_ms);
    hark_writer_u32 (&writer, frame->rate);
    break;
  case HARK_RELAY_REFUSED:
    hark_writer_bytes (&writer, frame->tag, sizeof frame->tag);
    hark_writer_u8 (&writer, frame->reason);
    break;
  case HARK_RELAY_ASK:
  case HARK_RELAY_WAIT:
  case HARK_RELAY_LEAVE:
    hark_writer_bytes (&writer, frame->tag, sizeof frame->tag);
    break;
  case HARK_RELAY_AGAIN:
    break;
  case HARK_RELAY_SEND:
  case HARK_RELAY_DATA:
    g_assert_not_reached ();
  }
  g_assert (hark_writer_is_ok (&writer));
  return writer.len;
}

void
hark_relay_frame_write_head (HarkRelayKind kind,
                             uint32_t channel,
                             uint8_t ret[HARK_RELAY_DATA_HEAD])
{
  HarkWriter writer;

  hark_writer_init (&writer, ret, HARK_RELAY_DATA_HEAD);
  hark_writer_u8 (&writer, (uint8_t) kind);
  hark_writer_u32 (&writer, channel);
}

bool
hark_relay_frame_read (const uint8_t *data, size_t len, HarkRelayFrame *ret)
{
  HarkRelayFrame frame = {0};
  HarkReader reader;

  hark_reader_init (&reader, data, len);
  frame.kind = (HarkRelayKind) hark_reader_u8 (&reader);
  switch (frame.kind) {
  case HARK_RELAY_GONE:
    frame.channel = hark_reader_u32 (&reader);
    frame.reason = hark_reader_u8 (&reader);
    break;
  case HARK_RELAY_MATCHED:
    hark_reader_copy (&reader, frame.tag, sizeof frame.tag);
    frame.channel = hark_reader_u32 (&reader);
    frame.rtt_ms = hark_reader_u16 (&reader);
    frame.rate = hark_reader_u32 (&reader);
    break;
  case HARK_RELAY_REFUSED:
    hark_reader_copy (&reader, frame.tag, sizeof frame.tag);
    frame.reason = hark_reader_u8 (&reader);
    break;
  case HARK_RELAY_ASK:
  case HARK_RELAY_WAIT:
  case HARK_RELAY_LEAVE:
    hark_reader_copy (&reader, frame.tag, sizeof frame.tag);
    break;
  case HARK_RELAY_SEND:
  case HARK_RELAY_DATA:
    frame.channel = hark_reader_u32 (&reader);
    frame.len = hark_reader_left (&reader);
    frame.data = hark_reader_borrow (&reader, frame.len);
    if (frame.len == 0 || frame.len > HARK_RELAY_PACKET_MAX)
      return false;
    break;
  case HARK_RELAY_AGAIN:
    break;
  default:
    return false;
  }
  if (!hark_reader_is_done (&reader))
    return false;
  if ((frame.kind == HARK_RELAY_GONE || frame.kind == HARK_RELAY_MATCHED
       || frame.kind == HARK_RELAY_SEND || frame.kind == HARK_RELAY_DATA)
      && frame.channel == 0)
    return false;
  *ret = frame;
  return true;
}
