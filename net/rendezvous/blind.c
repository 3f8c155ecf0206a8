#include "net/rendezvous/blind.h"

#include "net/base/domain.h"
#include "net/base/hash.h"

#include <string.h>

uint64_t
hark_slot_epoch (const HarkToken *token, uint64_t unix_s)
{
  uint8_t hash[16];
  uint64_t offset;

  hark_hash (hash, sizeof hash, token->bytes, sizeof token->bytes, HARK_DOMAIN_SLOT_OFFSET, NULL,
             0);
  offset = (uint64_t) hash[0] << 24 | (uint64_t) hash[1] << 16 | (uint64_t) hash[2] << 8 | hash[3];
  offset %= HARK_SLOT_EPOCH_S;
  if (unix_s > UINT64_MAX - offset)
    offset = 0;
  return (unix_s + offset) / HARK_SLOT_EPOCH_S;
}

static void
compute_tweak (const uint8_t account[32],
               const HarkToken *token,
               uint64_t epoch,
               const HarkSlotNetwork *network,
               uint8_t ret[crypto_core_ed25519_SCALARBYTES])
{
  uint64_t epoch_le = GUINT64_TO_LE (epoch);
  uint8_t wide[crypto_core_ed25519_NONREDUCEDSCALARBYTES];

  HARK_HASH (wide, sizeof wide, token->bytes, sizeof token->bytes, HARK_DOMAIN_SLOT,
             HARK_PART_BYTES (account, 32), HARK_PART (&epoch_le),
             HARK_PART_BYTES (network->id, network->closed ? 32 : 0));
  crypto_core_ed25519_scalar_reduce (ret, wide);
  sodium_memzero (wide, sizeof wide);
}

bool
hark_slot_public (const HarkKey *account,
                  const HarkToken *token,
                  uint64_t epoch,
                  const HarkSlotNetwork *network,
                  uint8_t ret[32])
{
  uint8_t tweak[crypto_core_ed25519_SCALARBYTES];
  uint8_t slot[32];
  bool ok;

  /* A small-order part would blind to something else than what the owner computes. */
  if (!crypto_core_ed25519_is_valid_point (account->bytes))
    return false;
  compute_tweak (account->bytes, token, epoch, network, tweak);
  ok = crypto_scalarmult_ed25519_noclamp (slot, tweak, account->bytes) == 0;
  sodium_memzero (tweak, sizeof tweak);
  if (ok)
    memcpy (ret, slot, sizeof slot);
  return ok;
}

/* The prefix depends on the slot key: if two epochs shared one and signed the same bytes, both
 * signatures would have the same R, and their difference would give away the account's scalar. */
static void
compute_prefix (const uint8_t seed_half[32], const uint8_t slot[32], uint8_t ret[32])
{
  uint8_t personal[crypto_generichash_blake2b_PERSONALBYTES] = HARK_DOMAIN_SLOT_NONCE;
  static const uint8_t salt[crypto_generichash_blake2b_SALTBYTES];
  uint8_t message[64];

  memcpy (message, seed_half, 32);
  memcpy (message + 32, slot, 32);
  crypto_generichash_blake2b_salt_personal (ret, 32, message, sizeof message, NULL, 0, salt,
                                            personal);
  sodium_memzero (message, sizeof message);
}

/* RFC 8032 section 5.1.5, the scalar reduced mod L as libsodium's scalar functions want it. */
static void
expand_seed (const HarkSecret *seed, uint8_t ret_scalar[32], uint8_t ret_half[32])
{
  uint8_t hash[crypto_hash_sha512_BYTES];
  uint8_t wide[crypto_core_ed25519_NONREDUCEDSCALARBYTES] = {0};

  crypto_hash_sha512 (hash, seed->bytes, sizeof seed->bytes);
  hash[0] &= 0xf8;
  hash[31] &= 0x7f;
  hash[31] |= 0x40;
  memcpy (wide, hash, 32);
  crypto_core_ed25519_scalar_reduce (ret_scalar, wide);
  memcpy (ret_half, hash + 32, 32);
  sodium_memzero (hash, sizeof hash);
  sodium_memzero (wide, sizeof wide);
}

void
hark_slot_own (const HarkSecret *account_seed,
               const HarkToken *token,
               uint64_t epoch,
               const HarkSlotNetwork *network,
               HarkSlot *ret)
{
  uint8_t scalar[32];
  uint8_t half[32];
  uint8_t account[32];
  uint8_t tweak[32];

  expand_seed (account_seed, scalar, half);
  crypto_scalarmult_ed25519_base_noclamp (account, scalar);
  compute_tweak (account, token, epoch, network, tweak);
  crypto_core_ed25519_scalar_mul (ret->scalar, tweak, scalar);
  crypto_scalarmult_ed25519_base_noclamp (ret->key, ret->scalar);
  compute_prefix (half, ret->key, ret->prefix);
  sodium_memzero (scalar, sizeof scalar);
  sodium_memzero (half, sizeof half);
  sodium_memzero (tweak, sizeof tweak);
}

void
hark_slot_sign (const HarkSlot *slot, const void *message, size_t len, uint8_t ret[64])
{
  crypto_hash_sha512_state state;
  uint8_t wide[crypto_hash_sha512_BYTES];
  uint8_t nonce[32];
  uint8_t challenge[32];
  uint8_t product[32];

  crypto_hash_sha512_init (&state);
  crypto_hash_sha512_update (&state, slot->prefix, sizeof slot->prefix);
  crypto_hash_sha512_update (&state, message, len);
  crypto_hash_sha512_final (&state, wide);
  crypto_core_ed25519_scalar_reduce (nonce, wide);
  crypto_scalarmult_ed25519_base_noclamp (ret, nonce);

  crypto_hash_sha512_init (&state);
  crypto_hash_sha512_update (&state, ret, 32);
  crypto_hash_sha512_update (&state, slot->key, sizeof slot->key);
  crypto_hash_sha512_update (&state, message, len);
  crypto_hash_sha512_final (&state, wide);
  crypto_core_ed25519_scalar_reduce (challenge, wide);

  crypto_core_ed25519_scalar_mul (product, challenge, slot->scalar);
  crypto_core_ed25519_scalar_add (ret + 32, nonce, product);
  sodium_memzero (&state, sizeof state);
  sodium_memzero (wide, sizeof wide);
  sodium_memzero (nonce, sizeof nonce);
  sodium_memzero (product, sizeof product);
}

void
hark_slot_clear (HarkSlot *slot)
{
  sodium_memzero (slot, sizeof *slot);
}
