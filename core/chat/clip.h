/* core/chat/clip.h - spoken messages: small Ogg files with one stream of Opus.
 *
 * Pure; any thread; no allocation. Clips come from a peer, or from the user's disk, and are not
 * trusted: what passes here has the layout that players expect, and a length that its packets bear
 * out; nothing decodes a clip that does not. At 24 kbit/s some 20 s fit; what is longer would hold
 * up the texts behind it and goes as a file. Source: RFC 3533 (Ogg), RFC 7845 (Opus in Ogg), RFC
 * 6716 section 3.1 (length of a packet).
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define HARK_CLIP_LEN_MAX 65536 /* bytes: an entry's */
#define HARK_CLIP_TAGS_MAX 4096 /* bytes of comments: no pictures */
#define HARK_CLIP_MS_MAX 600000 /* of silence, for example */

typedef struct {
  uint32_t length_ms; /* 1 to HARK_CLIP_MS_MAX */
  unsigned channels;  /* 1 or 2 */
  unsigned packets;   /* of sound */
} HarkClip;

/* hark_clip_read: false, with @ret untouched, unless @data is one whole Ogg file: one stream from
 * its first page to its last, every checksum right, nothing behind it; OpusHead of version 1 and
 * mapping family 0, OpusTags, and packets whose lengths add up to what the last page says. */
bool hark_clip_read (const uint8_t *data, size_t len, HarkClip *ret);
