#include "core/voice/wav.h"

#include "core/voice/types.h"

#include <errno.h>
#include <string.h>

#define RATE 48000
#define HEADER_LEN 44
#define CHUNKS_MAX 64 /* before the samples; recorders write a handful */
#define PCM 1
#define EXTENSIBLE 0xfffe
#define SAMPLES_MAX ((UINT32_MAX - HEADER_LEN) / 2)

static uint32_t
le32 (const uint8_t *p)
{
  return (uint32_t) p[0] | (uint32_t) p[1] << 8 | (uint32_t) p[2] << 16 | (uint32_t) p[3] << 24;
}

static uint16_t
le16 (const uint8_t *p)
{
  return (uint16_t) (p[0] | p[1] << 8);
}

static void
put32 (uint8_t *p, uint32_t value)
{
  for (int i = 0; i < 4; i++)
    p[i] = (uint8_t) (value >> (8 * i));
}

static bool
refuse (const char *path, GError **error, const char *why)
{
  g_set_error (error, HARK_VOICE_ERROR, HARK_VOICE_ERROR_FORMAT, "%s: %s", path, why);
  return false;
}

static bool
read_format (FILE *file, uint32_t len, const char *path, HarkWavFormat *format, GError **error)
{
  uint8_t chunk[40] = {0};
  size_t take = MIN (len, sizeof chunk);
  uint16_t kind;

  if (len < 16 || fread (chunk, 1, take, file) != take
      || fseek (file, (long) (len - take + (len & 1)), SEEK_CUR) != 0)
    return refuse (path, error, "the WAV header ends early");
  kind = le16 (chunk);
  if (kind == EXTENSIBLE && len >= 26)
    kind = le16 (chunk + 24);
  if (kind != PCM || le16 (chunk + 14) != 16)
    return refuse (path, error, "the WAV file must hold 16-bit PCM samples");
  if (le32 (chunk + 4) != RATE)
    return refuse (path, error, "the WAV file must have a sample rate of 48000 Hz");
  format->channels = le16 (chunk + 2);
  if (format->channels != 1 && format->channels != 2)
    return refuse (path, error, "the WAV file must be mono or stereo");
  return true;
}

/* A recording that was cut off may promise more, or nothing at all: the file's own length counts.
 */
static bool
find_end (FILE *file, uint32_t len, const char *path, HarkWavFormat *format, GError **error)
{
  long end;
  uint64_t bytes;

  format->data_at = ftell (file);
  if (format->data_at < 0 || fseek (file, 0, SEEK_END) != 0 || (end = ftell (file)) < 0
      || fseek (file, format->data_at, SEEK_SET) != 0)
    return refuse (path, error, "the file cannot be searched");
  bytes = (uint64_t) (end - format->data_at);
  if (len != 0 && len < bytes)
    bytes = len;
  format->frames = bytes / (2 * format->channels);
  return format->frames > 0 || refuse (path, error, "the WAV file holds no samples");
}

static bool
read_header (FILE *file, const char *path, HarkWavFormat *format, GError **error)
{
  uint8_t head[12], chunk[8];

  if (fread (head, 1, sizeof head, file) != sizeof head || memcmp (head, "RIFF", 4) != 0
      || memcmp (head + 8, "WAVE", 4) != 0)
    return refuse (path, error, "this is no WAV file");

  for (int i = 0; i < CHUNKS_MAX; i++) {
    uint32_t len;

    if (fread (chunk, 1, sizeof chunk, file) != sizeof chunk)
      break;
    len = le32 (chunk + 4);
    if (memcmp (chunk, "fmt ", 4) == 0) {
      if (!read_format (file, len, path, format, error))
        return false;
    } else if (memcmp (chunk, "data", 4) == 0) {
      if (format->channels == 0)
        return refuse (path, error, "the WAV file does not say what its samples are");
      return find_end (file, len, path, format, error);
    } else if (fseek (file, (long) len + (len & 1), SEEK_CUR) != 0) {
      break;
    }
  }
  return refuse (path, error, "the WAV file holds no samples");
}

static void
set_file_error (GError **error, const char *path, int saved)
{
  g_set_error (error, HARK_VOICE_ERROR, HARK_VOICE_ERROR_FILE, "%s: %s", path, g_strerror (saved));
}

FILE *
hark_wav_open (const char *path, HarkWavFormat *ret, GError **error)
{
  HarkWavFormat format = {0};
  FILE *file = fopen (path, "rbe");

  if (file == NULL) {
    set_file_error (error, path, errno);
    return NULL;
  }
  if (!read_header (file, path, &format, error)) {
    fclose (file);
    return NULL;
  }
  *ret = format;
  return file;
}

static bool
write_header (FILE *file, uint64_t samples)
{
  uint8_t header[HEADER_LEN] = "RIFF....WAVEfmt \x10\0\0\0\x01\0\x01\0....\0\0\0\0\x02\0\x10\0data";
  uint32_t bytes = (uint32_t) (2 * MIN (samples, SAMPLES_MAX));

  put32 (header + 4, HEADER_LEN - 8 + bytes);
  put32 (header + 24, RATE);
  put32 (header + 28, 2 * RATE);
  put32 (header + 40, bytes);
  return fwrite (header, 1, sizeof header, file) == sizeof header;
}

FILE *
hark_wav_create (const char *path, GError **error)
{
  FILE *file = fopen (path, "wbe");

  if (file == NULL || !write_header (file, 0) || fflush (file) != 0) {
    set_file_error (error, path, errno);
    if (file != NULL)
      fclose (file);
    return NULL;
  }
  return file;
}

bool
hark_wav_update (FILE *file, uint64_t samples)
{
  return fflush (file) == 0 && fseek (file, 0, SEEK_SET) == 0 && write_header (file, samples)
         && fflush (file) == 0 && fseek (file, 0, SEEK_END) == 0;
}
