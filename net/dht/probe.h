/* net/dht/probe.h - nodes of our own kind: who are others, and can we be reached?
 *
 * Internal to net/dht. Source: net/PROTOCOL.md "DHT", hk_probe and hk_more. Nothing sent here is
 * longer than what caused it, but for hk_more, which keeps to the rule for unproven addresses.
 */
#pragma once

#include "net/dht/rpc.h"

#define HARK_DHT_MORE_MAX 8 /* endpoints in one answer to hk_more */

/* hark_dht_probe_pass_on: @from asks us (@query, a datagram of @len bytes) to have another node
 * send him a packet: passes that on, with @from as we see it. False when he may not: @limit is his;
 * one a minute for each address, HARK_LIMIT_PROBES_TOTAL_RATE a second for all. */
bool hark_dht_probe_pass_on (
  HarkDht *dht, const HarkEndpoint *from, const HarkKrpc *query, size_t len, HarkLimit *limit);

/* hark_dht_probe_back: @from asks us to send a packet to a node that he names: one ping, within the
 * same limits for him and for the address he names; else nothing. */
void hark_dht_probe_back (HarkDht *dht,
                          const HarkEndpoint *from,
                          const HarkKrpc *query,
                          HarkLimit *limit);

/* hark_dht_choose_helpers: a random choice of our helpers for @from, of the families he wants. */
size_t hark_dht_choose_helpers (HarkDht *dht,
                                const HarkEndpoint *from,
                                const HarkKrpc *query,
                                HarkEndpoint ret[HARK_DHT_MORE_MAX]);
