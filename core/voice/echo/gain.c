#include "core/voice/echo/gain.h"

#include <glib.h>
#include <math.h>
#include <stdlib.h>

#define FULL 32768.0f
#define NOISE_UP 1.002f      /* a block: 1 dB in a second; down at once */
#define NOISE_LEAST 1e-10f   /* -100 dBFS */
#define NOISE_MOST 1e-4f     /* -40 dBFS: louder rooms count as voices */
#define STANDS_OUT 10.0f     /* speech is 10 dB above the room, */
#define SPEECH_LEAST 1e-5f   /* and above -50 dBFS */
#define SPEECH_BLOCKS 300.0f /* three seconds of speech make its level */
#define RELEASE 1.02f /* the limiter lets go by 17 dB in a second, faster than the gain moves */

void
hark_gain_init (HarkGain *gain)
{
  *gain = (HarkGain){.noise = NOISE_MOST, .applied = 1};
}

static float
energy_of (const int16_t block[HARK_VOICE_BLOCK], float *ret_peak)
{
  float sum = 0;
  int peak = 0;

  for (unsigned i = 0; i < HARK_VOICE_BLOCK; i++) {
    float x = (float) block[i] / FULL;

    sum += x * x;
    peak = MAX (peak, abs (block[i]));
  }
  *ret_peak = (float) peak / FULL;
  return sum / HARK_VOICE_BLOCK;
}

/* Returns whether the block is speech. */
static bool
learn (HarkGain *gain, float energy)
{
  gain->noise = energy < gain->noise ? energy : gain->noise * NOISE_UP;
  gain->noise = fminf (fmaxf (gain->noise, NOISE_LEAST), NOISE_MOST);
  if (energy < STANDS_OUT * gain->noise || energy < SPEECH_LEAST)
    return false;
  if (gain->heard < (unsigned) SPEECH_BLOCKS)
    gain->heard++;
  gain->speech += (energy - gain->speech) / (float) gain->heard;
  return true;
}

/* Stays where it is while voices come out at a usual level. */
static float
wanted_db (const HarkGain *gain, bool on)
{
  float level;

  if (!on)
    return 0;
  if (gain->heard < HARK_GAIN_LEARN_BLOCKS)
    return gain->wanted_db;
  level = 10 * log10f (gain->speech);
  if (level + gain->wanted_db >= HARK_GAIN_LEAST_DBFS
      && level + gain->wanted_db <= HARK_GAIN_MOST_DBFS)
    return gain->wanted_db;
  return fminf (fmaxf (HARK_GAIN_TARGET_DBFS - level, HARK_GAIN_DOWN_DB), HARK_GAIN_UP_DB);
}

void
hark_gain_step (HarkGain *gain,
                bool on,
                const int16_t block[HARK_VOICE_BLOCK],
                int16_t ret[HARK_VOICE_BLOCK])
{
  float peak, step = 0, from = gain->applied, to;
  bool speech = learn (gain, energy_of (block, &peak));

  gain->wanted_db = wanted_db (gain, on);
  if (!speech || !on)
    step = gain->wanted_db - gain->gain_db;
  gain->gain_db += fminf (fmaxf (step, -HARK_GAIN_SPEED_DB), HARK_GAIN_SPEED_DB);
  to = fminf (powf (10, gain->gain_db / 20), fmaxf (from * RELEASE, 1e-3f));
  /* what was never amplified cannot clip: speech as it came is left as it came */
  if (gain->gain_db > 0 && peak * fmaxf (from, to) > HARK_GAIN_PEAK) {
    to = fminf (to, HARK_GAIN_PEAK / peak);
    from = fminf (from, HARK_GAIN_PEAK / peak);
  }
  for (unsigned i = 0; i < HARK_VOICE_BLOCK; i++) {
    float factor = from + (to - from) * (float) (i + 1) / HARK_VOICE_BLOCK;
    float x = (float) block[i] * factor;

    ret[i] = (int16_t) lrintf (fminf (fmaxf (x, INT16_MIN), INT16_MAX));
  }
  gain->applied = to;
}
