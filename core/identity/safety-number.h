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
