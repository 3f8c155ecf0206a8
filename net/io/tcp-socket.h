/* net/io/tcp-socket.h - TCP sockets set up as net/io/tcp.h wants them.
 *
 * Shell: makes descriptors, which the caller closes. None of it blocks.
 */
#pragma once

#include "net/base/endpoint.h"

/* hark_tcp_socket_listen: listens at @address; @dual: an IPv6 socket takes IPv4 as well. Returns -1
 * with errno. */
int hark_tcp_socket_listen (const HarkEndpoint *address, bool dual);

/* hark_tcp_socket_dial: on its way to @to, from @bind (nullable; its port is ignored) and by its
 * interface if that is known. Returns -1 when it cannot even begin. */
int hark_tcp_socket_dial (const HarkEndpoint *to, const HarkEndpoint *bind);

/* hark_tcp_socket_set_options: no waiting for fuller packets, little unsent in the kernel (RFC 896;
 * TCP_NOTSENT_LOWAT), and an end when the other side is silent for 10 s (RFC 5482). */
void hark_tcp_socket_set_options (int fd);
