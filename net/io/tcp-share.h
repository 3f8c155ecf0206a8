/* net/io/tcp-share.h - who has more than his share of the connections, when there is no room.
 *
 * Pure; any thread. An address counts as somebody, with IPv6 a /64; and so does a network, a /24 or
 * /48, whose owner may have all addresses in it.
 */
#pragma once

#include "net/io/tcp.h"

/* A connection that was accepted. */
typedef struct {
  const HarkEndpoint *remote; /* borrowed */
  bool stays;                 /* it counts, but is not the one to go */
} HarkTcpHolder;

/* hark_tcp_share_is_same: they are the same address. */
bool hark_tcp_share_is_same (const HarkEndpoint *a, const HarkEndpoint *b);

/* hark_tcp_share_find: which of @holders (oldest first, HARK_TCP_CONNECTIONS_MAX at the most) has
 * to go: the oldest of the address that has most, if that is more than HARK_TCP_FAIR_SHARE, else of
 * the network, if more than HARK_TCP_FAIR_NETWORK. -1: nobody has too many. */
int hark_tcp_share_find (const HarkTcpHolder *holders, unsigned n);
