#define G_LOG_DOMAIN "hark-net"

#include "net/node/public.h"

#include <string.h>

#define SAVED_MAX 32 /* nodes of our own kind among those to be saved */

void
hark_node_public_init (HarkNet *net, HarkTime now)
{
  const HarkNetConfig *config = &net->config;

  if (!net->dht)
    return;
  net->helpers
    = hark_helpers_new (net->dht, &net->rng, config->closed_network ? config->network : NULL, now);
  for (int i = 0; config->serve && i < 2; i++)
    net->reach[i] = hark_reach_new (net->dht, net->helpers, i ? 6 : 4, &net->rng, now);
  hark_node_public_update (net, now);
}

void
hark_node_public_clear (HarkNet *net)
{
  for (int i = 0; i < 2; i++)
    hark_reach_free (net->reach[i]);
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
    if (net->reached[i] && status->external[i].port
        && (is_own_address (net, &status->external[i])
            || hark_reach_get_verdict (net->reach[i]) == HARK_REACH_PUBLIC))
      direct[i] = status->external[i];
  if (net->mapped.family)
    direct[net->mapped.family == 6] = net->mapped;
  hark_rendezvous_set_direct (net->rendezvous, direct, now);
}

/* This machine has an address of IPv4 (0) or IPv6 (1), as far as is known. */
static bool
has_family (const HarkNet *net, int i)
{
  for (size_t n = 0; n < net->n_hosts; n++)
    if ((net->hosts[n].family == 6) == i)
      return true;
  return !net->hosts_told && i == 0;
}

/* A node without an account was started to serve: until a test says otherwise, it does. */
static bool
has_hint (const HarkNet *net, int i, const HarkDhtStatus *status)
{
  return (!net->config.has_account && has_family (net, i))
         || (net->mapping != HARK_MAPPING_NONE && (net->mapped.family == 6) == i)
         || is_own_address (net, &status->external[i]);
}

void
hark_node_public_update (HarkNet *net, HarkTime now)
{
  HarkDhtStatus status;
  uint16_t port;

  if (!net->dht)
    return;
  hark_dht_get_status (net->dht, &status);
  for (int i = 0; i < 2 && net->reach[i]; i++) {
    bool reached;

    hark_reach_set_hint (net->reach[i], has_hint (net, i, &status), now);
    reached = hark_reach_is_public (net->reach[i]);
    if (reached == net->reached[i])
      continue;
    g_debug ("others %s reach us by IPv%d", reached ? "can" : "cannot", i ? 6 : 4);
    net->reached[i] = reached;
    hark_dht_set_family_read_only (net->dht, i ? 6 : 4, !reached);
  }
  net->serving = net->reached[0] || net->reached[1];
  port = net->mapped.port ? net->mapped.port
         : status.external[0].family && (net->reached[0] || !net->reached[1])
           ? status.external[0].port
           : status.external[1].port;
  hark_helpers_set_serving (net->helpers, net->serving ? port : 0, now);
  if (net->rendezvous)
    tell_contacts (net, &status, now);
}

void
hark_node_public_moved (HarkNet *net, HarkTime now)
{
  for (int i = 0; i < 2 && net->reach[i]; i++)
    hark_reach_moved (net->reach[i], now);
}

bool
hark_node_public_handle_dht (HarkNet *net, const HarkDhtEvent *event, HarkTime now)
{
  for (int i = 0; i < 2 && net->reach[i]; i++)
    hark_reach_handle_dht (net->reach[i], event, now);
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
  for (int i = 0; i < 2 && net->reach[i]; i++)
    if (hark_reach_get_deadline (net->reach[i]) <= now) {
      hark_reach_handle_time (net->reach[i], now);
      hark_node_public_update (net, now);
    }
  if (net->helpers && hark_helpers_get_deadline (net->helpers) <= now)
    hark_helpers_handle_time (net->helpers, now);
}

HarkTime
hark_node_public_get_deadline (const HarkNet *net)
{
  HarkTime deadline = HARK_TIME_NEVER;

  for (int i = 0; i < 2 && net->reach[i]; i++)
    deadline = hark_time_min (deadline, hark_reach_get_deadline (net->reach[i]));
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
  n = hark_helpers_list (net->helpers, 0, ret, MIN (max, SAVED_MAX));
  return n + hark_dht_good_nodes (net->dht, ret + n, max - n);
}
