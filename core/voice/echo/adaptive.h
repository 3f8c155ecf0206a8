/* core/voice/echo/adaptive.h - the echo path, learned block by block.
 *
 * Pure: a partitioned-block filter in the frequency domain whose coefficients are tracked by a
 * Kalman filter: each bin's step follows from how well it is known and from what else the
 * microphone hears. Nothing here allocates. Sources: Enzner and Vary, "Frequency-domain adaptive
 * Kalman filter for acoustic echo control in hands-free telephones" (2006); Kuech, Mabande and
 * Enzner, "State-space architecture of the partitioned-block-based acoustic echo controller"
 * (2014).
 */
#pragma once

#include "core/voice/echo/spectrum.h"

#include <stdbool.h>

#define HARK_ECHO_PARTITIONS \
  40 /* of 10 ms: delay of both sound cards and the room's tail; late ones cost little */

/* What the loudspeaker played lately: spectra of two blocks each, one block apart. */
typedef struct {
  HarkSpectrum blocks[HARK_ECHO_PARTITIONS];
  unsigned newest;
  float last[HARK_VOICE_BLOCK];
} HarkEchoReference;

/* hark_echo_reference_put: the next block played. */
void hark_echo_reference_put (HarkEchoReference *reference, const float block[HARK_VOICE_BLOCK]);

/* hark_echo_reference_get: the spectrum that is @age blocks old. */
static inline const HarkSpectrum *
hark_echo_reference_get (const HarkEchoReference *reference, unsigned age)
{
  return &reference->blocks[(reference->newest + age) % HARK_ECHO_PARTITIONS];
}

/* How a filter learns. */
typedef struct {
  float start;  /* variance of a coefficient before anything is known */
  float track;  /* how much of the path stays the same from block to block */
  float shrink; /* how much of what one block could teach at best is believed to be learned: below
                   the theory's 0.5, since speech repeats itself */
  unsigned passes; /* times that each block is learned from */
  bool
    wary; /* what is no echo is believed at once when it grows, not after some blocks: learns less
             from the first syllables of somebody here, and from the first ones of the echo */
} HarkEchoManner;

typedef struct {
  HarkSpectrum path[HARK_ECHO_PARTITIONS];
  float doubt[HARK_ECHO_PARTITIONS][HARK_SPECTRUM_STRIDE]; /* variance of that */
  float other[HARK_SPECTRUM_STRIDE];                       /* power of what is no echo */
  HarkEchoManner manner;
  unsigned cut; /* partition that is cut to its block next */
} HarkEchoPath;

/* What one block gave. */
typedef struct {
  _Alignas(HARK_SPECTRUM_ALIGN) float echo[HARK_VOICE_BLOCK]; /* as foreseen */
  _Alignas(HARK_SPECTRUM_ALIGN) float rest[HARK_VOICE_BLOCK]; /* microphone less that */
  float unsure[HARK_SPECTRUM_STRIDE]; /* power of echo that may be left in `rest`, in bins of a
                                     transform of HARK_SPECTRUM_LEN samples, half of them zero */
  float energy;                       /* of `rest` */
  HarkSpectrum error;                 /* of `rest`, the half before it zero */
  float weight[HARK_SPECTRUM_STRIDE]; /* of each bin of that: how little besides echo is in it */
} HarkEchoStep;

/* hark_echo_path_init: nothing is known yet. */
void hark_echo_path_init (HarkEchoPath *path, const HarkEchoManner *manner);

/* hark_echo_path_step: foresees the echo in @near from @reference, whose newest block was played
 * while @near was heard or before, takes it out, and learns from what is left. What a microphone
 * cut off at full scale is filled in from its neighbours, since the echo taken out there would
 * leave a click. */
void hark_echo_path_step (HarkEchoPath *path,
                          const HarkEchoReference *reference,
                          const float near[HARK_VOICE_BLOCK],
                          HarkEchoStep *ret);

/* hark_echo_path_copy: @path believes what @from does; @doubt: also how sure it is of that. */
void hark_echo_path_copy (HarkEchoPath *path, const HarkEchoPath *from, bool doubt);

/* hark_echo_path_shift: from now on the reference comes one block later than before: what is known
 * moves one partition forward. */
void hark_echo_path_shift (HarkEchoPath *path);
