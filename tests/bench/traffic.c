#include "tests/bench/traffic.h"

#include <dlfcn.h>
#include <netinet/in.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <string.h>
#include <sys/socket.h>

#define HEADERS_LEN 28

/* By port: sockets come and go, and one may have several descriptors. */
static _Atomic uint64_t sent[1 << 16], received[1 << 16];

/* The port of a UDP socket; 0 of anything else. */
static uint16_t
udp_port (int fd)
{
  struct sockaddr_storage address;
  socklen_t len = sizeof address;
  int type = 0;
  socklen_t type_len = sizeof type;
  uint16_t port = 0;

  if (getsockname (fd, (struct sockaddr *) &address, &len) < 0
      || getsockopt (fd, SOL_SOCKET, SO_TYPE, &type, &type_len) < 0 || type != SOCK_DGRAM)
    return 0;
  if (address.ss_family == AF_INET)
    memcpy (&port, &((struct sockaddr_in *) &address)->sin_port, sizeof port);
  if (address.ss_family == AF_INET6)
    memcpy (&port, &((struct sockaddr_in6 *) &address)->sin6_port, sizeof port);
  return ntohs (port);
}

static void
count (_Atomic uint64_t *counters, int fd, ssize_t len)
{
  uint16_t port = len >= 0 ? udp_port (fd) : 0;

  if (port != 0)
    atomic_fetch_add_explicit (&counters[port], (uint64_t) len + HEADERS_LEN, memory_order_relaxed);
}

void
bench_traffic (uint16_t port, BenchTraffic *signalling, BenchTraffic *paths)
{
  *signalling = *paths = (BenchTraffic){0};
  for (unsigned i = 1; i < sizeof sent / sizeof *sent; i++) {
    BenchTraffic *traffic = i == port ? signalling : paths;

    traffic->out += sent[i];
    traffic->in += received[i];
  }
}

/* ---- in place of the C library's ----
 *
 * POSIX lets dlsym() return functions as object pointers. */

#define REAL(name)                \
  static __typeof__ (&name) real; \
  if (!real)                      \
  *(void **) (void *) &real = dlsym (RTLD_NEXT, #name)

ssize_t
sendto (
  int fd, const void *bytes, size_t len, int flags, const struct sockaddr *to, socklen_t to_len)
{
  ssize_t done;

  REAL (sendto);
  done = real (fd, bytes, len, flags, to, to_len);
  count (sent, fd, done);
  return done;
}

ssize_t
sendmsg (int fd, const struct msghdr *message, int flags)
{
  ssize_t done;

  REAL (sendmsg);
  done = real (fd, message, flags);
  count (sent, fd, done);
  return done;
}

int
sendmmsg (int fd, struct mmsghdr *messages, unsigned n, int flags)
{
  int done;

  REAL (sendmmsg);
  done = real (fd, messages, n, flags);
  for (int i = 0; i < done; i++)
    count (sent, fd, messages[i].msg_len);
  return done;
}

ssize_t
recvmsg (int fd, struct msghdr *message, int flags)
{
  ssize_t done;

  REAL (recvmsg);
  done = real (fd, message, flags);
  count (received, fd, done);
  return done;
}

int
recvmmsg (int fd, struct mmsghdr *messages, unsigned n, int flags, struct timespec *timeout)
{
  int done;

  REAL (recvmmsg);
  done = real (fd, messages, n, flags, timeout);
  for (int i = 0; i < done; i++)
    count (received, fd, messages[i].msg_len);
  return done;
}
