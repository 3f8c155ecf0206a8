#include "core/voice/recorder.h"

#include <opus.h>
#include <string.h>

#define FRAME ((unsigned) 2 * HARK_VOICE_BLOCK) /* 20 ms */
#define NEAR (HARK_RECORDER_FILE_MAX - 8192)    /* bytes: from here on a pause ends the file */
#define ROOM ((size_t) 4 * HARK_OGG_PACKET_MAX + 128) /* for what is still in the encoder */
#define QUIET 330                                     /* peak of a pause: -40 dBFS */

struct HarkRecorder {
  OpusEncoder *opus;
  unsigned pre_skip;
  uint8_t set[HARK_OGG_SET_LEN];
  int16_t frame[FRAME];
  unsigned filled;  /* samples of it */
  uint64_t taken;   /* samples, of all files */
  uint64_t here;    /* samples of this file */
  uint64_t encoded; /* likewise, that the encoder was given */
  HarkOggWriter writer;
  unsigned parts; /* with the one that is written; 0: none yet */
  bool over;
  size_t lens[HARK_RECORDER_PARTS_MAX];
  uint8_t bytes[HARK_RECORDER_PARTS_MAX][HARK_RECORDER_FILE_MAX];
};

HarkRecorder *
hark_recorder_new (const uint8_t set[HARK_OGG_SET_LEN])
{
  HarkRecorder *recorder = g_new0 (HarkRecorder, 1);
  opus_int32 lookahead = 0;
  int status;

  memcpy (recorder->set, set, sizeof recorder->set);
  recorder->opus = opus_encoder_create (HARK_VOICE_RATE, 1, OPUS_APPLICATION_VOIP, &status);
  g_assert (status == OPUS_OK); /* fails on memory and on wrong constants only */
  opus_encoder_ctl (recorder->opus, OPUS_SET_BITRATE (HARK_RECORDER_BITRATE));
  opus_encoder_ctl (recorder->opus, OPUS_SET_VBR (1));
  opus_encoder_ctl (recorder->opus, OPUS_SET_VBR_CONSTRAINT (1));
  opus_encoder_ctl (recorder->opus, OPUS_SET_SIGNAL (OPUS_SIGNAL_VOICE));
  opus_encoder_ctl (recorder->opus, OPUS_SET_COMPLEXITY (10));
  opus_encoder_ctl (recorder->opus, OPUS_GET_LOOKAHEAD (&lookahead));
  recorder->pre_skip = (unsigned) lookahead;
  return recorder;
}

void
hark_recorder_free (HarkRecorder *recorder)
{
  if (recorder == NULL)
    return;
  opus_encoder_destroy (recorder->opus);
  g_free (recorder);
}

static void
begin_part (HarkRecorder *recorder)
{
  opus_encoder_ctl (recorder->opus, OPUS_RESET_STATE);
  hark_ogg_start (&recorder->writer, recorder->bytes[recorder->parts], HARK_RECORDER_FILE_MAX,
                  (uint16_t) recorder->pre_skip);
  recorder->parts++;
  recorder->here = recorder->encoded = 0;
}

/* What is in `frame`, with silence behind it where it is not full. */
static void
encode (HarkRecorder *recorder)
{
  uint8_t packet[HARK_OGG_PACKET_MAX];
  opus_int32 len;

  memset (recorder->frame + recorder->filled, 0, (FRAME - recorder->filled) * sizeof (int16_t));
  len = opus_encode (recorder->opus, recorder->frame, (int) FRAME, packet, sizeof packet);
  g_assert (len > 0); /* our own buffers, checked sizes */
  hark_ogg_add (&recorder->writer, packet, (size_t) len, FRAME);
  recorder->encoded += FRAME;
  recorder->filled = 0;
}

static void
end_part (HarkRecorder *recorder)
{
  const uint64_t position = recorder->here + recorder->pre_skip;

  while (recorder->filled > 0 || recorder->encoded < position)
    encode (recorder);
  hark_ogg_end (&recorder->writer, position);
  recorder->lens[recorder->parts - 1] = recorder->writer.len;
}

static int
peak_of (const int16_t *samples, unsigned n)
{
  int peak = 0;

  for (unsigned i = 0; i < n; i++)
    peak = MAX (peak, ABS ((int) samples[i]));
  return peak;
}

/* A file ends when a pause comes near its end, or when nothing more fits. */
static bool
is_part_over (const HarkRecorder *recorder)
{
  const size_t used
    = recorder->writer.len + recorder->writer.waiting + recorder->writer.waiting_len + 64;

  return used + ROOM > HARK_RECORDER_FILE_MAX - HARK_OGG_PACKET_MAX
         || (used > NEAR && peak_of (recorder->frame, FRAME) < QUIET);
}

bool
hark_recorder_take (HarkRecorder *recorder, const int16_t block[HARK_VOICE_BLOCK])
{
  if (recorder->over || hark_recorder_length_ms (recorder) >= HARK_RECORDER_MS_MAX)
    return false;
  if (recorder->parts == 0)
    begin_part (recorder);
  memcpy (recorder->frame + recorder->filled, block, HARK_VOICE_BLOCK * sizeof *block);
  recorder->filled += HARK_VOICE_BLOCK;
  recorder->here += HARK_VOICE_BLOCK;
  recorder->taken += HARK_VOICE_BLOCK;
  if (recorder->filled < FRAME)
    return true;
  if (!is_part_over (recorder)) {
    encode (recorder);
    return true;
  }
  end_part (recorder);
  if (recorder->parts == HARK_RECORDER_PARTS_MAX)
    recorder->over = true;
  else
    begin_part (recorder);
  return true;
}

uint32_t
hark_recorder_length_ms (const HarkRecorder *recorder)
{
  return (uint32_t) (recorder->taken / (HARK_VOICE_RATE / 1000));
}

GPtrArray *
hark_recorder_finish (HarkRecorder *recorder)
{
  GPtrArray *files = g_ptr_array_new_with_free_func ((GDestroyNotify) g_bytes_unref);

  if (recorder->parts > 0 && !recorder->over) {
    if (recorder->here > 0)
      end_part (recorder);
    else
      recorder->parts--; /* the one before ended just now */
  }
  recorder->over = true;
  for (unsigned i = 0; i < recorder->parts; i++) {
    if (recorder->parts > 1)
      hark_ogg_set_part (recorder->bytes[i], recorder->set, i + 1, recorder->parts);
    g_ptr_array_add (files, g_bytes_new (recorder->bytes[i], recorder->lens[i]));
  }
  recorder->parts = 0;
  return files;
}
