/* net/node/public.h - whether others can reach this node, and what follows: serving them, and
 * telling contacts where it is.
 *
 * Pure; inside of a node.
 */
#pragma once

#include "net/node/node-private.h"

/* hark_node_public_init: after the DHT was made, before the rendezvous; nothing without a DHT.
 * hark_node_public_clear: before the DHT goes. */
void hark_node_public_init (HarkNet *net, HarkTime now);
void hark_node_public_clear (HarkNet *net);

/* hark_node_public_update: the addresses of this machine, the router's mapping or how others see us
 * may have changed. */
void hark_node_public_update (HarkNet *net, HarkTime now);

/* hark_node_public_handle_dht: an event of the DHT; true when it was for nobody else. */
bool hark_node_public_handle_dht (HarkNet *net, const HarkDhtEvent *event, HarkTime now);

/* hark_node_public_handle_time: what is due; _get_deadline: when to come back. */
void hark_node_public_handle_time (HarkNet *net, HarkTime now);
HarkTime hark_node_public_get_deadline (const HarkNet *net);

/* hark_node_public_moved: our address is another one: nothing is known any more. */
void hark_node_public_moved (HarkNet *net, HarkTime now);

/* hark_node_public_good_nodes: as hark_net_good_nodes(): nodes of our own kind first. */
size_t hark_node_public_good_nodes (const HarkNet *net, HarkEndpoint *ret, size_t max);
