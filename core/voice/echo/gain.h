/* core/voice/echo/gain.h - voices about equally loud, whoever sits how far from which microphone.
 *
 * Pure; embedded; blocks of 10 ms at 48 kHz, in the microphone's real-time thread. Slow (3 dB a
 * second, so that loud and soft words stay so), learns from speech alone (what stands out of the
 * room's noise), and a limiter that keeps peaks below full scale. Adds no delay.
 */
#pragma once

#include "core/voice/codec.h"

#include <stdbool.h>
#include <stdint.h>

#define HARK_GAIN_TARGET_DBFS (-23.0f) /* mean level of speech */
#define HARK_GAIN_UP_DB 12.0f          /* more would lift the room, and echo that is left */
#define HARK_GAIN_DOWN_DB (-12.0f)
#define HARK_GAIN_SPEED_DB 0.03f /* a block */
#define HARK_GAIN_PEAK 0.89f     /* of full scale: -1 dBFS */

typedef struct {
  float noise;   /* energy a sample of the room, full scale 1 */
  float speech;  /* of speech; 0: none was heard yet */
  float gain_db; /* now */
  float applied; /* factor at the end of the block before, limiter included */
} HarkGain;

/* hark_gain_init: gain 0 dB; knows neither room nor voice. */
void hark_gain_init (HarkGain *gain);

/* hark_gain_step: the next block; @ret may be the same. @on: false: learns, and goes back to 0 dB
 * at its pace. */
void hark_gain_step (HarkGain *gain,
                     bool on,
                     const int16_t block[HARK_VOICE_BLOCK],
                     int16_t ret[HARK_VOICE_BLOCK]);
