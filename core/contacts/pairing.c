#include "core/contacts/pairing.h"

#include "net/base/domain.h"
#include "net/base/hash.h"

#include <string.h>

/* Names a secret without giving it away. */
static void
make_tag (const HarkSecret *secret, uint8_t ret[HARK_PAIR_TAG_LEN])
{
  HARK_HASH (ret, HARK_PAIR_TAG_LEN, secret->bytes, sizeof secret->bytes, HARK_DOMAIN_PAIR,
             HARK_PART_BYTES ("tag", 3));
}

void
hark_pairing_begin (HarkPairing *pairing,
                    const HarkPairSecrets *secrets,
                    bool initiator,
                    bool by_current,
                    const uint8_t handshake_hash[64],
                    HarkRng *rng,
                    int64_t wall_ms)
{
  hark_pairing_clear (pairing);
  pairing->initiator = initiator;
  pairing->by_current = by_current;
  pairing->begun_ms = wall_ms;
  memcpy (pairing->handshake_hash, handshake_hash, sizeof pairing->handshake_hash);
  hark_rng_bytes (rng, pairing->random, sizeof pairing->random);
  pairing->has_tag = secrets->has_current;
  if (secrets->has_current)
    make_tag (&secrets->current, pairing->tag);
  pairing->wanted = !secrets->has_current
                    || (secrets->made_ms > 0 && wall_ms - secrets->made_ms > HARK_PAIR_AGE_MAX_MS);
}

void
hark_pairing_clear (HarkPairing *pairing)
{
  sodium_memzero (pairing, sizeof *pairing);
}

static bool
tag_is_of (const uint8_t *tag, const HarkSecret *secret)
{
  uint8_t own[HARK_PAIR_TAG_LEN];

  make_tag (secret, own);
  return tag != NULL && sodium_memcmp (tag, own, sizeof own) == 0;
}

/* The session was keyed by our other secret, which is the one they use: use it as well. Without
 * this a secret that both know could be overwritten by the new one. */
static bool
adopt_theirs (const HarkPairing *pairing, HarkPairSecrets *secrets, const uint8_t *tag)
{
  HarkPairSecrets before;

  if (pairing->by_current || !secrets->has_other || !tag_is_of (tag, &secrets->other))
    return false;
  before = *secrets;
  secrets->current = before.other;
  secrets->other = before.current;
  secrets->has_current = true;
  secrets->has_other = before.has_current;
  sodium_memzero (&before, sizeof before);
  return true;
}

/* A session ended between the two steps of the first secret: it is on our disk, maybe on theirs,
 * and a backup of either may hold it alone. So it goes to the place of the one in use, which is
 * free. */
static void
keep_earlier (const HarkPairing *pairing, HarkPairSecrets *secrets)
{
  if (secrets->has_current || !secrets->has_other)
    return;
  secrets->current = secrets->other;
  secrets->has_current = true;
  secrets->made_ms = pairing->begun_ms;
}

bool
hark_pairing_handle_hello (HarkPairing *pairing,
                           HarkPairSecrets *secrets,
                           const uint8_t random[HARK_PAIR_RANDOM_LEN],
                           const uint8_t *tag,
                           bool wanted)
{
  const uint8_t *first = pairing->initiator ? pairing->random : random;
  const uint8_t *second = pairing->initiator ? random : pairing->random;
  bool agreed
    = pairing->has_tag && tag != NULL && sodium_memcmp (tag, pairing->tag, HARK_PAIR_TAG_LEN) == 0;

  if (pairing->said_hello)
    return false;
  pairing->said_hello = true;
  if (agreed && !wanted && !pairing->wanted)
    return false; /* the other one stays until the next renewal: a backup may hold it alone */

  if (!adopt_theirs (pairing, secrets, tag))
    keep_earlier (pairing, secrets);
  pairing->making = true;
  secrets->has_other = true;
  HARK_HASH (secrets->other.bytes, sizeof secrets->other.bytes, NULL, 0, HARK_DOMAIN_PAIR,
             HARK_PART_BYTES (first, HARK_PAIR_RANDOM_LEN),
             HARK_PART_BYTES (second, HARK_PAIR_RANDOM_LEN), HARK_PART (&pairing->handshake_hash));
  return true;
}

bool
hark_pairing_handle_stored (HarkPairing *pairing)
{
  if (!pairing->making || pairing->stored)
    return false;
  pairing->stored = true;
  return true;
}

bool
hark_pairing_advance (HarkPairing *pairing,
                      HarkPairSecrets *secrets,
                      bool peer_stored,
                      int64_t wall_ms)
{
  HarkSecret before = secrets->current;
  bool had = secrets->has_current;

  pairing->peer_stored |= peer_stored && pairing->making;
  if (!pairing->making || !pairing->stored || !pairing->peer_stored) {
    hark_secret_clear (&before);
    return false;
  }
  pairing->making = false;
  secrets->current = secrets->other;
  secrets->other = before;
  secrets->has_current = true;
  secrets->has_other = had;
  secrets->made_ms = wall_ms;
  hark_secret_clear (&before);
  return true;
}

void
hark_pair_reach (const HarkSecret *pairwise, const HarkKey *whose, HarkToken *ret)
{
  HARK_HASH (ret->bytes, sizeof ret->bytes, pairwise->bytes, sizeof pairwise->bytes,
             HARK_DOMAIN_REACH, HARK_PART (whose));
}
