/* tests/person.h - somebody with all keys, made from a seed byte. */
#pragma once

#include "net/noise/knock.h"

#include <string.h>

typedef struct {
  HarkRng rng;
  HarkSecret account_seed;
  HarkKnockSelf self;
} Person;

/* Signs the certificate anew, for whatever stands in self.account and self.device. */
static inline void
person_certify (Person *person)
{
  HarkCertificate certificate = {.account = person->self.account,
                                 .device = person->self.device,
                                 .not_before = 1700000000,
                                 .list_version = 1};

  hark_certificate_sign (&certificate, &person->account_seed, person->self.certificate);
}

static inline void
person_init (Person *person, uint8_t seed_byte)
{
  uint8_t seed[32] = {seed_byte};
  uint8_t secret_key[crypto_sign_SECRETKEYBYTES];

  memset (person, 0, sizeof *person);
  hark_rng_init (&person->rng, seed);
  hark_rng_bytes (&person->rng, person->account_seed.bytes, 32);
  crypto_sign_seed_keypair (person->self.account.bytes, secret_key, person->account_seed.bytes);
  hark_rng_bytes (&person->rng, person->self.device_secret.bytes, 32);
  crypto_scalarmult_base (person->self.device.bytes, person->self.device_secret.bytes);
  hark_rng_bytes (&person->rng, person->self.instance, sizeof person->self.instance);
  person_certify (person);
}
