#include "core/files/schedule.h"

/* Of a block. */
enum {
  THERE,
  MISSING,
  ASKED, /* missing, in somebody's run */
};

typedef struct {
  uint64_t next, to;       /* the run, from the first block that is not there; equal: none */
  uint64_t delivered;      /* blocks, ever */
  HarkTime working, since; /* spent on them; since when on the next one */
} Source;

struct HarkSchedule {
  uint64_t blocks;
  uint64_t missing; /* MISSING and ASKED */
  uint64_t unasked; /* MISSING */
  uint64_t first;   /* none before is MISSING */
  uint8_t *states;  /* of each block */
  Source sources[HARK_SCHEDULE_SOURCES_MAX];
};

HarkSchedule *
hark_schedule_new (uint64_t blocks)
{
  HarkSchedule *schedule = g_new0 (HarkSchedule, 1);

  schedule->blocks = schedule->first = blocks;
  schedule->states = g_malloc0 (blocks);
  return schedule;
}

void
hark_schedule_free (HarkSchedule *schedule)
{
  if (schedule == NULL)
    return;
  g_free (schedule->states);
  g_free (schedule);
}

uint64_t
hark_schedule_missing (const HarkSchedule *schedule)
{
  return schedule->missing;
}

static void
make_missing (HarkSchedule *schedule, uint64_t block)
{
  schedule->states[block] = MISSING;
  schedule->unasked++;
  schedule->first = MIN (schedule->first, block);
}

void
hark_schedule_need (HarkSchedule *schedule, uint64_t block)
{
  g_return_if_fail (block < schedule->blocks);
  if (schedule->states[block] != THERE)
    return;
  schedule->missing++;
  make_missing (schedule, block);
}

/* Blocks per second; one that is being waited for counts as almost here. */
static double
rate (const Source *source, HarkTime now)
{
  HarkTime spent = source->working;

  if (source->next < source->to)
    spent = hark_time_add (spent, hark_time_since (now, source->since));
  if (source->delivered == 0)
    return spent > HARK_SECOND ? 0.5 / ((double) spent / (double) HARK_SECOND) : 0;
  return (double) source->delivered / MAX ((double) spent / (double) HARK_SECOND, 1e-6);
}

static void
begin (HarkSchedule *schedule, Source *source, uint64_t from, uint64_t to, HarkTime now)
{
  for (uint64_t block = from; block < to; block++)
    if (schedule->states[block] == MISSING) {
      schedule->states[block] = ASKED;
      schedule->unasked--;
    }
  source->next = from;
  source->to = to;
  source->since = now;
}

static bool
ask_unasked (HarkSchedule *schedule,
             Source *source,
             unsigned active,
             HarkTime now,
             uint64_t *ret_from,
             uint64_t *ret_to)
{
  uint64_t most = CLAMP (schedule->unasked / (2 * MAX (active, 1)),
                         (uint64_t) HARK_SCHEDULE_RUN_MIN, (uint64_t) HARK_SCHEDULE_RUN_MAX);
  uint64_t from = schedule->first, to;

  while (from < schedule->blocks && schedule->states[from] != MISSING)
    from++;
  schedule->first = from;
  if (from == schedule->blocks)
    return false;
  for (to = from; to < schedule->blocks && to - from < most; to++)
    if (schedule->states[to] != MISSING)
      break;
  begin (schedule, source, from, to, now);
  *ret_from = from;
  *ret_to = to;
  return true;
}

/* Past blocks that are there already. */
static void
advance (const HarkSchedule *schedule, Source *source)
{
  while (source->next < source->to && schedule->states[source->next] == THERE)
    source->next++;
}

/* Whose run would end last, and when at that, in seconds; NULL for nobody. */
static Source *
find_slowest (HarkSchedule *schedule, const Source *thief, HarkTime now, double *ret_time)
{
  Source *slowest = NULL;

  *ret_time = 0;
  for (unsigned i = 0; i < HARK_SCHEDULE_SOURCES_MAX; i++) {
    Source *source = &schedule->sources[i];
    double speed = rate (source, now), time;

    advance (schedule, source);
    if (source == thief || source->next == source->to)
      continue;
    time = (double) (source->to - source->next) / MAX (speed, 1e-3);
    if (slowest != NULL && time <= *ret_time)
      continue;
    slowest = source;
    *ret_time = time;
  }
  return slowest;
}

static bool
steal (HarkSchedule *schedule, Source *thief, HarkTime now, uint64_t *ret_from, uint64_t *ret_to)
{
  double time, speed = rate (thief, now);
  Source *victim = find_slowest (schedule, thief, now, &time);
  uint64_t left, share;

  if (victim == NULL || (thief->delivered > 0 && 1 / speed >= time))
    return false;
  left = victim->to - victim->next;
  if (left == 1) { /* twice; not for a little */
    if (thief->delivered == 0 || 2 / speed >= time)
      return false;
    begin (schedule, thief, victim->next, victim->to, now);
  } else {
    share = left / 2;
    if (thief->delivered > 0)
      share = (uint64_t) ((double) left * speed / (speed + rate (victim, now)));
    share = CLAMP (share, 1, left - 1);
    begin (schedule, thief, victim->to - share, victim->to, now);
    victim->to -= share;
  }
  *ret_from = thief->next;
  *ret_to = thief->to;
  return true;
}

bool
hark_schedule_ask (HarkSchedule *schedule,
                   unsigned source,
                   unsigned active,
                   HarkTime now,
                   uint64_t *ret_from,
                   uint64_t *ret_to)
{
  Source *asked = &schedule->sources[source];

  g_return_val_if_fail (source < HARK_SCHEDULE_SOURCES_MAX && asked->next == asked->to, false);
  return ask_unasked (schedule, asked, active, now, ret_from, ret_to)
         || steal (schedule, asked, now, ret_from, ret_to);
}

bool
hark_schedule_got (HarkSchedule *schedule, unsigned source, uint64_t block, HarkTime now)
{
  Source *from = &schedule->sources[source];
  bool first = schedule->states[block] != THERE;

  g_return_val_if_fail (source < HARK_SCHEDULE_SOURCES_MAX && block < schedule->blocks, false);
  from->delivered++;
  from->working = hark_time_add (from->working, hark_time_since (now, from->since));
  from->since = now;
  if (first) {
    schedule->unasked -= schedule->states[block] == MISSING;
    schedule->missing--;
    schedule->states[block] = THERE;
  }
  advance (schedule, from);
  return first;
}

bool
hark_schedule_is_working (HarkSchedule *schedule, unsigned source)
{
  Source *at = &schedule->sources[source];

  advance (schedule, at);
  return at->next < at->to;
}

/* Somebody else has it in their run, too. */
static bool
is_shared (const HarkSchedule *schedule, const Source *but, uint64_t block)
{
  for (unsigned i = 0; i < HARK_SCHEDULE_SOURCES_MAX; i++) {
    const Source *source = &schedule->sources[i];

    if (source != but && source->next <= block && block < source->to)
      return true;
  }
  return false;
}

void
hark_schedule_drop (HarkSchedule *schedule, unsigned source)
{
  Source *dropped = &schedule->sources[source];

  for (uint64_t block = dropped->next; block < dropped->to; block++)
    if (schedule->states[block] == ASKED && !is_shared (schedule, dropped, block))
      make_missing (schedule, block);
  dropped->next = dropped->to = 0;
}
