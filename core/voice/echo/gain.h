/* core/voice/echo/gain.h - voices about equally loud, whoever sits how far from which microphone.
 *
 * Pure; embedded; blocks of 10 ms at 48 kHz, in the microphone's real-time thread. Voices
 * at a usual level are left exactly as they are; others move to the middle of it, in the pauses
 * between words alone, so that no word changes while it is spoken. Learns from speech alone (what
 * stands out of the room's noise); a limiter keeps peaks below full scale. Adds no delay.
 */
#pragma once

#include "core/voice/codec.h"

#include <stdbool.h>
#include <stdint.h>

#define HARK_GAIN_TARGET_DBFS (-24.0f) /* mean level of speech that others are brought to */
#define HARK_GAIN_LEAST_DBFS (-31.0f)  /* usual levels, which nothing is done to */
#define HARK_GAIN_MOST_DBFS (-18.0f)
#define HARK_GAIN_UP_DB 12.0f /* more would lift the room, and echo that is left */
#define HARK_GAIN_DOWN_DB (-12.0f)
#define HARK_GAIN_SPEED_DB 0.1f    /* a block of a pause */
#define HARK_GAIN_LEARN_BLOCKS 100 /* of speech, before anything is done */
#define HARK_GAIN_PEAK 0.89f       /* of full scale: -1 dBFS */

typedef struct {
  float noise;     /* energy a sample of the room, full scale 1 */
  float speech;    /* of speech */
  unsigned heard;  /* blocks of speech, while they are few */
  float wanted_db; /* where the gain goes */
  float gain_db;   /* now */
  float applied;   /* factor at the end of the block before, limiter included */
} HarkGain;

/* hark_gain_init: gain 0 dB; knows neither room nor voice. */
void hark_gain_init (HarkGain *gain);

/* hark_gain_step: the next block; @ret may be the same. @on: false: learns, and goes back to 0 dB
 * at its pace, in words as well. */
void hark_gain_step (HarkGain *gain,
                     bool on,
                     const int16_t block[HARK_VOICE_BLOCK],
                     int16_t ret[HARK_VOICE_BLOCK]);
