/* net/rendezvous/find.h - searches for the records of others.
 *
 * Internal to net/rendezvous. Source: net/PROTOCOL.md "Slots". A search looks into one slot after
 * the other until something is there.
 */
#pragma once

#include "net/rendezvous/private.h"

void hark_find_free (HarkRendezvousFind *find);

/* hark_find_push: queues @event for hark_rendezvous_poll(). */
void hark_find_push (HarkRendezvous *rendezvous, HarkRendezvousEvent event);

/* hark_find_handle_dht: an event of the DHT; true when it was of a search. */
bool hark_find_handle_dht (HarkRendezvous *rendezvous, const HarkDhtEvent *event, HarkTime now);
