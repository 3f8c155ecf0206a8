/* net/base/certificate.h - an account key vouches for a device key.
 *
 * Pure; any thread. Source: our layout, net/PROTOCOL.md "Device certificate":
 * account[32] device[32] device_id[16] not_before u64 list_version u32 flags u32, then an Ed25519
 * signature by the account over "hark/devcert/1" and these 96 bytes.
 */
#pragma once

#include "net/base/key.h"

#define HARK_CERTIFICATE_LEN 160

typedef struct {
  HarkKey account; /* Ed25519 */
  HarkKey device;  /* X25519, the Noise static key */
  uint8_t device_id[16];
  uint64_t not_before;   /* Unix seconds; informative, clocks may be wrong */
  uint32_t list_version; /* grows when the account is restored: 1, then minutes since 1970 */
  uint32_t flags;        /* 0 */
} HarkCertificate;

/* hark_certificate_sign: @account_seed is the Ed25519 seed of certificate->account. */
void hark_certificate_sign (const HarkCertificate *certificate,
                            const HarkSecret *account_seed,
                            uint8_t ret[HARK_CERTIFICATE_LEN]);

/* hark_certificate_verify: false, with @ret untouched, when the signature is not by the account
 * named inside, the account key has a small-order part, or the device key is a low-order point. */
bool hark_certificate_verify (const uint8_t bytes[HARK_CERTIFICATE_LEN], HarkCertificate *ret);
