#include "core/identity/safety-number.h"

#include "core/identity/bech32m.h"
#include "net/base/domain.h"
#include "net/base/hash.h"

#include <stdio.h>
#include <string.h>

#define HALF_LEN (HARK_SAFETY_NUMBER_LEN / 2)
#define GROUP_LEN 5

/* Six groups: five bytes of the hash each, big-endian, mod 100,000. */
static void
write_half (const HarkKey *account, char ret[HALF_LEN + 1])
{
  uint8_t hash[64];

  HARK_HASH (hash, sizeof hash, NULL, 0, HARK_DOMAIN_SAFETY, HARK_PART (account));
  for (size_t group = 0; group < HALF_LEN / GROUP_LEN; group++) {
    uint64_t value = 0;

    for (size_t i = 0; i < 5; i++)
      value = value << 8 | hash[group * 5 + i];
    snprintf (ret + group * GROUP_LEN, GROUP_LEN + 1, "%05u", (unsigned) (value % 100000));
  }
}

void
hark_safety_number (const HarkKey *a, const HarkKey *b, char ret[HARK_SAFETY_NUMBER_LEN + 1])
{
  char first[HALF_LEN + 1];
  char second[HALF_LEN + 1];
  bool in_order;

  write_half (a, first);
  write_half (b, second);
  in_order = strcmp (first, second) <= 0;
  memcpy (ret, in_order ? first : second, HALF_LEN);
  memcpy (ret + HALF_LEN, in_order ? second : first, HALF_LEN + 1);
}

/* ---- the same to be scanned ---- */

#define HUMAN "hv"
#define PREFIX_LEN 3
#define PAYLOAD_BITS (2 * HARK_KEY_LEN * 8)
#define N_DATA (HARK_SAFETY_CODE_LEN - PREFIX_LEN - HARK_BECH32M_CHECKSUM_LEN)

G_STATIC_ASSERT (N_DATA == 1 + (PAYLOAD_BITS + 4) / 5);

void
hark_safety_code_format (const HarkKey *own,
                         const HarkKey *peer,
                         char ret[HARK_SAFETY_CODE_LEN + 1])
{
  uint8_t symbols[N_DATA + HARK_BECH32M_CHECKSUM_LEN] = {0};
  uint8_t payload[2 * HARK_KEY_LEN];

  memcpy (payload, own->bytes, HARK_KEY_LEN);
  memcpy (payload + HARK_KEY_LEN, peer->bytes, HARK_KEY_LEN);
  for (unsigned bit = 0; bit < PAYLOAD_BITS; bit++)
    if (payload[bit / 8] >> (7 - bit % 8) & 1)
      symbols[1 + bit / 5] |= (uint8_t) (0x10 >> bit % 5);
  hark_bech32m_seal (HUMAN, symbols, N_DATA);
  memcpy (ret, HUMAN "1", PREFIX_LEN);
  for (unsigned i = 0; i < sizeof symbols; i++)
    ret[PREFIX_LEN + i] = hark_bech32m_charset[symbols[i]];
  ret[HARK_SAFETY_CODE_LEN] = '\0';
}

bool
hark_safety_code_parse (const char *text, HarkKey *ret_own, HarkKey *ret_peer)
{
  static const char blanks[] = " \t\r\n";
  uint8_t symbols[N_DATA + HARK_BECH32M_CHECKSUM_LEN];
  uint8_t payload[2 * HARK_KEY_LEN] = {0};
  const char *begin = text + strspn (text, blanks);
  const size_t len = strcspn (begin, blanks);

  if (len != HARK_SAFETY_CODE_LEN || begin[len + strspn (begin + len, blanks)] != '\0'
      || g_ascii_strncasecmp (begin, HUMAN "1", PREFIX_LEN) != 0
      || !hark_bech32m_read (begin + PREFIX_LEN, sizeof symbols, symbols)
      || !hark_bech32m_check (HUMAN, symbols, sizeof symbols) || symbols[0] != 0)
    return false;
  for (unsigned bit = 0; bit < PAYLOAD_BITS; bit++)
    if (symbols[1 + bit / 5] & 0x10 >> bit % 5)
      payload[bit / 8] |= (uint8_t) (0x80 >> bit % 8);
  if ((symbols[N_DATA - 1] & 7) != 0) /* bits that hold nothing */
    return false;
  memcpy (ret_own->bytes, payload, HARK_KEY_LEN);
  memcpy (ret_peer->bytes, payload + HARK_KEY_LEN, HARK_KEY_LEN);
  return true;
}
