/* net/node/relay-nodes.h - relay nodes: those of ours and of contacts as a way for links without a
 * path, and being one.
 *
 * To net/relay/client.h a channel through a relay node is one more relay, there for one link alone;
 * node/relays.c asks here before it looks for a contact with that key.
 *
 * Pure; inside of a node.
 */
#pragma once

#include "net/node/node-private.h"

void hark_node_relay_nodes_init (HarkNet *net, HarkTime now);
void hark_node_relay_nodes_clear (HarkNet *net);

/* hark_node_relay_nodes_describe: adds to our end of a path of @link what our relay nodes offer for
 * it. */
void hark_node_relay_nodes_describe (HarkNet *net,
                                     const HarkLink *link,
                                     HarkPathDescription *description,
                                     HarkTime now);

/* hark_node_relay_nodes_take_offers: of the other end of a path of @link. */
void hark_node_relay_nodes_take_offers (HarkNet *net,
                                        const HarkLink *link,
                                        const HarkPathDescription *remote,
                                        HarkTime now);

/* hark_node_relay_nodes_is_one: @relay is a channel through a relay node, not an account. */
bool hark_node_relay_nodes_is_one (const HarkNet *net, const HarkKey *relay);

/* hark_node_relay_nodes_shown: who carries packets through @relay, as HarkPathInfo tells it. */
HarkKey hark_node_relay_nodes_shown (const HarkNet *net, const HarkKey *relay);

/* hark_node_relay_nodes_say: a frame of the client's for @relay. */
void hark_node_relay_nodes_say (
  HarkNet *net, const HarkKey *relay, const uint8_t *frame, size_t len, HarkTime now);

/* hark_node_relay_nodes_send: one packet through @relay. */
void
hark_node_relay_nodes_send (HarkNet *net, const HarkKey *relay, const uint8_t *packet, size_t len);

/* hark_node_relay_nodes_handle: @data, which starts with HARK_RELAY_HOST_FIRST, came from @from.
 * True: @ret (borrows from @data) is by @ret_relay, for hark_node_relays_handle_frame(). */
bool hark_node_relay_nodes_handle (HarkNet *net,
                                   const HarkEndpoint *from,
                                   const uint8_t *data,
                                   size_t len,
                                   HarkTime now,
                                   HarkKey *ret_relay,
                                   HarkRelayFrame *ret);

/* hark_node_relay_nodes_settle: sends what is due; _get_deadline: when to come back. */
void hark_node_relay_nodes_settle (HarkNet *net, HarkTime now);
HarkTime hark_node_relay_nodes_get_deadline (const HarkNet *net);
