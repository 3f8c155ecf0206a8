/* net/node/contacts.h - what core says of people: who is a contact, who is asked to become one, who
 * is waited for.
 *
 * Pure; inside of a node.
 */
#pragma once

#include "net/node/node-private.h"

/* hark_node_contacts_set_contact, _remove_contact, _try_now,
 * _get_next_try, _request, _cancel_request: the
 * commands of net/net.h. */
void hark_node_contacts_set_contact (HarkNet *net, const HarkNetContact *contact, HarkTime now);
void hark_node_contacts_remove_contact (HarkNet *net, const HarkKey *account, HarkTime now);
void hark_node_contacts_try_now (HarkNet *net, const HarkKey *account, HarkTime now);
HarkTime hark_node_contacts_get_next_try (HarkNet *net, const HarkKey *account);

/* hark_node_contacts_lan_grew: there are more nodes on the local network: who is not online may be
 * among them. */
void hark_node_contacts_lan_grew (HarkNet *net, HarkTime now);

/* hark_node_contacts_try_all: what was tried so far says nothing about now: everybody who is
 * missing is looked for at once. */
void hark_node_contacts_try_all (HarkNet *net, HarkTime now);

void hark_node_contacts_request (HarkNet *net,
                                 const HarkKey *account,
                                 const HarkToken *token,
                                 const HarkNetRequest *request,
                                 HarkTime now);
void hark_node_contacts_cancel_request (HarkNet *net, const HarkKey *account);

/* hark_node_contacts_get_record: hark_net_get_peer_record() of net/net.h. */
void hark_node_contacts_get_record (HarkNet *net, const HarkKey *account, HarkNetPeerRecord *ret);

/* hark_node_contacts_leave: closes every session with HARK_NET_CODE_LEAVING. */
void hark_node_contacts_leave (HarkNet *net, HarkTime now);
