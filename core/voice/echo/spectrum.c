#include "core/voice/echo/spectrum.h"

#include <fftw3.h>
#include <glib.h>

static fftwf_plan forward, inverse;

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
  inverse = fftwf_plan_dft_c2r_1d (HARK_SPECTRUM_LEN, bins, samples, FFTW_ESTIMATE);
  g_assert (forward != NULL && inverse != NULL);
  fftwf_free (samples);
  fftwf_free (bins);
  g_once_init_leave (&once, 1);
}

void
hark_spectrum_forward (const float *samples, HarkBin *ret)
{
  /* FFTW takes no const, but leaves the input of a forward transform alone */
  fftwf_execute_dft_r2c (forward, (float *) samples, (fftwf_complex *) ret);
}

void
hark_spectrum_inverse (HarkBin *bins, float *ret)
{
  fftwf_execute_dft_c2r (inverse, (fftwf_complex *) bins, ret);
  for (unsigned i = 0; i < HARK_SPECTRUM_LEN; i++)
    ret[i] *= 1.0f / HARK_SPECTRUM_LEN;
}
