/* net/rendezvous/publish.h - our records: when they are put, into which slots, with what in them.
 *
 * Internal to net/rendezvous. Source: net/PROTOCOL.md "Record"; BEP 44.
 */
#pragma once

#include "net/rendezvous/private.h"

void hark_publish_audience_free (HarkAudience *audience);

/* hark_publish_has_nodes: there is somebody to put records to. */
bool hark_publish_has_nodes (const HarkRendezvous *rendezvous);

/* hark_publish_touch: what our records say has changed; _soon: they are put anew as soon as a
 * point stands there; _grew: so has a local network, perhaps: while it is small, everybody is given
 * our records at once. */
void hark_publish_touch (HarkRendezvous *rendezvous, HarkTime now);
void hark_publish_soon (HarkRendezvous *rendezvous, HarkTime now);
void hark_publish_grew (HarkRendezvous *rendezvous, HarkTime now);

/* hark_publish_check_days: handles change once a day, and records are put into the next slot an
 * hour before it begins; to be called when next_epoch_check is due. */
void hark_publish_check_days (HarkRendezvous *rendezvous, HarkTime now);

/* hark_publish_due: puts what is due; _get_deadline: when something is. */
void hark_publish_due (HarkRendezvous *rendezvous, HarkTime now);
HarkTime hark_publish_get_deadline (const HarkRendezvous *rendezvous);

/* hark_publish_over: somebody's record with @seq stands in the slot of @token where ours should;
 * _for: the one who came after us wrote @record there with @seq, over which we have put ours:
 * theirs is put back. */
void
hark_publish_over (HarkRendezvous *rendezvous, const HarkToken *token, int64_t seq, HarkTime now);
void hark_publish_for (HarkRendezvous *rendezvous,
                       const HarkToken *token,
                       const HarkRecord *record,
                       int64_t seq,
                       HarkTime now);

/* hark_publish_handle_dht: an event of a search or put; true when it was one of ours. */
bool hark_publish_handle_dht (HarkRendezvous *rendezvous, const HarkDhtEvent *event, HarkTime now);
