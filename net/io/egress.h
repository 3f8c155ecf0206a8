/* net/io/egress.h - the one place that decides whether a packet may leave for an address.
 *
 * With LAN-only on, nothing is sent or dialled beyond the local networks: loopback, link-local
 * addresses, the prefixes of this machine's interfaces and the groups of beacons. Prefixes of
 * point-to-point interfaces do not count: tunnels lead elsewhere. Everything in net/io that sends
 * asks here, and no name is resolved. What libnice sends by itself goes to candidates that were
 * asked about, or answers what came from a local network (net/io/filter.h). As a last line, sockets
 * are confined to one hop. Otherwise everything is allowed.
 *
 * Shell: asks the kernel for its interfaces (getifaddrs); one thread.
 */
#pragma once

#include "net/base/endpoint.h"

#include <glib.h>

#define HARK_EGRESS_PREFIXES_MAX 64  /* on-link prefixes; more are not local */
#define HARK_EGRESS_PREFIX_LEN_MIN 8 /* bits; wider ones are no local network */

typedef struct HarkEgress HarkEgress;

typedef struct {
  HarkEndpoint address; /* of an interface; its port means nothing */
  unsigned bits;        /* leading ones that all of the network share */
} HarkEgressPrefix;

/* hark_egress_new: (transfer full): knows this machine's prefixes as they are now. */
HarkEgress *hark_egress_new (bool lan_only);

/* hark_egress_free: NULL is fine. */
void hark_egress_free (HarkEgress *egress);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (HarkEgress, hark_egress_free)

/* hark_egress_update: interfaces or addresses changed. */
void hark_egress_update (HarkEgress *egress);

/* hark_egress_local_prefixes: with LAN-only the places that packets may come from and go to:
 * loopback, link-local and on-link ones; returns how many, at most HARK_EGRESS_PREFIXES_MAX. 0 when
 * everything is allowed. @egress: (nullable). */
size_t hark_egress_local_prefixes (const HarkEgress *egress,
                                   HarkEgressPrefix ret[HARK_EGRESS_PREFIXES_MAX]);

/* hark_egress_is_lan_only: NULL is no. */
bool hark_egress_is_lan_only (const HarkEgress *egress);

/* hark_egress_is_on_link: @endpoint is link-local, or within a prefix of an interface. */
bool hark_egress_is_on_link (const HarkEgress *egress, const HarkEndpoint *endpoint);

/* hark_egress_allows: may something be sent to @endpoint? What may not is counted. @egress:
 * (nullable): NULL allows everything. */
bool hark_egress_allows (HarkEgress *egress, const HarkEndpoint *endpoint);

/* hark_egress_confine: with LAN-only, datagrams and connections of @fd (AF_INET or AF_INET6) die at
 * the first router. @egress: (nullable). */
void hark_egress_confine (const HarkEgress *egress, int fd);

/* hark_egress_refuse: something else was not done because it leads beyond: a name not resolved, a
 * router not asked. */
void hark_egress_refuse (HarkEgress *egress);

/* hark_egress_get_refused: how often was there a refusal. */
uint64_t hark_egress_get_refused (const HarkEgress *egress);
