/* net/rendezvous/points.h - our contact points: choosing them, staying registered, being sure.
 *
 * Pure; one thread at a time; drives a HarkDht that it borrows. Source: net/PROTOCOL.md
 * "Rendezvous". Contacts and strangers knock with different handles, so that a flood on an address
 * that went around does not keep contacts out. Handles change every day; the ones before stay
 * registered for HARK_POINTS_OLD_HANDLE.
 *
 * Of those that answer, twice as many as are lacking, the ones that hold the fewest registrations
 * are chosen; what they say of themselves gains a liar a factor of two at most. The others are let
 * go when no record names them any more.
 *
 * A point is kept as long as it lives: whoever changes often meets a spy sooner or later. Every
 * HARK_POINTS_TEST we knock at ourselves through it. From the same socket, so a hostile point can
 * tell; one that is broken, or whose answers do not come back, is found out.
 */
#pragma once

#include "net/dht/dht.h"
#include "net/rendezvous/helpers.h"
#include "net/rendezvous/record.h"

#define HARK_POINTS_WANTED 3
#define HARK_POINTS_TRIED 6 /* registrations asked for at once */
#define HARK_POINTS_OLD_HANDLE HARK_HOUR
#define HARK_POINTS_TEST (5 * HARK_MINUTE)
#define HARK_POINTS_BAD 16 /* points that failed the test and are not taken again */

typedef enum { HARK_HANDLE_CONTACTS, HARK_HANDLE_STRANGERS } HarkHandleKind;
#define HARK_HANDLE_KINDS 2

typedef struct HarkPoints HarkPoints;

/* hark_points_new: @dht and @helpers (nullable) are borrowed, @rng forked. (transfer full), never
 * NULL. */
HarkPoints *hark_points_new (HarkDht *dht, HarkHelpers *helpers, HarkRng *rng);
void hark_points_free (HarkPoints *points);

/* hark_points_set_wanted: we want to be reached, or no more. */
void hark_points_set_wanted (HarkPoints *points, bool wanted, HarkTime now);

/* hark_points_set_epoch: a day by a clock of ours; another one than before brings new handles. */
void hark_points_set_epoch (HarkPoints *points, uint64_t epoch, HarkTime now);

/* hark_points_set_direct: knocks that come straight to us with the contacts' handle are for us. */
void hark_points_set_direct (HarkPoints *points, bool direct);

/* hark_points_moved: our address changed: registrations of the old one are worth nothing, and its
 * handles are taken for a minute. New handles at the same points, at once. */
void hark_points_moved (HarkPoints *points, HarkTime now);

/* hark_points_handle: the handle of @kind, 8 bytes, borrowed until it changes. */
const uint8_t *hark_points_handle (const HarkPoints *points, HarkHandleKind kind);

/* hark_points_fill: the points that stand, with the handle of @kind; returns how many, at most
 * HARK_POINTS_WANTED. */
unsigned hark_points_fill (const HarkPoints *points,
                           HarkHandleKind kind,
                           HarkRecordPoint ret[HARK_POINTS_WANTED]);
unsigned hark_points_count (const HarkPoints *points);

/* hark_points_take_change: what records say about points has changed since this was last asked. */
bool hark_points_take_change (HarkPoints *points);

/* hark_points_handle_dht: an event of the DHT; true when it was ours: a registration, or a test of
 * one. */
bool hark_points_handle_dht (HarkPoints *points, const HarkDhtEvent *event, HarkTime now);

/* hark_points_handle_time: what is due; _get_deadline: when to come back. */
void hark_points_handle_time (HarkPoints *points, HarkTime now);
HarkTime hark_points_get_deadline (const HarkPoints *points);
