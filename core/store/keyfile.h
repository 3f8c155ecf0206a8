/* core/store/keyfile.h - the file that holds the wrapped data key.
 *
 * Parsing is pure; wrapping and unwrapping are too, but for the time and memory of Argon2id.
 * Source: core/store/README.md "Key file". Argon2id: RFC 9106.
 */
#pragma once

#include "core/store/page.h"

#define HARK_KEYFILE_VERSION 1
#define HARK_KEYFILE_SLOTS_MAX 4
#define HARK_KEYFILE_SLOT_LEN 132
#define HARK_KEYFILE_LEN_MAX (8 + 1 + HARK_FILE_ID_LEN + 1 + 4 * HARK_KEYFILE_SLOT_LEN + 16)

/* Above these a key file is refused: a changed one must not take all memory or an hour. */
#define HARK_KEYFILE_PASSES_MAX 16
#define HARK_KEYFILE_KIB_MAX (1024 * 1024)

typedef enum {
  HARK_SLOT_PASSPHRASE = 1, /* key = Argon2id (passphrase, salt) */
  HARK_SLOT_FILE = 2,       /* key = 32 random bytes in a file of its own, mode 0600 */
  HARK_SLOT_WORDS = 3,      /* key = hash of the account's seed, which 24 words restore */
  HARK_SLOT_KEYRING = 4,    /* key = 32 random bytes in the login keyring */
} HarkSlotKind;

typedef struct {
  HarkSlotKind kind;
  uint32_t passes, kib;   /* Argon2id; 0 for all but HARK_SLOT_PASSPHRASE */
  uint8_t salt[16];       /* likewise */
  uint8_t commitment[32]; /* to the key: says "wrong key" apart from "damaged" */
  uint8_t nonce[24];
  uint8_t wrapped[32 + 16]; /* data key, then tag */
} HarkKeySlot;

typedef struct {
  uint8_t file_id[HARK_FILE_ID_LEN]; /* of the database; part of every page's place */
  size_t n_slots;
  HarkKeySlot slots[HARK_KEYFILE_SLOTS_MAX];
} HarkKeyfile;

typedef enum {
  HARK_KEYFILE_OK,
  HARK_KEYFILE_DAMAGED,   /* not a key file, or its hash, sizes or limits do not fit */
  HARK_KEYFILE_NEWER,     /* a version we do not know */
  HARK_KEYFILE_WRONG_KEY, /* no slot of the kind asked for opens with it */
} HarkKeyfileResult;

/* hark_keyfile_parse: @ret is set only on %HARK_KEYFILE_OK. */
HarkKeyfileResult hark_keyfile_parse (const uint8_t *bytes, size_t len, HarkKeyfile *ret);

/* hark_keyfile_format: writes the file's bytes and returns how many. */
size_t hark_keyfile_format (const HarkKeyfile *keyfile, uint8_t ret[HARK_KEYFILE_LEN_MAX]);

/* hark_keyfile_find: (nullable): the first slot of @kind; borrowed. */
const HarkKeySlot *hark_keyfile_find (const HarkKeyfile *keyfile, HarkSlotKind kind);

/**
 * hark_keyfile_add_passphrase:
 * @keys: data is wrapped; wrap is used and wiped
 * @passes: Argon2id, 1 or more
 * @kib: Argon2id memory, 8 or more
 *
 * Appends a slot; there must be room. Random salt and nonce.
 *
 * Returns: false when there is not enough memory
 */
bool hark_keyfile_add_passphrase (
  HarkKeyfile *keyfile, HarkStoreKeys *keys, const char *passphrase, uint32_t passes, uint32_t kib);

/* hark_keyfile_add_random: appends a slot of kind FILE or KEYRING for a fresh random key, which is
 * left in keys->wrap: the caller puts it where it belongs and wipes it. */
void hark_keyfile_add_random (HarkKeyfile *keyfile, HarkStoreKeys *keys, HarkSlotKind kind);

/* hark_keyfile_add_words: appends a slot that the account's @seed opens. */
void hark_keyfile_add_words (HarkKeyfile *keyfile, HarkStoreKeys *keys, const HarkSecret *seed);

/* hark_keyfile_remove: all slots of @kind. */
void hark_keyfile_remove (HarkKeyfile *keyfile, HarkSlotKind kind);

/* hark_keyfile_open_passphrase: sets keys->data (and not the page key) on success. Takes the
 * slot's Argon2id time. */
HarkKeyfileResult hark_keyfile_open_passphrase (const HarkKeyfile *keyfile,
                                                HarkStoreKeys *keys,
                                                const char *passphrase);

/* hark_keyfile_open_random: the same with the key of the FILE or KEYRING slot in keys->wrap, which
 * is wiped; hark_keyfile_open_words: with the account's @seed. Both are quick. */
HarkKeyfileResult
hark_keyfile_open_random (const HarkKeyfile *keyfile, HarkStoreKeys *keys, HarkSlotKind kind);
HarkKeyfileResult
hark_keyfile_open_words (const HarkKeyfile *keyfile, HarkStoreKeys *keys, const HarkSecret *seed);
