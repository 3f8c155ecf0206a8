/* net/rendezvous/helpers.h - public Hark nodes: finding them, knowing some, being one.
 *
 * Pure; one thread at a time; drives a HarkDht that it borrows. Source: net/PROTOCOL.md "Helpers".
 * Who serves announces himself on one of sixteen infohashes; who needs nodes asks two of them, and
 * later the nodes he knows (hk_more). Clients never announce.
 *
 * At most HARK_HELPERS_KNOWN nodes that answered hk_more are kept, the ones heard of last, and
 * HARK_HELPERS_UNTRIED addresses to which nothing was sent yet; at most HARK_HELPERS_ASKED of those
 * are asked in one search.
 */
#pragma once

#include "net/dht/dht.h"

#define HARK_HELPERS_HASHES 16
#define HARK_HELPERS_KNOWN 64
#define HARK_HELPERS_UNTRIED 64
#define HARK_HELPERS_ASKED 30

typedef struct HarkHelpers HarkHelpers;

/* hark_helpers_new: @dht is borrowed, @rng forked, @network: (nullable): id of a closed network, 32
 * bytes. (transfer full), never NULL; sends nothing before it is told that nodes are needed or that
 * we serve. */
HarkHelpers *hark_helpers_new (HarkDht *dht, HarkRng *rng, const uint8_t *network, HarkTime now);
void hark_helpers_free (HarkHelpers *helpers);

/* hark_helpers_hash: the infohash of number @i, below HARK_HELPERS_HASHES. */
void hark_helpers_hash (const uint8_t *network, unsigned i, uint8_t ret[20]);

/* hark_helpers_offer: @endpoint may be a Hark node: one of those saved last time, say. It is asked
 * when nodes are needed. */
void hark_helpers_offer (HarkHelpers *helpers, const HarkEndpoint *endpoint, HarkTime now);

/* hark_helpers_set_needed: nodes are needed, or no longer. Searches come at once, then after 30 s,
 * 1, 2 ... 20 minutes. */
void hark_helpers_set_needed (HarkHelpers *helpers, bool needed, HarkTime now);

/* hark_helpers_set_serving: others can reach us at @port, and may be told so: announced every 20
 * minutes. 0: no longer. */
void hark_helpers_set_serving (HarkHelpers *helpers, uint16_t port, HarkTime now);

/* hark_helpers_list: up to @max nodes of @family (4, 6, 0: any) that answered, near ones (under 200
 * ms) first, in random order otherwise; returns how many. */
size_t hark_helpers_list (HarkHelpers *helpers, uint8_t family, HarkEndpoint *ret, size_t max);

/* hark_helpers_take_untried: an address of @family to which nothing was sent of late; it is not
 * asked by us any more. False when there is none. */
bool hark_helpers_take_untried (HarkHelpers *helpers, uint8_t family, HarkEndpoint *ret);

/* hark_helpers_handle_dht: an event of the DHT; true when it was ours. */
bool hark_helpers_handle_dht (HarkHelpers *helpers, const HarkDhtEvent *event, HarkTime now);

/* hark_helpers_handle_time: what is due; _get_deadline: when to come back. */
void hark_helpers_handle_time (HarkHelpers *helpers, HarkTime now);
HarkTime hark_helpers_get_deadline (const HarkHelpers *helpers);
