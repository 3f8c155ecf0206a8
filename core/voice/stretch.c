#include "core/voice/stretch.h"

#include <math.h>
#include <string.h>

#define QUIET 40.0 /* rms under which any join is inaudible: -58 dBFS */

static double
likeness (const int16_t *a, const int16_t *b, size_t step)
{
  double ab = 0, aa = 0, bb = 0, floor = QUIET * QUIET * HARK_STRETCH_FADE / (double) step;

  for (size_t i = 0; i < HARK_STRETCH_FADE; i += step) {
    ab += (double) a[i] * b[i];
    aa += (double) a[i] * a[i];
    bb += (double) b[i] * b[i];
  }
  if (aa < floor && bb < floor)
    return 1;
  return aa > 0 && bb > 0 ? ab / sqrt (aa * bb) : 0;
}

size_t
hark_stretch_find (const int16_t *at, int direction, size_t lag_max, double *ret_likeness)
{
  size_t coarse = lag_max, best, lo, hi;
  double top = -2;

  /* coarse: every fourth lag on every fourth sample, longest first, so that silence moves far */
  for (size_t lag = lag_max; lag >= HARK_STRETCH_LAG_MIN; lag -= 4) {
    double like = likeness (at, at + direction * (ptrdiff_t) lag, 4);

    if (like > top) {
      top = like;
      coarse = lag;
    }
  }

  lo = coarse < HARK_STRETCH_LAG_MIN + 3 ? HARK_STRETCH_LAG_MIN : coarse - 3;
  hi = coarse + 3 > lag_max ? lag_max : coarse + 3;
  best = coarse;
  top = likeness (at, at + direction * (ptrdiff_t) coarse, 1);
  for (size_t lag = lo; lag <= hi; lag++) {
    double like = likeness (at, at + direction * (ptrdiff_t) lag, 1);

    if (like > top) {
      top = like;
      best = lag;
    }
  }
  *ret_likeness = top;
  return best;
}

/* The pieces are alike, so their amplitudes (not their powers) add up to one. */
static void
blend (int16_t ret[HARK_STRETCH_FADE], const int16_t *from, const int16_t *to)
{
  for (int i = 0; i < HARK_STRETCH_FADE; i++)
    ret[i] = (int16_t) ((from[i] * (HARK_STRETCH_FADE - i) + to[i] * i) / HARK_STRETCH_FADE);
}

size_t
hark_stretch_shrink (int16_t *at, size_t len, size_t lag)
{
  int16_t faded[HARK_STRETCH_FADE];

  blend (faded, at, at + lag);
  memmove (at + HARK_STRETCH_FADE, at + HARK_STRETCH_FADE + lag,
           (len - HARK_STRETCH_FADE - lag) * sizeof *at);
  memcpy (at, faded, sizeof faded);
  return len - lag;
}

size_t
hark_stretch_grow (int16_t *at, size_t len, size_t lag)
{
  int16_t faded[HARK_STRETCH_FADE];
  const int16_t *rest = at + HARK_STRETCH_FADE - lag;

  blend (faded, at, at - lag);
  memmove (at + HARK_STRETCH_FADE, rest, (len + lag - HARK_STRETCH_FADE) * sizeof *at);
  memcpy (at, faded, sizeof faded);
  return len + lag;
}
