/* net/io/socket-set.h - many UDP sockets behind one descriptor of the main loop.
 *
 * Shell; in the thread of the GMainContext. A hundred paths must not make poll() long: their
 * sockets hang on one epoll instance (epoll(7)). Datagrams are read in batches and, where the
 * kernel has kept packets of one sender together (UDP_GRO, udp(7)), as few large ones, and handed
 * over one by one without a copy.
 */
#pragma once

#include "net/base/endpoint.h"

#include <glib.h>

#define HARK_SOCKET_SET_FLUSH_EVERY 32 /* packets between two on_flush(), at most */

typedef struct HarkSocketSet HarkSocketSet;
typedef struct HarkSocket HarkSocket;

/* Handlers may add and remove any socket, and free the set. */
typedef struct {
  /* @owner, @number: as given when the socket was added; @data is borrowed for the time of the call
   */
  void (*on_packet) (
    void *owner, unsigned number, const HarkEndpoint *from, const uint8_t *data, size_t len);
  /* packets were handed over: the last chance to answer before the next
   * HARK_SOCKET_SET_FLUSH_EVERY */
  void (*on_flush) (void *user_data);
} HarkSocketHandlers;

/* hark_socket_set_new: @handlers must outlive it. NULL when the kernel gives no epoll instance. */
HarkSocketSet *
hark_socket_set_new (GMainContext *context, const HarkSocketHandlers *handlers, void *user_data);

/* hark_socket_set_free: remove every socket first. NULL is fine. */
void hark_socket_set_free (HarkSocketSet *set);

/**
 * hark_socket_set_add:
 * @fd: (transfer full): a non-blocking UDP socket; closed on failure as well
 * @owner, @number: handed to on_packet()
 *
 * Nobody else may read the socket from then on.
 *
 * Returns: (transfer full) (nullable): NULL when the kernel has no room for one more
 */
HarkSocket *hark_socket_set_add (HarkSocketSet *set, int fd, void *owner, unsigned number);

/* hark_socket_remove: closes it; no handler is called for it any more. Others who have the same
 * socket may read it again. NULL is fine. */
void hark_socket_remove (HarkSocket *socket);

/* hark_socket_get_fd: for sending; borrowed. */
int hark_socket_get_fd (const HarkSocket *socket);

/* hark_socket_get_local: where it is bound. */
const HarkEndpoint *hark_socket_get_local (const HarkSocket *socket);
