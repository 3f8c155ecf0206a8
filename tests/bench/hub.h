/* tests/bench/hub.h - one engine that is measured, in a process of its own on loopback, and its
 * contacts: each a real engine in another process. They find each other through DHT nodes of their
 * own.
 *
 * One thread at a time; what goes wrong ends the process with a sentence (tests/bench/peer.h).
 */
#pragma once

#include "tests/bench/peer.h"
#include "tests/bench/traffic.h"

/* What a conductor hands to bench_begin(). */
#define BENCH_HUB_ROLES                                 \
  {                                                     \
    {"node", bench_role_node}, {"hub", bench_role_hub}, \
    {                                                   \
      "guest", bench_role_guest                         \
    }                                                   \
  }

typedef struct {
  BenchProcess *process;
  char *bootstrap; /* "host:port" of a DHT node */
  char *address;   /* of the engine's owner */
  unsigned contacts;
} BenchHub;

typedef struct {
  double rss, heap; /* bytes */
  double cpu_us;    /* since it started */
  double wake_ups;  /* likewise: how often one of its threads had nothing to do */
  BenchTraffic signalling, paths;
} BenchSample;

void bench_role_hub (int fd, char **arguments);
void bench_role_guest (int fd, char **arguments);

/* bench_hub_start: (transfer full): with DHT nodes around it, ready, without contacts. */
BenchHub *bench_hub_start (void);

/* bench_hub_free: its processes end with the conductor. */
void bench_hub_free (BenchHub *hub);

/* bench_hub_gather: makes contacts until there are @to, and waits until they are connected. */
void bench_hub_gather (BenchHub *hub, unsigned to);

/* bench_hub_sample: now. */
BenchSample bench_hub_sample (const BenchHub *hub);
