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

/* The path's own time: the least ever, or what was found to be the least since, until something
 * comes that is so much faster that the path is another again: then a queue may stand in it. */
static HarkTime
least_of (HarkGovernor *governor, HarkTime min_rtt, HarkTime latest_rtt)
{
  if (governor->least <= min_rtt
      || latest_rtt + (HarkTime) (TARGET_MS * (double) HARK_MS) < governor->least)
    governor->least = 0;
  else
    governor->least = MIN (governor->least, latest_rtt);
  return governor->least != 0 ? governor->least : min_rtt;
}

/* After a step; @over: there was a delay above the target. */
static void
look_for_longer_path (HarkGovernor *governor, bool over, size_t packet, HarkTime now)
{
  if (!over || governor->window > (double) HARK_GOVERNOR_WINDOW_MIN * (double) packet) {
    governor->stuck_at = 0;
    return;
  }
  if (governor->stuck_at == 0) {
    governor->stuck_at = now;
    governor->stuck_rtt = HARK_TIME_NEVER;
    return; /* what this step saw may have been in flight before */
  }
  governor->stuck_rtt = MIN (governor->stuck_rtt, governor->rtt_sample);
  if (hark_time_since (now, governor->stuck_at) < HARK_GOVERNOR_STUCK)
    return;
  governor->least = governor->stuck_rtt;
  governor->stuck_at = 0;
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
  const double window_min = (double) HARK_GOVERNOR_WINDOW_MIN * (double) packet;
  double delay_ms, over;

  if (!governor->active)
    return;
  min_rtt = least_of (governor, min_rtt, latest_rtt);
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
  governor->window = CLAMP (governor->window, window_min, MAX (window_min, 1.25 * (double) cwnd));
  look_for_longer_path (governor, over > 0, packet, now);
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
