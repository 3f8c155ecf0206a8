/* core/voice/echo/canceller.h - two filters that learn the same echo path, each good at what the
 * other is bad at.
 *
 * Pure. The steady one holds still while both people speak; the quick one finds the path within a
 * second, also after it changed. Each takes over what the other knows when the other leaves clearly
 * less. Only the steady one is heard.
 */
#pragma once

#include "core/voice/echo/distort.h"

typedef struct {
  HarkDistort distort; /* between what is played and the reference */
  HarkEchoReference reference;
  HarkEchoPath steady, quick;
  HarkEchoStep quick_step;
  float steady_left, quick_left; /* energy of their rests, smoothed */
  unsigned taught; /* blocks with something played, while the steady one stays careful */
} HarkCanceller;

void hark_canceller_init (HarkCanceller *canceller);

/* hark_canceller_step: @far: the block played by then; @near: the block heard. @ret is what the
 * suppressor needs. Returns whether something was played that can be learned from. */
bool hark_canceller_step (HarkCanceller *canceller,
                          const float far[HARK_VOICE_BLOCK],
                          const float near[HARK_VOICE_BLOCK],
                          HarkEchoStep *ret);

/* hark_canceller_shift: the reference comes one block later from now on. */
void hark_canceller_shift (HarkCanceller *canceller);
