#define G_LOG_DOMAIN "hark-net"

#include "net/node/settle.h"

#include "net/node/contacts.h"
#include "net/node/knocks.h"
#include "net/node/links.h"
#include "net/node/mailbox-reader.h"
#include "net/node/meeting.h"
#include "net/node/peers.h"
#include "net/node/public.h"
#include "net/node/relays.h"
#include "net/node/restarts.h"
#include "net/node/rings.h"
#include "net/node/scopes.h"

static uint64_t
day_of (int64_t wall_ms)
{
  return wall_ms > 0 ? (uint64_t) wall_ms / 86400000 : 0;
}

void
hark_node_settle_day (HarkNet *net, int64_t wall_ms)
{
  if (day_of (wall_ms) == net->day)
    return;
  net->day = day_of (wall_ms);
  if (net->gate)
    hark_gate_set_day (net->gate, net->day);
}

/* A knock of ours is over: @event is its answer, or says why there is none. */
static void
handle_knock_event (HarkNet *net, const HarkDhtEvent *event, HarkTime now)
{
  uint32_t index;
  HarkLink *link;

  if (!hark_node_knocks_end (net, event->operation, &index)
      || !(link = hark_node_links_find (net, index)))
    return;
  if (event->kind == HARK_DHT_EVENT_KNOCK_ANSWER) {
    HarkLinkOpening opening = hark_node_links_opening (net, NULL);

    if (hark_link_get_state (link) == HARK_LINK_KNOCKING)
      hark_node_knocks_enough (net, index);
    hark_link_handle_reply (link, event->data, event->len, &opening, now);
  } else if (hark_node_knocks_is_over (net, index)
             && !hark_node_mailbox_reader_take_over (net, link, now)) {
    hark_link_handle_refused (link);
  }
}

/* UDP is better than TCP for voice: sessions that had to do without may have it now. */
static void
leave_tcp (HarkNet *net, HarkTime now)
{
  GHashTableIter iter;
  gpointer value;

  g_hash_table_iter_init (&iter, net->peers);
  while (g_hash_table_iter_next (&iter, NULL, &value)) {
    HarkPeer *peer = value;

    if (peer->current && hark_link_get_path_info (peer->current)->remote.tcp)
      hark_node_restarts_want_better (net, peer, now);
  }
  hark_node_restarts_may_improve (net, now);
}

/* Knocks went the way that leads nowhere, and their links wait for answers: the next go the new
 * one.
 */
static void
end_knocks (HarkNet *net)
{
  GHashTableIter iter;
  gpointer value;

  g_hash_table_iter_init (&iter, net->peers);
  while (g_hash_table_iter_next (&iter, NULL, &value)) {
    HarkPeer *peer = value;

    if (peer->outgoing && hark_link_get_knock (peer->outgoing))
      hark_node_links_drop (net, peer, peer->outgoing);
  }
}

/* There was no way to anybody, or it changed: whoever is not online is tried by the new one. */
static void
note_way (HarkNet *net, HarkTime now)
{
  static const HarkNetUdp states[] = {
    [HARK_DHT_UDP_UNKNOWN] = HARK_NET_UDP_UNKNOWN,
    [HARK_DHT_UDP_WORKS] = HARK_NET_UDP_WORKS,
    [HARK_DHT_UDP_BLOCKED] = HARK_NET_UDP_BLOCKED,
  };
  HarkDhtStatus status;
  HarkNetUdp before = net->udp;
  bool was_in_dht = net->in_dht;

  hark_dht_get_status (net->dht, &status);
  net->udp = states[status.udp];
  net->in_dht = status.nodes[0] + status.nodes[1] > 0;
  if (was_in_dht && !net->in_dht)
    net->left_dht = now;
  if (net->in_dht && !was_in_dht
      && (net->left_dht == 0 || hark_time_since (now, net->left_dht) >= HARK_NODE_OUT_TIME))
    hark_node_contacts_try_all (net, now);
  if (net->udp == before || (net->udp != HARK_NET_UDP_BLOCKED && before != HARK_NET_UDP_BLOCKED))
    return;
  end_knocks (net);
  hark_node_contacts_try_all (net, now);
  if (net->udp == HARK_NET_UDP_WORKS)
    leave_tcp (net, now);
}

/* Is the event for nobody but a part of its scope? */
static bool
is_taken (HarkNet *net, const HarkDht *dht, const HarkDhtEvent *event, HarkTime now)
{
  if (dht == net->local_dht) {
    if (event->kind == HARK_DHT_EVENT_STATUS)
      hark_node_scopes_note_status (net, now);
    return hark_node_meeting_handle_dht (net, dht, event, now)
           || (net->local_rendezvous
               && hark_rendezvous_handle_dht (net->local_rendezvous, event, now));
  }
  return hark_node_public_handle_dht (net, event, now)
         || hark_node_mailbox_reader_handle_dht (net, event, now)
         || hark_node_meeting_handle_dht (net, dht, event, now)
         || (net->rendezvous && hark_rendezvous_handle_dht (net->rendezvous, event, now));
}

static void
handle_dht_event (HarkNet *net, const HarkDht *dht, const HarkDhtEvent *event, HarkTime now)
{
  bool taken = is_taken (net, dht, event, now);

  switch (event->kind) {
  case HARK_DHT_EVENT_RING:
    if (!taken)
      hark_node_rings_handle (net, event, now);
    break;
  case HARK_DHT_EVENT_KNOCK_ANSWER:
  case HARK_DHT_EVENT_KNOCK_FAILED:
    if (!taken)
      handle_knock_event (net, event, now);
    break;
  case HARK_DHT_EVENT_STATUS:
  case HARK_DHT_EVENT_KEPT:
  case HARK_DHT_EVENT_KEEP_LOST:
  case HARK_DHT_EVENT_STORED: {
    HarkNetEvent status = {.kind = HARK_NET_EVENT_STATUS};

    if (dht == net->dht && event->kind == HARK_DHT_EVENT_STATUS)
      note_way (net, now);
    if (dht == net->dht && hark_node_restarts_handle_dht (net, event->kind, now))
      hark_node_public_moved (net, now);
    hark_node_queue_push_event (&net->queue, &status);
    break;
  }
  default:
    break;
  }
}

/* Others say that our clock is wrong: what was looked for on a wrong day is looked for again. */
static void
handle_clock_changed (HarkNet *net, HarkTime now)
{
  HarkNetEvent status = {.kind = HARK_NET_EVENT_STATUS};

  hark_node_settle_day (net, hark_rendezvous_wall_ms (net->rendezvous, now));
  hark_node_contacts_try_all (net, now);
  hark_node_queue_push_event (&net->queue, &status);
}

static void
handle_superseded (HarkNet *net)
{
  HarkNetEvent superseded = {.kind = HARK_NET_EVENT_SUPERSEDED};

  if (net->local_rendezvous)
    hark_rendezvous_retire (net->local_rendezvous);
  hark_node_queue_push_event (&net->queue, &superseded);
}

/* Takes the events of one scope; true when there were any. */
static bool
settle_dht (HarkNet *net, HarkDht *dht, HarkRendezvous *rendezvous, HarkTime now)
{
  HarkDhtEvent event;
  bool moved = false;

  while (dht && hark_dht_poll_event (dht, &event)) {
    handle_dht_event (net, dht, &event, now);
    moved = true;
  }
  if (rendezvous && hark_rendezvous_get_deadline (rendezvous) <= now)
    hark_rendezvous_handle_time (rendezvous, now);
  return moved;
}

void
hark_node_settle (HarkNet *net, HarkTime now)
{
  HarkRendezvousEvent found;
  bool moved;

  net->now = now;
  do {
    moved = settle_dht (net, net->dht, net->rendezvous, now);
    moved |= settle_dht (net, net->local_dht, net->local_rendezvous, now);
    hark_node_public_handle_time (net, now);
    if (hark_node_scopes_handle_time (net, now))
      hark_node_contacts_lan_grew (net, now);
    while (hark_node_scopes_poll (net, &found)) {
      if (found.clock_changed)
        handle_clock_changed (net, now);
      else if (found.superseded)
        handle_superseded (net);
      else
        hark_node_peers_handle_found (net, &found, now);
      moved = true;
    }
    hark_node_peers_handle_time (net, now);
    hark_node_mailbox_reader_handle_time (net, now);
    hark_node_meeting_handle_time (net, now);
    hark_node_knocks_handle_time (net, now);
    moved |= net->dht && hark_dht_has_events (net->dht);
    moved |= net->local_dht && hark_dht_has_events (net->local_dht);
  } while (moved);
  hark_node_relays_settle (net, now);
}
