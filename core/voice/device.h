/* core/voice/device.h - microphones and speakers, all alike from outside.
 *
 * Shells: each has a thread of its own and reads the clock. A microphone calls @on_block with every
 * 10 ms it hears, a speaker with every 10 ms it needs, or less where that was asked for; both at 48
 * kHz, mono, 16 bit, with the time of the call. Callbacks run in the device's thread and must not
 * lock, allocate or wait. No callback runs after hark_device_close() returned.
 */
#pragma once

#include "core/voice/codec.h"
#include "core/voice/types.h"
#include "net/base/time.h"

typedef struct HarkDevice HarkDevice;

/* A microphone hands @block in, a speaker wants it filled. */
typedef void (*HarkDeviceOnBlock) (int16_t block[HARK_VOICE_BLOCK], HarkTime now, void *data);

/* What a kind of device does when closed: ends its thread, then frees. First field of every device.
 */
struct HarkDevice {
  void (*close) (HarkDevice *device);
};

/* hark_device_check: NULL when @name can name a microphone (or speaker), else what is wrong with
 * it; interned. */
const char *hark_device_check (const char *name, bool is_mic);

/**
 * hark_device_open:
 * @name: as in HarkVoiceConfig
 * @low_delay: half as much sound ahead of a sound server, until it ran dry three times within ten
 * seconds; of files and of nothing there is none
 *
 * Opens and starts. With "pulse" it succeeds at once and connects in the background, again every
 * second while the server is away; a microphone hands in nothing meanwhile, so the caller must cope
 * with pauses.
 *
 * Returns: (nullable): NULL with @error set to a sentence for the user
 */
HarkDevice *hark_device_open (const char *name,
                              bool is_mic,
                              bool low_delay,
                              HarkDeviceOnBlock on_block,
                              void *data,
                              GError **error);

/* hark_device_open_speaker: like hark_device_open(), a speaker that calls @on_block for @part
 * samples at once, HARK_VOICE_BLOCK or what goes into it without rest. Of another size than
 * HARK_VOICE_BLOCK only where hark_device_takes_parts(@name): what plays by a clock of ours needs
 * no less. */
HarkDevice *hark_device_open_speaker (const char *name,
                                      bool low_delay,
                                      size_t part,
                                      HarkDeviceOnBlock on_block,
                                      void *data,
                                      GError **error);
bool hark_device_takes_parts (const char *name);

/* hark_device_close: NULL is fine. A WAV file is whole afterwards. */
void hark_device_close (HarkDevice *device);

/* hark_device_now: the clock of all shells, CLOCK_BOOTTIME. */
HarkTime hark_device_now (void);

/* The kinds, for device.c only. */
HarkDevice *hark_device_null_open (HarkDeviceOnBlock on_block, void *data);
HarkDevice *hark_device_wav_open_mic (
  const char *path, bool loop, HarkDeviceOnBlock on_block, void *data, GError **error);
HarkDevice *hark_device_wav_open_speaker (const char *path,
                                          HarkDeviceOnBlock on_block,
                                          void *data,
                                          GError **error);
HarkDevice *hark_device_pulse_open (const char *name,
                                    bool is_mic,
                                    bool low_delay,
                                    size_t part,
                                    HarkDeviceOnBlock on_block,
                                    void *data,
                                    GError **error);

typedef struct HarkDeviceParts HarkDeviceParts;

/**
 * hark_device_pipewire_open: for device-pulse.c only
 * @name: (nullable): a node's name; NULL: the default
 * @low_delay: as hark_device_open() has it; where the usual delay runs dry, too, that grows as well
 * @cookie: of the server that is meant
 * @parts: of the caller, the device's until it is closed
 *
 * Waits for the server, 100 ms at most. With it, as hark_device_open() has it.
 *
 * Returns: (nullable): NULL where Hark was built without PipeWire, or it is not to be had here
 */
HarkDevice *hark_device_pipewire_open (
  const char *name, bool is_mic, bool low_delay, uint32_t cookie, HarkDeviceParts *parts);
