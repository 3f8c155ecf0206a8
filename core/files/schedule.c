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
  bool here;
  bool as_whole;              /* was asked for its run as one who has all of it */
  const HarkHolding *holding; /* NULL: has all of it */
} Source;

struct HarkSchedule {
  uint64_t blocks;
  uint64_t missing; /* MISSING and ASKED */
  uint64_t unasked; /* MISSING */
  uint64_t first;   /* none before is MISSING */
  bool shared;      /* others fetch it, too */
  uint64_t start;   /* the place of our own */
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
  source->as_whole = source->holding == NULL;
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

/* ---- where some have only a part ---- */

void
hark_schedule_know (HarkSchedule *schedule, unsigned source, bool here, const HarkHolding *holding)
{
  g_return_if_fail (source < HARK_SCHEDULE_SOURCES_MAX);
  schedule->sources[source].here = here;
  schedule->sources[source].holding = holding;
}

void
hark_schedule_share (HarkSchedule *schedule, uint64_t start)
{
  g_return_if_fail (start < schedule->blocks);
  schedule->shared = true;
  schedule->start = start;
}

static bool
has (const Source *source, uint64_t block)
{
  return source->holding == NULL || hark_holding_has (source->holding, block);
}

/* How many have @block who have not all. */
static unsigned
count_holders (const HarkSchedule *schedule, uint64_t block)
{
  unsigned n = 0;

  for (unsigned i = 0; i < HARK_SCHEDULE_SOURCES_MAX; i++)
    n += schedule->sources[i].here && schedule->sources[i].holding != NULL
         && hark_holding_has (schedule->sources[i].holding, block);
  return n;
}

/* Where a block takes long, it does for everybody: they share the same line. */
static HarkTime
patience_with (const Source *source)
{
  return hark_time_add (HARK_SCHEDULE_PATIENCE,
                        source->delivered > 0 ? 4 * (source->working / source->delivered) : 0);
}

bool
hark_schedule_is_stalled (const HarkSchedule *schedule, unsigned source, HarkTime now)
{
  const Source *at = &schedule->sources[source];

  return at->next < at->to && hark_time_since (now, at->since) > patience_with (at);
}

/* On its way to somebody, or to one who is @earlier, who gets on as fast as @asked would. */
static bool
comes_to_others (
  const HarkSchedule *schedule, const Source *asked, uint64_t block, HarkTime now, bool earlier)
{
  for (unsigned i = 0; i < HARK_SCHEDULE_SOURCES_MAX; i++) {
    const Source *source = &schedule->sources[i];

    if (source->here && source->holding != NULL && (source->holding->earlier || !earlier)
        && hark_time_since (now, source->holding->grew_at) <= patience_with (asked)
        && hark_holding_is_coming (source->holding, block))
      return true;
  }
  return false;
}

/* Whether @asked is the one to be asked for @block, and how rare that is. */
static bool
is_for (const HarkSchedule *schedule,
        const Source *asked,
        uint64_t block,
        HarkTime now,
        unsigned *ret_holders)
{
  if (schedule->states[block] != MISSING || !has (asked, block))
    return false;
  *ret_holders = count_holders (schedule, block);
  return asked->holding != NULL
         || (*ret_holders == 0 && !comes_to_others (schedule, asked, block, now, false));
}

/* Somebody else would bring all that is missing before @asked brought one block. */
static bool
is_spared (const HarkSchedule *schedule, const Source *asked, HarkTime now)
{
  for (unsigned i = 0; i < HARK_SCHEDULE_SOURCES_MAX && asked->delivered > 0; i++) {
    const Source *source = &schedule->sources[i];

    if (source != asked && source->here && source->holding == NULL
        && rate (source, now) > (double) schedule->missing * rate (asked, now))
      return true;
  }
  return false;
}

static bool
ask_rarest (
  HarkSchedule *schedule, Source *asked, HarkTime now, uint64_t *ret_from, uint64_t *ret_to)
{
  const double soon = 2 * (asked->delivered > 0 ? rate (asked, now) : 0);
  const uint64_t most
    = soon >= HARK_SCHEDULE_RUN_SHARED ? HARK_SCHEDULE_RUN_SHARED : (uint64_t) MAX (soon, 1);
  const unsigned rarest = asked->holding != NULL ? 1 : 0;
  unsigned fewest = G_MAXUINT, holders;
  uint64_t from = 0, to;

  if (asked->holding == NULL && is_spared (schedule, asked, now))
    return false;
  for (uint64_t i = 0; i < schedule->blocks && fewest > rarest; i++) {
    const uint64_t block = (schedule->start + i) % schedule->blocks;

    if (is_for (schedule, asked, block, now, &holders) && holders < fewest) {
      fewest = holders;
      from = block;
    }
  }
  if (fewest == G_MAXUINT)
    return false;
  for (to = from + 1; to < schedule->blocks && to - from < most; to++)
    if (!is_for (schedule, asked, to, now, &holders) || holders > fewest)
      break;
  begin (schedule, asked, from, to, now);
  *ret_from = from;
  *ret_to = to;
  return true;
}

bool
hark_schedule_hopes (const HarkSchedule *schedule, HarkTime now)
{
  HarkTime patience = HARK_SCHEDULE_PATIENCE;

  for (unsigned i = 0; i < HARK_SCHEDULE_SOURCES_MAX; i++)
    if (schedule->sources[i].here)
      patience = MAX (patience, patience_with (&schedule->sources[i]));
  for (unsigned i = 0; i < HARK_SCHEDULE_SOURCES_MAX; i++) {
    const Source *source = &schedule->sources[i];

    if (!source->here || source->holding == NULL
        || hark_time_since (now, source->holding->grew_at) > patience)
      continue;
    for (unsigned k = 0; k < source->holding->n_coming; k++)
      if (schedule->states[source->holding->coming[k]] == MISSING)
        return true;
  }
  return false;
}

unsigned
hark_schedule_list_asked (const HarkSchedule *schedule, uint32_t ret[HARK_HOLDING_COMING_MAX])
{
  unsigned n = 0;

  for (unsigned i = 0; i < HARK_SCHEDULE_SOURCES_MAX; i++)
    for (uint64_t block = schedule->sources[i].next;
         block < schedule->sources[i].to && n < HARK_HOLDING_COMING_MAX; block++)
      if (schedule->states[block] == ASKED)
        ret[n++] = (uint32_t) block;
  return n;
}

/* ---- stealing ---- */

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

/* Whether @thief has all of it, and nobody else gets it from there just now. */
static bool
may_take (
  const HarkSchedule *schedule, const Source *thief, uint64_t from, uint64_t to, HarkTime now)
{
  for (uint64_t block = from; block < to; block++)
    if (!has (thief, block)
        || (thief->holding == NULL && comes_to_others (schedule, thief, block, now, true)))
      return false;
  return true;
}

static bool
steal (HarkSchedule *schedule, Source *thief, HarkTime now, uint64_t *ret_from, uint64_t *ret_to)
{
  double time, speed = rate (thief, now);
  Source *victim = find_slowest (schedule, thief, now, &time);
  const double spared = schedule->shared && thief->holding == NULL ? 4 : 1;
  const bool stalled
    = victim != NULL
      && hark_schedule_is_stalled (schedule, (unsigned) (victim - schedule->sources), now);
  uint64_t left, share;

  if (victim == NULL
      || (!stalled
          && (thief->delivered > 0 ? spared / speed >= time
                                   : spared > 1))) /* how fast is not known */
    return false;
  left = victim->to - victim->next;
  if (left == 1) { /* twice; not for a little */
    if ((!stalled && (thief->delivered == 0 || 2 * spared / speed >= time))
        || !may_take (schedule, thief, victim->next, victim->to, now))
      return false;
    begin (schedule, thief, victim->next, victim->to, now);
  } else {
    share = left / 2;
    if (thief->delivered > 0)
      share = (uint64_t) ((double) left * speed / (speed + rate (victim, now)));
    share = CLAMP (share, 1, left - 1);
    while (share > 0 && !may_take (schedule, thief, victim->to - share, victim->to, now))
      share--;
    if (share == 0)
      return false;
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
  return (schedule->shared ? ask_rarest (schedule, asked, now, ret_from, ret_to)
                           : ask_unasked (schedule, asked, active, now, ret_from, ret_to))
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

/* What is behind @from of its run others may be asked for. */
static void
shorten (HarkSchedule *schedule, Source *source, uint64_t from)
{
  for (uint64_t block = from; block < source->to; block++)
    if (schedule->states[block] == ASKED && !is_shared (schedule, source, block))
      make_missing (schedule, block);
  source->to = from;
}

void
hark_schedule_drop (HarkSchedule *schedule, unsigned source)
{
  shorten (schedule, &schedule->sources[source], schedule->sources[source].next);
}

void
hark_schedule_yield (HarkSchedule *schedule, unsigned source, HarkTime now)
{
  Source *asked = &schedule->sources[source];

  if (!schedule->shared || !asked->as_whole)
    return;
  for (uint64_t block = asked->next; block < asked->to; block++)
    if (comes_to_others (schedule, asked, block, now, true)) {
      shorten (schedule, asked, block);
      return;
    }
}
