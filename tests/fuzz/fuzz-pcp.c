#include "net/io/pcp.h"

#include <string.h>

int LLVMFuzzerTestOneInput (const uint8_t *data, size_t size);

/* An answer of a router, to a request whose nonce and port the input may have got right. */
int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  HarkPcpMapping mapping = {.port = 6881, .lifetime = 7200};
  HarkEndpoint external;
  uint32_t lifetime;

  if (size >= 36)
    memcpy (mapping.nonce, data + 24, sizeof mapping.nonce);
  hark_pcp_read (data, size, &mapping, &external, &lifetime);
  return 0;
}
