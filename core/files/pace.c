#include "core/files/pace.h"

#include <glib.h>

#define STEPS 20 /* a second */
#define STEP_MIN 1024
#define STEP_MAX ((size_t) 256 * 1024)

void
hark_pace_set (HarkPace *pace, uint64_t rate, HarkTime now)
{
  if (pace->rate == 0)
    *pace = (HarkPace){.last = now};
  else
    hark_pace_charge (pace, 0, now);
  pace->rate = rate;
}

size_t
hark_pace_step (const HarkPace *pace)
{
  return pace->rate == 0 ? STEP_MAX : (size_t) CLAMP (pace->rate / STEPS, STEP_MIN, STEP_MAX);
}

bool
hark_pace_may (HarkPace *pace, size_t len, HarkTime now)
{
  hark_pace_charge (pace, 0, now);
  return pace->rate == 0 || pace->tokens >= (double) len;
}

void
hark_pace_charge (HarkPace *pace, size_t len, HarkTime now)
{
  double most = (double) hark_pace_step (pace) * 2;
  double span = (double) hark_time_since (now, pace->last) / (double) HARK_SECOND;

  pace->tokens = MIN (most, pace->tokens + (double) pace->rate * span) - (double) len;
  pace->last = now;
}

HarkTime
hark_pace_when (const HarkPace *pace, size_t len, HarkTime now)
{
  double lacks = (double) len - pace->tokens;

  if (pace->rate == 0 || lacks <= 0)
    return now;
  return hark_time_add (pace->last,
                        (HarkTime) (lacks * (double) HARK_SECOND / (double) pace->rate) + HARK_MS);
}
