#include "core/voice/quality.h"

/* Shares in 1/255. Down comes later than up, or the repair itself would switch the repair off. */
#define ONE_COPY_UP 4    /* 1.6 % */
#define TWO_COPIES_UP 26 /* 10 % */
#define ONE_COPY_DOWN 2
#define TWO_COPIES_DOWN 18

void
hark_quality_init (HarkQuality *quality)
{
  quality->copies = 0;
  quality->held = HARK_QUALITY_HOLD;
}

unsigned
hark_quality_step (HarkQuality *quality, uint8_t loss)
{
  unsigned wanted = quality->copies;

  if (quality->held < HARK_QUALITY_HOLD) {
    quality->held++;
    return quality->copies;
  }
  if (loss >= TWO_COPIES_UP)
    wanted = 2;
  else if (loss >= ONE_COPY_UP)
    wanted = wanted == 2 && loss >= TWO_COPIES_DOWN ? 2 : 1;
  else if (loss < ONE_COPY_DOWN)
    wanted = 0;
  else if (wanted == 2)
    wanted = 1;

  if (wanted != quality->copies) {
    quality->copies = wanted;
    quality->held = 0;
  }
  return quality->copies;
}
