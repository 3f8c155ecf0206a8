/* core/voice/level.h - how loud sound is, for eyes.
 *
 * Pure; one thread sets a level, any may read it.
 */
#pragma once

#include "core/voice/codec.h"

#include <stdatomic.h>

#define HARK_LEVEL_FLOOR (-96.0) /* dBFS */

typedef _Atomic int64_t HarkLevel; /* thousandths of a dB */

/* hark_level_init: silence; hark_level_meter: @n samples more: it rises at once and falls by
 * 60 dB a second; hark_level_get: dBFS. */
void hark_level_init (HarkLevel *level);
void hark_level_meter (HarkLevel *level, const int16_t *samples, size_t n);
double hark_level_get (const HarkLevel *level);
