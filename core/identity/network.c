#include "core/identity/network.h"

#include "net/base/domain.h"
#include "net/base/hash.h"

#include <string.h>

#define PREFIX_LEN (sizeof HARK_NETWORK_PREFIX - 1)
#define CHECK_LEN 3
#define BYTES_LEN (32 + CHECK_LEN) /* 280 bits: 56 characters, none left over */

static const char alphabet[] = "abcdefghijklmnopqrstuvwxyz234567";

G_STATIC_ASSERT (HARK_NETWORK_TEXT_LEN == PREFIX_LEN + BYTES_LEN * 8 / 5);

static void
add_check (uint8_t bytes[BYTES_LEN])
{
  uint8_t check[16];

  HARK_HASH (check, sizeof check, NULL, 0, HARK_DOMAIN_NETWORK_TEXT, HARK_PART_BYTES (bytes, 32));
  memcpy (bytes + 32, check, CHECK_LEN);
}

void
hark_network_format (const HarkSecret *secret, char ret[HARK_NETWORK_TEXT_LEN + 1])
{
  uint8_t bytes[BYTES_LEN];

  memcpy (bytes, secret->bytes, sizeof secret->bytes);
  add_check (bytes);
  memcpy (ret, HARK_NETWORK_PREFIX, PREFIX_LEN);
  for (size_t i = 0; i < HARK_NETWORK_TEXT_LEN - PREFIX_LEN; i++) {
    size_t bit = 5 * i;
    unsigned window = (unsigned) bytes[bit / 8] << 8;

    if (bit / 8 + 1 < sizeof bytes)
      window |= bytes[bit / 8 + 1];
    ret[PREFIX_LEN + i] = alphabet[(window >> (11 - bit % 8)) & 31];
  }
  ret[HARK_NETWORK_TEXT_LEN] = '\0';
  sodium_memzero (bytes, sizeof bytes);
}

bool
hark_network_looks_secret (const char *text)
{
  return g_ascii_strncasecmp (text, HARK_NETWORK_PREFIX, PREFIX_LEN) == 0
         && strlen (text) > HARK_NETWORK_TEXT_LEN / 2;
}

char *
hark_network_split (const char *text, char ***ret_places)
{
  const char *at = hark_network_looks_secret (text) ? strchr (text, '@') : NULL;

  *ret_places = at && at[1] ? g_strsplit (at + 1, ",", HARK_NETWORK_PLACES_MAX + 1) : NULL;
  return at ? g_strndup (text, (size_t) (at - text)) : g_strdup (text);
}

bool
hark_network_parse (const char *text, HarkSecret *ret)
{
  uint8_t bytes[BYTES_LEN] = {0}, given[CHECK_LEN];
  bool ok = strlen (text) == HARK_NETWORK_TEXT_LEN && hark_network_looks_secret (text);

  for (size_t i = 0; ok && i < HARK_NETWORK_TEXT_LEN - PREFIX_LEN; i++) {
    char c = g_ascii_tolower (text[PREFIX_LEN + i]);
    const char *at = c ? strchr (alphabet, c) : NULL;

    if (!at) {
      ok = false;
      break;
    }
    for (unsigned b = 0; b < 5; b++)
      if ((at - alphabet) & (16 >> b))
        bytes[(5 * i + b) / 8] |= (uint8_t) (0x80 >> (5 * i + b) % 8);
  }
  if (ok) {
    memcpy (given, bytes + 32, CHECK_LEN);
    add_check (bytes);
    ok = sodium_memcmp (given, bytes + 32, CHECK_LEN) == 0;
  }
  if (ok)
    memcpy (ret->bytes, bytes, sizeof ret->bytes);
  sodium_memzero (bytes, sizeof bytes);
  return ok;
}
