/* net/node/mailbox.h - the slow way: packets left in the DHT when no contact point passes them on.
 *
 * Pure; inside of a node. Source: net/PROTOCOL.md "Mailbox". Whoever has no contact point reads
 * what his contacts have left for him; who gets no answer from somebody's points leaves the knock
 * there as well. Answers and signals go the same way back.
 */
#pragma once

#include "net/node/node-private.h"
#include "net/rendezvous/mailbox.h"

#define HARK_NODE_MAILBOX_WAIT (30 * HARK_SECOND) /* for something after something was left */

/* hark_node_mailbox_send: leaves @packet for @peer; a packet that waits there unread is replaced.
 * Not without a secret that both have. What answers something found in a mailbox goes into its
 * counterpart; @previous: anything else belongs to the pairwise secret before. */
void hark_node_mailbox_send (
  HarkNet *net, HarkPeer *peer, const uint8_t packet[HARK_KNOCK_LEN], bool previous, HarkTime now);

/* hark_node_mailbox_leave_request: the same for a contact request, where all holders of the address
 * or invite may leave one; the last one stays. */
void hark_node_mailbox_leave_request (HarkNet *net,
                                      HarkPeer *peer,
                                      const uint8_t packet[HARK_KNOCK_LEN],
                                      HarkTime now);

/* hark_node_mailbox_link_up: @peer is online: attempts that go on by mailbox are over. */
void hark_node_mailbox_link_up (HarkNet *net, HarkPeer *peer);

/* ---- for node/mailbox-reader.c --------------------------------------------------- */

/* hark_node_mailbox_is_shared: we have a secret in common with @peer. */
bool hark_node_mailbox_is_shared (const HarkPeer *peer);

/* hark_node_mailbox_derive: @box from @peer to us, or from us to them; false without a secret. */
bool hark_node_mailbox_derive (
  const HarkNet *net, const HarkPeer *peer, const HarkMailBox *box, bool to_us, HarkMailbox *ret);

#define HARK_NODE_MAILBOXES_MAX 4

/* hark_node_mailbox_list: those in which something of @peer's may lie: today's; within an hour of
 * midnight, or when his clock is days off, another day's; and today's of the secret before, for a
 * crash may have left him behind. Returns how many, at least one. */
unsigned hark_node_mailbox_list (const HarkNet *net,
                                 const HarkPeer *peer,
                                 HarkMailBox ret[HARK_NODE_MAILBOXES_MAX],
                                 HarkTime now);

/* hark_node_mailbox_put_queued: writes what waits, unless a write is running. */
void hark_node_mailbox_put_queued (HarkNet *net, HarkPeer *peer, HarkTime now);
