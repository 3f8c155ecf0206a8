/* Accounts, and that no signature or key of theirs serves a second purpose. */
#include "core/identity/account.h"
#include "core/identity/words.h"
#include "net/rendezvous/blind.h"
#include "tests/bytes.h"

#include <string.h>

static void
test_new_account_certifies_its_device (void)
{
  const uint8_t seed[32] = {1};
  HarkRng rng;
  g_auto (HarkAccount) account = {0};
  HarkCertificate certificate;
  HarkKey device;

  hark_rng_init (&rng, seed);
  hark_account_new (&rng, 1700000000, &account);
  g_assert_true (hark_certificate_verify (account.certificate, &certificate));
  g_assert_true (hark_key_equal (&certificate.account, &account.account));
  g_assert_true (hark_key_equal (&certificate.device, &account.device));
  assert_bytes (certificate.device_id, 16, account.device_id, 16);
  g_assert_cmpuint (certificate.not_before, ==, 1700000000);
  g_assert_cmpuint (certificate.list_version, ==, 1);
  g_assert_cmpuint (certificate.flags, ==, 0);
  crypto_scalarmult_base (device.bytes, account.device_secret.bytes);
  g_assert_true (hark_key_equal (&device, &account.device));
}

static void
test_words_restore_the_account_on_a_new_device (void)
{
  const uint8_t seed[32] = {2};
  HarkRng rng;
  g_auto (HarkAccount) account = {0};
  g_auto (HarkAccount) restored = {0};
  HarkSecret account_seed;
  HarkCertificate certificate;
  char words[HARK_WORDS_TEXT_LEN];

  hark_rng_init (&rng, seed);
  hark_account_new (&rng, 1, &account);
  hark_words_from_seed (&account.account_seed, words);
  g_assert_cmpint (hark_words_to_seed (words, &account_seed, NULL), ==, HARK_WORDS_OK);
  hark_account_restore (&account_seed, &rng, 2, 5, &restored);
  g_assert_true (hark_key_equal (&account.account, &restored.account));
  g_assert_false (hark_key_equal (&account.device, &restored.device));
  g_assert_cmpint (memcmp (account.instance, restored.instance, 16), !=, 0);
  g_assert_cmpint (memcmp (account.device_id, restored.device_id, 16), !=, 0);
  g_assert_true (hark_certificate_verify (restored.certificate, &certificate));
  g_assert_cmpuint (certificate.list_version, ==, 5);
}

/* a slot's signature over the bytes of a certificate is no certificate, and the other way. */
static void
test_signatures_do_not_cross (void)
{
  const uint8_t seed[32] = {3};
  HarkRng rng;
  g_auto (HarkAccount) account = {0};
  g_auto (HarkSlot) slot = {0};
  HarkSlotNetwork network = {0};
  HarkToken token = {{1}};
  HarkCertificate certificate;
  uint8_t forged[HARK_CERTIFICATE_LEN];
  uint8_t message[14 + 96];

  hark_rng_init (&rng, seed);
  hark_account_new (&rng, 1, &account);
  hark_slot_own (&account.account_seed, &token, 1, &network, &slot);
  memcpy (message, "hark/devcert/1", 14);
  memcpy (message + 14, account.certificate, 96);
  memcpy (forged, account.certificate, 96);

  hark_slot_sign (&slot, message, sizeof message, forged + 96);
  g_assert_false (hark_certificate_verify (forged, &certificate));
  g_assert_cmpint (
    crypto_sign_verify_detached (account.certificate + 96, message, sizeof message, slot.key), !=,
    0);
  /* nor does the same body under the domain of a device list */
  memcpy (message, "hark/devlist/1", 14);
  g_assert_cmpint (crypto_sign_verify_detached (account.certificate + 96, message, sizeof message,
                                                account.account.bytes),
                   !=, 0);
}

int
main (int argc, char *argv[])
{
  g_assert_cmpint (sodium_init (), >=, 0);
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/account/new-account-certifies-its-device",
                   test_new_account_certifies_its_device);
  g_test_add_func ("/account/words-restore-the-account-on-a-new-device",
                   test_words_restore_the_account_on_a_new_device);
  g_test_add_func ("/account/signatures-do-not-cross", test_signatures_do_not_cross);
  return g_test_run ();
}
