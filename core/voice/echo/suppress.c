#include "core/voice/echo/suppress.h"

#include "core/voice/echo/bins.h"

#include <math.h>
#include <stdint.h>
#include <string.h>

#define BAND (HARK_SPECTRUM_BINS / HARK_SUPPRESS_BANDS + 1) /* bins */
#define LEFT_KEPT 0.3f
#define ECHO_OVER 2.0f        /* echo is taken for so much more than it seems to be */
#define DOUBT_OVER 3.0f       /* so much of what the filter doubts: it is too sure of itself */
#define ECHO_GAIN_MIN 0.0056f /* -45 dB */
#define LEAK_MEAN 0.05f       /* smoothing of the leak's means, and of its moments */
#define LEAK_MOMENT 0.005f
#define LEAK_MIN 1e-5f
#define NOISE_KEPT 0.98f
#define WINDOW_BLOCKS 40
#define SMOOTH_NEW 0.2f
#define LEAST_OVER 3.0f       /* noise is about so much more than its least moments */
#define NOISE_GAIN_MIN 0.112f /* -19 dB */
#define NOISE_ENOUGH 36000.0f /* a bin of white noise of -71.5 dBFS: what is quieter stays */
#define SPEECH_SNR 31.6f      /* 15 dB: of speech where there is some */
#define PASSED_KEPT 0.88f
#define POWER_MIN 1e-3f

_Static_assert(BAND *HARK_SUPPRESS_BANDS >= HARK_SPECTRUM_BINS, "bands cover all bins");
_Static_assert(2 * HARK_SUPPRESS_DELAY < HARK_VOICE_BLOCK, "the filter fits behind a block");

void
hark_suppress_init (HarkSuppress *suppress)
{
  _Alignas(HARK_SPECTRUM_ALIGN) float pulse[HARK_SPECTRUM_LEN] = {[HARK_SUPPRESS_DELAY] = 1};

  memset (suppress, 0, sizeof *suppress);
  for (unsigned k = 0; k < HARK_SPECTRUM_BINS; k++) {
    suppress->echo_gain[k] = 1;
    for (unsigned i = 0; i < HARK_SUPPRESS_WINDOWS; i++)
      suppress->least[i][k] = INFINITY;
  }
  for (unsigned i = 0; i < HARK_SPECTRUM_LEN; i++)
    suppress->window[i]
      = sqrtf (0.5f - 0.5f * cosf (2 * (float) M_PI * (float) i / HARK_SPECTRUM_LEN));
  for (int i = -HARK_SUPPRESS_DELAY; i <= HARK_SUPPRESS_DELAY; i++)
    suppress->taper[i + HARK_SUPPRESS_DELAY]
      = 0.5f + 0.5f * cosf ((float) M_PI * (float) i / (HARK_SUPPRESS_DELAY + 1));
  hark_spectrum_forward (pulse, &suppress->filter);
}

/* Powers of the two last blocks, windowed. */
static void
powers (const HarkSuppress *suppress, const float *before, const float *now, float *ret)
{
  _Alignas(HARK_SPECTRUM_ALIGN) float samples[HARK_SPECTRUM_LEN];
  HarkSpectrum bins;

  for (unsigned i = 0; i < HARK_VOICE_BLOCK; i++) {
    samples[i] = before[i] * suppress->window[i];
    samples[HARK_VOICE_BLOCK + i] = now[i] * suppress->window[HARK_VOICE_BLOCK + i];
  }
  hark_spectrum_forward (samples, &bins);
  hark_bins ()->powers (&bins, ret);
}

/* Which share of the foreseen echo's power stays: what the canceller has not learned yet, and what
 * a loudspeaker adds that no linear filter finds. Where the two powers rise and fall together. */
static float
leak_of (HarkSuppress *suppress, unsigned band, const float *rest, const float *echo)
{
  float a = 0, b = 0, moment = LEAK_MOMENT, share;

  for (unsigned k = band * BAND; k < (band + 1) * BAND && k < HARK_SPECTRUM_BINS; k++) {
    a += rest[k];
    b += echo[k];
  }
  a -= suppress->leak[band].rest;
  b -= suppress->leak[band].echo;
  suppress->leak[band].rest += LEAK_MEAN * a;
  suppress->leak[band].echo += LEAK_MEAN * b;
  if (b + suppress->leak[band].echo < 0.1f * suppress->leak[band].echo)
    moment = 0; /* nothing is played: nothing can be learned */
  suppress->leak[band].together += moment * (a * b - suppress->leak[band].together);
  suppress->leak[band].squared += moment * (b * b - suppress->leak[band].squared);
  share = suppress->leak[band].together / (suppress->leak[band].squared + 1);
  return MIN (MAX (share, LEAK_MIN), 1);
}

/* e^-x for 0..50, within 1e-5 of itself: unlike the library's it runs for several bins at once. */
static inline float
falling (float x)
{
  float power = -1.442695041f * x; /* of two */
  int32_t whole = (int32_t) power, bits = (whole + 127) * (1 << 23);
  float rest = (power - (float) whole + 0.5f) * 0.693147181f, scale; /* -0.35 to 0.35 */

  memcpy (&scale, &bits, sizeof scale);
  rest = 1 + rest * (1 + rest * (1 / 2.0f + rest * (1 / 6.0f + rest * (1 / 24.0f + rest / 120))));
  return 0.707106781f * scale * rest;
}

/* The gain against echo that may be @left; bin by bin, as all that follows. */
static void
echo_gains (HarkSuppress *restrict suppress,
            const float *restrict power,
            const float *restrict unsure,
            const float *restrict foreseen,
            const float *restrict leak)
{
  for (unsigned k = 0; k < HARK_SPECTRUM_BINS; k++) {
    float left = DOUBT_OVER * unsure[k] + leak[k] * foreseen[k], gain;

    left = LEFT_KEPT * suppress->left[k] + (1 - LEFT_KEPT) * left;
    suppress->left[k] = left;
    suppress->heard[k] = LEFT_KEPT * suppress->heard[k] + (1 - LEFT_KEPT) * power[k];
    gain = MAX (1 - ECHO_OVER * left / (suppress->heard[k] + POWER_MIN), ECHO_GAIN_MIN);
    suppress->echo_gain[k] = 0.4f * suppress->echo_gain[k] + 0.6f * gain;
  }
}

/* The least that a bin held in the last windows: noise is not much more, so who speaks from the
 * first moment on is not taken for it. */
static void
leasts (HarkSuppress *restrict suppress, const float *restrict power, float *restrict ret)
{
  float *filling = suppress->least[suppress->filling];

  if (suppress->blocks == 0 && suppress->windows == 0)
    memcpy (suppress->smooth, power, HARK_SPECTRUM_BINS * sizeof *power);
  for (unsigned k = 0; k < HARK_SPECTRUM_BINS; k++)
    suppress->smooth[k] += SMOOTH_NEW * (power[k] - suppress->smooth[k]);
  if (suppress->blocks == 0)
    memcpy (filling, suppress->smooth, HARK_SPECTRUM_BINS * sizeof *filling);
  for (unsigned k = 0; k < HARK_SPECTRUM_BINS; k++) {
    float least = MIN (filling[k], suppress->smooth[k]);

    filling[k] = least;
    for (unsigned i = 0; i < HARK_SUPPRESS_WINDOWS; i++)
      least = MIN (least, suppress->least[i][k]);
    ret[k] = least;
  }
}

static void
track_noise (HarkSuppress *restrict suppress,
             const float *restrict power,
             const float *restrict least)
{
  bool sure = suppress->windows >= HARK_SUPPRESS_WINDOWS;

  for (unsigned k = 0; k < HARK_SPECTRUM_BINS; k++) {
    float noise = suppress->noise[k], ratio, likely, capped, seen, slow, speech;

    ratio = power[k] / (noise + POWER_MIN) * (SPEECH_SNR / (1 + SPEECH_SNR));
    likely = 1 / (1 + (1 + SPEECH_SNR) * falling (MIN (ratio, 50)));
    speech = 0.9f * suppress->speech[k] + 0.1f * likely;
    suppress->speech[k] = speech;
    capped = MIN (likely, 0.99f); /* noise that grew for good is believed in the end */
    likely = speech > 0.99f ? capped : likely;
    seen = likely * noise + (1 - likely) * power[k];
    slow = NOISE_KEPT * noise + (1 - NOISE_KEPT) * seen;
    noise = (seen < noise) | (suppress->left[k] < 0.5f * noise) ? slow : noise;
    noise = MIN (noise, LEAST_OVER * least[k]);
    suppress->noise[k] = sure ? noise : least[k];
  }
}

/* The gains against noise; @ret_floor: noise that sounds on all the time may not fall below. */
static void
noise_gains (HarkSuppress *restrict suppress,
             const float *restrict power,
             float *restrict ret,
             float *restrict ret_floor)
{
  for (unsigned k = 0; k < HARK_SPECTRUM_BINS; k++) {
    float noise = suppress->noise[k] + POWER_MIN, least, snr, gain, both;

    least = MIN (MAX (sqrtf (NOISE_ENOUGH / noise), NOISE_GAIN_MIN), 1);
    snr = PASSED_KEPT * suppress->passed[k] / noise
          + (1 - PASSED_KEPT) * MAX (power[k] / noise - 1, 0);
    gain = MAX (snr / (1 + snr), least);
    both = gain * suppress->echo_gain[k];
    suppress->passed[k] = both * both * power[k];
    ret_floor[k] = MIN (least * sqrtf (noise / (suppress->heard[k] + POWER_MIN)), 1);
    ret[k] = gain;
  }
}

/* Gains become a filter of linear phase, short enough to follow a block without wrapping. */
static void
make_filter (const HarkSuppress *suppress, const HarkSpectrum *gains, HarkSpectrum *ret)
{
  _Alignas(HARK_SPECTRUM_ALIGN) float centred[HARK_SPECTRUM_LEN], response[HARK_SPECTRUM_LEN] = {0};

  hark_spectrum_inverse (gains, centred);
  for (unsigned i = 0; i <= 2 * HARK_SUPPRESS_DELAY; i++)
    response[i] = suppress->taper[i]
                  * centred[(i + HARK_SPECTRUM_LEN - HARK_SUPPRESS_DELAY) % HARK_SPECTRUM_LEN];
  hark_spectrum_forward (response, ret);
}

static void
filtered (const HarkSpectrum *signal, const HarkSpectrum *filter, float *ret)
{
  HarkSpectrum product = {.re = {0}};

  hark_bins ()->multiply_add (&product, signal->re, signal->im, filter, HARK_SPECTRUM_STRIDE);
  hark_spectrum_inverse (&product, ret);
}

/* From the block before's filter to this one's, within the block. */
static void
apply (HarkSuppress *suppress,
       const float *now,
       const HarkSpectrum *filter,
       float ret[HARK_VOICE_BLOCK])
{
  _Alignas(HARK_SPECTRUM_ALIGN) float both[HARK_SPECTRUM_LEN], old[HARK_SPECTRUM_LEN],
    new[HARK_SPECTRUM_LEN];
  HarkSpectrum signal;

  memcpy (both, suppress->rest_before, sizeof suppress->rest_before);
  memcpy (both + HARK_VOICE_BLOCK, now, sizeof suppress->rest_before);
  hark_spectrum_forward (both, &signal);
  filtered (&signal, &suppress->filter, old);
  filtered (&signal, filter, new);
  for (unsigned i = 0; i < HARK_VOICE_BLOCK; i++) {
    float share = (float) i / HARK_VOICE_BLOCK;

    ret[i]
      = old[HARK_VOICE_BLOCK + i] + share * (new[HARK_VOICE_BLOCK + i] - old[HARK_VOICE_BLOCK + i]);
  }
}

void
hark_suppress_step (HarkSuppress *suppress,
                    const HarkEchoStep *step,
                    bool echo,
                    bool noise,
                    float ret[HARK_VOICE_BLOCK])
{
  float rest[HARK_SPECTRUM_STRIDE], foreseen[HARK_SPECTRUM_STRIDE], leak[HARK_SPECTRUM_STRIDE];
  float against_noise[HARK_SPECTRUM_STRIDE], least[HARK_SPECTRUM_STRIDE];
  HarkSpectrum gains = {.re = {0}}, filter;

  powers (suppress, suppress->rest_before, step->rest, rest);
  powers (suppress, suppress->echo_before, step->echo, foreseen);
  for (unsigned band = 0; band < HARK_SUPPRESS_BANDS; band++) {
    float share = leak_of (suppress, band, rest, foreseen);

    for (unsigned k = band * BAND; k < (band + 1) * BAND && k < HARK_SPECTRUM_BINS; k++)
      leak[k] = share;
  }
  echo_gains (suppress, rest, step->unsure, foreseen, leak);
  leasts (suppress, rest, least);
  track_noise (suppress, rest, least);
  noise_gains (suppress, rest, against_noise, least);
  for (unsigned k = 0; k < HARK_SPECTRUM_BINS; k++) {
    float gain = echo ? suppress->echo_gain[k] : 1;

    gains.re[k] = noise && suppress->windows > 0 ? MAX (gain * against_noise[k], least[k]) : gain;
  }
  if (++suppress->blocks == WINDOW_BLOCKS) {
    suppress->blocks = 0;
    if (suppress->windows < HARK_SUPPRESS_WINDOWS)
      suppress->windows++;
    suppress->filling = (suppress->filling + 1) % HARK_SUPPRESS_WINDOWS;
  }
  make_filter (suppress, &gains, &filter);
  apply (suppress, step->rest, &filter, ret);
  suppress->filter = filter;
  memcpy (suppress->rest_before, step->rest, sizeof step->rest);
  memcpy (suppress->echo_before, step->echo, sizeof step->echo);
}
