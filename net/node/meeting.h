/* net/node/meeting.h - two who know the same few words leave packets for each other.
 *
 * Pure; inside of a node. Each writes one packet, which a newer one replaces, and reads the
 * other's: in the local network's DHT and in the internet's, whichever there is, under keys that
 * come from the words. Nothing here is proof of anything: whoever guesses the words can read and
 * write. Source: net/PROTOCOL.md "Meeting". One meeting at a time.
 */
#pragma once

#include "net/node/node-private.h"

/* hark_node_meeting_clear: forgets it; wipes. */
void hark_node_meeting_clear (HarkNet *net);

/* hark_node_meeting_handle_dht: an event of @dht; true when it was ours. */
bool hark_node_meeting_handle_dht (HarkNet *net,
                                   const HarkDht *dht,
                                   const HarkDhtEvent *event,
                                   HarkTime now);

/* hark_node_meeting_handle_time: writes and reads that are due; _get_deadline: when to come back.
 */
void hark_node_meeting_handle_time (HarkNet *net, HarkTime now);
HarkTime hark_node_meeting_get_deadline (const HarkNet *net);
