#define G_LOG_DOMAIN "hark-io"

#include "net/io/origin.h"

#include <glib.h>
#include <netinet/in.h>
#include <string.h>

static const uint8_t mapped_prefix[12] = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};

static unsigned
slot_of (const HarkEndpoint *peer)
{
  unsigned hash = peer->port;

  for (size_t i = 0; i < hark_endpoint_ip_len (peer); i++)
    hash = hash * 31 + peer->ip[i];
  return (hash ^ hash >> 10) % HARK_ORIGIN_PEERS;
}

void
hark_origin_enable (int fd, bool six)
{
  int on = 1;

  if (six)
    setsockopt (fd, IPPROTO_IPV6, IPV6_RECVPKTINFO, &on, sizeof on);
  setsockopt (fd, IPPROTO_IP, IP_PKTINFO, &on, sizeof on);
}

/* The local address in @c, IPv4 in mapped form; false when it holds none. */
static bool
read_local (struct cmsghdr *c, uint8_t ret[16])
{
  if (c->cmsg_level == IPPROTO_IPV6 && c->cmsg_type == IPV6_PKTINFO) {
    struct in6_pktinfo info;

    memcpy (&info, CMSG_DATA (c), sizeof info);
    memcpy (ret, &info.ipi6_addr, 16);
    return true;
  }
  if (c->cmsg_level == IPPROTO_IP && c->cmsg_type == IP_PKTINFO) {
    struct in_pktinfo info;

    memcpy (&info, CMSG_DATA (c), sizeof info);
    memcpy (ret, mapped_prefix, sizeof mapped_prefix);
    memcpy (ret + sizeof mapped_prefix, &info.ipi_spec_dst, 4);
    return true;
  }
  return false;
}

void
hark_origin_remember (HarkOrigins *origins, const HarkEndpoint *peer, struct msghdr *message)
{
  for (struct cmsghdr *c = CMSG_FIRSTHDR (message); c; c = CMSG_NXTHDR (message, c)) {
    uint8_t local[16];
    unsigned slot = slot_of (peer);

    /* a multicast destination is nobody's address */
    if (!read_local (c, local) || local[0] == 0xff)
      continue;
    origins->slots[slot].peer = *peer;
    memcpy (origins->slots[slot].local, local, sizeof local);
    return;
  }
}

static void
put_control (
  struct msghdr *message, void *control, int level, int type, const void *info, size_t len)
{
  struct cmsghdr *c;

  memset (control, 0, HARK_ORIGIN_CONTROL_LEN);
  message->msg_control = control;
  message->msg_controllen = CMSG_SPACE (len);
  c = CMSG_FIRSTHDR (message);
  c->cmsg_level = level;
  c->cmsg_type = type;
  c->cmsg_len = CMSG_LEN (len);
  memcpy (CMSG_DATA (c), info, len);
}

bool
hark_origin_read (struct msghdr *message, HarkEndpoint *ret)
{
  for (struct cmsghdr *c = CMSG_FIRSTHDR (message); c; c = CMSG_NXTHDR (message, c)) {
    struct sockaddr_in6 address = {.sin6_family = AF_INET6};
    uint8_t local[16];

    if (!read_local (c, local) || local[0] == 0xff)
      continue;
    memcpy (&address.sin6_addr, local, sizeof local);
    return hark_endpoint_from_sockaddr ((struct sockaddr *) &address, ret);
  }
  return false;
}

void
hark_origin_put (const HarkEndpoint *local, bool six, struct msghdr *message, void *control)
{
  if (local->family == 6 && six) {
    struct in6_pktinfo info = {.ipi6_ifindex = local->interface};

    memcpy (&info.ipi6_addr, local->ip, 16);
    put_control (message, control, IPPROTO_IPV6, IPV6_PKTINFO, &info, sizeof info);
  } else if (local->family == 4) {
    struct in_pktinfo info = {.ipi_ifindex = (int) local->interface};

    memcpy (&info.ipi_spec_dst, local->ip, 4);
    put_control (message, control, IPPROTO_IP, IP_PKTINFO, &info, sizeof info);
  }
}

void
hark_origin_apply (const HarkOrigins *origins,
                   const HarkEndpoint *peer,
                   bool six,
                   struct msghdr *message,
                   void *control)
{
  unsigned slot = slot_of (peer);
  const uint8_t *local = origins->slots[slot].local;
  HarkEndpoint from = {0};

  if (!hark_endpoint_equal (&origins->slots[slot].peer, peer))
    return;
  from.family = peer->family;
  memcpy (from.ip, peer->family == 6 ? local : local + sizeof mapped_prefix,
          hark_endpoint_ip_len (&from));
  hark_origin_put (&from, six, message, control);
}
