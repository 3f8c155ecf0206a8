/* core/voice/clip-sound.h - microphone and speaker for spoken messages, outside of calls.
 *
 * Shell: the devices' threads do the work; every function is for the engine's thread. At most one
 * message is recorded and one heard; what the microphone hears is freed of noise and made even as
 * in calls.
 */
#pragma once

#include "core/voice/ogg.h"
#include "core/voice/player.h"
#include "core/voice/voice.h"

typedef struct HarkClipSound HarkClipSound;

typedef struct {
  uint32_t length_ms;
  double level_dbfs; /* the loudest since last asked */
  bool full;         /* nothing more is taken */
} HarkClipMeter;

/* hark_clip_sound_new: opens nothing. */
HarkClipSound *hark_clip_sound_new (void);

/* hark_clip_sound_free: NULL is fine. */
void hark_clip_sound_free (HarkClipSound *sound);

/* hark_clip_sound_record: opens the microphone of @config; false with a sentence in @error. None
 * may be recorded already. */
bool hark_clip_sound_record (HarkClipSound *sound,
                             const HarkVoiceConfig *config,
                             const uint8_t set[HARK_OGG_SET_LEN],
                             GError **error);

/* hark_clip_sound_get_meter: while it is recorded. */
void hark_clip_sound_get_meter (HarkClipSound *sound, HarkClipMeter *ret);

/* hark_clip_sound_finish: (transfer full): closes the microphone, then what was recorded, as
 * hark_recorder_finish(). */
GPtrArray *hark_clip_sound_finish (HarkClipSound *sound);

/* hark_clip_sound_play: opens the speaker of @config, in place of what was played before; false
 * with a sentence in @error. */
bool hark_clip_sound_play (HarkClipSound *sound,
                           const HarkVoiceConfig *config,
                           GBytes *clip,
                           uint32_t at_ms,
                           unsigned speed,
                           GError **error);

/* hark_clip_sound_player: (nullable): borrowed until it is stopped: what is played now. */
HarkPlayer *hark_clip_sound_player (HarkClipSound *sound);

/* hark_clip_sound_silence: closes the speaker; nothing is played any more. */
void hark_clip_sound_silence (HarkClipSound *sound);
