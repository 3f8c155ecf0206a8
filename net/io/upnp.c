#define G_LOG_DOMAIN "hark-io"

#include "net/io/router.h"

#include <arpa/inet.h>
#include <gio/gio.h>
#include <miniupnpc/miniupnpc.h>
#include <miniupnpc/upnpcommands.h>
#include <miniupnpc/upnpdev.h>
#include <miniupnpc/upnperrors.h>
#include <sodium.h>
#include <string.h>

#define DISCOVER_MS 1000
#define HOPS 2 /* UPnP device architecture: SSDP's time to live */
#define DESCRIPTION "Hark"
#define CONFLICT 718        /* ConflictInMappingEntry */
#define ONLY_PERMANENT 725  /* OnlyPermanentLeasesSupported */
#define PORT_TRIES 4        /* other outside ports, when ours is taken */
#define PERMANENT_LIFE 3600 /* seconds after which we look whether a permanent one still stands */

struct HarkUpnp {
  struct UPNPUrls urls;
  struct IGDdatas data;
};

static void
ip_to_text (const HarkEndpoint *endpoint, char ret[INET_ADDRSTRLEN])
{
  inet_ntop (AF_INET, endpoint->ip, ret, INET_ADDRSTRLEN);
}

/* Any machine of the network may answer our search, and with a URL that leads anywhere. */
static bool
is_at (const char *url, const HarkEndpoint *gateway)
{
  char ip[INET_ADDRSTRLEN];
  g_autoptr (GUri) uri = url ? g_uri_parse (url, G_URI_FLAGS_NONE, NULL) : NULL;

  ip_to_text (gateway, ip);
  return uri && g_strcmp0 (g_uri_get_scheme (uri), "http") == 0
         && g_strcmp0 (g_uri_get_host (uri), ip) == 0;
}

static bool
read_description (HarkUpnp *upnp, const char *url, const HarkEndpoint *gateway)
{
  char own[INET_ADDRSTRLEN];

  if (!UPNP_GetIGDFromUrl (url, &upnp->urls, &upnp->data, own, sizeof own))
    return false;
  if (is_at (upnp->urls.controlURL, gateway) && upnp->data.first.servicetype[0])
    return true;
  FreeUPNPUrls (&upnp->urls);
  memset (upnp, 0, sizeof *upnp);
  return false;
}

HarkUpnp *
hark_upnp_find (const HarkEndpoint *gateway, const HarkEndpoint *client)
{
  HarkUpnp *upnp = g_new0 (HarkUpnp, 1);
  char interface[INET_ADDRSTRLEN];
  struct UPNPDev *devices;
  bool found = false;
  int error = 0;

  ip_to_text (client, interface);
  devices = upnpDiscover (DISCOVER_MS, interface, NULL, UPNP_LOCAL_PORT_ANY, 0, HOPS, &error);
  for (struct UPNPDev *device = devices; device && !found; device = device->pNext)
    found = is_at (device->descURL, gateway) && read_description (upnp, device->descURL, gateway);
  freeUPNPDevlist (devices);
  if (!found)
    g_clear_pointer (&upnp, g_free);
  return upnp;
}

void
hark_upnp_free (HarkUpnp *upnp)
{
  if (!upnp)
    return;
  FreeUPNPUrls (&upnp->urls);
  g_free (upnp);
}

static const char *
protocol_of (const HarkRouterRequest *request)
{
  return request->mapping.tcp ? "TCP" : "UDP";
}

static int
add (HarkUpnp *upnp, const HarkRouterRequest *request, uint16_t outside, uint32_t lease)
{
  char out[8], in[8], seconds[12], client[INET_ADDRSTRLEN];

  g_snprintf (out, sizeof out, "%u", outside);
  g_snprintf (in, sizeof in, "%u", request->mapping.port);
  g_snprintf (seconds, sizeof seconds, "%u", lease);
  ip_to_text (&request->client, client);
  return UPNP_AddPortMapping (upnp->urls.controlURL, upnp->data.first.servicetype, out, in, client,
                              DESCRIPTION, protocol_of (request), NULL, seconds);
}

static HarkRouterResult
take_back (HarkUpnp *upnp, const HarkRouterRequest *request)
{
  char out[8];

  g_snprintf (out, sizeof out, "%u", request->mapping.suggested.port);
  return UPNP_DeletePortMapping (upnp->urls.controlURL, upnp->data.first.servicetype, out,
                                 protocol_of (request), NULL)
             == 0
           ? HARK_ROUTER_GRANTED
           : HARK_ROUTER_REFUSED;
}

HarkRouterResult
hark_upnp_ask (HarkUpnp *upnp, const HarkRouterRequest *request, HarkRouterAnswer *ret)
{
  const HarkPcpMapping *mapping = &request->mapping;
  uint16_t outside = mapping->suggested.port ? mapping->suggested.port : mapping->port;
  uint32_t lease = mapping->lifetime;
  char ip[64] = ""; /* the library writes at most 16 bytes */
  struct in_addr external;
  int error;

  if (mapping->lifetime == 0)
    return take_back (upnp, request);
  if (UPNP_GetExternalIPAddress (upnp->urls.controlURL, upnp->data.first.servicetype, ip) != 0
      || inet_pton (AF_INET, ip, &external) != 1)
    return HARK_ROUTER_REFUSED;

  error = add (upnp, request, outside, lease);
  for (int i = 0; error != 0 && i < PORT_TRIES && !atomic_load (request->stop); i++) {
    if (error == ONLY_PERMANENT)
      lease = 0;
    else if (error == CONFLICT)
      outside = (uint16_t) (1024 + randombytes_uniform (65536 - 1024));
    else
      break;
    error = add (upnp, request, outside, lease);
  }
  if (error != 0) {
    g_debug ("UPnP: port %u: error %d", mapping->port, error);
    return HARK_ROUTER_REFUSED;
  }
  ret->external = (HarkEndpoint){.family = 4, .port = outside};
  memcpy (ret->external.ip, &external, 4);
  ret->lifetime = lease ? lease : PERMANENT_LIFE;
  return HARK_ROUTER_GRANTED;
}
