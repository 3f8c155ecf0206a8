#include "core/voice/quality.h"

#include <glib.h>

/* Shares in 1/255. Down comes later than up, or the repair itself would switch the repair off. */
#define ONE_COPY_UP 4    /* 1.6 % */
#define TWO_COPIES_UP 26 /* 10 % */
#define ONE_COPY_DOWN 2
#define TWO_COPIES_DOWN 18
#define HOPELESS 89 /* 35 %: whatever the cause, less may pass better */

/* In steps of 4 ms. */
#define WAIT_CLEAR 10 /* a busy Wi-Fi */
#define WAIT_TRIAL 5  /* 20 ms that go on growing: a queue, when we may have made it */
#define WAIT_FULL 25  /* 100 ms: a queue */
#define WAIT_VERY_FULL 75

#define QUEUED 12 /* blocks in a row: a queue stands, a stall passes */
#define GROWING 4 /* likewise, in a trial, none of them less than the one LOOK_BACK before it */
#define LOOK_BACK 4
#define SETTLED 50 /* blocks until a change in a trial shows in what is reported */
#define HEADERS 62 /* bytes a packet: IPv4, UDP, the sealed packet's and ours (packet.h) */

#define COPIED_BITRATE 32000 /* a frame that is repeated takes no more */
#define FIRST_PATIENCE 1500  /* blocks: 15 s */

static const HarkQualityPlan steps[HARK_QUALITY_STEPS] = {
  {8000,  2, 0},
  {12000, 2, 0},
  {16000, 2, 0},
  {24000, 2, 0},
  {32000, 1, 0},
  {48000, 1, 0},
  {64000, 1, 0},
};

void
hark_quality_init (HarkQuality *quality)
{
  *quality = (HarkQuality){
    .step = HARK_QUALITY_STEP_FIRST, .trial = HARK_QUALITY_TRIAL, .patience = FIRST_PATIENCE};
}

static unsigned
wanted_copies (const HarkQuality *quality, uint8_t loss)
{
  if (loss >= TWO_COPIES_UP)
    return 2;
  if (loss >= ONE_COPY_UP)
    return quality->copies == 2 && loss >= TWO_COPIES_DOWN ? 2 : 1;
  if (loss < ONE_COPY_DOWN)
    return 0;
  return MIN (quality->copies, 1);
}

void
hark_quality_begin (HarkQuality *quality, const HarkQuality *before)
{
  hark_quality_init (quality);
  quality->step = MIN (quality->step, before->step);
  quality->copies = before->copies;
}

/* Bytes a second, headers included. */
static unsigned
on_the_line (unsigned step, unsigned copies)
{
  HarkQualityPlan plan = steps[step];

  if (copies > 0)
    plan.bitrate = MIN (plan.bitrate, COPIED_BITRATE);
  return plan.bitrate / 8 * (1 + copies) + HEADERS * 100 / plan.blocks;
}

/* How much the wait grew lately, ms, in how many blocks: the last HARK_QUALITY_WAITS, or those
 * since a queue was first told of. Before note(). */
static unsigned
growth_of (const HarkQuality *quality, uint8_t wait, unsigned *ret_blocks)
{
  uint8_t before = wait;

  *ret_blocks = 1;
  for (unsigned i = 1; i <= HARK_QUALITY_WAITS; i++) {
    uint8_t told = quality->waits[(quality->at + HARK_QUALITY_WAITS - i) % HARK_QUALITY_WAITS];

    if (told == 0)
      break;
    before = told;
    *ret_blocks = i;
  }
  return wait > before ? (wait - before) * 4u : 0;
}

static void
note (HarkQuality *quality, uint8_t loss, uint8_t wait)
{
  uint8_t recent
    = quality->waits[(quality->at + HARK_QUALITY_WAITS - LOOK_BACK) % HARK_QUALITY_WAITS];
  bool full;

  quality->clear = wait <= WAIT_CLEAR && loss < ONE_COPY_DOWN ? quality->clear + 1 : 0;
  quality->trial -= MIN (quality->trial, 1);
  full = quality->trial > 0 ? wait >= WAIT_TRIAL && wait >= recent : wait >= WAIT_FULL;
  quality->queued = full ? quality->queued + 1 : 0;
  quality->waits[quality->at] = wait;
  quality->at = (quality->at + 1) % HARK_QUALITY_WAITS;
}

/* The highest step that passes where @growth_ms of the time of @blocks went into the queue; at
 * least one lower than now. */
static unsigned
step_that_fits (const HarkQuality *quality, unsigned growth_ms, unsigned blocks, unsigned copies)
{
  unsigned sent_ms = blocks * 10, step = quality->step - MIN (quality->step, 1);
  unsigned passed = on_the_line (quality->step, quality->copies) * sent_ms / (sent_ms + growth_ms);

  passed -= passed / 16; /* the queue is to be emptied, too */
  while (step > 0 && on_the_line (step, copies) > passed)
    step--;
  return step;
}

/* Sooner than after the usual time: the first answer in a trial, and the next when the one before
 * had time to show. */
static bool
is_soon (const HarkQuality *quality)
{
  return quality->trial > 0 && (!quality->changed || quality->held >= SETTLED);
}

static void
answer_queue (HarkQuality *quality, uint8_t loss, uint8_t wait, unsigned growth, unsigned blocks)
{
  unsigned copies = quality->copies;
  bool held = quality->held >= HARK_QUALITY_HOLD;

  if (!held && !(is_soon (quality) && growth > 0))
    return;
  copies = wanted_copies (quality, loss) < copies ? copies - 1 : MIN (copies, 1);
  quality->step = step_that_fits (quality, growth, blocks, copies);
  if (wait >= WAIT_VERY_FULL && held)
    quality->step -= MIN (quality->step, 1);
  quality->copies = copies; /* repeats would fill the line even more */
}

static void
answer_loss (HarkQuality *quality, uint8_t loss)
{
  unsigned copies = wanted_copies (quality, loss);

  if (quality->held < HARK_QUALITY_HOLD) {
    if (is_soon (quality) && copies > quality->copies)
      quality->copies = copies;
    return;
  }
  if (loss >= HOPELESS && quality->copies == 2)
    quality->step -= MIN (quality->step, 1);
  else if (quality->clear >= quality->patience)
    quality->step = MIN (quality->step + 1, HARK_QUALITY_STEPS - 1);
  quality->copies = copies;
}

bool
hark_quality_step (HarkQuality *quality, uint8_t loss, uint8_t wait)
{
  unsigned step = quality->step, copies = quality->copies;
  unsigned blocks, growth = growth_of (quality, wait, &blocks);

  note (quality, loss, wait);
  if (quality->queued >= (quality->trial > 0 ? GROWING : QUEUED))
    answer_queue (quality, loss, wait, growth, blocks);
  else
    answer_loss (quality, loss);
  if (step == quality->step && copies == quality->copies) {
    quality->held = MIN (quality->held + 1, HARK_QUALITY_HOLD);
    return false;
  }

  quality->changed = true;
  if (quality->step < step)
    quality->patience = MIN (2 * quality->patience, HARK_QUALITY_PATIENCE);
  if (quality->step > step) {
    quality->trial = HARK_QUALITY_TRIAL;
    quality->changed = false;
  }
  quality->held = quality->clear = 0;
  return true;
}

HarkQualityPlan
hark_quality_plan (const HarkQuality *quality)
{
  HarkQualityPlan plan = steps[quality->step];

  plan.copies = quality->copies;
  if (plan.copies > 0)
    plan.bitrate = MIN (plan.bitrate, COPIED_BITRATE);
  return plan;
}

/* ---- several lines ---- */

/* The highest of @kept that is not above @step. */
static unsigned
kept_below (unsigned kept, unsigned step)
{
  while (!(kept & 1u << step))
    step--;
  return step;
}

static unsigned
step_of (unsigned bitrate)
{
  unsigned step = 0;

  while (steps[step].bitrate < bitrate)
    step++;
  return step;
}

static unsigned
sum_with (unsigned kept, const HarkQualityPlan *plans, unsigned n)
{
  unsigned sum = 0;

  for (unsigned i = 0; i < n; i++)
    if (plans[i].bitrate > 0)
      sum += steps[kept_below (kept, step_of (plans[i].bitrate))].bitrate;
  return sum;
}

void
hark_quality_share (HarkQualityPlan *plans, unsigned n, unsigned max)
{
  unsigned there = 0, lowest, best = 0;

  for (unsigned i = 0; i < n; i++)
    if (plans[i].bitrate > 0)
      there |= 1u << step_of (plans[i].bitrate);
  lowest = there & (~there + 1);
  for (unsigned kept = there; kept > 0; kept = (kept - 1) & there)
    if ((kept & lowest) && (unsigned) __builtin_popcount (kept) <= max
        && (best == 0 || sum_with (kept, plans, n) > sum_with (best, plans, n)))
      best = kept;
  for (unsigned i = 0; i < n; i++)
    if (plans[i].bitrate > 0) {
      const HarkQualityPlan *step = &steps[kept_below (best, step_of (plans[i].bitrate))];

      plans[i].bitrate = step->bitrate;
      plans[i].blocks = step->blocks;
    }
}
