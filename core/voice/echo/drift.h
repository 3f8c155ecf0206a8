/* core/voice/echo/drift.h - what the loudspeaker played, told by the microphone's clock.
 *
 * Pure. Two sound cards never run equally fast, and blocks come in bursts. Played blocks are put
 * in as they come; for each block of the microphone one is taken out, resampled. How much faster
 * the loudspeaker runs is read off the learned echo path: when the clocks differ, its phases turn.
 */
#pragma once

#include "core/voice/echo/adaptive.h"
#include "core/voice/echo/bins.h"

#include <stdint.h>

#define HARK_DRIFT_RING 8192 /* samples kept: a power of two */
#define HARK_DRIFT_TAPS HARK_BINS_TAPS
#define HARK_DRIFT_PHASES 64     /* of it; linear in between */
#define HARK_DRIFT_PPM_MAX 500.0 /* worse sound cards are not corrected further */
#define HARK_DRIFT_SLACK_MAX 6   /* blocks that the reference may lag for jitter */

typedef struct {
  float kernel[HARK_DRIFT_PHASES + 1][HARK_DRIFT_TAPS];
  float ring[HARK_DRIFT_RING];
  uint64_t written;                          /* samples put in */
  double at;                                 /* sample that the next block begins with */
  bool running;                              /* `at` means something */
  unsigned slack;                            /* blocks that `at` started behind */
  unsigned starved;                          /* blocks in a row that were not there in time */
  double ppm;                                /* how much faster the loudspeaker runs */
  HarkSpectrum before[HARK_ECHO_PARTITIONS]; /* the path when last looked at */
  bool has_before;
  unsigned blocks; /* with something played since then */
} HarkDrift;

typedef enum {
  HARK_DRIFT_STEADY,
  HARK_DRIFT_LATER,  /* to stop starving the reference comes one block later from now on */
  HARK_DRIFT_ANEW,   /* it starts somewhere else: what is known of delays is void */
  HARK_DRIFT_SILENT, /* nothing is being played */
} HarkDriftStep;

void hark_drift_init (HarkDrift *drift);

/* hark_drift_put: the next block played. */
void hark_drift_put (HarkDrift *drift, const float block[HARK_VOICE_BLOCK]);

/* hark_drift_take: the block that belongs to the next block of the microphone; silence when there
 * is none. */
HarkDriftStep hark_drift_take (HarkDrift *drift, float ret[HARK_VOICE_BLOCK]);

/* hark_drift_watch: after each block with something played: how @path moves tells the drift. */
void hark_drift_watch (HarkDrift *drift, const HarkEchoPath *path);
