#define G_LOG_DOMAIN "hark-io"

#include "net/io/udp.h"

#include "net/io/bound.h"
#include "net/io/origin.h"
#include "net/io/socket-option.h"

#include <arpa/inet.h>
#include <errno.h>
#include <gio/gio.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>
/* after the libc headers it overlaps with */
#include <linux/errqueue.h>

#define BATCH 32             /* datagrams of one recvmmsg() */
#define ROUNDS_MAX 4         /* batches of one dispatch, so that timers are not starved */
#define ERRORS_MAX 64        /* ICMP errors of one dispatch */
#define BUFFER_LEN (1 << 20) /* SO_RCVBUF, SO_SNDBUF */

struct HarkUdp {
  int fd;
  bool mapped; /* IPv6 socket: IPv4 peers as mapped addresses */
  bool bound6; /* IPv6 address given: IPv4 cannot be reached */
  uint16_t port;
  HarkBound *bound;   /* NULL: any address, or the one that the socket is bound to */
  HarkEgress *egress; /* borrowed; NULL: everything may be sent */
  GSource *source;
  const HarkUdpHandlers *handlers;
  void *user_data;
  bool *freed; /* set while dispatching: tells it that the socket went away */
  HarkOrigins origins;
  struct sockaddr_storage from[BATCH];
  union {
    char bytes[HARK_ORIGIN_CONTROL_LEN];
    struct cmsghdr align;
  } control[BATCH];
  uint8_t data[BATCH][HARK_UDP_DATAGRAM_MAX];
};

typedef struct {
  GSource source;
  HarkUdp *udp;
  gpointer tag;
} UdpSource;

static bool
is_unreachable (const struct sock_extended_err *err)
{
  if (err->ee_origin != SO_EE_ORIGIN_ICMP && err->ee_origin != SO_EE_ORIGIN_ICMP6)
    return false;
  switch (err->ee_errno) {
  case ECONNREFUSED:
  case EHOSTUNREACH:
  case ENETUNREACH:
  case EHOSTDOWN:
  case EACCES:
    return true;
  default: /* EMSGSIZE and the like say nothing about the other end */
    return false;
  }
}

/* Takes one error off the queue; false when it is empty. @ret has family 0 when it is none of
 * interest. */
static bool
take_error (HarkUdp *udp, HarkEndpoint *ret)
{
  union {
    char bytes[256];
    struct cmsghdr align;
  } control;
  struct sockaddr_storage to;
  uint8_t scrap[1];
  struct iovec iov = {.iov_base = scrap, .iov_len = sizeof scrap};
  struct msghdr message = {.msg_name = &to,
                           .msg_namelen = sizeof to,
                           .msg_iov = &iov,
                           .msg_iovlen = 1,
                           .msg_control = &control,
                           .msg_controllen = sizeof control};

  ret->family = 0;
  if (recvmsg (udp->fd, &message, MSG_ERRQUEUE | MSG_DONTWAIT) < 0)
    return false;
  for (struct cmsghdr *c = CMSG_FIRSTHDR (&message); c; c = CMSG_NXTHDR (&message, c)) {
    bool ip4 = c->cmsg_level == IPPROTO_IP && c->cmsg_type == IP_RECVERR;
    bool ip6 = c->cmsg_level == IPPROTO_IPV6 && c->cmsg_type == IPV6_RECVERR;
    struct sock_extended_err err;

    if (!ip4 && !ip6)
      continue;
    memcpy (&err, CMSG_DATA (c), sizeof err);
    if (is_unreachable (&err) && message.msg_namelen > 0)
      hark_endpoint_from_sockaddr ((struct sockaddr *) &to, ret);
  }
  return true;
}

/* Returns false when the socket was freed by a handler. */
static bool
drain_errors (HarkUdp *udp, bool *freed)
{
  HarkEndpoint to;
  unsigned told = 0;

  for (unsigned i = 0; i < ERRORS_MAX && take_error (udp, &to); i++) {
    if (!to.family)
      continue;
    told++;
    udp->handlers->on_unreachable (udp->user_data, &to);
    if (*freed)
      return false;
  }
  if (told > 0)
    udp->handlers->on_batch_end (udp->user_data);
  return !*freed;
}

/* What came elsewhere than the user wants is none of ours. */
static bool
is_for_us (const HarkUdp *udp, struct msghdr *message)
{
  HarkEndpoint local;

  return !udp->bound || (hark_origin_read (message, &local) && hark_bound_has (udp->bound, &local));
}

/* Returns how many datagrams came, or -1 when the socket was freed by a handler. */
static int
receive_batch (HarkUdp *udp, bool *freed)
{
  struct mmsghdr messages[BATCH];
  struct iovec iov[BATCH];
  int n = 0;

  memset (messages, 0, sizeof messages);
  for (int i = 0; i < BATCH; i++) {
    iov[i] = (struct iovec){.iov_base = udp->data[i], .iov_len = HARK_UDP_DATAGRAM_MAX};
    messages[i].msg_hdr.msg_name = &udp->from[i];
    messages[i].msg_hdr.msg_namelen = sizeof udp->from[i];
    messages[i].msg_hdr.msg_iov = &iov[i];
    messages[i].msg_hdr.msg_iovlen = 1;
    messages[i].msg_hdr.msg_control = &udp->control[i];
    messages[i].msg_hdr.msg_controllen = sizeof udp->control[i];
  }
  /* an ICMP error of an earlier datagram is reported once, here too, before what has come */
  for (int attempt = 0; attempt < 2; attempt++)
    if ((n = recvmmsg (udp->fd, messages, BATCH, MSG_DONTWAIT, NULL)) >= 0 || errno == EAGAIN)
      break;
  for (int i = 0; i < n; i++) {
    HarkEndpoint from;

    if ((messages[i].msg_hdr.msg_flags & MSG_TRUNC)
        || !hark_endpoint_from_sockaddr ((struct sockaddr *) &udp->from[i], &from)
        || !is_for_us (udp, &messages[i].msg_hdr))
      continue;
    hark_origin_remember (&udp->origins, &from, &messages[i].msg_hdr);
    udp->handlers->on_datagram (udp->user_data, &from, udp->data[i], messages[i].msg_len);
    if (*freed)
      return -1;
  }
  if (n > 0)
    udp->handlers->on_batch_end (udp->user_data);
  return *freed ? -1 : MAX (n, 0);
}

static gboolean
dispatch (GSource *source, GSourceFunc callback G_GNUC_UNUSED, gpointer data G_GNUC_UNUSED)
{
  UdpSource *self = (UdpSource *) source;
  HarkUdp *udp = self->udp;
  GIOCondition condition = g_source_query_unix_fd (source, self->tag);
  bool freed = false;

  udp->freed = &freed;
  if ((condition & G_IO_ERR) && !drain_errors (udp, &freed))
    return G_SOURCE_REMOVE;
  for (int round = 0; round < ROUNDS_MAX; round++) {
    int n = receive_batch (udp, &freed);

    if (n < 0)
      return G_SOURCE_REMOVE;
    if (n < BATCH)
      break;
  }
  udp->freed = NULL;
  return G_SOURCE_CONTINUE;
}

static GSourceFuncs source_funcs = {.dispatch = dispatch};

/* Fills @ret with where to bind; false when @bind is no address. */
static bool
parse_bind (const char *bind_text, uint16_t port, struct sockaddr_storage *ret, socklen_t *ret_len)
{
  struct sockaddr_in6 *in6 = (struct sockaddr_in6 *) ret;
  struct sockaddr_in *in = (struct sockaddr_in *) ret;

  memset (ret, 0, sizeof *ret);
  if (!bind_text || inet_pton (AF_INET6, bind_text, &in6->sin6_addr) == 1) {
    in6->sin6_family = AF_INET6;
    in6->sin6_port = htons (port);
    *ret_len = sizeof *in6;
    return true;
  }
  if (inet_pton (AF_INET, bind_text, &in->sin_addr) != 1)
    return false;
  in->sin_family = AF_INET;
  in->sin_port = htons (port);
  *ret_len = sizeof *in;
  return true;
}

/* Socket and bind; -1 with errno. */
static int
open_socket (const struct sockaddr_storage *address, socklen_t len)
{
  int fd = socket (address->ss_family, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, IPPROTO_UDP);
  int saved;

  if (fd < 0)
    return -1;
  if (address->ss_family == AF_INET6) {
    hark_socket_option (fd, IPPROTO_IPV6, IPV6_V6ONLY, 0);
    hark_socket_option (fd, IPPROTO_IPV6, IPV6_RECVERR, 1);
  }
  hark_socket_option (fd, IPPROTO_IP, IP_RECVERR, 1);
  hark_socket_option (fd, SOL_SOCKET, SO_RCVBUF, BUFFER_LEN);
  hark_socket_option (fd, SOL_SOCKET, SO_SNDBUF, BUFFER_LEN);
  hark_origin_enable (fd, address->ss_family == AF_INET6);
  if (bind (fd, (const struct sockaddr *) address, len) == 0)
    return fd;
  saved = errno;
  close (fd);
  errno = saved;
  return -1;
}

/* Opens the socket that @bind and @port ask for; leaves its address in @ret. */
static int
open_bound (uint16_t port, const char *bind_text, struct sockaddr_storage *ret, GError **error)
{
  socklen_t len;
  int fd;

  if (!parse_bind (bind_text, port, ret, &len)) {
    g_set_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT, "“%s” is not an IP address",
                 bind_text);
    return -1;
  }
  fd = open_socket (ret, len);
  if (fd < 0 && !bind_text && (errno == EAFNOSUPPORT || errno == EADDRNOTAVAIL)) {
    parse_bind ("0.0.0.0", port, ret, &len);
    fd = open_socket (ret, len);
  }
  if (fd < 0) {
    int saved = errno;

    g_set_error (error, G_IO_ERROR, g_io_error_from_errno (saved), "UDP port %u: %s", port,
                 g_strerror (saved));
    return -1;
  }
  len = sizeof *ret;
  getsockname (fd, (struct sockaddr *) ret, &len);
  return fd;
}

HarkUdp *
hark_udp_new (uint16_t port,
              const char *bind_text,
              GMainContext *context,
              const HarkUdpHandlers *handlers,
              void *user_data,
              GError **error)
{
  g_autoptr (HarkBound) bound = bind_text ? hark_bound_new (bind_text, error) : NULL;
  struct sockaddr_storage address;
  HarkEndpoint only;
  HarkUdp *udp;
  UdpSource *source;
  int fd;

  if (bind_text && !bound)
    return NULL;
  if (bound && hark_bound_is_single (bound, &only))
    g_clear_pointer (&bound, hark_bound_free);
  if (bound && !hark_bound_is_there (bound))
    g_warning ("nothing of “%s” is on this computer now: nobody is reached", bind_text);
  if (bound)
    bind_text = NULL;
  fd = open_bound (port, bind_text, &address, error);
  if (fd < 0)
    return NULL;

  udp = g_new0 (HarkUdp, 1);
  udp->fd = fd;
  udp->mapped = address.ss_family == AF_INET6;
  udp->bound = g_steal_pointer (&bound);
  udp->bound6 = bind_text && udp->mapped;
  udp->port = ntohs (udp->mapped ? ((struct sockaddr_in6 *) &address)->sin6_port
                                 : ((struct sockaddr_in *) &address)->sin_port);
  udp->handlers = handlers;
  udp->user_data = user_data;

  udp->source = g_source_new (&source_funcs, sizeof (UdpSource));
  source = (UdpSource *) udp->source;
  source->udp = udp;
  source->tag = g_source_add_unix_fd (udp->source, fd, G_IO_IN | G_IO_ERR);
  g_source_set_static_name (udp->source, "hark-udp");
  g_source_set_can_recurse (udp->source, TRUE); /* as in socket-set.c */
  g_source_attach (udp->source, context);
  return udp;
}

void
hark_udp_free (HarkUdp *udp)
{
  if (!udp)
    return;
  if (udp->freed)
    *udp->freed = true;
  g_source_destroy (udp->source);
  g_source_unref (udp->source);
  close (udp->fd);
  hark_bound_free (udp->bound);
  g_free (udp);
}

bool
hark_udp_send (HarkUdp *udp, const HarkEndpoint *to, const uint8_t *data, size_t len)
{
  struct sockaddr_storage address;
  union {
    char bytes[HARK_ORIGIN_CONTROL_LEN];
    struct cmsghdr align;
  } control;
  struct iovec iov = {.iov_base = (void *) (uintptr_t) data, .iov_len = len};
  struct msghdr message = {.msg_name = &address, .msg_iov = &iov, .msg_iovlen = 1};
  HarkEndpoint local;

  if (to->family != 4 && (to->family != 6 || !udp->mapped))
    return false;
  if (to->family == 4 && udp->bound6)
    return false;
  if (!hark_egress_allows (udp->egress, to))
    return false;
  message.msg_namelen = (socklen_t) hark_endpoint_to_sockaddr (to, udp->mapped, &address);
  if (!udp->bound)
    hark_origin_apply (&udp->origins, to, udp->mapped, &message, &control);
  else if (hark_bound_source (udp->bound, to, &local))
    hark_origin_put (&local, udp->mapped, &message, &control);
  else
    return false;

  /* an ICMP error of an earlier datagram is reported once, by whatever call comes next: try again
   */
  for (int attempt = 0; attempt < 2; attempt++) {
    if (sendmsg (udp->fd, &message, MSG_NOSIGNAL) >= 0)
      return true;
    if (errno == EAGAIN || errno == EMSGSIZE)
      return false;
  }
  if (udp->bound || !message.msg_control)
    return false;
  /* perhaps the address it came in at is gone: then from any other */
  message.msg_control = NULL;
  message.msg_controllen = 0;
  return sendmsg (udp->fd, &message, MSG_NOSIGNAL) >= 0;
}

void
hark_udp_update (HarkUdp *udp)
{
  if (udp->bound)
    hark_bound_update (udp->bound);
}

uint16_t
hark_udp_get_port (const HarkUdp *udp)
{
  return udp->port;
}

void
hark_udp_set_egress (HarkUdp *udp, HarkEgress *egress)
{
  udp->egress = egress;
  hark_egress_confine (egress, udp->fd);
}
