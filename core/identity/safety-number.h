/* core/identity/safety-number.h - 60 digits that two people compare.
 *
 * Pure; any thread. Source: core/PROTOCOL.md "Safety number". Both sides see the same digits when
 * each has the other's true account key.
 */
#pragma once

#include "net/base/key.h"

#define HARK_SAFETY_NUMBER_LEN 60 /* digits, without blanks */

/* hark_safety_number: of two accounts in either order, NUL-terminated; show it in groups of five.
 */
void hark_safety_number (const HarkKey *a, const HarkKey *b, char ret[HARK_SAFETY_NUMBER_LEN + 1]);

#define HARK_SAFETY_CODE_LEN 113 /* characters */

/* hark_safety_code_format: both keys, for the other's Hark to scan (hv1..., core/PROTOCOL.md
 * "Safety number"); in upper case for a QR code. No secret. */
void hark_safety_code_format (const HarkKey *own,
                              const HarkKey *peer,
                              char ret[HARK_SAFETY_CODE_LEN + 1]);

/* hark_safety_code_parse: @text: as scanned or pasted, of either case, blanks around it; false when
 * it is no such code. @ret_own: of whoever showed it; @ret_peer: whom they showed it to. */
bool hark_safety_code_parse (const char *text, HarkKey *ret_own, HarkKey *ret_peer);
