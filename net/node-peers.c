#define G_LOG_DOMAIN "hark-net"

#include "net/node-peers.h"

#include "net/node-knocks.h"

#include <string.h>

#define INTERVAL_FIRST (250 * HARK_MS)
#define INTERVAL_MAX (60 * HARK_SECOND) /* somebody whose record says he is online */
#define INTERVAL_AWAY (5 * HARK_MINUTE) /* nobody to be found: he knocks when he comes back */
#define REQUEST_FIRST (3 * HARK_SECOND)
#define REQUEST_MAX (10 * HARK_MINUTE)
#define FIND_GUARD (20 * HARK_SECOND)    /* a search or attempt that never ends */
#define LOST_PATIENCE (2 * HARK_SECOND)  /* ICE may mend a path by itself */
#define TOGETHER (5 * HARK_SECOND)       /* links that came up within this crossed each other */
#define OWN_KNOCK_FRESH (1500 * HARK_MS) /* then theirs is let in even if ours has precedence */

static const char *const not_online = "is not online";

HarkPeer *
hark_node_peers_get (HarkNet *net, const HarkKey *account)
{
  return g_hash_table_lookup (net->peers, account);
}

HarkSession *
hark_node_peers_session (HarkNet *net, const HarkKey *account)
{
  HarkPeer *peer = hark_node_peers_get (net, account);

  return peer && peer->current ? hark_link_get_session (peer->current) : NULL;
}

static HarkPeer *
get_or_add (HarkNet *net, const HarkKey *account)
{
  HarkPeer *peer = hark_node_peers_get (net, account);

  if (peer)
    return peer;
  peer = g_new0 (HarkPeer, 1);
  peer->account = *account;
  peer->next_try = HARK_TIME_NEVER;
  peer->next_request = HARK_TIME_NEVER;
  peer->interval = INTERVAL_FIRST;
  peer->record_seq = -1;
  g_hash_table_insert (net->peers, &peer->account, peer);
  return peer;
}

/* Says so when it is new; an online peer is told of again when its path moved. */
static void
set_state (HarkNet *net, HarkPeer *peer, HarkPeerState state, const char *reason)
{
  HarkNetEvent event = {
    .kind = HARK_NET_EVENT_PEER,
    .account = peer->account,
    .state = state,
    .reason = reason,
    .session = peer->session,
  };

  if (peer->state == state && peer->reason == reason && state != HARK_PEER_ONLINE)
    return;
  peer->state = state;
  peer->reason = reason;
  if (state == HARK_PEER_ONLINE) {
    event.initiator = hark_link_is_outgoing (peer->current);
    event.by_pairwise = hark_link_is_pairwise (peer->current);
    event.path = *hark_link_get_path_info (peer->current);
    memcpy (event.handshake_hash, hark_link_get_handshake_hash (peer->current),
            sizeof event.handshake_hash);
  }
  hark_node_queue_push_event (&net->queue, &event);
}

/* The next try comes later each time, a little at random so that two do not knock in step. */
static void
back_off (HarkNet *net, HarkPeer *peer, HarkTime max, HarkTime now)
{
  HarkTime spread = peer->interval / 4;

  peer->next_try = now + peer->interval - spread / 2 + hark_rng_below (&net->rng, spread + 1);
  peer->interval = hark_time_min (peer->interval * 2, max);
}

/* ---- gates
 * -------------------------------------------------------------------------------------------- */

static uint64_t
add_gate (HarkNet *net, const void *secret, size_t len, HarkGateEntry entry)
{
  HarkGateEntry *copy;

  entry.id = ++net->last_gate_id;
  memcpy (entry.secret, secret, len);
  entry.secret_len = len;
  if (!net->gate || !hark_gate_add (net->gate, secret, len, entry.id))
    return 0;
  copy = g_memdup2 (&entry, sizeof entry);
  sodium_memzero (&entry, sizeof entry);
  g_hash_table_insert (net->gate_entries, &copy->id, copy);
  return copy->id;
}

static void
remove_gate (HarkNet *net, uint64_t id)
{
  if (!id || !net->gate)
    return;
  hark_gate_remove (net->gate, id);
  g_hash_table_remove (net->gate_entries, &id);
}

void
hark_node_peers_open_gate (HarkNet *net,
                           HarkAudienceKind kind,
                           const HarkToken *token,
                           const HarkKey *only)
{
  HarkGateEntry entry = {.audience = kind, .has_only = only != NULL};

  /* accepted contacts come in by their own secrets */
  if (kind == HARK_AUDIENCE_CONTACTS)
    return;
  if (only)
    entry.account = *only;
  add_gate (net, token->bytes, sizeof token->bytes, entry);
}

void
hark_node_peers_close_gate (HarkNet *net, const HarkToken *token)
{
  GHashTableIter iter;
  gpointer value;

  g_hash_table_iter_init (&iter, net->gate_entries);
  while (g_hash_table_iter_next (&iter, NULL, &value)) {
    HarkGateEntry *entry = value;

    if (entry->secret_len == sizeof token->bytes
        && sodium_memcmp (entry->secret, token->bytes, sizeof token->bytes) == 0) {
      hark_gate_remove (net->gate, entry->id);
      g_hash_table_iter_remove (&iter);
    }
  }
}

/* ---- links
 * ------------------------------------------------------------------------------------------------
 */

static HarkLink *
find_link (HarkNet *net, uint32_t index)
{
  for (guint i = 0; i < net->links->len; i++) {
    HarkLink *link = g_ptr_array_index (net->links, i);

    if (hark_link_get_index (link) == index)
      return link;
  }
  return NULL;
}

/* An index that no other link has; random, so that nobody can count our connections. */
static uint32_t
fresh_index (HarkNet *net)
{
  uint32_t index;

  do
    index = hark_rng_u32 (&net->rng);
  while (index == 0 || find_link (net, index));
  return index;
}

static void
stun_servers (HarkNet *net, HarkEndpoint ret[2])
{
  HarkEndpoint points[HARK_RENDEZVOUS_POINTS];
  unsigned n = net->rendezvous ? hark_rendezvous_get_points (net->rendezvous, points) : 0;

  memset (ret, 0, 2 * sizeof *ret);
  for (unsigned i = 0; i < n; i++) {
    HarkEndpoint *place = points[i].family == 4 ? &ret[0] : &ret[1];

    if (place->family == 0)
      *place = points[i];
  }
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

static void
drop_link (HarkNet *net, HarkPeer *peer, HarkLink *link)
{
  if (!link)
    return;
  detach_link (net, peer, link);
  g_ptr_array_remove_fast (net->links, link);
}

/* The session says goodbye, then the link dies by itself. */
static void
close_link (HarkNet *net, HarkPeer *peer, HarkLink *link, uint64_t code, HarkTime now)
{
  if (!link)
    return;
  detach_link (net, peer, link);
  hark_link_close (link, code, now);
}

/* Secrets are tried in turn: a crash on either side may have left them one behind. */
static HarkLinkSecret
choose_secret (const HarkPeer *peer)
{
  const HarkNetContact *contact = &peer->contact;
  HarkLinkSecret secrets[3];
  unsigned n = 0;

  if (contact->has_pairwise)
    secrets[n++] = (HarkLinkSecret){contact->pairwise.bytes, sizeof contact->pairwise.bytes, true};
  if (contact->has_pairwise_previous)
    secrets[n++] = (HarkLinkSecret){contact->pairwise_previous.bytes,
                                    sizeof contact->pairwise_previous.bytes, false};
  if (contact->has_first)
    secrets[n++] = (HarkLinkSecret){contact->first.bytes, sizeof contact->first.bytes, false};
  return n ? secrets[peer->attempts % n] : (HarkLinkSecret){0};
}

static void
start_outgoing (HarkNet *net, HarkPeer *peer, HarkTime now)
{
  HarkKey device = hark_record_device (&peer->record);
  HarkLinkSecret secret = choose_secret (peer);
  HarkEndpoint stun[2];

  if (!secret.secret || peer->outgoing || peer->incoming || net->leaving)
    return;
  stun_servers (net, stun);
  peer->outgoing = hark_link_new_outgoing (&net->link_context, ++net->last_path, fresh_index (net),
                                           &peer->account, &device, &secret, net->day, stun, now);
  if (!peer->outgoing)
    return;
  peer->attempts++;
  g_ptr_array_add (net->links, peer->outgoing);
  if (!peer->current)
    set_state (net, peer, HARK_PEER_CONNECTING, NULL);
}

/* ---- finding
 * ---------------------------------------------------------------------------------------------- */

static bool
leads_somewhere (const HarkRecord *record)
{
  return (record->flags & HARK_RECORD_ONLINE) && !(record->flags & HARK_RECORD_LEAVING)
         && record->n_points > 0;
}

static void
send_request_knock (HarkNet *net, HarkPeer *peer, HarkTime now)
{
  HarkKnockRequest request = {.answer = peer->request.answer};
  HarkKnockTarget target = {
    .account = peer->account,
    .device = hark_record_device (&peer->record),
    .secret = peer->request_token.bytes,
    .secret_len = sizeof peer->request_token.bytes,
    .day = net->day,
    .index = fresh_index (net),
    .purpose = HARK_KNOCK_REQUEST,
    .request = &request,
  };
  HarkKnock knock;

  g_strlcpy (request.name, peer->request.name, sizeof request.name);
  g_strlcpy (request.text, peer->request.text, sizeof request.text);
  if (hark_knock_init (&knock, &net->link_context.self, &target, &net->rng)) {
    hark_node_knocks_send (net, 0, &peer->record, knock.packet, now);
    hark_knock_clear (&knock);
  }
  hark_token_clear (&request.answer);
}

static void
start_find (HarkNet *net, HarkPeer *peer, bool for_request, HarkTime now)
{
  const HarkToken *token = for_request ? &peer->request_token : &peer->contact.reach;

  if (peer->find || !net->rendezvous)
    return;
  peer->find = hark_rendezvous_find (net->rendezvous, &peer->account, token, true, now);
  peer->find_for_request = for_request;
  /* Later tries go on in silence: nobody wants to watch them. */
  if (peer->find && peer->interval == INTERVAL_FIRST && !peer->current && !peer->outgoing
      && !peer->incoming)
    set_state (net, peer, HARK_PEER_SEARCHING, NULL);
}

static void
handle_record (HarkNet *net, HarkPeer *peer, const HarkRendezvousEvent *event, HarkTime now)
{
  bool same_run = peer->has_record && memcmp (peer->record.run, event->record.run, 8) == 0;
  bool same_points = same_run && peer->record.n_points == event->record.n_points
                     && memcmp (peer->record.points, event->record.points,
                                event->record.n_points * sizeof event->record.points[0])
                          == 0;

  peer->record = event->record;
  peer->record_seq = event->seq;
  peer->has_record = true;
  if (!leads_somewhere (&peer->record))
    return;

  if (peer->find_for_request) {
    send_request_knock (net, peer, now);
    return;
  }
  if (peer->outgoing && hark_link_get_state (peer->outgoing) == HARK_LINK_KNOCKING && !same_points)
    drop_link (net, peer, peer->outgoing); /* it knocks where nobody is any more */
  if (!peer->current || hark_link_get_lost (peer->current) != HARK_TIME_NEVER)
    start_outgoing (net, peer, now);
}

static void
handle_find_done (HarkNet *net, HarkPeer *peer, HarkTime now)
{
  bool somewhere = peer->has_record && leads_somewhere (&peer->record);

  peer->find = 0;
  if (peer->find_for_request) {
    if (!peer->current)
      set_state (net, peer, HARK_PEER_OFFLINE, somewhere ? NULL : not_online);
    if (somewhere)
      return;
    /* nobody heard it: look again soon, as their record may be on its way */
    peer->next_request = now + peer->interval;
    peer->interval = hark_time_min (peer->interval * 2, INTERVAL_MAX);
    peer->request_interval = REQUEST_FIRST;
    return;
  }
  if (peer->current || peer->outgoing || peer->incoming)
    return;
  set_state (net, peer, HARK_PEER_OFFLINE, not_online);
  back_off (net, peer, INTERVAL_AWAY, now);
}

void
hark_node_peers_handle_found (HarkNet *net, const HarkRendezvousEvent *event, HarkTime now)
{
  GHashTableIter iter;
  gpointer value;

  g_hash_table_iter_init (&iter, net->peers);
  while (g_hash_table_iter_next (&iter, NULL, &value)) {
    HarkPeer *peer = value;

    if (peer->find != event->find)
      continue;
    if (event->found)
      handle_record (net, peer, event, now);
    if (event->done)
      handle_find_done (net, peer, now);
    return;
  }
}

/* ---- being knocked at
 * ---------------------------------------------------------------------------------- */

static void
handle_request (HarkNet *net,
                const HarkGateEntry *entry,
                const HarkKnockReceived *received,
                HarkTime now)
{
  HarkNetRequest request = {.answer = received->payload.request.answer};
  HarkNetEvent event = {
    .kind = HARK_NET_EVENT_REQUEST,
    .account = received->payload.certificate.account,
    .request = &request,
  };

  if (entry->is_contact
      || (entry->audience != HARK_AUDIENCE_ADDRESS && entry->audience != HARK_AUDIENCE_INVITE)
      || !hark_token_bucket_take (&net->requests, 1, now))
    return;
  memcpy (event.token.bytes, entry->secret, sizeof event.token.bytes);
  g_strlcpy (request.name, received->payload.request.name, sizeof request.name);
  g_strlcpy (request.text, received->payload.request.text, sizeof request.text);
  hark_node_queue_push_event (&net->queue, &event);
}

/* Both knock at the same time: the handshake started by the smaller device key survives. */
static bool
ours_has_precedence (HarkNet *net, const HarkPeer *peer, const HarkKey *device, HarkTime now)
{
  return peer->outgoing && memcmp (net->config.device.bytes, device->bytes, HARK_KEY_LEN) < 0
         && (hark_link_get_state (peer->outgoing) != HARK_LINK_KNOCKING
             || hark_time_since (now, hark_link_get_started (peer->outgoing)) < OWN_KNOCK_FRESH);
}

static bool
may_open_session (const HarkGateEntry *entry, const HarkKey *account)
{
  return (entry->is_contact || (entry->audience == HARK_AUDIENCE_REQUEST && entry->has_only))
         && hark_key_equal (&entry->account, account);
}

static void
wait_with_ring (HarkNet *net, HarkDhtOperation ring, uint32_t index)
{
  HarkWaitingRing waiting = {.ring = ring, .index = index};

  if (net->rings->len < HARK_NET_RINGS_MAX)
    g_array_append_val (net->rings, waiting);
}

/* True when a link was made, which then holds the gate's ticket. */
static bool
handle_session_knock (HarkNet *net,
                      const HarkGateEntry *entry,
                      HarkKnockReceived *received,
                      const HarkGateResult *gate,
                      HarkDhtOperation ring,
                      HarkTime now)
{
  HarkKey account = received->payload.certificate.account;
  HarkEndpoint stun[2];
  HarkPeer *peer;

  if (!may_open_session (entry, &account) || net->leaving)
    return false;
  peer = get_or_add (net, &account);
  if (ours_has_precedence (net, peer, &received->payload.certificate.device, now))
    return false;

  if (peer->outgoing && hark_link_get_state (peer->outgoing) == HARK_LINK_KNOCKING)
    drop_link (net, peer, peer->outgoing);
  drop_link (net, peer, peer->incoming);
  stun_servers (net, stun);
  peer->incoming = hark_link_new_incoming (&net->link_context, ++net->last_path, fresh_index (net),
                                           received, gate->ticket, entry->pairwise, stun, now);
  g_ptr_array_add (net->links, peer->incoming);
  wait_with_ring (net, ring, hark_link_get_index (peer->incoming));
  return true;
}

static void
handle_fresh_knock (HarkNet *net,
                    const HarkDhtEvent *ring,
                    const HarkGateResult *gate,
                    HarkTime now)
{
  const HarkGateEntry *entry = g_hash_table_lookup (net->gate_entries, &gate->id);
  g_auto (HarkKnockReceived) received = {0};
  bool kept = false;

  if (entry
      && hark_knock_read (&net->link_context.self, entry->secret, entry->secret_len, ring->data,
                          &received)) {
    if (received.payload.purpose == HARK_KNOCK_REQUEST)
      handle_request (net, entry, &received, now);
    else
      kept = handle_session_knock (net, entry, &received, gate, ring->operation, now);
  }
  if (!kept)
    hark_gate_release (net->gate, gate->ticket);
}

/* A copy of a knock, by another contact point: the same answer, now or when there is one. */
static void
handle_repeated_knock (HarkNet *net, const HarkDhtEvent *ring, uint32_t ticket, HarkTime now)
{
  for (guint i = 0; i < net->links->len; i++) {
    HarkLink *link = g_ptr_array_index (net->links, i);
    const uint8_t *answer = hark_link_get_answer (link);

    if (hark_link_get_ticket (link) != ticket)
      continue;
    if (answer)
      hark_dht_ring_answer (net->dht, ring->operation, answer, HARK_KNOCK_LEN, now);
    else
      wait_with_ring (net, ring->operation, hark_link_get_index (link));
    return;
  }
}

static void
handle_signal (HarkNet *net, const HarkDhtEvent *ring, HarkTime now)
{
  uint8_t reply[HARK_KNOCK_LEN];
  uint32_t index;
  HarkLink *link;

  if (!hark_packet_index (ring->data, ring->len, &index) || !(link = find_link (net, index))
      || !hark_link_handle_signal (link, ring->data, ring->len, reply, now))
    return;
  hark_dht_ring_answer (net->dht, ring->operation, reply, sizeof reply, now);
  hark_gate_release (net->gate, hark_link_get_ticket (link));
}

void
hark_node_peers_handle_ring (HarkNet *net, const HarkDhtEvent *ring, HarkTime now)
{
  HarkGateResult gate;

  if (!net->gate || ring->len == 0)
    return;
  if (ring->data[0] == HARK_PACKET_SIGNAL) {
    handle_signal (net, ring, now);
    return;
  }
  switch (hark_gate_check (net->gate, ring->data, ring->len, &ring->caller, now, &gate)) {
  case HARK_GATE_PASS:
    handle_fresh_knock (net, ring, &gate, now);
    break;
  case HARK_GATE_REPEAT:
    handle_repeated_knock (net, ring, gate.ticket, now);
    break;
  case HARK_GATE_COOKIE:
    hark_dht_ring_answer (net->dht, ring->operation, gate.cookie, sizeof gate.cookie, now);
    break;
  case HARK_GATE_DROP:
    break;
  }
}

/* ---- which link counts
 * ---------------------------------------------------------------------------------- */

/* Two links came up. Far apart in time the newer one is right: the peer started again. Close
 * together they crossed, and both sides must keep the same one. */
static bool
keep_current (HarkNet *net, const HarkPeer *peer, const HarkLink *link)
{
  bool ours_smaller = memcmp (net->config.account.bytes, peer->account.bytes, HARK_KEY_LEN) < 0;

  if (!peer->current || hark_link_get_lost (peer->current) != HARK_TIME_NEVER)
    return false;
  if (hark_time_since (hark_link_get_started (link), hark_link_get_started (peer->current))
      > TOGETHER)
    return false;
  return hark_link_is_outgoing (peer->current) == ours_smaller
         && hark_link_is_outgoing (link) != ours_smaller;
}

void
hark_node_peers_link_up (HarkNet *net, HarkLink *link, HarkTime now)
{
  HarkPeer *peer = get_or_add (net, hark_link_get_account (link));

  hark_link_set_up (link);
  if (peer->outgoing == link)
    peer->outgoing = NULL;
  if (peer->incoming == link)
    peer->incoming = NULL;
  if (keep_current (net, peer, link)) {
    close_link (net, peer, link, HARK_NET_CODE_REPLACED, now);
    return;
  }

  close_link (net, peer, peer->current, HARK_NET_CODE_REPLACED, now);
  peer->current = link;
  peer->session++;
  peer->interval = INTERVAL_FIRST;
  peer->next_try = HARK_TIME_NEVER;
  peer->attempts = 0;
  g_debug ("session %u is up, started by %s", peer->session,
           hark_link_is_outgoing (link) ? "us" : "them");
  set_state (net, peer, HARK_PEER_ONLINE, NULL);
}

/* The link that counted is gone. */
static void
handle_current_gone (HarkNet *net, HarkPeer *peer, bool on_purpose, HarkTime now)
{
  if (peer->outgoing || peer->incoming) {
    set_state (net, peer, HARK_PEER_CONNECTING, "The connection was interrupted");
    return;
  }
  set_state (net, peer, HARK_PEER_OFFLINE, on_purpose ? not_online : "The connection was lost");
  peer->has_record = peer->has_record && !on_purpose;
  if (!peer->is_contact)
    return;
  if (on_purpose)
    back_off (net, peer, INTERVAL_AWAY, now);
  else
    peer->next_try = now;
}

void
hark_node_peers_link_closed (HarkNet *net, HarkLink *link, uint64_t code, HarkTime now)
{
  HarkPeer *peer = hark_node_peers_get (net, hark_link_get_account (link));
  bool current = peer && peer->current == link;

  hark_link_set_dead (link);
  if (current) {
    peer->current = NULL;
    /* When the peer replaced it, its newer one has come up here or is about to. */
    handle_current_gone (net, peer, code == HARK_NET_CODE_LEAVING || code == HARK_NET_CODE_REMOVED,
                         now);
  }
}

void
hark_node_peers_link_moved (HarkNet *net, HarkLink *link, HarkTime now)
{
  HarkPeer *peer = hark_node_peers_get (net, hark_link_get_account (link));
  HarkTime lost = hark_link_get_lost (link);

  if (!peer || peer->current != link)
    return;
  if (lost == HARK_TIME_NEVER) {
    peer->next_try = HARK_TIME_NEVER;
    set_state (net, peer, HARK_PEER_ONLINE, NULL);
    return;
  }
  set_state (net, peer, HARK_PEER_CONNECTING, "The connection was interrupted");
  if (peer->is_contact)
    peer->next_try = hark_link_is_path_failed (link) ? now : lost + LOST_PATIENCE;
}

/* ---- settling
 * -------------------------------------------------------------------------------------------- */

static void
answer_rings (HarkNet *net, HarkTime now)
{
  for (guint i = net->rings->len; i > 0; i--) {
    const HarkWaitingRing *waiting = &g_array_index (net->rings, HarkWaitingRing, i - 1);
    HarkLink *link = find_link (net, waiting->index);
    const uint8_t *answer = link ? hark_link_get_answer (link) : NULL;

    if (answer)
      hark_dht_ring_answer (net->dht, waiting->ring, answer, HARK_KNOCK_LEN, now);
    if (answer || !link)
      g_array_remove_index_fast (net->rings, i - 1);
  }
}

static void
bury (HarkNet *net, HarkLink *link, HarkTime now)
{
  HarkPeer *peer = hark_node_peers_get (net, hark_link_get_account (link));
  bool tried = peer && peer->outgoing == link;
  bool was_current = peer && peer->current == link;

  drop_link (net, peer, link);
  if (was_current) {
    handle_current_gone (net, peer, false, now);
  } else if (tried) {
    if (!peer->current && !peer->incoming)
      set_state (net, peer, HARK_PEER_OFFLINE, not_online);
    back_off (net, peer, INTERVAL_MAX, now);
  }
}

void
hark_node_peers_settle (HarkNet *net, HarkTime now)
{
  for (guint i = net->links->len; i > 0; i--) {
    HarkLink *link = g_ptr_array_index (net->links, i - 1);
    HarkPeer *peer = hark_node_peers_get (net, hark_link_get_account (link));
    uint8_t packet[HARK_KNOCK_LEN];

    while (peer && hark_link_poll_knock (link, packet))
      hark_node_knocks_send (net, hark_link_get_index (link), &peer->record, packet, now);
    if (hark_link_get_state (link) == HARK_LINK_DEAD)
      bury (net, link, now);
  }
  answer_rings (net, now);
}

/* ---- time
 * --------------------------------------------------------------------------------------------------
 */

/* Looks for a contact, and knocks at once where he was last. */
static void
try_contact (HarkNet *net, HarkPeer *peer, HarkTime now)
{
  peer->next_try = now + FIND_GUARD;
  start_find (net, peer, false, now);
  if (peer->has_record && leads_somewhere (&peer->record))
    start_outgoing (net, peer, now);
  else if (!peer->find)
    back_off (net, peer, INTERVAL_MAX, now);
}

static void
try_request (HarkNet *net, HarkPeer *peer, HarkTime now)
{
  peer->next_request = now + peer->request_interval;
  peer->request_interval = hark_time_min (peer->request_interval * 2, REQUEST_MAX);
  start_find (net, peer, true, now);
}

static bool
wants_try (const HarkPeer *peer)
{
  return peer->is_contact && !peer->outgoing && !peer->incoming && !peer->find
         && (!peer->current || hark_link_get_lost (peer->current) != HARK_TIME_NEVER);
}

void
hark_node_peers_handle_time (HarkNet *net, HarkTime now)
{
  GHashTableIter iter;
  gpointer value;

  for (guint i = 0; i < net->links->len; i++) {
    HarkLink *link = g_ptr_array_index (net->links, i);

    if (hark_link_get_deadline (link) <= now)
      hark_link_handle_time (link, now);
  }
  g_hash_table_iter_init (&iter, net->peers);
  while (!net->leaving && g_hash_table_iter_next (&iter, NULL, &value)) {
    HarkPeer *peer = value;

    if (wants_try (peer) && peer->next_try <= now)
      try_contact (net, peer, now);
    if (peer->requesting && !peer->find && peer->next_request <= now)
      try_request (net, peer, now);
  }
  hark_node_peers_settle (net, now);
}

HarkTime
hark_node_peers_get_deadline (const HarkNet *net)
{
  HarkTime deadline = HARK_TIME_NEVER;
  GHashTableIter iter;
  gpointer value;

  for (guint i = 0; i < net->links->len; i++)
    deadline = hark_time_min (deadline, hark_link_get_deadline (g_ptr_array_index (net->links, i)));
  if (net->leaving)
    return deadline;
  g_hash_table_iter_init (&iter, net->peers);
  while (g_hash_table_iter_next (&iter, NULL, &value)) {
    const HarkPeer *peer = value;

    if (wants_try (peer))
      deadline = hark_time_min (deadline, peer->next_try);
    if (peer->requesting && !peer->find)
      deadline = hark_time_min (deadline, peer->next_request);
  }
  return deadline;
}

/* ---- commands
 * ---------------------------------------------------------------------------------------------- */

void
hark_node_peers_set_contact (HarkNet *net, const HarkNetContact *contact, HarkTime now)
{
  HarkPeer *peer = get_or_add (net, &contact->account);
  HarkGateEntry entry = {.is_contact = true, .account = contact->account};

  if (!peer->is_contact && g_hash_table_size (net->peers) > HARK_NET_CONTACTS_MAX)
    return;
  if (!peer->is_contact || !hark_token_equal (&peer->contact.reach, &contact->reach)) {
    peer->has_record = false;
    peer->next_try = now;
    peer->interval = INTERVAL_FIRST;
  }
  peer->is_contact = true;
  peer->contact = *contact;

  for (unsigned i = 0; i < G_N_ELEMENTS (peer->gates); i++) {
    remove_gate (net, peer->gates[i]);
    peer->gates[i] = 0;
  }
  entry.pairwise = true;
  if (contact->has_pairwise)
    peer->gates[0] = add_gate (net, contact->pairwise.bytes, sizeof contact->pairwise.bytes, entry);
  entry.pairwise = false;
  if (contact->has_pairwise_previous)
    peer->gates[1] = add_gate (net, contact->pairwise_previous.bytes,
                               sizeof contact->pairwise_previous.bytes, entry);
}

static void
forget_if_idle (HarkNet *net, HarkPeer *peer)
{
  if (!peer->is_contact && !peer->requesting && !peer->current && !peer->outgoing
      && !peer->incoming) {
    if (peer->find)
      hark_rendezvous_cancel (net->rendezvous, peer->find);
    g_hash_table_remove (net->peers, &peer->account);
  }
}

void
hark_node_peers_remove_contact (HarkNet *net, const HarkKey *account, HarkTime now)
{
  HarkPeer *peer = hark_node_peers_get (net, account);

  if (!peer)
    return;
  remove_gate (net, peer->gates[0]);
  remove_gate (net, peer->gates[1]);
  peer->is_contact = false;
  peer->requesting = false;
  drop_link (net, peer, peer->outgoing);
  drop_link (net, peer, peer->incoming);
  close_link (net, peer, peer->current, HARK_NET_CODE_REMOVED, now);
  forget_if_idle (net, peer);
}

void
hark_node_peers_try_now (HarkNet *net, const HarkKey *account, HarkTime now)
{
  HarkPeer *peer = hark_node_peers_get (net, account);

  if (!peer)
    return;
  peer->interval = INTERVAL_FIRST;
  if (!peer->current)
    peer->next_try = now;
  if (peer->requesting)
    peer->next_request = now;
}

void
hark_node_peers_request (HarkNet *net,
                         const HarkKey *account,
                         const HarkToken *token,
                         const HarkNetRequest *request,
                         HarkTime now)
{
  HarkPeer *peer = get_or_add (net, account);

  peer->requesting = true;
  peer->request_token = *token;
  peer->request = *request;
  peer->next_request = now;
  peer->interval = INTERVAL_FIRST;
  peer->request_interval = REQUEST_FIRST;
}

void
hark_node_peers_cancel_request (HarkNet *net, const HarkKey *account)
{
  HarkPeer *peer = hark_node_peers_get (net, account);

  if (!peer)
    return;
  peer->requesting = false;
  if (peer->find && peer->find_for_request) {
    hark_rendezvous_cancel (net->rendezvous, peer->find);
    peer->find = 0;
  }
  forget_if_idle (net, peer);
}

void
hark_node_peers_leave (HarkNet *net, HarkTime now)
{
  GHashTableIter iter;
  gpointer value;

  g_hash_table_iter_init (&iter, net->peers);
  while (g_hash_table_iter_next (&iter, NULL, &value)) {
    HarkPeer *peer = value;

    drop_link (net, peer, peer->outgoing);
    drop_link (net, peer, peer->incoming);
    close_link (net, peer, peer->current, HARK_NET_CODE_LEAVING, now);
  }
}
