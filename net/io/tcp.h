/* net/io/tcp.h - packets over TCP, for those whose UDP is blocked: a listener and connections.
 *
 * Shell: sockets and sources in one GMainContext; everything happens in that context's thread. A
 * connection carries packets, each behind its length in two bytes (RFC 4571). The first one says
 * what it is for: a DHT message, and the connection stands for the signalling socket;
 * HARK_TCP_PATH_HELLO begins the proof of a path (net/io/path-tcp.h). Everything else is closed
 * without a word. What a connection has no room for is lost, as with UDP. net/PROTOCOL.md "TCP".
 */
#pragma once

#include "net/base/endpoint.h"

#include <glib.h>

/* Connections in all, both ways. Then the oldest that said nothing makes room, else the oldest (but
 * a path's) of the address that has most, if it has more than its fair share, else of the network
 * (/24, IPv6: /48) that has. */
#define HARK_TCP_CONNECTIONS_MAX 256
#define HARK_TCP_FAIR_SHARE 4
#define HARK_TCP_FAIR_NETWORK 32
#define HARK_TCP_PER_HOST_MAX 32      /* accepted from one address (IPv6: /64) */
#define HARK_TCP_DIALS_MAX 32         /* connections being made at once */
#define HARK_TCP_FIRST_PACKET_MS 5000 /* from accepted to the first packet, or connected */
#define HARK_TCP_IDLE_MS 90000        /* a signalling connection without a packet for it */
#define HARK_TCP_SIGNAL_LEN_MAX 2048  /* bytes of a packet; longer ones end the connection */
#define HARK_TCP_PATH_LEN_MAX 17000   /* likewise, on a path */

/* Bytes that wait to be sent: with more than that packets are lost; small ones, as of voice, only
 * with three times as many. */
#define HARK_TCP_UNSENT_BULK_MAX 16384
#define HARK_TCP_UNSENT_MAX 49152
#define HARK_TCP_SMALL_LEN 400 /* bytes of a small one */

#define HARK_TCP_PATH_HELLO 0x25 /* first byte of the first packet of a path */

typedef struct HarkTcp HarkTcp;
typedef struct HarkTcpConnection HarkTcpConnection;

/* For the signalling socket, and for paths that others begin. All of them may call into the HarkTcp
 * and its connections; none may free the HarkTcp. */
typedef struct {
  /* from.tcp is set; @data is borrowed for the time of the call */
  void (*on_datagram) (void *user_data, const HarkEndpoint *from, const uint8_t *data, size_t len);
  /* what was sent to @to does not arrive: no connection could be made, or it is closed */
  void (*on_unreachable) (void *user_data, const HarkEndpoint *to);
  /* after one or more of the above: time to answer */
  void (*on_batch_end) (void *user_data);
  /* does a dialler's first packet say that he is one of us? NULL: when it begins as a DHT message
   */
  bool (*is_signal) (void *user_data, const uint8_t *data, size_t len);
  /* a path's first packet, accepted: hark_tcp_connection_take() it, or it is closed */
  void (*on_path) (void *user_data, HarkTcpConnection *connection, const uint8_t *data, size_t len);
} HarkTcpHandlers;

/* For the owner of a path's connection. */
typedef struct {
  void (*on_packet) (void *data, HarkTcpConnection *connection, const uint8_t *packet, size_t len);
  /* after one or more packets */
  void (*on_batch_end) (void *data, HarkTcpConnection *connection);
  /* it is gone, or could not be made; the owner must let go of it */
  void (*on_closed) (void *data, HarkTcpConnection *connection);
} HarkTcpPathHandlers;

/**
 * hark_tcp_new:
 * @port: to listen at; 0: only dial
 * @bind: (nullable): the addresses and interfaces to accept at and dial from (net/io/bound.h);
 * NULL: all
 * @context: (nullable): NULL: the default one
 * @handlers: must outlive it
 *
 * Returns: (transfer full): never NULL; when the port cannot be had nobody is accepted
 */
HarkTcp *hark_tcp_new (uint16_t port,
                       const char *bind,
                       GMainContext *context,
                       const HarkTcpHandlers *handlers,
                       void *user_data);

/* hark_tcp_free: closes everything; paths are told. Not from a handler. NULL is fine. */
void hark_tcp_free (HarkTcp *tcp);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (HarkTcp, hark_tcp_free)

/* hark_tcp_get_port: where others are accepted, host byte order; 0: nowhere. */
uint16_t hark_tcp_get_port (const HarkTcp *tcp);

/* hark_tcp_count: connections of every kind. */
unsigned hark_tcp_count (const HarkTcp *tcp);

/* hark_tcp_send: @data as a packet on the signalling connection with @to; one is made when there is
 * none (but never to where somebody came from). False when it is lost. */
bool hark_tcp_send (HarkTcp *tcp, const HarkEndpoint *to, const uint8_t *data, size_t len);

/**
 * hark_tcp_dial:
 * @to: a TCP endpoint
 * @hello: the first packet, begins with HARK_TCP_PATH_HELLO
 * @handlers: of the owner; must outlive the connection
 *
 * Returns: (nullable): borrowed until on_closed() or hark_tcp_connection_close(); NULL when there
 * are too many or the system refuses
 */
HarkTcpConnection *hark_tcp_dial (HarkTcp *tcp,
                                  const HarkEndpoint *to,
                                  const uint8_t *hello,
                                  size_t len,
                                  const HarkTcpPathHandlers *handlers,
                                  void *data);

/* hark_tcp_connection_take: from on_path(): somebody owns it now; as hark_tcp_dial(). */
void hark_tcp_connection_take (HarkTcpConnection *connection,
                               const HarkTcpPathHandlers *handlers,
                               void *data);

/* hark_tcp_connection_send: @data cut into packets of @segment bytes, the last one may be shorter;
 * each as a packet. False when some were lost. */
bool hark_tcp_connection_send (HarkTcpConnection *connection,
                               const uint8_t *data,
                               size_t len,
                               size_t segment);

/* hark_tcp_connection_close: its owner has no more use for it; no handler is called. NULL is fine.
 */
void hark_tcp_connection_close (HarkTcpConnection *connection);

/* hark_tcp_connection_get_ends: as the system names them; both with tcp set. */
void hark_tcp_connection_get_ends (const HarkTcpConnection *connection,
                                   HarkEndpoint *ret_local,
                                   HarkEndpoint *ret_remote);
