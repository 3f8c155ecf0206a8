/* tests/bench/traffic.h - bytes that this process sends and receives by UDP.
 *
 * Linking it puts it between everything in the process, libraries included, and the C library's
 * socket calls.
 */
#pragma once

#include <stdint.h>

typedef struct {
  uint64_t out, in; /* bytes of datagrams, with 28 each for IPv4 and UDP headers */
} BenchTraffic;

/* bench_traffic: since the process started. @signalling: of the socket bound to @port; @paths: of
 * all others. */
void bench_traffic (uint16_t port, BenchTraffic *signalling, BenchTraffic *paths);
