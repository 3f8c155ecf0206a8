#define G_LOG_DOMAIN "hark-net"

#include "net/node/contacts.h"

#include "net/node/links.h"
#include "net/node/peers.h"
#include "net/node/restarts.h"
#include "net/node/rings.h"
#include "net/node/scopes.h"

#define RECORD_OLD_S (45 * 60)    /* whoever is online has put a newer one by then */
#define RECORD_KEPT_S (4 * 86400) /* in slots that we look into: older ones are of wrong clocks */

/* What is on its way would be kept as found under a token that it was not found under. */
static void
end_find (HarkNet *net, HarkPeer *peer)
{
  if (peer->find)
    hark_node_scopes_cancel (net, peer->find);
  peer->find = 0;
}

void
hark_node_contacts_set_contact (HarkNet *net, const HarkNetContact *contact, HarkTime now)
{
  HarkPeer *peer = hark_node_links_add_peer (net, &contact->account);
  HarkGateEntry entry = {.is_contact = true, .account = contact->account};

  if (!peer->is_contact && g_hash_table_size (net->peers) > HARK_NET_CONTACTS_MAX)
    return;
  if (!peer->is_contact || !hark_token_equal (&peer->contact.reach, &contact->reach)) {
    if (!peer->find_for_request)
      end_find (net, peer);
    peer->has_record = false;
    peer->next_try = now;
    peer->interval = HARK_NET_INTERVAL_FIRST;
    hark_node_restarts_prefetch (net, peer, now);
  }
  if (!peer->current || hark_link_get_lost (peer->current) != HARK_TIME_NEVER)
    peer->asked_anew
      |= peer->is_contact && contact->has_first
         && !(peer->contact.has_first && hark_token_equal (&peer->contact.first, &contact->first));
  peer->is_contact = true;
  peer->contact = *contact;
  if (peer->has_record && hark_record_list_version (&peer->record) < contact->list_version) {
    peer->has_record = false; /* it leads to a computer that they have left behind */
    hark_node_restarts_prefetch (net, peer, now);
  }
  if (peer->rank == 0)
    peer->rank = ++net->last_rank;

  for (unsigned i = 0; i < G_N_ELEMENTS (peer->gates); i++) {
    hark_node_rings_remove_gate (net, peer->gates[i]);
    peer->gates[i] = 0;
  }
  entry.pairwise = true;
  if (contact->has_pairwise)
    peer->gates[0] = hark_node_rings_add_gate (net, contact->pairwise.bytes,
                                               sizeof contact->pairwise.bytes, entry);
  entry.pairwise = false;
  if (contact->has_pairwise_previous)
    peer->gates[1] = hark_node_rings_add_gate (net, contact->pairwise_previous.bytes,
                                               sizeof contact->pairwise_previous.bytes, entry);
  else if (contact->has_first)
    peer->gates[1]
      = hark_node_rings_add_gate (net, contact->first.bytes, sizeof contact->first.bytes, entry);
}

static void
forget_if_idle (HarkNet *net, HarkPeer *peer)
{
  if (!peer->is_contact && !peer->requesting && !peer->current && !peer->outgoing
      && !peer->incoming) {
    end_find (net, peer);
    g_hash_table_remove (net->peers, &peer->account);
  }
}

void
hark_node_contacts_remove_contact (HarkNet *net, const HarkKey *account, HarkTime now)
{
  HarkPeer *peer = hark_node_links_get_peer (net, account);

  if (!peer)
    return;
  hark_node_rings_remove_gate (net, peer->gates[0]);
  hark_node_rings_remove_gate (net, peer->gates[1]);
  peer->is_contact = false;
  peer->requesting = false;
  hark_node_links_drop_attempts (net, peer);
  hark_node_links_close (net, peer, peer->current, HARK_NET_CODE_LEAVING, now);
  forget_if_idle (net, peer);
}

static void
try_peer (HarkPeer *peer, HarkTime now)
{
  peer->interval = HARK_NET_INTERVAL_FIRST;
  if (!peer->current || hark_link_get_lost (peer->current) != HARK_TIME_NEVER)
    peer->next_try = now;
  if (peer->requesting)
    peer->next_request = now;
}

void
hark_node_contacts_try_now (HarkNet *net, const HarkKey *account, HarkTime now)
{
  HarkPeer *peer = hark_node_links_get_peer (net, account);

  if (peer)
    try_peer (peer, now);
}

HarkTime
hark_node_contacts_get_next_try (HarkNet *net, const HarkKey *account)
{
  const HarkPeer *peer = hark_node_links_get_peer (net, account);

  if (!peer || peer->current || peer->next_try == HARK_TIME_NEVER)
    return HARK_TIME_NEVER;
  return peer->find || peer->outgoing || peer->incoming ? 0 : peer->next_try;
}

void
hark_node_contacts_try_all (HarkNet *net, HarkTime now)
{
  GHashTableIter iter;
  gpointer value;

  g_hash_table_iter_init (&iter, net->peers);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    try_peer (value, now);
}

void
hark_node_contacts_lan_grew (HarkNet *net, HarkTime now)
{
  GHashTableIter iter;
  gpointer value;

  g_hash_table_iter_init (&iter, net->peers);
  while (g_hash_table_iter_next (&iter, NULL, &value)) {
    HarkPeer *peer = value;

    if (peer->current && hark_link_get_lost (peer->current) == HARK_TIME_NEVER)
      continue;
    if (peer->find)
      hark_node_scopes_look_again (net, peer->find, now);
    else
      try_peer (peer, now);
  }
}

void
hark_node_contacts_request (HarkNet *net,
                            const HarkKey *account,
                            const HarkToken *token,
                            const HarkNetRequest *request,
                            HarkTime now)
{
  HarkPeer *peer = hark_node_links_add_peer (net, account);

  peer->requesting = true;
  peer->request_token = *token;
  peer->request = *request;
  peer->next_request = now;
  peer->interval = HARK_NET_INTERVAL_FIRST;
  peer->request_interval = HARK_NET_REQUEST_FIRST;
}

void
hark_node_contacts_cancel_request (HarkNet *net, const HarkKey *account)
{
  HarkPeer *peer = hark_node_links_get_peer (net, account);

  if (!peer)
    return;
  peer->requesting = false;
  if (peer->find_for_request)
    end_find (net, peer);
  forget_if_idle (net, peer);
}

void
hark_node_contacts_get_record (HarkNet *net, const HarkKey *account, HarkNetPeerRecord *ret)
{
  const HarkPeer *peer = hark_node_links_get_peer (net, account);
  int64_t now_s;

  *ret = (HarkNetPeerRecord){0};
  if (!peer || !net->rendezvous)
    return;
  ret->looked = peer->looked;
  ret->last_failure = peer->last_failure;
  if (!peer->has_record)
    return;
  now_s = hark_node_scopes_wall_ms (net, net->now) / 1000;
  ret->found = true;
  ret->made_s = peer->record.made;
  ret->old = now_s - ret->made_s > RECORD_OLD_S && now_s - ret->made_s < RECORD_KEPT_S;
  ret->online = hark_record_leads_somewhere (&peer->record);
  ret->mailbox = peer->record.flags & HARK_RECORD_MAILBOX;
  ret->points = peer->record.n_points;
}

void
hark_node_contacts_leave (HarkNet *net, HarkTime now)
{
  GHashTableIter iter;
  gpointer value;

  g_hash_table_iter_init (&iter, net->peers);
  while (g_hash_table_iter_next (&iter, NULL, &value)) {
    HarkPeer *peer = value;

    hark_node_links_drop_attempts (net, peer);
    hark_node_links_close (net, peer, peer->current, HARK_NET_CODE_LEAVING, now);
  }
}
