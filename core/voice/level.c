#include "core/voice/level.h"

#include <math.h>

#define MILLI 1000.0
#define FALL (60.0 / HARK_VOICE_RATE) /* dB a sample */

void
hark_level_init (HarkLevel *level)
{
  atomic_store (level, (int64_t) (HARK_LEVEL_FLOOR * MILLI));
}

void
hark_level_meter (HarkLevel *level, const int16_t *samples, size_t n)
{
  int64_t sum = 0;
  double db, old = (double) atomic_load_explicit (level, memory_order_relaxed) / MILLI;

  for (size_t i = 0; i < n; i++)
    sum += samples[i] * samples[i];
  db = sum > 0 ? 10 * log10 ((double) sum / (double) n / (32768.0 * 32768.0)) : HARK_LEVEL_FLOOR;
  db = MAX (MAX (db, HARK_LEVEL_FLOOR), old - FALL * (double) n);
  atomic_store_explicit (level, (int64_t) (db * MILLI), memory_order_relaxed);
}

double
hark_level_get (const HarkLevel *level)
{
  return (double) atomic_load (level) / MILLI;
}
