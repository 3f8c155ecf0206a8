/* tests/sim/network-private.h - what the virtual network is made of; included by its .c files only.
 */
#pragma once

#include "tests/sim/network.h"
#include "tests/sim/queue.h"

#include <glib.h>
#include <sodium.h>

typedef struct {
  unsigned site;
  HarkEndpoint address;
  HarkSimLink up, down;
  unsigned part;
  GHashTable *sockets; /* port: Socket */
  uint16_t next_port;
} HarkSimHost;

typedef struct {
  HarkSimNatKind kind;
  HarkEndpoint external;
  HarkSimNat *nat;
  HarkSimLink up, down;
  unsigned part;
  bool hairpin;
  GArray *hosts; /* unsigned; the first is .10 */
} HarkSimSite;

struct HarkSimNetwork {
  HarkTime now;
  HarkRng rng;
  HarkSimQueue queue; /* of Event */
  GPtrArray *hosts;   /* HarkSimHost; NULL: removed */
  GPtrArray *sites;   /* HarkSimSite; number 1 is the first; NULL: removed */
  GHashTable *places; /* IPv4 address on the internet: site number, or -1 - host number */
  HarkSimCounters counters;
  crypto_generichash_state trace;
  bool traced;
  HarkSimTap tap; /* NULL: none */
  void *tap_data;
  HarkSimWatch watch; /* NULL: none */
  void *watch_data;
  uint32_t next_address; /* of the next place; 0: any */
  bool is_wide;
  HarkSimWideArea area; /* when wide */
  uint64_t draw;        /* likewise: fates of packets, and addresses */
  unsigned sending;     /* inside hark_sim_network_send() */
};

/* hark_sim_get_host, hark_sim_get_site: borrowed; the number must be one that was given out and not
 * removed. */
HarkSimHost *hark_sim_get_host (const HarkSimNetwork *network, unsigned host);
HarkSimSite *hark_sim_get_site (const HarkSimNetwork *network, unsigned site);
