/* net/node/relays.h - packets of links that have no path of their own go through contacts, and
 * those of contacts through us.
 *
 * A link that cannot be joined, or lost its path, asks contacts who are online
 * (net/relay/client.h). What matches becomes a path of the link with a number that shells never see
 * (HARK_NODE_RELAY_PATH): its outputs are taken here, wrapped into frames and sent in the session
 * with the relay; what comes back enters the link by the same number.
 *
 * Pure; inside of a node.
 */
#pragma once

#include "net/node/node-private.h"

#define HARK_NODE_RELAY_PATH 0x80000000u /* set in the numbers of relayed paths */

/* hark_node_relays_init, _clear: for nodes with an account; without one nothing below does
 * anything. */
void hark_node_relays_init (HarkNet *net);
void hark_node_relays_clear (HarkNet *net);

/* hark_node_relays_set: the command of net/net.h. */
void hark_node_relays_set (HarkNet *net, bool on, uint32_t rate, HarkTime now);

/* hark_node_relays_review: for whom we relay has changed. */
void hark_node_relays_review (HarkNet *net, HarkTime now);

/* hark_node_relays_is_hard: as in HarkPathDescription, of this end. */
bool hark_node_relays_is_hard (const HarkNet *net);

/* hark_node_relays_handle_packet: @packet came over @link and starts with
 * HARK_SESSION_RELAY_FIRST. */
void hark_node_relays_handle_packet (
  HarkNet *net, HarkLink *link, const uint8_t *packet, size_t len, HarkTime now);

/* hark_node_relays_handle_frame: MATCHED, GONE or DATA by the relay @from. */
void hark_node_relays_handle_frame (HarkNet *net,
                                    const HarkKey *from,
                                    const HarkRelayFrame *frame,
                                    HarkTime now);

/* hark_node_relays_take: true when @output was for a relayed path: what becomes of it is in the
 * queue. */
bool hark_node_relays_take (HarkNet *net, const HarkNetOutput *output, HarkTime now);

/* hark_node_relays_settle: after anything that may have moved links, or when time has come; frees
 * no link. _get_deadline: when to come back. */
void hark_node_relays_settle (HarkNet *net, HarkTime now);
HarkTime hark_node_relays_get_deadline (const HarkNet *net);

/* hark_node_relays_get_status: what is carried for others. */
void hark_node_relays_get_status (const HarkNet *net, HarkNetStatus *ret);
