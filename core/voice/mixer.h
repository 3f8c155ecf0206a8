/* core/voice/mixer.h - several voices as one.
 *
 * Pure; embedded; one thread. Voices are added at their volume. Where the sum would be louder than
 * a sound card takes, all of it is turned down at once and comes back within half a second: a
 * cheering group is softer, not torn. One voice at 100 per cent passes unchanged. A block or part
 * of one at a time: @n is HARK_VOICE_BLOCK at most.
 */
#pragma once

#include "core/voice/codec.h"

#define HARK_MIXER_VOLUME 100    /* per cent: unchanged */
#define HARK_MIXER_CEILING 29204 /* -1 dBFS */

typedef struct {
  int32_t sum[HARK_VOICE_BLOCK];
  double gain; /* at the end of the block before */
} HarkMixer;

/* hark_mixer_init: nothing was played. For each block: _begin, _add for each voice (@volume: per
 * cent, at most 200), _finish. */
void hark_mixer_init (HarkMixer *mixer);
void hark_mixer_begin (HarkMixer *mixer);
void hark_mixer_add (HarkMixer *mixer, const int16_t *samples, size_t n, unsigned volume);
void hark_mixer_finish (HarkMixer *mixer, int16_t *ret, size_t n);
