/* How loud it is at a microphone, as core/hark.h has it. */
#include "core/hark.h"
#include "core/voice/device.h"

#include <stdlib.h>

struct HarkMeter {
  HarkDevice *device;
  gint peak; /* atomic: since last asked, 0 to 32,768 */
};

static void
on_block (int16_t *block, HarkTime now, void *data)
{
  HarkMeter *meter = data;
  gint peak = 0;

  (void) now;
  for (size_t i = 0; i < HARK_VOICE_BLOCK; i++)
    peak = MAX (peak, abs (block[i]));
  if (peak > g_atomic_int_get (&meter->peak))
    g_atomic_int_set (&meter->peak, peak);
}

HarkMeter *
hark_meter_new (const char *mic, GError **error)
{
  HarkMeter *meter = g_new0 (HarkMeter, 1);

  meter->device = hark_device_open (mic, true, false, on_block, meter, error);
  if (meter->device == NULL)
    g_clear_pointer (&meter, g_free);
  return meter;
}

double
hark_meter_get (HarkMeter *meter)
{
  gint peak = g_atomic_int_get (&meter->peak);

  g_atomic_int_set (&meter->peak, 0);
  return peak / 32768.0;
}

void
hark_meter_free (HarkMeter *meter)
{
  if (meter == NULL)
    return;
  hark_device_close (meter->device);
  g_free (meter);
}
