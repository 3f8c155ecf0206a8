#include "core/voice/wait.h"

#include <glib.h>

#define DRIFT 150e-6 /* of the time that passes */
#define RISES 10     /* packets in a row of which all but one */
#define RISES_MIN 9  /* came later than the one before: a queue is being filled */
#define JUMP_TICKS 300
#define JUMP_US 3000000 /* likewise, or the sender's microphone was away */

void
hark_wait_init (HarkWait *wait)
{
  *wait = (HarkWait){0};
}

static int64_t
last_of (const HarkWait *wait)
{
  return wait->transit_us[(wait->at + HARK_WAIT_PACKETS - 1) % HARK_WAIT_PACKETS];
}

static void
start (HarkWait *wait, int64_t transit_us)
{
  for (unsigned i = 0; i < HARK_WAIT_PACKETS; i++)
    wait->transit_us[i] = transit_us;
  wait->least_us = (double) transit_us;
  wait->rises = 0;
  wait->known = true;
}

/* What queues made the latest packets wait beyond the shortest way. */
static double
queued_us (const HarkWait *wait)
{
  int64_t least = last_of (wait);

  if (__builtin_popcount (wait->rises) < RISES_MIN)
    for (unsigned i = 0; i < HARK_WAIT_PACKETS; i++)
      least = MIN (least, wait->transit_us[i]);
  return (double) least - wait->least_us;
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
  if (!wait->known || ABS (transit_us - last_of (wait)) > JUMP_US)
    start (wait, transit_us);
  if (ahead > 0)
    wait->least_us += (double) ahead * 10000 * DRIFT;
  wait->least_us = MIN (wait->least_us, (double) transit_us);

  wait->rises = (wait->rises << 1 | (transit_us > last_of (wait))) & ((1u << RISES) - 1);
  wait->transit_us[wait->at] = transit_us;
  wait->at = (wait->at + 1) % HARK_WAIT_PACKETS;
  return (uint8_t) CLAMP (queued_us (wait) / (HARK_WAIT_STEP_MS * 1000), 0, 255);
}
