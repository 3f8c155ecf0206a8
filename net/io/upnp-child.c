#define G_LOG_DOMAIN "hark-io"

#include "net/io/upnp.h"
#include "net/net.h"

#include <arpa/inet.h>
#include <gio/gio.h>
#include <miniupnpc/miniupnpc.h>
#include <miniupnpc/upnpcommands.h>
#include <miniupnpc/upnpdev.h>
#include <miniupnpc/upnperrors.h>
#include <signal.h>
#include <sodium.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#define DISCOVER_MS 1000
#define HOPS 2 /* UPnP device architecture: SSDP's time to live */
#define DESCRIPTION "Hark"
#define CONFLICT 718        /* ConflictInMappingEntry */
#define ONLY_PERMANENT 725  /* OnlyPermanentLeasesSupported */
#define PORT_TRIES 4        /* other outside ports, when ours is taken */
#define PERMANENT_LIFE 3600 /* seconds after which we look whether a permanent one still stands */

static void
ip_to_text (const HarkEndpoint *endpoint, char ret[INET_ADDRSTRLEN])
{
  inet_ntop (AF_INET, endpoint->ip, ret, INET_ADDRSTRLEN);
}

/* ---- finding --------------------------------------------------------------------- */

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
read_description (const char *url, const HarkEndpoint *gateway, HarkUpnp *ret)
{
  struct UPNPUrls urls = {0};
  struct IGDdatas data = {0};
  char own[INET_ADDRSTRLEN];
  bool ok;

  if (!UPNP_GetIGDFromUrl (url, &urls, &data, own, sizeof own))
    return false;
  ok = is_at (urls.controlURL, gateway) && data.first.servicetype[0]
       && g_strlcpy (ret->control, urls.controlURL, sizeof ret->control) < sizeof ret->control
       && g_strlcpy (ret->service, data.first.servicetype, sizeof ret->service)
            < sizeof ret->service;
  FreeUPNPUrls (&urls);
  return ok;
}

static HarkRouterResult
find (const HarkUpnpQuestion *question, HarkUpnp *ret)
{
  char interface[INET_ADDRSTRLEN];
  struct UPNPDev *devices;
  bool found = false;
  int error = 0;

  ip_to_text (&question->client, interface);
  devices = upnpDiscover (DISCOVER_MS, interface, NULL, UPNP_LOCAL_PORT_ANY, 0, HOPS, &error);
  for (struct UPNPDev *device = devices; device && !found; device = device->pNext)
    found = is_at (device->descURL, &question->gateway)
            && read_description (device->descURL, &question->gateway, ret);
  freeUPNPDevlist (devices);
  return found ? HARK_ROUTER_GRANTED : HARK_ROUTER_SILENT;
}

/* ---- asking ---------------------------------------------------------------------- */

static const char *
protocol_of (const HarkUpnpQuestion *question)
{
  return question->mapping.tcp ? "TCP" : "UDP";
}

static int
add (const HarkUpnpQuestion *question, uint16_t outside, uint32_t lease)
{
  char out[8], in[8], seconds[12], client[INET_ADDRSTRLEN];

  g_snprintf (out, sizeof out, "%u", outside);
  g_snprintf (in, sizeof in, "%u", question->mapping.port);
  g_snprintf (seconds, sizeof seconds, "%u", lease);
  ip_to_text (&question->client, client);
  return UPNP_AddPortMapping (question->upnp.control, question->upnp.service, out, in, client,
                              DESCRIPTION, protocol_of (question), NULL, seconds);
}

static HarkRouterResult
take_back (const HarkUpnpQuestion *question)
{
  char out[8];

  g_snprintf (out, sizeof out, "%u", question->mapping.suggested.port);
  return UPNP_DeletePortMapping (question->upnp.control, question->upnp.service, out,
                                 protocol_of (question), NULL)
             == 0
           ? HARK_ROUTER_GRANTED
           : HARK_ROUTER_REFUSED;
}

static HarkRouterResult
ask (const HarkUpnpQuestion *question, HarkRouterAnswer *ret)
{
  const HarkPcpMapping *mapping = &question->mapping;
  uint16_t outside = mapping->suggested.port ? mapping->suggested.port : mapping->port;
  uint32_t lease = mapping->lifetime;
  char ip[64] = ""; /* the library writes at most 16 bytes */
  struct in_addr external;
  int error;

  if (mapping->lifetime == 0)
    return take_back (question);
  if (UPNP_GetExternalIPAddress (question->upnp.control, question->upnp.service, ip) != 0
      || inet_pton (AF_INET, ip, &external) != 1)
    return HARK_ROUTER_REFUSED;

  error = add (question, outside, lease);
  for (int i = 0; error != 0 && i < PORT_TRIES; i++) {
    if (error == ONLY_PERMANENT)
      lease = 0;
    else if (error == CONFLICT)
      outside = (uint16_t) (1024 + randombytes_uniform (65536 - 1024));
    else
      break;
    error = add (question, outside, lease);
  }
  if (error != 0)
    return HARK_ROUTER_REFUSED;
  ret->external = (HarkEndpoint){.family = 4, .port = outside};
  memcpy (ret->external.ip, &external, 4);
  ret->lifetime = lease ? lease : PERMANENT_LIFE;
  return HARK_ROUTER_GRANTED;
}

/* ---- the process ----------------------------------------------------------------- */

/* Pages of address space in use; 0: unknown. */
static unsigned long
pages (void)
{
  unsigned long n = 0;
  FILE *file = fopen ("/proc/self/statm", "re");

  if (file) {
    if (fscanf (file, "%lu", &n) != 1)
      n = 0;
    fclose (file);
  }
  return n;
}

static bool
limit (__rlimit_resource_t resource, rlim_t value)
{
  return setrlimit (resource, &(struct rlimit){value, value}) == 0;
}

static bool
confine (void)
{
  unsigned long used = pages ();
  bool ok = prctl (PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 && limit (RLIMIT_CORE, 0)
            && limit (RLIMIT_FSIZE, 0) && limit (RLIMIT_CPU, HARK_UPNP_CPU_S) && used > 0;

  prctl (PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0);
  alarm (HARK_UPNP_PATIENCE_MS / 1000 + 1); /* whoever waits has given up by then */
#ifdef HARK_CHECKED
  return ok;
#else
  return ok
         && limit (RLIMIT_AS, used * (rlim_t) sysconf (_SC_PAGESIZE) + (rlim_t) HARK_UPNP_MEMORY);
#endif
}

static bool has_child;

bool
hark_upnp_has_child (void)
{
  return has_child;
}

void
hark_net_be_helper (int argc, char **argv)
{
  HarkUpnpQuestion question;
  HarkUpnpAnswer answer;

  has_child = true;
  if (argc != 1 || strcmp (argv[0], HARK_UPNP_CHILD) != 0)
    return;
  if (sodium_init () < 0 || !confine ()
      || recv (STDIN_FILENO, &question, sizeof question, 0) != sizeof question)
    _exit (1);
  memset (&answer, 0, sizeof answer);
  answer.result = question.find ? find (&question, &answer.upnp) : ask (&question, &answer.answer);
  _exit (send (STDIN_FILENO, &answer, sizeof answer, MSG_NOSIGNAL) == sizeof answer ? 0 : 1);
}
