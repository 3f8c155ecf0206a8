/* net/rendezvous/blind.h - under which key a record is stored today: the account key, blinded.
 *
 * Pure; any thread. Source: net/PROTOCOL.md "Blinded slot"; Ed25519 is RFC 8032. The slot of an
 * epoch depends on the account, a secret token and the network; without the token slots of one
 * account can neither be found nor told to belong together.
 */
#pragma once

#include "net/base/key.h"

#define HARK_SLOT_EPOCH_S 86400 /* seconds */

/* The network a slot is for. */
typedef struct {
  bool closed;       /* false: the public network, @id is not used */
  const uint8_t *id; /* of a closed one: 32 bytes, borrowed */
} HarkSlotNetwork;

/* A slot of our own: what signs for it. Secret but for `key`. */
typedef struct {
  uint8_t key[32];    /* Ed25519 public key: the `k` of BEP 44 */
  uint8_t scalar[32]; /* reduced mod L */
  uint8_t prefix[32]; /* of the nonces; depends on the slot (see blind.c) */
} HarkSlot;

/* hark_slot_epoch: the epoch at @unix_s. Epochs last HARK_SLOT_EPOCH_S and start at a time of day
 * that depends on @token, so that not everybody moves at midnight. */
uint64_t hark_slot_epoch (const HarkToken *token, uint64_t unix_s);

/* hark_slot_public: the reader's side. False, with @ret untouched, when @account is not a point of
 * the prime-order group. About 90 us. */
bool hark_slot_public (const HarkKey *account,
                       const HarkToken *token,
                       uint64_t epoch,
                       const HarkSlotNetwork *network,
                       uint8_t ret[32]);

/* hark_slot_own: the owner's side, from the Ed25519 seed of the account. */
void hark_slot_own (const HarkSecret *account_seed,
                    const HarkToken *token,
                    uint64_t epoch,
                    const HarkSlotNetwork *network,
                    HarkSlot *ret);

/* hark_slot_sign: an Ed25519 signature of @message that slot->key verifies. */
void hark_slot_sign (const HarkSlot *slot, const void *message, size_t len, uint8_t ret[64]);

/* hark_slot_clear: wipes. */
void hark_slot_clear (HarkSlot *slot);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (HarkSlot, hark_slot_clear)
