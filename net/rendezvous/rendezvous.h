/* net/rendezvous/rendezvous.h - one question, "where is this account?", and its other side, "here I
 * am".
 *
 * Keeps registrations at contact points, publishes our record for every audience under its blinded
 * slot of the day, and finds other people's records. Pure; one thread at a time; drives a HarkDht
 * that it borrows. Source: net/PROTOCOL.md "Rendezvous"; BEP 44 for the items.
 */
#pragma once

#include "net/base/certificate.h"
#include "net/base/key.h"
#include "net/base/rng.h"
#include "net/base/time.h"
#include "net/dht/dht.h"
#include "net/rendezvous/helpers.h"
#include "net/rendezvous/record.h"

#include <stdbool.h>
#include <stdint.h>

#define HARK_RENDEZVOUS_POINTS 3      /* registrations we want */
#define HARK_RENDEZVOUS_AUDIENCES 256 /* records of ours at the most */
#define HARK_RENDEZVOUS_FINDS 64      /* searches running at once */

typedef struct HarkRendezvous HarkRendezvous;

typedef struct {
  HarkSecret account_seed;
  HarkKey account;
  uint8_t certificate[HARK_CERTIFICATE_LEN];
  bool closed_network;
  uint8_t network[32]; /* when closed_network */
  bool local; /* on a local network: nobody is asked to be a contact point, our own endpoints are in
                 the records, and a copy here is enough */
} HarkRendezvousConfig;

/* hark_rendezvous_new: @config is copied; @dht and @helpers (nullable) are borrowed and must
 * outlive it; @rng is forked. */
HarkRendezvous *hark_rendezvous_new (const HarkRendezvousConfig *config,
                                     HarkDht *dht,
                                     HarkHelpers *helpers,
                                     HarkRng *rng,
                                     int64_t wall_ms,
                                     HarkTime now);

/* hark_rendezvous_share_run: says the same `run` as @other: both are the same start of a person. */
void hark_rendezvous_share_run (HarkRendezvous *rendezvous, const HarkRendezvous *other);

/* hark_rendezvous_free: wipes; nothing is withdrawn (hark_rendezvous_leave() first). NULL is fine.
 */
void hark_rendezvous_free (HarkRendezvous *rendezvous);

/* hark_rendezvous_set_wall: Unix time in ms at @now. */
void hark_rendezvous_set_wall (HarkRendezvous *rendezvous, int64_t wall_ms, HarkTime now);

/* hark_rendezvous_wall_ms: Unix time in ms at @now: by our clock, or, when that is certainly wrong
 * (net/rendezvous/clock.h), by others'. While others only say that it is, records are published and
 * looked for by both. */
int64_t hark_rendezvous_wall_ms (const HarkRendezvous *rendezvous, HarkTime now);

/* hark_rendezvous_get_skew: seconds by which our clock is behind others' (negative: ahead), as two
 * or more say; false while fewer do. */
bool hark_rendezvous_get_skew (const HarkRendezvous *rendezvous, int64_t *ret_s);

/* hark_rendezvous_hear_record: @record of @account, an accepted contact, was found just now: it
 * cannot be earlier than when it was made. */
void hark_rendezvous_hear_record (HarkRendezvous *rendezvous,
                                  const HarkKey *account,
                                  const HarkRecord *record,
                                  HarkTime now);

/* hark_rendezvous_open: publishes our record for the holders of @token and keeps it published;
 * @contacts: they are accepted contacts, who may know where we are; @requests: the record says that
 * contact requests are welcome. Twice is once; beyond HARK_RENDEZVOUS_AUDIENCES nothing happens. */
void hark_rendezvous_open (
  HarkRendezvous *rendezvous, const HarkToken *token, bool contacts, bool requests, HarkTime now);

/* hark_rendezvous_set_direct: where the signalling socket can be reached from outside, IPv4 and
 * IPv6; family 0 where it cannot. Goes into the record for contacts, and into no other. */
void
hark_rendezvous_set_direct (HarkRendezvous *rendezvous, const HarkEndpoint direct[2], HarkTime now);

/* hark_rendezvous_moved: our address changed: registers anew, under new handles, and publishes as
 * soon as the first point stands. */
void hark_rendezvous_moved (HarkRendezvous *rendezvous, HarkTime now);

/* hark_rendezvous_close: publishes no more there, and puts a last record that leads nowhere. */
void hark_rendezvous_close (HarkRendezvous *rendezvous, const HarkToken *token, HarkTime now);

/* hark_rendezvous_retire: publishes nothing any more, and withdraws nothing: another computer of
 * the same account does it now. */
void hark_rendezvous_retire (HarkRendezvous *rendezvous);

/* hark_rendezvous_leave: puts `leaving` records everywhere; let the DHT send for a moment, then
 * free. */
void hark_rendezvous_leave (HarkRendezvous *rendezvous, HarkTime now);

/* Which record somebody has. */
typedef struct {
  int64_t seq; /* of the epoch's slot */
  uint64_t epoch;
} HarkRendezvousKnown;

/* hark_rendezvous_find: looks up the record of @account under @token. @known: (nullable): only a
 * newer one is asked for, which costs little when there is none. Events follow: FOUND, perhaps
 * again with a newer one, then FIND_DONE. Returns its number; 0 when too many run or the account is
 * no key.
 */
uint32_t hark_rendezvous_find (HarkRendezvous *rendezvous,
                               const HarkKey *account,
                               const HarkToken *token,
                               const HarkRendezvousKnown *known,
                               bool urgent,
                               HarkTime now);

/* hark_rendezvous_cancel: no more events of @find; unknown numbers are fine. */
void hark_rendezvous_cancel (HarkRendezvous *rendezvous, uint32_t find);

/* hark_rendezvous_handle_dht: an event of the DHT; true when it was ours (a search, put, or
 * registration, or the knock or ring that tests one). */
bool
hark_rendezvous_handle_dht (HarkRendezvous *rendezvous, const HarkDhtEvent *event, HarkTime now);

/* hark_rendezvous_handle_time: puts and registrations that are due; _get_deadline: when to come
 * back. */
void hark_rendezvous_handle_time (HarkRendezvous *rendezvous, HarkTime now);
HarkTime hark_rendezvous_get_deadline (const HarkRendezvous *rendezvous);

typedef struct {
  uint32_t find;
  bool done;      /* the search is over; no more events of it */
  bool unchanged; /* with done: nothing newer than what was known is there, but that is */
  bool found;     /* record and known are set */
  HarkRecord record;
  HarkRendezvousKnown known;
  bool clock_changed; /* of no search: hark_rendezvous_wall_ms() made a leap */
  bool superseded;    /* likewise: our account has moved to another computer, and says so in our own
                         slot; nothing is published any more */
} HarkRendezvousEvent;

/* hark_rendezvous_poll: the next event; false when there is none for now. */
bool hark_rendezvous_poll (HarkRendezvous *rendezvous, HarkRendezvousEvent *ret);

/* hark_rendezvous_set_own: a local network: at most HARK_RECORD_POINTS_MAX endpoints of ours at
 * which contacts can knock directly. Other records say no more than that we are there. */
void hark_rendezvous_set_own (HarkRendezvous *rendezvous,
                              const HarkEndpoint *own,
                              size_t n,
                              HarkTime now);

/* hark_rendezvous_get_points: our registrations that stand; returns how many, at most
 * HARK_RENDEZVOUS_POINTS. */
unsigned hark_rendezvous_get_points (const HarkRendezvous *rendezvous, HarkEndpoint *ret);

/* hark_rendezvous_is_published: every open audience's record is stored in the DHT, with a contact
 * point in it. */
bool hark_rendezvous_is_published (const HarkRendezvous *rendezvous);
