#include "net/node/links.h"

#include "net/base/locked.h"
#include "net/node/knocks.h"

#include <string.h>

HarkPeer *
hark_node_links_get_peer (HarkNet *net, const HarkKey *account)
{
  return g_hash_table_lookup (net->peers, account);
}

HarkSession *
hark_node_links_session (HarkNet *net, const HarkKey *account)
{
  HarkPeer *peer = hark_node_links_get_peer (net, account);

  return peer && peer->current ? hark_link_get_session (peer->current) : NULL;
}

HarkPeer *
hark_node_links_add_peer (HarkNet *net, const HarkKey *account)
{
  HarkPeer *peer = hark_node_links_get_peer (net, account);

  if (peer)
    return peer;
  peer = hark_locked_new0 (HarkPeer);
  peer->account = *account;
  peer->next_try = HARK_TIME_NEVER;
  peer->next_request = HARK_TIME_NEVER;
  peer->interval = HARK_NET_INTERVAL_FIRST;
  peer->record_known.seq = -1;
  peer->tell = HARK_TIME_NEVER;
  peer->restart.next = peer->restart.improve = peer->restart.find = HARK_TIME_NEVER;
  g_hash_table_insert (net->peers, &peer->account, peer);
  return peer;
}

HarkLink *
hark_node_links_find (HarkNet *net, uint32_t index)
{
  for (guint i = 0; i < net->links->len; i++) {
    HarkLink *link = g_ptr_array_index (net->links, i);

    if (hark_link_get_index (link) == index)
      return link;
  }
  return NULL;
}

/* An index that no other link has; random, so that nobody can count our connections. */
uint32_t
hark_node_links_fresh_index (HarkNet *net)
{
  uint32_t index;

  do
    index = hark_rng_u32 (&net->rng);
  while (index == 0 || hark_node_links_find (net, index));
  return index;
}

static void
offer_stun (HarkEndpoint stun[2], const HarkEndpoint *endpoint)
{
  HarkEndpoint *place = endpoint->family == 4 ? &stun[0] : &stun[1];
  HarkScope scope = hark_endpoint_scope (endpoint);

  if (scope == HARK_SCOPE_PRIVATE || scope == HARK_SCOPE_LINK_LOCAL)
    return; /* sees us as we see ourselves */

  if (place->family == 0)
    *place = *endpoint;
}

void
hark_node_links_stun (HarkNet *net, const HarkRecord *record, HarkEndpoint ret[2])
{
  HarkEndpoint points[HARK_RENDEZVOUS_POINTS];
  unsigned n = net->rendezvous ? hark_rendezvous_get_points (net->rendezvous, points) : 0;

  memset (ret, 0, 2 * sizeof *ret);
  for (unsigned i = 0; i < n; i++)
    offer_stun (ret, &points[i]);
  for (unsigned i = 0; record && i < record->n_points; i++)
    offer_stun (ret, &record->points[i].endpoint);
  /* all of these may be gone, when the knock went through a mailbox */
  if (net->helpers && n == 0)
    n = (unsigned) hark_helpers_list (net->helpers, 0, points, G_N_ELEMENTS (points));
  for (unsigned i = 0; i < n; i++)
    offer_stun (ret, &points[i]);
}

HarkLinkOpening
hark_node_links_opening (HarkNet *net, const HarkRecord *record)
{
  HarkLinkOpening opening = {.path = ++net->last_path, .fresh = true};

  hark_node_links_stun (net, record, opening.stun);
  return opening;
}

static void
detach_link (HarkNet *net, HarkPeer *peer, HarkLink *link)
{
  hark_node_knocks_cancel (net, hark_link_get_index (link));
  if (hark_link_get_ticket (link))
    hark_gate_release (net->gate, hark_link_get_ticket (link));
  if (!peer)
    return;
  if (peer->current == link)
    peer->current = NULL;
  if (peer->outgoing == link)
    peer->outgoing = NULL;
  if (peer->incoming == link)
    peer->incoming = NULL;
}

void
hark_node_links_drop (HarkNet *net, HarkPeer *peer, HarkLink *link)
{
  if (!link)
    return;
  detach_link (net, peer, link);
  g_ptr_array_remove_fast (net->links, link);
}

void
hark_node_links_drop_attempts (HarkNet *net, HarkPeer *peer)
{
  for (guint i = net->links->len; i > 0; i--) {
    HarkLink *link = g_ptr_array_index (net->links, i - 1);

    if (link != peer->current && hark_key_equal (hark_link_get_account (link), &peer->account))
      hark_node_links_drop (net, peer, link);
  }
}

void
hark_node_links_leave_alone (HarkNet *net, HarkPeer *peer, HarkLink *link)
{
  if (link)
    detach_link (net, peer, link);
}

bool
hark_node_links_is_left_behind (const HarkPeer *peer, const HarkLink *link)
{
  return link && peer->is_contact && hark_link_get_list_version (link) < peer->contact.list_version;
}

HarkLink *
hark_node_links_counting (const HarkPeer *peer)
{
  return hark_node_links_is_left_behind (peer, peer->current) ? NULL : peer->current;
}

bool
hark_node_links_is_called (const HarkPeer *peer)
{
  return peer->incoming && !hark_node_links_is_left_behind (peer, peer->incoming);
}

bool
hark_node_links_is_mending (const HarkPeer *peer)
{
  const HarkLink *counts = hark_node_links_counting (peer);

  return counts && hark_link_get_lost (counts) != HARK_TIME_NEVER && hark_link_is_answered (counts);
}

/* The session says goodbye, then the link dies by itself. */
void
hark_node_links_close (HarkNet *net, HarkPeer *peer, HarkLink *link, uint64_t code, HarkTime now)
{
  if (!link)
    return;
  detach_link (net, peer, link);
  hark_link_close (link, code, now);
}
