/* net/io/udp.h - the signalling socket: one UDP port for the DHT, knocks and STUN.
 *
 * Shell: owns a socket and a source in a GMainContext; everything happens in that context's thread.
 * Dual-stack (IPv6 socket with IPV6_V6ONLY off), IPv4 alone where there is no IPv6. Nothing is
 * queued: what the kernel does not take at once is a lost datagram.
 */
#pragma once

#include "net/base/endpoint.h"
#include "net/io/egress.h"

#include <glib.h>

#define HARK_UDP_DATAGRAM_MAX 2048 /* bytes; longer datagrams are dropped unread */

typedef struct HarkUdp HarkUdp;

/* All of them may call into the socket, hark_udp_free() included. */
typedef struct {
  /* @data is borrowed for the time of the call */
  void (*on_datagram) (void *user_data, const HarkEndpoint *from, const uint8_t *data, size_t len);
  /* an ICMP error came back for something sent to @to */
  void (*on_unreachable) (void *user_data, const HarkEndpoint *to);
  /* after one or more of the above: time to answer */
  void (*on_batch_end) (void *user_data);
} HarkUdpHandlers;

/**
 * hark_udp_new:
 * @port: 0: the kernel chooses
 * @bind: (nullable): the addresses and interfaces to use (net/io/bound.h); NULL: all
 * @context: (nullable): NULL: the default one
 * @handlers: must outlive the socket
 *
 * Returns: (transfer full) (nullable): NULL with @error (G_IO_ERROR)
 */
HarkUdp *hark_udp_new (uint16_t port,
                       const char *bind,
                       GMainContext *context,
                       const HarkUdpHandlers *handlers,
                       void *user_data,
                       GError **error);

/* hark_udp_update: interfaces or addresses changed. */
void hark_udp_update (HarkUdp *udp);

/* hark_udp_free: closes the socket. NULL is fine. */
void hark_udp_free (HarkUdp *udp);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (HarkUdp, hark_udp_free)

/* hark_udp_send: false when the kernel did not take it: no room, no route, wrong family. */
bool hark_udp_send (HarkUdp *udp, const HarkEndpoint *to, const uint8_t *data, size_t len);

/* hark_udp_get_port: the port in use, host byte order. */
uint16_t hark_udp_get_port (const HarkUdp *udp);

/* hark_udp_set_egress: where may be sent; borrowed. */
void hark_udp_set_egress (HarkUdp *udp, HarkEgress *egress);
