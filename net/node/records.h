/* net/node/records.h - what we know of where contacts are: by their clock, and after a restart.
 *
 * Pure; inside of a node.
 */
#pragma once

#include "net/node/node-private.h"

/* hark_node_records_theirs_ms: Unix time in ms, as @peer has it: ours, unless the record that was
 * found of him since we started is days off: he signed it, so his clock is. What only he opens
 * (knocks, mailboxes) goes by it. _day: the same in days. */
int64_t hark_node_records_theirs_ms (const HarkNet *net, const HarkPeer *peer, HarkTime now);
uint64_t hark_node_records_theirs_day (const HarkNet *net, const HarkPeer *peer, HarkTime now);

/* hark_node_records_confirmed: the record that we have of @peer, perhaps from before our start, is
 * the newest there is: it is at most two hours old (BEP 44), and his clock is known by it. */
void hark_node_records_confirmed (HarkNet *net, HarkPeer *peer, HarkTime now);

/* hark_node_records_found: @record of @peer was found. */
void hark_node_records_found (HarkNet *net,
                              HarkPeer *peer,
                              const HarkRecord *record,
                              const HarkRendezvousKnown *known,
                              const HarkToken *token,
                              HarkTime now);

/* hark_node_records_save, _restore: hark_net_save_records() and hark_net_restore_records(). */
GBytes *hark_node_records_save (const HarkNet *net);
void hark_node_records_restore (HarkNet *net, GBytes *bytes);
