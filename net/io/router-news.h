/* net/io/router-news.h - did a router forget the ports it opened? What routers say to everybody.
 *
 * Pure; any thread. A router that restarted says so to the local network: PCP (RFC 6887 section
 * 14.1) and NAT-PMP (RFC 6886 section 3.2.1) to 224.0.0.1, port 5350, with an epoch that begins
 * anew; UPnP with NOTIFY to 239.255.255.250, port 1900, with a boot number (UPnP device
 * architecture 1.1, section 1.2.2). They repeat themselves, and others may forge it: the caller
 * bounds what follows.
 */
#pragma once

#include "net/base/time.h"

#include <stdbool.h>
#include <stddef.h>

#define HARK_ROUTER_NEWS_PORT 5350
#define HARK_ROUTER_SSDP_PORT 1900
#define HARK_ROUTER_NEWS_LEN_MAX 1500 /* bytes of a datagram that are looked at */

/* What one router said last; zeros: nothing yet. */
typedef struct {
  bool has_epoch;
  uint32_t epoch; /* seconds, at `heard` */
  HarkTime heard;
  uint8_t address[4]; /* NAT-PMP: outside; else zeros */
  bool has_boot;
  uint64_t boot; /* the number of this start of the router; 0: it gives none */
} HarkRouterNews;

/* hark_router_news_read: a datagram that came to port 5350, from a router's port 5351. True when
 * mappings have to be asked for again: nothing was heard before, the epoch is not as old as it has
 * to be by now (RFC 6887 section 8.5), or the address outside is another one. */
bool hark_router_news_read (HarkRouterNews *news, const uint8_t *data, size_t len, HarkTime now);

/* hark_router_news_read_ssdp: the same for port 1900: the boot number is new, or the router takes
 * leave. */
bool hark_router_news_read_ssdp (HarkRouterNews *news, const uint8_t *data, size_t len);
