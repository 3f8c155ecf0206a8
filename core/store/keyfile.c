#include "core/store/keyfile.h"

#include "net/base/domain.h"
#include "net/base/hash.h"
#include "net/base/reader.h"
#include "net/base/writer.h"

#include <string.h>

static const uint8_t magic[8] = "HARKKEY";

#define HASH_LEN 16
#define PLACE_LEN (8 + 1 + HARK_FILE_ID_LEN + 1 + 4 + 4 + 16)

/* ---- bytes --------------------------------------------------------------------------------------
 */

static bool
slot_is_sane (const HarkKeySlot *slot)
{
  switch (slot->kind) {
  case HARK_SLOT_PASSPHRASE:
    return slot->passes >= 1 && slot->passes <= HARK_KEYFILE_PASSES_MAX && slot->kib >= 8
           && slot->kib <= HARK_KEYFILE_KIB_MAX;
  case HARK_SLOT_FILE:
  case HARK_SLOT_WORDS:
  case HARK_SLOT_KEYRING:
    return slot->passes == 0 && slot->kib == 0;
  default:
    return false;
  }
}

static void
read_slot (HarkReader *reader, HarkKeySlot *ret)
{
  ret->kind = (HarkSlotKind) hark_reader_u32 (reader);
  ret->passes = hark_reader_u32 (reader);
  ret->kib = hark_reader_u32 (reader);
  hark_reader_copy (reader, ret->salt, sizeof ret->salt);
  hark_reader_copy (reader, ret->commitment, sizeof ret->commitment);
  hark_reader_copy (reader, ret->nonce, sizeof ret->nonce);
  hark_reader_copy (reader, ret->wrapped, sizeof ret->wrapped);
}

static void
write_slot (HarkWriter *writer, const HarkKeySlot *slot)
{
  hark_writer_u32 (writer, slot->kind);
  hark_writer_u32 (writer, slot->passes);
  hark_writer_u32 (writer, slot->kib);
  hark_writer_bytes (writer, slot->salt, sizeof slot->salt);
  hark_writer_bytes (writer, slot->commitment, sizeof slot->commitment);
  hark_writer_bytes (writer, slot->nonce, sizeof slot->nonce);
  hark_writer_bytes (writer, slot->wrapped, sizeof slot->wrapped);
}

HarkKeyfileResult
hark_keyfile_parse (const uint8_t *bytes, size_t len, HarkKeyfile *ret)
{
  HarkKeyfile keyfile = {0};
  HarkReader reader;
  const uint8_t *start;
  uint8_t hash[HASH_LEN];
  unsigned version;

  hark_reader_init (&reader, bytes, len);
  start = hark_reader_borrow (&reader, sizeof magic);
  version = hark_reader_u8 (&reader);
  if (start == NULL || memcmp (start, magic, sizeof magic) != 0 || !hark_reader_is_ok (&reader))
    return HARK_KEYFILE_DAMAGED;

  if (version > HARK_KEYFILE_VERSION)
    return HARK_KEYFILE_NEWER;

  hark_reader_copy (&reader, keyfile.file_id, sizeof keyfile.file_id);
  keyfile.n_slots = hark_reader_u8 (&reader);
  if (version != HARK_KEYFILE_VERSION || keyfile.n_slots > HARK_KEYFILE_SLOTS_MAX)
    return HARK_KEYFILE_DAMAGED;

  for (size_t i = 0; i < keyfile.n_slots; i++) {
    read_slot (&reader, &keyfile.slots[i]);
    if (!slot_is_sane (&keyfile.slots[i]))
      return HARK_KEYFILE_DAMAGED;
  }

  start = hark_reader_borrow (&reader, HASH_LEN);
  if (start == NULL || !hark_reader_is_done (&reader))
    return HARK_KEYFILE_DAMAGED;

  HARK_HASH (hash, sizeof hash, NULL, 0, HARK_DOMAIN_KEY_FILE,
             HARK_PART_BYTES (bytes, len - HASH_LEN));
  if (memcmp (hash, start, HASH_LEN) != 0)
    return HARK_KEYFILE_DAMAGED;

  *ret = keyfile;
  return HARK_KEYFILE_OK;
}

size_t
hark_keyfile_format (const HarkKeyfile *keyfile, uint8_t ret[HARK_KEYFILE_LEN_MAX])
{
  HarkWriter writer;
  uint8_t hash[HASH_LEN];

  hark_writer_init (&writer, ret, HARK_KEYFILE_LEN_MAX);
  hark_writer_bytes (&writer, magic, sizeof magic);
  hark_writer_u8 (&writer, HARK_KEYFILE_VERSION);
  hark_writer_bytes (&writer, keyfile->file_id, sizeof keyfile->file_id);
  hark_writer_u8 (&writer, (uint8_t) keyfile->n_slots);
  for (size_t i = 0; i < keyfile->n_slots; i++)
    write_slot (&writer, &keyfile->slots[i]);

  HARK_HASH (hash, sizeof hash, NULL, 0, HARK_DOMAIN_KEY_FILE, HARK_PART_BYTES (ret, writer.len));
  hark_writer_bytes (&writer, hash, sizeof hash);
  g_assert (hark_writer_is_ok (&writer));
  return writer.len;
}

const HarkKeySlot *
hark_keyfile_find (const HarkKeyfile *keyfile, HarkSlotKind kind)
{
  for (size_t i = 0; i < keyfile->n_slots; i++) {
    if (keyfile->slots[i].kind == kind)
      return &keyfile->slots[i];
  }

  return NULL;
}

/* ---- wrapping ---------------------------------------------------------------------------------
 */

/* What a wrapped key is bound to: this database, and how its slot's key is made. */
static void
make_place (const HarkKeyfile *keyfile, const HarkKeySlot *slot, uint8_t ret[PLACE_LEN])
{
  HarkWriter writer;

  hark_writer_init (&writer, ret, PLACE_LEN);
  hark_writer_bytes (&writer, magic, sizeof magic);
  hark_writer_u8 (&writer, HARK_KEYFILE_VERSION);
  hark_writer_bytes (&writer, keyfile->file_id, sizeof keyfile->file_id);
  hark_writer_u8 (&writer, (uint8_t) slot->kind);
  hark_writer_u32 (&writer, slot->passes);
  hark_writer_u32 (&writer, slot->kib);
  hark_writer_bytes (&writer, slot->salt, sizeof slot->salt);
  g_assert (hark_writer_is_ok (&writer) && writer.len == PLACE_LEN);
}

static void
commit_to (const HarkSecret *key, uint8_t ret[32])
{
  hark_hash (ret, 32, key->bytes, sizeof key->bytes, HARK_DOMAIN_KEY_COMMITMENT, NULL, 0);
}

static bool
derive (const HarkKeySlot *slot, const char *passphrase, HarkSecret *ret)
{
  return crypto_pwhash (ret->bytes, sizeof ret->bytes, passphrase, strlen (passphrase), slot->salt,
                        slot->passes, (size_t) slot->kib * 1024, crypto_pwhash_ALG_ARGON2ID13)
         == 0;
}

/* Wraps keys->data under keys->wrap. */
static void
wrap (const HarkKeyfile *keyfile, HarkKeySlot *slot, const HarkStoreKeys *keys)
{
  uint8_t place[PLACE_LEN];

  randombytes_buf (slot->nonce, sizeof slot->nonce);
  commit_to (&keys->wrap, slot->commitment);
  make_place (keyfile, slot, place);
  crypto_aead_xchacha20poly1305_ietf_encrypt (slot->wrapped, NULL, keys->data.bytes,
                                              sizeof keys->data.bytes, place, sizeof place, NULL,
                                              slot->nonce, keys->wrap.bytes);
}

static HarkKeyfileResult
unwrap (const HarkKeyfile *keyfile, const HarkKeySlot *slot, HarkStoreKeys *keys)
{
  uint8_t place[PLACE_LEN], commitment[32];

  commit_to (&keys->wrap, commitment);
  if (sodium_memcmp (commitment, slot->commitment, sizeof commitment) != 0)
    return HARK_KEYFILE_WRONG_KEY;

  make_place (keyfile, slot, place);
  if (crypto_aead_xchacha20poly1305_ietf_decrypt (keys->data.bytes, NULL, NULL, slot->wrapped,
                                                  sizeof slot->wrapped, place, sizeof place,
                                                  slot->nonce, keys->wrap.bytes)
      != 0)
    return HARK_KEYFILE_DAMAGED;

  return HARK_KEYFILE_OK;
}

bool
hark_keyfile_add_passphrase (
  HarkKeyfile *keyfile, HarkStoreKeys *keys, const char *passphrase, uint32_t passes, uint32_t kib)
{
  HarkKeySlot *slot = &keyfile->slots[keyfile->n_slots];

  g_assert (keyfile->n_slots < HARK_KEYFILE_SLOTS_MAX);
  *slot = (HarkKeySlot){.kind = HARK_SLOT_PASSPHRASE, .passes = passes, .kib = kib};
  g_assert (slot_is_sane (slot));
  randombytes_buf (slot->salt, sizeof slot->salt);
  if (!derive (slot, passphrase, &keys->wrap))
    return false;

  wrap (keyfile, slot, keys);
  hark_secret_clear (&keys->wrap);
  keyfile->n_slots++;
  return true;
}

void
hark_keyfile_add_random (HarkKeyfile *keyfile, HarkStoreKeys *keys, HarkSlotKind kind)
{
  HarkKeySlot *slot = &keyfile->slots[keyfile->n_slots];

  g_assert (keyfile->n_slots < HARK_KEYFILE_SLOTS_MAX);
  g_assert (kind == HARK_SLOT_FILE || kind == HARK_SLOT_KEYRING);
  *slot = (HarkKeySlot){.kind = kind};
  randombytes_buf (keys->wrap.bytes, sizeof keys->wrap.bytes);
  wrap (keyfile, slot, keys);
  keyfile->n_slots++;
}

/* Bound to this database, so that what opens one profile of an account is of no use for another. */
static void
key_of_seed (const HarkKeyfile *keyfile, const HarkSecret *seed, HarkSecret *ret)
{
  HARK_HASH (ret->bytes, sizeof ret->bytes, seed->bytes, sizeof seed->bytes, HARK_DOMAIN_KEY_WORDS,
             HARK_PART (&keyfile->file_id));
}

void
hark_keyfile_add_words (HarkKeyfile *keyfile, HarkStoreKeys *keys, const HarkSecret *seed)
{
  HarkKeySlot *slot = &keyfile->slots[keyfile->n_slots];

  g_assert (keyfile->n_slots < HARK_KEYFILE_SLOTS_MAX);
  *slot = (HarkKeySlot){.kind = HARK_SLOT_WORDS};
  key_of_seed (keyfile, seed, &keys->wrap);
  wrap (keyfile, slot, keys);
  hark_secret_clear (&keys->wrap);
  keyfile->n_slots++;
}

void
hark_keyfile_remove (HarkKeyfile *keyfile, HarkSlotKind kind)
{
  size_t n = 0;

  for (size_t i = 0; i < keyfile->n_slots; i++)
    if (keyfile->slots[i].kind != kind)
      keyfile->slots[n++] = keyfile->slots[i];
  keyfile->n_slots = n;
}

HarkKeyfileResult
hark_keyfile_open_passphrase (const HarkKeyfile *keyfile,
                              HarkStoreKeys *keys,
                              const char *passphrase)
{
  const HarkKeySlot *slot = hark_keyfile_find (keyfile, HARK_SLOT_PASSPHRASE);
  HarkKeyfileResult result = HARK_KEYFILE_WRONG_KEY;

  if (slot != NULL && derive (slot, passphrase, &keys->wrap))
    result = unwrap (keyfile, slot, keys);

  hark_secret_clear (&keys->wrap);
  return result;
}

HarkKeyfileResult
hark_keyfile_open_random (const HarkKeyfile *keyfile, HarkStoreKeys *keys, HarkSlotKind kind)
{
  const HarkKeySlot *slot = hark_keyfile_find (keyfile, kind);
  HarkKeyfileResult result = HARK_KEYFILE_WRONG_KEY;

  if (slot != NULL)
    result = unwrap (keyfile, slot, keys);

  hark_secret_clear (&keys->wrap);
  return result;
}

HarkKeyfileResult
hark_keyfile_open_words (const HarkKeyfile *keyfile, HarkStoreKeys *keys, const HarkSecret *seed)
{
  key_of_seed (keyfile, seed, &keys->wrap);
  return hark_keyfile_open_random (keyfile, keys, HARK_SLOT_WORDS);
}
