#include "core/backup/age.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput (const uint8_t *data, size_t size);

/* A header that opens has a payload that may or may not: nothing is read past the end. */
int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  static const HarkSecret identity = {{1}};
  static uint8_t plain[HARK_AGE_CHUNK];
  HarkAgeStream stream;
  size_t at = 0;

  if (hark_age_read_header (data, size, &(HarkAgeKeys){.identity = &identity}, &stream, &at)
      == HARK_AGE_OK) {
    if (at > size)
      abort ();
    for (size_t n = MIN (size - at, HARK_AGE_SEALED); at < size;
         at += n, n = MIN (size - at, HARK_AGE_SEALED))
      if (!hark_age_open (&stream, data + at, n, at + n == size, plain))
        break;
  }
  return 0;
}
