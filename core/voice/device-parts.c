#include "core/voice/device-parts.h"

#include <string.h>

void
hark_device_parts_clear (HarkDeviceParts *parts, bool is_mic)
{
  parts->filled = is_mic ? 0 : parts->part;
}

void
hark_device_parts_take (HarkDeviceParts *parts, const int16_t *piece, size_t n, HarkTime now)
{
  while (n > 0) {
    size_t take = MIN (n, parts->part - parts->filled);

    if (piece != NULL) {
      memcpy (parts->block + parts->filled, piece, take * sizeof *piece);
      piece += take;
    } else {
      memset (parts->block + parts->filled, 0, take * sizeof *parts->block);
    }
    n -= take;
    parts->filled += take;
    if (parts->filled == parts->part) {
      parts->filled = 0;
      parts->on_block (parts->block, now, parts->data);
    }
  }
}

void
hark_device_parts_fill (HarkDeviceParts *parts, int16_t *piece, size_t n, HarkTime now)
{
  while (n > 0) {
    size_t take;

    if (parts->filled == parts->part) {
      parts->on_block (parts->block, now, parts->data);
      parts->filled = 0;
    }
    take = MIN (n, parts->part - parts->filled);
    memcpy (piece, parts->block + parts->filled, take * sizeof *piece);
    piece += take;
    parts->filled += take;
    n -= take;
  }
}

bool
hark_device_ran_dry (HarkDeviceDry *dry, HarkTime now)
{
  if (dry->times == 0 || hark_time_since (now, dry->since) > HARK_DRY_SPAN) {
    dry->times = 0;
    dry->since = now;
  }
  if (++dry->times < HARK_DRY_MAX)
    return false;
  dry->times = 0;
  return true;
}
