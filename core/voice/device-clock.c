#include "core/voice/device.h"

#include <time.h>

HarkTime
hark_device_now (void)
{
  struct timespec now;

  clock_gettime (CLOCK_BOOTTIME, &now);
  return (HarkTime) now.tv_sec * HARK_SECOND + (HarkTime) now.tv_nsec;
}
