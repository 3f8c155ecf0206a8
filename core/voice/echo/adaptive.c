#include "core/voice/echo/adaptive.h"

#include "core/voice/echo/bins.h"

#include <math.h>
#include <stdint.h>
#include <string.h>

#define OTHER_KEPT 0.9f /* smoothing of what is no echo: about 100 ms */
#define DOUBT_MIN 1e-10f
#define POWER_MIN 1e-3f /* far below a sample's last bit */
#define CUT_EACH 5      /* partitions cut to their block in each pass; the others drift little */

_Static_assert(HARK_ECHO_PARTITIONS % HARK_BINS_AT_ONCE == 0, "no partition is left over");

void
hark_echo_reference_put (HarkEchoReference *reference, const float block[HARK_VOICE_BLOCK])
{
  _Alignas(HARK_SPECTRUM_ALIGN) float both[HARK_SPECTRUM_LEN];

  memcpy (both, reference->last, sizeof reference->last);
  memcpy (both + HARK_VOICE_BLOCK, block, sizeof reference->last);
  memcpy (reference->last, block, sizeof reference->last);
  reference->newest = (reference->newest + HARK_ECHO_PARTITIONS - 1) % HARK_ECHO_PARTITIONS;
  hark_spectrum_forward (both, &reference->blocks[reference->newest]);
}

static void
forget (HarkEchoPath *path, unsigned partition)
{
  memset (&path->path[partition], 0, sizeof path->path[partition]);
  for (unsigned k = 0; k < HARK_SPECTRUM_STRIDE; k++)
    path->doubt[partition][k] = path->manner.start;
}

void
hark_echo_path_init (HarkEchoPath *path, const HarkEchoManner *manner)
{
  memset (path, 0, sizeof *path);
  path->manner = *manner;
  for (unsigned p = 0; p < HARK_ECHO_PARTITIONS; p++)
    forget (path, p);
}

static bool
is_cut_off (float sample)
{
  return sample >= INT16_MAX || sample <= INT16_MIN;
}

/* Where the microphone was too loud for its samples, what is left lies on a line between the
 * neighbours, but never on the inner side of what is known: that there was at least as much. */
static void
mend (const float near[HARK_VOICE_BLOCK], float rest[HARK_VOICE_BLOCK])
{
  for (unsigned from = 0; from < HARK_VOICE_BLOCK; from++) {
    unsigned to = from;
    float left, right;

    while (to < HARK_VOICE_BLOCK && is_cut_off (near[to]))
      to++;
    if (to == from)
      continue;
    right = to < HARK_VOICE_BLOCK ? rest[to] : from > 0 ? rest[from - 1] : 0;
    left = from > 0 ? rest[from - 1] : right;
    for (unsigned i = from; i < to; i++) {
      float line = left + (right - left) * (float) (i - from + 1) / (float) (to - from + 1);

      rest[i] = near[i] > 0 ? fmaxf (rest[i], line) : fminf (rest[i], line);
    }
    from = to;
  }
}

/* The echo that the path makes of the reference, what is left without it, and the power of echo
 * that the doubt about the path stands for. */
static void
foresee (const HarkEchoPath *path,
         const HarkEchoReference *reference,
         const float near[HARK_VOICE_BLOCK],
         HarkEchoStep *ret)
{
  const HarkBins *bins = hark_bins ();
  HarkSpectrum sum = {.re = {0}};
  _Alignas(HARK_SPECTRUM_ALIGN) float samples[HARK_SPECTRUM_LEN];

  memset (ret->unsure, 0, sizeof ret->unsure);
  for (unsigned p = 0; p < HARK_ECHO_PARTITIONS; p += HARK_BINS_AT_ONCE) {
    const HarkSpectrum *x[HARK_BINS_AT_ONCE];

    for (unsigned i = 0; i < HARK_BINS_AT_ONCE; i++)
      x[i] = hark_echo_reference_get (reference, p + i);
    bins->foresee (&sum, ret->unsure, x, &path->path[p], &path->doubt[p]);
  }
  hark_spectrum_inverse (&sum, samples);
  for (unsigned i = 0; i < HARK_VOICE_BLOCK; i++) {
    ret->echo[i] = samples[HARK_VOICE_BLOCK + i]; /* the first half is wrapped around */
    ret->rest[i] = near[i] - ret->echo[i];
  }
  mend (near, ret->rest);
  ret->energy = bins->energy (ret->rest, HARK_VOICE_BLOCK);
}

/* A partition's response lasts one block: what grew behind it is an artefact of the transform. */
static void
cut (HarkSpectrum *w)
{
  _Alignas(HARK_SPECTRUM_ALIGN) float response[HARK_SPECTRUM_LEN];

  hark_spectrum_inverse (w, response);
  memset (response + HARK_VOICE_BLOCK, 0, HARK_VOICE_BLOCK * sizeof *response);
  hark_spectrum_forward (response, w);
}

static void
learn (HarkEchoPath *path, const HarkEchoReference *reference, HarkEchoStep *step)
{
  const HarkBins *bins = hark_bins ();
  const HarkBinsManner manner
    = {.track = path->manner.track, .shrink = path->manner.shrink, .doubt_min = DOUBT_MIN};
  _Alignas(HARK_SPECTRUM_ALIGN) float samples[HARK_SPECTRUM_LEN] = {0};
  float power[HARK_SPECTRUM_STRIDE];

  memcpy (samples + HARK_VOICE_BLOCK, step->rest, sizeof step->rest);
  hark_spectrum_forward (samples, &step->error);
  bins->powers (&step->error, power);
  for (unsigned k = 0; k < HARK_SPECTRUM_STRIDE; k++) {
    float other = OTHER_KEPT * path->other[k] + (1 - OTHER_KEPT) * power[k];

    path->other[k] = path->manner.wary && power[k] > other ? power[k] : other;
    step->weight[k] = 1 / (step->unsure[k] + path->other[k] + POWER_MIN);
  }
  for (unsigned p = 0; p < HARK_ECHO_PARTITIONS; p++)
    bins->correct (&manner, hark_echo_reference_get (reference, p), &step->error, step->weight,
                   &path->path[p], path->doubt[p]);
  for (unsigned i = 0; i < CUT_EACH; i++) {
    cut (&path->path[path->cut]);
    path->cut = (path->cut + 1) % HARK_ECHO_PARTITIONS;
  }
}

void
hark_echo_path_step (HarkEchoPath *path,
                     const HarkEchoReference *reference,
                     const float near[HARK_VOICE_BLOCK],
                     HarkEchoStep *ret)
{
  HarkEchoStep again;

  foresee (path, reference, near, ret);
  learn (path, reference, ret);
  for (unsigned i = 1; i < path->manner.passes; i++) {
    foresee (path, reference, near, &again);
    learn (path, reference, &again);
  }
}

void
hark_echo_path_copy (HarkEchoPath *path, const HarkEchoPath *from, bool doubt)
{
  memcpy (path->path, from->path, sizeof path->path);
  if (doubt)
    memcpy (path->doubt, from->doubt, sizeof path->doubt);
}

void
hark_echo_path_shift (HarkEchoPath *path)
{
  memmove (&path->path[0], &path->path[1], sizeof path->path - sizeof path->path[0]);
  memmove (path->doubt[0], path->doubt[1], sizeof path->doubt - sizeof path->doubt[0]);
  forget (path, HARK_ECHO_PARTITIONS - 1);
}
