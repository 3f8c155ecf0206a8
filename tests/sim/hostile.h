/* tests/sim/hostile.h - a DHT node that lies: it keeps its place in everybody's table, and serves
 * nobody.
 *
 * Pure; one thread at a time. It joins as an honest HarkDht does, pings like one and goes on asking
 * others so that they learn of it; but every question of theirs it answers itself:
 *
 *   find_node, get, get_peers   eight nodes "next to the target": half of them other liars under
 *                               the ids they really have, half made up, at addresses where nobody
 *                               lives or somebody else does
 *   get                         a value it was given once, with a bit changed or the oldest it saw
 *   put, announce_peer          "done", and forgets it (but the first value of each key)
 */
#pragma once

#include "net/dht/dht.h"

#include <stdbool.h>

typedef struct HarkHostile HarkHostile;

/* Somebody of the same gang, to be recommended. */
typedef struct {
  uint8_t id[HARK_DHT_ID_LEN];
  HarkEndpoint endpoint;
} HarkHostilePeer;

/* hark_hostile_new: @gang: (borrowed) of HarkHostilePeer, may grow; @seed of its choices. */
HarkHostile *hark_hostile_new (const GArray *gang, uint64_t seed);
void hark_hostile_free (HarkHostile *hostile);

/* hark_hostile_besiege: from now on it names the eight of the gang nearest to the target and nobody
 * else, and has no value for anybody. */
void hark_hostile_besiege (HarkHostile *hostile);

/* hark_hostile_answer: a datagram came from @from; @own_id is the one it shows. Returns the length
 * of what it sends back; 0: nothing, and the honest node inside may have it. */
size_t hark_hostile_answer (HarkHostile *hostile,
                            const HarkEndpoint *from,
                            const uint8_t own_id[HARK_DHT_ID_LEN],
                            const uint8_t *bytes,
                            size_t len,
                            uint8_t ret[HARK_DHT_PACKET_LEN_MAX]);
