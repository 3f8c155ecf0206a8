/* net/session/pace.c - when the next batch of packets may go, and how large it is. */
#include "net/session/pace.h"

#include "net/session/session.h"

#define SLACK_MIN (2 * HARK_MS)
#define SLACK_MAX (10 * HARK_MS)
#define SLACK_BYTES 131072.0 /* more would overflow what many routers can hold */
#define RATE_MIN 1e-5        /* bytes a nanosecond: 80 kbit/s; two full packets in 0.3 s */

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
hark_pace_slack (double rate, bool talking)
{
  return talking ? SLACK_MIN : CLAMP ((HarkTime) (SLACK_BYTES / rate), SLACK_MIN, SLACK_MAX);
}

HarkTime
hark_pace_base (const HarkPace *pace, HarkTime slack, HarkTime now)
{
  return MAX (pace->open, now > slack ? now - slack : 0);
}

void
hark_pace_sent (HarkPace *pace, size_t len, double rate, HarkTime base)
{
  pace->open = base + (HarkTime) ((double) len / rate);
}
