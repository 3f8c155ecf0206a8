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

typedef struct {
  /* multiply_add: adds @re and @im times @w to the first @n bins of @sum. */
  void (*multiply_add) (
    HarkSpectrum *sum, const float *re, const float *im, const HarkSpectrum *w, unsigned n);
  /* foresee: likewise; adds to @unsure half of @doubt's share of the power in @x. */
  void (*foresee) (HarkSpectrum *sum,
                   float *unsure,
                   const HarkSpectrum *x,
                   const HarkSpectrum *w,
                   const float *doubt);
  /* correct: moves @w by what @error says about it, each bin by @weight, as far as it was in
   * @doubt, which changes. */
  void (*correct) (const HarkBinsManner *manner,
                   const HarkSpectrum *x,
                   const HarkSpectrum *error,
                   const float *weight,
                   HarkSpectrum *w,
                   float *doubt);
  /* powers: of each bin. */
  void (*powers) (const HarkSpectrum *x, float *ret);
  /* part: @pairs, real and imaginary part of each bin side by side as FFTW has them, two floats
   * for each of HARK_SPECTRUM_BINS; behind these @ret gets zeros. */
  void (*part) (const float *pairs, HarkSpectrum *ret);
  /* fold: @x as one row of HARK_SPECTRUM_LEN, times @scale, whose transform unfold() turns to
   * samples: their discrete Hartley transform, which undoes itself (Bracewell, 1983). */
  void (*fold) (const HarkSpectrum *x, float scale, float *ret);
  void (*unfold) (const float *pairs, float *ret_samples);
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
