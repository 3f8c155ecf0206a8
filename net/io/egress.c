#define G_LOG_DOMAIN "hark-io"

#include "net/io/egress.h"

#include <errno.h>
#include <ifaddrs.h>
#include <net/if.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>

struct HarkEgress {
  bool lan_only;
  HarkEgressPrefix prefixes[HARK_EGRESS_PREFIXES_MAX];
  size_t n_prefixes;
  uint64_t refused;
};

HarkEgress *
hark_egress_new (bool lan_only)
{
  HarkEgress *egress = g_new0 (HarkEgress, 1);

  egress->lan_only = lan_only;
  hark_egress_update (egress);
  return egress;
}

void
hark_egress_free (HarkEgress *egress)
{
  g_free (egress);
}

/* Leading one bits of a netmask. */
static unsigned
count_bits (const struct sockaddr *netmask, uint8_t family)
{
  const uint8_t *mask
    = family == 4
        ? (const uint8_t *) &((const struct sockaddr_in *) (const void *) netmask)->sin_addr
        : ((const struct sockaddr_in6 *) (const void *) netmask)->sin6_addr.s6_addr;
  unsigned bits = 0, max = family == 4 ? 32 : 128;

  while (bits < max && (mask[bits / 8] & (0x80 >> bits % 8)))
    bits++;
  return bits;
}

void
hark_egress_update (HarkEgress *egress)
{
  struct ifaddrs *list;

  if (getifaddrs (&list) < 0) {
    g_debug ("getifaddrs: %s", g_strerror (errno));
    return;
  }
  egress->n_prefixes = 0;
  for (struct ifaddrs *i = list; i && egress->n_prefixes < HARK_EGRESS_PREFIXES_MAX;
       i = i->ifa_next) {
    HarkEgressPrefix prefix = {0};

    if (!i->ifa_addr || !i->ifa_netmask || !(i->ifa_flags & IFF_UP)
        || (i->ifa_flags & IFF_POINTOPOINT)
        || !hark_endpoint_from_sockaddr (i->ifa_addr, &prefix.address))
      continue;
    prefix.bits = count_bits (i->ifa_netmask, prefix.address.family);
    if (prefix.bits >= HARK_EGRESS_PREFIX_LEN_MIN)
      egress->prefixes[egress->n_prefixes++] = prefix;
  }
  freeifaddrs (list);
}

size_t
hark_egress_local_prefixes (const HarkEgress *egress,
                            HarkEgressPrefix ret[HARK_EGRESS_PREFIXES_MAX])
{
  static const HarkEgressPrefix always[] = {
    {{.family = 4, .ip = {127}},        8  },
    {{.family = 4, .ip = {169, 254}},   16 },
    {{.family = 6, .ip = {[15] = 1}},   128},
    {{.family = 6, .ip = {0xfe, 0x80}}, 10 },
  };
  size_t n = 0;

  if (!hark_egress_is_lan_only (egress))
    return 0;
  for (size_t i = 0; i < G_N_ELEMENTS (always); i++)
    ret[n++] = always[i];
  for (size_t i = 0; i < egress->n_prefixes && n < HARK_EGRESS_PREFIXES_MAX; i++)
    ret[n++] = egress->prefixes[i];
  return n;
}

bool
hark_egress_is_lan_only (const HarkEgress *egress)
{
  return egress && egress->lan_only;
}

static bool
contains (const HarkEgressPrefix *prefix, const HarkEndpoint *endpoint)
{
  unsigned whole = prefix->bits / 8, rest = prefix->bits % 8;
  uint8_t mask = (uint8_t) (0xff00 >> rest);

  return prefix->address.family == endpoint->family
         && memcmp (prefix->address.ip, endpoint->ip, whole) == 0
         && (rest == 0 || ((prefix->address.ip[whole] ^ endpoint->ip[whole]) & mask) == 0);
}

bool
hark_egress_is_on_link (const HarkEgress *egress, const HarkEndpoint *endpoint)
{
  if (hark_endpoint_scope (endpoint) == HARK_SCOPE_LINK_LOCAL)
    return true;
  for (size_t i = 0; i < egress->n_prefixes; i++)
    if (contains (&egress->prefixes[i], endpoint))
      return true;
  return false;
}

bool
hark_egress_allows (HarkEgress *egress, const HarkEndpoint *endpoint)
{
  static const uint8_t group4[4] = {239, 255, 72, 75}, broadcast[4] = {255, 255, 255, 255};
  static const uint8_t group6[16] = {0xff, 0x02, [14] = 0x48, [15] = 0x75};

  if (!egress || !egress->lan_only || hark_endpoint_scope (endpoint) == HARK_SCOPE_LOOPBACK
      || hark_egress_is_on_link (egress, endpoint))
    return true;
  if (endpoint->family == 4
      && (memcmp (endpoint->ip, group4, 4) == 0 || memcmp (endpoint->ip, broadcast, 4) == 0))
    return true;
  if (endpoint->family == 6 && memcmp (endpoint->ip, group6, 16) == 0)
    return true;
  egress->refused++;
  return false;
}

void
hark_egress_confine (const HarkEgress *egress, int fd)
{
  int one = 1;

  if (!hark_egress_is_lan_only (egress))
    return;
  /* an IPv6 socket takes both, for its IPv4 peers */
  if (setsockopt (fd, IPPROTO_IP, IP_TTL, &one, sizeof one) < 0)
    g_debug ("IP_TTL: %s", g_strerror (errno));
  setsockopt (fd, IPPROTO_IPV6, IPV6_UNICAST_HOPS, &one, sizeof one);
}

void
hark_egress_refuse (HarkEgress *egress)
{
  egress->refused++;
}

uint64_t
hark_egress_get_refused (const HarkEgress *egress)
{
  return egress->refused;
}
