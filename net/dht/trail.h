/* net/dht/trail.h - where lookups for a target ended, for the next one with the same target.
 *
 * Internal to net/dht; pure. Who looks into the same place every few seconds need not walk there
 * from his table each time: the nodes that were closest are asked first, and whoever they name.
 * Such a lookup takes no second path when it finds nothing, so it finds out less about nodes that
 * hide something: after HARK_TRAIL_TIME the whole way is walked again, and trails are meant for
 * places that nobody else can know (net/PROTOCOL.md "Mailbox").
 */
#pragma once

#include "net/base/time.h"
#include "net/dht/node-id.h"

#include <glib.h>

#define HARK_TRAILS_MAX 64     /* the one used longest ago gives way */
#define HARK_TRAIL_NODES 12    /* of each family; eight are wanted */
#define HARK_TRAIL_NODES_MIN 4 /* fewer are no help */
#define HARK_TRAIL_TIME (5 * HARK_MINUTE)

typedef struct {
  HarkNodeId id;
  HarkEndpoint endpoint;
} HarkTrailNode;

typedef struct {
  HarkNodeId target;
  HarkTime walked; /* when the whole way was */
  HarkTime used;
  unsigned n;
  HarkTrailNode nodes[2 * HARK_TRAIL_NODES];
} HarkTrail;

/* hark_trails_new: (element-type HarkTrail): none; free with g_ptr_array_unref(). */
GPtrArray *hark_trails_new (void);

/* hark_trails_find: the trail to @target; NULL: none, or an old one, which is forgotten. Borrowed
 * until the next call. */
const HarkTrail *hark_trails_find (GPtrArray *trails, const HarkNodeId *target, HarkTime now);

/* hark_trails_note: a lookup for @target ended at @nodes, at most 2 * HARK_TRAIL_NODES are kept.
 * @whole: it came all the way; else it replaces the nodes of a trail that is still known. Fewer
 * than HARK_TRAIL_NODES_MIN: the trail is lost. */
void hark_trails_note (GPtrArray *trails,
                       const HarkNodeId *target,
                       const HarkTrailNode *nodes,
                       unsigned n,
                       bool whole,
                       HarkTime now);
