/* net/node/peers.h - the people of a node: whom to look for, whom to knock at, which link counts.
 *
 * Pure; inside of a node.
 */
#pragma once

#include "net/node/node-private.h"

/* hark_node_peers_handle_found: news of a search. */
void hark_node_peers_handle_found (HarkNet *net, const HarkRendezvousEvent *event, HarkTime now);

/* hark_node_peers_leave_slow: the attempt of @peer goes on by itself, through mailboxes; others are
 * made meanwhile. */
void hark_node_peers_leave_slow (HarkNet *net, HarkPeer *peer, HarkTime now);

/* hark_node_peers_link_up: the session of @link was confirmed. */
void hark_node_peers_link_up (HarkNet *net, HarkLink *link, HarkTime now);

/* hark_node_peers_link_closed: its session was closed by the peer with @code, or died. */
void hark_node_peers_link_closed (HarkNet *net, HarkLink *link, uint64_t code, HarkTime now);

/* hark_node_peers_link_silent: its peer owes an answer, or is heard again. */
void hark_node_peers_link_silent (HarkNet *net, HarkLink *link, bool silent, HarkTime now);

/* hark_node_peers_link_moved: path news of @link. */
void hark_node_peers_link_moved (HarkNet *net, HarkLink *link, HarkTime now);

/* hark_node_peers_settle: after anything that may have moved links: answers rings, starts knocks,
 * buries the dead. */
void hark_node_peers_settle (HarkNet *net, HarkTime now);

/* hark_node_peers_handle_time: searches, knocks and requests that are due; _get_deadline: when the
 * next is. */
void hark_node_peers_handle_time (HarkNet *net, HarkTime now);
HarkTime hark_node_peers_get_deadline (const HarkNet *net);

/* Codes of CONNECTION_CLOSE: net/PROTOCOL.md "Session". */
#define HARK_NET_CODE_LEAVING 1  /* goes offline on purpose */
#define HARK_NET_CODE_REPLACED 2 /* a newer session took over */
#define HARK_NET_CODE_REMOVED 3  /* no contact any more; heard, never sent: silence tells less */
