/* net/session/governor.c - holds bulk data back while a call is up. */
#include "net/session/governor.h"

#include <glib.h>

#define TARGET_MS 8.0
#define OWN_MS_MAX 30.0
#define PACE 1.25

/* How much longer a full packet takes than the short ones of the least round trip, on a line that
 * is narrow at both ends, where nobody waits: 11 ms at 2 Mbit/s, which is no queue. */
static double
own_time_ms (const HarkGovernor *governor, HarkTime smoothed_rtt, size_t packet)
{
  return MIN (OWN_MS_MAX, 2.0 * (double) packet * ((double) smoothed_rtt / (double) HARK_MS)
                            / MAX (governor->window, (double) packet));
}

void
hark_governor_set_active (HarkGovernor *governor, bool active, uint64_t cwnd, HarkTime now)
{
  if (active && !governor->active)
    *governor = (HarkGovernor){.window = (double) cwnd, .rtt_sample = HARK_TIME_NEVER, .next = now};
  governor->active = active;
}

void
hark_governor_sample (HarkGovernor *governor,
                      HarkTime latest_rtt,
                      HarkTime min_rtt,
                      HarkTime smoothed_rtt,
                      uint64_t cwnd,
                      size_t packet,
                      HarkTime now)
{
  double delay_ms, over;

  if (!governor->active)
    return;
  governor->rtt_sample = MIN (governor->rtt_sample, latest_rtt);
  if (now < governor->next)
    return;
  delay_ms = (double) hark_time_since (governor->rtt_sample, min_rtt) / (double) HARK_MS
             - own_time_ms (governor, smoothed_rtt, packet);
  delay_ms = MAX (delay_ms, 0);
  over = (delay_ms - TARGET_MS) / TARGET_MS;
  if (over > 0)
    governor->window *= 1 - MIN (0.5, 0.25 * over);
  else if (governor->filled)
    governor->window
      += MIN ((double) packet * (1 - 7 * over), MAX ((double) packet, governor->window / 8));
  governor->window = CLAMP (governor->window, 4.0 * (double) packet,
                            MAX (4.0 * (double) packet, 1.25 * (double) cwnd));
  governor->rtt_sample = HARK_TIME_NEVER;
  governor->filled = false;
  governor->next = now + MAX (smoothed_rtt, HARK_MS);
}

bool
hark_governor_allows (HarkGovernor *governor, uint64_t in_flight)
{
  if (!governor->active || (double) in_flight < governor->window)
    return true;
  governor->filled = true;
  return false;
}

double
hark_governor_rate (const HarkGovernor *governor, double rate, HarkTime smoothed_rtt)
{
  if (!governor->active)
    return rate;
  return MIN (rate, PACE * governor->window / (double) MAX (smoothed_rtt, HARK_US));
}
