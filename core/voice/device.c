#include "core/voice/device.h"

#include "core/voice/wav.h"

#include <string.h>

/* The part of @name behind @kind and its colon; NULL when @name is of another kind. */
static const char *
rest_of (const char *name, const char *kind)
{
  size_t len = strlen (kind);

  return strncmp (name, kind, len) == 0 && name[len] == ':' && name[len + 1] != '\0'
           ? name + len + 1
           : NULL;
}

static const char *
check_wav (const char *path)
{
  g_autoptr (GError) error = NULL;
  FILE *file;
  HarkWavFormat format;

  file = hark_wav_open (path, &format, &error);
  if (file == NULL)
    return g_intern_string (error->message);
  fclose (file);
  return NULL;
}

const char *
hark_device_check (const char *name, bool is_mic)
{
  const char *path;

  if (g_str_equal (name, "none") || g_str_equal (name, "pulse") || rest_of (name, "pulse") != NULL)
    return NULL;
  path = rest_of (name, "wav");
  if (path == NULL && is_mic)
    path = rest_of (name, "wav-loop");
  if (path != NULL)
    return is_mic ? check_wav (path) : NULL;
  return is_mic ? "a microphone is pulse, pulse:DEVICE, wav:FILE, wav-loop:FILE or none"
                : "a speaker is pulse, pulse:DEVICE, wav:FILE or none";
}

bool
hark_device_takes_parts (const char *name)
{
  return g_str_equal (name, "pulse") || rest_of (name, "pulse") != NULL;
}

static HarkDevice *
open_device (const char *name,
             bool is_mic,
             bool low_delay,
             size_t part,
             HarkDeviceOnBlock on_block,
             void *data,
             GError **error)
{
  const char *path;

  if (g_str_equal (name, "none"))
    return hark_device_null_open (on_block, data);
  if (g_str_equal (name, "pulse"))
    return hark_device_pulse_open (NULL, is_mic, low_delay, part, on_block, data, error);
  if ((path = rest_of (name, "pulse")) != NULL)
    return hark_device_pulse_open (path, is_mic, low_delay, part, on_block, data, error);
  if ((path = rest_of (name, "wav")) != NULL)
    return is_mic ? hark_device_wav_open_mic (path, false, on_block, data, error)
                  : hark_device_wav_open_speaker (path, on_block, data, error);
  if (is_mic && (path = rest_of (name, "wav-loop")) != NULL)
    return hark_device_wav_open_mic (path, true, on_block, data, error);

  g_set_error (error, HARK_VOICE_ERROR, HARK_VOICE_ERROR_DEVICE, "“%s”: %s", name,
               hark_device_check (name, is_mic));
  return NULL;
}

HarkDevice *
hark_device_open (const char *name,
                  bool is_mic,
                  bool low_delay,
                  HarkDeviceOnBlock on_block,
                  void *data,
                  GError **error)
{
  return open_device (name, is_mic, low_delay, HARK_VOICE_BLOCK, on_block, data, error);
}

HarkDevice *
hark_device_open_speaker (const char *name,
                          bool low_delay,
                          size_t part,
                          HarkDeviceOnBlock on_block,
                          void *data,
                          GError **error)
{
  g_assert (part == HARK_VOICE_BLOCK || hark_device_takes_parts (name));
  return open_device (name, false, low_delay, part, on_block, data, error);
}

void
hark_device_close (HarkDevice *device)
{
  if (device != NULL)
    device->close (device);
}
