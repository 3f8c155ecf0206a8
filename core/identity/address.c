#include "core/identity/address.h"

#include "core/identity/bech32m.h"

#include <string.h>

#define HUMAN "hk"
#define PREFIX_LEN 3 /* the human part and its separator */
#define PAYLOAD_LEN (HARK_KEY_LEN + (int) sizeof (HarkToken))
#define N_DATA \
  (HARK_ADDRESS_LEN - PREFIX_LEN - HARK_BECH32M_CHECKSUM_LEN) /* kind, then the payload */

G_STATIC_ASSERT (N_DATA == 1 + (PAYLOAD_LEN * 8 + 4) / 5);

void
hark_address_format (const HarkAddress *address, char ret[HARK_ADDRESS_LEN + 1])
{
  uint8_t payload[PAYLOAD_LEN];
  uint8_t symbols[N_DATA + HARK_BECH32M_CHECKSUM_LEN] = {(uint8_t) address->kind};

  memcpy (payload, address->account.bytes, HARK_KEY_LEN);
  memcpy (payload + HARK_KEY_LEN, address->token.bytes, sizeof address->token);
  for (unsigned bit = 0; bit < PAYLOAD_LEN * 8; bit++)
    if (payload[bit / 8] >> (7 - bit % 8) & 1)
      symbols[1 + bit / 5] |= (uint8_t) (0x10 >> bit % 5);

  hark_bech32m_seal (HUMAN, symbols, N_DATA);
  memcpy (ret, HUMAN "1", PREFIX_LEN);
  for (unsigned i = 0; i < sizeof symbols; i++)
    ret[PREFIX_LEN + i] = hark_bech32m_charset[symbols[i]];
  ret[HARK_ADDRESS_LEN] = '\0';
  sodium_memzero (payload, sizeof payload);
  sodium_memzero (symbols, sizeof symbols);
}

static HarkAddressResult
read_payload (const uint8_t symbols[N_DATA], HarkAddress *ret)
{
  uint8_t payload[PAYLOAD_LEN] = {0};
  HarkAddress address;

  if (symbols[0] > HARK_ADDRESS_INVITE)
    return HARK_ADDRESS_UNKNOWN_KIND;
  for (unsigned bit = 0; bit < PAYLOAD_LEN * 8; bit++)
    if (symbols[1 + bit / 5] & 0x10 >> bit % 5)
      payload[bit / 8] |= (uint8_t) (0x80 >> bit % 8);

  address.kind = (HarkAddressKind) symbols[0];
  memcpy (address.account.bytes, payload, HARK_KEY_LEN);
  memcpy (address.token.bytes, payload + HARK_KEY_LEN, sizeof address.token);
  sodium_memzero (payload, sizeof payload);
  /* One bit of the last symbol holds nothing; it must, or two texts would be one address. */
  if ((symbols[N_DATA - 1] & 1) != 0 || !crypto_core_ed25519_is_valid_point (address.account.bytes))
    return HARK_ADDRESS_INVALID_KEY;
  *ret = address;
  hark_address_clear (&address);
  return HARK_ADDRESS_OK;
}

/* The first link in an invitation, pasted whole; NULL: there is none. */
static const char *
find_link (const char *text)
{
  static const char begin[] = HARK_ADDRESS_SCHEME HUMAN "1";

  for (const char *at = text; *at != '\0'; at++)
    if ((at == text || g_ascii_isspace (at[-1]))
        && g_ascii_strncasecmp (at, begin, strlen (begin)) == 0)
      return at;
  return NULL;
}

/* The address inside @text, without blanks around it and the scheme of a link. */
static const char *
strip (const char *text, size_t *ret_len)
{
  static const char blanks[] = " \t\r\n";
  size_t scheme_len = strlen (HARK_ADDRESS_SCHEME);
  const char *link;
  size_t len;

  link = find_link (text);
  text = link != NULL ? link : text + strspn (text, blanks);
  if (g_ascii_strncasecmp (text, HARK_ADDRESS_SCHEME, scheme_len) == 0)
    text += scheme_len;
  len = link != NULL ? strcspn (text, blanks) : strlen (text);
  while (len > 0 && strchr (blanks, text[len - 1]))
    len--;
  *ret_len = len;
  return text;
}

static bool
is_mixed_case (const char *text, size_t len)
{
  bool upper = false;
  bool lower = false;

  for (size_t i = 0; i < len; i++) {
    upper |= g_ascii_isupper (text[i]);
    lower |= g_ascii_islower (text[i]);
  }
  return upper && lower;
}

/* @len characters that should be an address and no more. */
static HarkAddressResult
parse_exactly (const char *text, size_t len, HarkAddress *ret)
{
  uint8_t symbols[N_DATA + HARK_BECH32M_CHECKSUM_LEN];
  HarkAddressResult result;

  if (len < PREFIX_LEN || g_ascii_strncasecmp (text, HUMAN "1", PREFIX_LEN) != 0)
    return HARK_ADDRESS_NOT_ONE;
  if (len < HARK_ADDRESS_LEN)
    return HARK_ADDRESS_TOO_SHORT;
  if (len > HARK_ADDRESS_LEN)
    return HARK_ADDRESS_TOO_LONG;
  if (is_mixed_case (text, len))
    return HARK_ADDRESS_MIXED_CASE;
  if (!hark_bech32m_read (text + PREFIX_LEN, sizeof symbols, symbols))
    return HARK_ADDRESS_CHARACTER;

  result = hark_bech32m_check (HUMAN, symbols, sizeof symbols) ? read_payload (symbols, ret)
                                                               : HARK_ADDRESS_CHECKSUM;
  sodium_memzero (symbols, sizeof symbols);
  return result;
}

/* How many bytes at @at are no part of the text but of how it was broken: blanks, the signs of a
 * quote that a line begins with, and what browsers put into long words (no-break space, soft
 * hyphen, zero-width space). */
static size_t
break_len (const char *text)
{
  static const char *const between[] = {"\xc2\xa0", "\xc2\xad", "\xe2\x80\x8b"};
  const char *at = text;
  bool line = false;

  while (true) {
    size_t len = g_ascii_isspace (*at) || (line && *at == '>') ? 1 : 0;

    for (unsigned i = 0; len == 0 && i < G_N_ELEMENTS (between); i++)
      len = g_str_has_prefix (at, between[i]) ? strlen (between[i]) : 0;
    if (len == 0)
      return (size_t) (at - text);
    line |= *at == '\n';
    at += len;
  }
}

/* The address that begins at @at, without breaks; false: there is less, or more of a word. */
static bool
join (const char *at, char ret[HARK_ADDRESS_LEN + 1])
{
  for (unsigned i = 0; i < HARK_ADDRESS_LEN; i++) {
    if (i > 0)
      at += break_len (at);
    if (!g_ascii_isalnum (*at))
      return false;
    ret[i] = *at++;
  }
  ret[HARK_ADDRESS_LEN] = '\0';
  return !g_ascii_isalnum (*at);
}

/* The first that is right anywhere in @text; its checksum proves that it was meant. */
static bool
find (const char *text, char ret_text[HARK_ADDRESS_LEN + 1], HarkAddress *ret)
{
  for (const char *at = text; *at != '\0'; at++)
    if ((at == text || !g_ascii_isalnum (at[-1]))
        && g_ascii_strncasecmp (at, HUMAN "1", PREFIX_LEN) == 0 && join (at, ret_text)
        && parse_exactly (ret_text, HARK_ADDRESS_LEN, ret) == HARK_ADDRESS_OK)
      return true;
  return false;
}

HarkAddressResult
hark_address_parse (const char *text, HarkAddress *ret)
{
  char joined[HARK_ADDRESS_LEN + 1];
  HarkAddressResult result;
  const char *word;
  size_t len;

  if (strnlen (text, HARK_ADDRESS_TEXT_MAX + 1) > HARK_ADDRESS_TEXT_MAX)
    return HARK_ADDRESS_TOO_LONG;
  word = strip (text, &len);
  result = parse_exactly (word, len, ret);
  if (result != HARK_ADDRESS_OK && find (text, joined, ret))
    result = HARK_ADDRESS_OK;
  sodium_memzero (joined, sizeof joined);
  return result;
}

bool
hark_address_within (const char *text, char ret[HARK_ADDRESS_LEN + 1])
{
  g_auto (HarkAddress) address = {0};

  return strnlen (text, HARK_ADDRESS_TEXT_MAX + 1) <= HARK_ADDRESS_TEXT_MAX
         && find (text, ret, &address);
}

const char *
hark_address_explain (HarkAddressResult result)
{
  switch (result) {
  case HARK_ADDRESS_OK:
    return "The address is right.";
  case HARK_ADDRESS_NOT_ONE:
    return "This is not a Hark address. Addresses start with hk1.";
  case HARK_ADDRESS_TOO_SHORT:
    return "The end of the address is missing. Copy all 87 characters.";
  case HARK_ADDRESS_TOO_LONG:
    return "There is more than an address here. Copy only its 87 characters.";
  case HARK_ADDRESS_CHARACTER:
    return "There is a character in the address that no address has. Copy it again.";
  case HARK_ADDRESS_MIXED_CASE:
    return "Upper and lower case are mixed in the address. Copy it again.";
  case HARK_ADDRESS_CHECKSUM:
    return "A character of the address is wrong. Compare it, or copy it again.";
  case HARK_ADDRESS_UNKNOWN_KIND:
    return "This address needs a newer version of Hark.";
  case HARK_ADDRESS_INVALID_KEY:
  default:
    return "This address belongs to nobody. Ask for a new one.";
  }
}

void
hark_address_clear (HarkAddress *address)
{
  sodium_memzero (address, sizeof *address);
}
