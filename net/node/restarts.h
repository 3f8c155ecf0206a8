/* net/node/restarts.h - when the paths of a node's links are made anew.
 *
 * At once when the peer is silent where it should have answered, when the shell lost the path, and
 * when the path's own address is gone from this machine. An address that comes or goes otherwise
 * (temporary ones of IPv6 do) disturbs no path that works: its peer is asked for a sign of life at
 * most. A relayed link looks for something better after 5, 10, 20 ... 300 s and whenever addresses
 * change.
 *
 * Against storms: of one link 0.3, 0.6, 1.2 ... 10 s lie at least between two, until what came
 * of one has worked for three seconds; those of many links are spread over up to a second, calls
 * first.
 *
 * Pure; inside of a node. Sources: RFC 8445 section 9 (ICE restart); net/PROTOCOL.md "Signals".
 */
#pragma once

#include "net/node/node-private.h"

/* hark_node_restarts_interrupted: the link of @peer that counts has no path, or a silent peer;
 * _mended: neither any more; _moved: it has another path. */
void hark_node_restarts_interrupted (HarkNet *net, HarkPeer *peer, HarkTime now);
void hark_node_restarts_mended (HarkPeer *peer, HarkTime now);
void hark_node_restarts_moved (HarkNet *net, HarkPeer *peer, HarkTime now);

/* hark_node_restarts_hosts_changed: this machine's addresses are net->hosts now and were @before;
 * _may_improve: something else has changed that may give a better path (a port mapping, a peer seen
 * on the local network): relayed and interrupted links try at once; _ask: paths may have died
 * unseen (the machine slept, the router has another address): every peer is asked for a sign of
 * life. */
void hark_node_restarts_hosts_changed (HarkNet *net,
                                       const HarkEndpoint *before,
                                       size_t n_before,
                                       HarkTime now);
void hark_node_restarts_may_improve (HarkNet *net, HarkTime now);
void hark_node_restarts_ask (HarkNet *net, HarkTime now);

/* hark_node_restarts_router: hark_net_router_restarted(). */
void hark_node_restarts_router (HarkNet *net, HarkTime now);

/* hark_node_restarts_prefetch: the record of @peer, which we have not, is looked for in 2 to 10 s
 * if there is a session with him: it is needed when the path has died, or we start again. */
void hark_node_restarts_prefetch (HarkNet *net, HarkPeer *peer, HarkTime now);

/* hark_node_restarts_called: @peer, with whom there is a session, knocks, or we knock at him: a
 * restart beside it keeps the session if both still have it. */
void hark_node_restarts_called (HarkNet *net, HarkPeer *peer, HarkTime now);

/* hark_node_restarts_want_better: a better path to @peer may be had than it has. */
void hark_node_restarts_want_better (HarkNet *net, HarkPeer *peer, HarkTime now);

/* hark_node_restarts_handle_dht: what news of the DHT say about paths: others see us under another
 * address, or a contact point answers after one had fallen silent (then restarts that wait signal
 * at once). True when the address is another one. */
bool hark_node_restarts_handle_dht (HarkNet *net, HarkDhtEventKind kind, HarkTime now);

/* hark_node_restarts_handle_time: begins what is due for @peer; _get_deadline: when to come back.
 */
void hark_node_restarts_handle_time (HarkNet *net, HarkPeer *peer, HarkTime now);
HarkTime hark_node_restarts_get_deadline (const HarkPeer *peer);
