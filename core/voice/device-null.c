/* core/voice/device-null.c - hears silence, and plays into nothing, in real time.
 *
 * Stands in for a device that is not wanted or could not be opened: packets go on, figures go on.
 */
#include "core/voice/device.h"
#include "core/voice/pacer.h"

#include <string.h>

typedef struct {
  HarkDevice device;
  HarkPacer *pacer;
  HarkDeviceOnBlock on_block;
  void *data;
} NullDevice;

static void
on_tick (void *data)
{
  NullDevice *null = data;
  int16_t block[HARK_VOICE_BLOCK] = {0};

  null->on_block (block, hark_device_now (), null->data);
}

static void
close_null (HarkDevice *device)
{
  NullDevice *null = (NullDevice *) device;

  hark_pacer_stop (null->pacer);
  g_free (null);
}

HarkDevice *
hark_device_null_open (HarkDeviceOnBlock on_block, void *data)
{
  NullDevice *null = g_new0 (NullDevice, 1);

  null->device.close = close_null;
  null->on_block = on_block;
  null->data = data;
  null->pacer = hark_pacer_start ("hark-null", on_tick, null);
  return &null->device;
}
