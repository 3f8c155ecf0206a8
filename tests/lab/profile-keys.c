/* tests/lab/profile-keys.c - prints what no packet may show of a profile without passphrase that
 * nobody has open.
 *
 * usage: profile-keys DIRECTORY
 * Lines "WHAT HEX": account, device (public keys), device-id, contacts-token, instance. For
 * test-capture.py.
 */
#include "core/store/store.h"

#include <sodium.h>
#include <stdio.h>

static void
print (const char *what, const uint8_t *bytes, size_t len)
{
  printf ("%s ", what);
  for (size_t i = 0; i < len; i++)
    printf ("%02x", bytes[i]);
  printf ("\n");
}

static void
print_account (const HarkStoreAccount *account)
{
  uint8_t key[crypto_sign_PUBLICKEYBYTES], secret[crypto_sign_SECRETKEYBYTES], device[32];

  crypto_sign_seed_keypair (key, secret, account->account_seed.bytes);
  crypto_scalarmult_base (device, account->device_secret.bytes);
  print ("account", key, sizeof key);
  print ("device", device, sizeof device);
  print ("device-id", account->device_id, sizeof account->device_id);
  print ("contacts-token", account->contacts_token.bytes, sizeof account->contacts_token.bytes);
  sodium_memzero (secret, sizeof secret);
}

int
main (int argc, char **argv)
{
  HarkStoreUnlock unlock = {0};
  HarkStoreSnapshot snapshot = {0};
  g_autoptr (GError) error = NULL;
  HarkStore *store;
  bool ok;

  if (argc != 2 || sodium_init () < 0)
    return 2;
  store = hark_store_open (argv[1], &unlock, &error);
  ok = store && hark_store_load (store, &snapshot, &error);
  if (ok) {
    print_account (&snapshot.account);
    print ("instance", snapshot.instance, sizeof snapshot.instance);
    hark_store_snapshot_clear (&snapshot);
  } else {
    fprintf (stderr, "%s: %s\n", argv[1], error->message);
  }
  hark_store_close (store);
  return ok ? 0 : 1;
}
