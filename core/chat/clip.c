#include "core/chat/clip.h"

#include "core/voice/ogg.h"

#include <glib.h>
#include <string.h>

#define PAGE_HEAD 27 /* bytes before the table of segments */
#define CONTINUED 1  /* flags of a page */
#define FIRST 2
#define LAST 4
#define NO_POSITION UINT64_MAX /* no packet ends on the page */
#define HEAD_LEN 19            /* of OpusHead with mapping family 0 */
#define RATE_MS 48             /* samples of a position in a ms */
#define PACKET_SAMPLES_MAX 5760

typedef struct {
  unsigned pages, packets; /* so far; the first two packets are headers */
  bool open;               /* a packet goes on */
  uint8_t head[HEAD_LEN];  /* start of the packet that is read */
  size_t packet_len;
  uint32_t serial;
  unsigned channels, pre_skip;
  uint64_t samples, position; /* of all packets; of the last page that has one */
  bool over;
} Stream;

static uint64_t
get (const uint8_t *bytes, unsigned n)
{
  uint64_t value = 0;

  while (n-- > 0)
    value = value << 8 | bytes[n];
  return value;
}

/* ---- packets ---- */

/* Samples of an Opus packet by its first two bytes; 0: it cannot be. */
static unsigned
packet_samples (const uint8_t *packet, size_t len)
{
  static const unsigned silk[] = {480, 960, 1920, 2880}, celt[] = {120, 240, 480, 960};
  const unsigned config = packet[0] >> 3;
  const unsigned frame = config < 12   ? silk[config % 4]
                         : config < 16 ? silk[config % 2]
                                       : celt[config % 4];
  unsigned frames = 2;

  if ((packet[0] & 3) == 0)
    frames = 1;
  else if ((packet[0] & 3) == 3)
    frames = len > 1 ? packet[1] & 0x3f : 0;
  return frame * frames <= PACKET_SAMPLES_MAX ? frame * frames : 0;
}

static bool
read_head (Stream *stream)
{
  const uint8_t *head = stream->head;

  stream->channels = head[9];
  stream->pre_skip = (unsigned) get (head + 10, 2);
  return stream->packet_len == HEAD_LEN && memcmp (head, "OpusHead", 8) == 0 && head[8] == 1
         && (head[9] == 1 || head[9] == 2) && head[18] == 0;
}

static bool
end_packet (Stream *stream)
{
  unsigned samples;

  stream->open = false;
  switch (stream->packets++) {
  case 0:
    return read_head (stream);
  case 1:
    return stream->packet_len >= 16 && stream->packet_len <= HARK_CLIP_TAGS_MAX
           && memcmp (stream->head, "OpusTags", 8) == 0;
  default:
    samples = stream->packet_len > 0 ? packet_samples (stream->head, stream->packet_len) : 0;
    stream->samples += samples;
    return samples > 0;
  }
}

static bool
read_segment (Stream *stream, const uint8_t *bytes, size_t len)
{
  if (!stream->open)
    stream->packet_len = 0;
  stream->open = true;
  if (stream->packet_len < HEAD_LEN)
    memcpy (stream->head + stream->packet_len, bytes, MIN (len, HEAD_LEN - stream->packet_len));
  stream->packet_len += len;
  return len == 255 || end_packet (stream);
}

/* ---- pages ---- */

/* What its head claims, against what came before. */
static bool
check_page (Stream *stream, const uint8_t *page)
{
  const unsigned flags = page[5];

  if (memcmp (page, "OggS", 4) != 0 || page[4] != 0 || flags > (CONTINUED | FIRST | LAST)
      || stream->over)
    return false;
  if (stream->pages == 0)
    stream->serial = (uint32_t) get (page + 14, 4);
  return ((flags & FIRST) != 0) == (stream->pages == 0)
         && ((flags & CONTINUED) != 0) == stream->open && get (page + 14, 4) == stream->serial
         && get (page + 18, 4) == stream->pages;
}

/* The page at @data; its length, or 0 when it is none. */
static size_t
read_page (Stream *stream, const uint8_t *data, size_t left)
{
  const unsigned before = stream->packets;
  size_t at, body = 0;

  if (left < PAGE_HEAD || left < PAGE_HEAD + (size_t) data[26] || !check_page (stream, data))
    return 0;
  at = PAGE_HEAD + (size_t) data[26];
  for (unsigned i = 0; i < data[26]; i++)
    body += data[PAGE_HEAD + i];
  if (left - at < body || hark_ogg_checksum (data, at + body) != get (data + 22, 4))
    return 0;
  for (unsigned i = 0; i < data[26]; at += data[PAGE_HEAD + i], i++)
    if (!read_segment (stream, data + at, data[PAGE_HEAD + i]))
      return 0;
  /* the head is alone on its page, and sound begins on a page of its own */
  if ((stream->pages == 0 && (stream->packets != 1 || stream->open))
      || (before == 1 && (stream->packets > 2 || (stream->packets == 2 && stream->open))))
    return 0;
  if (stream->packets > 2 && get (data + 6, 8) != NO_POSITION)
    stream->position = get (data + 6, 8);
  stream->over = (data[5] & LAST) != 0;
  stream->pages++;
  return at;
}

bool
hark_clip_read (const uint8_t *data, size_t len, HarkClip *ret)
{
  Stream stream = {0};
  uint64_t length_ms;
  size_t page;

  if (len > HARK_CLIP_LEN_MAX)
    return false;
  for (size_t at = 0; at < len; at += page)
    if ((page = read_page (&stream, data + at, len - at)) == 0)
      return false;
  if (!stream.over || stream.open || stream.packets < 3 || stream.position > stream.samples
      || stream.position < stream.pre_skip)
    return false;
  length_ms = (stream.position - stream.pre_skip + RATE_MS - 1) / RATE_MS;
  if (length_ms == 0 || length_ms > HARK_CLIP_MS_MAX)
    return false;
  *ret = (HarkClip){
    .length_ms = (uint32_t) length_ms, .channels = stream.channels, .packets = stream.packets - 2};
  return true;
}
