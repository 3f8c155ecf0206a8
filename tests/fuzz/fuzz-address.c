/* Addresses and links as pasted; what is one comes back as it was. */
#include "core/identity/address.h"

#include <string.h>

int LLVMFuzzerTestOneInput (const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  g_autofree char *text = g_strndup ((const char *) data, size);
  char again[HARK_ADDRESS_LEN + 1];
  g_autofree char *lower = g_ascii_strdown (text, -1);
  HarkAddress address;

  if (sodium_init () < 0 || hark_address_parse (text, &address) != HARK_ADDRESS_OK)
    return 0;
  hark_address_format (&address, again);
  g_assert_nonnull (strstr (lower, again));
  return 0;
}
