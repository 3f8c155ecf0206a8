#include "net/io/path-proof.h"

#include "net/base/domain.h"
#include "net/base/hash.h"

#include <sodium.h>
#include <string.h>

#define VERSION 1
#define MAC_LEN 32
#define UFRAG_AT 4
#define NONCE_AT HARK_PATH_PROOF_NONCE_AT
#define NONCE_LEN HARK_PATH_PROOF_NONCE_LEN
#define MAC_AT (NONCE_AT + NONCE_LEN)

G_STATIC_ASSERT (UFRAG_AT + HARK_UFRAG_LEN == NONCE_AT);
G_STATIC_ASSERT (MAC_AT + MAC_LEN == HARK_PATH_PROOF_LEN);

void
hark_path_proof_set (HarkPathProofEnd *end, const HarkPathDescription *description)
{
  memcpy (end->ufrag, description->ufrag, sizeof end->ufrag);
  memcpy (end->password, description->password, sizeof end->password);
}

/* What whoever proves himself knows: both passwords, his own last. */
static void
make_mac (const HarkPathProofEnd *from,
          const HarkPathProofEnd *to,
          const uint8_t *proof,
          uint8_t ret[MAC_LEN])
{
  uint8_t key[2 * HARK_PASSWORD_LEN];

  memcpy (key, to->password, HARK_PASSWORD_LEN);
  memcpy (key + HARK_PASSWORD_LEN, from->password, HARK_PASSWORD_LEN);
  HARK_HASH (ret, MAC_LEN, key, sizeof key, HARK_DOMAIN_PATH_TCP, HARK_PART_BYTES (proof, MAC_AT),
             HARK_PART_BYTES (from->ufrag, HARK_UFRAG_LEN));
  sodium_memzero (key, sizeof key);
}

void
hark_path_proof_write (const HarkPathProofs *proofs,
                       HarkPathProofType type,
                       const uint8_t nonce[NONCE_LEN],
                       uint8_t ret[HARK_PATH_PROOF_LEN])
{
  memset (ret, 0, HARK_PATH_PROOF_LEN);
  ret[0] = (uint8_t) type;
  ret[1] = VERSION;
  memcpy (ret + UFRAG_AT, proofs->remote.ufrag, HARK_UFRAG_LEN);
  memcpy (ret + NONCE_AT, nonce, NONCE_LEN);
  make_mac (&proofs->local, &proofs->remote, ret, ret + MAC_AT);
}

bool
hark_path_proof_is_for (const HarkPathProofs *proofs,
                        HarkPathProofType type,
                        const uint8_t *proof,
                        size_t len)
{
  return len == HARK_PATH_PROOF_LEN && proof[0] == type && proof[1] == VERSION && proof[2] == 0
         && proof[3] == 0 && proofs->local.ufrag[0]
         && memcmp (proof + UFRAG_AT, proofs->local.ufrag, HARK_UFRAG_LEN) == 0;
}

bool
hark_path_proof_is_good (const HarkPathProofs *proofs, const uint8_t proof[HARK_PATH_PROOF_LEN])
{
  uint8_t mac[MAC_LEN];

  make_mac (&proofs->remote, &proofs->local, proof, mac);
  return sodium_memcmp (mac, proof + MAC_AT, MAC_LEN) == 0;
}

bool
hark_path_proof_use (HarkPathProofs *proofs, const uint8_t proof[HARK_PATH_PROOF_LEN])
{
  for (unsigned i = 0; i < proofs->n_nonces; i++)
    if (memcmp (proofs->nonces[i], proof + NONCE_AT, NONCE_LEN) == 0)
      return false;
  if (proofs->n_nonces == HARK_PATH_PROOFS_MAX)
    return false;
  memcpy (proofs->nonces[proofs->n_nonces++], proof + NONCE_AT, NONCE_LEN);
  return true;
}
