#define G_LOG_DOMAIN "hark-io"

#include "net/io/router.h"

#include <errno.h>
#include <gio/gio.h>
#include <natpmp.h>
#include <net/if.h>
#include <net/if_arp.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define ROUTES "/proc/net/route"
#define RTF_UP 1u
#define RTF_GATEWAY 2u
#define TRIES 2        /* sendings of one question; the next language waits for its turn */
#define FIRST_WAIT 200 /* ms, then doubling: a router is one hop away */

/* ---- which router ---------------------------------------------------------------- */

typedef struct {
  char interface[17];
  uint32_t gateway; /* 0: none, the interface leads to one other end */
  unsigned metric;
} Route;

/* One line of the kernel's table: name, destination, gateway, flags, ref, use, metric, mask; true
 * for a default route. */
static bool
read_route (const char *line, Route *ret)
{
  unsigned destination, gateway, flags, mask;

  if (sscanf (line, "%16s %x %x %x %*d %*d %u %x", ret->interface, &destination, &gateway, &flags,
              &ret->metric, &mask)
        != 6
      || mask != 0 || destination != 0 || !(flags & RTF_UP))
    return false;
  ret->gateway = flags & RTF_GATEWAY ? gateway : 0;
  return true;
}

/* The default route that the kernel takes. */
static bool
find_route (Route *ret)
{
  g_autofree char *routes = NULL;
  g_auto (GStrv) lines = NULL;
  bool found = false;

  if (!g_file_get_contents (ROUTES, &routes, NULL, NULL))
    return false;
  lines = g_strsplit (routes, "\n", 0);
  for (char **line = lines; *line; line++) {
    Route route;

    if (!read_route (*line, &route) || (found && route.metric >= ret->metric))
      continue;
    *ret = route;
    found = true;
  }
  return found;
}

/* A connected UDP socket to @gateway; -1 on failure. */
static int
connect_to (const HarkEndpoint *gateway, uint16_t port)
{
  struct sockaddr_storage to = {0};
  HarkEndpoint endpoint = *gateway;
  socklen_t len;
  int fd = socket (AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);

  endpoint.port = port;
  len = (socklen_t) hark_endpoint_to_sockaddr (&endpoint, false, &to);
  if (fd >= 0 && connect (fd, (struct sockaddr *) &to, len) < 0) {
    close (fd);
    return -1;
  }
  return fd;
}

/* Which of our addresses the kernel would use; nothing is sent. */
static bool
find_client (const HarkEndpoint *gateway, HarkEndpoint *ret)
{
  struct sockaddr_storage own = {0};
  socklen_t len = sizeof own;
  int fd = connect_to (gateway, HARK_PCP_PORT);
  bool ok;

  if (fd < 0)
    return false;
  ok = getsockname (fd, (struct sockaddr *) &own, &len) == 0
       && hark_endpoint_from_sockaddr ((struct sockaddr *) &own, ret);
  close (fd);
  ret->port = 0;
  return ok;
}

bool
hark_router_find (HarkEndpoint *ret_gateway, HarkEndpoint *ret_client)
{
  HarkEndpoint gateway = {.family = 4};
  Route route;

  if (!find_route (&route) || route.gateway == 0)
    return false;
  memcpy (gateway.ip, &route.gateway, sizeof route.gateway); /* in network order as it stands */
  if (!find_client (&gateway, ret_client))
    return false;
  ret_client->interface = if_nametoindex (route.interface);
  *ret_gateway = gateway;
  return true;
}

/* WireGuard, tun and their like have no hardware; PPP and tunnels of the kernel have types of their
 * own (linux/if_arp.h). */
bool
hark_router_is_tunnel (void)
{
  static const long types[] = {ARPHRD_NONE, ARPHRD_PPP, ARPHRD_TUNNEL, ARPHRD_IPGRE};
  g_autofree char *path = NULL;
  g_autofree char *text = NULL;
  Route route;
  long type;

  if (!find_route (&route))
    return false;
  path = g_build_filename ("/sys/class/net", route.interface, "type", NULL);
  if (!g_file_get_contents (path, &text, NULL, NULL))
    return false;
  type = strtol (text, NULL, 10);
  for (size_t i = 0; i < G_N_ELEMENTS (types); i++)
    if (type == types[i])
      return true;
  return false;
}

/* ---- PCP ------------------------------------------------------------------------- */

/* Waits for an answer that is one; SILENT when @wait_ms are over. */
static HarkPcpResult
read_pcp (int fd, const HarkRouterRequest *request, int wait_ms, HarkRouterAnswer *ret)
{
  gint64 end = g_get_monotonic_time () + wait_ms * G_TIME_SPAN_MILLISECOND;

  while (!atomic_load (request->stop)) {
    gint64 left = (end - g_get_monotonic_time ()) / G_TIME_SPAN_MILLISECOND;
    struct pollfd poll_fd = {.fd = fd, .events = POLLIN};
    uint8_t answer[HARK_PCP_ANSWER_LEN_MAX + 1]; /* a longer one shows */
    HarkPcpResult result;
    ssize_t len;

    if (left <= 0 || poll (&poll_fd, 1, (int) left) <= 0)
      break;
    len = recv (fd, answer, sizeof answer, MSG_DONTWAIT);
    if (len < 0)
      return HARK_PCP_VERSION; /* ICMP: nobody listens there */
    result
      = hark_pcp_read (answer, (size_t) len, &request->mapping, &ret->external, &ret->lifetime);
    if (result != HARK_PCP_OTHER)
      return result;
  }
  return HARK_PCP_OTHER;
}

HarkRouterResult
hark_router_ask_pcp (const HarkRouterRequest *request, HarkRouterAnswer *ret)
{
  uint8_t packet[HARK_PCP_REQUEST_LEN];
  HarkPcpResult result = HARK_PCP_OTHER;
  int fd = connect_to (&request->gateway, HARK_PCP_PORT);

  if (fd < 0)
    return HARK_ROUTER_SILENT;
  hark_pcp_write (&request->mapping, &request->client, packet);
  for (int i = 0; i < TRIES && result == HARK_PCP_OTHER && !atomic_load (request->stop); i++) {
    if (send (fd, packet, sizeof packet, 0) < 0 && errno != ECONNREFUSED)
      break;
    result = read_pcp (fd, request, FIRST_WAIT << i, ret);
  }
  close (fd);
  return result == HARK_PCP_GRANTED   ? HARK_ROUTER_GRANTED
         : result == HARK_PCP_REFUSED ? HARK_ROUTER_REFUSED
                                      : HARK_ROUTER_SILENT;
}

/* ---- NAT-PMP --------------------------------------------------------------------- */

/* The answer to the question that @pmp has under way; the library takes one to any. */
static int
read_nat_pmp (natpmp_t *pmp, const HarkRouterRequest *request, uint16_t type, natpmpresp_t *ret)
{
  int result = NATPMP_TRYAGAIN;

  for (int i = 0; result == NATPMP_TRYAGAIN && i < TRIES && !atomic_load (request->stop); i++) {
    struct pollfd poll_fd = {.fd = pmp->s, .events = POLLIN};

    poll (&poll_fd, 1, FIRST_WAIT << i);
    result = readnatpmpresponseorretry (pmp, ret);
  }
  return result == 0 && ret->type != type ? NATPMP_ERR_UNSUPPORTEDOPCODE : result;
}

static HarkRouterResult
result_of_nat_pmp (int result)
{
  switch (result) {
  case 0:
    return HARK_ROUTER_GRANTED;
  case NATPMP_ERR_NOTAUTHORIZED:
  case NATPMP_ERR_NETWORKFAILURE:
  case NATPMP_ERR_OUTOFRESOURCES:
    return HARK_ROUTER_REFUSED;
  default:
    return HARK_ROUTER_SILENT;
  }
}

static HarkRouterResult
ask_nat_pmp (natpmp_t *pmp, const HarkRouterRequest *request, HarkRouterAnswer *ret)
{
  const HarkPcpMapping *mapping = &request->mapping;
  natpmpresp_t response;
  int result;

  if (sendpublicaddressrequest (pmp) < 0)
    return HARK_ROUTER_SILENT;
  result = read_nat_pmp (pmp, request, NATPMP_RESPTYPE_PUBLICADDRESS, &response);
  if (result != 0)
    return result_of_nat_pmp (result);
  ret->external = (HarkEndpoint){.family = 4};
  memcpy (ret->external.ip, &response.pnu.publicaddress.addr, 4);

  /* section 3.4: a mapping is taken back with lifetime and external port zero */
  if (sendnewportmappingrequest (pmp, mapping->tcp ? NATPMP_PROTOCOL_TCP : NATPMP_PROTOCOL_UDP,
                                 mapping->port, mapping->lifetime ? mapping->suggested.port : 0,
                                 mapping->lifetime)
      < 0)
    return HARK_ROUTER_SILENT;
  result = read_nat_pmp (
    pmp, request, mapping->tcp ? NATPMP_RESPTYPE_TCPPORTMAPPING : NATPMP_RESPTYPE_UDPPORTMAPPING,
    &response);
  if (result == 0 && response.pnu.newportmapping.privateport != mapping->port)
    return HARK_ROUTER_SILENT;
  ret->external.port = result == 0 ? response.pnu.newportmapping.mappedpublicport : 0;
  ret->lifetime = result == 0 ? response.pnu.newportmapping.lifetime : 0;
  return result_of_nat_pmp (result);
}

HarkRouterResult
hark_router_ask_nat_pmp (const HarkRouterRequest *request, HarkRouterAnswer *ret)
{
  natpmp_t pmp;
  in_addr_t gateway;
  HarkRouterResult result;

  memcpy (&gateway, request->gateway.ip, sizeof gateway);
  if (initnatpmp (&pmp, 1, gateway) < 0)
    return HARK_ROUTER_SILENT;
  result = ask_nat_pmp (&pmp, request, ret);
  closenatpmp (&pmp);
  return result;
}
