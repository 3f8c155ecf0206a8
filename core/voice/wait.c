#include "core/voice/wait.h"

#include <glib.h>

#define MEAN_NEW 0.1
#define DRIFT 150e-6 /* of the time that passes */
#define JUMP_TICKS 300
#define JUMP_US 3000000 /* likewise, or the sender's microphone was away */

void
hark_wait_init (HarkWait *wait)
{
  *wait = (HarkWait){0};
}

uint8_t
hark_wait_add (HarkWait *wait, uint32_t tick, HarkTime now)
{
  int32_t ahead = (int32_t) (tick - wait->tick);
  int64_t at_us = (int64_t) (now / HARK_US), transit_us;

  wait->tick = tick;
  if (ABS ((int64_t) ahead) > JUMP_TICKS) { /* another stream, or a hostile one */
    wait->known = false;
    wait->sent_us = ahead = 0;
  }
  wait->sent_us += (int64_t) ahead * 10000;
  transit_us = at_us - wait->sent_us;
  if (!wait->known || ABS (transit_us - wait->transit_us) > JUMP_US) {
    wait->known = true;
    wait->mean_us = wait->least_us = (double) transit_us;
  }
  if (ahead > 0)
    wait->least_us += (double) ahead * 10000 * DRIFT;
  wait->least_us = MIN (wait->least_us, (double) transit_us);
  wait->mean_us += MEAN_NEW * ((double) transit_us - wait->mean_us);
  wait->transit_us = transit_us;
  return (uint8_t) CLAMP ((wait->mean_us - wait->least_us) / (HARK_WAIT_STEP_MS * 1000), 0, 255);
}
