/* core/voice/echo/spectrum.h - real Fourier transforms of two blocks (FFTW).
 *
 * Plans are made once, at the first hark_spectrum_prepare(), and live as long as the program. Pure
 * from then on. Arrays are aligned to HARK_SPECTRUM_ALIGN bytes.
 */
#pragma once

#include "core/voice/codec.h"

#define HARK_SPECTRUM_LEN (2 * HARK_VOICE_BLOCK)
#define HARK_SPECTRUM_BINS (HARK_VOICE_BLOCK + 1)
#define HARK_SPECTRUM_ALIGN 64

/* One bin: real and imaginary part. */
typedef float HarkBin[2];

/* hark_spectrum_prepare: before the first transform; any thread. */
void hark_spectrum_prepare (void);

/* hark_spectrum_forward: @samples: HARK_SPECTRUM_LEN; @ret: HARK_SPECTRUM_BINS. Not scaled. */
void hark_spectrum_forward (const float *samples, HarkBin *ret);

/* hark_spectrum_inverse: undoes it. @bins is destroyed. */
void hark_spectrum_inverse (HarkBin *bins, float *ret);
