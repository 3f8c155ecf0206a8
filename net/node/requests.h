/* net/node/requests.h - contact requests of ours.
 *
 * Pure; inside of a node.
 */
#pragma once

#include "net/node/node-private.h"

/* hark_node_requests_send: knocks with the request of @peer where their record says, and leaves it
 * in mailboxes should they have no contact point. */
void hark_node_requests_send (HarkNet *net, HarkPeer *peer, HarkTime now);
