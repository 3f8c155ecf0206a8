/* core/voice/quality.h - how often each frame is sent, from the loss that the peer reports.
 *
 * Pure; embedded. Repeating frames in later packets beats Opus' in-band FEC at equal rate, also in
 * bursts. Changes at most every 5 s and from the network's feedback only, since every change of
 * the packet size can be seen from outside.
 */
#pragma once

#include <stdint.h>

#define HARK_QUALITY_HOLD 500 /* blocks of 10 ms between two changes */

typedef struct {
  unsigned copies; /* 0 to HARK_VOICE_COPIES_MAX */
  unsigned held;   /* blocks since the last change */
} HarkQuality;

/* hark_quality_init: no copies, and free to change. */
void hark_quality_init (HarkQuality *quality);

/* hark_quality_step: one block passed; @loss as last reported, in 1/255. Returns the copies to send
 * from now on. */
unsigned hark_quality_step (HarkQuality *quality, uint8_t loss);
