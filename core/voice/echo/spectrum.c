#include "core/voice/echo/spectrum.h"

#include "core/voice/echo/bins.h"

#include <fftw3.h>
#include <glib.h>
#include <math.h>

#define QUARTER HARK_BINS_QUARTER

static fftwf_plan halves; /* two complex transforms of a quarter of the samples */
static HarkBinsTurns turns;

static void
prepare_turns (void)
{
  for (unsigned t = 0; t < 3; t++)
    for (unsigned k = 0; k < QUARTER; k++) {
      double angle = -2 * M_PI * (t + 1) * k / HARK_SPECTRUM_LEN;

      turns.re[t][k] = (float) (0.5 * cos (angle));
      turns.im[t][k] = (float) (0.5 * sin (angle));
    }
}

/* Of the length of two blocks FFTW's guess is a poor plan, unless one has it try out plans for a
 * second; of this one it is good. */
void
hark_spectrum_prepare (void)
{
  static gsize once; /* FFTW's planner is not for several threads at once */
  const int len = QUARTER;
  fftwf_complex *samples, *bins;

  if (!g_once_init_enter (&once))
    return;
  samples = fftwf_malloc (HARK_SPECTRUM_LEN * sizeof (float));
  bins = fftwf_malloc (2 * QUARTER * sizeof *bins);
  halves = fftwf_plan_many_dft (1, &len, 2, samples, NULL, 2, 1, bins, NULL, 1, QUARTER,
                                FFTW_FORWARD, FFTW_ESTIMATE);
  g_assert (halves != NULL);
  fftwf_free (samples);
  fftwf_free (bins);
  prepare_turns ();
  g_once_init_leave (&once, 1);
}

void
hark_spectrum_forward (const float *samples, HarkSpectrum *ret)
{
  _Alignas(HARK_SPECTRUM_ALIGN) fftwf_complex pairs[2 * QUARTER];

  /* FFTW takes no const, but leaves the input of a transform to elsewhere alone */
  fftwf_execute_dft (halves, (fftwf_complex *) samples, pairs);
  hark_bins ()->join (&turns, pairs[0], pairs[QUARTER], ret);
}

void
hark_spectrum_inverse (const HarkSpectrum *spectrum, float *ret)
{
  const HarkBins *bins = hark_bins ();
  _Alignas(HARK_SPECTRUM_ALIGN) float row[HARK_SPECTRUM_LEN];
  HarkSpectrum back;

  bins->fold (spectrum, 1.0f / HARK_SPECTRUM_LEN, row);
  hark_spectrum_forward (row, &back);
  bins->unfold (&back, ret);
}
