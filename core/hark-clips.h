/* core/hark-clips.h - voice messages that are spoken or heard now; part of core/hark.h.
 *
 * Plain values.
 */
#pragma once

#include "core/hark-sizes.h"

#include <stdbool.h>
#include <stdint.h>

typedef enum {
  HARK_RECORDING_ON,   /* the microphone is open */
  HARK_RECORDING_FULL, /* it is closed: nothing more fits, or a call needs it; "stop" sends what
                          there is */
  HARK_RECORDING_OVER, /* sent, cancelled or failed (reason) */
} HarkRecordingPhase;

/* A voice message that the user speaks now. */
typedef struct {
  uint8_t contact[HARK_ACCOUNT_LEN];
  bool has_group;
  uint8_t group[HARK_MESSAGE_ID_LEN];
  HarkRecordingPhase phase;
  uint32_t length_ms;
  double level; /* dBFS: the loudest of the last 100 ms */
} HarkRecording;

typedef enum { HARK_PLAYING_ON, HARK_PLAYING_PAUSED, HARK_PLAYING_OVER } HarkPlayingPhase;

/* A voice message that is heard now. */
typedef struct {
  uint8_t contact[HARK_ACCOUNT_LEN];
  bool has_group;
  uint8_t group[HARK_MESSAGE_ID_LEN];
  uint8_t id[HARK_MESSAGE_ID_LEN];
  HarkPlayingPhase phase;
  uint32_t at_ms, length_ms;
  unsigned speed; /* per cent */
} HarkPlaying;
