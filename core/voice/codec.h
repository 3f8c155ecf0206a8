/* core/voice/codec.h - speech to frames of one size, and back (Opus, RFC 6716).
 *
 * Pure: no clock, no threads; allocates in _new only. 48 kHz, mono, 16 bit throughout.
 * Hard CBR, no DTX, no in-band FEC: every frame of a call has the same length, of speech, of
 * silence, and while muted, because with variable rates sizes alone give phrases away. Frames are
 * 10 ms by default: the other 10 ms of a 20 ms frame would be pure delay, and one lost packet then
 * costs half as much speech; the price is 28 + 20-odd bytes of headers per frame more on the wire.
 * VOIP mode: 6.5 ms of lookahead against 2.5 ms of LOWDELAY, but far better concealment, since
 * SILK's is built for voices.
 */
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define HARK_VOICE_RATE 48000
#define HARK_VOICE_BLOCK 480          /* samples of 10 ms: what devices and pipeline trade in */
#define HARK_VOICE_FRAME_BLOCKS_MAX 2 /* a frame is one block or two */
#define HARK_VOICE_FRAME_MAX 130      /* bytes of one Opus frame; three fit into a packet */

typedef struct HarkEncoder HarkEncoder;
typedef struct HarkDecoder HarkDecoder;

/**
 * hark_encoder_new:
 * @blocks: length of a frame in blocks of 10 ms: 1 or 2
 * @bitrate: bit/s of the frames; @bitrate / 800 * @blocks bytes each, at most HARK_VOICE_FRAME_MAX
 *
 * Robust, as hark_encoder_set() has it. Never NULL.
 */
HarkEncoder *hark_encoder_new (unsigned blocks, unsigned bitrate);
void hark_encoder_free (HarkEncoder *encoder);

/* hark_encoder_set: from the next frame on; allocates nothing. @robust: frames whose loss is well
 * concealed (VOIP mode, 6.5 ms of delay); else RESTRICTED_LOWDELAY: 2.5 ms, a third of the work,
 * and from 24 kbit/s on more like the original (estimated MOS at 24 and 32 kbit/s, 10 ms frames:
 * 4.22 and 4.29, robust 4.02 and 4.10; but 2.5 and 3.0 with every twentieth frame missing). */
void hark_encoder_set (HarkEncoder *encoder, unsigned blocks, unsigned bitrate, bool robust);

/* hark_encoder_reset: what is encoded next has nothing to do with what was before; _set comes
 * first. */
void hark_encoder_reset (HarkEncoder *encoder);

/* hark_encoder_frame_len: bytes of every frame. */
size_t hark_encoder_frame_len (const HarkEncoder *encoder);

/* hark_encoder_encode: @blocks * HARK_VOICE_BLOCK samples into exactly hark_encoder_frame_len()
 * bytes. */
void hark_encoder_encode (HarkEncoder *encoder, const int16_t *samples, uint8_t *ret);

HarkDecoder *hark_decoder_new (void);
void hark_decoder_free (HarkDecoder *decoder);

/* hark_decoder_reset: the next frame belongs to another stream. */
void hark_decoder_reset (HarkDecoder *decoder);

/* hark_frame_check: whether @frame (bytes from the network) is well-formed Opus holding exactly
 * one frame of @blocks blocks; nothing else may go into hark_decoder_decode(). */
bool hark_frame_check (const uint8_t *frame, size_t len, unsigned blocks);

/* hark_decoder_decode: a checked frame into @blocks * HARK_VOICE_BLOCK samples; false when the
 * decoder does not take it, with @ret then holding concealment. */
bool hark_decoder_decode (
  HarkDecoder *decoder, const uint8_t *frame, size_t len, unsigned blocks, int16_t *ret);

/* hark_decoder_conceal: one block in place of a frame that is missing. */
void hark_decoder_conceal (HarkDecoder *decoder, int16_t ret[HARK_VOICE_BLOCK]);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (HarkEncoder, hark_encoder_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (HarkDecoder, hark_decoder_free)
