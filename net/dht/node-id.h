/* net/dht/node-id.h - places in the DHT: distance, and ids bound to an address (BEP 5, BEP 42).
 *
 * Pure; any thread.
 */
#pragma once

#include "net/base/endpoint.h"
#include "net/base/rng.h"

#include <glib.h>

#define HARK_NODE_ID_LEN 20

typedef struct {
  uint8_t bytes[HARK_NODE_ID_LEN];
} HarkNodeId;

/* hark_node_id_closer: negative when @a is closer to @target than @b, positive when farther. */
int hark_node_id_closer (const HarkNodeId *target, const HarkNodeId *a, const HarkNodeId *b);

/* hark_node_id_common_bits: leading bits in common, 0 .. 160. */
unsigned hark_node_id_common_bits (const HarkNodeId *a, const HarkNodeId *b);

/* hark_node_id_equal: the same place. */
bool hark_node_id_equal (const HarkNodeId *a, const HarkNodeId *b);

/* For GHashTable with HarkNodeId pointers as keys. Others choose them: only for bounded tables. */
guint hark_node_id_hash (gconstpointer id);
gboolean hark_node_id_hash_equal (gconstpointer a, gconstpointer b);

/* hark_node_id_random: any place. */
void hark_node_id_random (HarkRng *rng, HarkNodeId *ret);

/* hark_node_id_for: an id that BEP 42 allows for the address of @external; @seed is the r of BEP 42
 * (its last byte of the id), the other free bits come from @rng. */
void hark_node_id_for (const HarkEndpoint *external, uint8_t seed, HarkRng *rng, HarkNodeId *ret);

/* hark_node_id_check: @id is allowed for the address by BEP 42; addresses that are not public may
 * have any. */
bool hark_node_id_check (const HarkNodeId *id, const HarkEndpoint *endpoint);
