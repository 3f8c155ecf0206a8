#include "core/hark-network.h"
#include "core/hark.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput (const uint8_t *data, size_t size);

/* What was understood is written and understood again, and is the same. */
int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  HarkNetworkFile file, again;
  char *text;

  if (hark_network_file_read ((const char *) data, size, &file) != NULL)
    return 0;
  text = hark_network_file_write (&file);
  if (hark_network_file_read (text, strlen (text), &again) != NULL
      || g_strcmp0 (file.network, again.network) != 0 || g_strcmp0 (file.title, again.title) != 0)
    abort ();
  hark_words_free (text);
  hark_network_file_clear (&file);
  hark_network_file_clear (&again);
  return 0;
}
