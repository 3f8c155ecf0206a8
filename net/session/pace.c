/* net/session/pace.c - when the next batch of packets may go, and how large it is. */
#include "net/session/pace.h"

#include "net/session/session.h"

#define FORGIVEN (2 * HARK_MS)
#define RATE_MIN 1e-5 /* bytes a nanosecond: 80 kbit/s; two full packets in 0.3 s */

double
hark_pace_rate (double rate, uint64_t cwnd, HarkTime smoothed_rtt)
{
  if (rate <= 0)
    rate = 1.25 * (double) cwnd / (double) MAX (smoothed_rtt, HARK_US);
  return MAX (rate, RATE_MIN);
}

size_t
hark_pace_batch (double rate, size_t packet)
{
  double want = rate * (double) HARK_MS;
  size_t least = 2 * packet;

  if (want >= HARK_SESSION_BATCH_MAX || least >= HARK_SESSION_BATCH_MAX)
    return HARK_SESSION_BATCH_MAX;
  return MAX ((size_t) want, least);
}

HarkTime
hark_pace_base (const HarkPace *pace, HarkTime now)
{
  return MAX (pace->open, now > FORGIVEN ? now - FORGIVEN : 0);
}

void
hark_pace_sent (HarkPace *pace, size_t len, double rate, HarkTime now)
{
  pace->open = hark_pace_base (pace, now) + (HarkTime) ((double) len / rate);
}
