#include "core/heart/calls/sound-kept.h"

#include "net/base/reader.h"

#include <string.h>

#define FORMAT 1

enum { KEEP_ECHO = 1 << 0, KEEP_NOISE = 1 << 1, KEEP_GAIN = 1 << 2, LOW_DELAY = 1 << 3 };

static char *
read_name (HarkReader *reader)
{
  size_t len = hark_reader_u8 (reader);
  const uint8_t *bytes = hark_reader_borrow (reader, len);
  g_autofree char *name = bytes != NULL ? g_strndup ((const char *) bytes, len) : NULL;

  return name != NULL && hark_sound_is_name (name) ? g_steal_pointer (&name) : NULL;
}

HarkSound *
hark_sound_read (GBytes *kept)
{
  HarkSound *sound = g_new0 (HarkSound, 1);
  HarkReader reader;
  size_t len = 0;
  const void *bytes = kept != NULL ? g_bytes_get_data (kept, &len) : NULL;
  uint8_t flags;

  if (bytes == NULL)
    return sound;
  hark_reader_init (&reader, bytes, len);
  if (hark_reader_u8 (&reader) != FORMAT)
    return sound;
  flags = hark_reader_u8 (&reader);
  sound->keep_echo = flags & KEEP_ECHO;
  sound->keep_noise = flags & KEEP_NOISE;
  sound->keep_gain = flags & KEEP_GAIN;
  sound->low_delay = flags & LOW_DELAY;
  sound->mic = read_name (&reader);
  sound->speaker = read_name (&reader);
  sound->ring = read_name (&reader);
  return sound;
}

static void
write_name (GByteArray *bytes, const char *name)
{
  uint8_t len = (uint8_t) (name != NULL ? strlen (name) : 0);

  g_byte_array_append (bytes, &len, 1);
  g_byte_array_append (bytes, (const uint8_t *) (name != NULL ? name : ""), len);
}

GBytes *
hark_sound_write (const HarkSound *sound)
{
  GByteArray *bytes = g_byte_array_new ();
  uint8_t head[2] = {FORMAT, 0};

  head[1] = (uint8_t) ((sound->keep_echo ? KEEP_ECHO : 0) | (sound->keep_noise ? KEEP_NOISE : 0)
                       | (sound->keep_gain ? KEEP_GAIN : 0) | (sound->low_delay ? LOW_DELAY : 0));
  g_byte_array_append (bytes, head, sizeof head);
  write_name (bytes, sound->mic);
  write_name (bytes, sound->speaker);
  write_name (bytes, sound->ring);
  return g_byte_array_free_to_bytes (bytes);
}

bool
hark_sound_is_name (const char *name)
{
  size_t len = strlen (name);

  if (len > HARK_SOUND_NAME_MAX || !g_utf8_validate (name, (gssize) len, NULL))
    return false;
  return strcmp (name, "pulse") == 0 || strcmp (name, "none") == 0
         || (g_str_has_prefix (name, "pulse:") && len > strlen ("pulse:"))
         || (g_str_has_prefix (name, "wav:") && len > strlen ("wav:"))
         || (g_str_has_prefix (name, "wav-loop:") && len > strlen ("wav-loop:"));
}

static void
choose (char **name, const char *wanted)
{
  if (wanted == NULL)
    return;
  g_free (*name);
  *name = g_strdup (wanted);
}

/* @wanted: 1 switched on: nothing is kept in. */
static void
flip (bool *keep, int wanted)
{
  if (wanted != 0)
    *keep = wanted < 0;
}

bool
hark_sound_change (HarkSound *sound, const HarkCommand *command)
{
  if ((command->mic != NULL && !hark_sound_is_name (command->mic))
      || (command->speaker != NULL && !hark_sound_is_name (command->speaker))
      || (command->ring != NULL && !hark_sound_is_name (command->ring)))
    return false;
  choose (&sound->mic, command->mic);
  choose (&sound->speaker, command->speaker);
  choose (&sound->ring, command->ring);
  flip (&sound->keep_echo, command->echo);
  flip (&sound->keep_noise, command->noise);
  flip (&sound->keep_gain, command->gain);
  if (command->low_delay != 0)
    sound->low_delay = command->low_delay > 0;
  return true;
}
