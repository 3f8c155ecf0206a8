/* core/voice/device-parts.h - what devices of sound servers have in common, whichever the server.
 *
 * Pure, in the device's thread; nothing here waits, locks or allocates.
 */
#pragma once

#include "core/voice/device.h"

#define HARK_DRY_MAX 3 /* times within HARK_DRY_SPAN, and there is too little sound ahead */
#define HARK_DRY_SPAN (10 * HARK_SECOND)

/* Between the server's pieces and blocks: samples not yet handed over. */
struct HarkDeviceParts {
  int16_t block[HARK_VOICE_BLOCK];
  size_t part;   /* samples of a block */
  size_t filled; /* microphone: samples in block; speaker: samples of it already played */
  HarkDeviceOnBlock on_block;
  void *data;
};

/* hark_device_parts_clear: nothing is left of what came before, @parts->part samples a block. */
void hark_device_parts_clear (HarkDeviceParts *parts, bool is_mic);

/* hark_device_parts_take: @n samples were heard. @piece: NULL for a hole in the recording, which
 * counts as silence. */
void hark_device_parts_take (HarkDeviceParts *parts, const int16_t *piece, size_t n, HarkTime now);

/* hark_device_parts_fill: @n samples are to be played. */
void hark_device_parts_fill (HarkDeviceParts *parts, int16_t *piece, size_t n, HarkTime now);

/* How often the device ran dry lately; zeroed at first. */
typedef struct {
  unsigned times;
  HarkTime since;
} HarkDeviceDry;

/* hark_device_ran_dry: true when that happens too often; counts anew after that. */
bool hark_device_ran_dry (HarkDeviceDry *dry, HarkTime now);
