/* core/voice/echo/distort.h - what a loudspeaker makes of loud sounds, which no linear filter
 * finds.
 *
 * Pure: the loudspeaker is taken for a curve, the same for each sample, in front of the echo path:
 * the sample, x|x|, x^2 and x^3, each with a weight. The weights are those that would have left
 * the least of the last seconds' echo (recursive least squares over the echo path as it is known):
 * four figures, so people who speak at the same time hardly disturb them. Source for the model:
 * Stenger and Kellermann, "Adaptation of a memoryless preprocessor for nonlinear acoustic echo
 * cancelling" (2000).
 */
#pragma once

#include "core/voice/echo/adaptive.h"

#define HARK_DISTORT_TERMS 4  /* x, x|x|, x^2, x^3 */
#define HARK_DISTORT_BINS 160 /* to 8 kHz: where speech is */
#define HARK_DISTORT_MOST 0.5f
/* of a sample: the curved terms change it by no more, also where it is louder than all that was
 * learned from */

typedef struct {
  struct {
    float re[HARK_DISTORT_BINS], im[HARK_DISTORT_BINS];
  } rows[HARK_DISTORT_TERMS - 1][HARK_ECHO_PARTITIONS]; /* curved terms */
  float last[HARK_DISTORT_TERMS - 1][HARK_VOICE_BLOCK];
  double moments[HARK_DISTORT_TERMS][HARK_DISTORT_TERMS]; /* of the terms' echoes, forgetting */
  float weights[HARK_DISTORT_TERMS];                      /* beside the sample itself */
  unsigned newest;
  unsigned heard; /* blocks that could be learned from */
} HarkDistort;

/* hark_distort_init: a loudspeaker that plays what it is given. */
void hark_distort_init (HarkDistort *distort);

/* hark_distort_put: the next block given to the loudspeaker; @ret: as it comes out of it. */
void hark_distort_put (HarkDistort *distort,
                       const float block[HARK_VOICE_BLOCK],
                       float ret[HARK_VOICE_BLOCK]);

/* hark_distort_learn: from @step, which @path made of the last block put and of @reference, which
 * holds what hark_distort_put() returned. Most blocks cost nothing. */
void hark_distort_learn (HarkDistort *distort,
                         const HarkEchoReference *reference,
                         const HarkEchoPath *path,
                         const HarkEchoStep *step);
