/* Addresses, links and codes as pasted or scanned; what is one comes back as it was. And names. */
#include "core/contacts/resemble.h"
#include "core/identity/address.h"
#include "core/identity/safety-number.h"

#include <string.h>

int LLVMFuzzerTestOneInput (const uint8_t *data, size_t size);

static void
check_code (const char *text, const char *lower)
{
  char again[HARK_SAFETY_CODE_LEN + 1];
  HarkKey own, peer;

  if (!hark_safety_code_parse (text, &own, &peer))
    return;
  hark_safety_code_format (&own, &peer, again);
  g_assert_nonnull (strstr (lower, again));
}

/* What is left of a name looks like it. */
static void
check_name (const char *text)
{
  g_autofree char *name = g_utf8_make_valid (text, -1);
  g_autofree char *skeleton = hark_name_skeleton (name);
  g_autofree char *again = hark_name_skeleton (skeleton);

  g_assert_cmpstr (skeleton, ==, again);
}

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  g_autofree char *text = g_strndup ((const char *) data, size);
  char again[HARK_ADDRESS_LEN + 1];
  g_autofree char *lower = g_ascii_strdown (text, -1);
  HarkAddress address;

  check_code (text, lower);
  check_name (text);
  if (sodium_init () < 0 || hark_address_parse (text, &address) != HARK_ADDRESS_OK)
    return 0;
  hark_address_format (&address, again);
  g_assert_nonnull (strstr (lower, again));
  return 0;
}
