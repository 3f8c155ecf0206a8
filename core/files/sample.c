#include "core/files/sample.h"

#include "net/base/domain.h"
#include "net/base/hash.h"

#include <glib.h>
#include <string.h>

bool
hark_file_sample (uint64_t size,
                  bool (*read) (void *data, uint64_t offset, uint8_t *ret, size_t len),
                  void *data,
                  uint8_t ret[HARK_FILE_SAMPLE_LEN])
{
  const size_t len = (size_t) MIN (size, (uint64_t) HARK_FILE_SAMPLE_PIECE);
  g_autofree uint8_t *pieces = g_malloc (3 * len + 1);
  uint8_t size_bytes[8];

  for (unsigned i = 0; i < 8; i++)
    size_bytes[i] = (uint8_t) (size >> (56 - 8 * i));
  if (!read (data, 0, pieces, len) || !read (data, (size - len) / 2, pieces + len, len)
      || !read (data, size - len, pieces + 2 * len, len))
    return false;
  HARK_HASH (ret, HARK_FILE_SAMPLE_LEN, NULL, 0, HARK_DOMAIN_FILE_SAMPLE, HARK_PART (&size_bytes),
             HARK_PART_BYTES (pieces, 3 * len));
  return true;
}

bool
hark_file_sample_is_known (const uint8_t sample[HARK_FILE_SAMPLE_LEN])
{
  static const uint8_t unknown[HARK_FILE_SAMPLE_LEN]; /* no secret: it need not take its time */

  return memcmp (sample, unknown, sizeof unknown) != 0;
}
