/* net/node/node.h - the heart of the floor: HarkNet of net/net.h, which joins DHT, rendezvous,
 * links and sessions.
 *
 * Pure. Everything public is in net/net.h; this header only says what the files of a node are:
 *   node.c         doors for the shell, the order in which things are served
 *   node/settle.c  what happened in one part reaches the others
 *   node/commands.c  doors for core: contacts, audiences, the state of the network
 *   node/sessions.c  doors for core: streams and media of sessions
 *   node/peers.c   whom to look for, which link counts
 *   node/rings.c   whom to let in
 *   node/links.c   the tables of peers and links
 *   node/knocks.c  knocks through several contact points
 *   link.c         one attempt: handshake, path, session
 *   node/queue.c   outputs and events that wait
 */
#pragma once

#include "net/net.h"

/* hark_net_set_jumbo: sessions made from now on use large datagrams: loopback, or an explicit
 * choice on a LAN. */
void hark_net_set_jumbo (HarkNet *net, bool jumbo);
