/* tests/sim/siege.h - an accepted contact, whose program is the attacker's own, against a whole
 * Hark.
 *
 * As core-world.h. Mallory speaks to Vera below what Hark would ever say.
 */
#pragma once

#include "core/heart/core-private.h"
#include "tests/sim/attack.h"
#include "tests/sim/core-world.h"

#define SIEGE_SETTLED (20 * HARK_SECOND)
#define SIEGE_CONTROL 0 /* the first stream of whoever started the session: the victim */

typedef struct {
  HarkSimWorld world;
  HarkSimCoreNode *vera; /* the victim */
  HarkSimPerson *mallory;
  HarkToken token;
  GByteArray *ring; /* the last knock that rang at Vera's */
  HarkEndpoint ring_from, ring_to;
  uint8_t handle[8]; /* of Vera at a contact point, for strangers */
} Siege;

/* siege_init: Mallory's request has reached Vera. siege_get_in: and she has accepted it, and heard
 * a right Hello. */
void siege_init (Siege *siege, uint64_t seed);
void siege_get_in (Siege *siege, uint64_t seed);
void siege_clear (Siege *siege);
HarkTime siege_now (const Siege *siege);
bool siege_is_in (void *siege);

/* siege_decide: Vera does @kind about Mallory. */
const HarkEvent *siege_decide (Siege *siege, HarkCommandKind kind);

/* siege_send_on: Mallory's bytes on @stream; _send_frame: (transfer full) on the control stream;
 * _flush: they go out, and @span passes. */
void siege_send_on (Siege *siege, int64_t stream, const void *bytes, size_t len);
void siege_send_frame (Siege *siege, GBytes *frame);
void siege_flush (Siege *siege, HarkTime span);

/* siege_count_events: of Vera's. _assert_thrown_out: Mallory is, and she was told. */
unsigned siege_count_events (const Siege *siege, HarkEventKind kind);
void siege_assert_thrown_out (const Siege *siege);
