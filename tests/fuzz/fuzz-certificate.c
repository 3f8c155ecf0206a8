/* Device certificates. The first byte chooses: 0, the bytes as they are; 1, as the body behind the
 * account, signed rightly. */
#include "net/base/domain.h"
#include "tests/person.h"

int LLVMFuzzerTestOneInput (const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  uint8_t bytes[HARK_CERTIFICATE_LEN] = {0};
  uint8_t message[14 + 96] = HARK_DOMAIN_DEVICE_CERTIFICATE;
  uint8_t public_key[32], secret_key[64], again[HARK_CERTIFICATE_LEN];
  HarkCertificate certificate;
  Person person;

  if (size == 0 || sodium_init () < 0)
    return 0;
  if (data[0] == 0) {
    memcpy (bytes, data + 1, MIN (size - 1, sizeof bytes));
    hark_certificate_verify (bytes, &certificate);
    return 0;
  }

  person_init (&person, 1);
  memcpy (message + 14, person.self.account.bytes, 32);
  memcpy (message + 46, data + 1, MIN (size - 1, 64));
  crypto_sign_seed_keypair (public_key, secret_key, person.account_seed.bytes);
  memcpy (bytes, message + 14, 96);
  crypto_sign_detached (bytes + 96, NULL, message, sizeof message, secret_key);
  if (hark_certificate_verify (bytes, &certificate)) {
    hark_certificate_sign (&certificate, &person.account_seed, again);
    g_assert_cmpint (memcmp (again, bytes, sizeof bytes), ==, 0);
  }
  return 0;
}
