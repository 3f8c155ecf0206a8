/* net/node/mailbox-reader.h - when mailboxes are used: what of our own goes there, what is read.
 *
 * Pure; inside of a node. Stands on node/peers.c and node/rings.c, to which it hands what it finds.
 */
#pragma once

#include "net/node/node-private.h"

/* hark_node_mailbox_reader_take_over: nobody passes the knock of @link on: it goes on by mailbox.
 * False when that is no use, or was tried lately. */
bool hark_node_mailbox_reader_take_over (HarkNet *net, HarkLink *link, HarkTime now);

/* hark_node_mailbox_reader_handle_dht: an event of the DHT; true when it was ours. */
bool hark_node_mailbox_reader_handle_dht (HarkNet *net, const HarkDhtEvent *event, HarkTime now);

/* hark_node_mailbox_reader_handle_time: what is due; _get_deadline: when to come back. */
void hark_node_mailbox_reader_handle_time (HarkNet *net, HarkTime now);
HarkTime hark_node_mailbox_reader_get_deadline (const HarkNet *net);
