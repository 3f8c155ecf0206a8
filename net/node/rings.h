/* net/node/rings.h - being knocked at: who is let in by which secret, and what is answered.
 *
 * Pure; inside of a node.
 */
#pragma once

#include "net/node/node-private.h"

/* hark_node_rings_add_gate: knocks with @secret (16 or 32 bytes) are let in as @entry says; its id,
 * or 0 when the gate is full or has that secret already. */
uint64_t
hark_node_rings_add_gate (HarkNet *net, const void *secret, size_t len, HarkGateEntry entry);

/* hark_node_rings_remove_gate: 0 is fine. */
void hark_node_rings_remove_gate (HarkNet *net, uint64_t id);

/* hark_node_rings_open_gate, _close_gate: the same for the token of an audience. */
void hark_node_rings_open_gate (HarkNet *net,
                                HarkAudienceKind kind,
                                const HarkToken *token,
                                const HarkKey *only);
void hark_node_rings_close_gate (HarkNet *net, const HarkToken *token);

/* hark_node_rings_handle: somebody knocks. */
void hark_node_rings_handle (HarkNet *net, const HarkDhtEvent *ring, HarkTime now);

/* hark_node_rings_answer: rings whose link has its answer by now get it. */
void hark_node_rings_answer (HarkNet *net, HarkTime now);
