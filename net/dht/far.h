/* net/dht/far.h - our side of a DHT that is asked over TCP, because UDP is blocked here.
 *
 * Internal to net/dht. Nodes of our own kind answer over TCP as well and look things up for us
 * (hk_get, hk_put); nothing they say is taken on trust. First it has to be noticed: UDP is silent
 * although several were asked; then a node answers over TCP, and the same one still not over UDP.
 * The first answer over UDP ends it: nodes we started from are asked again at least every 30 s
 * (net/dht/dht.h). Source: net/PROTOCOL.md "TCP".
 *
 *   UNKNOWN, WORKS --silence, and TCP passes where UDP does not--> BLOCKED
 *   UNKNOWN, BLOCKED --an answer over UDP--> WORKS
 */
#pragma once

#include "net/dht/rpc.h"

#define HARK_FAR_NODES_MAX 64
#define HARK_FAR_QUERIES_MIN 3               /* unanswered: then silence is suspicious after ... */
#define HARK_FAR_SUSPICION (HARK_SECOND / 2) /* ... this, somebody is asked over TCP, or ... */
#define HARK_FAR_SUSPICION_LATER (1500 * HARK_MS) /* ... this, if UDP worked before */
#define HARK_FAR_SUSPICION_FEW (5 * HARK_SECOND)  /* with fewer queries */
#define HARK_FAR_SILENCE (1500 * HARK_MS)         /* in all, before UDP counts as blocked */
#define HARK_FAR_PARALLEL 2                       /* nodes that are asked the same */
#define HARK_FAR_ASKED_MAX 4                      /* nodes for one question, when some fail */
#define HARK_FAR_PATIENCE (8 * HARK_SECOND)       /* for the other's lookup */

typedef struct HarkFar HarkFar;

/* hark_far_new: (transfer full): knows nobody, has noticed nothing. */
HarkFar *hark_far_new (void);

/* hark_far_free: NULL is fine. */
void hark_far_free (HarkFar *far);

/* hark_far_is_on: UDP is blocked: use the functions below. */
bool hark_far_is_on (const HarkDht *dht);

/* hark_far_get_udp: what was noticed. */
HarkDhtUdp hark_far_get_udp (const HarkDht *dht);

/* hark_far_route: how @node is to be reached: over TCP when UDP is blocked. */
HarkEndpoint hark_far_route (const HarkDht *dht, const HarkEndpoint *node);

/* hark_far_add: a node that perhaps takes TCP; beyond HARK_FAR_NODES_MAX one that failed goes, or
 * nothing happens. Those we started from and helpers need not be told. */
void hark_far_add (HarkDht *dht, const HarkEndpoint *endpoint);

/* hark_far_note_answer: a query was answered by @from. */
void hark_far_note_answer (HarkDht *dht, const HarkEndpoint *from);

/* hark_far_check: the network changed: what was noticed may not hold any more. */
void hark_far_check (HarkDht *dht);

/* hark_far_handle_time: suspicions and verdicts that are due; _get_deadline: when the next is. */
void hark_far_handle_time (HarkDht *dht);
HarkTime hark_far_get_deadline (const HarkDht *dht);

/* hark_far_nodes: up to @max that answer over TCP, in random order; returns how many. */
size_t hark_far_nodes (HarkDht *dht, HarkEndpoint *ret, size_t max);

/* hark_far_count: how many of @family (4 or 6) answer. */
unsigned hark_far_count (const HarkDht *dht, uint8_t family);

/* hark_far_get: as hark_dht_get_mutable(). */
HarkDhtOperation hark_far_get (
  HarkDht *dht, const uint8_t key[32], const uint8_t *salt, size_t salt_len, int64_t seq_known);

/* hark_far_put: as hark_dht_put_mutable(); @item was checked. */
HarkDhtOperation hark_far_put (HarkDht *dht, const HarkDhtItem *item, const int64_t *cas);

/* hark_far_cancel: forgets it; unknown numbers are fine. */
void hark_far_cancel (HarkDht *dht, HarkDhtOperation number);
