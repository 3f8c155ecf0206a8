/* net/node/settle.h - what happened in one part of a node reaches the others.
 *
 * Pure; inside of a node.
 */
#pragma once

#include "net/node/node-private.h"

/* hark_node_settle: hands events of the DHTs, of rendezvous and of knocks to the parts that they
 * are for, and lets those do what is due, until nothing moves. After every door that may have moved
 * something. */
void hark_node_settle (HarkNet *net, HarkTime now);

/* hark_node_settle_day: the gate opens by the day that is @wall_ms, Unix time in ms. */
void hark_node_settle_day (HarkNet *net, int64_t wall_ms);
