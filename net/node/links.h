/* net/node/links.h - the tables of a node: its peers, and the links on their way to them or up.
 *
 * Pure; inside of a node. Peers and links are owned by the node, what is returned is borrowed.
 */
#pragma once

#include "net/node/node-private.h"

/* hark_node_links_get_peer: NULL when unknown. */
HarkPeer *hark_node_links_get_peer (HarkNet *net, const HarkKey *account);

/* hark_node_links_add_peer: a fresh one when unknown. */
HarkPeer *hark_node_links_add_peer (HarkNet *net, const HarkKey *account);

/* hark_node_links_session: the session of the link that counts; NULL without one. */
HarkSession *hark_node_links_session (HarkNet *net, const HarkKey *account);

/* hark_node_links_find: by our index; NULL when unknown. */
HarkLink *hark_node_links_find (HarkNet *net, uint32_t index);

/* hark_node_links_fresh_index: not 0, not in use, and random: nobody can count our connections by
 * it. */
uint32_t hark_node_links_fresh_index (HarkNet *net);

/* hark_node_links_stun: peers that answer STUN: IPv4, IPv6; family 0 where there is none. Our own
 * contact points, or until we have some those of @record (nullable), at which we knock anyway, or
 * else any nodes that we know to serve. */
void hark_node_links_stun (HarkNet *net, const HarkRecord *record, HarkEndpoint ret[2]);

/* hark_node_links_opening: a new path number, with places that answer STUN as above; for a restart,
 * hence with nothing gathered ahead. */
HarkLinkOpening hark_node_links_opening (HarkNet *net, const HarkRecord *record);

/* hark_node_links_drop: frees @link without a word and takes it from @peer (nullable). NULL is
 * fine. */
void hark_node_links_drop (HarkNet *net, HarkPeer *peer, HarkLink *link);

/* hark_node_links_drop_attempts: drops every link with @peer but the one that counts. */
void hark_node_links_drop_attempts (HarkNet *net, HarkPeer *peer);

/* hark_node_links_leave_alone: an attempt of @peer goes on by itself, beside a newer one: it comes
 * up or dies in time. NULL is fine. */
void hark_node_links_leave_alone (HarkNet *net, HarkPeer *peer, HarkLink *link);

/* hark_node_links_is_left_behind: @link (nullable) is with a device that its owner has left behind:
 * all it is there for is to tell it so. What leads to the newer one never waits for it. */
bool hark_node_links_is_left_behind (const HarkPeer *peer, const HarkLink *link);

/* hark_node_links_counting: the link that counts, unless its device was left behind; else NULL. */
HarkLink *hark_node_links_counting (const HarkPeer *peer);

/* hark_node_links_is_called: they knocked, and not from a device that they have left behind. */
bool hark_node_links_is_called (const HarkPeer *peer);

/* hark_node_links_is_mending: @peer has shown under the keys of its session that it is there, and a
 * path is being made: a knock, ours or theirs, would only end the session. */
bool hark_node_links_is_mending (const HarkPeer *peer);

/* hark_node_links_close: takes it from @peer; its session says goodbye with @code, then it dies by
 * itself. NULL is fine. */
void
hark_node_links_close (HarkNet *net, HarkPeer *peer, HarkLink *link, uint64_t code, HarkTime now);
