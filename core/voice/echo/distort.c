#include "core/voice/echo/distort.h"

#include "core/voice/echo/bins.h"

#include <glib.h>
#include <math.h>
#include <string.h>

#define TERMS HARK_DISTORT_TERMS
#define BIN_LOW 4        /* 200 Hz: a constant is in x^2, but no loudspeaker plays it */
#define START_BLOCKS 300 /* a path that is still being found teaches nothing of the curve */
#define WATCH_BLOCKS \
  100                   /* the terms' moments are gathered before, so that no block alone decides */
#define EACH_BLOCKS 4   /* the curve stays as it is: one block in four is enough, and cheap */
#define KEPT 0.998      /* of what was learned, at each: about 20 s */
#define RIDGE 1e-3      /* terms that look the same share a weight instead of growing apart */
#define RIDGE_LEAST 1.0 /* one bin's worth of echo as loud as all else: less teaches nothing */
#define WEIGHT_MOST 1.0f /* each: beyond that nobody would use the loudspeaker */
#define FULL 32768.0f

void
hark_distort_init (HarkDistort *distort)
{
  memset (distort, 0, sizeof *distort);
}

/* The curved terms of a sample, about as large as it is. */
static void
terms_of (float sample, float ret[TERMS - 1])
{
  float x = 4 * sample / FULL;

  ret[0] = sample * fabsf (x);
  ret[1] = sample * x;
  ret[2] = sample * x * x / 4;
}

void
hark_distort_put (HarkDistort *distort,
                  const float block[HARK_VOICE_BLOCK],
                  float ret[HARK_VOICE_BLOCK])
{
  float terms[TERMS - 1][HARK_VOICE_BLOCK];

  for (unsigned i = 0; i < HARK_VOICE_BLOCK; i++) {
    float curved[TERMS - 1], change = 0, most = HARK_DISTORT_MOST * fabsf (block[i]);

    terms_of (block[i], curved);
    for (unsigned t = 0; t < TERMS - 1; t++) {
      terms[t][i] = curved[t];
      change += distort->weights[t + 1] * curved[t];
    }
    ret[i] = (1 + distort->weights[0]) * block[i] + CLAMP (change, -most, most);
  }
  distort->newest = (distort->newest + HARK_ECHO_PARTITIONS - 1) % HARK_ECHO_PARTITIONS;
  for (unsigned t = 0; t < TERMS - 1; t++) {
    _Alignas(HARK_SPECTRUM_ALIGN) float both[HARK_SPECTRUM_LEN];
    HarkSpectrum bins;

    memcpy (both, distort->last[t], sizeof distort->last[t]);
    memcpy (both + HARK_VOICE_BLOCK, terms[t], sizeof terms[t]);
    memcpy (distort->last[t], terms[t], sizeof terms[t]);
    hark_spectrum_forward (both, &bins);
    memcpy (distort->rows[t][distort->newest].re, bins.re, sizeof distort->rows[t][0].re);
    memcpy (distort->rows[t][distort->newest].im, bins.im, sizeof distort->rows[t][0].im);
  }
}

/* The echo that a term alone would make in the newest block; the rest of the transform is zero. */
static void
echo_of (const HarkDistort *distort,
         const HarkEchoReference *reference,
         const HarkEchoPath *path,
         unsigned term,
         HarkSpectrum *ret)
{
  const HarkBins *bins = hark_bins ();
  _Alignas(HARK_SPECTRUM_ALIGN) float samples[HARK_SPECTRUM_LEN];

  memset (ret, 0, sizeof *ret);
  for (unsigned p = 0; p < HARK_ECHO_PARTITIONS; p++) {
    const HarkSpectrum *plain = hark_echo_reference_get (reference, p);
    unsigned row = (distort->newest + p) % HARK_ECHO_PARTITIONS;

    bins->multiply_add (ret, term == 0 ? plain->re : distort->rows[term - 1][row].re,
                        term == 0 ? plain->im : distort->rows[term - 1][row].im, &path->path[p],
                        HARK_DISTORT_BINS);
  }
  memset (ret->re, 0, BIN_LOW * sizeof *ret->re);
  memset (ret->im, 0, BIN_LOW * sizeof *ret->im);
  hark_spectrum_inverse (ret, samples);
  memset (samples, 0, HARK_VOICE_BLOCK * sizeof *samples);
  hark_spectrum_forward (samples, ret);
}

/* What two spectra have in common, each bin by @weight: how little else is in it. */
static double
common (const HarkSpectrum *a, const HarkSpectrum *b, const float *weight)
{
  double sum = 0;

  for (unsigned k = BIN_LOW; k < HARK_DISTORT_BINS; k++)
    sum += (double) (weight[k] * (a->re[k] * b->re[k] + a->im[k] * b->im[k]));
  return sum;
}

/* Solves (@moments and the ridge) times what is returned in @side = @side, by elimination: the
 * ridge keeps all pivots positive. */
static void
solve (const double moments[TERMS][TERMS], double side[TERMS])
{
  double m[TERMS][TERMS];

  memcpy (m, moments, sizeof m);
  for (unsigned a = 0; a < TERMS; a++)
    m[a][a] += RIDGE * m[a][a] + RIDGE_LEAST;
  for (unsigned a = 0; a < TERMS; a++)
    for (unsigned b = a + 1; b < TERMS; b++) {
      double share = m[b][a] / m[a][a];

      for (unsigned c = a; c < TERMS; c++)
        m[b][c] -= share * m[a][c];
      side[b] -= share * side[a];
    }
  for (unsigned a = TERMS; a-- > 0;) {
    for (unsigned b = a + 1; b < TERMS; b++)
      side[a] -= m[a][b] * side[b];
    side[a] /= m[a][a];
  }
}

void
hark_distort_learn (HarkDistort *distort,
                    const HarkEchoReference *reference,
                    const HarkEchoPath *path,
                    const HarkEchoStep *step)
{
  HarkSpectrum echoes[TERMS];
  double change[TERMS];

  if (++distort->heard < WATCH_BLOCKS || distort->heard % EACH_BLOCKS != 0)
    return;
  for (unsigned a = 0; a < TERMS; a++)
    echo_of (distort, reference, path, a, &echoes[a]);
  for (unsigned a = 0; a < TERMS; a++) {
    for (unsigned b = 0; b <= a; b++) {
      double both = common (&echoes[a], &echoes[b], step->weight);

      distort->moments[a][b] = KEPT * distort->moments[a][b] + both;
      distort->moments[b][a] = distort->moments[a][b];
    }
    change[a] = common (&echoes[a], &step->error, step->weight);
  }
  if (distort->heard < START_BLOCKS)
    return;
  solve ((const double (*)[TERMS]) distort->moments, change);
  for (unsigned a = 0; a < TERMS; a++) {
    float weight = distort->weights[a] + (float) change[a];

    distort->weights[a] = CLAMP (weight, -WEIGHT_MOST, WEIGHT_MOST);
  }
}
