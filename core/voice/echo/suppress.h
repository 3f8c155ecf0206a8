/* core/voice/echo/suppress.h - what the canceller leaves, and the room's noise, made quiet.
 *
 * Pure: one gain for each bin, from how much of it is echo that may be left, how much is noise, and
 * how much is somebody speaking; applied by a filter that delays by 2.5 ms only. Sources: Ephraim
 * and Malah, "Speech enhancement using a minimum mean-square error short-time spectral amplitude
 * estimator" (1984) for the decision-directed estimate; Gerkmann and Hendriks, "Unbiased
 * MMSE-based noise power estimation with low complexity and low tracking delay" (2012).
 */
#pragma once

#include "core/voice/echo/adaptive.h"

#define HARK_SUPPRESS_DELAY 120 /* samples */
#define HARK_SUPPRESS_BANDS 21  /* of 1.2 kHz: where the leak is measured */

#define HARK_SUPPRESS_WINDOWS 4 /* of 0.4 s: one in which nobody speaks for 50 ms, bin by bin */

typedef struct {
  _Alignas(HARK_SPECTRUM_ALIGN) float rest_before[HARK_VOICE_BLOCK];
  float echo_before[HARK_VOICE_BLOCK];
  float window[HARK_SPECTRUM_LEN]; /* root of Hann */
  float taper[2 * HARK_SUPPRESS_DELAY + 1];
  float left[HARK_SPECTRUM_STRIDE];  /* power of echo that may be left, smoothed */
  float heard[HARK_SPECTRUM_STRIDE]; /* power of all, smoothed */
  float echo_gain[HARK_SPECTRUM_STRIDE];
  float noise[HARK_SPECTRUM_STRIDE];  /* power of it */
  float speech[HARK_SPECTRUM_STRIDE]; /* how likely the bin held speech lately */
  float smooth[HARK_SPECTRUM_STRIDE]; /* power of all, over 50 ms */
  float least[HARK_SUPPRESS_WINDOWS]
             [HARK_SPECTRUM_STRIDE];  /* of `smooth`, lately: noise is no more */
  float passed[HARK_SPECTRUM_STRIDE]; /* power let through a block ago */
  struct {
    float rest, echo;        /* means */
    float together, squared; /* how their powers rise together; of the echo's alone */
  } leak[HARK_SUPPRESS_BANDS];
  HarkSpectrum filter; /* of the block before */
  unsigned blocks;     /* of the window being filled */
  unsigned windows;    /* filled so far */
  unsigned filling;    /* of `least` */
} HarkSuppress;

void hark_suppress_init (HarkSuppress *suppress);

/* hark_suppress_step: the next block, HARK_SUPPRESS_DELAY samples later. @echo, @noise: what to
 * make quiet. */
void hark_suppress_step (HarkSuppress *suppress,
                         const HarkEchoStep *step,
                         bool echo,
                         bool noise,
                         float ret[HARK_VOICE_BLOCK]);
