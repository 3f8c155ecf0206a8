#define G_LOG_DOMAIN "hark-net"

#include "net/node/rings.h"

#include "net/base/locked.h"
#include "net/node/links.h"
#include "net/node/mailbox.h"
#include "net/node/restarts.h"
#include "net/node/scopes.h"

#include <string.h>

/* days that the gate knows, to either side */
#define REQUEST_AGE_MS ((HARK_GATE_DAYS + INT64_C (1)) * 86400 * 1000)
/* Then theirs is answered even if ours has precedence: an answer takes 0.3 s, rarely 0.5. */
#define OWN_KNOCK_FRESH (700 * HARK_MS)
#define OWN_KNOCK_FRESH_LOCAL (80 * HARK_MS)
/* For a restart's answer, which comes as soon as one to the knock. From a mailbox it may be of a
 * time when they were cut off: they look for our contact points first when they are back. */
#define RENEWAL_PATIENCE HARK_SECOND
#define RENEWAL_PATIENCE_SLOW (12 * HARK_SECOND)

uint64_t
hark_node_rings_add_gate (HarkNet *net, const void *secret, size_t len, HarkGateEntry entry)
{
  HarkGateEntry *copy;

  entry.id = ++net->last_gate_id;
  memcpy (entry.secret, secret, len);
  entry.secret_len = len;
  if (!net->gate || !hark_gate_add (net->gate, secret, len, entry.id)) {
    sodium_memzero (&entry, sizeof entry);
    return 0;
  }
  copy = hark_locked_new0 (HarkGateEntry);
  *copy = entry;
  sodium_memzero (&entry, sizeof entry);
  g_hash_table_insert (net->gate_entries, &copy->id, copy);
  return copy->id;
}

void
hark_node_rings_remove_gate (HarkNet *net, uint64_t id)
{
  if (!id || !net->gate)
    return;
  hark_gate_remove (net->gate, id);
  g_hash_table_remove (net->gate_entries, &id);
}

void
hark_node_rings_open_gate (HarkNet *net,
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
  hark_node_rings_add_gate (net, token->bytes, sizeof token->bytes, entry);
}

void
hark_node_rings_close_gate (HarkNet *net, const HarkToken *token)
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

/* As far off as a tag of the gate may be; those without a day (tag 0) end here. */
static bool
is_of_our_days (const HarkNet *net, int64_t made_ms, HarkTime now)
{
  int64_t now_ms = net->rendezvous ? hark_rendezvous_wall_ms (net->rendezvous, now) : made_ms;

  return made_ms >= now_ms - REQUEST_AGE_MS && made_ms <= now_ms + REQUEST_AGE_MS;
}

static void
handle_request (HarkNet *net,
                const HarkGateEntry *entry,
                const HarkKnockReceived *received,
                HarkTime now)
{
  HarkNetRequest request
    = {.answer = received->payload.request.answer, .made_ms = received->payload.request.made_ms};
  HarkNetEvent event = {
    .kind = HARK_NET_EVENT_REQUEST,
    .account = received->payload.certificate.account,
    .request = &request,
  };

  if (entry->is_contact || !is_of_our_days (net, request.made_ms, now)
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
ours_has_precedence (HarkNet *net, const HarkPeer *peer, const HarkKey *device)
{
  return peer->outgoing && memcmp (net->config.device.bytes, device->bytes, HARK_KEY_LEN) < 0;
}

/* Our own knock may be on its way to where they are no more: theirs must not wait for that. */
static HarkTime
fresh_until (const HarkPeer *peer)
{
  return hark_link_get_started (peer->outgoing)
         + (hark_record_is_local (&peer->record) ? OWN_KNOCK_FRESH_LOCAL : OWN_KNOCK_FRESH);
}

static bool
may_open_session (const HarkGateEntry *entry, const HarkKey *account)
{
  return (entry->is_contact || (entry->audience == HARK_AUDIENCE_REQUEST && entry->has_only))
         && hark_key_equal (&entry->account, account);
}

/* By the way it came: 0 is no ring, but a mailbox. */
static void
answer_ring (
  HarkNet *net, HarkDhtOperation ring, HarkLink *link, const uint8_t *answer, HarkTime now)
{
  HarkPeer *peer = hark_node_links_get_peer (net, hark_link_get_account (link));

  if (ring)
    hark_dht_ring_answer (hark_node_scopes_dht_of (net, ring), ring, answer, HARK_KNOCK_LEN, now);
  else if (peer)
    hark_node_mailbox_send (net, peer, answer, false, now);
}

static void
wait_with_ring (HarkNet *net, HarkDhtOperation ring, uint32_t index, bool restart)
{
  HarkWaitingRing waiting = {.ring = ring, .index = index, .restart = restart};

  if (net->rings->len < HARK_NET_RINGS_MAX)
    g_array_append_val (net->rings, waiting);
}

/* They knock, and hold a session as we do: how long a restart of that gets before their knock is
 * answered. */
static HarkTime
renewal_patience (const HarkPeer *peer, HarkDhtOperation ring)
{
  bool have_points = peer->has_record && !(peer->record.flags & HARK_RECORD_MAILBOX);

  return ring == 0 && have_points ? RENEWAL_PATIENCE_SLOW : RENEWAL_PATIENCE;
}

/* A device that its owner has left behind. */
static bool
is_left_behind (const HarkPeer *peer, const HarkKnockReceived *received)
{
  return peer->is_contact
         && received->payload.certificate.list_version < peer->contact.list_version;
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
  HarkTime hold = 0;
  HarkEndpoint stun[2];
  HarkPeer *peer;
  bool left_behind;

  if (!may_open_session (entry, &account) || net->leaving)
    return false;
  peer = hark_node_links_add_peer (net, &account);
  left_behind = is_left_behind (peer, received);
  if (hark_node_links_is_mending (peer)
      || (left_behind && (hark_node_links_counting (peer) || hark_node_links_is_called (peer))))
    return false;

  if (ours_has_precedence (net, peer, &received->payload.certificate.device)) {
    if (hark_link_get_state (peer->outgoing) != HARK_LINK_KNOCKING)
      return false;
    if (fresh_until (peer) > now)
      hold = fresh_until (peer);
  }
  if (peer->outgoing && hark_link_get_state (peer->outgoing) == HARK_LINK_KNOCKING && hold == 0
      && !left_behind)
    hark_node_links_drop (net, peer, peer->outgoing);
  if (received->payload.purpose == HARK_KNOCK_RENEWAL && hark_node_links_counting (peer)) {
    hark_node_restarts_called (net, peer, now);
    hold = MAX (hold, now + renewal_patience (peer, ring));
  }
  /* a knock alone proves nothing, and must not end what has proved its keys */
  if (peer->incoming && hark_link_get_state (peer->incoming) == HARK_LINK_JOINING)
    hark_node_links_leave_alone (net, peer, peer->incoming);
  hark_node_links_drop (net, peer, peer->incoming);
  hark_node_links_stun (net, NULL, stun);
  peer->incoming = hark_link_new_incoming (&net->link_context, ++net->last_path,
                                           hark_node_links_fresh_index (net), received,
                                           gate->ticket, entry->pairwise, stun, now);
  if (!net->dht || (ring != 0 && hark_node_scopes_dht_of (net, ring) == net->local_dht))
    hark_link_set_near (peer->incoming);
  g_ptr_array_add (net->links, peer->incoming);
  if (hold > 0)
    hark_link_hold (peer->incoming, hold);
  if (ring == 0)
    hark_link_set_slow (peer->incoming, now);
  wait_with_ring (net, ring, hark_link_get_index (peer->incoming), false);
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
      answer_ring (net, ring->operation, link, answer, now);
    else
      wait_with_ring (net, ring->operation, hark_link_get_index (link), false);
    return;
  }
}

static void
handle_signal (HarkNet *net, const HarkDhtEvent *ring, HarkTime now)
{
  uint8_t reply[HARK_KNOCK_LEN];
  HarkLinkOpening opening;
  uint32_t index;
  HarkLink *link;

  if (!hark_packet_index (ring->data, ring->len, &index)
      || !(link = hark_node_links_find (net, index)))
    return;
  opening = hark_node_links_opening (net, NULL);
  switch (hark_link_handle_signal (link, ring->data, ring->len, &opening, reply, now)) {
  case HARK_LINK_REPLY_NOW:
    answer_ring (net, ring->operation, link, reply, now);
    hark_gate_release (net->gate, hark_link_get_ticket (link));
    break;
  case HARK_LINK_REPLY_LATER:
    wait_with_ring (net, ring->operation, index, true);
    break;
  case HARK_LINK_REPLY_NONE:
    break;
  }
}

void
hark_node_rings_handle (HarkNet *net, const HarkDhtEvent *ring, HarkTime now)
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
    if (ring->quiet) /* it may be a request, which is never answered */
      break;
    hark_dht_ring_answer (hark_node_scopes_dht_of (net, ring->operation), ring->operation,
                          gate.cookie, sizeof gate.cookie, now);
    break;
  case HARK_GATE_DROP:
    break;
  }
}

void
hark_node_rings_answer (HarkNet *net, HarkTime now)
{
  for (guint i = net->rings->len; i > 0; i--) {
    const HarkWaitingRing *waiting = &g_array_index (net->rings, HarkWaitingRing, i - 1);
    HarkLink *link = hark_node_links_find (net, waiting->index);
    const uint8_t *answer = link ? hark_link_get_answer (link) : NULL;
    uint8_t reply[HARK_KNOCK_LEN];
    bool over = !link || (waiting->restart && !hark_link_is_restarting (link));

    if (waiting->restart)
      answer = link && hark_link_write_reply (link, reply, now) ? reply : NULL;
    if (answer)
      answer_ring (net, waiting->ring, link, answer, now);
    if (answer || over)
      g_array_remove_index_fast (net->rings, i - 1);
  }
}
