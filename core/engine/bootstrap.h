/* core/engine/bootstrap.h - where a node that knows nobody asks first.
 *
 * Long-lived nodes of BitTorrent's Mainline DHT, run by their owners for everyone. They are asked
 * for other nodes and for nothing else; once the routing table has been filled and kept, they are
 * not needed any more.
 */
#pragma once

/* "host:port", NULL-terminated. */
extern const char *const hark_bootstrap_hosts[];
