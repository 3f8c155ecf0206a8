/* core/voice/echo/spectrum.h - real Fourier transforms of two blocks (FFTW).
 *
 * Plans are made once, at the first hark_spectrum_prepare(), and live as long as the program. Pure
 * from then on. Arrays are aligned to HARK_SPECTRUM_ALIGN bytes.
 */
#pragma once

#include "core/voice/codec.h"

#define HARK_SPECTRUM_LEN (2 * HARK_VOICE_BLOCK)
#define HARK_SPECTRUM_BINS (HARK_VOICE_BLOCK + 1)
#define HARK_SPECTRUM_STRIDE 496 /* bins that arrays have, so that the next row is aligned */
#define HARK_SPECTRUM_ALIGN 64

/* Real and imaginary parts; zero behind HARK_SPECTRUM_BINS. */
typedef struct {
  _Alignas(HARK_SPECTRUM_ALIGN) float re[HARK_SPECTRUM_STRIDE];
  _Alignas(HARK_SPECTRUM_ALIGN) float im[HARK_SPECTRUM_STRIDE];
} HarkSpectrum;

/* hark_spectrum_prepare: before the first transform; any thread. */
void hark_spectrum_prepare (void);

/* hark_spectrum_forward: @samples: HARK_SPECTRUM_LEN. Not scaled. */
void hark_spectrum_forward (const float *samples, HarkSpectrum *ret);

/* hark_spectrum_inverse: undoes it; @ret: HARK_SPECTRUM_LEN. */
void hark_spectrum_inverse (const HarkSpectrum *bins, float *ret);
