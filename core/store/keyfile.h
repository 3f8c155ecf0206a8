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
} HarkSlotKind;

typedef struct {
  HarkSlotKind kind;
  uint32_t passes, kib;   /* Argon2id; 0 for HARK_SLOT_FILE */
  uint8_t salt[16];       /* zeros for HARK_SLOT_FILE */
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

/* hark_keyfile_add_file: appends a slot for a fresh random key, which is left in keys->wrap: the
 * caller writes it to its file and wipes it. */
void hark_keyfile_add_file (HarkKeyfile *keyfile, HarkStoreKeys *keys);

/* hark_keyfile_open_passphrase: sets keys->data (and not the page key) on success. Takes the
 * slot's Argon2id time. */
HarkKeyfileResult hark_keyfile_open_passphrase (const HarkKeyfile *keyfile,
                                                HarkStoreKeys *keys,
                                                const char *passphrase);

/* hark_keyfile_open_file: the same with the key in keys->wrap, which is wiped. */
HarkKeyfileResult hark_keyfile_open_file (const HarkKeyfile *keyfile, HarkStoreKeys *keys);
