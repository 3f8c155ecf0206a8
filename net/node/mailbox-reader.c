#define G_LOG_DOMAIN "hark-net"

#include "net/node/mailbox-reader.h"

#include "net/node/links.h"
#include "net/node/mailbox.h"
#include "net/node/peers.h"
#include "net/node/rings.h"

#include <stdio.h>
#include <string.h>

#define LATEST 10 /* contacts, by rank */
#define READ_LATEST (20 * HARK_SECOND)
#define READ_OTHERS (3 * HARK_MINUTE)
#define READ_EAGER (5 * HARK_SECOND) /* the latest, for EAGER_TIME */
#define EAGER_TIME HARK_MINUTE
#define READ_FAST HARK_SECOND            /* an answer is expected */
#define READ_HOPEFUL (5 * HARK_SECOND)   /* it may be: their record does not say that they read */
#define READ_OLD (10 * HARK_SECOND)      /* the latest, for OLD_POINTS_TIME */
#define OLD_POINTS_TIME HARK_MINUTE      /* after all points were lost, until others are known */
#define NO_POINTS_TIME (3 * HARK_SECOND) /* a point may turn up yet */
#define NO_ANSWER (1500 * HARK_MS)       /* then a knock goes to the mailbox as well */
#define NO_ANSWER_LAST (5 * HARK_SECOND) /* then it goes on beside others */
#define OFFER_FIRST HARK_MINUTE          /* between two such attempts, doubling */
#define OFFER_MAX (30 * HARK_MINUTE)
#define STALE_MS (35 * 60 * 1000) /* what clocks may be off by, and five minutes */

/* ---- attempts of ours ------------------------------------------------------------ */

static bool
reads_mailbox (const HarkPeer *peer)
{
  return peer->has_record && (peer->record.flags & HARK_RECORD_MAILBOX);
}

/* One attempt by mailbox at a time, and not often when nothing says that they are read. */
static bool
may_offer (const HarkPeer *peer, HarkTime now)
{
  return hark_node_mailbox_is_shared (peer) && peer->mail.fast_until <= now
         && (reads_mailbox (peer) || peer->mail.last_wanted == 0
             || hark_time_since (now, peer->mail.last_wanted) >= peer->mail.interval);
}

static void
offer (HarkNet *net, HarkPeer *peer, HarkLink *link, HarkTime now)
{
  HarkPeerMail *mail = &peer->mail;

  g_debug ("no answer: the knock goes to the mailbox as well");
  mail->interval = mail->last_wanted ? hark_time_min (2 * mail->interval, OFFER_MAX) : OFFER_FIRST;
  mail->last_wanted = now;
  hark_link_set_slow (link, now);
  hark_node_mailbox_send (net, peer, hark_link_get_knock (link), !hark_link_is_pairwise (link),
                          now);
}

bool
hark_node_mailbox_reader_take_over (HarkNet *net, HarkLink *link, HarkTime now)
{
  HarkPeer *peer = hark_node_links_get_peer (net, hark_link_get_account (link));

  if (!net->rendezvous || !peer || !hark_link_get_knock (link))
    return false;
  if (!hark_link_is_slow (link)) {
    if (peer->outgoing != link || !may_offer (peer, now))
      return false;
    offer (net, peer, link, now);
  }
  if (peer->outgoing == link)
    hark_node_peers_leave_slow (net, peer, now);
  return true;
}

/* Knocks that nobody answers. */
static void
watch_attempt (HarkNet *net, HarkPeer *peer, HarkTime now)
{
  HarkLink *link = peer->outgoing;
  HarkTime waited;

  if (!link || !hark_link_get_knock (link))
    return;
  waited = hark_time_since (now, hark_link_get_started (link));
  if (!hark_link_is_slow (link) && (waited >= NO_ANSWER || peer->record.n_points == 0)
      && may_offer (peer, now))
    offer (net, peer, link, now);
  if (hark_link_is_slow (link) && (waited >= NO_ANSWER_LAST || peer->record.n_points == 0))
    hark_node_peers_leave_slow (net, peer, now);
}

static HarkTime
attempt_deadline (const HarkPeer *peer, HarkTime now)
{
  HarkLink *link = peer->outgoing;

  if (!link || !hark_link_get_knock (link))
    return HARK_TIME_NEVER;
  if (hark_link_is_slow (link))
    return hark_link_get_started (link) + NO_ANSWER_LAST;
  return may_offer (peer, MAX (now, hark_link_get_started (link) + NO_ANSWER))
           ? hark_link_get_started (link) + NO_ANSWER
           : HARK_TIME_NEVER;
}

/* ---- reading --------------------------------------------------------------------- */

static bool
is_reading (const HarkNet *net, HarkTime now)
{
  return net->no_points_since != HARK_TIME_NEVER
         && hark_time_since (now, net->no_points_since) >= NO_POINTS_TIME;
}

/* How often to look for something of theirs; 0: not at all. */
static HarkTime
read_interval (const HarkNet *net, const HarkPeer *peer, HarkTime now)
{
  if (!hark_node_mailbox_is_shared (peer)
      || (peer->current && hark_link_get_lost (peer->current) == HARK_TIME_NEVER))
    return 0;
  if (peer->mail.fast_until > now)
    return reads_mailbox (peer) || is_reading (net, now) ? READ_FAST : READ_HOPEFUL;
  if (!is_reading (net, now))
    return net->old_points_until > now && (peer->requesting || peer->rank <= LATEST) ? READ_OLD : 0;
  if (!peer->requesting && peer->rank > LATEST)
    return READ_OTHERS;
  return hark_time_since (now, net->no_points_since) < EAGER_TIME ? READ_EAGER : READ_LATEST;
}

static unsigned
count_boxes (const HarkNet *net, const HarkPeer *peer, HarkTime now)
{
  HarkMailBox boxes[HARK_NODE_MAILBOXES_MAX];

  return hark_node_mailbox_list (net, peer, boxes, now);
}

static void
read_from (HarkNet *net, HarkPeer *peer, HarkTime now)
{
  g_auto (HarkMailbox) mailbox = {0};

  HarkMailBox boxes[HARK_NODE_MAILBOXES_MAX];
  unsigned n = hark_node_mailbox_list (net, peer, boxes, now);

  peer->mail.read_box = boxes[peer->mail.reads++ % n];
  if (!hark_node_mailbox_derive (net, peer, &peer->mail.read_box, true, &mailbox))
    return;
  peer->mail.get
    = hark_dht_get_again (net->dht, mailbox.key, peer->mail.seq_read ? peer->mail.seq_read : -1,
                          peer->mail.fast_until > now, now);
}

static void
read_shared (HarkNet *net, HarkTime now)
{
  GHashTableIter iter;
  gpointer value;

  net->next_shared_read = now + READ_OTHERS;
  g_hash_table_iter_init (&iter, net->gate_entries);
  while (g_hash_table_iter_next (&iter, NULL, &value)) {
    HarkGateEntry *entry = value;
    g_auto (HarkMailbox) mailbox = {0};

    if (entry->is_contact || entry->mail_get
        || (entry->audience != HARK_AUDIENCE_ADDRESS && entry->audience != HARK_AUDIENCE_INVITE))
      continue;
    hark_mailbox_derive (entry->secret, entry->secret_len, NULL, &net->config.account, net->day,
                         net->config.closed_network ? net->config.network : NULL, &mailbox);
    entry->mail_get = hark_dht_get_mutable (net->dht, mailbox.key, NULL, 0,
                                            entry->mail_seq ? entry->mail_seq : -1, false, now);
  }
}

/* The packet in @event's value; false when there is none that @mailbox opens. */
static bool
open_value (const HarkMailbox *mailbox, const HarkDhtEvent *event, uint8_t ret[HARK_KNOCK_LEN])
{
  char head[8];
  size_t head_len = (size_t) snprintf (head, sizeof head, "%d:", HARK_MAILBOX_VALUE_LEN);

  return event->len == head_len + HARK_MAILBOX_VALUE_LEN
         && memcmp (event->data, head, head_len) == 0
         && hark_mailbox_open (mailbox, event->seq, event->data + head_len, HARK_MAILBOX_VALUE_LEN,
                               ret);
}

/* As if it had come through a contact point. The gate counts half-open handshakes by network: each
 * person is one of his own here, at an address that nobody has. */
static void
ring (HarkNet *net, const HarkKey *account, const uint8_t packet[HARK_KNOCK_LEN], HarkTime now)
{
  HarkDhtEvent event = {.kind = HARK_DHT_EVENT_RING, .data = packet, .len = HARK_KNOCK_LEN};

  event.caller = (HarkEndpoint){.family = 4, .port = 1, .ip = {240}};
  memcpy (event.caller.ip + 1, account->bytes, 3);
  hark_node_rings_handle (net, &event, now);
}

static void
handle_packet (HarkNet *net, HarkPeer *peer, const uint8_t packet[HARK_KNOCK_LEN], HarkTime now)
{
  HarkLinkOpening opening;
  HarkLink *link;
  uint32_t index;

  g_debug ("something was in the mailbox");
  peer->mail.fast_until = now + HARK_NODE_MAILBOX_WAIT;
  peer->mail.next_read = now + READ_FAST;
  if (packet[0] == HARK_PACKET_KNOCK) {
    ring (net, &peer->account, packet, now);
    return;
  }
  if (!hark_packet_index (packet, HARK_KNOCK_LEN, &index)
      || !(link = hark_node_links_find (net, index))
      || !hark_key_equal (hark_link_get_account (link), &peer->account))
    return;
  if (!hark_link_is_outgoing (link)) {
    ring (net, &peer->account, packet, now);
    return;
  }
  opening = hark_node_links_opening (net, NULL);
  hark_link_handle_reply (link, packet, HARK_KNOCK_LEN, &opening, now);
}

static void
handle_value (HarkNet *net, HarkPeer *peer, const HarkDhtEvent *event, HarkTime now)
{
  g_auto (HarkMailbox) mailbox = {0};
  uint8_t packet[HARK_KNOCK_LEN];
  int64_t age = hark_rendezvous_wall_ms (net->rendezvous, now) - event->seq;

  if (event->seq <= peer->mail.seq_read
      || !hark_node_mailbox_derive (net, peer, &peer->mail.read_box, true, &mailbox)
      || !open_value (&mailbox, event, packet))
    return;
  peer->mail.seq_read = event->seq;
  if (ABS (age) > STALE_MS)
    return;
  peer->mail.box = peer->mail.read_box;
  handle_packet (net, peer, packet, now);
}

static void
handle_shared_value (HarkNet *net, HarkGateEntry *entry, const HarkDhtEvent *event, HarkTime now)
{
  g_auto (HarkMailbox) mailbox = {0};
  uint8_t packet[HARK_KNOCK_LEN];
  HarkKey anybody = {{0}};

  hark_mailbox_derive (entry->secret, entry->secret_len, NULL, &net->config.account, net->day,
                       net->config.closed_network ? net->config.network : NULL, &mailbox);
  if (event->seq <= entry->mail_seq || !open_value (&mailbox, event, packet))
    return;
  entry->mail_seq = event->seq;
  if (packet[0] == HARK_PACKET_KNOCK)
    ring (net, &anybody, packet, now);
}

/* ---- doors ----------------------------------------------------------------------- */

static bool
handle_peer_event (HarkNet *net, HarkPeer *peer, const HarkDhtEvent *event, HarkTime now)
{
  HarkPeerMail *mail = &peer->mail;

  if (mail->get && event->operation == mail->get) {
    if (event->kind == HARK_DHT_EVENT_GET_DONE) {
      mail->get = 0;
      mail->next_read
        = now + MAX (read_interval (net, peer, now), READ_FAST) / count_boxes (net, peer, now);
    }
    if (event->kind == HARK_DHT_EVENT_VALUE || event->found)
      handle_value (net, peer, event, now);
    return true;
  }
  if (mail->put && event->operation == mail->put) {
    /* enough hold it: what waits need not wait for the last */
    if (event->kind == HARK_DHT_EVENT_STORED && mail->queued)
      hark_dht_cancel (net->dht, mail->put);
    if (event->kind == HARK_DHT_EVENT_PUT_DONE || mail->queued)
      mail->put = 0;
    hark_node_mailbox_put_queued (net, peer, now);
    return true;
  }
  return false;
}

bool
hark_node_mailbox_reader_handle_dht (HarkNet *net, const HarkDhtEvent *event, HarkTime now)
{
  GHashTableIter iter;
  gpointer value;

  if (!net->rendezvous
      || (event->kind != HARK_DHT_EVENT_VALUE && event->kind != HARK_DHT_EVENT_GET_DONE
          && event->kind != HARK_DHT_EVENT_STORED && event->kind != HARK_DHT_EVENT_PUT_DONE))
    return false;
  g_hash_table_iter_init (&iter, net->peers);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    if (handle_peer_event (net, value, event, now))
      return true;
  g_hash_table_iter_init (&iter, net->gate_entries);
  while (g_hash_table_iter_next (&iter, NULL, &value)) {
    HarkGateEntry *entry = value;

    if (entry->mail_get == 0 || entry->mail_get != event->operation)
      continue;
    if (event->kind == HARK_DHT_EVENT_GET_DONE)
      entry->mail_get = 0;
    if (event->kind == HARK_DHT_EVENT_VALUE || event->found)
      handle_shared_value (net, entry, event, now);
    return true;
  }
  return false;
}

static void
count_points (HarkNet *net, HarkTime now)
{
  HarkEndpoint points[HARK_RENDEZVOUS_POINTS];

  if (hark_rendezvous_get_points (net->rendezvous, points) > 0) {
    net->no_points_since = HARK_TIME_NEVER;
  } else if (net->no_points_since == HARK_TIME_NEVER) {
    net->no_points_since = now;
    net->old_points_until = now + OLD_POINTS_TIME;
  }
}

/* When to read next. */
static HarkTime
read_deadline (const HarkNet *net, const HarkPeer *peer, HarkTime now)
{
  if (peer->mail.get || read_interval (net, peer, now) == 0)
    return HARK_TIME_NEVER;
  return peer->mail.next_read;
}

static bool
is_possible (const HarkNet *net)
{
  HarkDhtStatus status;

  if (!net->rendezvous || net->leaving)
    return false;
  hark_dht_get_status (net->dht, &status);
  return status.nodes[0] + status.nodes[1] > 0;
}

void
hark_node_mailbox_reader_handle_time (HarkNet *net, HarkTime now)
{
  GHashTableIter iter;
  gpointer value;

  if (!is_possible (net))
    return;
  count_points (net, now);
  g_hash_table_iter_init (&iter, net->peers);
  while (g_hash_table_iter_next (&iter, NULL, &value)) {
    HarkPeer *peer = value;

    watch_attempt (net, peer, now);
    if (read_deadline (net, peer, now) <= now)
      read_from (net, peer, now);
  }
  if (is_reading (net, now) && net->next_shared_read <= now)
    read_shared (net, now);
}

HarkTime
hark_node_mailbox_reader_get_deadline (const HarkNet *net)
{
  HarkTime deadline = HARK_TIME_NEVER;
  HarkTime start;
  GHashTableIter iter;
  gpointer value;

  if (!is_possible (net))
    return HARK_TIME_NEVER;
  start = hark_time_add (net->no_points_since, NO_POINTS_TIME);
  if (start != HARK_TIME_NEVER)
    deadline = is_reading (net, net->now) ? net->next_shared_read : start;
  g_hash_table_iter_init (&iter, net->peers);
  while (g_hash_table_iter_next (&iter, NULL, &value)) {
    const HarkPeer *peer = value;

    deadline = hark_time_min (deadline, attempt_deadline (peer, net->now));
    deadline = hark_time_min (deadline, read_deadline (net, peer, net->now));
  }
  return deadline;
}
