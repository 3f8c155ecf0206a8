/* core/store/slots.h - what opens a profile: made, used and changed on disk.
 *
 * Shell: files, Argon2id, the login keyring. Source: core/store/README.md "Key file". However a
 * change is interrupted, the profile opens with what opened it before or with what was to open it,
 * and nothing lies about that opens it and was to go, once the next change or open has looked.
 */
#pragma once

#include "core/store/keyfile.h"
#include "core/store/profile.h"

#define HARK_SLOTS_FILE "key"
#define HARK_SLOTS_UNLOCK "unlock"

/* hark_store_step: tells the tests that something on the disk is about to change. */
void hark_store_step (const HarkStoreOptions *options);

/* hark_slots_make: key file of a new profile in @dir: a slot as @unlock says and one for the words.
 */
bool hark_slots_make (const char *dir,
                      HarkKeyfile *keyfile,
                      HarkStoreKeys *keys,
                      const HarkStoreUnlock *unlock,
                      const HarkSecret *seed,
                      const HarkStoreOptions *options,
                      GError **error);

/* hark_slots_read: the key file in @dir; hark_slots_open: fills @keys. */
bool hark_slots_read (const char *dir, HarkKeyfile *ret, GError **error);
bool hark_slots_open (const char *dir,
                      const HarkKeyfile *keyfile,
                      const HarkStoreUnlock *unlock,
                      HarkStoreKeys *keys,
                      GError **error);

/* hark_slots_tidy: removes a key beside the store that a change cut short has left. */
void hark_slots_tidy (const char *dir, const HarkKeyfile *keyfile);

/* hark_slots_change: hark_store_change_unlock() with options; @dir is the one with the key file. */
bool hark_slots_change (const char *dir,
                        const HarkStoreUnlock *now,
                        const HarkStoreUnlock *wanted,
                        const HarkStoreOptions *options,
                        GError **error);

/* hark_slots_add_words: a slot for the words, where an older Hark made none; false when it cannot
 * be now, with nothing changed. @keys: of the open profile. */
bool hark_slots_add_words (const char *dir, HarkStoreKeys *keys, const HarkSecret *seed);

/* hark_slots_destroy: overwrites and removes what opens the profile, the key file first. */
bool hark_slots_destroy (const char *dir, const HarkStoreOptions *options, GError **error);
