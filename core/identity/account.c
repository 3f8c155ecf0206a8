#include "core/identity/account.h"

#include <string.h>

void
hark_account_restore (
  const HarkSecret *seed, HarkRng *rng, uint64_t unix_s, uint32_t list_version, HarkAccount *ret)
{
  uint8_t secret_key[crypto_sign_SECRETKEYBYTES];
  HarkCertificate certificate;

  ret->account_seed = *seed;
  crypto_sign_seed_keypair (ret->account.bytes, secret_key, seed->bytes);
  sodium_memzero (secret_key, sizeof secret_key);

  hark_rng_bytes (rng, ret->device_secret.bytes, sizeof ret->device_secret);
  crypto_scalarmult_base (ret->device.bytes, ret->device_secret.bytes);
  hark_rng_bytes (rng, ret->device_id, sizeof ret->device_id);
  hark_account_renew_instance (ret, rng);

  certificate = (HarkCertificate){.account = ret->account,
                                  .device = ret->device,
                                  .not_before = unix_s,
                                  .list_version = list_version};
  memcpy (certificate.device_id, ret->device_id, sizeof certificate.device_id);
  hark_certificate_sign (&certificate, &ret->account_seed, ret->certificate);
}

void
hark_account_new (HarkRng *rng, uint64_t unix_s, HarkAccount *ret)
{
  g_auto (HarkSecret) seed;

  hark_rng_bytes (rng, seed.bytes, sizeof seed);
  hark_account_restore (&seed, rng, unix_s, 1, ret);
}

void
hark_account_renew_instance (HarkAccount *account, HarkRng *rng)
{
  hark_rng_bytes (rng, account->instance, sizeof account->instance);
}

void
hark_account_clear (HarkAccount *account)
{
  sodium_memzero (account, sizeof *account);
}
