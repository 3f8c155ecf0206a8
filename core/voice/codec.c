#include "core/voice/codec.h"

#include <opus.h>
#include <string.h>

#define COMPLEXITY 6 /* of 10: two thirds of the time, and nearly the same sound */

struct HarkEncoder {
  OpusEncoder *robust, *low_delay, *opus; /* opus: the one of the two in use */
  unsigned blocks;
  size_t frame_len;
};

struct HarkDecoder {
  OpusDecoder *opus;
};

static OpusEncoder *
new_opus (int application)
{
  int status;
  OpusEncoder *opus = opus_encoder_create (HARK_VOICE_RATE, 1, application, &status);

  g_assert (status == OPUS_OK); /* fails on memory and on wrong constants only */
  opus_encoder_ctl (opus, OPUS_SET_VBR (0));
  opus_encoder_ctl (opus, OPUS_SET_DTX (0));
  opus_encoder_ctl (opus, OPUS_SET_INBAND_FEC (0));
  opus_encoder_ctl (opus, OPUS_SET_SIGNAL (OPUS_SIGNAL_VOICE));
  opus_encoder_ctl (opus, OPUS_SET_COMPLEXITY (COMPLEXITY));
  return opus;
}

HarkEncoder *
hark_encoder_new (unsigned blocks, unsigned bitrate)
{
  HarkEncoder *encoder = g_new0 (HarkEncoder, 1);

  encoder->robust = new_opus (OPUS_APPLICATION_VOIP);
  encoder->low_delay = new_opus (OPUS_APPLICATION_RESTRICTED_LOWDELAY);
  hark_encoder_set (encoder, blocks, bitrate, true);
  return encoder;
}

void
hark_encoder_free (HarkEncoder *encoder)
{
  if (encoder == NULL)
    return;
  opus_encoder_destroy (encoder->robust);
  opus_encoder_destroy (encoder->low_delay);
  g_free (encoder);
}

void
hark_encoder_set (HarkEncoder *encoder, unsigned blocks, unsigned bitrate, bool robust)
{
  OpusEncoder *opus = robust ? encoder->robust : encoder->low_delay;

  g_assert (blocks >= 1 && blocks <= HARK_VOICE_FRAME_BLOCKS_MAX);
  encoder->blocks = blocks;
  encoder->frame_len = bitrate * blocks / 800;
  g_assert (encoder->frame_len >= 10 && encoder->frame_len <= HARK_VOICE_FRAME_MAX);
  if (opus != encoder->opus)
    opus_encoder_ctl (opus, OPUS_RESET_STATE);
  opus_encoder_ctl (opus, OPUS_SET_BITRATE ((opus_int32) bitrate));
  encoder->opus = opus;
}

void
hark_encoder_reset (HarkEncoder *encoder)
{
  encoder->opus = NULL; /* hark_encoder_set() resets what it turns to */
}

size_t
hark_encoder_frame_len (const HarkEncoder *encoder)
{
  return encoder->frame_len;
}

void
hark_encoder_encode (HarkEncoder *encoder, const int16_t *samples, uint8_t *ret)
{
  opus_int32 len = opus_encode (encoder->opus, samples, (int) encoder->blocks * HARK_VOICE_BLOCK,
                                ret, (opus_int32) encoder->frame_len);

  /* Opus may save bytes on digital silence even at constant rate; padding (RFC 6716 3.2.5) is part
   * of the frame and costs the receiver nothing. */
  if (len > 0 && (size_t) len < encoder->frame_len
      && opus_packet_pad (ret, len, (opus_int32) encoder->frame_len) == OPUS_OK)
    len = (opus_int32) encoder->frame_len;
  g_assert (len == (opus_int32) encoder->frame_len);
}

HarkDecoder *
hark_decoder_new (void)
{
  HarkDecoder *decoder = g_new0 (HarkDecoder, 1);
  int status;

  decoder->opus = opus_decoder_create (HARK_VOICE_RATE, 1, &status);
  g_assert (status == OPUS_OK);
  return decoder;
}

void
hark_decoder_free (HarkDecoder *decoder)
{
  if (decoder == NULL)
    return;
  opus_decoder_destroy (decoder->opus);
  g_free (decoder);
}

void
hark_decoder_reset (HarkDecoder *decoder)
{
  opus_decoder_ctl (decoder->opus, OPUS_RESET_STATE);
}

bool
hark_frame_check (const uint8_t *frame, size_t len, unsigned blocks)
{
  const unsigned char *parts[48];
  opus_int16 sizes[48];
  unsigned char toc;

  if (len < 2 || len > HARK_VOICE_FRAME_MAX)
    return false;
  if (opus_packet_get_samples_per_frame (frame, HARK_VOICE_RATE) != (int) blocks * HARK_VOICE_BLOCK)
    return false;
  return opus_packet_parse (frame, (opus_int32) len, &toc, parts, sizes, NULL) == 1;
}

bool
hark_decoder_decode (
  HarkDecoder *decoder, const uint8_t *frame, size_t len, unsigned blocks, int16_t *ret)
{
  int samples = (int) blocks * HARK_VOICE_BLOCK;

  if (opus_decode (decoder->opus, frame, (opus_int32) len, ret, samples, 0) == samples)
    return true;
  for (unsigned i = 0; i < blocks; i++)
    hark_decoder_conceal (decoder, ret + i * HARK_VOICE_BLOCK);
  return false;
}

void
hark_decoder_conceal (HarkDecoder *decoder, int16_t ret[HARK_VOICE_BLOCK])
{
  if (opus_decode (decoder->opus, NULL, 0, ret, HARK_VOICE_BLOCK, 0) != HARK_VOICE_BLOCK)
    memset (ret, 0, HARK_VOICE_BLOCK * sizeof *ret);
}
