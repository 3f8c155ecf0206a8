#include "core/backup/age-key.h"

#include "net/base/domain.h"
#include "net/base/hash.h"

#include <string.h>

#define HUMAN "age-secret-key-"
#define HUMAN_LEN (sizeof HUMAN - 1)
#define DATA_LEN 52 /* symbols of five bits: 256 and 4 zero ones */
#define CHECK_LEN 6

static const char symbols[] = "qpzry9x8gf2tvdw0s3jn54khce6mua7l";

void
hark_age_key (const HarkSecret *seed, HarkSecret *ret_identity, HarkKey *ret_recipient)
{
  hark_hash (ret_identity->bytes, sizeof ret_identity->bytes, seed->bytes, sizeof seed->bytes,
             HARK_DOMAIN_BACKUP, NULL, 0);
  crypto_scalarmult_base (ret_recipient->bytes, ret_identity->bytes);
}

static uint32_t
mix (uint32_t sum, unsigned value)
{
  static const uint32_t generator[5] = {0x3b6a57b2, 0x26508e6d, 0x1ea119fa, 0x3d4233dd, 0x2a1462b3};
  const uint32_t top = sum >> 25;

  sum = (sum & 0x1ffffff) << 5 ^ value;
  for (unsigned i = 0; i < 5; i++)
    if (top >> i & 1)
      sum ^= generator[i];
  return sum;
}

static uint32_t
checksum (const uint8_t *data, size_t len)
{
  uint32_t sum = 1;

  for (size_t i = 0; i < HUMAN_LEN; i++)
    sum = mix (sum, (unsigned) HUMAN[i] >> 5);
  sum = mix (sum, 0);
  for (size_t i = 0; i < HUMAN_LEN; i++)
    sum = mix (sum, (unsigned) HUMAN[i] & 31);
  for (size_t i = 0; i < len; i++)
    sum = mix (sum, data[i]);
  return sum;
}

void
hark_age_key_format (const HarkSecret *identity, char ret[HARK_AGE_KEY_TEXT_LEN + 1])
{
  uint8_t data[DATA_LEN + CHECK_LEN] = {0};
  uint32_t sum;
  size_t at = 0;

  for (unsigned bit = 0; bit < 256; bit++)
    if (identity->bytes[bit / 8] >> (7 - bit % 8) & 1)
      data[bit / 5] |= (uint8_t) (16 >> bit % 5);
  sum = checksum (data, sizeof data) ^ 1;
  for (unsigned i = 0; i < CHECK_LEN; i++)
    data[DATA_LEN + i] = (uint8_t) (sum >> 5 * (5 - i) & 31);

  for (size_t i = 0; i < HUMAN_LEN; i++)
    ret[at++] = g_ascii_toupper (HUMAN[i]);
  ret[at++] = '1';
  for (size_t i = 0; i < sizeof data; i++)
    ret[at++] = g_ascii_toupper (symbols[data[i]]);
  ret[at] = '\0';
  sodium_memzero (data, sizeof data);
}

bool
hark_age_key_parse (const char *text, HarkSecret *ret)
{
  uint8_t data[DATA_LEN + CHECK_LEN];
  HarkSecret identity = {0};
  bool ok = strlen (text) == HARK_AGE_KEY_TEXT_LEN
            && g_ascii_strncasecmp (text, HUMAN "1", HUMAN_LEN + 1) == 0;

  for (size_t i = 0; ok && i < sizeof data; i++) {
    const char *symbol = strchr (symbols, g_ascii_tolower (text[HUMAN_LEN + 1 + i]));

    ok = symbol != NULL;
    data[i] = ok ? (uint8_t) (symbol - symbols) : 0;
  }
  ok = ok && checksum (data, sizeof data) == 1 && (data[DATA_LEN - 1] & 15) == 0;
  for (unsigned bit = 0; ok && bit < 256; bit++)
    if (data[bit / 5] >> (4 - bit % 5) & 1)
      identity.bytes[bit / 8] |= (uint8_t) (0x80 >> bit % 8);
  if (ok)
    *ret = identity;
  hark_secret_clear (&identity);
  sodium_memzero (data, sizeof data);
  return ok;
}
