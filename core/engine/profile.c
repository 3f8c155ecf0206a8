/* Profiles, as core/hark.h has them: a new account, or one restored from its words, put into a new
 * store. */
#include "core/hark.h"

#include "core/backup/age-key.h"
#include "core/backup/backup.h"
#include "core/contacts/contact.h"
#include "core/hark-address.h"
#include "core/identity/account.h"
#include "core/identity/address.h"
#include "core/identity/network.h"
#include "core/identity/words.h"
#include "core/store/store.h"

#include <gio/gio.h>
#include <sodium.h>
#include <string.h>

static bool
read_words (const char *words, HarkSecret *ret, GError **error)
{
  unsigned word = 0;

  switch (hark_words_to_seed (words, ret, &word)) {
  case HARK_WORDS_OK:
    return true;
  case HARK_WORDS_WRONG_COUNT:
    g_set_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT, "An account has 24 words.");
    break;
  case HARK_WORDS_UNKNOWN_WORD:
    g_set_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT,
                 "Word %u is not one of the list; look for a typing mistake.", word + 1);
    break;
  case HARK_WORDS_CHECKSUM:
    g_set_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT,
                 "Every word exists, but one is not the right one, or the order is wrong.");
    break;
  }
  return false;
}

/* The version outgrows the one any contact may have seen, without a memory of it; with one
 * (@before, else 0) also if the clock was set back since. */
static void
restore_keys (
  const HarkSecret *seed, HarkRng *rng, uint64_t unix_s, uint32_t before, HarkAccount *ret)
{
  const uint32_t next = before < UINT32_MAX ? before + 1 : before;

  hark_account_restore (seed, rng, unix_s, MAX ((uint32_t) (unix_s / 60), next), ret);
}

static bool
restore (const char *words, HarkRng *rng, uint64_t unix_s, HarkAccount *ret, GError **error)
{
  g_auto (HarkSecret) seed = {0};

  if (!read_words (words, &seed, error))
    return false;
  restore_keys (&seed, rng, unix_s, 0, ret);
  return true;
}

static bool
start_rng (HarkRng *ret, GError **error)
{
  uint8_t seed[32];

  if (sodium_init () < 0) {
    g_set_error (error, G_IO_ERROR, G_IO_ERROR_FAILED, "There is no source of randomness.");
    return false;
  }
  randombytes_buf (seed, sizeof seed);
  hark_rng_init (ret, seed);
  sodium_memzero (seed, sizeof seed);
  return true;
}

static bool
check_name (const char *name, char ret[49], GError **error)
{
  hark_contact_clean_name (name, ret);
  if (name != NULL && strlen (name) <= 48 && g_utf8_validate (name, -1, NULL) && ret[0] != '\0')
    return true;
  g_set_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT,
               "A name has 1 to 48 letters; fewer with accents, and in other scripts.");
  return false;
}

static bool
put (const char *dir,
     const char *name,
     const char *passphrase,
     const HarkAccount *keys,
     HarkRng *rng,
     GError **error)
{
  HarkStoreUnlock unlock = {.passphrase = passphrase};
  HarkStoreAccount account
    = {.account_seed = keys->account_seed, .device_secret = keys->device_secret};
  bool ok;

  g_strlcpy (account.name, name, sizeof account.name);
  memcpy (account.device_id, keys->device_id, sizeof account.device_id);
  memcpy (account.certificate, keys->certificate, sizeof account.certificate);
  hark_rng_bytes (rng, account.contacts_token.bytes, sizeof account.contacts_token.bytes);
  ok = hark_store_create (dir, &account, &unlock, error);
  sodium_memzero (&account, sizeof account);
  return ok;
}

bool
hark_profile_create (const char *dir,
                     const char *name,
                     const char *passphrase,
                     const char *words,
                     char **ret_words,
                     GError **error)
{
  uint64_t unix_s = (uint64_t) (g_get_real_time () / G_USEC_PER_SEC);
  g_auto (HarkAccount) account = {0};
  g_auto (HarkRng) rng = {0};
  char clean[49];

  if (!start_rng (&rng, error) || !check_name (name, clean, error))
    return false;
  if (words == NULL)
    hark_account_new (&rng, unix_s, &account);
  else if (!restore (words, &rng, unix_s, &account, error))
    return false;
  if (!put (dir, clean, passphrase, &account, &rng, error))
    return false;
  if (ret_words != NULL) {
    *ret_words = g_malloc (HARK_WORDS_TEXT_LEN);
    hark_words_from_seed (&account.account_seed, *ret_words);
  }
  return true;
}

bool
hark_profile_exists (const char *dir)
{
  g_autofree char *store = g_build_filename (dir, "store", NULL);

  return g_file_test (store, G_FILE_TEST_EXISTS);
}

bool
hark_profile_has_keyring (void)
{
  return hark_store_has_keyring ();
}

bool
hark_profile_change_unlock (const char *dir,
                            const char *passphrase,
                            const char *words,
                            HarkUnlock way,
                            const char *wanted,
                            GError **error)
{
  g_auto (HarkSecret) seed = {0};
  const HarkStoreUnlock now = {.passphrase = passphrase, .seed = words != NULL ? &seed : NULL};
  const HarkStoreUnlock next = {.passphrase = way == HARK_UNLOCK_PASSPHRASE ? wanted : NULL,
                                .keyring = way == HARK_UNLOCK_KEYRING};

  if (words != NULL && !read_words (words, &seed, error))
    return false;
  if (way == HARK_UNLOCK_PASSPHRASE && (wanted == NULL || *wanted == '\0')) {
    g_set_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT, "A passphrase is not empty.");
    return false;
  }
  return hark_store_change_unlock (dir, &now, &next, error);
}

/* ---- backups ---- */

typedef struct {
  const char *path;
  const HarkBackupOpen *open;
  HarkBackupFound *found;
} Source;

static bool
fill (HarkStoreFiller *filler, void *data, GError **error)
{
  Source *source = data;

  return hark_backup_read (source->path, source->open, filler, source->found, error);
}

/* The account of the backup on a device of its own. */
static void
make_account (const HarkBackupFound *found, HarkRng *rng, HarkStoreAccount *ret)
{
  g_auto (HarkAccount) keys = {0};

  restore_keys (&found->account.account_seed, rng, (uint64_t) (g_get_real_time () / G_USEC_PER_SEC),
                found->list_version, &keys);
  *ret = found->account;
  ret->device_secret = keys.device_secret;
  memcpy (ret->device_id, keys.device_id, sizeof ret->device_id);
  memcpy (ret->certificate, keys.certificate, sizeof ret->certificate);
}

bool
hark_profile_restore (const char *dir,
                      const char *path,
                      const char *words,
                      const char *backup_passphrase,
                      const char *passphrase,
                      HarkRestored *ret,
                      GError **error)
{
  g_auto (HarkSecret) seed = {0};
  g_auto (HarkRng) rng = {0};
  const HarkBackupOpen open
    = {.passphrase = backup_passphrase, .seed = words != NULL ? &seed : NULL};
  const HarkStoreUnlock unlock = {.passphrase = passphrase};
  HarkBackupFound found = {0};
  Source source = {.path = path, .open = &open, .found = &found};
  HarkStoreAccount account;
  bool ok;

  if (!start_rng (&rng, error) || (words != NULL && !read_words (words, &seed, error)))
    return false;
  /* the whole of it is known to be good before anything is made */
  if (!hark_backup_read (path, &open, NULL, &found, error))
    return false;
  make_account (&found, &rng, &account);
  ok = hark_store_create_filled (dir, &account, &unlock, fill, &source, error);
  if (ok)
    *ret = (HarkRestored){
      .made_ms = found.made_ms, .contacts = found.contacts, .messages = found.messages};
  sodium_memzero (&account, sizeof account);
  sodium_memzero (&found, sizeof found);
  return ok;
}

bool
hark_profile_erase (const char *dir, GError **error)
{
  return hark_store_erase (dir, error);
}

char *
hark_backup_key (const char *words, GError **error)
{
  g_auto (HarkSecret) seed = {0};
  g_auto (HarkSecret) identity = {0};
  HarkKey recipient;
  char *text;

  if (!read_words (words, &seed, error))
    return NULL;
  hark_age_key (&seed, &identity, &recipient);
  text = g_malloc (HARK_AGE_KEY_TEXT_LEN + 1);
  hark_age_key_format (&identity, text);
  return text;
}

bool
hark_profile_needs_passphrase (const char *dir)
{
  return hark_store_needs_passphrase (dir);
}

void
hark_words_free (char *words)
{
  if (words != NULL)
    sodium_memzero (words, strlen (words));
  g_free (words);
}

const char *
hark_address_check (const char *text)
{
  g_auto (HarkAddress) address = {0};
  HarkAddressResult result = hark_address_parse (text != NULL ? text : "", &address);

  return result == HARK_ADDRESS_OK ? NULL : hark_address_explain (result);
}

char *
hark_address_find (const char *text)
{
  char found[HARK_ADDRESS_LEN + 1] = "";
  char *copy = hark_address_within (text, found) ? g_strdup (found) : NULL;

  sodium_memzero (found, sizeof found);
  return copy;
}

char *
hark_invitation (const char *address, bool one_time)
{
  return g_strdup_printf ("Let us write and talk with Hark, without a server between us: hark:%s\n"
                          "Install Hark, and open this link or paste it under \"Add a Person\".%s",
                          address,
                          one_time ? " It is for you alone and works once, within 30 days." : "");
}

char *
hark_network_create (void)
{
  char *text = g_malloc (HARK_NETWORK_TEXT_LEN + 1);
  g_auto (HarkSecret) secret;

  randombytes_buf (secret.bytes, sizeof secret.bytes);
  hark_network_format (&secret, text);
  return text;
}

const char *
hark_network_check (const char *text, bool *ret_sealed)
{
  g_auto (HarkSecret) secret = {0};
  g_auto (GStrv) places = NULL;
  char *bare = hark_network_split (text, &places);
  bool sealed = hark_network_parse (bare, &secret);

  hark_words_free (bare);
  for (size_t i = 0; places != NULL && places[i] != NULL; i++) {
    g_autoptr (GSocketConnectable) place = g_network_address_parse (places[i], 1, NULL);

    if (place == NULL || i >= HARK_NETWORK_PLACES_MAX || strlen (places[i]) > 255)
      return "Behind “@” there must be at most 16 places to start from: HOST:PORT,HOST:PORT.";
  }
  if (ret_sealed != NULL)
    *ret_sealed = sealed;
  if (*text == '\0')
    return "A network needs a name or a secret.";
  if (!sealed && hark_network_looks_secret (text))
    return "This network secret has a wrong or missing character.";
  return NULL;
}
