/* tests/unit/net/dht/swarm.h - many nodes and a network between them, in virtual time. */
#pragma once

#include "net/dht/dht.h"

#define SWARM_VALUE_MAX 1000

typedef struct Swarm Swarm;

/* How a node misbehaves. */
typedef enum {
  SWARM_HONEST,
  SWARM_SILENT, /* receives, never answers */
  SWARM_LIAR,   /* invents nodes near every target, forges values, swallows puts */
  SWARM_HIDER,  /* names only others of its kind, has nothing, swallows puts */
} SwarmConduct;

/* Where nodes live. */
typedef enum {
  SWARM_LOOPBACK,
  SWARM_IPV4, /* all over the internet */
  SWARM_IPV6,
  SWARM_MIXED, /* by number modulo 3: IPv4, IPv6, both */
} SwarmPlace;

/* What became of an operation, as far as events said. */
typedef struct {
  bool done;
  bool found;
  bool unchanged;
  bool conflict;
  bool own_copy;
  unsigned acks;
  int64_t seq;
  uint8_t value[SWARM_VALUE_MAX];
  size_t len;
  HarkTime first; /* first VALUE or STORED; 0: none */
  HarkTime end;
  unsigned n_peers;
  int code;
} SwarmResult;

/* @public: addresses all over the internet instead of loopback. Delays are 5 .. 75 ms one way. */
Swarm *swarm_new (uint32_t seed, unsigned n, bool public, double loss);
Swarm *swarm_new_at (uint32_t seed, unsigned n, SwarmPlace place, double loss);
void swarm_free (Swarm *swarm);
HarkDht *swarm_dht (Swarm *swarm, unsigned i);
HarkEndpoint swarm_endpoint (Swarm *swarm, unsigned i);
HarkTime swarm_now (Swarm *swarm);
HarkRng *swarm_rng (Swarm *swarm);
HarkEndpoint swarm_endpoint6 (Swarm *swarm, unsigned i);
void swarm_set_conduct (Swarm *swarm, unsigned i, SwarmConduct conduct);

/* Makes node @i anew with the id @id (loopback, before it joins). */
void swarm_set_id (Swarm *swarm, unsigned i, const uint8_t id[20]);

/* Replaces node @i by an empty newcomer at a new address (public) or the same one. */
void swarm_replace (Swarm *swarm, unsigned i);

/* Everybody starts from node 0 (node 0 from node 1), then @span passes. */
void swarm_join (Swarm *swarm, HarkTime span);
void swarm_run (Swarm *swarm, HarkTime span);

/* Runs until operation @op of node @i is over, at most 30 s; then forgets it. */
SwarmResult swarm_wait (Swarm *swarm, unsigned i, HarkDhtOperation op);

/* Called with every event; after that the swarm keeps what results need. */
typedef void (*SwarmEvent) (Swarm *swarm, unsigned i, const HarkDhtEvent *event, gpointer data);
void swarm_set_on_event (Swarm *swarm, SwarmEvent on_event, gpointer data);

/* A signed item with a value of @len bytes; @seed makes its key. */
void swarm_item (uint8_t seed, int64_t seq, size_t len, uint8_t *value, HarkDhtItem *ret);

uint64_t swarm_packets (Swarm *swarm);
