/* core/engine/devices.h - what the engine hears and speaks with: from settings to devices.
 *
 * Shell (looks whether files exist); engine thread.
 */
#pragma once

#include "core/hark.h"
#include "core/voice/device-watch.h"
#include "core/voice/voice.h"

/* hark_engine_voice_config: borrows from @sound. */
HarkVoiceConfig hark_engine_voice_config (const HarkSound *sound);

/* hark_engine_choose_sound: (transfer full): what @config names, else what the profile keeps
 * (@kept: nullable), else what there is. A kept file that is gone counts as not kept. */
HarkSound *hark_engine_choose_sound (const HarkEngineConfig *config, GBytes *kept);

/* hark_engine_take_devices: (transfer full) (nullable): hark_device_watch_take() as
 * HarkSoundDevice.
 */
GPtrArray *hark_engine_take_devices (HarkDeviceWatch *watch, bool *ret_there);
