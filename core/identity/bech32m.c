#include "core/identity/bech32m.h"

#include <glib.h>
#include <string.h>

#define BECH32M 0x2bc830a3u /* BIP-350 */

const char hark_bech32m_charset[33] = "qpzry9x8gf2tvdw0s3jn54khce6mua7l";

static uint32_t
polymod_step (uint32_t checksum, unsigned symbol)
{
  static const uint32_t generator[5] = {0x3b6a57b2, 0x26508e6d, 0x1ea119fa, 0x3d4233dd, 0x2a1462b3};
  uint32_t top = checksum >> 25;

  checksum = (checksum & 0x1ffffff) << 5 ^ symbol;
  for (int i = 0; i < 5; i++)
    if (top >> i & 1)
      checksum ^= generator[i];
  return checksum;
}

/* Over the expanded human part and @n symbols. */
static uint32_t
polymod (const char *human, const uint8_t *symbols, size_t n)
{
  uint32_t checksum = 1;

  for (const char *c = human; *c; c++)
    checksum = polymod_step (checksum, (unsigned) *c >> 5);
  checksum = polymod_step (checksum, 0);
  for (const char *c = human; *c; c++)
    checksum = polymod_step (checksum, (unsigned) *c & 31);
  for (size_t i = 0; i < n; i++)
    checksum = polymod_step (checksum, symbols[i]);
  return checksum;
}

void
hark_bech32m_seal (const char *human, uint8_t *symbols, size_t n)
{
  uint32_t checksum;

  memset (symbols + n, 0, HARK_BECH32M_CHECKSUM_LEN);
  checksum = polymod (human, symbols, n + HARK_BECH32M_CHECKSUM_LEN) ^ BECH32M;
  for (unsigned i = 0; i < HARK_BECH32M_CHECKSUM_LEN; i++)
    symbols[n + i] = checksum >> (5 * (HARK_BECH32M_CHECKSUM_LEN - 1 - i)) & 31;
}

bool
hark_bech32m_check (const char *human, const uint8_t *symbols, size_t n)
{
  return polymod (human, symbols, n) == BECH32M;
}

bool
hark_bech32m_read (const char *text, size_t n, uint8_t *ret)
{
  for (size_t i = 0; i < n; i++) {
    const char *found = strchr (hark_bech32m_charset, g_ascii_tolower (text[i]));

    if (!found || !*found)
      return false;
    ret[i] = (uint8_t) (found - hark_bech32m_charset);
  }
  return true;
}
