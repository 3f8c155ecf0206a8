/* net/dht/table.h - who we know: the routing table of one address family (BEP 5).
 *
 * Pure; one thread at a time. Buckets of k = 8 with as many spares, split along our own id; the
 * first two, half and a quarter of all nodes, hold more, so that a lookup there begins closer. A
 * node enters only after it answered us. A full bucket keeps its old nodes: one that was not heard
 * of for long is pinged first and gives way only when it stays silent. One node per address; two
 * per /24 and four per /16 in a bucket, one per /64 (public addresses); with @allow_loopback every
 * port of a loopback address is a host of its own.
 *
 * A node that asked us first may sit behind a NAT that only we can get through, for a minute: it is
 * settled, and handed on to others, once it answered after a silence longer than that. Ids that BEP
 * 42 does not allow are kept only while fewer than HARK_TABLE_STRICT allowed ones are known.
 */
#pragma once

#include "net/base/time.h"
#include "net/dht/node-id.h"

#include <glib.h>

#define HARK_TABLE_K 8
#define HARK_TABLE_K_MAX 32 /* in the first bucket; 16 in the second */
#define HARK_TABLE_SPARES 8
#define HARK_TABLE_STRICT 16
#define HARK_TABLE_SETTLED_AFTER (90 * HARK_SECOND)

/* Silence until a node is pinged: a quarter of the time we have known it, within these. Those that
 * stayed long stay longer. BEP 5 says 15 minutes for all. */
#define HARK_TABLE_PING_MIN (4 * HARK_MINUTE)
#define HARK_TABLE_PING_MAX (12 * HARK_MINUTE)
#define HARK_TABLE_REFRESH (15 * HARK_MINUTE)

typedef struct {
  HarkNodeId id;
  HarkEndpoint endpoint;
  HarkTime met;      /* first answer */
  HarkTime heard;    /* last answer */
  HarkTime pinged;   /* last time we asked whether it is there; 0 never */
  unsigned failures; /* unanswered queries in a row; 2: questionable, not handed on */
  HarkTime rtt;      /* smoothed; 0 unknown */
  HarkTime rtt_var;
  bool verified; /* id follows BEP 42 */
  bool settled;  /* reachable for others as well, as far as we can tell */
} HarkTableNode;

typedef struct {
  HarkTableNode nodes[HARK_TABLE_K_MAX];
  unsigned n_nodes;
  HarkTableNode spares[HARK_TABLE_SPARES];
  unsigned n_spares;
  HarkTime refreshed; /* last walk for it */
} HarkBucket;

typedef struct {
  HarkNodeId own_id;
  GArray *buckets; /* of HarkBucket: bucket i shares i bits with own_id, the last one i or more */
  unsigned n_good, n_verified; /* nodes that are not questionable; of these by BEP 42 */
} HarkTable;

/* hark_table_init: empty; hark_table_clear: frees its buckets. */
void hark_table_init (HarkTable *table, const HarkNodeId *own_id, HarkTime now);
void hark_table_clear (HarkTable *table);

/* hark_table_set_own_id: moves every node to where it belongs now. */
void hark_table_set_own_id (HarkTable *table, const HarkNodeId *own_id, HarkTime now);

/* hark_table_heard: @id answered from @endpoint; @rtt 0: not measured; @cold: nothing had come from
 * there for HARK_TABLE_SETTLED_AFTER, or ever. Another id at a known address replaces it. Returns
 * true when it entered or stayed in the table proper. */
bool hark_table_heard (HarkTable *table,
                       const HarkNodeId *id,
                       const HarkEndpoint *endpoint,
                       HarkTime rtt,
                       bool cold,
                       HarkTime now);

/* hark_table_is_strict: enough verified nodes are known to do without the others. */
bool hark_table_is_strict (const HarkTable *table);

/* hark_table_purge: in a strict table: drops who is not verified. */
void hark_table_purge (HarkTable *table);

/* hark_table_has_room: a stranger with @id at @endpoint would enter if he answered. */
bool
hark_table_has_room (const HarkTable *table, const HarkNodeId *id, const HarkEndpoint *endpoint);

/* hark_table_failed: @endpoint did not answer in time what it was asked at @asked, or (@for_sure)
 * is not there. Who has answered something else since then counts as there: a node answers only so
 * much of what one address asks. Silent ones are replaced by spares; without spares they stay a
 * while, those that never settled do not. */
void
hark_table_failed (HarkTable *table, const HarkEndpoint *endpoint, HarkTime asked, bool for_sure);

/* hark_table_forgive: the fault was ours: nobody counts as failing any more. */
void hark_table_forgive (HarkTable *table);

/* hark_table_find: NULL when it is not in the table proper; borrowed until the next change. */
HarkTableNode *hark_table_find (const HarkTable *table, const HarkEndpoint *endpoint);

/* hark_table_closest: up to @max nodes nearest to @target that are not questionable, nearest first;
 * returns how many; _closest_settled: of the settled ones. */
size_t hark_table_closest (const HarkTable *table,
                           const HarkNodeId *target,
                           const HarkTableNode **ret,
                           size_t max);
size_t hark_table_closest_settled (const HarkTable *table,
                                   const HarkNodeId *target,
                                   const HarkTableNode **ret,
                                   size_t max);

/* hark_table_count: nodes that are not questionable. */
unsigned hark_table_count (const HarkTable *table);

/* hark_table_next_ping: a node that should prove that it is there, most urgent first: long silent,
 * or failing. NULL: none is due. Mark it with node->pinged. */
HarkTableNode *hark_table_next_ping (HarkTable *table, HarkTime now);

/* hark_table_next_refresh: a bucket with free places that no walk went to for HARK_TABLE_REFRESH: a
 * random id in it (our own id for the last bucket), and its time is set. */
bool hark_table_next_refresh (HarkTable *table, HarkRng *rng, HarkTime now, HarkNodeId *ret);

/* hark_same_host: what counts as one host: a public address; elsewhere, where one
 * machine may run several nodes and restart them, address and port. */
bool hark_same_host (const HarkEndpoint *a, const HarkEndpoint *b);
