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
#define WAIT_FULL 25  /* 100 ms: a queue */
#define WAIT_VERY_FULL 75

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
    .step = HARK_QUALITY_STEP_FIRST, .held = HARK_QUALITY_HOLD, .patience = FIRST_PATIENCE};
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

bool
hark_quality_step (HarkQuality *quality, uint8_t loss, uint8_t wait)
{
  unsigned step = quality->step, copies = quality->copies;

  quality->clear = wait <= WAIT_CLEAR && loss < ONE_COPY_DOWN ? quality->clear + 1 : 0;
  if (quality->held < HARK_QUALITY_HOLD) {
    quality->held++;
    return false;
  }
  if (wait >= WAIT_FULL) { /* repeats would fill the line even more */
    step -= MIN (step, wait >= WAIT_VERY_FULL ? 2 : 1);
    copies = wanted_copies (quality, loss) < copies ? copies - 1 : MIN (copies, 1);
  } else {
    copies = wanted_copies (quality, loss);
    if (loss >= HOPELESS && quality->copies == 2)
      step -= MIN (step, 1);
    else if (quality->clear >= quality->patience)
      step = MIN (step + 1, HARK_QUALITY_STEPS - 1);
  }
  if (step == quality->step && copies == quality->copies)
    return false;

  if (step < quality->step)
    quality->patience = MIN (2 * quality->patience, HARK_QUALITY_PATIENCE);
  quality->step = step;
  quality->copies = copies;
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
