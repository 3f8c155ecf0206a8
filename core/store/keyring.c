#include "core/store/keyring.h"

#include "core/store/store.h"

#ifdef HARK_HAVE_LIBSECRET

#include <libsecret/secret.h>

static const SecretSchema schema = {
  "org.hark.Hark.Profile",
  SECRET_SCHEMA_NONE,
  {{"profile", SECRET_SCHEMA_ATTRIBUTE_STRING}},
};

static void
explain (GError **error, const GError *failed)
{
  g_set_error (error, HARK_STORE_ERROR, HARK_STORE_ERROR_PASSPHRASE,
               "The login keyring does not answer (%s).",
               failed != NULL ? failed->message : "it has no key of this profile");
}

bool
hark_keyring_is_there (void)
{
  return true;
}

bool
hark_keyring_put (const uint8_t file_id[HARK_FILE_ID_LEN], const HarkSecret *key, GError **error)
{
  char profile[HARK_HEX_LEN (HARK_FILE_ID_LEN)], text[HARK_HEX_LEN (sizeof key->bytes)];
  g_autoptr (GError) failed = NULL;
  bool ok;

  hark_hex_format (file_id, HARK_FILE_ID_LEN, profile);
  hark_hex_format (key->bytes, sizeof key->bytes, text);
  ok = secret_password_store_sync (&schema, SECRET_COLLECTION_DEFAULT, "Hark", text, NULL, &failed,
                                   "profile", profile, NULL);
  sodium_memzero (text, sizeof text);
  if (!ok)
    explain (error, failed);
  return ok;
}

bool
hark_keyring_get (const uint8_t file_id[HARK_FILE_ID_LEN], HarkSecret *ret, GError **error)
{
  char profile[HARK_HEX_LEN (HARK_FILE_ID_LEN)];
  g_autoptr (GError) failed = NULL;
  char *text;
  bool ok;

  hark_hex_format (file_id, HARK_FILE_ID_LEN, profile);
  text = secret_password_lookup_nonpageable_sync (&schema, NULL, &failed, "profile", profile, NULL);
  ok = text != NULL && hark_hex_parse (text, ret->bytes, sizeof ret->bytes);
  secret_password_free (text);
  if (!ok)
    explain (error, failed);
  return ok;
}

bool
hark_keyring_remove (const uint8_t file_id[HARK_FILE_ID_LEN], GError **error)
{
  char profile[HARK_HEX_LEN (HARK_FILE_ID_LEN)];
  g_autoptr (GError) failed = NULL;

  hark_hex_format (file_id, HARK_FILE_ID_LEN, profile);
  /* false without an error when there was none */
  if (secret_password_clear_sync (&schema, NULL, &failed, "profile", profile, NULL)
      || failed == NULL)
    return true;
  explain (error, failed);
  return false;
}

#else

static bool
refuse (GError **error)
{
  g_set_error_literal (error, HARK_STORE_ERROR, HARK_STORE_ERROR_PASSPHRASE,
                       "This Hark was built without the login keyring.");
  return false;
}

bool
hark_keyring_is_there (void)
{
  return false;
}

bool
hark_keyring_put (const uint8_t file_id[HARK_FILE_ID_LEN], const HarkSecret *key, GError **error)
{
  (void) file_id;
  (void) key;
  return refuse (error);
}

bool
hark_keyring_get (const uint8_t file_id[HARK_FILE_ID_LEN], HarkSecret *ret, GError **error)
{
  (void) file_id;
  (void) ret;
  return refuse (error);
}

bool
hark_keyring_remove (const uint8_t file_id[HARK_FILE_ID_LEN], GError **error)
{
  (void) file_id;
  return refuse (error);
}

#endif
