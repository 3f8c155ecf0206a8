#include "core/engine/devices.h"

#include "core/heart/calls/sound-kept.h"

HarkVoiceConfig
hark_engine_voice_config (const HarkSound *sound)
{
  return (HarkVoiceConfig){.mic = sound->mic,
                           .speaker = sound->speaker,
                           .keep_echo = sound->keep_echo,
                           .keep_noise = sound->keep_noise,
                           .keep_gain = sound->keep_gain,
                           .low_delay = sound->low_delay};
}

static const char *
device_or (const HarkEngineConfig *config, const char *named, const char *kept, bool is_mic)
{
  const HarkVoiceConfig only
    = {.mic = is_mic && kept != NULL ? kept : "none", .speaker = is_mic || !kept ? "none" : kept};

  if (named != NULL)
    return named;
  if (kept != NULL && hark_voice_check (&only) == NULL)
    return kept;
  return config->no_sound ? "none" : "pulse";
}

HarkSound *
hark_engine_choose_sound (const HarkEngineConfig *config, GBytes *stored)
{
  g_autoptr (HarkSound) kept = hark_sound_read (stored);
  HarkSound *sound = g_new0 (HarkSound, 1);

  sound->mic = g_strdup (device_or (config, config->mic, kept->mic, true));
  sound->speaker = g_strdup (device_or (config, config->speaker, kept->speaker, false));
  sound->ring = g_strdup (kept->ring);
  sound->keep_echo = config->keep_echo || kept->keep_echo;
  sound->keep_noise = config->keep_noise || kept->keep_noise;
  sound->keep_gain = config->keep_gain || kept->keep_gain;
  sound->low_delay = kept->low_delay;
  return sound;
}

GPtrArray *
hark_engine_take_devices (HarkDeviceWatch *watch, bool *ret_there)
{
  GPtrArray *found = hark_device_watch_take (watch, ret_there);
  GPtrArray *devices;

  if (found == NULL)
    return NULL;
  devices = g_ptr_array_new_full (found->len, (GDestroyNotify) hark_sound_device_free);
  for (guint i = 0; i < found->len; i++) {
    const HarkDeviceFound *one = found->pdata[i];
    HarkSoundDevice *device = g_new0 (HarkSoundDevice, 1);

    device->name = g_strconcat ("pulse:", one->name, NULL);
    device->text = g_strdup (one->text);
    device->is_mic = one->is_mic;
    device->is_default = one->is_default;
    g_ptr_array_add (devices, device);
  }
  g_ptr_array_unref (found);
  return devices;
}
