/* Requests are answered within bounds with the sender's address; answers parse or are refused. */
#include "net/path/stun.h"

int LLVMFuzzerTestOneInput (const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  HarkEndpoint from = {.family = 4, .port = 4000, .ip = {192, 0, 2, 1}}, seen;
  uint8_t answer[HARK_STUN_RESPONSE_LEN_MAX];
  size_t len = hark_stun_respond (data, size, &from, answer);

  if (len) {
    g_assert (hark_stun_is_request (data, size) && len <= size + 24);
    g_assert (hark_stun_parse_mapped (answer, len, &seen) && hark_endpoint_equal (&seen, &from));
  }
  if (hark_stun_parse_mapped (data, size, &seen))
    g_assert (seen.family == 4 || seen.family == 6);
  return 0;
}
