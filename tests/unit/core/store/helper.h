/* tests/unit/core/store/helper.h - profiles to try things on. */
#pragma once

#include "core/store/profile.h"

/* Cheap Argon2id; @below as in HarkStoreOptions. */
HarkStoreOptions helper_options (const char *below);

/* A fresh directory; free with helper_remove(). */
char *helper_new_dir (void);

/* The same with a profile without passphrase in it. */
char *helper_new_profile (void);

/* The same, with all that @fill puts into it. */
char *helper_full_profile (HarkStoreFill fill);
void helper_remove (char *dir);

/* @dir/store/@name */
char *helper_path (const char *dir, const char *name);

HarkStoreAccount helper_account (void);
HarkKey helper_key (uint8_t fill);

/* Opens, or fails the test. */
HarkProfile *helper_open (const char *dir, const char *below);

/* Number @i of the conversation with helper_key (@contact); its id is made of the two. */
HarkStoreRequest *helper_put_message (uint8_t contact, unsigned i, const char *text);

/* Executes and frees the request. */
HarkStoreReply *helper_execute (HarkProfile *profile, HarkStoreRequest *request);

/* PUT_MESSAGE of (transfer full) @message; fails the test when the store does not take it. */
HarkStoreReply *helper_put (HarkProfile *profile, HarkStoreMessage *message);

/* How many rows there are in @table. */
unsigned helper_rows (HarkProfile *profile, const char *table);

/* How many messages of @contact are there, read in windows; also that numbers 1 to @n_known are,
 * each once. */
unsigned helper_count (HarkProfile *profile, uint8_t contact, unsigned n_known);

/* A copy of the profile in a fresh directory. */
char *helper_copy (const char *dir);

/* The profile of tests/unit/core/store/fixtures/@version in a fresh directory: one contact,
 * helper_key (1), and HELPER_FIXTURE_MESSAGES messages with them. */
#define HELPER_FIXTURE_MESSAGES 20
#define HELPER_FIXTURE_FILES 4
extern const char *const helper_fixture_files[HELPER_FIXTURE_FILES];
char *helper_fixture (const char *version);
