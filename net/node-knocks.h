/* net/node-knocks.h - knocks on their way out, through several contact points.
 */
#pragma once

#include "net/node-private.h"

/* hark_node_knocks_send: sends @packet to the points of @record: the first at once, the others 50
 * ms apart. @index: of the link that gets the answer; 0 for a contact request, which has none. */
void hark_node_knocks_send (HarkNet *net,
                            uint32_t index,
                            const HarkRecord *record,
                            const uint8_t packet[HARK_KNOCK_LEN],
                            HarkTime now);

/* hark_node_knocks_cancel: forgets the rounds of link @index. */
void hark_node_knocks_cancel (HarkNet *net, uint32_t index);

/* hark_node_knocks_find: the link index that DHT operation @operation belongs to; false when none.
 * @over: the operation ended. */
bool
hark_node_knocks_find (HarkNet *net, HarkDhtOperation operation, bool over, uint32_t *ret_index);

void hark_node_knocks_handle_time (HarkNet *net, HarkTime now);
HarkTime hark_node_knocks_get_deadline (const HarkNet *net);
