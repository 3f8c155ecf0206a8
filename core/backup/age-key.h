/* core/backup/age-key.h - the key that an account's backups are sealed to.
 *
 * Pure; any thread. Made from the account's seed, so that the 24 words open every backup. Source:
 * core/PROTOCOL.md "Backup"; as text: age's own, Bech32 (BIP-173).
 */
#pragma once

#include "net/base/key.h"

#define HARK_AGE_KEY_TEXT_LEN 74 /* AGE-SECRET-KEY-1 and 58 characters */

/* hark_age_key: X25519; @ret_identity opens, @ret_recipient seals. Wipe @ret_identity. */
void hark_age_key (const HarkSecret *seed, HarkSecret *ret_identity, HarkKey *ret_recipient);

/* hark_age_key_format: what the age tool takes as an identity; NUL-terminated. Wipe @ret. */
void hark_age_key_format (const HarkSecret *identity, char ret[HARK_AGE_KEY_TEXT_LEN + 1]);

/* hark_age_key_parse: the same back; false with @ret untouched. */
bool hark_age_key_parse (const char *text, HarkSecret *ret);
