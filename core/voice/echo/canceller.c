#include "core/voice/echo/canceller.h"

#include "core/voice/echo/bins.h"

#include <string.h>

#define LEFT_KEPT 0.93f /* smoothing when the two are compared: 140 ms */
#define CLEARLY 0.7f    /* 1.5 dB */
#define AUDIBLE 100.0f  /* mean square of a block that counts as played: -70 dBFS */
#define CAREFUL_BLOCKS                                                          \
  100 /* the steady filter keeps its own doubt for the first second: until then \
         the suppressor should rather let too little through */

static const HarkEchoManner steady
  = {.start = 1, .track = 0.999999f, .shrink = 0.5f, .passes = 1, .wary = true},
  quick = {.start = 0.03f, .track = 0.9997f, .shrink = 0.2f, .passes = 2};

void
hark_canceller_init (HarkCanceller *canceller)
{
  memset (canceller, 0, sizeof *canceller);
  hark_distort_init (&canceller->distort);
  hark_echo_path_init (&canceller->steady, &steady);
  hark_echo_path_init (&canceller->quick, &quick);
}

bool
hark_canceller_step (HarkCanceller *canceller,
                     const float far[HARK_VOICE_BLOCK],
                     const float near[HARK_VOICE_BLOCK],
                     HarkEchoStep *ret)
{
  float out[HARK_VOICE_BLOCK];
  bool played = hark_bins ()->energy (far, HARK_VOICE_BLOCK) > AUDIBLE * HARK_VOICE_BLOCK;

  if (played && canceller->taught < CAREFUL_BLOCKS)
    canceller->taught++;

  hark_distort_put (&canceller->distort, far, out);
  hark_echo_reference_put (&canceller->reference, out);
  hark_echo_path_step (&canceller->steady, &canceller->reference, near, ret);
  if (played)
    hark_distort_learn (&canceller->distort, &canceller->reference, &canceller->steady, ret);
  hark_echo_path_step (&canceller->quick, &canceller->reference, near, &canceller->quick_step);
  canceller->steady_left = LEFT_KEPT * canceller->steady_left + ret->energy;
  canceller->quick_left = LEFT_KEPT * canceller->quick_left + canceller->quick_step.energy;

  if (played && canceller->quick_left < CLEARLY * canceller->steady_left) {
    hark_echo_path_copy (&canceller->steady, &canceller->quick,
                         canceller->taught >= CAREFUL_BLOCKS);
    canceller->steady_left = canceller->quick_left;
    memcpy (ret->echo, canceller->quick_step.echo, sizeof ret->echo);
    memcpy (ret->rest, canceller->quick_step.rest, sizeof ret->rest);
    ret->energy = canceller->quick_step.energy;
  } else if (canceller->steady_left < CLEARLY * canceller->quick_left) {
    hark_echo_path_copy (&canceller->quick, &canceller->steady, false);
    canceller->quick_left = canceller->steady_left;
  }
  return played;
}

void
hark_canceller_shift (HarkCanceller *canceller)
{
  hark_echo_path_shift (&canceller->steady);
  hark_echo_path_shift (&canceller->quick);
}
