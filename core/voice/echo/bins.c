/* Compiled once for each kind of processor: HARK_BINS names the table. */
#include "core/voice/echo/bins.h"

#define SIDE 8 /* sums side by side, since floats may not be added in another order */

#define HALF (HARK_SPECTRUM_LEN / 2)

_Static_assert(HARK_BINS_TAPS % SIDE == 0, "no taps are left over");

static void
multiply_add (HarkSpectrum *restrict sum,
              const float *restrict re,
              const float *restrict im,
              const HarkSpectrum *restrict w,
              unsigned n)
{
  for (unsigned k = 0; k < n; k++) {
    sum->re[k] += re[k] * w->re[k] - im[k] * w->im[k];
    sum->im[k] += re[k] * w->im[k] + im[k] * w->re[k];
  }
}

static void
foresee (HarkSpectrum *restrict sum,
         float *restrict unsure,
         const HarkSpectrum *restrict x,
         const HarkSpectrum *restrict w,
         const float *restrict doubt)
{
  for (unsigned k = 0; k < HARK_SPECTRUM_STRIDE; k++) {
    sum->re[k] += x->re[k] * w->re[k] - x->im[k] * w->im[k];
    sum->im[k] += x->re[k] * w->im[k] + x->im[k] * w->re[k];
    unsure[k] += 0.5f * doubt[k] * (x->re[k] * x->re[k] + x->im[k] * x->im[k]);
  }
}

static void
correct (const HarkBinsManner *manner,
         const HarkSpectrum *restrict x,
         const HarkSpectrum *restrict error,
         const float *restrict weight,
         HarkSpectrum *restrict w,
         float *restrict doubt)
{
  float track = manner->track, shrink = manner->shrink, least = manner->doubt_min;
  float kept = track * track, wander = 1 - kept;

  for (unsigned k = 0; k < HARK_SPECTRUM_STRIDE; k++) {
    float gain = doubt[k] * weight[k];
    float power = x->re[k] * x->re[k] + x->im[k] * x->im[k];
    float right = x->re[k] * error->re[k] + x->im[k] * error->im[k];
    float turn = x->re[k] * error->im[k] - x->im[k] * error->re[k];
    float re = track * (w->re[k] + gain * right), im = track * (w->im[k] + gain * turn);
    float left = kept * (1 - shrink * gain * power) * doubt[k] + wander * (re * re + im * im);

    w->re[k] = re;
    w->im[k] = im;
    doubt[k] = left < least ? least : left;
  }
}

static void
powers (const HarkSpectrum *restrict x, float *restrict ret)
{
  for (unsigned k = 0; k < HARK_SPECTRUM_STRIDE; k++)
    ret[k] = x->re[k] * x->re[k] + x->im[k] * x->im[k];
}

static void
part (const float *restrict pairs, HarkSpectrum *restrict ret)
{
  for (unsigned k = 0; k < HARK_SPECTRUM_BINS; k++) {
    ret->re[k] = pairs[2 * k];
    ret->im[k] = pairs[2 * k + 1];
  }
  for (unsigned k = HARK_SPECTRUM_BINS; k < HARK_SPECTRUM_STRIDE; k++)
    ret->re[k] = ret->im[k] = 0;
}

static void
fold (const HarkSpectrum *restrict x, float scale, float *restrict ret)
{
  ret[0] = x->re[0] * scale;
  for (unsigned k = 1; k < HALF; k++) {
    ret[k] = (x->re[k] - x->im[k]) * scale;
    ret[HARK_SPECTRUM_LEN - k] = (x->re[k] + x->im[k]) * scale;
  }
  ret[HALF] = x->re[HALF] * scale;
}

static void
unfold (const float *restrict pairs, float *restrict ret)
{
  ret[0] = pairs[0];
  for (unsigned n = 1; n < HALF; n++) {
    ret[n] = pairs[2 * n] - pairs[2 * n + 1];
    ret[HARK_SPECTRUM_LEN - n] = pairs[2 * n] + pairs[2 * n + 1];
  }
  ret[HALF] = pairs[2 * HALF];
}

static float
between (const float *restrict samples,
         const float *restrict a,
         const float *restrict b,
         float share)
{
  float sums[SIDE] = {0};

  for (unsigned t = 0; t < HARK_BINS_TAPS; t += SIDE)
    for (unsigned i = 0; i < SIDE; i++)
      sums[i] += samples[t + i] * (a[t + i] + share * (b[t + i] - a[t + i]));
  return ((sums[0] + sums[4]) + (sums[1] + sums[5])) + ((sums[2] + sums[6]) + (sums[3] + sums[7]));
}

const HarkBins HARK_BINS = {
  .multiply_add = multiply_add,
  .foresee = foresee,
  .correct = correct,
  .powers = powers,
  .part = part,
  .fold = fold,
  .unfold = unfold,
  .between = between,
};
