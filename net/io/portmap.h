/* net/io/portmap.h - ports opened in the router of this home: PCP, NAT-PMP, UPnP, whichever it
 * speaks.
 *
 * Shell. The work is done in a thread of its own, because routers take their time and two of the
 * libraries block; news come in the GMainContext. Mappings are asked for again at half of their
 * life, after a change of the network, when the router says that it restarted (router-news.h), and
 * taken back at the end.
 *
 * The router is asked in this order, until one answers: PCP (RFC 6887, pcp.h), NAT-PMP (RFC 6886,
 * libnatpmp), UPnP IGD (miniupnpc, in a process of its own: upnp.h). Nothing it says is trusted: an
 * external address that is not a public one (there is a second NAT behind it), or a port below
 * 1024, is not told to anybody.
 */
#pragma once

#include "net/net.h"

#include <glib.h>

#define HARK_PORTMAP_MAX 64 /* mappings wanted at a time; more are not asked for */

typedef struct HarkPortMap HarkPortMap;

/* Why there is no mapping. */
typedef enum {
  HARK_PORTMAP_OK,         /* there is one, or nothing was tried yet */
  HARK_PORTMAP_NO_GATEWAY, /* this network has no router */
  HARK_PORTMAP_SILENT,     /* it speaks none of the three */
  HARK_PORTMAP_REFUSED,    /* it said no */
  HARK_PORTMAP_NOT_PUBLIC, /* it has no public address itself */
} HarkPortMapTrouble;

typedef struct {
  HarkMappingKind kind; /* NONE: there is no mapping (any more); see `trouble` */
  HarkPortMapTrouble trouble;
  uint16_t port; /* ours */
  bool tcp;
  HarkEndpoint external; /* family 0 with NONE */
} HarkPortMapNews;

/* hark_portmap_new: @on_news runs from a source in @context; so does @on_restart, when the router
 * says that it restarted (three times, then once in 20 s at the most: anybody may say so in its
 * name). Never NULL; starts with nothing
 * wanted. */
HarkPortMap *hark_portmap_new (GMainContext *context,
                               void (*on_news) (void *data, const HarkPortMapNews *news),
                               void (*on_restart) (void *data),
                               void *data);

/* hark_portmap_free: takes every mapping back and waits for that for 1.5 s at the most; no news
 * follow. NULL is fine. */
void hark_portmap_free (HarkPortMap *map);

/* hark_portmap_want: news follow when it stands, moves or cannot be had. Counted: as many
 * hark_portmap_unwant() end it. */
void hark_portmap_want (HarkPortMap *map, uint16_t port, bool tcp);
void hark_portmap_unwant (HarkPortMap *map, uint16_t port, bool tcp);

/* hark_portmap_moved: the addresses of this machine changed: there may be another router. */
void hark_portmap_moved (HarkPortMap *map);
