#include "core/store/keyfile.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput (const uint8_t *data, size_t size);

/* A key file that is accepted says the same when it is written again. */
int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  HarkKeyfile keyfile;
  uint8_t bytes[HARK_KEYFILE_LEN_MAX];

  if (hark_keyfile_parse (data, size, &keyfile) == HARK_KEYFILE_OK) {
    const size_t len = hark_keyfile_format (&keyfile, bytes);

    if (len != size || memcmp (bytes, data, len) != 0)
      abort ();
  }

  return 0;
}
