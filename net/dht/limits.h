/* net/dht/limits.h - how much we do for whom.
 *
 * Pure; one thread at a time. A table of fixed size over source addresses (on loopback over address
 * and port): when it is full, the one not heard of for longest is forgotten. An address is proven
 * once it returned something that we sent to it; until then it may be forged, and somebody else
 * pays.
 */
#pragma once

#include "net/base/endpoint.h"
#include "net/base/rng.h"
#include "net/base/token-bucket.h"

#define HARK_LIMITS_SETS 256
#define HARK_LIMITS_WAYS 8

#define HARK_LIMIT_QUERIES_RATE 10 /* a second, per source */
#define HARK_LIMIT_QUERIES_BURST 50
#define HARK_LIMIT_BYTES_RATE 4000 /* of answers, per source */
#define HARK_LIMIT_BYTES_BURST 16000
#define HARK_LIMIT_TOTAL_BYTES_RATE 64000
#define HARK_LIMIT_TOTAL_BYTES_BURST 128000
#define HARK_LIMIT_KNOCKS_RATE 1 /* per source */
#define HARK_LIMIT_KNOCKS_BURST 5
#define HARK_LIMIT_PROVEN (10 * HARK_MINUTE)

typedef struct {
  HarkEndpoint source; /* family 0: unused; port 0 but on loopback */
  HarkTime used;
  HarkTime proven_until; /* 0: never */
  HarkTokenBucket queries;
  HarkTokenBucket bytes;
  HarkTokenBucket knocks;
} HarkLimit;

typedef struct {
  uint8_t key[16]; /* so that nobody can choose whom he displaces */
  HarkTokenBucket total;
  HarkLimit *sources; /* HARK_LIMITS_SETS * HARK_LIMITS_WAYS */
} HarkLimits;

/* hark_limits_init: nobody known; hark_limits_clear: frees the table. */
void hark_limits_init (HarkLimits *limits, HarkRng *rng, HarkTime now);
void hark_limits_clear (HarkLimits *limits);

/* hark_limits_source: the entry of @source, borrowed until the next call. */
HarkLimit *hark_limits_source (HarkLimits *limits, const HarkEndpoint *source, HarkTime now);

/* hark_limits_take_answer: @len bytes may go to @limit's source now. */
bool hark_limits_take_answer (HarkLimits *limits, HarkLimit *limit, size_t len, HarkTime now);
