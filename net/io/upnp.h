/* net/io/upnp.h - asks an UPnP router in a process of its own, which may come to grief.
 *
 * miniupnpc reads whatever a router sends, without bound, and parses it in C. So each question
 * (search and description; one mapping) goes to a child: this same program, started anew with
 * HARK_UPNP_CHILD as its name, without environment, open files or anything of ours in its memory.
 * It has HARK_UPNP_MEMORY more than it started with, HARK_UPNP_CPU_S of a processor and
 * HARK_UPNP_PATIENCE; it gives back one message of a fixed size, of which nothing is believed. What
 * is more goes with it.
 *
 * Shell. hark_upnp_find() and hark_upnp_ask() are in net/io/router.h and block.
 */
#pragma once

#include "net/io/router.h"

#define HARK_UPNP_CHILD "hark-upnp"
#define HARK_UPNP_MEMORY (16u << 20) /* bytes of address space (not with AddressSanitizer) */
#define HARK_UPNP_CPU_S 3
#define HARK_UPNP_PATIENCE_MS 8000 /* from question to answer */
#define HARK_UPNP_CONTROL_MAX 512  /* bytes of a control URL, with its end */
#define HARK_UPNP_SERVICE_MAX 128  /* of a service type */

/* What is known of a router. */
struct HarkUpnp {
  char control[HARK_UPNP_CONTROL_MAX];
  char service[HARK_UPNP_SERVICE_MAX];
};

/* From parent to child. */
typedef struct {
  bool find; /* else: ask */
  HarkEndpoint gateway, client;
  HarkPcpMapping mapping;
  HarkUpnp upnp; /* to ask */
} HarkUpnpQuestion;

/* And back. */
typedef struct {
  HarkRouterResult result; /* GRANTED: the rest is there */
  HarkUpnp upnp;           /* found */
  HarkRouterAnswer answer; /* asked */
} HarkUpnpAnswer;

/* hark_upnp_has_child: hark_net_be_helper() (net/io/runner.h) was called in this process. */
bool hark_upnp_has_child (void);
