#define G_LOG_DOMAIN "hark-net"

#include "net/node/meeting.h"

#include "net/base/locked.h"
#include "net/node/scopes.h"
#include "net/rendezvous/mailbox.h"

#include <stdio.h>
#include <string.h>

#define VALUE_LEN (HARK_MAILBOX_VALUE_LEN + 4) /* "741:" before it */
#define READ_LOCAL (250 * HARK_MS)
#define READ_FIRST (1 * HARK_SECOND) /* in the internet's DHT, for EAGER_TIME */
#define READ_LATER (3 * HARK_SECOND)
#define EAGER_TIME HARK_MINUTE
#define WRITE_AGAIN (20 * HARK_SECOND) /* nodes come and go */
#define WRITE_AGAIN_LOCAL (2 * HARK_SECOND)
#define ALONE (500 * HARK_MS) /* until nodes are looked for again where there are none */

G_STATIC_ASSERT (HARK_MAILBOX_PACKET_LEN == HARK_NET_MEETING_LEN);

enum { MAIN, LOCAL, SCOPES };

typedef struct {
  HarkDhtOperation put, get;
  HarkTime next_put, next_get;
  int64_t seq_read;
} Scope;

struct HarkNodeMeeting {
  HarkMailbox ours, theirs;
  HarkTime begun;
  bool has_packet;
  int64_t seq;
  uint8_t packet[HARK_MAILBOX_PACKET_LEN];
  Scope scopes[SCOPES];
};

static HarkDht *
dht_of (const HarkNet *net, int scope)
{
  return scope == LOCAL ? net->local_dht : net->dht;
}

static bool
has_nodes (const HarkDht *dht)
{
  HarkDhtStatus status;

  hark_dht_get_status (dht, &status);
  return status.nodes[0] + status.nodes[1] > 0;
}

void
hark_node_meeting_clear (HarkNet *net)
{
  HarkNodeMeeting *meeting = net->meeting;

  if (!meeting)
    return;
  for (int i = 0; i < SCOPES; i++)
    if (dht_of (net, i)) {
      if (meeting->scopes[i].get)
        hark_dht_cancel (dht_of (net, i), meeting->scopes[i].get);
      if (meeting->scopes[i].put)
        hark_dht_cancel (dht_of (net, i), meeting->scopes[i].put);
    }
  hark_mailbox_clear (&meeting->ours);
  hark_mailbox_clear (&meeting->theirs);
  hark_locked_free (meeting);
  net->meeting = NULL;
}

void
hark_net_meet (HarkNet *net, const HarkSecret *secret, bool first, HarkTime now)
{
  static const HarkKey sides[2] = {{{1}}, {{2}}};
  const uint8_t *network = net->config.closed_network ? net->config.network : NULL;

  hark_node_meeting_clear (net);
  net->meeting = hark_locked_new0 (HarkNodeMeeting);
  net->meeting->begun = now;
  hark_mailbox_derive (secret, sizeof *secret, &sides[!first], &sides[first], 0, network,
                       &net->meeting->ours);
  hark_mailbox_derive (secret, sizeof *secret, &sides[first], &sides[!first], 0, network,
                       &net->meeting->theirs);
  for (int i = 0; i < SCOPES; i++)
    net->meeting->scopes[i] = (Scope){.next_put = now, .next_get = now, .seq_read = -1};
}

void
hark_net_meeting_say (HarkNet *net, const uint8_t packet[HARK_NET_MEETING_LEN], HarkTime now)
{
  HarkNodeMeeting *meeting = net->meeting;

  if (!meeting)
    return;
  memcpy (meeting->packet, packet, sizeof meeting->packet);
  meeting->has_packet = true;
  meeting->seq = MAX (MAX (hark_node_scopes_wall_ms (net, now), 0), meeting->seq + 1);
  for (int i = 0; i < SCOPES; i++) {
    if (meeting->scopes[i].put && dht_of (net, i))
      hark_dht_cancel (dht_of (net, i), meeting->scopes[i].put);
    meeting->scopes[i].put = 0;
    meeting->scopes[i].next_put = now;
  }
}

void
hark_net_meeting_end (HarkNet *net)
{
  hark_node_meeting_clear (net);
}

/* ---- writing and reading --------------------------------------------------------- */

static void
write_packet (HarkNet *net, int scope, HarkTime now)
{
  HarkNodeMeeting *meeting = net->meeting;
  uint8_t value[VALUE_LEN + 1], signed_bytes[HARK_DHT_SIGNED_LEN_MAX];
  HarkDhtItem item = {.seq = meeting->seq, .value = value};
  int head = snprintf ((char *) value, sizeof value, "%d:", HARK_MAILBOX_VALUE_LEN);

  memcpy (item.key, meeting->ours.key, sizeof item.key);
  hark_mailbox_seal (&meeting->ours, meeting->seq, meeting->packet, &net->rng, value + head);
  item.value_len = (size_t) head + HARK_MAILBOX_VALUE_LEN;
  hark_mailbox_sign (&meeting->ours, signed_bytes, hark_dht_item_signed_bytes (&item, signed_bytes),
                     item.signature);
  meeting->scopes[scope].put = hark_dht_put_mutable (dht_of (net, scope), &item, NULL, now);
  meeting->scopes[scope].next_put = now + (scope == LOCAL ? WRITE_AGAIN_LOCAL : WRITE_AGAIN);
  meeting->seq++; /* another nonce needs another one */
}

static void
read_packet (HarkNet *net, int scope, HarkTime now)
{
  HarkNodeMeeting *meeting = net->meeting;
  Scope *at = &meeting->scopes[scope];

  at->get = hark_dht_get_mutable (dht_of (net, scope), meeting->theirs.key, NULL, 0, at->seq_read,
                                  true, now);
  at->next_get = now + ALONE;
}

static void
handle_value (HarkNet *net, Scope *at, const HarkDhtEvent *event)
{
  HarkNetEvent said = {.kind = HARK_NET_EVENT_MEETING, .len = HARK_NET_MEETING_LEN};
  uint8_t packet[HARK_MAILBOX_PACKET_LEN];
  char head[8];
  size_t head_len = (size_t) snprintf (head, sizeof head, "%d:", HARK_MAILBOX_VALUE_LEN);

  if (event->seq <= at->seq_read || event->len != head_len + HARK_MAILBOX_VALUE_LEN
      || memcmp (event->data, head, head_len) != 0
      || !hark_mailbox_open (&net->meeting->theirs, event->seq, event->data + head_len,
                             HARK_MAILBOX_VALUE_LEN, packet))
    return;
  at->seq_read = event->seq;
  said.data = packet;
  hark_node_queue_push_event (&net->queue, &said);
}

bool
hark_node_meeting_handle_dht (HarkNet *net,
                              const HarkDht *dht,
                              const HarkDhtEvent *event,
                              HarkTime now)
{
  const int scope = dht == net->local_dht ? LOCAL : MAIN;
  Scope *at = net->meeting ? &net->meeting->scopes[scope] : NULL;
  HarkTime interval;

  if (!at
      || (event->kind != HARK_DHT_EVENT_VALUE && event->kind != HARK_DHT_EVENT_GET_DONE
          && event->kind != HARK_DHT_EVENT_STORED && event->kind != HARK_DHT_EVENT_PUT_DONE))
    return false;
  if (at->put && event->operation == at->put) {
    if (event->kind == HARK_DHT_EVENT_PUT_DONE)
      at->put = 0;
    return true;
  }
  if (!at->get || event->operation != at->get)
    return false;
  if (event->kind == HARK_DHT_EVENT_VALUE || event->found)
    handle_value (net, at, event);
  if (event->kind == HARK_DHT_EVENT_GET_DONE) {
    interval = hark_time_since (now, net->meeting->begun) < EAGER_TIME ? READ_FIRST : READ_LATER;
    at->get = 0;
    at->next_get = now + (scope == LOCAL ? READ_LOCAL : interval);
  }
  return true;
}

/* ---- time ------------------------------------------------------------------------ */

void
hark_node_meeting_handle_time (HarkNet *net, HarkTime now)
{
  HarkNodeMeeting *meeting = net->meeting;

  for (int i = 0; meeting && i < SCOPES; i++) {
    Scope *at = &meeting->scopes[i];
    HarkDht *dht = dht_of (net, i);

    if (!dht || (at->next_put > now && at->next_get > now))
      continue;
    if (!has_nodes (dht)) {
      at->next_put = MAX (at->next_put, now + ALONE);
      at->next_get = MAX (at->next_get, now + ALONE);
      continue;
    }
    if (meeting->has_packet && !at->put && at->next_put <= now)
      write_packet (net, i, now);
    if (!at->get && at->next_get <= now)
      read_packet (net, i, now);
  }
}

HarkTime
hark_node_meeting_get_deadline (const HarkNet *net)
{
  HarkTime deadline = HARK_TIME_NEVER;

  for (int i = 0; net->meeting && i < SCOPES; i++) {
    const Scope *at = &net->meeting->scopes[i];

    if (!dht_of (net, i))
      continue;
    if (net->meeting->has_packet && !at->put)
      deadline = hark_time_min (deadline, at->next_put);
    if (!at->get)
      deadline = hark_time_min (deadline, at->next_get);
  }
  return deadline;
}
