/* net/path/stun.h - answers STUN Binding requests, so that peers need no STUN server.
 *
 * Pure; one thread at a time. Source: RFC 5389 (magic cookie, XOR-MAPPED-ADDRESS) and classic RFC
 * 3489 (no cookie, MAPPED-ADDRESS), which libnice uses to learn its reflexive address. Nothing is
 * authenticated: an answer only repeats the sender's address. It is never longer than the request
 * and 24 bytes, and sources are limited: net/PROTOCOL.md "DHT", limits.
 */
#pragma once

#include "net/base/endpoint.h"
#include "net/base/rng.h"
#include "net/base/token-bucket.h"

#include <glib.h>

#define HARK_STUN_REQUEST_LEN_MAX 128 /* bytes; longer ones are no plain Binding request */
#define HARK_STUN_RESPONSE_LEN_MAX 44
#define HARK_STUN_SOURCE_RATE 20 /* answers a second, per address */
/* at once: who has many contacts and moves makes all paths anew */
#define HARK_STUN_SOURCE_BURST 128
#define HARK_STUN_TOTAL_RATE 200
#define HARK_STUN_SETS 64
#define HARK_STUN_WAYS 4

/* hark_stun_is_request: a Binding request that hark_stun_respond() would answer. */
bool hark_stun_is_request (const uint8_t *packet, size_t len);

/* hark_stun_respond: the answer to @packet from @from; returns its length, 0: none. Requests that
 * demand understanding of an attribute (comprehension-required, RFC 5389 section 15) beside those
 * of a plain Binding get none. */
size_t hark_stun_respond (const uint8_t *packet,
                          size_t len,
                          const HarkEndpoint *from,
                          uint8_t ret[HARK_STUN_RESPONSE_LEN_MAX]);

/* hark_stun_parse_mapped: the address that a Binding response reports: XOR-MAPPED-ADDRESS, else
 * MAPPED-ADDRESS. @ret is untouched on failure. Checks no integrity. */
bool hark_stun_parse_mapped (const uint8_t *packet, size_t len, HarkEndpoint *ret);

typedef struct {
  HarkEndpoint source; /* family 0: unused; port 0 */
  HarkTime used;
  HarkTokenBucket bucket;
} HarkStunSource;

/* Who asked how often; a table of fixed size, the longest silent is forgotten first. */
typedef struct {
  uint8_t key[16];
  HarkTokenBucket total;
  HarkStunSource sources[HARK_STUN_SETS * HARK_STUN_WAYS];
} HarkStunLimits;

/* hark_stun_limits_init: nobody known; embedded: nothing to free. */
void hark_stun_limits_init (HarkStunLimits *limits, HarkRng *rng, HarkTime now);

/* hark_stun_limits_take: @from may be answered now. */
bool hark_stun_limits_take (HarkStunLimits *limits, const HarkEndpoint *from, HarkTime now);
