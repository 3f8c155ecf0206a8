/* net/dht/peers.h - peers that others announced (BEP 5).
 *
 * Pure; one thread at a time. At most HARK_PEERS_HASHES_MAX hashes with HARK_PEERS_PER_HASH peers
 * each and HARK_PEERS_PER_HOST from one address, for HARK_PEERS_LIFETIME; when a hash is full its
 * oldest announcement goes.
 */
#pragma once

#include "net/base/time.h"
#include "net/dht/node-id.h"

#define HARK_PEERS_HASHES_MAX 2000
#define HARK_PEERS_PER_HASH 500
#define HARK_PEERS_TOTAL_MAX 20000
#define HARK_PEERS_PER_HOST 100 /* announcements from one address, of any hashes and ports */
#define HARK_PEERS_LIFETIME (45 * HARK_MINUTE)

typedef struct HarkPeers HarkPeers;

/* hark_peers_new: (transfer full): empty; hark_peers_free: NULL is fine. */
HarkPeers *hark_peers_new (void);
void hark_peers_free (HarkPeers *peers);

/* hark_peers_announce: @peer takes part in @info_hash. False when a limit above says no. */
bool hark_peers_announce (HarkPeers *peers,
                          const HarkNodeId *info_hash,
                          const HarkEndpoint *peer,
                          HarkTime now);

/* hark_peers_get: up to @max peers of @family, a random choice when there are more;
 * returns how many. */
size_t hark_peers_get (HarkPeers *peers,
                       const HarkNodeId *info_hash,
                       uint8_t family,
                       HarkRng *rng,
                       HarkTime now,
                       HarkEndpoint *ret,
                       size_t max);

/* hark_peers_expire: drops old announcements; call now and then. */
void hark_peers_expire (HarkPeers *peers, HarkTime now);
