#include "core/voice/mixer.h"

#include <stdlib.h>
#include <string.h>

#define RECOVERY 0.06               /* a block: from a quarter to all in a quarter of a second */
#define TURN (HARK_VOICE_BLOCK / 8) /* samples in which the gain reaches a new value */

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
hark_mixer_add (HarkMixer *mixer, const int16_t *samples, size_t n, unsigned volume)
{
  for (size_t i = 0; i < n; i++)
    mixer->sum[i] += samples[i] * (int32_t) volume / HARK_MIXER_VOLUME;
}

/* What is too loud until the gain reaches the new value is cut. */
void
hark_mixer_finish (HarkMixer *mixer, int16_t *ret, size_t n)
{
  const double from = mixer->gain;
  double to = MIN (1.0, from * (1 + RECOVERY * (double) n / HARK_VOICE_BLOCK));
  int32_t peak = 0;

  for (size_t i = 0; i < n; i++)
    peak = MAX (peak, abs (mixer->sum[i]));
  if (peak * to > HARK_MIXER_CEILING)
    to = (double) HARK_MIXER_CEILING / peak;
  for (size_t i = 0; i < n; i++) {
    const double part = MIN (1.0, (double) i / TURN);
    const double value = mixer->sum[i] * (from + (to - from) * part);

    ret[i] = (int16_t) CLAMP (value, -HARK_MIXER_CEILING, HARK_MIXER_CEILING);
  }
  mixer->gain = to;
}
