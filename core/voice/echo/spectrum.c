#include "core/voice/echo/spectrum.h"

#include "core/voice/echo/bins.h"

#include <fftw3.h>
#include <glib.h>

static fftwf_plan forward;

void
hark_spectrum_prepare (void)
{
  static gsize once; /* FFTW's planner is not for several threads at once */
  float *samples;
  fftwf_complex *bins;

  if (!g_once_init_enter (&once))
    return;
  samples = fftwf_malloc (HARK_SPECTRUM_LEN * sizeof *samples);
  bins = fftwf_malloc (HARK_SPECTRUM_BINS * sizeof *bins);
  forward = fftwf_plan_dft_r2c_1d (HARK_SPECTRUM_LEN, samples, bins, FFTW_ESTIMATE);
  g_assert (forward != NULL);
  fftwf_free (samples);
  fftwf_free (bins);
  g_once_init_leave (&once, 1);
}

void
hark_spectrum_forward (const float *samples, HarkSpectrum *ret)
{
  _Alignas(HARK_SPECTRUM_ALIGN) fftwf_complex bins[HARK_SPECTRUM_BINS];

  /* FFTW takes no const, but leaves the input of a forward transform alone */
  fftwf_execute_dft_r2c (forward, (float *) samples, bins);
  hark_bins ()->part (bins[0], ret);
}

/* By the plan of the other direction: what FFTW makes of the length of two blocks is slower
 * backwards, unless one has it try out plans for a second. */
void
hark_spectrum_inverse (const HarkSpectrum *spectrum, float *ret)
{
  const HarkBins *bins = hark_bins ();
  _Alignas(HARK_SPECTRUM_ALIGN) float row[HARK_SPECTRUM_LEN];
  _Alignas(HARK_SPECTRUM_ALIGN) fftwf_complex pairs[HARK_SPECTRUM_BINS];

  bins->fold (spectrum, 1.0f / HARK_SPECTRUM_LEN, row);
  fftwf_execute_dft_r2c (forward, row, pairs);
  bins->unfold (pairs[0], ret);
}
