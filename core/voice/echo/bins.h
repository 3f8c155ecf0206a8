/* core/voice/echo/bins.h - the loops over all bins of a spectrum, which cost the canceller most.
 *
 * Pure. The same source stands in the program twice where the compiler can (x86): for every
 * processor, and for those with AVX2 and FMA, which round sums of products once instead of twice.
 * hark_bins() says which of the two runs here. Arrays are HARK_SPECTRUM_STRIDE long and do not
 * overlap.
 */
#pragma once

#include "core/voice/echo/spectrum.h"

/* How far one block moves a coefficient (adaptive.h says more of `track` and `shrink`). */
typedef struct {
  float track, shrink;
  float doubt_min;
} HarkBinsManner;

#define HARK_BINS_AT_ONCE 4
#define HARK_BINS_QUARTER (HARK_SPECTRUM_LEN / 4)

/* Halves of once, twice and three times the angle by which a bin turns from sample to sample. */
typedef struct {
  _Alignas(HARK_SPECTRUM_ALIGN) float re[3][HARK_BINS_QUARTER];
  _Alignas(HARK_SPECTRUM_ALIGN) float im[3][HARK_BINS_QUARTER];
} HarkBinsTurns;

typedef struct {
  /* multiply_add: adds @re and @im times @w to the first @n bins of @sum. */
  void (*multiply_add) (
    HarkSpectrum *sum, const float *re, const float *im, const HarkSpectrum *w, unsigned n);
  /* foresee: likewise, all bins of HARK_BINS_AT_ONCE partitions, so that the sums are fetched and
   * put back once for all; adds to @unsure half of @doubt's share of the power in @x. */
  void (*foresee) (HarkSpectrum *sum,
                   float *unsure,
                   const HarkSpectrum *const x[HARK_BINS_AT_ONCE],
                   const HarkSpectrum w[HARK_BINS_AT_ONCE],
                   const float doubt[HARK_BINS_AT_ONCE][HARK_SPECTRUM_STRIDE]);
  /* correct: moves @w by what @error says about it, each bin by @weight, as far as it was in
   * @doubt, which changes. */
  void (*correct) (const HarkBinsManner *manner,
                   const HarkSpectrum *x,
                   const HarkSpectrum *error,
                   const float *weight,
                   HarkSpectrum *w,
                   float *doubt);
  /* energy: the sum of the squares of @n samples. */
  float (*energy) (const float *samples, unsigned n);
  /* powers: of each bin. */
  void (*powers) (const HarkSpectrum *x, float *ret);
  /* join: the transform of HARK_SPECTRUM_LEN samples, from those of HARK_BINS_QUARTER pairs each:
   * @first of every fourth sample and the one behind it, @second of those that follow. Behind
   * HARK_SPECTRUM_BINS @ret gets zeros. */
  void (*join) (const HarkBinsTurns *turns,
                const float *first,
                const float *second,
                HarkSpectrum *ret);
  /* fold: @x as one row of HARK_SPECTRUM_LEN, times @scale, whose transform unfold() turns to
   * samples: their discrete Hartley transform, which undoes itself (Bracewell, 1983). */
  void (*fold) (const HarkSpectrum *x, float scale, float *ret);
  void (*unfold) (const HarkSpectrum *x, float *ret_samples);
  /* between: the sum over HARK_BINS_TAPS of @samples times a kernel that lies @share of the way
   * from @a to @b. */
  float (*between) (const float *samples, const float *a, const float *b, float share);
} HarkBins;

#define HARK_BINS_TAPS 32

extern const HarkBins hark_bins_plain;
#ifdef __x86_64__
extern const HarkBins hark_bins_wide;
#endif

/* hark_bins: what this processor does best; always the same. Any thread. */
const HarkBins *hark_bins (void);
