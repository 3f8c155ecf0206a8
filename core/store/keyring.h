/* core/store/keyring.h - keys in the login keyring of the desktop.
 *
 * Shell: D-Bus, through libsecret when Hark was built with it; may wait for the user to unlock the
 * keyring. Errors are HARK_STORE_ERROR_PASSPHRASE with a sentence for the user.
 */
#pragma once

#include "core/store/page.h"
#include "net/base/key.h"

/* hark_keyring_is_there: built in; whether a keyring runs is found out when it is used. */
bool hark_keyring_is_there (void);

/* One key for each database, by its @file_id. _get leaves @ret alone on failure. */
bool
hark_keyring_put (const uint8_t file_id[HARK_FILE_ID_LEN], const HarkSecret *key, GError **error);
bool hark_keyring_get (const uint8_t file_id[HARK_FILE_ID_LEN], HarkSecret *ret, GError **error);
bool hark_keyring_remove (const uint8_t file_id[HARK_FILE_ID_LEN], GError **error);
