/* tests/sim/node.h - a HarkNet on the virtual network: what HarkNetRunner is on real sockets.
 *
 * Carries signalling datagrams, keeps the node's deadline, and makes paths, of which it keeps a
 * spare one ready as HarkNetRunner does (tests/sim/path-pool.h): each has a socket of its own, host
 * and server-reflexive candidates (it asks the STUN peers the node names, RFC 8489), and
 * connectivity checks as datagrams through the NAT model. The checks have their own format; what
 * ICE would find out they find out: which pairs work.
 *
 * Pure; one thread at a time.
 */
#pragma once

#include "net/net.h"
#include "tests/sim/network.h"

#include <stdbool.h>
#include <stdint.h>

typedef struct HarkSimNode HarkSimNode;

/**
 * hark_sim_node_new:
 * @network: borrowed; must outlive the node
 * @host: where it lives
 * @port: of the signalling socket; 0: any
 * @net: borrowed; must outlive the node
 * @on_activity: (nullable): called after @net was given something, before its outputs are drained;
 * may command @net, but free nothing
 *
 * A restart is: free node and net, make both anew on the same host.
 */
HarkSimNode *hark_sim_node_new (HarkSimNetwork *network,
                                unsigned host,
                                uint16_t port,
                                HarkNet *net,
                                void (*on_activity) (void *data),
                                void *data);
void hark_sim_node_free (HarkSimNode *node);

/* hark_sim_node_flush: the node was commanded from outside: drain its outputs and re-arm the timer.
 */
void hark_sim_node_flush (HarkSimNode *node);

/* hark_sim_node_suspend: the machine sleeps: what is sent to the node is lost, its deadlines pass
 * unheard, and what its paths have to say waits until it wakes up. */
void hark_sim_node_suspend (HarkSimNode *node, bool suspended);

/* hark_sim_node_tell_hosts: the machine's address, now, as its kernel would tell it. A node that
 * looks for others on its local network says beacons from then on; the first node of a host hears
 * them. */
void hark_sim_node_tell_hosts (HarkSimNode *node);

/* hark_sim_node_get_endpoint: of the signalling socket, for others' hark_net_bootstrap(). */
HarkEndpoint hark_sim_node_get_endpoint (const HarkSimNode *node);
