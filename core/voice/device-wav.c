/* core/voice/device-wav.c - a WAV file as microphone, or as the tape that a speaker is recorded on.
 *
 * Shell: real time by pacer.h; file access happens in that thread, which serves nobody else.
 */
#include "core/voice/device.h"
#include "core/voice/pacer.h"
#include "core/voice/wav.h"

#include <string.h>

#define UPDATE_BLOCKS 25 /* the header is brought up to date every 250 ms */

typedef struct {
  HarkDevice device;
  HarkPacer *pacer;
  HarkDeviceOnBlock on_block;
  void *data;
  FILE *file;
  HarkWavFormat format; /* microphone */
  bool loop;
  uint64_t at; /* frames read or samples written */
  bool failed; /* the disk refused: the call goes on without the file */
} WavDevice;

/* Frames up to the end of the file; with loop, across it. The rest of the block stays silent. */
static void
read_block (WavDevice *wav, int16_t block[HARK_VOICE_BLOCK])
{
  uint8_t bytes[HARK_VOICE_BLOCK * 4];
  size_t have = 0, each = 2 * wav->format.channels;

  while (have < HARK_VOICE_BLOCK && !wav->failed) {
    size_t left = (size_t) MIN (wav->format.frames - wav->at, HARK_VOICE_BLOCK - have);

    if (left == 0) {
      if (!wav->loop)
        break;
      wav->at = 0;
      wav->failed = fseek (wav->file, wav->format.data_at, SEEK_SET) != 0;
      continue;
    }
    wav->failed = fread (bytes + have * each, each, left, wav->file) != left;
    wav->at += left;
    have += left;
  }

  for (size_t i = 0; i < have; i++) {
    const uint8_t *p = bytes + i * each;
    int sum = 0;

    for (size_t c = 0; c < wav->format.channels; c++)
      sum += (int16_t) (p[2 * c] | p[2 * c + 1] << 8);
    block[i] = (int16_t) (sum / (int) wav->format.channels);
  }
}

static void
on_mic_tick (void *data)
{
  WavDevice *wav = data;
  int16_t block[HARK_VOICE_BLOCK] = {0};

  read_block (wav, block);
  wav->on_block (block, hark_device_now (), wav->data);
}

static void
on_speaker_tick (void *data)
{
  WavDevice *wav = data;
  int16_t block[HARK_VOICE_BLOCK] = {0};
  uint8_t bytes[2 * HARK_VOICE_BLOCK];

  wav->on_block (block, hark_device_now (), wav->data);
  for (size_t i = 0; i < HARK_VOICE_BLOCK; i++) {
    bytes[2 * i] = (uint8_t) block[i];
    bytes[2 * i + 1] = (uint8_t) ((uint16_t) block[i] >> 8);
  }
  if (wav->failed)
    return;
  wav->failed = fwrite (bytes, 1, sizeof bytes, wav->file) != sizeof bytes;
  wav->at += HARK_VOICE_BLOCK;
  if (!wav->failed && wav->at / HARK_VOICE_BLOCK % UPDATE_BLOCKS == 0)
    wav->failed = !hark_wav_update (wav->file, wav->at);
}

static void
close_mic (HarkDevice *device)
{
  WavDevice *wav = (WavDevice *) device;

  hark_pacer_stop (wav->pacer);
  fclose (wav->file);
  g_free (wav);
}

static void
close_speaker (HarkDevice *device)
{
  WavDevice *wav = (WavDevice *) device;

  hark_pacer_stop (wav->pacer);
  if (!wav->failed)
    hark_wav_update (wav->file, wav->at);
  fclose (wav->file);
  g_free (wav);
}

HarkDevice *
hark_device_wav_open_mic (
  const char *path, bool loop, HarkDeviceOnBlock on_block, void *data, GError **error)
{
  HarkWavFormat format;
  FILE *file = hark_wav_open (path, &format, error);
  WavDevice *wav;

  if (file == NULL)
    return NULL;
  wav = g_new0 (WavDevice, 1);
  *wav = (WavDevice){.device = {close_mic},
                     .on_block = on_block,
                     .data = data,
                     .file = file,
                     .format = format,
                     .loop = loop};
  wav->pacer = hark_pacer_start ("hark-wav-mic", on_mic_tick, wav);
  return &wav->device;
}

HarkDevice *
hark_device_wav_open_speaker (const char *path,
                              HarkDeviceOnBlock on_block,
                              void *data,
                              GError **error)
{
  FILE *file = hark_wav_create (path, error);
  WavDevice *wav;

  if (file == NULL)
    return NULL;
  wav = g_new0 (WavDevice, 1);
  *wav = (WavDevice){.device = {close_speaker}, .on_block = on_block, .data = data, .file = file};
  wav->pacer = hark_pacer_start ("hark-wav-ear", on_speaker_tick, wav);
  return &wav->device;
}
