/* net/rendezvous/reach.h - can strangers reach us, by IPv4 or by IPv6? One object for each.
 *
 * Pure; one thread at a time; drives a HarkDht that it borrows. Source: net/PROTOCOL.md "Helpers".
 * A node that others cannot open a conversation with must not stand in their tables; but who says
 * so is left alone, so waiting proves nothing. Three Hark nodes are asked to have three others, to
 * which we never sent anything, send us a packet; two that come prove it. Who lies can keep a
 * reachable node from serving, and nothing else: a packet that came, came.
 *
 *   UNKNOWN   too few nodes are known to test: what our addresses suggest counts
 *   PUBLIC    two of three came, or before any test strangers came by themselves
 *   PRIVATE   two of three did not come, in two tests, or nobody in HARK_REACH_PATIENCE
 *
 * Three liars may have been asked: then others are, after HARK_REACH_DOUBT, twice that, and so on
 * up to HARK_REACH_EVERY.
 */
#pragma once

#include "net/dht/dht.h"
#include "net/rendezvous/helpers.h"

#define HARK_REACH_TESTS 3
#define HARK_REACH_EVERY HARK_HOUR
#define HARK_REACH_DOUBT (2 * HARK_MINUTE)
#define HARK_REACH_PATIENCE (15 * HARK_MINUTE)
#define HARK_REACH_CROWD 16 /* nodes we know: somebody should come */

typedef enum { HARK_REACH_UNKNOWN, HARK_REACH_PUBLIC, HARK_REACH_PRIVATE } HarkReachVerdict;

typedef struct HarkReach HarkReach;

/* hark_reach_new: @dht and @helpers are borrowed, @rng forked; @family: 4 or 6. */
HarkReach *
hark_reach_new (HarkDht *dht, HarkHelpers *helpers, uint8_t family, HarkRng *rng, HarkTime now);
void hark_reach_free (HarkReach *reach);

/* hark_reach_set_hint: others see us under an address of this machine, or a router forwards our
 * port: probably they reach us. */
void hark_reach_set_hint (HarkReach *reach, bool hint, HarkTime now);

/* hark_reach_moved: our address changed: nothing is known any more, and a test comes soon. */
void hark_reach_moved (HarkReach *reach, HarkTime now);

/* hark_reach_is_public: by the verdict, or the hint until there is one. */
bool hark_reach_is_public (const HarkReach *reach);
HarkReachVerdict hark_reach_get_verdict (const HarkReach *reach);

/* hark_reach_handle_dht: VISITOR and STATUS are of interest; others see them as well. */
void hark_reach_handle_dht (HarkReach *reach, const HarkDhtEvent *event, HarkTime now);

/* hark_reach_handle_time: what is due; _get_deadline: when to come back. */
void hark_reach_handle_time (HarkReach *reach, HarkTime now);
HarkTime hark_reach_get_deadline (const HarkReach *reach);
