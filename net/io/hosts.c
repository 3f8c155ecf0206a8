#define G_LOG_DOMAIN "hark-io"

#include "net/io/hosts.h"

#include "net/io/bound.h"

#include <errno.h>
#include <ifaddrs.h>
#include <net/if.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

/* Has the interface an IPv6 address that is good beyond its link? IPv4 does not count: whoever has
 * nothing but fe80:: can be reached in no other way. */
static bool
has_wider_6 (const struct ifaddrs *list, const char *name)
{
  for (const struct ifaddrs *i = list; i; i = i->ifa_next) {
    HarkEndpoint host = {0};

    if (i->ifa_addr && strcmp (i->ifa_name, name) == 0
        && hark_endpoint_from_sockaddr (i->ifa_addr, &host) && host.family == 6
        && hark_endpoint_scope (&host) > HARK_SCOPE_LINK_LOCAL)
      return true;
  }
  return false;
}

static bool
is_part_of_bridge (const char *name)
{
  g_autofree char *master = g_strdup_printf ("/sys/class/net/%s/master", name);

  return access (master, F_OK) == 0;
}

static bool
is_candidate (const struct ifaddrs *list,
              const char *name,
              const HarkEndpoint *host,
              bool allow_loopback)
{
  switch (hark_endpoint_scope (host)) {
  case HARK_SCOPE_NONE:
    return false;
  case HARK_SCOPE_LOOPBACK:
    return allow_loopback;
  case HARK_SCOPE_LINK_LOCAL:
    return host->family == 4 || (!has_wider_6 (list, name) && !is_part_of_bridge (name));
  case HARK_SCOPE_PRIVATE:
  case HARK_SCOPE_PUBLIC:
    return true;
  }
  return false;
}

/* Inserts by falling scope, the kernel's order within one; drops what no longer fits. */
static size_t
insert (HarkEndpoint *hosts, size_t n, const HarkEndpoint *host)
{
  size_t at = n;

  for (size_t i = 0; i < n; i++)
    if (hark_endpoint_same_ip (&hosts[i], host))
      return n;
  while (at > 0 && hark_endpoint_scope (&hosts[at - 1]) < hark_endpoint_scope (host))
    at--;
  if (at == HARK_HOSTS_MAX)
    return n;
  if (n == HARK_HOSTS_MAX)
    n--;
  memmove (&hosts[at + 1], &hosts[at], (n - at) * sizeof *hosts);
  hosts[at] = *host;
  return n + 1;
}

size_t
hark_hosts_list (const char *bind, bool allow_loopback, HarkEndpoint ret[HARK_HOSTS_MAX])
{
  g_autoptr (HarkBound) bound = bind ? hark_bound_new (bind, NULL) : NULL;
  struct ifaddrs *list;
  HarkEndpoint only;
  const bool single = bound && hark_bound_is_single (bound, &only);
  unsigned links = 0;
  size_t n = 0;

  if (bind && !bound)
    return 0;
  if (getifaddrs (&list) < 0) {
    g_debug ("getifaddrs: %s", g_strerror (errno));
    return 0;
  }
  for (struct ifaddrs *i = list; i; i = i->ifa_next) {
    HarkEndpoint host = {0};

    if (!i->ifa_addr || !(i->ifa_flags & IFF_UP) || !(i->ifa_flags & IFF_RUNNING)
        || !hark_endpoint_from_sockaddr (i->ifa_addr, &host))
      continue;
    host.port = 0;
    if (bound && !hark_bound_names (bound, i->ifa_name, &host))
      continue;
    if (!single && !is_candidate (list, i->ifa_name, &host, allow_loopback))
      continue;
    if (host.interface && links++ >= HARK_HOSTS_LINKS_MAX)
      continue;
    n = insert (ret, n, &host);
  }
  freeifaddrs (list);
  return n;
}
