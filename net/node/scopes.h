/* net/node/scopes.h - two networks behind one question: the internet's DHT and the local network's.
 *
 * Both are HarkDht on one socket; an address says whose a packet is: private and link-local ones
 * belong to the local scope. Each has a rendezvous of its own; a search asks both and takes what
 * comes first, and what both know of one start of a person becomes one record. Beacons
 * (net/lan/lan.h) tell the local scope of its nodes. Numbers of operations of the two never meet.
 *
 * Pure; inside of a node. Source: net/PROTOCOL.md "Local networks".
 */
#pragma once

#include "net/node/node-private.h"

#define HARK_NODE_FINDS_MAX 64 /* searches at once */

/* hark_node_scopes_init: makes the local scope if the node's configuration asks for it;
 * _add_account: its rendezvous, after the main one, likewise configured; _clear: frees. */
void hark_node_scopes_init (HarkNet *net, HarkTime now);
void hark_node_scopes_add_account (HarkNet *net,
                                   const HarkRendezvousConfig *config,
                                   int64_t wall_ms,
                                   HarkTime now);
void hark_node_scopes_clear (HarkNet *net);

/* hark_node_scopes_dht_for: the scope that @endpoint belongs to; NULL when there is none for it. */
HarkDht *hark_node_scopes_dht_for (const HarkNet *net, const HarkEndpoint *endpoint);

/* hark_node_scopes_dht_of: the scope whose operation this is; may be NULL. */
HarkDht *hark_node_scopes_dht_of (const HarkNet *net, HarkDhtOperation operation);

/* hark_node_scopes_set_hosts: addresses of this machine, with the port of its signalling socket. */
void hark_node_scopes_set_hosts (HarkNet *net, HarkTime now);

/* hark_node_scopes_wall_ms: Unix time in ms, by whichever scope there is; 0 without an account. */
int64_t hark_node_scopes_wall_ms (const HarkNet *net, HarkTime now);

/* hark_node_scopes_can_find: there is a scope to look in. */
bool hark_node_scopes_can_find (const HarkNet *net);

/* hark_node_scopes_has_nodes: whether there is a node in either scope, as last noticed, or was half
 * a minute ago: the only one of a small network misses a query now and then. Without one a search
 * finds nobody, and when the first one comes all contacts are tried (settle.c,
 * hark_node_contacts_lan_grew()). */
bool hark_node_scopes_has_nodes (const HarkNet *net, HarkTime now);

/* hark_node_scopes_find: as hark_rendezvous_find(), in every scope; hark_node_scopes_cancel: no
 * more events of it, 0 is fine. */
uint32_t hark_node_scopes_find (HarkNet *net,
                                const HarkKey *account,
                                const HarkToken *token,
                                const HarkRendezvousKnown *known,
                                bool urgent,
                                HarkTime now);
void hark_node_scopes_cancel (HarkNet *net, uint32_t find);

/* hark_node_scopes_look_again: the local network has grown: a search that runs looks there anew. */
void hark_node_scopes_look_again (HarkNet *net, uint32_t find, HarkTime now);

/* hark_node_scopes_around: up to @max nodes of the local network, other ones each time when there
 * are more; returns how many. */
size_t hark_node_scopes_around (HarkNet *net, HarkEndpoint *ret, size_t max, HarkTime now);

/* hark_node_scopes_poll: the next event of a search; false when there is none for now. */
bool hark_node_scopes_poll (HarkNet *net, HarkRendezvousEvent *ret);

/* hark_node_scopes_handle_lan: what may be a beacon came. */
void hark_node_scopes_handle_lan (HarkNet *net,
                                  const HarkEndpoint *from,
                                  const uint8_t *data,
                                  size_t len,
                                  bool group,
                                  HarkTime now);

/* hark_node_scopes_handle_time: does what is due; true when the local network has grown, and who is
 * looked for should be looked for there. _get_deadline: when to come back. */
bool hark_node_scopes_handle_time (HarkNet *net, HarkTime now);
HarkTime hark_node_scopes_get_deadline (const HarkNet *net);

/* hark_node_scopes_note_status: the local DHT's table changed. */
void hark_node_scopes_note_status (HarkNet *net, HarkTime now);

/* hark_node_scopes_find_interface: fills in the interface of a link-local destination that came
 * without one; false when it is not known. */
bool hark_node_scopes_find_interface (const HarkNet *net, HarkEndpoint *endpoint);
