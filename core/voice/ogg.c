#include "core/voice/ogg.h"

#include <opus.h>
#include <string.h>

#define PAGE_HEAD 27 /* bytes before the table of segments */
#define SUM_AT 22    /* of the sum in it, 4 bytes */
#define FIRST 2      /* flags of a page */
#define LAST 4
#define HEAD_LEN 19 /* of OpusHead with mapping family 0 */
#define RATE 48000
#define PACKET_SAMPLES_MAX 5760
#define VENDOR "Hark"
#define PART_COMMENT "HARK_PART=01/01/0000000000000000"
#define TAGS_LEN (8 + 4 + 4 + 4 + 4 + 32)
#define TAGS_PAGE (PAGE_HEAD + 1 + HEAD_LEN) /* where it begins in what we write */
#define PART_AT (8 + 4 + 4 + 4 + 4 + 10)     /* of the digits, from where the packet begins */
#define PART_DIGITS (2 + 1 + 2 + 1 + 2 * HARK_OGG_SET_LEN)

G_STATIC_ASSERT (sizeof PART_COMMENT - 1 == 32);

/* Polynomial 0x04c11db7, four bits at a time. */
uint32_t
hark_ogg_checksum (const uint8_t *page, size_t len)
{
  static const uint32_t nibbles[16] = {
    0x00000000, 0x04c11db7, 0x09823b6e, 0x0d4326d9, 0x130476dc, 0x17c56b6b, 0x1a864db2, 0x1e475005,
    0x2608edb8, 0x22c9f00f, 0x2f8ad6d6, 0x2b4bcb61, 0x350c9b64, 0x31cd86d3, 0x3c8ea00a, 0x384fbdbd};
  uint32_t sum = 0;

  for (size_t i = 0; i < len; i++) {
    sum ^= (uint32_t) (i >= SUM_AT && i < SUM_AT + 4 ? 0 : page[i]) << 24;
    sum = sum << 4 ^ nibbles[sum >> 28];
    sum = sum << 4 ^ nibbles[sum >> 28];
  }
  return sum;
}

static void
put (uint8_t *at, uint64_t value, unsigned n)
{
  for (unsigned i = 0; i < n; i++)
    at[i] = (uint8_t) (value >> 8 * i);
}

static uint64_t
get (const uint8_t *at, unsigned n)
{
  uint64_t value = 0;

  while (n-- > 0)
    value = value << 8 | at[n];
  return value;
}

/* ---- writing ---- */

static void
add_page (HarkOggWriter *writer,
          uint8_t flags,
          uint64_t position,
          const uint8_t *sizes,
          unsigned n,
          const uint8_t *body)
{
  uint8_t *page = writer->bytes + writer->len;
  size_t body_len = 0;

  for (unsigned i = 0; i < n; i++)
    body_len += sizes[i];
  memcpy (page, "OggS", 5);
  page[5] = flags;
  put (page + 6, position, 8);
  put (page + 14, 1, 4); /* the only stream there is */
  put (page + 18, writer->pages++, 4);
  page[26] = (uint8_t) n;
  memcpy (page + PAGE_HEAD, sizes, n);
  memcpy (page + PAGE_HEAD + n, body, body_len);
  put (page + SUM_AT, hark_ogg_checksum (page, PAGE_HEAD + n + body_len), 4);
  writer->len += PAGE_HEAD + n + body_len;
}

void
hark_ogg_start (HarkOggWriter *writer, uint8_t *bytes, size_t max, uint16_t pre_skip)
{
  uint8_t head[HEAD_LEN] = "OpusHead\1\1", tags[TAGS_LEN] = "OpusTags";
  const uint8_t head_len = HEAD_LEN, tags_len = TAGS_LEN;

  g_assert (max >= 1024);
  *writer = (HarkOggWriter){.bytes = bytes, .max = max};
  put (head + 10, pre_skip, 2);
  put (head + 12, RATE, 4);
  add_page (writer, FIRST, 0, &head_len, 1, head);
  put (tags + 8, strlen (VENDOR), 4);
  memcpy (tags + 12, VENDOR, strlen (VENDOR));
  put (tags + 16, 1, 4);
  put (tags + 20, strlen (PART_COMMENT), 4);
  memcpy (tags + 24, PART_COMMENT, strlen (PART_COMMENT));
  add_page (writer, 0, 0, &tags_len, 1, tags);
}

bool
hark_ogg_add (HarkOggWriter *writer, const uint8_t *packet, size_t len, unsigned samples)
{
  g_assert (len > 0 && len <= HARK_OGG_PACKET_MAX);
  /* a page of its own at worst */
  if (writer->len + PAGE_HEAD + writer->waiting + writer->waiting_len + PAGE_HEAD + 1 + len
      > writer->max)
    return false;
  /* not before there is one more: the last page is never empty */
  if (writer->waiting == HARK_OGG_PAGE_PACKETS) {
    add_page (writer, 0, writer->samples, writer->sizes, writer->waiting, writer->packets);
    writer->waiting = 0;
    writer->waiting_len = 0;
  }
  writer->sizes[writer->waiting++] = (uint8_t) len;
  memcpy (writer->packets + writer->waiting_len, packet, len);
  writer->waiting_len += len;
  writer->samples += samples;
  return true;
}

void
hark_ogg_end (HarkOggWriter *writer, uint64_t position)
{
  g_assert (writer->waiting > 0);
  add_page (writer, LAST, position, writer->sizes, writer->waiting, writer->packets);
  writer->waiting = 0;
}

void
hark_ogg_set_part (uint8_t *bytes,
                   const uint8_t set[HARK_OGG_SET_LEN],
                   unsigned part,
                   unsigned parts)
{
  uint8_t *page = bytes + TAGS_PAGE;
  char digits[PART_DIGITS + 1];

  g_assert (part >= 1 && part <= parts && parts <= 99);
  g_snprintf (digits, sizeof digits, "%02u/%02u/", part, parts);
  for (unsigned i = 0; i < HARK_OGG_SET_LEN; i++)
    g_snprintf (digits + 6 + 2 * (size_t) i, 3, "%02x", set[i]);
  memcpy (page + PAGE_HEAD + 1 + PART_AT, digits, PART_DIGITS);
  put (page + SUM_AT, hark_ogg_checksum (page, PAGE_HEAD + 1 + TAGS_LEN), 4);
}

/* ---- reading ---- */

static void
add_packet (HarkOggIndex *index, const uint8_t *bytes, size_t at, size_t len)
{
  const int samples = opus_packet_get_nb_samples (bytes + at, (opus_int32) len, RATE);
  HarkOggPacket packet = {.at = (uint32_t) at, .len = (uint32_t) len, .start = index->samples};

  if (samples <= 0 || samples > PACKET_SAMPLES_MAX)
    return;
  packet.samples = (unsigned) samples;
  index->samples += packet.samples;
  g_array_append_val (index->packets, packet);
}

/* The packets that begin and end on the page at @at; its length, 0: it is none. */
static size_t
read_page (HarkOggIndex *index, const uint8_t *bytes, size_t at, size_t left, bool sound)
{
  const uint8_t *page = bytes + at;
  size_t body, packet = 0;
  bool whole;

  if (left < PAGE_HEAD || left < PAGE_HEAD + (size_t) page[26] || memcmp (page, "OggS", 4) != 0)
    return 0;
  body = PAGE_HEAD + (size_t) page[26];
  whole = (page[5] & 1) == 0;
  for (unsigned i = 0; i < page[26]; i++) {
    packet += page[PAGE_HEAD + i];
    if (left - body < packet)
      return 0;
    if (page[PAGE_HEAD + i] == 255)
      continue;
    if (sound && whole && packet > 0)
      add_packet (index, bytes, at + body, packet);
    body += packet;
    packet = 0;
    whole = true;
  }
  if (get (page + 6, 8) != UINT64_MAX)
    index->until = get (page + 6, 8);
  return body + packet;
}

HarkOggIndex *
hark_ogg_index_new (const uint8_t *bytes, size_t len)
{
  g_autoptr (HarkOggIndex) index = g_new0 (HarkOggIndex, 1);
  unsigned pages = 0;
  size_t page;

  index->packets = g_array_new (FALSE, FALSE, sizeof (HarkOggPacket));
  if (len > UINT32_MAX / 2 || len < PAGE_HEAD + 1 + HEAD_LEN)
    return NULL;
  index->from = get (bytes + PAGE_HEAD + 1 + 10, 2);
  for (size_t at = 0; at < len; at += page, pages++) {
    bool sound = pages > 1;

    page = read_page (index, bytes, at, len - at, sound);
    if (page == 0)
      return NULL;
  }
  index->until = MIN (index->until, index->samples);
  if (index->packets->len == 0 || index->from >= index->until)
    return NULL;
  return g_steal_pointer (&index);
}

void
hark_ogg_index_free (HarkOggIndex *index)
{
  if (index == NULL)
    return;
  g_array_unref (index->packets);
  g_free (index);
}

/* ---- joining ---- */

/* The packets that are heard, in whole. */
static void
append (HarkOggWriter *writer, GBytes *file, bool is_last, uint64_t *ret_end)
{
  gsize len;
  const uint8_t *bytes = g_bytes_get_data (file, &len);
  g_autoptr (HarkOggIndex) index = hark_ogg_index_new (bytes, len);
  const uint64_t before = writer->samples;

  for (guint i = 0; index != NULL && i < index->packets->len; i++) {
    const HarkOggPacket *packet = &g_array_index (index->packets, HarkOggPacket, i);

    if (packet->start < index->until && packet->len <= HARK_OGG_PACKET_MAX)
      hark_ogg_add (writer, bytes + packet->at, packet->len, packet->samples);
  }
  *ret_end = index != NULL && is_last ? before + index->until : writer->samples;
}

GBytes *
hark_ogg_join (const GPtrArray *files)
{
  gsize first_len = 0, room = 1024;
  const uint8_t *first = g_bytes_get_data (files->pdata[0], &first_len);
  HarkOggWriter writer;
  uint64_t end = 0;
  uint8_t *bytes;

  if (first_len < PAGE_HEAD + 1 + HEAD_LEN)
    return g_bytes_ref (files->pdata[0]);
  for (guint i = 0; i < files->len; i++)
    room += 2 * (g_bytes_get_size (files->pdata[i]) + PAGE_HEAD); /* more pages, perhaps */
  bytes = g_malloc (room);
  hark_ogg_start (&writer, bytes, room, (uint16_t) get (first + PAGE_HEAD + 1 + 10, 2));
  for (guint i = 0; i < files->len; i++)
    append (&writer, files->pdata[i], i + 1 == files->len, &end);
  if (writer.waiting == 0) {
    g_free (bytes);
    return g_bytes_ref (files->pdata[0]);
  }
  hark_ogg_end (&writer, MIN (end, writer.samples));
  return g_bytes_new_take (bytes, writer.len);
}
