#include "net/rendezvous/clock.h"

#include <glib.h>
#include <string.h>

/* Nobody's clock is further off; larger numbers are nonsense and would overflow sums. */
#define OFFSET_MAX_S (INT64_C (200) * 366 * 86400)
#define KEPT_S (2 * 3600) /* a record stays in the DHT (BEP 44) */

/* A contact that is not ahead of us says nothing. */
static void
drop_if_near (HarkClock *clock, unsigned at)
{
  if (clock->contacts[at].offset_s <= HARK_CLOCK_TOLERATED_S)
    clock->contacts[at] = clock->contacts[--clock->n_contacts];
}

void
hark_clock_shift (HarkClock *clock, int64_t by_s)
{
  if (by_s < -OFFSET_MAX_S || by_s > OFFSET_MAX_S)
    *clock = (HarkClock){0};
  for (unsigned i = 0; i < clock->n; i++)
    clock->voices[i].offset_s -= by_s;
  for (unsigned i = clock->n_contacts; i > 0; i--) {
    clock->contacts[i - 1].offset_s -= by_s;
    drop_if_near (clock, i - 1);
  }
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

void
hark_clock_hear_record (HarkClock *clock, const HarkKey *account, int64_t made_s, int64_t ours_s)
{
  unsigned at;

  if (made_s < 0 || made_s > OFFSET_MAX_S || ours_s < -OFFSET_MAX_S || ours_s > OFFSET_MAX_S)
    return;
  for (at = 0; at < clock->n_contacts; at++)
    if (hark_key_equal (&clock->contacts[at].account, account))
      break;
  if (at == HARK_CLOCK_CONTACTS)
    return; /* enough say it */
  if (at == clock->n_contacts)
    clock->n_contacts++;
  clock->contacts[at] = (HarkClockContact){.account = *account, .offset_s = made_s - ours_s};
  drop_if_near (clock, at);
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

/* How far ahead of us the @rank-th of our contacts is at least, from 0; 0: there are not so many.
 */
static int64_t
contact_offset (const HarkClock *clock, unsigned rank)
{
  for (unsigned i = 0; i < clock->n_contacts; i++) {
    unsigned above = 0;

    for (unsigned j = 0; j < clock->n_contacts; j++)
      above += clock->contacts[j].offset_s > clock->contacts[i].offset_s
               || (clock->contacts[j].offset_s == clock->contacts[i].offset_s && j < i);
    if (above == rank)
      return clock->contacts[i].offset_s;
  }
  return 0;
}

/* What most voices say; 0 when they do not agree, or find us right. */
static int64_t
voices_offset (const HarkClock *clock)
{
  int64_t skew = 0;

  if (!hark_clock_get_skew (clock, &skew) || ABS (skew) <= HARK_CLOCK_TOLERATED_S)
    return 0;
  return skew;
}

/* Records may be as old as they are kept: voices that are a little ahead of them know better. */
static int64_t
refine (int64_t made, int64_t voices)
{
  return voices >= made - HARK_CLOCK_AGREE_S && voices <= made + KEPT_S ? voices : made;
}

int64_t
hark_clock_get_correction (const HarkClock *clock, int64_t ours_s)
{
  int64_t voices = voices_offset (clock);
  int64_t first = contact_offset (clock, 0), second = contact_offset (clock, 1);

  if (second)
    return refine (second, voices);
  if (first && refine (first, voices) == voices)
    return voices;
  if (ours_s >= HARK_CLOCK_OLDEST_S)
    return 0;
  if (first)
    return first;
  return ours_s + voices >= HARK_CLOCK_OLDEST_S ? voices : 0;
}

int64_t
hark_clock_get_doubt (const HarkClock *clock, int64_t ours_s)
{
  int64_t corrected = hark_clock_get_correction (clock, ours_s);
  int64_t voices = voices_offset (clock), first = contact_offset (clock, 0);
  int64_t other = voices ? voices : first;

  return other && ABS (other - corrected) > HARK_CLOCK_TOLERATED_S ? other - corrected : 0;
}
