/* core/contacts/pairing.h - the pairwise secret of two contacts: made in their first session,
 * renewed every 30 days.
 *
 * Pure; one thread at a time. Two slots so that a crash at any moment locks nobody out:
 *
 *   0. both say 32 random bytes in their Hello;
 *      P = BLAKE2b-256(HARK_DOMAIN_PAIR || initiator's || responder's || handshake hash)
 *   1. each keeps P as the other secret (accepted, not used); PairStored says it is on the disk
 *   2. with PairStored heard and said, P is the secret in use, the one before it the other
 *
 * At every combination of 0, 1 and 2 each side accepts what the other uses, and so they find each
 * other with one of the two secrets. The other one stays until the next renewal, so that a profile
 * put back from a backup of the last 30 days still finds everybody. A first secret that a session
 * left at step 1 makes way for the next session's to the place of the one in use, which is empty.
 * Hello names the secret in use, so a difference (a profile put back from a backup) is seen and
 * mended by making a new one.
 * Source: core/PROTOCOL.md "Pairwise secret".
 */
#pragma once

#include "net/base/key.h"
#include "net/base/rng.h"

#define HARK_PAIR_RANDOM_LEN 32
#define HARK_PAIR_TAG_LEN 8
#define HARK_PAIR_AGE_MAX_MS (INT64_C (30) * 24 * 3600 * 1000)

/* As the store keeps them. */
typedef struct {
  bool has_current, has_other;
  HarkSecret current; /* used */
  HarkSecret other;   /* accepted: the one before, or one not yet known to be on their disk */
  int64_t made_ms;    /* when current was made; 0: not known */
} HarkPairSecrets;

typedef struct {
  bool initiator, by_current; /* of this session */
  int64_t begun_ms;
  uint8_t handshake_hash[64];
  uint8_t random[HARK_PAIR_RANDOM_LEN]; /* ours */
  uint8_t tag[HARK_PAIR_TAG_LEN];       /* of our current secret when the session began */
  bool has_tag, wanted;
  bool said_hello, making; /* a new secret is in `other` */
  bool stored, peer_stored;
} HarkPairing;

/* hark_pairing_begin: a session is up. Afterwards random, tag (if has_tag) and wanted are what our
 * Hello says. */
void hark_pairing_begin (HarkPairing *pairing,
                         const HarkPairSecrets *secrets,
                         bool initiator,
                         bool by_current,
                         const uint8_t handshake_hash[64],
                         HarkRng *rng,
                         int64_t wall_ms);

/* hark_pairing_clear: wipes. */
void hark_pairing_clear (HarkPairing *pairing);

/**
 * hark_pairing_handle_hello:
 * @random: HARK_PAIR_RANDOM_LEN bytes, theirs
 * @tag: (nullable): HARK_PAIR_TAG_LEN bytes, theirs
 *
 * Returns: @secrets changed: keep them, then call hark_pairing_handle_stored(). Only the first
 * Hello counts.
 */
bool hark_pairing_handle_hello (HarkPairing *pairing,
                                HarkPairSecrets *secrets,
                                const uint8_t random[HARK_PAIR_RANDOM_LEN],
                                const uint8_t *tag,
                                bool wanted);

/* hark_pairing_handle_stored: what handle_hello() changed is on our disk. Returns true when
 * PairStored is to be said. */
bool hark_pairing_handle_stored (HarkPairing *pairing);

/* hark_pairing_advance: call after handle_stored() and after they said PairStored (with
 * @peer_stored). Returns true when @secrets changed for the last time: keep them, use them. */
bool hark_pairing_advance (HarkPairing *pairing,
                           HarkPairSecrets *secrets,
                           bool peer_stored,
                           int64_t wall_ms);

/* hark_pair_reach: the token of a record of @whose that is for the other of the two alone:
 * BLAKE2b-128(key = @pairwise, HARK_DOMAIN_REACH || @whose). */
void hark_pair_reach (const HarkSecret *pairwise, const HarkKey *whose, HarkToken *ret);
