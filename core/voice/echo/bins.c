/* Compiled once for each kind of processor: HARK_BINS names the table. */
#include "core/voice/echo/bins.h"

#define SIDE 8 /* sums side by side, since floats may not be added in another order */

#define HALF (HARK_SPECTRUM_LEN / 2)
#define QUARTER HARK_BINS_QUARTER

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
         const HarkSpectrum *const x[HARK_BINS_AT_ONCE],
         const HarkSpectrum w[restrict HARK_BINS_AT_ONCE],
         const float doubt[restrict HARK_BINS_AT_ONCE][HARK_SPECTRUM_STRIDE])
{
  for (unsigned k = 0; k < HARK_SPECTRUM_STRIDE; k++) {
    float re = 0, im = 0, doubted = 0;

    for (unsigned p = 0; p < HARK_BINS_AT_ONCE; p++) {
      re += x[p]->re[k] * w[p].re[k] - x[p]->im[k] * w[p].im[k];
      im += x[p]->re[k] * w[p].im[k] + x[p]->im[k] * w[p].re[k];
      doubted += doubt[p][k] * (x[p]->re[k] * x[p]->re[k] + x[p]->im[k] * x[p]->im[k]);
    }
    sum->re[k] += re;
    sum->im[k] += im;
    unsure[k] += 0.5f * doubted;
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

static float
added (const float sums[SIDE])
{
  return ((sums[0] + sums[4]) + (sums[1] + sums[5])) + ((sums[2] + sums[6]) + (sums[3] + sums[7]));
}

static float
energy (const float *samples, unsigned n)
{
  float sums[SIDE] = {0}, rest = 0;
  unsigned whole = n / SIDE * SIDE;

  for (unsigned at = 0; at < whole; at += SIDE)
    for (unsigned i = 0; i < SIDE; i++)
      sums[i] += samples[at + i] * samples[at + i];
  for (unsigned i = whole; i < n; i++)
    rest += samples[i] * samples[i];
  return added (sums) + rest;
}

static void
powers (const HarkSpectrum *restrict x, float *restrict ret)
{
  for (unsigned k = 0; k < HARK_SPECTRUM_STRIDE; k++)
    ret[k] = x->re[k] * x->re[k] + x->im[k] * x->im[k];
}

/* @pairs as rows, and these rows backwards: of bin -k, which is as far from the end. */
static void
part (const float *restrict pairs,
      float *restrict re,
      float *restrict im,
      float *restrict back_re,
      float *restrict back_im)
{
  for (unsigned k = 0; k < QUARTER; k++) {
    re[k] = pairs[2 * k];
    im[k] = pairs[2 * k + 1];
  }
  back_re[0] = re[0];
  back_im[0] = im[0];
  for (unsigned k = 1; k < QUARTER; k++) {
    back_re[k] = re[QUARTER - k];
    back_im[k] = im[QUARTER - k];
  }
}

/* Each pair is two real rows at once: what is even about its transform is the first one's, what is
 * odd the second one's. The four are put together as in any FFT (Cooley and Tukey, 1965). */
static void
join (const HarkBinsTurns *restrict turns,
      const float *restrict first,
      const float *restrict second,
      HarkSpectrum *restrict ret)
{
  _Alignas(HARK_SPECTRUM_ALIGN) float p[4][QUARTER], q[4][QUARTER];

  part (first, p[0], p[1], p[2], p[3]);
  part (second, q[0], q[1], q[2], q[3]);
  for (unsigned k = 0; k < QUARTER; k++) {
    float a_re = 0.5f * (p[0][k] + p[2][k]), a_im = 0.5f * (p[1][k] - p[3][k]);
    float b_re = p[1][k] + p[3][k], b_im = p[2][k] - p[0][k];
    float c_re = q[0][k] + q[2][k], c_im = q[1][k] - q[3][k];
    float d_re = q[1][k] + q[3][k], d_im = q[2][k] - q[0][k];
    float once_re = b_re * turns->re[0][k] - b_im * turns->im[0][k];
    float once_im = b_re * turns->im[0][k] + b_im * turns->re[0][k];
    float twice_re = c_re * turns->re[1][k] - c_im * turns->im[1][k];
    float twice_im = c_re * turns->im[1][k] + c_im * turns->re[1][k];
    float thrice_re = d_re * turns->re[2][k] - d_im * turns->im[2][k];
    float thrice_im = d_re * turns->im[2][k] + d_im * turns->re[2][k];

    ret->re[k] = (a_re + twice_re) + (once_re + thrice_re);
    ret->im[k] = (a_im + twice_im) + (once_im + thrice_im);
    ret->re[QUARTER + k] = (a_re - twice_re) + (once_im - thrice_im);
    ret->im[QUARTER + k] = (a_im - twice_im) - (once_re - thrice_re);
  }
  ret->re[HALF] = (first[0] - first[1]) + (second[0] - second[1]);
  ret->im[HALF] = 0;
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
unfold (const HarkSpectrum *restrict x, float *restrict ret)
{
  ret[0] = x->re[0];
  for (unsigned n = 1; n < HALF; n++) {
    ret[n] = x->re[n] - x->im[n];
    ret[HARK_SPECTRUM_LEN - n] = x->re[n] + x->im[n];
  }
  ret[HALF] = x->re[HALF];
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
  return added (sums);
}

const HarkBins HARK_BINS = {
  .multiply_add = multiply_add,
  .foresee = foresee,
  .correct = correct,
  .energy = energy,
  .powers = powers,
  .join = join,
  .fold = fold,
  .unfold = unfold,
  .between = between,
};
