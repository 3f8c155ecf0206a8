#include "net/dht/token.h"

#include "net/base/domain.h"
#include "net/base/hash.h"

#include <sodium.h>
#include <string.h>

void
hark_tokens_init (HarkTokens *tokens, HarkRng *rng, HarkTime now)
{
  hark_rng_bytes (rng, tokens->secrets, sizeof tokens->secrets);
  tokens->change = hark_time_add (now, HARK_TOKEN_PERIOD);
}

void
hark_tokens_clear (HarkTokens *tokens)
{
  sodium_memzero (tokens, sizeof *tokens);
}

static void
rotate (HarkTokens *tokens, HarkRng *rng, HarkTime now)
{
  if (now < tokens->change)
    return;
  /* After a long silence neither secret is young enough. */
  if (hark_time_since (now, tokens->change) >= HARK_TOKEN_PERIOD)
    hark_rng_bytes (rng, tokens->secrets[1], sizeof tokens->secrets[1]);
  else
    memcpy (tokens->secrets[1], tokens->secrets[0], sizeof tokens->secrets[1]);
  hark_rng_bytes (rng, tokens->secrets[0], sizeof tokens->secrets[0]);
  tokens->change = hark_time_add (now, HARK_TOKEN_PERIOD);
}

static void
compute (const uint8_t secret[32],
         const HarkEndpoint *from,
         const uint8_t *subject,
         size_t subject_len,
         uint8_t ret[HARK_TOKEN_LEN_WIRE])
{
  uint16_t port = hark_endpoint_scope (from) == HARK_SCOPE_LOOPBACK ? from->port : 0;

  HARK_HASH (ret, HARK_TOKEN_LEN_WIRE, secret, 32, HARK_DOMAIN_DHT_TOKEN, HARK_PART (&from->family),
             HARK_PART (&from->ip), HARK_PART (&port), HARK_PART_BYTES (subject, subject_len));
}

void
hark_tokens_make (HarkTokens *tokens,
                  HarkRng *rng,
                  const HarkEndpoint *from,
                  const uint8_t *subject,
                  size_t subject_len,
                  HarkTime now,
                  uint8_t ret[HARK_TOKEN_LEN_WIRE])
{
  rotate (tokens, rng, now);
  compute (tokens->secrets[0], from, subject, subject_len, ret);
}

bool
hark_tokens_check (HarkTokens *tokens,
                   HarkRng *rng,
                   const HarkEndpoint *from,
                   const uint8_t *subject,
                   size_t subject_len,
                   const uint8_t *token,
                   size_t len,
                   HarkTime now)
{
  uint8_t expected[HARK_TOKEN_LEN_WIRE];

  if (len != HARK_TOKEN_LEN_WIRE)
    return false;
  rotate (tokens, rng, now);
  for (int i = 0; i < 2; i++) {
    compute (tokens->secrets[i], from, subject, subject_len, expected);
    if (sodium_memcmp (expected, token, sizeof expected) == 0)
      return true;
  }
  return false;
}
