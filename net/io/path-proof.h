/* net/io/path-proof.h - how the two ends of a path over TCP prove to each other who they are.
 *
 * Pure; one thread at a time. Whoever dials says HELLO, the other one REPLY, each with a MAC under
 * both fresh ICE passwords. net/PROTOCOL.md "TCP".
 */
#pragma once

#include "net/io/tcp.h"
#include "net/path/path.h"

#define HARK_PATH_PROOF_LEN 64       /* bytes */
#define HARK_PATH_PROOF_NONCE_LEN 20 /* bytes */
#define HARK_PATH_PROOF_NONCE_AT 12  /* where it lies in a proof */
#define HARK_PATH_PROOFS_MAX 16      /* accepted in the life of a path */

typedef enum {
  HARK_PATH_PROOF_HELLO = HARK_TCP_PATH_HELLO,
  HARK_PATH_PROOF_REPLY = 0x26,
} HarkPathProofType;

/* One end's; NUL-terminated. An empty ufrag: not known yet. */
typedef struct {
  char ufrag[HARK_UFRAG_LEN + 1];
  char password[HARK_PASSWORD_LEN + 1];
} HarkPathProofEnd;

/* Zeros: nothing is known, nothing was accepted. Its holder wipes it. */
typedef struct {
  HarkPathProofEnd local, remote;
  uint8_t nonces[HARK_PATH_PROOFS_MAX][HARK_PATH_PROOF_NONCE_LEN]; /* of proofs that were good */
  unsigned n_nonces;
} HarkPathProofs;

/* hark_path_proof_set: what describes the end @end. */
void hark_path_proof_set (HarkPathProofEnd *end, const HarkPathDescription *description);

/* hark_path_proof_write: ours; both ends are known. */
void hark_path_proof_write (const HarkPathProofs *proofs,
                            HarkPathProofType type,
                            const uint8_t nonce[HARK_PATH_PROOF_NONCE_LEN],
                            uint8_t ret[HARK_PATH_PROOF_LEN]);

/* hark_path_proof_is_for: @proof is one of this path, by its looks; anybody can make it look so. */
bool hark_path_proof_is_for (const HarkPathProofs *proofs,
                             HarkPathProofType type,
                             const uint8_t *proof,
                             size_t len);

/* hark_path_proof_is_good: who wrote @proof, which is for this path, knows both passwords; both
 * ends are known. */
bool hark_path_proof_is_good (const HarkPathProofs *proofs,
                              const uint8_t proof[HARK_PATH_PROOF_LEN]);

/* hark_path_proof_use: counts a good proof once, so that a copy of it opens nothing. False: it was
 * counted before, or there were HARK_PATH_PROOFS_MAX. */
bool hark_path_proof_use (HarkPathProofs *proofs, const uint8_t proof[HARK_PATH_PROOF_LEN]);
