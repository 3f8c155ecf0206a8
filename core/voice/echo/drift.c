#include "core/voice/echo/drift.h"

#include <math.h>
#include <string.h>

#define MASK (HARK_DRIFT_RING - 1)
#define WATCH_BLOCKS 50 /* between two looks: long enough to see 10 ppm, short enough for 400 */
#define FOLLOW 0.3      /* of what is seen is corrected at once */
#define SAME 0.6        /* below this coherence the path changed in other ways than by drift */
#define BIN_LOW 4       /* 200 Hz to 8 kHz: where speech is */
#define BIN_HIGH 160
#define SILENT_BLOCKS 50 /* starved for so long: nothing is being played */

_Static_assert((HARK_DRIFT_RING & MASK) == 0, "a power of two");
_Static_assert((HARK_DRIFT_SLACK_MAX + 4) * HARK_VOICE_BLOCK < HARK_DRIFT_RING, "slack fits");

void
hark_drift_init (HarkDrift *drift)
{
  memset (drift, 0, sizeof *drift);
  drift->slack = 1;
  for (int p = 0; p <= HARK_DRIFT_PHASES; p++)
    for (int i = 0; i < HARK_DRIFT_TAPS; i++) {
      double half = HARK_DRIFT_TAPS / 2.0, x = i - half + 1 - (double) p / HARK_DRIFT_PHASES;
      double window = fabs (x) < half ? 0.5 + 0.5 * cos (M_PI * x / half) : 0; /* Hann */

      drift->kernel[p][i] = (float) (fabs (x) < 1e-9 ? 1 : window * sin (M_PI * x) / (M_PI * x));
    }
}

void
hark_drift_put (HarkDrift *drift, const float block[HARK_VOICE_BLOCK])
{
  for (unsigned i = 0; i < HARK_VOICE_BLOCK; i++)
    drift->ring[drift->written++ & MASK] = block[i];
}

/* The next block would reach behind what was played (1), before what is kept (-1), or neither. */
static int
out_of_reach (const HarkDrift *drift)
{
  double end = drift->at + (1 + drift->ppm * 1e-6) * HARK_VOICE_BLOCK + HARK_DRIFT_TAPS;

  if (end > (double) drift->written)
    return 1;
  return drift->at + HARK_DRIFT_RING - HARK_VOICE_BLOCK < (double) drift->written ? -1 : 0;
}

static HarkDriftStep
anchor (HarkDrift *drift)
{
  uint64_t behind = (uint64_t) (drift->slack + 1) * HARK_VOICE_BLOCK + HARK_DRIFT_TAPS;

  if (drift->written < behind)
    return HARK_DRIFT_SILENT;
  drift->at = (double) (drift->written - behind);
  drift->running = true;
  drift->has_before = false;
  return HARK_DRIFT_ANEW;
}

static void
interpolate (HarkDrift *drift, float ret[HARK_VOICE_BLOCK])
{
  const HarkBins *bins = hark_bins ();
  double step = 1 + drift->ppm * 1e-6;
  uint64_t first = (uint64_t) drift->at;
  float samples[HARK_VOICE_BLOCK + HARK_DRIFT_TAPS + 1]; /* a block at the fastest, with its taps */

  for (unsigned i = 0; i < G_N_ELEMENTS (samples); i++)
    samples[i] = drift->ring[(first + i) & MASK];
  for (unsigned i = 0; i < HARK_VOICE_BLOCK; i++) {
    uint64_t whole = (uint64_t) drift->at;
    float phase = (float) (drift->at - (double) whole) * HARK_DRIFT_PHASES;
    unsigned p = (unsigned) phase;

    ret[i] = bins->between (samples + (whole - first), drift->kernel[p], drift->kernel[p + 1],
                            phase - (float) p);
    drift->at += step;
  }
}

HarkDriftStep
hark_drift_take (HarkDrift *drift, float ret[HARK_VOICE_BLOCK])
{
  HarkDriftStep result = HARK_DRIFT_STEADY;
  int reach;

  memset (ret, 0, HARK_VOICE_BLOCK * sizeof *ret);
  if (!drift->running && (result = anchor (drift)) == HARK_DRIFT_SILENT)
    return result;
  reach = out_of_reach (drift);
  if (reach > 0) {
    if (++drift->starved >= SILENT_BLOCKS)
      drift->running = false; /* begins anew when something is played again */
    else if (drift->slack < HARK_DRIFT_SLACK_MAX) {
      drift->slack++;
      drift->at -= HARK_VOICE_BLOCK;
      interpolate (drift, ret);
      return HARK_DRIFT_LATER;
    }
    return HARK_DRIFT_SILENT;
  }
  if (reach < 0) /* a burst after a pause of the microphone */
    result = anchor (drift);
  drift->starved = 0;
  interpolate (drift, ret);
  return result;
}

/* How many samples later @now is than @before; false when they are not the same but for that. */
static bool
moved (const HarkSpectrum *now, const HarkSpectrum *before, double *ret)
{
  double top = 0, bottom = 0, same = 0, all = 0;

  for (unsigned k = BIN_LOW; k < BIN_HIGH; k++) {
    double re = 0, im = 0, power = 0, power_before = 0, weight;

    for (unsigned p = 0; p < HARK_ECHO_PARTITIONS; p++) {
      float a = now[p].re[k], b = now[p].im[k], c = before[p].re[k], d = before[p].im[k];

      re += a * c + b * d;
      im += b * c - a * d;
      power += a * a + b * b;
      power_before += c * c + d * d;
    }
    weight = sqrt (re * re + im * im);
    same += weight;
    all += sqrt (power * power_before);
    top -= weight * k * atan2 (im, re); /* least squares of a phase that grows with frequency */
    bottom += weight * k * k;
  }
  if (bottom <= 0 || same <= SAME * all)
    return false;
  *ret = top / bottom * HARK_SPECTRUM_LEN / (2 * M_PI);
  return true;
}

void
hark_drift_watch (HarkDrift *drift, const HarkEchoPath *path)
{
  double by;

  if (++drift->blocks < WATCH_BLOCKS)
    return;
  drift->blocks = 0;
  if (drift->has_before && moved (path->path, drift->before, &by)) {
    drift->ppm -= FOLLOW * by / (WATCH_BLOCKS * HARK_VOICE_BLOCK) * 1e6;
    drift->ppm = fmax (fmin (drift->ppm, HARK_DRIFT_PPM_MAX), -HARK_DRIFT_PPM_MAX);
  }
  memcpy (drift->before, path->path, sizeof drift->before);
  drift->has_before = true;
}
