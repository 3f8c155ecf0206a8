/* core/voice/packet.h - one media payload.
 *
 * Pure; any thread. Source: our layout, core/PROTOCOL.md "Voice".
 *
 *   flags     u8    bits 7-4: version, 2; bits 3-2: copies, 0 to 2; bits 1-0: blocks of a frame - 1
 *   loss      u8    share of our peer's packets that did not reach us, in 1/255
 *   wait      u8    how long its packets wait on their way here, in steps of 4 ms; not in version 1
 *   tick      u32   when the newest frame begins, in blocks of 10 ms since some random start
 *   frames    1 + copies Opus frames of equal length, newest first: the frame of tick, then
 *             those before it, again
 *
 * The length follows from rate and copies (quality.h), which change by the network's reports
 * only, so it says nothing about what is spoken.
 */
#pragma once

#include "core/voice/codec.h"
#include "core/voice/types.h"

#define HARK_VOICE_VERSION 2
#define HARK_VOICE_HEADER_LEN 7
#define HARK_VOICE_HEADER_1_LEN 6 /* of version 1 */
#define HARK_VOICE_COPIES_MAX 2

typedef struct {
  unsigned version;   /* 1 or 2 */
  uint8_t loss, wait; /* wait: 0 in version 1 */
  uint32_t tick;      /* wraps */
  unsigned blocks;    /* of a frame: 1 or 2 */
  unsigned copies;    /* frames beyond the newest */
  size_t frame_len;   /* bytes of each */
  const uint8_t
    *frames[1 + HARK_VOICE_COPIES_MAX]; /* borrowed; frames[i] begins at tick - i * blocks */
} HarkVoicePacket;

/* hark_voice_packet_parse: false, with @ret untouched, unless @data is whole and every frame in it
 * passes hark_frame_check(). @ret borrows from @data. */
bool hark_voice_packet_parse (const uint8_t *data, size_t len, HarkVoicePacket *ret);

/* hark_voice_packet_write: returns the length used of @ret. */
size_t hark_voice_packet_write (const HarkVoicePacket *packet, uint8_t ret[HARK_VOICE_PACKET_MAX]);
