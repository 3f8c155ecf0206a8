#include "net/base/endpoint.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

static const uint8_t mapped_prefix[12] = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};

size_t
hark_endpoint_ip_len (const HarkEndpoint *endpoint)
{
  return endpoint->family == 4 ? 4 : endpoint->family == 6 ? 16 : 0;
}

bool
hark_endpoint_same_ip (const HarkEndpoint *a, const HarkEndpoint *b)
{
  /* Asked of every node of a routing table for each packet: lengths the compiler knows. */
  return a->family == b->family
         && (a->family == 4   ? memcmp (a->ip, b->ip, 4) == 0
             : a->family == 6 ? memcmp (a->ip, b->ip, 16) == 0
                              : true)
         && (a->interface == b->interface || a->interface == 0 || b->interface == 0);
}

bool
hark_endpoint_equal (const HarkEndpoint *a, const HarkEndpoint *b)
{
  return a->port == b->port && a->tcp == b->tcp && hark_endpoint_same_ip (a, b);
}

static HarkScope
scope_ip4 (const uint8_t ip[4])
{
  if (ip[0] == 0 || ip[0] >= 224)
    return HARK_SCOPE_NONE;
  if (ip[0] == 127)
    return HARK_SCOPE_LOOPBACK;
  if (ip[0] == 169 && ip[1] == 254)
    return HARK_SCOPE_LINK_LOCAL;
  if (ip[0] == 10 || (ip[0] == 172 && (ip[1] & 0xf0) == 16) || (ip[0] == 192 && ip[1] == 168)
      || (ip[0] == 100 && (ip[1] & 0xc0) == 64))
    return HARK_SCOPE_PRIVATE;
  return HARK_SCOPE_PUBLIC;
}

static HarkScope
scope_ip6 (const uint8_t ip[16])
{
  static const uint8_t zeros[15];

  if (memcmp (ip, zeros, 15) == 0 && ip[15] <= 1)
    return ip[15] ? HARK_SCOPE_LOOPBACK : HARK_SCOPE_NONE;
  if (ip[0] == 0xff)
    return HARK_SCOPE_NONE;
  if (ip[0] == 0xfe && (ip[1] & 0xc0) == 0x80)
    return HARK_SCOPE_LINK_LOCAL;
  if ((ip[0] & 0xfe) == 0xfc)
    return HARK_SCOPE_PRIVATE;
  return HARK_SCOPE_PUBLIC;
}

HarkScope
hark_endpoint_scope (const HarkEndpoint *endpoint)
{
  switch (endpoint->family) {
  case 4:
    return scope_ip4 (endpoint->ip);
  case 6:
    return scope_ip6 (endpoint->ip);
  default:
    return HARK_SCOPE_NONE;
  }
}

static bool
parse_port (const char *text, uint16_t *ret)
{
  char *end;
  unsigned long port;

  if (*text < '0' || *text > '9')
    return false;
  port = strtoul (text, &end, 10);
  if (*end || port == 0 || port > UINT16_MAX)
    return false;
  *ret = (uint16_t) port;
  return true;
}

/* An IPv4-mapped address is the IPv4 host it names. */
static void
unmap (HarkEndpoint *endpoint)
{
  if (endpoint->family == 6 && memcmp (endpoint->ip, mapped_prefix, sizeof mapped_prefix) == 0) {
    endpoint->family = 4;
    memmove (endpoint->ip, endpoint->ip + 12, 4);
    memset (endpoint->ip + 4, 0, 12);
  }
}

bool
hark_endpoint_parse (const char *text, HarkEndpoint *ret)
{
  HarkEndpoint endpoint = {.tcp = strncmp (text, "tcp:", 4) == 0};
  char host[INET6_ADDRSTRLEN];
  const char *start, *end;

  text += endpoint.tcp ? 4 : 0;
  start = text[0] == '[' ? text + 1 : text;
  end = text[0] == '[' ? strchr (text, ']') : strchr (text, ':');
  if (!end || (size_t) (end - start) >= sizeof host)
    return false;
  memcpy (host, start, (size_t) (end - start));
  host[end - start] = '\0';
  if (text[0] == '[')
    end++;
  if (*end != ':' || !parse_port (end + 1, &endpoint.port))
    return false;

  endpoint.family = text[0] == '[' ? 6 : 4;
  if (inet_pton (endpoint.family == 6 ? AF_INET6 : AF_INET, host, endpoint.ip) != 1)
    return false;
  unmap (&endpoint);
  *ret = endpoint;
  return true;
}

char *
hark_endpoint_format (const HarkEndpoint *endpoint, char ret[HARK_ENDPOINT_TEXT_LEN])
{
  char ip[INET6_ADDRSTRLEN] = "none";

  if (endpoint->family)
    inet_ntop (endpoint->family == 4 ? AF_INET : AF_INET6, endpoint->ip, ip, sizeof ip);
  snprintf (ret, HARK_ENDPOINT_TEXT_LEN, endpoint->family == 6 ? "%s[%s]:%u" : "%s%s:%u",
            endpoint->tcp ? "tcp:" : "", ip, endpoint->port);
  return ret;
}

bool
hark_endpoint_from_compact (const uint8_t *bytes, size_t len, HarkEndpoint *ret)
{
  HarkEndpoint endpoint = {0};

  if (len != 6 && len != 18)
    return false;
  endpoint.family = len == 6 ? 4 : 6;
  memcpy (endpoint.ip, bytes, len - 2);
  endpoint.port = (uint16_t) (bytes[len - 2] << 8 | bytes[len - 1]);
  unmap (&endpoint);
  *ret = endpoint;
  return true;
}

size_t
hark_endpoint_to_compact (const HarkEndpoint *endpoint, uint8_t ret[18])
{
  size_t len = hark_endpoint_ip_len (endpoint);

  if (len == 0)
    return 0;
  memcpy (ret, endpoint->ip, len);
  ret[len] = (uint8_t) (endpoint->port >> 8);
  ret[len + 1] = (uint8_t) endpoint->port;
  return len + 2;
}

bool
hark_endpoint_from_sockaddr (const struct sockaddr *address, HarkEndpoint *ret)
{
  HarkEndpoint endpoint = {0};

  if (address->sa_family == AF_INET) {
    const struct sockaddr_in *in = (const void *) address;

    endpoint.family = 4;
    endpoint.port = ntohs (in->sin_port);
    memcpy (endpoint.ip, &in->sin_addr, 4);
  } else if (address->sa_family == AF_INET6) {
    const struct sockaddr_in6 *in6 = (const void *) address;

    endpoint.family = 6;
    endpoint.port = ntohs (in6->sin6_port);
    memcpy (endpoint.ip, &in6->sin6_addr, 16);
    unmap (&endpoint);
    if (hark_endpoint_scope (&endpoint) == HARK_SCOPE_LINK_LOCAL && endpoint.family == 6)
      endpoint.interface = in6->sin6_scope_id;
  } else {
    return false;
  }

  *ret = endpoint;
  return true;
}

size_t
hark_endpoint_to_sockaddr (const HarkEndpoint *endpoint, bool mapped, void *ret)
{
  if (endpoint->family == 4 && !mapped) {
    struct sockaddr_in *in = ret;

    *in = (struct sockaddr_in){.sin_family = AF_INET, .sin_port = htons (endpoint->port)};
    memcpy (&in->sin_addr, endpoint->ip, 4);
    return sizeof *in;
  } else {
    struct sockaddr_in6 *in6 = ret;

    *in6 = (struct sockaddr_in6){.sin6_family = AF_INET6, .sin6_port = htons (endpoint->port)};
    if (endpoint->family == 4) {
      memcpy (&in6->sin6_addr, mapped_prefix, 12);
      memcpy ((uint8_t *) &in6->sin6_addr + 12, endpoint->ip, 4);
    } else {
      memcpy (&in6->sin6_addr, endpoint->ip, 16);
      in6->sin6_scope_id = endpoint->interface;
    }
    return sizeof *in6;
  }
}
