/* net/session/life.c - signs of life. */
#include "net/session/life.h"

#define ASK_AGAIN HARK_SECOND
#define ASK_AGAIN_MAX (2 * HARK_SECOND)
#define ASK_RARELY (10 * HARK_SECOND)
#define ASK_OFTEN_FOR HARK_MINUTE
#define LATE_BY (100 * HARK_MS) /* that we came so late says that nobody read either */
#define BACK_SOON (30 * HARK_SECOND)
#define CALM (30 * HARK_MINUTE)

static bool
is_talking (const HarkLife *life, HarkTime now)
{
  return life->talked != 0 && hark_time_since (now, life->talked) < HARK_LIFE_TALK;
}

static HarkTime
span_of (const HarkLife *life, HarkTime period)
{
  if (life->hasty)
    return life->asks ? HARK_LIFE_PERIOD_SHORT : HARK_LIFE_PERIOD_SHORT * 5 / 4;
  return life->asks ? period : period + period / 2;
}

/* Until the next question, when nothing is heard. */
static HarkTime
idle_span (const HarkLife *life, HarkTime now)
{
  return span_of (life, is_talking (life, now) ? hark_time_min (life->period, HARK_LIFE_TALK_PERIOD)
                                               : life->period);
}

/* Together with other idle sessions, unless it matters. */
static HarkTime
next_idle (const HarkLife *life, HarkTime now)
{
  HarkTime at = hark_time_add (now, idle_span (life, now));

  return life->hasty || is_talking (life, now) ? at : at - at % HARK_LIFE_GRID;
}

void
hark_life_init (HarkLife *life, bool asks, HarkTime now)
{
  *life = (HarkLife){.asks = asks, .period = HARK_LIFE_PERIOD, .asked = HARK_TIME_NEVER};
  life->heard = life->died = life->born = now;
  life->next = next_idle (life, now);
}

/* The peer is back after a verdict: what does that say about the NATs between us? */
static void
adapt (HarkLife *life, HarkTime now)
{
  bool path_died = life->was_idle && !life->hasty && hark_time_since (now, life->heard) < BACK_SOON;

  life->died = now;
  if (!path_died) {
    life->deaths = 0;
  } else if (++life->deaths >= HARK_LIFE_DEATHS) {
    life->deaths = 0;
    life->period
      = life->period / 2 > HARK_LIFE_PERIOD_MIN ? life->period / 2 : HARK_LIFE_PERIOD_MIN;
  }
}

bool
hark_life_heard (HarkLife *life, bool media, HarkTime now)
{
  bool was_silent = life->silent, in_media;

  if (was_silent) {
    adapt (life, now);
  } else if (life->period < HARK_LIFE_PERIOD && hark_time_since (now, life->died) > CALM) {
    life->period = HARK_LIFE_PERIOD;
    life->died = now;
  }
  life->silent = life->late = false;
  life->heard = now;
  life->asked = HARK_TIME_NEVER;
  if (media)
    life->media = now;
  /* a file beside the call must not hide that its media stopped together with everything else */
  in_media
    = life->in_call && life->media != 0 && hark_time_since (now, life->media) < HARK_LIFE_CALL_GAP;
  life->next = in_media ? hark_time_add (now, HARK_LIFE_CALL_GAP) : next_idle (life, now);
  if (life->flowed != 0 && hark_time_since (now, life->flowed) < HARK_LIFE_FLOW_GAP)
    life->next = hark_time_min (life->next, hark_time_add (now, HARK_LIFE_FLOW_GAP));
  return was_silent;
}

void
hark_life_flowed (HarkLife *life, HarkTime now)
{
  life->flowed = now;
  life->next = hark_time_min (life->next, hark_time_add (now, HARK_LIFE_FLOW_GAP));
}

void
hark_life_talked (HarkLife *life, HarkTime now)
{
  if (hark_time_since (now, life->born) < HARK_LIFE_GREETING)
    return;
  life->talked = now;
  if (life->asked == HARK_TIME_NEVER)
    life->next = hark_time_min (life->next, hark_time_add (now, idle_span (life, now)));
}

void
hark_life_sent (HarkLife *life, HarkTime now)
{
  if (life->asked != HARK_TIME_NEVER)
    return;
  life->asked = now;
  life->was_idle
    = hark_time_since (now, life->heard) >= span_of (life, life->period) - HARK_LIFE_GRID;
}

void
hark_life_set_call (HarkLife *life, bool active)
{
  life->in_call = active;
}

void
hark_life_set_hasty (HarkLife *life, bool hasty, HarkTime now)
{
  if (life->hasty == hasty)
    return;
  life->hasty = hasty;
  life->deaths = 0;
  if (!life->silent && life->next != HARK_TIME_NEVER)
    life->next = hark_time_add (now, idle_span (life, now));
}

void
hark_life_moved (HarkLife *life, HarkTime now)
{
  life->late = false;
  if (life->asked != HARK_TIME_NEVER)
    life->asked = now;
}

static HarkTime
verdict_at (const HarkLife *life, HarkTime probe)
{
  HarkTime least = life->in_call ? HARK_LIFE_CALL_VERDICT : HARK_LIFE_VERDICT;
  HarkTime patience = (life->in_call ? 2 : 3) * probe;

  if (life->silent || life->asked == HARK_TIME_NEVER)
    return HARK_TIME_NEVER;
  return hark_time_add (life->asked,
                        (patience > least ? patience : least) + (life->late ? HARK_LIFE_LATE : 0));
}

HarkLifeStep
hark_life_handle_time (HarkLife *life, HarkTime probe, HarkTime now)
{
  HarkTime verdict = verdict_at (life, probe);

  if (verdict <= now && !life->late && now - verdict > LATE_BY) {
    life->late = true;
    life->asked += now - verdict;
    verdict = verdict_at (life, probe);
  }
  if (verdict <= now) {
    life->silent = true;
    life->waits = ASK_AGAIN;
    life->next = hark_time_add (now, life->waits);
    return HARK_LIFE_SILENT;
  }
  if (life->next > now)
    return HARK_LIFE_NOTHING;
  if (!life->silent) {
    life->next = HARK_TIME_NEVER; /* until it is answered, or the verdict */
    return HARK_LIFE_ASK;
  }
  life->waits = hark_time_min (2 * life->waits, ASK_AGAIN_MAX);
  if (hark_time_since (now, life->heard) > ASK_OFTEN_FOR)
    life->waits = ASK_RARELY;
  life->next = hark_time_add (now, life->waits);
  return HARK_LIFE_ASK;
}

HarkTime
hark_life_get_deadline (const HarkLife *life, HarkTime probe)
{
  return hark_time_min (life->next, verdict_at (life, probe));
}
