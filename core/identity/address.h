/* core/identity/address.h - how a person is named to others: hk1...
 *
 * Pure; any thread. Source: bech32m (BIP-350) with the human part "hk"; our payload,
 * core/PROTOCOL.md "Address". 87 characters stay inside the range in which every error of up to
 * four characters is detected.
 */
#pragma once

#include "net/base/key.h"

#define HARK_ADDRESS_LEN 87         /* characters */
#define HARK_ADDRESS_SCHEME "hark:" /* of links */
#define HARK_ADDRESS_TEXT_MAX 4096  /* longer input is refused unread: a mail fits */

typedef enum {
  HARK_ADDRESS_PUBLIC = 0, /* lasts until its owner turns it off */
  HARK_ADDRESS_INVITE = 1, /* for one person, once */
} HarkAddressKind;

typedef struct {
  HarkAddressKind kind;
  HarkKey account;
  HarkToken token; /* opens the record, the gate and the handshake */
} HarkAddress;

typedef enum {
  HARK_ADDRESS_OK,
  HARK_ADDRESS_NOT_ONE,      /* does not start with hk1 */
  HARK_ADDRESS_TOO_SHORT,    /* the end is missing */
  HARK_ADDRESS_TOO_LONG,     /* something is behind or inside it */
  HARK_ADDRESS_CHARACTER,    /* a character that no address has */
  HARK_ADDRESS_MIXED_CASE,   /* upper and lower case together */
  HARK_ADDRESS_CHECKSUM,     /* a character is wrong */
  HARK_ADDRESS_UNKNOWN_KIND, /* right, but made by a newer Hark */
  HARK_ADDRESS_INVALID_KEY,  /* right, but its key is no key */
} HarkAddressResult;

/* hark_address_format: lower case, NUL-terminated. QR codes take it in upper case. @ret holds a
 * secret. */
void hark_address_format (const HarkAddress *address, char ret[HARK_ADDRESS_LEN + 1]);

/* hark_address_parse: @text as typed or pasted: bare or as a hark: link, of either case; or a whole
 * invitation or mail, of which the first address that is right counts, though lines break within it
 * and begin with the signs of a quote. Else the result is about what @text begins with, or its
 * first link. @ret is untouched on failure. */
HarkAddressResult hark_address_parse (const char *text, HarkAddress *ret);

/* hark_address_within: the first address in @text that is right, as hark_address_parse() looks for
 * it, without what broke it; false: there is none. @ret holds a secret. */
bool hark_address_within (const char *text, char ret[HARK_ADDRESS_LEN + 1]);

/* hark_address_explain: what is wrong and what to do, for the user; static English words, to be
 * translated by the caller. */
const char *hark_address_explain (HarkAddressResult result);

/* hark_address_clear: wipes. */
void hark_address_clear (HarkAddress *address);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (HarkAddress, hark_address_clear)
