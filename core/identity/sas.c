#include "core/identity/sas.h"

#include "net/base/domain.h"
#include "net/base/hash.h"

#include <sodium.h>
#include <stdio.h>
#include <string.h>

bool
hark_sas_take_try (HarkSasTries *tries, uint64_t call, int64_t now_ms)
{
  const bool old = now_ms - tries->since_ms >= HARK_SAS_TRIES_MS || now_ms < tries->since_ms;

  if (tries->call != call || (call == 0 && old))
    *tries = (HarkSasTries){.call = call, .since_ms = now_ms};
  if (tries->n >= HARK_SAS_TRIES_MAX)
    return false;
  tries->n++;
  return true;
}

static void
commit (const HarkSasPair *pair,
        const uint8_t nonce[HARK_SAS_VALUE_LEN],
        uint8_t ret[HARK_SAS_VALUE_LEN])
{
  HARK_HASH (ret, HARK_SAS_VALUE_LEN, NULL, 0, HARK_DOMAIN_WORDS_COMMIT,
             HARK_PART (&pair->handshake_hash), HARK_PART_BYTES (nonce, HARK_SAS_VALUE_LEN));
}

/* The first 33 bits, eleven for each word. */
static void
show (HarkSas *sas, const uint8_t *other, bool asked)
{
  const HarkSasPair *pair = &sas->pair;
  const HarkKey *asker = asked ? &pair->own : &pair->peer;
  const HarkKey *answerer = asked ? &pair->peer : &pair->own;
  const uint8_t *first = asked ? sas->nonce : other;
  const uint8_t *second = asked ? other : sas->nonce;
  uint8_t hash[32];
  uint64_t bits = 0;

  HARK_HASH (hash, sizeof hash, NULL, 0, HARK_DOMAIN_WORDS, HARK_PART (&pair->handshake_hash),
             HARK_PART (asker), HARK_PART (answerer), HARK_PART_BYTES (first, HARK_SAS_VALUE_LEN),
             HARK_PART_BYTES (second, HARK_SAS_VALUE_LEN));
  for (unsigned i = 0; i < 5; i++)
    bits = bits << 8 | hash[i];
  snprintf (sas->words, sizeof sas->words, "%s %s %s", hark_word_list[bits >> 29 & 0x7FF],
            hark_word_list[bits >> 18 & 0x7FF], hark_word_list[bits >> 7 & 0x7FF]);
  sas->state = HARK_SAS_SHOWN;
}

static void
begin (HarkSas *sas, const HarkSasPair *pair, HarkRng *rng, HarkSasState state)
{
  hark_sas_clear (sas);
  sas->state = state;
  sas->pair = *pair;
  hark_rng_bytes (rng, sas->nonce, sizeof sas->nonce);
}

void
hark_sas_start (HarkSas *sas,
                const HarkSasPair *pair,
                HarkRng *rng,
                uint8_t ret[HARK_SAS_VALUE_LEN])
{
  begin (sas, pair, rng, HARK_SAS_COMMITTED);
  commit (pair, sas->nonce, ret);
}

bool
hark_sas_handle_commitment (HarkSas *sas,
                            const HarkSasPair *pair,
                            const uint8_t commitment[HARK_SAS_VALUE_LEN],
                            HarkRng *rng,
                            uint8_t ret[HARK_SAS_VALUE_LEN])
{
  if (sas->state == HARK_SAS_COMMITTED
      && memcmp (pair->own.bytes, pair->peer.bytes, sizeof pair->own.bytes) < 0)
    return false;
  begin (sas, pair, rng, HARK_SAS_ANSWERED);
  memcpy (sas->commitment, commitment, sizeof sas->commitment);
  memcpy (ret, sas->nonce, HARK_SAS_VALUE_LEN);
  return true;
}

bool
hark_sas_handle_nonce (HarkSas *sas,
                       const uint8_t nonce[HARK_SAS_VALUE_LEN],
                       uint8_t ret[HARK_SAS_VALUE_LEN])
{
  if (sas->state != HARK_SAS_COMMITTED)
    return false;
  show (sas, nonce, true);
  memcpy (ret, sas->nonce, HARK_SAS_VALUE_LEN);
  return true;
}

bool
hark_sas_handle_reveal (HarkSas *sas, const uint8_t nonce[HARK_SAS_VALUE_LEN])
{
  uint8_t commitment[HARK_SAS_VALUE_LEN];

  if (sas->state != HARK_SAS_ANSWERED)
    return false;
  commit (&sas->pair, nonce, commitment);
  if (sodium_memcmp (commitment, sas->commitment, sizeof commitment) != 0) {
    hark_sas_clear (sas);
    return false;
  }
  show (sas, nonce, false);
  return true;
}

void
hark_sas_clear (HarkSas *sas)
{
  sodium_memzero (sas, sizeof *sas);
}
