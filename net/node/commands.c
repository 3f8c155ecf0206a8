/* The doors of net/net.h by which core says who may find us and whom we look for, and asks how the
 * network is. */
#define G_LOG_DOMAIN "hark-net"

#include "net/node/contacts.h"
#include "net/node/links.h"
#include "net/node/node-private.h"
#include "net/node/public.h"
#include "net/node/records.h"
#include "net/node/relays.h"
#include "net/node/rings.h"
#include "net/node/scopes.h"

#include <string.h>

void
hark_net_set_visible (HarkNet *net, const char *name, HarkTime now)
{
  HarkBeaconPerson person = {.account = net->config.account};

  if (!net->local_rendezvous)
    return;
  if (net->visible) {
    hark_node_rings_close_gate (net, &net->visible_token);
    hark_rendezvous_close (net->local_rendezvous, &net->visible_token, now);
  }
  net->visible = name != NULL;
  hark_token_clear (&net->visible_token);
  if (!name) {
    hark_lan_set_person (net->lan, NULL, NULL, now);
    return;
  }
  hark_rng_bytes (&net->rng, net->visible_token.bytes, sizeof net->visible_token.bytes);
  hark_node_rings_open_gate (net, HARK_AUDIENCE_ADDRESS, &net->visible_token, NULL);
  hark_rendezvous_open (net->local_rendezvous, &net->visible_token, false, true, now);
  person.token = net->visible_token;
  g_strlcpy (person.name, name, sizeof person.name);
  hark_lan_set_person (net->lan, &person, &net->config.account_seed, now);
  hark_token_clear (&person.token);
}

size_t
hark_net_people (const HarkNet *net, HarkBeaconPerson *ret, size_t max)
{
  return net->lan ? hark_lan_people (net->lan, ret, max, net->now) : 0;
}

void
hark_net_set_refused (HarkNet *net, uint64_t refused)
{
  HarkNetEvent status = {.kind = HARK_NET_EVENT_STATUS};

  if (refused == net->refused)
    return;
  net->refused = refused;
  hark_node_queue_push_event (&net->queue, &status);
}

void
hark_net_open_audience (
  HarkNet *net, HarkAudienceKind kind, const HarkToken *token, const HarkKey *only, HarkTime now)
{
  bool requests = kind == HARK_AUDIENCE_ADDRESS || kind == HARK_AUDIENCE_INVITE;

  hark_node_rings_open_gate (net, kind, token, only);
  if (net->rendezvous)
    hark_rendezvous_open (net->rendezvous, token, kind == HARK_AUDIENCE_CONTACTS, requests, now);
  if (net->local_rendezvous)
    hark_rendezvous_open (net->local_rendezvous, token, kind == HARK_AUDIENCE_CONTACTS, requests,
                          now);
}

void
hark_net_close_audience (HarkNet *net, const HarkToken *token, HarkTime now)
{
  hark_node_rings_close_gate (net, token);
  if (net->rendezvous)
    hark_rendezvous_close (net->rendezvous, token, now);
  if (net->local_rendezvous)
    hark_rendezvous_close (net->local_rendezvous, token, now);
}

void
hark_net_set_contact (HarkNet *net, const HarkNetContact *contact, HarkTime now)
{
  hark_node_contacts_set_contact (net, contact, now);
  hark_node_relays_review (net, now);
}

GBytes *
hark_net_save_records (const HarkNet *net)
{
  return hark_node_records_save (net);
}

void
hark_net_restore_records (HarkNet *net, GBytes *bytes)
{
  hark_node_records_restore (net, bytes);
}

void
hark_net_set_relaying (HarkNet *net, bool on, uint32_t rate, HarkTime now)
{
  hark_node_relays_set (net, on, rate, now);
}

void
hark_net_remove_contact (HarkNet *net, const HarkKey *account, HarkTime now)
{
  hark_node_contacts_remove_contact (net, account, now);
}

void
hark_net_try_now (HarkNet *net, const HarkKey *account, HarkTime now)
{
  hark_node_contacts_try_now (net, account, now);
}

HarkTime
hark_net_get_next_try (HarkNet *net, const HarkKey *account)
{
  return hark_node_contacts_get_next_try (net, account);
}

void
hark_net_send_request (HarkNet *net,
                       const HarkKey *account,
                       const HarkToken *token,
                       const HarkNetRequest *request,
                       HarkTime now)
{
  hark_node_contacts_request (net, account, token, request, now);
}

void
hark_net_cancel_request (HarkNet *net, const HarkKey *account)
{
  hark_node_contacts_cancel_request (net, account);
}

void
hark_net_get_peer_record (HarkNet *net, const HarkKey *account, HarkNetPeerRecord *ret)
{
  hark_node_contacts_get_record (net, account, ret);
}

void
hark_net_take_carried (HarkNet *net, const HarkKey *account, HarkNetCarried *ret)
{
  HarkPeer *peer = hark_node_links_get_peer (net, account);

  *ret = peer ? peer->carried : (HarkNetCarried){0};
  if (peer)
    peer->carried = (HarkNetCarried){0};
}

void
hark_net_get_status (const HarkNet *net, HarkNetStatus *ret)
{
  HarkEndpoint points[HARK_RENDEZVOUS_POINTS];
  HarkDhtStatus dht;

  *ret = (HarkNetStatus){.mapping = net->mapping,
                         .mapped = net->mapped,
                         .no_address = net->n_hosts == 0,
                         .tunnel = net->tunnel,
                         .dht_off = !net->config.dht,
                         .closed_network = net->config.closed_network,
                         .lan_only = net->config.lan_only,
                         .refused = net->refused,
                         .sent_hosts = hark_sent_hosts (&net->sent)};
  memcpy (ret->sent, net->sent.counts, sizeof ret->sent);
  if (net->lan) {
    ret->lan_peers = hark_lan_count (net->lan, net->now);
    ret->other_networks = hark_lan_count_others (net->lan, net->now);
  }
  if (net->local_dht && !net->dht) {
    hark_dht_get_status (net->local_dht, &dht);
    ret->dht_nodes = dht.nodes[0] + dht.nodes[1];
    ret->published = net->local_rendezvous && hark_rendezvous_is_published (net->local_rendezvous);
  }
  hark_node_relays_get_status (net, ret);
  if (!net->dht)
    return;
  hark_dht_get_status (net->dht, &dht);
  ret->dht_nodes = dht.nodes[0] + dht.nodes[1];
  ret->external[0] = dht.external[0];
  ret->external[1] = dht.external[1];
  ret->symmetric = dht.external[0].family && dht.external[0].port == 0;
  ret->udp = net->udp;
  ret->reachable = net->serving;
  if (net->rendezvous) {
    ret->has_clock_skew = hark_rendezvous_get_skew (net->rendezvous, &ret->clock_skew_s);
    ret->contact_points = hark_rendezvous_get_points (net->rendezvous, points);
    ret->published = hark_rendezvous_is_published (net->rendezvous);
  }
}

size_t
hark_net_good_nodes (const HarkNet *net, HarkEndpoint *ret, size_t max)
{
  return hark_node_public_good_nodes (net, ret, max);
}
