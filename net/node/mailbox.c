#define G_LOG_DOMAIN "hark-net"

#include "net/node/mailbox.h"

#include "net/node/links.h"
#include "net/node/records.h"
#include "net/node/scopes.h"

#include <stdio.h>
#include <string.h>

#define DAY_MS INT64_C (86400000)
#define MIDNIGHT_MS INT64_C (3600000) /* this near to it clocks may disagree about the day */
#define VALUE_LEN (HARK_MAILBOX_VALUE_LEN + 4) /* "741:" before it */

G_STATIC_ASSERT (HARK_MAILBOX_PACKET_LEN == HARK_KNOCK_LEN);

/* ---- which mailbox --------------------------------------------------------------- */

static const uint8_t *
network_of (const HarkNet *net)
{
  return net->config.closed_network ? net->config.network : NULL;
}

/* What we share with them: NULL when nothing. */
static const uint8_t *
find_secret (const HarkPeer *peer, bool previous, size_t *ret_len)
{
  *ret_len = sizeof (HarkToken);
  if (previous && peer->is_contact && peer->contact.has_pairwise_previous) {
    *ret_len = sizeof (HarkSecret);
    return peer->contact.pairwise_previous.bytes;
  }
  if (peer->is_contact && peer->contact.has_pairwise) {
    *ret_len = sizeof (HarkSecret);
    return peer->contact.pairwise.bytes;
  }
  if (peer->is_contact && peer->contact.has_first)
    return peer->contact.first.bytes;
  return peer->requesting ? peer->request.answer.bytes : NULL;
}

bool
hark_node_mailbox_derive (
  const HarkNet *net, const HarkPeer *peer, const HarkMailBox *box, bool to_us, HarkMailbox *ret)
{
  size_t len;
  const uint8_t *secret = find_secret (peer, box->previous, &len);
  const HarkKey *self = &net->config.account;

  if (!secret)
    return false;
  hark_mailbox_derive (secret, len, to_us ? &peer->account : self, to_us ? self : &peer->account,
                       box->day, network_of (net), ret);
  return true;
}

static unsigned
add_day (HarkMailBox ret[HARK_NODE_MAILBOXES_MAX], unsigned n, uint64_t day)
{
  for (unsigned i = 0; i < n; i++)
    if (ret[i].day == day)
      return n;
  ret[n] = (HarkMailBox){.day = day};
  return n + 1;
}

unsigned
hark_node_mailbox_list (const HarkNet *net,
                        const HarkPeer *peer,
                        HarkMailBox ret[HARK_NODE_MAILBOXES_MAX],
                        HarkTime now)
{
  int64_t wall_ms = hark_node_scopes_wall_ms (net, now);
  int64_t in_day_ms = wall_ms > 0 ? wall_ms % DAY_MS : DAY_MS / 2;
  unsigned n = add_day (ret, 0, net->day);

  if (in_day_ms >= DAY_MS - MIDNIGHT_MS)
    n = add_day (ret, n, net->day + 1);
  else if (in_day_ms < MIDNIGHT_MS && net->day > 0)
    n = add_day (ret, n, net->day - 1);
  n = add_day (ret, n, hark_node_records_theirs_day (net, peer, now));
  if (peer->is_contact && peer->contact.has_pairwise && peer->contact.has_pairwise_previous)
    ret[n++] = (HarkMailBox){.day = net->day, .previous = true};
  return n;
}

bool
hark_node_mailbox_is_shared (const HarkPeer *peer)
{
  size_t len;

  return find_secret (peer, false, &len) != NULL;
}

/* ---- writing --------------------------------------------------------------------- */

static HarkDhtOperation
put (HarkNet *net,
     const HarkMailbox *mailbox,
     int64_t seq,
     const uint8_t packet[HARK_KNOCK_LEN],
     bool again,
     HarkTime now)
{
  uint8_t value[VALUE_LEN + 1], signed_bytes[HARK_DHT_SIGNED_LEN_MAX];
  HarkDhtItem item = {.seq = seq, .value = value};
  int head = snprintf ((char *) value, sizeof value, "%d:", HARK_MAILBOX_VALUE_LEN);

  memcpy (item.key, mailbox->key, sizeof item.key);
  hark_mailbox_seal (mailbox, seq, packet, &net->rng, value + head);
  item.value_len = (size_t) head + HARK_MAILBOX_VALUE_LEN;
  hark_mailbox_sign (mailbox, signed_bytes, hark_dht_item_signed_bytes (&item, signed_bytes),
                     item.signature);
  return again ? hark_dht_put_again (net->dht, &item, now)
               : hark_dht_put_mutable (net->dht, &item, NULL, now);
}

void
hark_node_mailbox_put_queued (HarkNet *net, HarkPeer *peer, HarkTime now)
{
  HarkPeerMail *mail = &peer->mail;
  g_auto (HarkMailbox) mailbox = {0};

  if (!mail->queued || mail->put
      || !hark_node_mailbox_derive (net, peer, &mail->box, false, &mailbox))
    return;
  mail->queued = false;
  mail->seq_written
    = MAX (MAX (hark_node_records_theirs_ms (net, peer, now), 0), mail->seq_written + 1);
  mail->put = put (net, &mailbox, mail->seq_written, mail->packet, true, now);
}

void
hark_node_mailbox_send (
  HarkNet *net, HarkPeer *peer, const uint8_t packet[HARK_KNOCK_LEN], bool previous, HarkTime now)
{
  if (!net->rendezvous || !hark_node_mailbox_is_shared (peer))
    return;
  if (peer->mail.fast_until <= now || peer->mail.box.day == 0)
    peer->mail.box
      = (HarkMailBox){.day = hark_node_records_theirs_day (net, peer, now), .previous = previous};
  memcpy (peer->mail.packet, packet, HARK_KNOCK_LEN);
  peer->mail.queued = true;
  peer->mail.fast_until = now + HARK_NODE_MAILBOX_WAIT;
  hark_node_mailbox_put_queued (net, peer, now);
}

void
hark_node_mailbox_leave_request (HarkNet *net,
                                 HarkPeer *peer,
                                 const uint8_t packet[HARK_KNOCK_LEN],
                                 HarkTime now)
{
  g_auto (HarkMailbox) mailbox = {0};

  if (!net->rendezvous)
    return;
  hark_mailbox_derive (peer->request_token.bytes, sizeof peer->request_token.bytes, NULL,
                       &peer->account, hark_node_records_theirs_day (net, peer, now),
                       network_of (net), &mailbox);
  put (net, &mailbox, MAX (hark_node_records_theirs_ms (net, peer, now), 0), packet, false, now);
}

void
hark_node_mailbox_link_up (HarkNet *net, HarkPeer *peer)
{
  peer->mail.last_wanted = peer->mail.fast_until = 0;
  peer->mail.queued = false;
  for (guint i = net->links->len; i > 0; i--) {
    HarkLink *link = g_ptr_array_index (net->links, i - 1);

    if (link != peer->current && hark_link_is_slow (link) && !hark_link_get_session (link)
        && hark_key_equal (hark_link_get_account (link), &peer->account))
      hark_node_links_drop (net, peer, link);
  }
}
