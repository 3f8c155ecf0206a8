/* Devices to choose from, and how loud it is at a microphone, as core/hark.h has them. */
#include "core/hark.h"
#include "core/voice/device-list.h"
#include "core/voice/device.h"

#include <stdlib.h>

struct HarkMeter {
  HarkDevice *device;
  gint peak; /* atomic: since last asked, 0 to 32,768 */
};

void
hark_device_name_free (HarkDeviceName *name)
{
  g_free (name->name);
  g_free (name->shown);
  g_free (name);
}

static void
on_found (const char *name, const char *shown, void *data)
{
  HarkDeviceName *device = g_new0 (HarkDeviceName, 1);

  device->name = g_strdup (name);
  device->shown = g_strdup (shown);
  g_ptr_array_add (data, device);
}

GPtrArray *
hark_sound_devices (bool mics)
{
  GPtrArray *found = g_ptr_array_new_with_free_func ((GDestroyNotify) hark_device_name_free);

  hark_device_list (mics, on_found, found);
  return found;
}

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
