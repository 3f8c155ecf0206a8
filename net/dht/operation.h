/* net/dht/operation.h - gets, puts, peer searches and walks to fill the tables.
 *
 * Internal to net/dht. Every operation walks both families at once, each with a lookup of its own.
 */
#pragma once

#include "net/dht/rpc.h"

/* hark_dht_operation_free: for the table of operations. */
void hark_dht_operation_free (gpointer operation);

/* hark_dht_walk: a lookup for @target without events: fills the tables on its way. */
void hark_dht_walk (HarkDht *dht, const HarkNodeId *target);

/* hark_dht_accept_node: a node that @teller names may be asked: neither ourselves nor, told by
 * somebody public, on a network of our own. */
bool hark_dht_accept_node (HarkDht *dht,
                           const HarkEndpoint *teller,
                           const HarkNodeId *id,
                           const HarkEndpoint *node);

/* hark_dht_meet: @teller, from whom we began, named nodes that are near to us: those our tables
 * have room for are asked whether they are there, and operations that began with next to nobody go
 * on with them. */
void hark_dht_meet (HarkDht *dht, const HarkEndpoint *teller, const HarkKrpc *answer);

/* hark_dht_want: asks for both families when we live in both. */
void hark_dht_want (const HarkDht *dht, HarkKrpc *query);

/* hark_dht_cancel_operation: forgets it; unknown numbers are fine. */
void hark_dht_cancel_operation (HarkDht *dht, HarkDhtOperation number);
