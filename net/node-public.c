#define G_LOG_DOMAIN "hark-net"

#include "net/node-public.h"

#include <string.h>

#define SAVED_MAX 32 /* nodes of our own kind among those to be saved */

void
hark_node_public_init (HarkNet *net, HarkTime now)
{
  const HarkNetConfig *config = &net->config;

  net->serving = config->serve && !config->has_account;
  if (!net->dht)
    return;
  net->helpers
    = hark_helpers_new (net->dht, &net->rng, config->closed_network ? config->network : NULL, now);
  if (config->serve && config->has_account)
    net->reach = hark_reach_new (net->dht, net->helpers, &net->rng, now);
}

void
hark_node_public_clear (HarkNet *net)
{
  hark_reach_free (net->reach);
  hark_helpers_free (net->helpers);
}

/* Others see us under an address of this machine: there is no NAT between; a firewall may be. */
static bool
is_own_address (const HarkNet *net, const HarkEndpoint *external)
{
  for (size_t i = 0; external->family && i < net->n_hosts; i++)
    if (hark_endpoint_same_ip (&net->hosts[i], external))
      return true;
  return false;
}

/* Where contacts may knock without a point: by the router's mapping, or where everybody sees us
 * when strangers come through there. */
static void
tell_contacts (HarkNet *net, const HarkDhtStatus *status, HarkTime now)
{
  HarkEndpoint direct[2] = {0};

  for (int i = 0; i < 2; i++)
    if (net->serving && status->external[i].port
        && (is_own_address (net, &status->external[i])
            || hark_reach_get_verdict (net->reach) == HARK_REACH_PUBLIC))
      direct[i] = status->external[i];
  if (net->mapped.family)
    direct[net->mapped.family == 6] = net->mapped;
  hark_rendezvous_set_direct (net->rendezvous, direct, now);
}

void
hark_node_public_update (HarkNet *net, HarkTime now)
{
  HarkDhtStatus status;
  bool serving = net->serving;
  uint16_t port;

  if (!net->dht)
    return;
  hark_dht_get_status (net->dht, &status);
  if (net->reach) {
    hark_reach_set_hint (net->reach,
                         net->mapping != HARK_MAPPING_NONE
                           || is_own_address (net, &status.external[0])
                           || is_own_address (net, &status.external[1]),
                         now);
    serving = hark_reach_is_public (net->reach);
  }
  if (serving != net->serving) {
    g_debug ("others %s reach us", serving ? "can" : "cannot");
    net->serving = serving;
    hark_dht_set_read_only (net->dht, !serving);
  }
  port = net->mapped.port            ? net->mapped.port
         : status.external[0].family ? status.external[0].port
                                     : status.external[1].port;
  hark_helpers_set_serving (net->helpers, serving ? port : 0, now);
  if (net->rendezvous)
    tell_contacts (net, &status, now);
}

bool
hark_node_public_handle_dht (HarkNet *net, const HarkDhtEvent *event, HarkTime now)
{
  if (net->reach)
    hark_reach_handle_dht (net->reach, event, now);
  if (event->kind == HARK_DHT_EVENT_STATUS || event->kind == HARK_DHT_EVENT_VISITOR)
    hark_node_public_update (net, now);
  if (event->kind == HARK_DHT_EVENT_VISITOR)
    return true;
  return hark_helpers_handle_dht (net->helpers, event, now)
         && event->kind != HARK_DHT_EVENT_MORE; /* then there may be new points to choose */
}

void
hark_node_public_handle_time (HarkNet *net, HarkTime now)
{
  if (net->reach && hark_reach_get_deadline (net->reach) <= now) {
    hark_reach_handle_time (net->reach, now);
    hark_node_public_update (net, now);
  }
  if (net->helpers && hark_helpers_get_deadline (net->helpers) <= now)
    hark_helpers_handle_time (net->helpers, now);
}

HarkTime
hark_node_public_get_deadline (const HarkNet *net)
{
  HarkTime deadline = HARK_TIME_NEVER;

  if (net->reach)
    deadline = hark_reach_get_deadline (net->reach);
  if (net->helpers)
    deadline = hark_time_min (deadline, hark_helpers_get_deadline (net->helpers));
  return deadline;
}

size_t
hark_node_public_good_nodes (const HarkNet *net, HarkEndpoint *ret, size_t max)
{
  size_t n;

  if (!net->dht)
    return 0;
  n = hark_helpers_list (net->helpers, ret, MIN (max, SAVED_MAX));
  return n + hark_dht_good_nodes (net->dht, ret + n, max - n);
}
