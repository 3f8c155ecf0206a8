/* net/dht/token.h - write tokens: proof that somebody receives what is sent to his address (BEP 5).
 *
 * Pure; one thread at a time. A token is bound to the address (not the port, except on loopback,
 * where ports are hosts), and to what it is for. Two secrets, changed every 5 minutes: good for 5
 * to 10 minutes.
 */
#pragma once

#include "net/base/endpoint.h"
#include "net/base/rng.h"
#include "net/base/time.h"

#define HARK_TOKEN_LEN_WIRE 8
#define HARK_TOKEN_PERIOD (5 * HARK_MINUTE)

typedef struct {
  uint8_t secrets[2][32]; /* now, before */
  HarkTime change;        /* when the next secret is due */
} HarkTokens;

/* hark_tokens_init: fresh secrets. */
void hark_tokens_init (HarkTokens *tokens, HarkRng *rng, HarkTime now);

/* hark_tokens_clear: wipes. */
void hark_tokens_clear (HarkTokens *tokens);

/* hark_tokens_make: for @from to use on @subject (a target, info hash or handle). */
void hark_tokens_make (HarkTokens *tokens,
                       HarkRng *rng,
                       const HarkEndpoint *from,
                       const uint8_t *subject,
                       size_t subject_len,
                       HarkTime now,
                       uint8_t ret[HARK_TOKEN_LEN_WIRE]);

/* hark_tokens_check: in constant time. */
bool hark_tokens_check (HarkTokens *tokens,
                        HarkRng *rng,
                        const HarkEndpoint *from,
                        const uint8_t *subject,
                        size_t subject_len,
                        const uint8_t *token,
                        size_t len,
                        HarkTime now);
