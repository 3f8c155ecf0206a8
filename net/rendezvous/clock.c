#include "net/rendezvous/clock.h"

#include <glib.h>
#include <string.h>

/* Nobody's clock is further off; larger numbers are nonsense and would overflow sums. */
#define OFFSET_MAX_S (INT64_C (200) * 366 * 86400)

void
hark_clock_shift (HarkClock *clock, int64_t by_s)
{
  if (by_s < -OFFSET_MAX_S || by_s > OFFSET_MAX_S)
    *clock = (HarkClock){0};
  for (unsigned i = 0; i < clock->n; i++)
    clock->voices[i].offset_s -= by_s;
}

static bool
same_network (const HarkEndpoint *a, const HarkEndpoint *b)
{
  if (hark_endpoint_scope (a) != HARK_SCOPE_PUBLIC)
    return hark_endpoint_equal (a, b);
  return a->family == b->family && memcmp (a->ip, b->ip, a->family == 6 ? 4 : 2) == 0;
}

void
hark_clock_hear (HarkClock *clock, const HarkEndpoint *source, int64_t theirs_s, int64_t ours_s)
{
  HarkClockVoice voice = {.source = *source};
  unsigned at;

  if (theirs_s < 0 || theirs_s > OFFSET_MAX_S || ours_s < -OFFSET_MAX_S || ours_s > OFFSET_MAX_S)
    return;
  voice.offset_s = theirs_s - ours_s;
  for (at = 0; at < clock->n; at++)
    if (same_network (&clock->voices[at].source, source))
      break;
  if (at == HARK_CLOCK_VOICES)
    at = clock->next++ % HARK_CLOCK_VOICES;
  else if (at == clock->n)
    clock->n++;
  clock->voices[at] = voice;
}

bool
hark_clock_get_skew (const HarkClock *clock, int64_t *ret_s)
{
  unsigned best = 0, best_votes = 0;

  for (unsigned i = 0; i < clock->n; i++) {
    unsigned votes = 0;

    for (unsigned j = 0; j < clock->n; j++)
      votes += ABS (clock->voices[i].offset_s - clock->voices[j].offset_s) <= HARK_CLOCK_AGREE_S;
    if (votes > best_votes) {
      best = i;
      best_votes = votes;
    }
  }
  if (best_votes < 2 || 2 * best_votes <= clock->n)
    return false;
  *ret_s = clock->voices[best].offset_s;
  return true;
}

int64_t
hark_clock_get_correction (const HarkClock *clock)
{
  int64_t skew = 0;

  if (!hark_clock_get_skew (clock, &skew) || ABS (skew) <= HARK_CLOCK_TOLERATED_S)
    return 0;
  return skew;
}
