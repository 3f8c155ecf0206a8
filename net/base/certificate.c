#include "net/base/certificate.h"

#include "net/base/domain.h"
#include "net/base/reader.h"
#include "net/base/writer.h"

#include <string.h>

#define BODY_LEN (HARK_CERTIFICATE_LEN - crypto_sign_BYTES)
#define DOMAIN_LEN (sizeof HARK_DOMAIN_DEVICE_CERTIFICATE - 1)

void
hark_certificate_sign (const HarkCertificate *certificate,
                       const HarkSecret *account_seed,
                       uint8_t ret[HARK_CERTIFICATE_LEN])
{
  uint8_t public_key[crypto_sign_PUBLICKEYBYTES];
  uint8_t secret_key[crypto_sign_SECRETKEYBYTES];
  uint8_t message[DOMAIN_LEN + BODY_LEN];
  HarkWriter writer;

  hark_writer_init (&writer, message, sizeof message);
  hark_writer_bytes (&writer, HARK_DOMAIN_DEVICE_CERTIFICATE, DOMAIN_LEN);
  hark_writer_bytes (&writer, certificate->account.bytes, HARK_KEY_LEN);
  hark_writer_bytes (&writer, certificate->device.bytes, HARK_KEY_LEN);
  hark_writer_bytes (&writer, certificate->device_id, sizeof certificate->device_id);
  hark_writer_u64 (&writer, certificate->not_before);
  hark_writer_u32 (&writer, certificate->list_version);
  hark_writer_u32 (&writer, certificate->flags);
  g_assert (hark_writer_is_ok (&writer) && writer.len == sizeof message);

  crypto_sign_seed_keypair (public_key, secret_key, account_seed->bytes);
  g_assert (memcmp (public_key, certificate->account.bytes, sizeof public_key) == 0);
  memcpy (ret, message + DOMAIN_LEN, BODY_LEN);
  crypto_sign_detached (ret + BODY_LEN, NULL, message, sizeof message, secret_key);
  sodium_memzero (secret_key, sizeof secret_key);
}

/* A device key whose shared secrets are all zero is no key. */
static bool
is_low_order (const HarkKey *device)
{
  static const uint8_t scalar[crypto_scalarmult_SCALARBYTES] = {9};
  uint8_t shared[crypto_scalarmult_BYTES];

  return crypto_scalarmult (shared, scalar, device->bytes) != 0;
}

bool
hark_certificate_verify (const uint8_t bytes[HARK_CERTIFICATE_LEN], HarkCertificate *ret)
{
  uint8_t message[DOMAIN_LEN + BODY_LEN];
  HarkCertificate certificate;
  HarkReader reader;

  hark_reader_init (&reader, bytes, BODY_LEN);
  hark_reader_copy (&reader, certificate.account.bytes, HARK_KEY_LEN);
  hark_reader_copy (&reader, certificate.device.bytes, HARK_KEY_LEN);
  hark_reader_copy (&reader, certificate.device_id, sizeof certificate.device_id);
  certificate.not_before = hark_reader_u64 (&reader);
  certificate.list_version = hark_reader_u32 (&reader);
  certificate.flags = hark_reader_u32 (&reader);

  memcpy (message, HARK_DOMAIN_DEVICE_CERTIFICATE, DOMAIN_LEN);
  memcpy (message + DOMAIN_LEN, bytes, BODY_LEN);
  if (!crypto_core_ed25519_is_valid_point (certificate.account.bytes)
      || crypto_sign_verify_detached (bytes + BODY_LEN, message, sizeof message,
                                      certificate.account.bytes)
           != 0
      || is_low_order (&certificate.device))
    return false;

  *ret = certificate;
  return true;
}
