/* net/io/router.h - asks one router for one port mapping, in each language that routers speak.
 *
 * Shell; blocks for up to some seconds: only for the thread of net/io/portmap.c.
 */
#pragma once

#include "net/io/pcp.h"
#include "net/net.h"

#include <stdatomic.h>

/* What is being asked, and of whom. */
typedef struct {
  HarkEndpoint gateway; /* IPv4 address of the router */
  HarkEndpoint client;  /* ours, as it sees us; port 0 */
  HarkPcpMapping mapping;
  const atomic_bool *stop; /* ends waiting early */
} HarkRouterRequest;

typedef enum {
  HARK_ROUTER_GRANTED,
  HARK_ROUTER_REFUSED,
  HARK_ROUTER_SILENT, /* it does not speak this language */
} HarkRouterResult;

/* What it gave. */
typedef struct {
  HarkEndpoint external;
  uint32_t lifetime; /* seconds */
} HarkRouterAnswer;

/* hark_router_find: the router of the default route with the lowest metric, and our own address
 * towards it, with its interface. False when there is none. */
bool hark_router_find (HarkEndpoint *ret_gateway, HarkEndpoint *ret_client);

/* hark_router_is_tunnel: the default route (IPv4) leads into a tunnel: a VPN, mostly. */
bool hark_router_is_tunnel (void);

/* hark_router_ask_pcp: asks, twice at the most, for 0.6 s; with `mapping.lifetime` 0 takes the
 * mapping back. @ret is valid with GRANTED; what is in it is only what the router says. */
HarkRouterResult hark_router_ask_pcp (const HarkRouterRequest *request, HarkRouterAnswer *ret);

/* hark_router_ask_nat_pmp: the same in RFC 6886's words, for 1.2 s: two questions. */
HarkRouterResult hark_router_ask_nat_pmp (const HarkRouterRequest *request, HarkRouterAnswer *ret);

/* What is known of an UPnP device; found once, then used for each mapping. */
typedef struct HarkUpnp HarkUpnp;

/* hark_upnp_find: asks the local network for a router (SSDP, 1 s) and reads its description. One
 * whose control address is not that of @gateway is not believed: any machine of the network may
 * answer. A child process does the work (net/io/upnp.h). (transfer full) (nullable). */
HarkUpnp *
hark_upnp_find (const HarkEndpoint *gateway, const HarkEndpoint *client, const atomic_bool *stop);

/* hark_upnp_free: NULL is fine. */
void hark_upnp_free (HarkUpnp *upnp);

/* hark_upnp_ask: as hark_router_ask_pcp(), of the device found; of @request's addresses only the
 * client counts. */
HarkRouterResult
hark_upnp_ask (HarkUpnp *upnp, const HarkRouterRequest *request, HarkRouterAnswer *ret);
