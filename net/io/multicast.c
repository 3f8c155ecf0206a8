#define G_LOG_DOMAIN "hark-io"

#include "net/io/multicast.h"

#include "net/io/bound.h"
#include "net/io/origin.h"
#include "net/io/socket-option.h"
#include "net/lan/beacon.h"

#include <arpa/inet.h>
#include <errno.h>
#include <gio/gio.h>
#include <ifaddrs.h>
#include <net/if.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define GROUP4 "239.255.72.75"
#define GROUP6 "ff02::4875"
#define DATAGRAM_MAX 512 /* a sealed beacon is half of that */
#define ROUNDS_MAX 64    /* datagrams of one dispatch and socket */
#define CONTROL_LEN 64

typedef struct {
  unsigned index;
  bool ip4, ip6;
  struct in_addr address; /* with ip4 */
} Interface;

struct HarkMulticast {
  int fds[2]; /* IPv4, IPv6; -1: none */
  gpointer tags[2];
  GSource *source;
  HarkBound *bound; /* NULL: every interface */
  const HarkEgress *egress;
  const HarkMulticastHandlers *handlers;
  void *user_data;
  Interface interfaces[HARK_MULTICAST_INTERFACES_MAX];
  size_t n_interfaces;
};

typedef struct {
  GSource source;
  HarkMulticast *multicast;
} MulticastSource;

/* ---- in ------------------------------------------------------------------------------------ */

/* Was the datagram for everybody, and by which interface did it come? Known from its destination.
 */
static bool
is_for_group (struct msghdr *message, unsigned *ret_index)
{
  *ret_index = 0;
  for (struct cmsghdr *c = CMSG_FIRSTHDR (message); c; c = CMSG_NXTHDR (message, c)) {
    if (c->cmsg_level == IPPROTO_IP && c->cmsg_type == IP_PKTINFO) {
      struct in_pktinfo info;

      memcpy (&info, CMSG_DATA (c), sizeof info);
      *ret_index = (unsigned) info.ipi_ifindex;
      return info.ipi_addr.s_addr != info.ipi_spec_dst.s_addr;
    }
    if (c->cmsg_level == IPPROTO_IPV6 && c->cmsg_type == IPV6_PKTINFO) {
      struct in6_pktinfo info;

      memcpy (&info, CMSG_DATA (c), sizeof info);
      *ret_index = info.ipi6_ifindex;
      return IN6_IS_ADDR_MULTICAST (&info.ipi6_addr);
    }
  }
  return false;
}

/* Groups are joined where the user wants them, but broadcasts and what is for us alone come from
 * everywhere. */
static bool
is_for_us (const HarkMulticast *multicast, struct msghdr *message, bool group, unsigned index)
{
  HarkEndpoint local;

  if (!multicast->bound)
    return true;
  for (size_t i = 0; i < multicast->n_interfaces; i++)
    if (multicast->interfaces[i].index == index)
      return true;
  return !group && hark_origin_read (message, &local) && hark_bound_has (multicast->bound, &local);
}

static bool
receive (HarkMulticast *multicast, int fd)
{
  union {
    char bytes[CONTROL_LEN];
    struct cmsghdr align;
  } control;
  uint8_t data[DATAGRAM_MAX];
  struct sockaddr_storage address;
  struct iovec iov = {.iov_base = data, .iov_len = sizeof data};
  struct msghdr message = {.msg_name = &address,
                           .msg_namelen = sizeof address,
                           .msg_iov = &iov,
                           .msg_iovlen = 1,
                           .msg_control = &control,
                           .msg_controllen = sizeof control};
  ssize_t n = recvmsg (fd, &message, MSG_DONTWAIT);
  HarkEndpoint from;
  unsigned index;
  bool group;

  if (n < 0)
    return false;
  if ((message.msg_flags & MSG_TRUNC)
      || !hark_endpoint_from_sockaddr ((struct sockaddr *) &address, &from))
    return true;
  group = is_for_group (&message, &index);
  if (!is_for_us (multicast, &message, group, index))
    return true;
  if (hark_egress_is_on_link (multicast->egress, &from))
    multicast->handlers->on_group (multicast->user_data, &from, data, (size_t) n);
  else if (!group)
    multicast->handlers->on_datagram (multicast->user_data, &from, data, (size_t) n);
  return true;
}

static gboolean
dispatch (GSource *source, GSourceFunc callback G_GNUC_UNUSED, gpointer data G_GNUC_UNUSED)
{
  HarkMulticast *multicast = ((MulticastSource *) source)->multicast;

  for (int i = 0; i < 2; i++)
    for (int round = 0; multicast->fds[i] >= 0 && round < ROUNDS_MAX; round++)
      if (!receive (multicast, multicast->fds[i]))
        break;
  multicast->handlers->on_batch_end (multicast->user_data);
  return G_SOURCE_CONTINUE;
}

static GSourceFuncs source_funcs = {.dispatch = dispatch};

/* ---- interfaces ---------------------------------------------------------------------------- */

static Interface *
get_interface (HarkMulticast *multicast, unsigned index)
{
  for (size_t i = 0; i < multicast->n_interfaces; i++)
    if (multicast->interfaces[i].index == index)
      return &multicast->interfaces[i];
  if (index == 0 || multicast->n_interfaces == HARK_MULTICAST_INTERFACES_MAX)
    return NULL;
  multicast->interfaces[multicast->n_interfaces] = (Interface){.index = index};
  return &multicast->interfaces[multicast->n_interfaces++];
}

static bool
is_usable (const struct ifaddrs *i)
{
  return i->ifa_addr && (i->ifa_flags & IFF_UP) && (i->ifa_flags & IFF_RUNNING)
         && (i->ifa_flags & (IFF_MULTICAST | IFF_BROADCAST))
         && !(i->ifa_flags & (IFF_LOOPBACK | IFF_POINTOPOINT));
}

static void
note_address (HarkMulticast *multicast, const struct ifaddrs *i)
{
  HarkEndpoint host;
  Interface *interface;

  if (!is_usable (i) || !hark_endpoint_from_sockaddr (i->ifa_addr, &host)
      || (multicast->bound && !hark_bound_names (multicast->bound, i->ifa_name, &host)))
    return;
  interface = get_interface (multicast, if_nametoindex (i->ifa_name));
  if (!interface)
    return;
  if (host.family == 4 && !interface->ip4) {
    interface->ip4 = true;
    memcpy (&interface->address, host.ip, 4);
  } else if (host.family == 6) {
    interface->ip6 = true;
  }
}

/* Joining where we are a member already fails and does no harm; nor does leaving twice. */
static void
set_member (const HarkMulticast *multicast, const Interface *interface, bool member)
{
  struct ip_mreqn mreq4 = {.imr_ifindex = (int) interface->index};
  struct ipv6_mreq mreq6 = {.ipv6mr_interface = interface->index};

  inet_pton (AF_INET, GROUP4, &mreq4.imr_multiaddr);
  inet_pton (AF_INET6, GROUP6, &mreq6.ipv6mr_multiaddr);
  if (multicast->fds[0] >= 0 && interface->ip4)
    setsockopt (multicast->fds[0], IPPROTO_IP, member ? IP_ADD_MEMBERSHIP : IP_DROP_MEMBERSHIP,
                &mreq4, sizeof mreq4);
  if (multicast->fds[1] >= 0 && interface->ip6)
    setsockopt (multicast->fds[1], IPPROTO_IPV6, member ? IPV6_JOIN_GROUP : IPV6_LEAVE_GROUP,
                &mreq6, sizeof mreq6);
}

/* The kernel keeps memberships of interfaces that are gone, and a socket may have 20
 * (igmp_max_memberships). */
static void
leave_others (const HarkMulticast *multicast, const Interface *before, size_t n_before)
{
  for (size_t i = 0; i < n_before; i++) {
    bool there = false;

    for (size_t j = 0; j < multicast->n_interfaces; j++)
      there |= multicast->interfaces[j].index == before[i].index;
    if (!there)
      set_member (multicast, &before[i], false);
  }
}

void
hark_multicast_update (HarkMulticast *multicast)
{
  Interface before[HARK_MULTICAST_INTERFACES_MAX];
  size_t n_before = multicast->n_interfaces;
  struct ifaddrs *list;

  if (getifaddrs (&list) < 0) {
    g_debug ("getifaddrs: %s", g_strerror (errno));
    return;
  }
  memcpy (before, multicast->interfaces, sizeof before);
  if (multicast->bound)
    hark_bound_update (multicast->bound);
  multicast->n_interfaces = 0;
  for (struct ifaddrs *i = list; i; i = i->ifa_next)
    note_address (multicast, i);
  freeifaddrs (list);
  leave_others (multicast, before, n_before);
  for (size_t i = 0; i < multicast->n_interfaces; i++)
    set_member (multicast, &multicast->interfaces[i], true);
}

/* ---- out ----------------------------------------------------------------------------------- */

/* Out of one interface, with its address as the source: there need not be a route. */
static void
send4 (const HarkMulticast *multicast,
       const Interface *interface,
       const char *to,
       struct iovec *iov)
{
  union {
    char bytes[CMSG_SPACE (sizeof (struct in_pktinfo))];
    struct cmsghdr align;
  } control = {0};
  struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons (HARK_BEACON_PORT)};
  struct in_pktinfo info
    = {.ipi_ifindex = (int) interface->index, .ipi_spec_dst = interface->address};
  struct msghdr message = {.msg_name = &address,
                           .msg_namelen = sizeof address,
                           .msg_iov = iov,
                           .msg_iovlen = 1,
                           .msg_control = &control,
                           .msg_controllen = sizeof control.bytes};
  struct cmsghdr *c = CMSG_FIRSTHDR (&message);

  inet_pton (AF_INET, to, &address.sin_addr);
  c->cmsg_level = IPPROTO_IP;
  c->cmsg_type = IP_PKTINFO;
  c->cmsg_len = CMSG_LEN (sizeof info);
  memcpy (CMSG_DATA (c), &info, sizeof info);
  if (sendmsg (multicast->fds[0], &message, MSG_NOSIGNAL) < 0)
    g_debug ("beacon to %s on interface %u: %s", to, interface->index, g_strerror (errno));
}

static void
send6 (const HarkMulticast *multicast, const Interface *interface, const struct iovec *iov)
{
  struct sockaddr_in6 address = {.sin6_family = AF_INET6,
                                 .sin6_port = htons (HARK_BEACON_PORT),
                                 .sin6_scope_id = interface->index};

  inet_pton (AF_INET6, GROUP6, &address.sin6_addr);
  if (sendto (multicast->fds[1], iov->iov_base, iov->iov_len, MSG_NOSIGNAL,
              (struct sockaddr *) &address, sizeof address)
      < 0)
    g_debug ("beacon on interface %u: %s", interface->index, g_strerror (errno));
}

void
hark_multicast_send (HarkMulticast *multicast, const uint8_t *data, size_t len)
{
  struct iovec iov = {.iov_base = (void *) (uintptr_t) data, .iov_len = len};

  for (size_t i = 0; i < multicast->n_interfaces; i++) {
    const Interface *interface = &multicast->interfaces[i];

    if (multicast->fds[0] >= 0 && interface->ip4) {
      send4 (multicast, interface, GROUP4, &iov);
      send4 (multicast, interface, "255.255.255.255", &iov);
    }
    if (multicast->fds[1] >= 0 && interface->ip6)
      send6 (multicast, interface, &iov);
  }
}

/* ---- life ---------------------------------------------------------------------------------- */

/* -1 when the port cannot be had, or there is no such protocol. */
static int
open_socket (int family)
{
  struct sockaddr_in in = {.sin_family = AF_INET, .sin_port = htons (HARK_BEACON_PORT)};
  struct sockaddr_in6 in6 = {.sin6_family = AF_INET6, .sin6_port = htons (HARK_BEACON_PORT)};
  int fd = socket (family, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, IPPROTO_UDP);

  if (fd < 0)
    return -1;
  hark_socket_option (fd, SOL_SOCKET, SO_REUSEADDR, 1);
  if (family == AF_INET) {
    hark_socket_option (fd, SOL_SOCKET, SO_BROADCAST, 1);
    hark_socket_option (fd, IPPROTO_IP, IP_PKTINFO, 1);
    hark_socket_option (fd, IPPROTO_IP, IP_TTL, 1);
    hark_socket_option (fd, IPPROTO_IP, IP_MULTICAST_TTL, 1);
    hark_socket_option (fd, IPPROTO_IP, IP_MULTICAST_ALL, 0);
  } else {
    hark_socket_option (fd, IPPROTO_IPV6, IPV6_V6ONLY, 1);
    hark_socket_option (fd, IPPROTO_IPV6, IPV6_RECVPKTINFO, 1);
    hark_socket_option (fd, IPPROTO_IPV6, IPV6_UNICAST_HOPS, 1);
    hark_socket_option (fd, IPPROTO_IPV6, IPV6_MULTICAST_HOPS, 1);
    hark_socket_option (fd, IPPROTO_IPV6, IPV6_MULTICAST_ALL, 0);
  }
  if (bind (fd, family == AF_INET ? (struct sockaddr *) &in : (struct sockaddr *) &in6,
            family == AF_INET ? sizeof in : sizeof in6)
      == 0)
    return fd;
  g_debug ("port of beacons: %s", g_strerror (errno));
  close (fd);
  return -1;
}

HarkMulticast *
hark_multicast_new (const char *bind_text,
                    const HarkEgress *egress,
                    GMainContext *context,
                    const HarkMulticastHandlers *handlers,
                    void *user_data)
{
  HarkMulticast *multicast = g_new0 (HarkMulticast, 1);

  multicast->egress = egress;
  multicast->handlers = handlers;
  multicast->user_data = user_data;
  multicast->bound = bind_text ? hark_bound_new (bind_text, NULL) : NULL;
  multicast->fds[0] = open_socket (AF_INET);
  multicast->fds[1] = open_socket (AF_INET6);
  multicast->source = g_source_new (&source_funcs, sizeof (MulticastSource));
  ((MulticastSource *) multicast->source)->multicast = multicast;
  for (int i = 0; i < 2; i++)
    if (multicast->fds[i] >= 0)
      multicast->tags[i] = g_source_add_unix_fd (multicast->source, multicast->fds[i], G_IO_IN);
  g_source_set_static_name (multicast->source, "hark-multicast");
  g_source_attach (multicast->source, context);
  if (multicast->fds[0] < 0 && multicast->fds[1] < 0) {
    hark_multicast_free (multicast);
    return NULL;
  }
  hark_multicast_update (multicast);
  return multicast;
}

void
hark_multicast_free (HarkMulticast *multicast)
{
  if (!multicast)
    return;
  g_source_destroy (multicast->source);
  g_source_unref (multicast->source);
  for (int i = 0; i < 2; i++)
    if (multicast->fds[i] >= 0)
      close (multicast->fds[i]);
  hark_bound_free (multicast->bound);
  g_free (multicast);
}
