#include "core/voice/mixer.h"

#include <stdlib.h>
#include <string.h>

#define RECOVERY 1.06 /* a block: from a quarter to all in a quarter of a second */

void
hark_mixer_init (HarkMixer *mixer)
{
  mixer->gain = 1;
  hark_mixer_begin (mixer);
}

void
hark_mixer_begin (HarkMixer *mixer)
{
  memset (mixer->sum, 0, sizeof mixer->sum);
}

void
hark_mixer_add (HarkMixer *mixer, const int16_t samples[HARK_VOICE_BLOCK], unsigned volume)
{
  for (int i = 0; i < HARK_VOICE_BLOCK; i++)
    mixer->sum[i] += samples[i] * (int32_t) volume / HARK_MIXER_VOLUME;
}

/* The gain reaches the new value in the first eighth of the block; what is too loud before is cut.
 */
void
hark_mixer_finish (HarkMixer *mixer, int16_t ret[HARK_VOICE_BLOCK])
{
  const double from = mixer->gain;
  double to = MIN (1.0, from * RECOVERY);
  int32_t peak = 0;

  for (int i = 0; i < HARK_VOICE_BLOCK; i++)
    peak = MAX (peak, abs (mixer->sum[i]));
  if (peak * to > HARK_MIXER_CEILING)
    to = (double) HARK_MIXER_CEILING / peak;
  for (int i = 0; i < HARK_VOICE_BLOCK; i++) {
    const double part = MIN (1.0, i / (HARK_VOICE_BLOCK / 8.0));
    const double value = mixer->sum[i] * (from + (to - from) * part);

    ret[i] = (int16_t) CLAMP (value, -HARK_MIXER_CEILING, HARK_MIXER_CEILING);
  }
  mixer->gain = to;
}
