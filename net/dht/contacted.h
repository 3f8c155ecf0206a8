/* net/dht/contacted.h - to which addresses we have sent anything of late.
 *
 * Pure; one thread at a time. Who was never sent to and reaches us shows that we can be reached: no
 * packet of ours opened a way for him through a NAT or firewall. Two Bloom filters that take turns
 * every HARK_CONTACTED_TURN: what was added is there for one to two turns; fewer than one stranger
 * in 400 is mistaken for somebody while no more than 1,000 addresses a turn are sent to.
 */
#pragma once

#include "net/base/endpoint.h"
#include "net/base/rng.h"
#include "net/base/time.h"

#define HARK_CONTACTED_TURN (10 * HARK_MINUTE) /* longer than NATs keep idle mappings of UDP */
#define HARK_CONTACTED_BITS 32768

typedef struct {
  uint8_t key[16]; /* so that nobody can choose whom he is mistaken for */
  uint8_t bits[2][HARK_CONTACTED_BITS / 8];
  unsigned at; /* the one being filled */
  HarkTime turned;
} HarkContacted;

/* hark_contacted_init: nobody yet. */
void hark_contacted_init (HarkContacted *contacted, HarkRng *rng, HarkTime now);

/* hark_contacted_add: something is sent to @to. On loopback every port is a host of its own. */
void hark_contacted_add (HarkContacted *contacted, const HarkEndpoint *to, HarkTime now);

/* hark_contacted_has: it was added within the last turn; perhaps within two. */
bool hark_contacted_has (const HarkContacted *contacted, const HarkEndpoint *from, HarkTime now);
