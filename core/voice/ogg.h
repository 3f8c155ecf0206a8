/* core/voice/ogg.h - one stream of Opus in an Ogg file, as spoken messages are: written while it is
 * spoken, and its packets found again.
 *
 * Pure; any thread; no allocation but in hark_ogg_index_new() and hark_ogg_join(). Source: RFC 3533
 * (Ogg), RFC 7845 (Opus in Ogg).
 */
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define HARK_OGG_PACKET_MAX 254 /* bytes that are written as one packet: one segment */
#define HARK_OGG_PAGE_PACKETS 50
#define HARK_OGG_SET_LEN 8

/* hark_ogg_checksum: of a page of @len bytes (RFC 3533, section 6), whatever stands in the field of
 * the sum. */
uint32_t hark_ogg_checksum (const uint8_t *page, size_t len);

/* ---- writing ---- */

typedef struct {
  uint8_t *bytes; /* borrowed */
  size_t max, len;
  unsigned pages;
  uint64_t samples;                     /* of all packets, at 48 kHz */
  unsigned waiting;                     /* packets of the page that grows */
  size_t waiting_len;                   /* bytes of them */
  uint8_t sizes[HARK_OGG_PAGE_PACKETS]; /* their lengths */
  uint8_t packets[HARK_OGG_PAGE_PACKETS * HARK_OGG_PACKET_MAX];
} HarkOggWriter;

/* hark_ogg_start: @bytes: @max of them, at least 1,024; written up to ->len. @pre_skip: samples
 * that the decoder throws away. */
void hark_ogg_start (HarkOggWriter *writer, uint8_t *bytes, size_t max, uint16_t pre_skip);

/* hark_ogg_add: false, with nothing changed, when the file would not fit with it. @len: 1 to
 * HARK_OGG_PACKET_MAX. */
bool hark_ogg_add (HarkOggWriter *writer, const uint8_t *packet, size_t len, unsigned samples);

/* hark_ogg_end: the last page; @position: samples to be played, and those that are thrown away. At
 * least one packet was added. */
void hark_ogg_end (HarkOggWriter *writer, uint64_t position);

/* hark_ogg_set_part: in a file of hark_ogg_end(): it is @part of @parts (1 to 99) of what was
 * spoken at once, @set, which is the same in all; read by core/store/parts.h. */
void hark_ogg_set_part (uint8_t *bytes,
                        const uint8_t set[HARK_OGG_SET_LEN],
                        unsigned part,
                        unsigned parts);

/* hark_ogg_join: (transfer full): @files (GBytes, at least one), parts in order, as one file that
 * is no part. Not trusted: packets that are longer than what is written here are left out, and
 * whatever is no sound. Between two lies what an encoder needs to begin: at most 27 ms. */
GBytes *hark_ogg_join (const GPtrArray *files);

/* ---- reading ---- */

typedef struct {
  uint32_t at, len; /* in the file */
  uint64_t start;   /* samples before it */
  unsigned samples;
} HarkOggPacket;

typedef struct {
  GArray *packets;      /* HarkOggPacket */
  uint64_t samples;     /* of all packets */
  uint64_t from, until; /* of them are heard */
} HarkOggIndex;

/* hark_ogg_index_new: (nullable): @bytes is not trusted: NULL when there is no packet of sound to
 * be found in it that lies in one piece and that libopus takes for one. Packets in several pieces,
 * which no voice needs, are left out. */
HarkOggIndex *hark_ogg_index_new (const uint8_t *bytes, size_t len);
void hark_ogg_index_free (HarkOggIndex *index);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (HarkOggIndex, hark_ogg_index_free)
