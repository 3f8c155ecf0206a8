#include "core/voice/echo/echo.h"

#include "core/voice/echo/bins.h"
#include "core/voice/echo/canceller.h"
#include "core/voice/echo/drift.h"
#include "core/voice/echo/suppress.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define REDUCTION_KEPT 0.995 /* smoothing of what is told: 2 s */

struct HarkEcho {
  HarkCanceller canceller;
  HarkSuppress suppress;
  HarkDrift drift;
  double before, after; /* energy while something is played, smoothed */
};

HarkEcho *
hark_echo_new (void)
{
  size_t size = (sizeof (HarkEcho) + HARK_SPECTRUM_ALIGN - 1) & ~(size_t) (HARK_SPECTRUM_ALIGN - 1);
  HarkEcho *echo = aligned_alloc (HARK_SPECTRUM_ALIGN, size);

  if (echo == NULL)
    g_error ("out of memory"); /* as g_malloc() does */
  memset (echo, 0, sizeof *echo);
  hark_spectrum_prepare ();
  hark_canceller_init (&echo->canceller);
  hark_suppress_init (&echo->suppress);
  hark_drift_init (&echo->drift);
  return echo;
}

void
hark_echo_free (HarkEcho *echo)
{
  free (echo);
}

static void
to_float (const int16_t block[HARK_VOICE_BLOCK], float ret[HARK_VOICE_BLOCK])
{
  for (unsigned i = 0; i < HARK_VOICE_BLOCK; i++)
    ret[i] = block[i];
}

void
hark_echo_played (HarkEcho *echo, const int16_t block[HARK_VOICE_BLOCK])
{
  float samples[HARK_VOICE_BLOCK];

  to_float (block, samples);
  hark_drift_put (&echo->drift, samples);
}

void
hark_echo_heard (HarkEcho *echo,
                 const HarkEchoConfig *config,
                 const int16_t block[HARK_VOICE_BLOCK],
                 int16_t ret[HARK_VOICE_BLOCK])
{
  const HarkBins *bins = hark_bins ();
  float far[HARK_VOICE_BLOCK], near[HARK_VOICE_BLOCK], out[HARK_VOICE_BLOCK];
  HarkEchoStep step;
  double heard;

  to_float (block, near);
  if (hark_drift_take (&echo->drift, far) == HARK_DRIFT_LATER)
    hark_canceller_shift (&echo->canceller);
  if (hark_canceller_step (&echo->canceller, far, near, &step))
    hark_drift_watch (&echo->drift, &echo->canceller.quick);
  if (!config->echo)
    memcpy (step.rest, near, sizeof near);
  hark_suppress_step (&echo->suppress, &step, config->echo, config->noise, out);
  heard = (double) bins->energy (near, HARK_VOICE_BLOCK);
  if ((double) bins->energy (step.echo, HARK_VOICE_BLOCK) > 0.1 * heard) {
    echo->before = REDUCTION_KEPT * echo->before + heard;
    echo->after = REDUCTION_KEPT * echo->after + (double) bins->energy (out, HARK_VOICE_BLOCK);
  }
  for (unsigned i = 0; i < HARK_VOICE_BLOCK; i++)
    ret[i] = (int16_t) lrintf (CLAMP (out[i], INT16_MIN, INT16_MAX));
}

void
hark_echo_get_stats (const HarkEcho *echo, HarkEchoStats *ret)
{
  *ret = (HarkEchoStats){.drift_ppm = echo->drift.ppm};
  if (echo->before > 0)
    ret->reduction_db = 10 * log10 (echo->before / (echo->after + 1));
}
