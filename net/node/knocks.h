/* net/node/knocks.h - knocks on their way out, through several contact points.
 *
 * Pure; inside of a node. A round is one packet and the points it still goes to.
 */
#pragma once

#include "net/node/node-private.h"

/* hark_node_knocks_send: sends @packet to the points of @record: the first at once, the others 50
 * ms apart; for one of kind AROUND to at most HARK_NET_KNOCK_AROUND_MAX nodes of the local network,
 * 2 ms apart. @index: of the link that gets the answer; 0 for a contact request, which has none. */
void hark_node_knocks_send (HarkNet *net,
                            uint32_t index,
                            const HarkRecord *record,
                            const uint8_t packet[HARK_KNOCK_LEN],
                            HarkTime now);

/* hark_node_knocks_extend: @record names more points at which what runs for link @index may be
 * knocked. False when nothing runs for it. */
bool hark_node_knocks_extend (HarkNet *net, uint32_t index, const HarkRecord *record, HarkTime now);

/* hark_node_knocks_is_busy: so many are on their way that contact points' limits count. */
bool hark_node_knocks_is_busy (const HarkNet *net);

/* hark_node_knocks_enough: link @index has its answer: points not yet knocked at are left alone. */
void hark_node_knocks_enough (HarkNet *net, uint32_t index);

/* hark_node_knocks_cancel: forgets the rounds of link @index. */
void hark_node_knocks_cancel (HarkNet *net, uint32_t index);

/* hark_node_knocks_end: DHT operation @operation is over; the index of the link that it belonged
 * to, or false when it was none of ours. */
bool hark_node_knocks_end (HarkNet *net, HarkDhtOperation operation, uint32_t *ret_index);

/* hark_node_knocks_is_over: every knock of link @index was made, and none waits for an answer. */
bool hark_node_knocks_is_over (const HarkNet *net, uint32_t index);

/* hark_node_knocks_handle_time: knocks at the points that are due; _get_deadline: when the next is.
 */
void hark_node_knocks_handle_time (HarkNet *net, HarkTime now);
HarkTime hark_node_knocks_get_deadline (const HarkNet *net);
