/* net/dht/limits.h - how much we do for whom.
 *
 * Pure; one thread at a time. A table over addresses (on loopback over address and port) that grows
 * to a fixed size: while it is smaller nobody is forgotten who was heard of within a minute or is
 * proven; later the one not heard of for longest is, proven ones last. An
 * address is proven once it returned something that we sent to it; until then it may be forged, and
 * somebody else pays.
 *
 * It also paces what we send: libtorrent shuts out for 5 minutes who sends 50 packets in 10 s.
 */
#pragma once

#include "net/base/endpoint.h"
#include "net/base/rng.h"
#include "net/base/token-bucket.h"

#define HARK_LIMITS_SETS 256     /* at most */
#define HARK_LIMITS_SETS_FIRST 4 /* few addresses talk to most nodes */
#define HARK_LIMITS_RECENT HARK_MINUTE
#define HARK_LIMITS_WAYS 8

#define HARK_LIMIT_QUERIES_RATE 10 /* a second, per source */
#define HARK_LIMIT_QUERIES_BURST 50
#define HARK_LIMIT_BYTES_RATE 4000 /* of answers, per source */
#define HARK_LIMIT_BYTES_BURST 16000
#define HARK_LIMIT_TOTAL_BYTES_RATE 64000
#define HARK_LIMIT_TOTAL_BYTES_BURST 128000
#define HARK_LIMIT_KNOCKS_RATE 8 /* per source, to all handles */
#define HARK_LIMIT_KNOCKS_BURST 128
#define HARK_LIMIT_PROBES_BURST 1 /* hk_probe, per source and per target */
#define HARK_LIMIT_PROBES_RATE (1 / 60.0)
#define HARK_LIMIT_PROBES_TOTAL_RATE 1
#define HARK_LIMIT_PROBES_TOTAL_BURST 5
#define HARK_LIMIT_PROVEN (10 * HARK_MINUTE)

/* Queries of ours to one public address: 12 at once, 47 in any 10 s. */
#define HARK_PACE_EVERY (280 * HARK_MS)
#define HARK_PACE_BURST 12
/* To nodes of our own kind and in local networks: within what we answer ourselves. */
#define HARK_PACE_EVERY_OWN (110 * HARK_MS)
#define HARK_PACE_BURST_OWN 40
#define HARK_PACE_WAIT_MAX (2 * HARK_SECOND) /* a query that had to wait longer is not sent */

typedef struct {
  HarkEndpoint source; /* family 0: unused; port 0 but on loopback */
  HarkTime used;
  HarkTime proven_until; /* 0: never */
  HarkTime heard;        /* the last message from there, of any kind; 0: never */
  HarkTime paced;        /* when everything we sent so far would be over at an even pace */
  HarkTokenBucket queries;
  HarkTokenBucket bytes;
  HarkTokenBucket knocks;
  HarkTokenBucket probes;
} HarkLimit;

typedef struct {
  uint8_t key[16]; /* so that nobody can choose whom he displaces */
  HarkTokenBucket total;
  HarkTokenBucket probes; /* of everybody */
  unsigned n_sets;        /* a power of two */
  HarkLimit *sources;     /* n_sets * HARK_LIMITS_WAYS */
} HarkLimits;

/* hark_limits_init: nobody known; hark_limits_clear: frees the table. */
void hark_limits_init (HarkLimits *limits, HarkRng *rng, HarkTime now);
void hark_limits_clear (HarkLimits *limits);

/* hark_limits_source: the entry of @source, borrowed until the next call. */
HarkLimit *hark_limits_source (HarkLimits *limits, const HarkEndpoint *source, HarkTime now);

/* hark_limits_take_answer: @len bytes may go to @limit's source now. */
bool hark_limits_take_answer (HarkLimits *limits, HarkLimit *limit, size_t len, HarkTime now);

/* hark_limits_pace: how long a query to @limit's address has to wait; HARK_TIME_NEVER: longer than
 * HARK_PACE_WAIT_MAX, it may not be sent. Any other answer counts it as sent. @own_kind: see above.
 */
HarkTime hark_limits_pace (HarkLimit *limit, bool own_kind, HarkTime now);
