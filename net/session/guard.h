/* net/session/guard.h - what may come near ngtcp2, and what an authenticated peer may say.
 *
 * Pure; one thread at a time. Two watches: hark_guard_admit() looks at raw packets before
 * ngtcp2_conn_read_pkt(), hark_guard_check() at the frames of a packet that was just decrypted,
 * before ngtcp2 sees them. They close the ways in which 0.12.1 can be made to abort or to keep
 * state without end; net/session/README.md says which. Source: RFC 9000 sections 12.4, 17 and 19.
 */
#pragma once

#include "net/base/time.h"
#include "net/session/keys.h"
#include "net/session/window.h"

/* What a peer may send in one second, copies not counted; more ends the session: acknowledgements,
 * beside one for each packet we sent in this second or the one before; stream frames under 64
 * bytes; other frames but padding; packets that were sealed with the right key and still refused.
 */
#define HARK_GUARD_ACKS_MAX 2000
#define HARK_GUARD_SMALL_MAX 60000
#define HARK_GUARD_CONTROL_MAX 20000
#define HARK_GUARD_REFUSED_MAX 200

typedef struct {
  int64_t newest;      /* highest packet number received; -1 for none */
  int64_t sent;        /* highest we sent; -1 for none */
  int64_t sent_before; /* highest we had sent when `newest` came */
  HarkWindow came;
} HarkGuardSpace;

typedef struct {
  HarkGuardSpace spaces[HARK_SPACES];
  HarkTime second; /* start of the one counted */
  uint64_t sent_now;
  uint64_t sent_last; /* packets in the second before */
  uint64_t acks;
  uint64_t small;
  uint64_t control;
  uint64_t refused;
  bool flooded;      /* a count went over; stays */
  int64_t ack_top;   /* highest of our 1-RTT packets the peer acknowledged; -1 for none */
  uint64_t ack_bits; /* bit n: ack_top - n is acknowledged */
  uint64_t lost;     /* packets not acknowledged while 64 later ones were passed over */
  int64_t trial;     /* packet whose acknowledgement is awaited (net/session/mtu.h); -1 for none */
  bool trial_acked;  /* it came */
} HarkGuard;

/* hark_guard_init: nothing was sent or received. Embedded: nothing to free. */
void hark_guard_init (HarkGuard *guard);

/* hark_guard_admit: every QUIC packet in the datagram is version 1, Initial, Handshake or 1-RTT,
 * comes from an empty connection id and goes to an empty one or, if @dcid is given, to @dcid. */
bool
hark_guard_admit (const uint8_t *datagram, size_t len, const uint8_t dcid[HARK_ORIGINAL_DCID_LEN]);

/* hark_guard_sent: we sealed packet @number. */
void hark_guard_sent (HarkGuard *guard, HarkSpace space, int64_t number, HarkTime now);

/**
 * hark_guard_check:
 * @number: of the packet the frames came in
 * @frames: (array length=len): plaintext, authenticated
 *
 * Refuses what came before, uncounted: copies are made by whoever is on the way, and ngtcp2 finds
 * that out only later; and what is so late that nobody can tell (net/session/window.h). Refuses
 * frames that we never use or that do not parse, and a packet older than the newest that
 * acknowledges what was sent after the newest came (no honest peer can). Counts, and sets
 * `flooded`.
 *
 * Returns: false when ngtcp2 must not see this packet
 */
bool hark_guard_check (HarkGuard *guard,
                       HarkSpace space,
                       int64_t number,
                       const uint8_t *frames,
                       size_t len,
                       HarkTime now);
