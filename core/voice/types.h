/* core/voice/types.h - what the door voice.h and the modules behind it both speak of.
 *
 * Plain values.
 */
#pragma once

#include <glib.h>
#include <stdint.h>

#define HARK_VOICE_PEOPLE_MAX 5   /* that are heard at once */
#define HARK_VOICE_PACKET_MAX 400 /* bytes of one media payload */

typedef struct {
  double jitter_ms, playout_ms;
  double loss_in;             /* share, last seconds */
  double loss_out;            /* the same as the peer reports it */
  double concealed;           /* share of frames, last second */
  double rate_out;            /* bit/s of media payloads */
  double level_in, level_out; /* dBFS */
  uint64_t packets_in, packets_out, packets_refused;
} HarkVoiceStats;

#define HARK_VOICE_ERROR (hark_voice_error_quark ())
GQuark hark_voice_error_quark (void);

typedef enum {
  HARK_VOICE_ERROR_FILE,   /* cannot be opened, read or written */
  HARK_VOICE_ERROR_FORMAT, /* not a WAV file of the kind we take */
  HARK_VOICE_ERROR_DEVICE, /* no sound server, or a name that means nothing */
} HarkVoiceError;
