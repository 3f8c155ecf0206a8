#define G_LOG_DOMAIN "hark-io"

#include "net/io/tcp-socket.h"

#include "net/io/socket-option.h"

#include <errno.h>
#include <glib.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#define BACKLOG 64         /* connections that the kernel keeps for us */
#define UNSENT_LOWAT 16384 /* bytes in the kernel that are not on their way yet */
#define USER_TIMEOUT 10000 /* ms that sent bytes may stay unacknowledged */
#define KEEPALIVE_IDLE 20  /* s */
#define KEEPALIVE_EVERY 5  /* s */
#define KEEPALIVE_PROBES 3 /* then it is dead */

void
hark_tcp_socket_set_options (int fd)
{
  hark_socket_option (fd, IPPROTO_TCP, TCP_NODELAY, 1);
  hark_socket_option (fd, IPPROTO_TCP, TCP_NOTSENT_LOWAT, UNSENT_LOWAT);
  hark_socket_option (fd, IPPROTO_TCP, TCP_USER_TIMEOUT, USER_TIMEOUT);
  hark_socket_option (fd, SOL_SOCKET, SO_KEEPALIVE, 1);
  hark_socket_option (fd, IPPROTO_TCP, TCP_KEEPIDLE, KEEPALIVE_IDLE);
  hark_socket_option (fd, IPPROTO_TCP, TCP_KEEPINTVL, KEEPALIVE_EVERY);
  hark_socket_option (fd, IPPROTO_TCP, TCP_KEEPCNT, KEEPALIVE_PROBES);
}

int
hark_tcp_socket_listen (const HarkEndpoint *address, bool dual)
{
  struct sockaddr_storage native;
  socklen_t len = (socklen_t) hark_endpoint_to_sockaddr (address, false, &native);
  int fd = socket (native.ss_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, IPPROTO_TCP);
  int saved;

  if (fd < 0)
    return -1;
  hark_socket_option (fd, SOL_SOCKET, SO_REUSEADDR, 1);
  if (native.ss_family == AF_INET6)
    hark_socket_option (fd, IPPROTO_IPV6, IPV6_V6ONLY, !dual);
  if (bind (fd, (struct sockaddr *) &native, len) == 0 && listen (fd, BACKLOG) == 0)
    return fd;
  saved = errno;
  close (fd);
  errno = saved;
  return -1;
}

int
hark_tcp_socket_dial (const HarkEndpoint *to, const HarkEndpoint *bind_to)
{
  struct sockaddr_storage address;
  socklen_t len = (socklen_t) hark_endpoint_to_sockaddr (to, false, &address);
  int fd;

  if (bind_to && bind_to->family != to->family)
    return -1;
  fd = socket (address.ss_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, IPPROTO_TCP);
  if (fd < 0)
    return -1;
  if (bind_to) {
    HarkEndpoint from = *bind_to;
    const int index = (int) from.interface;
    struct sockaddr_storage own;
    socklen_t own_len;

    from.port = 0;
    own_len = (socklen_t) hark_endpoint_to_sockaddr (&from, false, &own);
    if ((index != 0 && setsockopt (fd, SOL_SOCKET, SO_BINDTOIFINDEX, &index, sizeof index) < 0)
        || bind (fd, (struct sockaddr *) &own, own_len) < 0) {
      close (fd);
      return -1;
    }
  }
  if (connect (fd, (struct sockaddr *) &address, len) == 0 || errno == EINPROGRESS)
    return fd;
  close (fd);
  return -1;
}
