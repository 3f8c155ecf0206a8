/* net/dht/server.h - what we answer to others.
 *
 * Internal to net/dht. Limits: net/PROTOCOL.md "DHT".
 */
#pragma once

#include "net/dht/state.h"

/* hark_dht_serve: answers @query, a datagram of @len bytes from @from, or stays silent. */
void hark_dht_serve (HarkDht *dht, const HarkEndpoint *from, const HarkKrpc *query, size_t len);

/* hark_dht_release_held: answers the questions that wait (see HarkDhtHeld): in full those of the
 * host of @proven (nullable), shortly those whose time is over. */
void hark_dht_release_held (HarkDht *dht, const HarkEndpoint *proven);

/* hark_dht_forward_answer: @message may answer an hk_ring of ours; passes it on to the caller. */
void hark_dht_forward_answer (HarkDht *dht, const HarkEndpoint *from, const HarkKrpc *message);
