/* core/identity/account.h - the keys of a person and of this computer.
 *
 * Pure; any thread. Source: net/PROTOCOL.md "Device certificate". The account key is made of a seed
 * that 24 words restore (core/identity/words.h); the device key is random and never leaves the
 * computer.
 */
#pragma once

#include "net/base/certificate.h"
#include "net/base/rng.h"

typedef struct {
  HarkSecret account_seed; /* Ed25519 seed */
  HarkKey account;
  HarkSecret device_secret; /* X25519 */
  HarkKey device;
  uint8_t device_id[16];
  uint8_t instance[16]; /* this copy of the profile; stays out of backups */
  uint8_t certificate[HARK_CERTIFICATE_LEN];
} HarkAccount;

/* hark_account_new: everything new. @unix_s goes into the certificate. Clear it when done. */
void hark_account_new (HarkRng *rng, uint64_t unix_s, HarkAccount *ret);

/* hark_account_restore: the account of @seed on a computer that it never was on: new device key, id
 * and instance. @list_version: above that of every certificate before. */
void hark_account_restore (
  const HarkSecret *seed, HarkRng *rng, uint64_t unix_s, uint32_t list_version, HarkAccount *ret);

/* hark_account_renew_instance: this profile was copied or restored: it becomes a copy of its own.
 */
void hark_account_renew_instance (HarkAccount *account, HarkRng *rng);

/* hark_account_clear: wipes. */
void hark_account_clear (HarkAccount *account);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (HarkAccount, hark_account_clear)
