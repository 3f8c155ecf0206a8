#include "core/voice/clip-sound.h"

#include "core/voice/device.h"
#include "core/voice/echo/echo.h"
#include "core/voice/echo/gain.h"
#include "core/voice/recorder.h"

#include <math.h>
#include <stdatomic.h>
#include <stdlib.h>

#define FLOOR_DBFS (-96.0)

struct HarkClipSound {
  HarkDevice *mic, *speaker;
  HarkRecorder *recorder; /* the microphone's thread's while there is one */
  HarkEcho *echo;         /* likewise; NULL: it hears a file */
  HarkEchoConfig clean;
  HarkGain gain;
  bool gain_on;
  atomic_int peak;
  atomic_uint length_ms;
  atomic_bool full;
  HarkPlayer *player; /* the speaker's thread's while there is one; NULL: nothing is played */
};

HarkClipSound *
hark_clip_sound_new (void)
{
  return g_new0 (HarkClipSound, 1);
}

void
hark_clip_sound_free (HarkClipSound *sound)
{
  if (sound == NULL)
    return;
  hark_device_close (sound->mic);
  hark_clip_sound_silence (sound);
  hark_recorder_free (sound->recorder);
  hark_echo_free (sound->echo);
  g_free (sound);
}

/* ---- recording ---- */

static void
on_heard (int16_t block[HARK_VOICE_BLOCK], HarkTime now, void *data)
{
  HarkClipSound *sound = data;
  int peak = 0;

  (void) now;
  if (sound->echo != NULL) {
    hark_echo_heard (sound->echo, &sound->clean, block, block);
    hark_gain_step (&sound->gain, sound->gain_on, block, block);
  }
  for (size_t i = 0; i < HARK_VOICE_BLOCK; i++)
    peak = MAX (peak, abs (block[i]));
  if (peak > atomic_load (&sound->peak))
    atomic_store (&sound->peak, peak);
  if (!hark_recorder_take (sound->recorder, block))
    atomic_store (&sound->full, true);
  atomic_store (&sound->length_ms, hark_recorder_length_ms (sound->recorder));
}

bool
hark_clip_sound_record (HarkClipSound *sound,
                        const HarkVoiceConfig *config,
                        const uint8_t set[HARK_OGG_SET_LEN],
                        GError **error)
{
  g_assert (sound->mic == NULL);
  if (g_str_equal (config->mic, "none")) {
    g_set_error_literal (error, HARK_VOICE_ERROR, HARK_VOICE_ERROR_DEVICE,
                         "no microphone is chosen");
    return false;
  }
  sound->recorder = hark_recorder_new (set);
  if (g_str_has_prefix (config->mic, "pulse"))
    sound->echo = hark_echo_new ();
  sound->clean = (HarkEchoConfig){.noise = !config->keep_noise};
  sound->gain_on = !config->keep_gain;
  hark_gain_init (&sound->gain);
  atomic_store (&sound->peak, 0);
  atomic_store (&sound->length_ms, 0);
  atomic_store (&sound->full, false);
  sound->mic = hark_device_open (config->mic, true, false, on_heard, sound, error);
  if (sound->mic != NULL)
    return true;
  g_clear_pointer (&sound->recorder, hark_recorder_free);
  g_clear_pointer (&sound->echo, hark_echo_free);
  return false;
}

void
hark_clip_sound_get_meter (HarkClipSound *sound, HarkClipMeter *ret)
{
  const int peak = atomic_exchange (&sound->peak, 0);

  *ret = (HarkClipMeter){.length_ms = atomic_load (&sound->length_ms),
                         .level_dbfs = peak > 0 ? 20 * log10 (peak / 32768.0) : FLOOR_DBFS,
                         .full = atomic_load (&sound->full)};
}

GPtrArray *
hark_clip_sound_finish (HarkClipSound *sound)
{
  GPtrArray *files;

  g_assert (sound->recorder != NULL);
  g_clear_pointer (&sound->mic, hark_device_close);
  g_clear_pointer (&sound->echo, hark_echo_free);
  files = hark_recorder_finish (sound->recorder);
  g_clear_pointer (&sound->recorder, hark_recorder_free);
  return files;
}

/* ---- playing ---- */

static void
on_needed (int16_t block[HARK_VOICE_BLOCK], HarkTime now, void *data)
{
  HarkClipSound *sound = data;

  (void) now;
  hark_player_play (sound->player, block);
}

bool
hark_clip_sound_play (HarkClipSound *sound,
                      const HarkVoiceConfig *config,
                      GBytes *clip,
                      uint32_t at_ms,
                      unsigned speed,
                      GError **error)
{
  hark_clip_sound_silence (sound);
  sound->player = hark_player_new (clip);
  if (sound->player == NULL) {
    g_set_error_literal (error, HARK_VOICE_ERROR, HARK_VOICE_ERROR_FORMAT,
                         "there is no sound in this voice message");
    return false;
  }
  hark_player_set_speed (sound->player, speed);
  if (at_ms > 0)
    hark_player_seek (sound->player, at_ms);
  sound->speaker = hark_device_open (config->speaker, false, false, on_needed, sound, error);
  if (sound->speaker == NULL)
    g_clear_pointer (&sound->player, hark_player_free);
  return sound->speaker != NULL;
}

HarkPlayer *
hark_clip_sound_player (HarkClipSound *sound)
{
  return sound->player;
}

void
hark_clip_sound_silence (HarkClipSound *sound)
{
  g_clear_pointer (&sound->speaker, hark_device_close);
  g_clear_pointer (&sound->player, hark_player_free);
}
