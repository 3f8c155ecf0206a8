/* net/sent.h - what went out, by whom it was for: the figures behind "what has left this machine".
 *
 * Pure. Counts what the node hands to its shell: the bytes of packets, without the headers of UDP
 * and IP. Not in it are what libnice sends to try candidates, what opens ports in a router, and
 * names that are looked up. How many machines there were is an estimate by linear counting (Whang
 * et al., 1990), because a list of addresses is just what nobody should keep: within a tenth up to
 * some 20,000, too low above.
 */
#pragma once

#include "net/base/endpoint.h"

#include <stdint.h>

typedef enum {
  HARK_SENT_PEOPLE,   /* packets of sessions: messages, files, calls, and what is relayed */
  HARK_SENT_INTERNET, /* to nodes of the DHT, contact points and others: lookups, records, knocks */
  HARK_SENT_LOCAL,    /* the same to addresses of local networks, and beacons */
  HARK_SENT_KINDS,
} HarkSentKind;

typedef struct {
  uint64_t packets, bytes;
} HarkSentCount;

#define HARK_SENT_SEEN 8192 /* bits */

typedef struct {
  HarkSentCount counts[HARK_SENT_KINDS];
  uint8_t key[16];
  uint8_t seen[HARK_SENT_SEEN / 8];
  unsigned n_seen; /* bits that are set */
  int seen_last;   /* the one that the last datagram set; -1: none */
} HarkSent;

/* hark_sent_init: nothing was sent; from @seed comes the key under which addresses are hashed. */
void hark_sent_init (HarkSent *sent, const uint8_t seed[32]);

/* hark_sent_datagram: @len bytes for @to; beacons go to a group, @to NULL. */
void hark_sent_datagram (HarkSent *sent, const HarkEndpoint *to, size_t len);

/* hark_sent_take_back: the last datagram that was counted, @len bytes for @to, did not go out: it
 * may not, or there is no way. */
void hark_sent_take_back (HarkSent *sent, const HarkEndpoint *to, size_t len);

/* hark_sent_packets: @len bytes for somebody we talk to, as packets of @segment bytes (the last one
 * may be shorter; 0: one packet). */
void hark_sent_packets (HarkSent *sent, size_t len, size_t segment);

/* hark_sent_hosts: to about so many public addresses since the start. */
unsigned hark_sent_hosts (const HarkSent *sent);
