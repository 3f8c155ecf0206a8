#define G_LOG_DOMAIN "hark-store"

#include "core/store/keys.h"

HarkStoreKeys *
hark_store_keys_new (void)
{
  HarkStoreKeys *keys;

  if (sodium_init () < 0)
    g_error ("libsodium does not start");

  keys = sodium_malloc (sizeof *keys);
  if (keys == NULL)
    g_error ("no memory for keys");

  /* sodium_malloc() hides whether its own call worked; locking twice is harmless */
  if (sodium_mlock (keys, sizeof *keys) != 0)
    g_debug ("key memory cannot be locked: it could reach the swap area");

  sodium_memzero (keys, sizeof *keys);
  return keys;
}

void
hark_store_keys_derive (HarkStoreKeys *keys)
{
  crypto_kdf_derive_from_key (keys->page.bytes, sizeof keys->page.bytes, 1, "harkstor",
                              keys->data.bytes);
}

void
hark_store_keys_free (HarkStoreKeys *keys)
{
  sodium_free (keys); /* wipes, takes NULL */
}
