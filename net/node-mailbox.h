/* net/node-mailbox.h - the slow way: packets left in the DHT when no contact point passes them on.
 *
 * Pure; inside of a node. Source: net/PROTOCOL.md "Mailbox". Whoever has no contact point reads
 * what his contacts have left for him; who gets no answer from somebody's points leaves the knock
 * there as well. Answers and signals go the same way back.
 */
#pragma once

#include "net/node-private.h"

/* hark_node_mailbox_send: leaves @packet for @peer; a packet that waits there unread is replaced.
 * Not without a secret that both have. */
void hark_node_mailbox_send (HarkNet *net,
                             HarkPeer *peer,
                             const uint8_t packet[HARK_KNOCK_LEN],
                             HarkTime now);

/* hark_node_mailbox_leave_request: the same for a contact request, where all holders of the address
 * or invite may leave one; the last one stays. */
void hark_node_mailbox_leave_request (HarkNet *net,
                                      HarkPeer *peer,
                                      const uint8_t packet[HARK_KNOCK_LEN],
                                      HarkTime now);

/* hark_node_mailbox_take_over: nobody passes the knock of @link on: it goes on by mailbox. False
 * when that is no use, or was tried lately. */
bool hark_node_mailbox_take_over (HarkNet *net, HarkLink *link, HarkTime now);

/* hark_node_mailbox_link_up: @peer is online: attempts that go on by mailbox are over. */
void hark_node_mailbox_link_up (HarkNet *net, HarkPeer *peer);

/* hark_node_mailbox_handle_dht: an event of the DHT; true when it was ours. */
bool hark_node_mailbox_handle_dht (HarkNet *net, const HarkDhtEvent *event, HarkTime now);

/* hark_node_mailbox_handle_time: reads and writes what is due; _get_deadline: when to come back. */
void hark_node_mailbox_handle_time (HarkNet *net, HarkTime now);
HarkTime hark_node_mailbox_get_deadline (const HarkNet *net);
