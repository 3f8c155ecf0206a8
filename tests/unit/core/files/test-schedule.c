#include "core/files/schedule.h"
#include "net/base/rng.h"

/* Sources that deliver a block every so often, for ever or up to some time. */
typedef struct {
  HarkTime each;   /* for one block */
  HarkTime dies;   /* HARK_TIME_NEVER: does not */
  uint64_t at, to; /* the run */
  HarkTime due;    /* the next block; never: idle */
  unsigned delivered;
  bool dead;
} Lane;

typedef struct {
  HarkSchedule *schedule;
  uint64_t blocks;
  uint8_t *times; /* that each block was delivered */
  unsigned n;
  Lane lanes[HARK_SCHEDULE_SOURCES_MAX];
  HarkTime now;
} Run;

static unsigned
alive (const Run *run)
{
  unsigned n = 0;

  for (unsigned i = 0; i < run->n; i++)
    n += !run->lanes[i].dead;
  return n;
}

static void
employ (Run *run)
{
  for (unsigned i = 0; i < run->n; i++) {
    Lane *lane = &run->lanes[i];

    if (lane->dead)
      continue;
    if (lane->due != HARK_TIME_NEVER && hark_schedule_is_working (run->schedule, i))
      continue;
    lane->due = HARK_TIME_NEVER;
    hark_schedule_drop (run->schedule, i);
    if (!hark_schedule_ask (run->schedule, i, alive (run), run->now, &lane->at, &lane->to))
      continue;
    g_assert_cmpuint (lane->at, <, lane->to);
    g_assert_cmpuint (lane->to, <=, run->blocks);
    lane->due = run->now + lane->each;
  }
}

/* To the end; returns when that was. */
static HarkTime
run_all (Run *run)
{
  while (hark_schedule_missing (run->schedule) > 0) {
    Lane *next = NULL;

    employ (run);
    for (unsigned i = 0; i < run->n; i++)
      if (!run->lanes[i].dead && (next == NULL || run->lanes[i].due < next->due))
        next = &run->lanes[i];
    g_assert_nonnull (next);
    g_assert_cmpuint (next->due, !=, HARK_TIME_NEVER);
    run->now = next->due;
    if (next->dies <= run->now) {
      next->dead = true;
      hark_schedule_drop (run->schedule, (unsigned) (next - run->lanes));
      continue;
    }
    run->times[next->at]++;
    next->delivered++;
    hark_schedule_got (run->schedule, (unsigned) (next - run->lanes), next->at++, run->now);
    next->due = next->at < next->to ? run->now + next->each : HARK_TIME_NEVER;
  }
  return run->now;
}

static void
run_init (Run *run, uint64_t blocks, unsigned n, const HarkTime *each)
{
  *run = (Run){.schedule = hark_schedule_new (blocks), .blocks = blocks, .n = n};
  run->times = g_malloc0 (blocks + 1);
  for (uint64_t i = 0; i < blocks; i++)
    hark_schedule_need (run->schedule, i);
  for (unsigned i = 0; i < n; i++)
    run->lanes[i] = (Lane){.each = each[i], .dies = HARK_TIME_NEVER, .due = HARK_TIME_NEVER};
}

/* How many blocks were delivered more than once; none was never. */
static unsigned
run_clear (Run *run)
{
  unsigned twice = 0;

  for (uint64_t i = 0; i < run->blocks; i++) {
    g_assert_cmpuint (run->times[i], >=, 1);
    twice += run->times[i] - 1u;
  }
  hark_schedule_free (run->schedule);
  g_free (run->times);
  return twice;
}

static void
test_shares (void)
{
  static const HarkTime each[] = {10 * HARK_MS, 10 * HARK_MS, 20 * HARK_MS};
  Run run;

  run_init (&run, 1000, 3, each);
  g_assert_cmpuint (run_all (&run), <, 4200 * HARK_MS); /* 4,000 is what they can do */
  g_assert_cmpuint (run.lanes[2].delivered, >=, 180);
  g_assert_cmpuint (run_clear (&run), <=, 3);
}

/* A source that all but stands still holds nobody up. */
static void
test_slow (void)
{
  static const HarkTime each[] = {10 * HARK_MS, 10 * HARK_SECOND};
  Run run;

  run_init (&run, 100, 2, each);
  g_assert_cmpuint (run_all (&run), <, 1300 * HARK_MS);
  g_assert_cmpuint (run_clear (&run), <=, 2);
}

static void
test_vanishes (void)
{
  static const HarkTime each[] = {10 * HARK_MS, 10 * HARK_MS, 10 * HARK_MS};
  Run run;

  run_init (&run, 300, 3, each);
  run.lanes[0].dies = 300 * HARK_MS;
  run.lanes[1].dies = 500 * HARK_MS;
  g_assert_cmpuint (run_all (&run), <, 2500 * HARK_MS);
  g_assert_cmpuint (run_clear (&run), <=, 3);
}

/* What is there already is not asked for; what turned out wrong is asked for again. */
static void
test_holes (void)
{
  g_autoptr (HarkSchedule) schedule = hark_schedule_new (10);
  uint64_t from, to;

  g_assert_false (hark_schedule_ask (schedule, 0, 1, 0, &from, &to));
  hark_schedule_need (schedule, 3);
  hark_schedule_need (schedule, 4);
  hark_schedule_need (schedule, 9);
  g_assert_true (hark_schedule_ask (schedule, 0, 1, 0, &from, &to));
  g_assert_cmpuint (from, ==, 3);
  g_assert_cmpuint (to, ==, 5);
  g_assert_true (hark_schedule_ask (schedule, 1, 1, 0, &from, &to));
  g_assert_cmpuint (from, ==, 9);
  g_assert_cmpuint (to, ==, 10);
  g_assert_true (hark_schedule_got (schedule, 0, 3, 1));
  g_assert_false (hark_schedule_got (schedule, 1, 3, 1));
  hark_schedule_need (schedule, 3);
  g_assert_cmpuint (hark_schedule_missing (schedule), ==, 3);
  hark_schedule_drop (schedule, 0);
  g_assert_true (hark_schedule_ask (schedule, 0, 1, 0, &from, &to));
  g_assert_cmpuint (from, ==, 3);
  g_assert_cmpuint (to, ==, 5);
}

/* Any speeds, any deaths but of the last. */
static void
test_any (void)
{
  uint8_t seed[32] = {7};
  HarkRng rng;

  hark_rng_init (&rng, seed);
  for (unsigned i = 0; i < 300; i++) {
    const unsigned n = 1 + (unsigned) hark_rng_below (&rng, HARK_SCHEDULE_SOURCES_MAX);
    HarkTime each[HARK_SCHEDULE_SOURCES_MAX];
    Run run;

    for (unsigned k = 0; k < n; k++)
      each[k] = 1 + hark_rng_below (&rng, 100) * hark_rng_below (&rng, 100) * HARK_MS;
    run_init (&run, 1 + hark_rng_below (&rng, 700), n, each);
    for (unsigned k = 1; k < n; k++)
      if (hark_rng_below (&rng, 2) == 0)
        run.lanes[k].dies = hark_rng_below (&rng, 20 * HARK_SECOND);
    run_all (&run);
    g_assert_cmpuint (run_clear (&run), <=, 8);
  }
}

/* ---- side by side with others ---- */

/* Of ten blocks the first and last @n are there, and @coming comes. */
static HarkHolding *
make_holding (uint8_t first, uint8_t second, uint32_t coming)
{
  const uint8_t bits[] = {first, second};

  return hark_holding_read (10, bits, sizeof bits, &coming, 1);
}

static HarkSchedule *
make_shared (uint64_t start)
{
  HarkSchedule *schedule = hark_schedule_new (10);

  for (uint64_t i = 0; i < 10; i++)
    hark_schedule_need (schedule, i);
  hark_schedule_share (schedule, start);
  return schedule;
}

/* Everybody is asked for what they have; who has it all only for what nobody else has, and what is
 * not on its way to another. */
static void
test_rarest (void)
{
  g_autoptr (HarkSchedule) schedule = make_shared (2);
  g_autoptr (HarkHolding) one = make_holding (0x0f, 0, 4);   /* 0 to 3 */
  g_autoptr (HarkHolding) other = make_holding (0x07, 2, 5); /* 0 to 2, 9 */
  uint64_t from, to;

  hark_schedule_know (schedule, 0, true, NULL);
  hark_schedule_know (schedule, 1, true, one);
  hark_schedule_know (schedule, 2, true, other);
  g_assert_true (hark_schedule_ask (schedule, 0, 3, 0, &from, &to));
  g_assert_cmpuint (from, ==, 6);
  g_assert_cmpuint (to, ==, 7);
  g_assert_true (hark_schedule_ask (schedule, 1, 3, 0, &from, &to));
  g_assert_cmpuint (from, ==, 3); /* the other has not */
  g_assert_true (hark_schedule_ask (schedule, 2, 3, 0, &from, &to));
  g_assert_cmpuint (from, ==, 9);
  hark_schedule_drop (schedule, 1); /* goes, and nobody else has it */
  hark_schedule_know (schedule, 1, false, NULL);
  g_assert_true (hark_schedule_hopes (schedule, 0));
}

/* Who gets on with nothing is not waited for. */
static void
test_patience (void)
{
  g_autoptr (HarkSchedule) schedule = make_shared (0);
  g_autoptr (HarkHolding) idle = make_holding (0xff, 1, 9); /* 0 to 8 */
  uint32_t asked[HARK_HOLDING_COMING_MAX];
  uint64_t from, to;

  hark_schedule_know (schedule, 0, true, NULL);
  hark_schedule_know (schedule, 1, true, idle);
  g_assert_false (hark_schedule_ask (schedule, 0, 2, HARK_SECOND, &from, &to));
  g_assert_true (hark_schedule_hopes (schedule, HARK_SECOND));
  g_assert_false (hark_schedule_hopes (schedule, HARK_SCHEDULE_PATIENCE + HARK_SECOND));
  g_assert_true (
    hark_schedule_ask (schedule, 0, 2, HARK_SCHEDULE_PATIENCE + HARK_SECOND, &from, &to));
  g_assert_cmpuint (from, ==, 9);
  g_assert_cmpuint (hark_schedule_list_asked (schedule, asked), ==, 1);
  g_assert_cmpuint (asked[0], ==, 9);
}

/* Nothing is stolen by who does not have it. */
static void
test_steals_what_it_has (void)
{
  g_autoptr (HarkSchedule) schedule = make_shared (0);
  g_autoptr (HarkHolding) most = make_holding (0xff, 1, 9);
  uint64_t from, to;

  hark_schedule_know (schedule, 0, true, NULL);
  g_assert_true (hark_schedule_ask (schedule, 0, 1, 0, &from, &to)); /* 0 */
  for (HarkTime now = 1; now < 9; now++) {
    g_assert_true (hark_schedule_got (schedule, 0, now - 1, now * HARK_MS));
    if (now == 1) /* it is fast: the rest at once */
      g_assert_true (hark_schedule_ask (schedule, 0, 1, now * HARK_MS, &from, &to));
  }
  hark_schedule_know (schedule, 1, true, most);
  g_assert_cmpuint (hark_schedule_missing (schedule), ==, 2); /* 8 and 9 are asked for */
  g_assert_false (hark_schedule_ask (schedule, 1, 2, HARK_MINUTE, &from, &to));
}

/* Of two who asked who has all of it for the same at the same time, the later gives way; not where
 * it was asked of who had only a part then. */
static void
test_yields (void)
{
  g_autoptr (HarkSchedule) schedule = make_shared (0);
  g_autoptr (HarkHolding) later = make_holding (0, 0, 0), earlier = make_holding (0, 0, 0);
  g_autoptr (HarkHolding) part = make_holding (2, 0, 9); /* 1 */
  uint64_t from, to;

  earlier->earlier = true;
  hark_schedule_know (schedule, 0, true, NULL);
  hark_schedule_know (schedule, 1, true, part);
  g_assert_true (hark_schedule_ask (schedule, 0, 2, 0, &from, &to)); /* 0 */
  g_assert_true (hark_schedule_ask (schedule, 1, 2, 0, &from, &to)); /* 1 */
  hark_schedule_know (schedule, 2, true, later);
  hark_schedule_yield (schedule, 0, 0);
  g_assert_true (hark_schedule_is_working (schedule, 0));
  hark_schedule_know (schedule, 1, true, NULL);
  hark_schedule_know (schedule, 2, true, earlier);
  earlier->coming[0] = 1;
  hark_schedule_yield (schedule, 1, 0);
  g_assert_true (hark_schedule_is_working (schedule, 1));
  earlier->coming[0] = 0;
  hark_schedule_yield (schedule, 0, 0);
  g_assert_false (hark_schedule_is_working (schedule, 0));
  g_assert_cmpuint (hark_schedule_missing (schedule), ==, 10);
  g_assert_true (hark_schedule_ask (schedule, 0, 3, 0, &from, &to));
  g_assert_cmpuint (from, ==, 2); /* and does not ask for it again at once */
}

/* Who is so slow that another brings everything sooner than they a block is asked for nothing. */
static void
test_spares_the_slow (void)
{
  g_autoptr (HarkSchedule) schedule = make_shared (0);
  uint64_t from, to;

  hark_schedule_know (schedule, 0, true, NULL);
  hark_schedule_know (schedule, 1, true, NULL);
  g_assert_true (hark_schedule_ask (schedule, 0, 2, 0, &from, &to));
  g_assert_true (hark_schedule_ask (schedule, 1, 2, 0, &from, &to));
  g_assert_true (hark_schedule_got (schedule, 1, 1, HARK_SECOND));
  g_assert_true (hark_schedule_got (schedule, 0, 0, 10 * HARK_SECOND));
  g_assert_false (hark_schedule_ask (schedule, 0, 2, 10 * HARK_SECOND, &from, &to));
  g_assert_true (hark_schedule_ask (schedule, 1, 2, 10 * HARK_SECOND, &from, &to));
}

/* Who went without a word gave nothing back: what they were asked for goes to another in time, also
 * to one who has brought nothing so far and would be spared. */
static void
test_stalls (void)
{
  g_autoptr (HarkSchedule) schedule = hark_schedule_new (1);
  uint64_t from, to;

  hark_schedule_need (schedule, 0);
  hark_schedule_share (schedule, 0);
  hark_schedule_know (schedule, 0, true, NULL);
  hark_schedule_know (schedule, 1, true, NULL);
  g_assert_true (hark_schedule_ask (schedule, 0, 2, 0, &from, &to));
  g_assert_false (hark_schedule_ask (schedule, 1, 2, HARK_SCHEDULE_PATIENCE, &from, &to));
  g_assert_false (hark_schedule_is_stalled (schedule, 0, HARK_SCHEDULE_PATIENCE));
  g_assert_true (hark_schedule_is_stalled (schedule, 0, HARK_SCHEDULE_PATIENCE + 1));
  g_assert_true (hark_schedule_ask (schedule, 1, 2, HARK_SCHEDULE_PATIENCE + 1, &from, &to));
  g_assert_cmpuint (to - from, ==, 1);
  g_assert_true (hark_schedule_got (schedule, 1, 0, HARK_MINUTE));
  g_assert_false (hark_schedule_is_working (schedule, 0));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/schedule/shares-by-speed", test_shares);
  g_test_add_func ("/schedule/waits-for-no-straggler", test_slow);
  g_test_add_func ("/schedule/gives-back-what-a-lost-source-had", test_vanishes);
  g_test_add_func ("/schedule/asks-only-for-what-is-missing", test_holes);
  g_test_add_func ("/schedule/ends-whatever-the-sources-do", test_any);
  g_test_add_func ("/schedule/asks-for-the-rarest", test_rarest);
  g_test_add_func ("/schedule/waits-for-who-gets-on", test_patience);
  g_test_add_func ("/schedule/steals-what-it-has", test_steals_what_it_has);
  g_test_add_func ("/schedule/yields-to-who-is-earlier", test_yields);
  g_test_add_func ("/schedule/spares-the-slow", test_spares_the_slow);
  g_test_add_func ("/schedule/takes-over-from-who-stalls", test_stalls);
  return g_test_run ();
}
