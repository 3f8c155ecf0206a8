/* net/rendezvous/days.h - which time it is, and in which slots that means to look.
 *
 * Internal to net/rendezvous. Source: net/PROTOCOL.md "Slots". Our own clock counts, unless it is
 * certainly wrong (net/rendezvous/clock.h). When others only say that it is, what is done by our
 * clock is done by theirs as well: then a wrong clock does no harm, nor do those who lie about it.
 */
#pragma once

#include "net/rendezvous/blind.h"
#include "net/rendezvous/private.h"

#define HARK_DAYS_EDGE_S 3600 /* this near to a boundary both epochs count */

/* hark_days_own_ms: Unix time in ms by our own clock. */
int64_t hark_days_own_ms (const HarkRendezvous *rendezvous, HarkTime now);

/* hark_days_now_s: hark_rendezvous_wall_ms() in seconds; clocks before 1970 count as 1970. */
uint64_t hark_days_now_s (const HarkRendezvous *rendezvous, HarkTime now);

/* hark_days_other_s: the time by others' clocks, when they say that ours is off. */
bool hark_days_other_s (const HarkRendezvous *rendezvous, HarkTime now, uint64_t *ret);

/* hark_days_near: the neighbour of @epoch that counts as well at @now_s, when one is near. */
bool hark_days_near (const HarkToken *token, uint64_t now_s, uint64_t epoch, uint64_t *ret);

/* hark_days_network: for hark_slot_own() and hark_slot_public(); borrows from @rendezvous. */
HarkSlotNetwork hark_days_network (const HarkRendezvous *rendezvous);

/* hark_days_update: weighs anew what was heard about our clock; true when that makes a difference
 * of which others should know. */
bool hark_days_update (HarkRendezvous *rendezvous, HarkTime now);
