/* core/nodes/saved-nodes.h - whom to ask into the DHT after a restart.
 *
 * Pure; any thread. A list of DHT nodes with the time each was last known to be there, as one
 * string of bytes for the store: for each a byte of length, the compact form of BEP 5 or BEP 32 (6
 * or 18 bytes) and, when the length says so, Unix seconds (4). At most HARK_SAVED_NODES_MAX.
 */
#pragma once

#include "net/base/endpoint.h"

#include <glib.h>

#define HARK_SAVED_NODES_MAX 300
#define HARK_SAVED_NODES_OLD (30 * 86400) /* seconds: left out of the next list */

typedef struct {
  HarkEndpoint endpoint;
  int64_t seen; /* Unix seconds; 0: unknown */
} HarkSavedNode;

/* hark_saved_nodes_read: those in @bytes (nullable), in their order, at most HARK_SAVED_NODES_MAX;
 * whatever is damaged is left out. Returns how many. */
size_t hark_saved_nodes_read (GBytes *bytes, HarkSavedNode ret[HARK_SAVED_NODES_MAX]);

/**
 * hark_saved_nodes_merge:
 * @old: (nullable): the list before
 * @good: nodes that are there at @now, the best first
 * @now: Unix seconds
 *
 * Returns: (transfer full): @good, and behind them those of @old that are not too old
 */
GBytes *hark_saved_nodes_merge (GBytes *old, const HarkEndpoint *good, size_t n_good, int64_t now);
