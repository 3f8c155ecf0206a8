#define G_LOG_DOMAIN "hark-store"

#include "core/store/slots.h"

#include "core/store/files.h"
#include "core/store/keyring.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

#define PASSES 3
#define KIB (256 * 1024)

void
hark_store_step (const HarkStoreOptions *options)
{
  if (options->on_step != NULL)
    options->on_step (options->data);
}

/* ---- writing --------------------------------------------------------------------- */

static bool
write_keyfile (const char *dir,
               const HarkKeyfile *keyfile,
               const HarkStoreOptions *options,
               GError **error)
{
  uint8_t bytes[HARK_KEYFILE_LEN_MAX];
  const size_t len = hark_keyfile_format (keyfile, bytes);

  hark_store_step (options);
  return hark_files_write (dir, HARK_SLOTS_FILE, bytes, len, error);
}

static bool
add_passphrase (HarkKeyfile *keyfile,
                HarkStoreKeys *keys,
                const char *passphrase,
                const HarkStoreOptions *options,
                GError **error)
{
  const uint32_t passes = options->passes != 0 ? options->passes : PASSES;
  const uint32_t kib = options->kib != 0 ? options->kib : KIB;

  if (hark_keyfile_add_passphrase (keyfile, keys, passphrase, passes, kib))
    return true;
  g_set_error (error, HARK_STORE_ERROR, HARK_STORE_ERROR_DISK,
               "There is not enough memory (%u MiB) to protect the profile with a passphrase.",
               kib / 1024);
  return false;
}

/* What the new slot needs is where it belongs before the key file speaks of it. */
static bool
add_slot (const char *dir,
          HarkKeyfile *keyfile,
          HarkStoreKeys *keys,
          const HarkStoreUnlock *unlock,
          const HarkStoreOptions *options,
          GError **error)
{
  bool ok;

  if (unlock->passphrase != NULL)
    return add_passphrase (keyfile, keys, unlock->passphrase, options, error);

  hark_keyfile_add_random (keyfile, keys, unlock->keyring ? HARK_SLOT_KEYRING : HARK_SLOT_FILE);
  hark_store_step (options);
  if (unlock->keyring)
    ok = hark_keyring_put (keyfile->file_id, &keys->wrap, error);
  else
    ok
      = hark_files_write (dir, HARK_SLOTS_UNLOCK, keys->wrap.bytes, sizeof keys->wrap.bytes, error);
  hark_secret_clear (&keys->wrap);
  return ok;
}

bool
hark_slots_make (const char *dir,
                 HarkKeyfile *keyfile,
                 HarkStoreKeys *keys,
                 const HarkStoreUnlock *unlock,
                 const HarkSecret *seed,
                 const HarkStoreOptions *options,
                 GError **error)
{
  if (!add_slot (dir, keyfile, keys, unlock, options, error))
    return false;
  hark_keyfile_add_words (keyfile, keys, seed);
  return write_keyfile (dir, keyfile, options, error);
}

/* ---- opening --------------------------------------------------------------------- */

bool
hark_slots_read (const char *dir, HarkKeyfile *ret, GError **error)
{
  uint8_t bytes[HARK_KEYFILE_LEN_MAX + 1];
  size_t len = 0;
  g_autoptr (GError) failed = NULL;
  HarkKeyfileResult result = HARK_KEYFILE_DAMAGED;

  if (hark_files_read (dir, HARK_SLOTS_FILE, bytes, sizeof bytes, &len, &failed))
    result = hark_keyfile_parse (bytes, len, ret);
  else if (failed != NULL) {
    g_propagate_error (error, g_steal_pointer (&failed));
    return false;
  }

  if (result == HARK_KEYFILE_NEWER)
    g_set_error (error, HARK_STORE_ERROR, HARK_STORE_ERROR_VERSION,
                 "The profile “%s” was written by a newer Hark.", dir);
  else if (result != HARK_KEYFILE_OK)
    g_set_error (error, HARK_STORE_ERROR, HARK_STORE_ERROR_CORRUPT,
                 "The key file in “%s” is missing or damaged.", dir);

  return result == HARK_KEYFILE_OK;
}

/* The slot without passphrase: its key lies beside it, so whatever does not fit is damage. */
static HarkKeyfileResult
open_with_file (const char *dir, const HarkKeyfile *keyfile, HarkStoreKeys *keys)
{
  size_t len = 0;

  if (!hark_files_read (dir, HARK_SLOTS_UNLOCK, keys->wrap.bytes, sizeof keys->wrap.bytes, &len,
                        NULL)
      || len != sizeof keys->wrap.bytes) {
    hark_secret_clear (&keys->wrap);
    return HARK_KEYFILE_DAMAGED;
  }

  return hark_keyfile_open_random (keyfile, keys, HARK_SLOT_FILE) == HARK_KEYFILE_OK
           ? HARK_KEYFILE_OK
           : HARK_KEYFILE_DAMAGED;
}

static bool
say_why (const char *dir, HarkKeyfileResult result, const HarkStoreUnlock *unlock, GError **error)
{
  if (result == HARK_KEYFILE_OK)
    return true;
  if (result != HARK_KEYFILE_WRONG_KEY)
    g_set_error (error, HARK_STORE_ERROR, HARK_STORE_ERROR_CORRUPT,
                 "The key to the profile “%s” is missing or damaged.", dir);
  else if (unlock->seed != NULL)
    g_set_error_literal (error, HARK_STORE_ERROR, HARK_STORE_ERROR_PASSPHRASE,
                         "These words are of another account.");
  else
    g_set_error_literal (error, HARK_STORE_ERROR, HARK_STORE_ERROR_PASSPHRASE,
                         unlock->passphrase != NULL ? "The passphrase is wrong."
                                                    : "This profile needs its passphrase.");
  return false;
}

bool
hark_slots_open (const char *dir,
                 const HarkKeyfile *keyfile,
                 const HarkStoreUnlock *unlock,
                 HarkStoreKeys *keys,
                 GError **error)
{
  const bool passphrase_slot = hark_keyfile_find (keyfile, HARK_SLOT_PASSPHRASE) != NULL;
  HarkKeyfileResult result = HARK_KEYFILE_WRONG_KEY;

  if (unlock->seed != NULL)
    result = hark_keyfile_open_words (keyfile, keys, unlock->seed);
  else if (unlock->passphrase != NULL && passphrase_slot)
    result = hark_keyfile_open_passphrase (keyfile, keys, unlock->passphrase);
  else if (hark_keyfile_find (keyfile, HARK_SLOT_FILE) != NULL)
    result = open_with_file (dir, keyfile, keys);
  else if (hark_keyfile_find (keyfile, HARK_SLOT_KEYRING) != NULL) {
    if (!hark_keyring_get (keyfile->file_id, &keys->wrap, error))
      return false;
    result = hark_keyfile_open_random (keyfile, keys, HARK_SLOT_KEYRING);
  } else if (!passphrase_slot)
    result = HARK_KEYFILE_DAMAGED;

  if (result == HARK_KEYFILE_OK)
    hark_store_keys_derive (keys);
  return say_why (dir, result, unlock, error);
}

/* ---- changing -------------------------------------------------------------------- */

/* Zeros over it, then away with it. Flash media may keep old blocks all the same. */
static bool
destroy (const char *dir, const char *name, const HarkStoreOptions *options, GError **error)
{
  static const uint8_t zeros[HARK_KEYFILE_LEN_MAX];
  g_autofree char *path = g_build_filename (dir, name, NULL);
  const int fd = open (path, O_WRONLY | O_CLOEXEC | O_NOFOLLOW);
  off_t len;
  bool ok;

  if (fd < 0 && errno == ENOENT)
    return true;
  if (fd < 0) {
    hark_files_set_error (error, "Cannot remove “", path);
    return false;
  }
  hark_store_step (options);
  len = lseek (fd, 0, SEEK_END);
  ok = len >= 0 && pwrite (fd, zeros, MIN ((size_t) len, sizeof zeros), 0) >= 0 && fsync (fd) == 0;
  close (fd);
  hark_store_step (options);
  if (!ok || unlink (path) != 0) {
    hark_files_set_error (error, "Cannot remove “", path);
    return false;
  }
  return hark_files_sync_dir (dir, error);
}

void
hark_slots_tidy (const char *dir, const HarkKeyfile *keyfile)
{
  static const HarkStoreOptions options;

  if (hark_keyfile_find (keyfile, HARK_SLOT_FILE) == NULL
      && !destroy (dir, HARK_SLOTS_UNLOCK, &options, NULL))
    g_debug ("a key that opens nothing stays beside the store");
}

/* What the key file speaks of no more opens nothing; it still is not to lie about. */
static bool
clean_up (const char *dir,
          const HarkKeyfile *before,
          const HarkKeyfile *after,
          const HarkStoreOptions *options,
          GError **error)
{
  if (hark_keyfile_find (after, HARK_SLOT_FILE) == NULL
      && !destroy (dir, HARK_SLOTS_UNLOCK, options, error))
    return false;
  if (hark_keyfile_find (before, HARK_SLOT_KEYRING) != NULL
      && hark_keyfile_find (after, HARK_SLOT_KEYRING) == NULL
      && !hark_keyring_remove (after->file_id, NULL))
    g_debug ("the login keyring keeps a key that opens nothing");
  return true;
}

static bool
change (const char *dir,
        HarkStoreKeys *keys,
        const HarkStoreUnlock *now,
        const HarkStoreUnlock *wanted,
        const HarkStoreOptions *options,
        GError **error)
{
  const HarkSlotKind kind = wanted->passphrase != NULL ? HARK_SLOT_PASSPHRASE
                            : wanted->keyring          ? HARK_SLOT_KEYRING
                                                       : HARK_SLOT_FILE;
  HarkKeyfile before, after;

  if (!hark_slots_read (dir, &before, error) || !hark_slots_open (dir, &before, now, keys, error))
    return false;

  after = before;
  hark_keyfile_remove (&after, HARK_SLOT_PASSPHRASE);
  /* a random key stays as it is: to replace it where it lies would lock out for a moment */
  if (kind != HARK_SLOT_FILE)
    hark_keyfile_remove (&after, HARK_SLOT_FILE);
  if (kind != HARK_SLOT_KEYRING)
    hark_keyfile_remove (&after, HARK_SLOT_KEYRING);
  if (hark_keyfile_find (&after, kind) == NULL
      && !add_slot (dir, &after, keys, wanted, options, error))
    return false;
  if (now->seed != NULL) {
    hark_keyfile_remove (&after, HARK_SLOT_WORDS);
    hark_keyfile_add_words (&after, keys, now->seed);
  }
  return write_keyfile (dir, &after, options, error)
         && clean_up (dir, &before, &after, options, error);
}

bool
hark_slots_change (const char *dir,
                   const HarkStoreUnlock *now,
                   const HarkStoreUnlock *wanted,
                   const HarkStoreOptions *options,
                   GError **error)
{
  g_autoptr (HarkStoreKeys) keys = hark_store_keys_new ();
  const int fd = open (dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  bool ok = false;

  /* two changes at a time would each write a key file without the other's slot */
  if (fd < 0)
    g_set_error (error, HARK_STORE_ERROR, HARK_STORE_ERROR_NO_PROFILE,
                 "There is no Hark profile in “%s” yet.", dir);
  else if (flock (fd, LOCK_EX | LOCK_NB) != 0)
    g_set_error_literal (error, HARK_STORE_ERROR, HARK_STORE_ERROR_LOCKED,
                         "The passphrase is being changed already.");
  else
    ok = change (dir, keys, now, wanted, options, error);
  if (fd >= 0)
    close (fd);
  return ok;
}

bool
hark_slots_add_words (const char *dir, HarkStoreKeys *keys, const HarkSecret *seed)
{
  static const HarkStoreOptions options;
  const int fd = open (dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  HarkKeyfile keyfile;
  bool ok = fd >= 0 && flock (fd, LOCK_EX | LOCK_NB) == 0 && hark_slots_read (dir, &keyfile, NULL)
            && hark_keyfile_find (&keyfile, HARK_SLOT_WORDS) == NULL
            && keyfile.n_slots < HARK_KEYFILE_SLOTS_MAX;

  if (ok) {
    hark_keyfile_add_words (&keyfile, keys, seed);
    ok = write_keyfile (dir, &keyfile, &options, NULL);
  }
  if (fd >= 0)
    close (fd);
  return ok;
}

bool
hark_slots_destroy (const char *dir, const HarkStoreOptions *options, GError **error)
{
  HarkKeyfile keyfile;
  const bool in_keyring = hark_slots_read (dir, &keyfile, NULL)
                          && hark_keyfile_find (&keyfile, HARK_SLOT_KEYRING) != NULL;

  if (!destroy (dir, HARK_SLOTS_FILE, options, error)
      || !destroy (dir, HARK_SLOTS_UNLOCK, options, error))
    return false;
  if (in_keyring && !hark_keyring_remove (keyfile.file_id, NULL))
    g_debug ("the login keyring keeps a key that opens nothing");
  return true;
}
