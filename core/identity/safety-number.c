#include "core/identity/safety-number.h"

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
