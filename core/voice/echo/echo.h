/* core/voice/echo/echo.h - the microphone without what the loudspeaker plays, without the room's
 * noise.
 *
 * Pure, for one call, one thread; blocks of 10 ms at 48 kHz. Nothing allocates or locks after
 * hark_echo_new(): it runs in the microphone's real-time thread. Adds 2.5 ms of delay. How:
 * core/voice/echo/README.md.
 */
#pragma once

#include "core/voice/codec.h"

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

typedef struct HarkEcho HarkEcho;

typedef struct {
  bool echo;  /* take the loudspeaker out */
  bool noise; /* make steady noise quiet */
} HarkEchoConfig;

typedef struct {
  double reduction_db; /* how much quieter the last seconds of echo became; 0: nothing was played */
  double drift_ppm;    /* how much faster the loudspeaker's clock runs */
} HarkEchoStats;

/* hark_echo_new: never NULL. */
HarkEcho *hark_echo_new (void);
void hark_echo_free (HarkEcho *echo);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (HarkEcho, hark_echo_free)

/* hark_echo_played: the next block that was given to the loudspeaker, in order. */
void hark_echo_played (HarkEcho *echo, const int16_t block[HARK_VOICE_BLOCK]);

/* hark_echo_heard: the next block of the microphone; @ret may be the same. What is switched off in
 * @config still learns, so that it works at once when it is switched on. */
void hark_echo_heard (HarkEcho *echo,
                      const HarkEchoConfig *config,
                      const int16_t block[HARK_VOICE_BLOCK],
                      int16_t ret[HARK_VOICE_BLOCK]);

void hark_echo_get_stats (const HarkEcho *echo, HarkEchoStats *ret);
