#define G_LOG_DOMAIN "hark-net"

#include "net/node/relay-nodes.h"

#include "net/node/links.h"

#include <string.h>

G_STATIC_ASSERT (sizeof ((HarkPathRelay){0}).channel == HARK_RELAY_HOST_CHANNEL_LEN);
G_STATIC_ASSERT (sizeof ((HarkPathRelay){0}).key == HARK_RELAY_HOST_KEY_LEN);

void
hark_node_relay_nodes_init (HarkNet *net, HarkTime now)
{
  if (net->config.has_account)
    net->relay_guest = hark_relay_guest_new ();
  if (net->config.relay_node)
    net->relay_host = hark_relay_host_new (&net->config.relay_secret, &net->rng, now);
}

void
hark_node_relay_nodes_clear (HarkNet *net)
{
  hark_relay_guest_free (net->relay_guest);
  hark_relay_host_free (net->relay_host);
}

void
hark_net_set_relay_nodes (HarkNet *net, const HarkNetRelayNode *nodes, size_t n_nodes)
{
  net->n_relay_nodes = MIN (n_nodes, HARK_NET_RELAY_NODES_MAX);
  for (size_t i = 0; i < net->n_relay_nodes; i++)
    net->relay_nodes[i] = nodes[i];
}

void
hark_net_relay_node_id (const HarkSecret *secret, HarkKey *ret)
{
  hark_relay_host_id (secret, ret);
}

/* ---- offers ---------------------------------------------------------------------- */

/* The channel that is offered for @want already through the node @id, or a fresh one. */
static void
get_channel (HarkNet *net,
             uint32_t want,
             const HarkKey *id,
             uint8_t ret[HARK_RELAY_HOST_CHANNEL_LEN])
{
  HarkKey offers[HARK_RELAY_GUEST_OFFERS_OF_ONE];
  size_t n = hark_relay_guest_get_offers (net->relay_guest, want, offers);

  for (size_t i = 0; i < n; i++)
    if (hark_key_equal (hark_relay_guest_get_shown (net->relay_guest, &offers[i]), id)) {
      memcpy (ret, offers[i].bytes, HARK_RELAY_HOST_CHANNEL_LEN);
      return;
    }
  hark_rng_bytes (&net->rng, ret, HARK_RELAY_HOST_CHANNEL_LEN);
}

void
hark_node_relay_nodes_describe (HarkNet *net,
                                const HarkLink *link,
                                HarkPathDescription *description,
                                HarkTime now)
{
  uint32_t want = hark_link_get_index (link);

  for (size_t i = 0; net->relay_guest && i < net->n_relay_nodes; i++) {
    const HarkNetRelayNode *node = &net->relay_nodes[i];
    uint8_t key[HARK_RELAY_HOST_KEY_LEN];
    HarkPathRelay relay;
    HarkKey id, as;

    hark_relay_host_id (&node->secret, &id);
    get_channel (net, want, &id, relay.channel);
    hark_relay_host_key (&node->secret, relay.channel, HARK_RELAY_HOST_HOLDER, key);
    hark_relay_host_key (&node->secret, relay.channel, HARK_RELAY_HOST_GUEST, relay.key);
    for (size_t at = 0; at < node->n_places; at++) {
      relay.endpoint = node->places[at];
      if (description->n_relays == HARK_PATH_RELAYS_MAX
          || !hark_relay_guest_offer (net->relay_guest, want, HARK_RELAY_HOST_HOLDER, relay.channel,
                                      key, &id, &relay.endpoint, &as))
        break;
      description->relays[description->n_relays++] = relay;
      hark_relay_client_offer_relay (net->relay_client, &as, want, now);
    }
    sodium_memzero (key, sizeof key);
    sodium_memzero (&relay, sizeof relay);
  }
}

void
hark_node_relay_nodes_take_offers (HarkNet *net,
                                   const HarkLink *link,
                                   const HarkPathDescription *remote,
                                   HarkTime now)
{
  uint32_t want = hark_link_get_index (link);

  for (uint8_t i = 0; net->relay_guest && i < remote->n_relays; i++) {
    const HarkPathRelay *relay = &remote->relays[i];
    HarkKey as;

    if (hark_relay_guest_offer (net->relay_guest, want, HARK_RELAY_HOST_GUEST, relay->channel,
                                relay->key, hark_link_get_account (link), &relay->endpoint, &as))
      hark_relay_client_offer_relay (net->relay_client, &as, want, now);
  }
}

bool
hark_node_relay_nodes_is_one (const HarkNet *net, const HarkKey *relay)
{
  return hark_relay_guest_find_want (net->relay_guest, relay) != 0;
}

HarkKey
hark_node_relay_nodes_shown (const HarkNet *net, const HarkKey *relay)
{
  const HarkKey *shown = hark_relay_guest_get_shown (net->relay_guest, relay);

  return shown ? *shown : *relay;
}

/* ---- out ------------------------------------------------------------------------- */

static void
push (HarkNet *net, const HarkEndpoint *to, const uint8_t *data, size_t len)
{
  HarkNetOutput output = {.kind = HARK_NET_OUTPUT_DATAGRAM, .to = *to, .data = data, .len = len};

  hark_node_queue_push_output (&net->queue, &output);
}

void
hark_node_relay_nodes_say (
  HarkNet *net, const HarkKey *relay, const uint8_t *frame, size_t len, HarkTime now)
{
  HarkRelayFrame read;

  if (hark_relay_frame_read (frame, len, &read))
    hark_relay_guest_say (net->relay_guest, relay, &read, now);
}

void
hark_node_relay_nodes_send (HarkNet *net, const HarkKey *relay, const uint8_t *packet, size_t len)
{
  uint8_t bytes[HARK_RELAY_HOST_DATA_HEAD + HARK_RELAY_PACKET_MAX];
  HarkEndpoint to;

  g_assert (len <= HARK_RELAY_PACKET_MAX);
  if (!hark_relay_guest_wrap (net->relay_guest, relay, &to, bytes))
    return;
  memcpy (bytes + HARK_RELAY_HOST_DATA_HEAD, packet, len);
  push (net, &to, bytes, HARK_RELAY_HOST_DATA_HEAD + len);
}

/* ---- in -------------------------------------------------------------------------- */

bool
hark_node_relay_nodes_handle (HarkNet *net,
                              const HarkEndpoint *from,
                              const uint8_t *data,
                              size_t len,
                              HarkTime now,
                              HarkKey *ret_relay,
                              HarkRelayFrame *ret)
{
  HarkEndpoint to;

  if (net->relay_host && hark_relay_host_handle (net->relay_host, from, data, len, now, &to))
    push (net, &to, data, len);
  return net->relay_guest
         && hark_relay_guest_handle (net->relay_guest, from, data, len, now, ret_relay, ret);
}

/* ---- settling -------------------------------------------------------------------- */

/* Is the link there? With it go the relays that were there for it. */
static bool
is_there (void *data, uint32_t want)
{
  HarkNet *net = data;
  HarkKey offers[HARK_RELAY_GUEST_OFFERS_OF_ONE];
  size_t n;

  if (hark_node_links_find (net, want))
    return true;
  n = hark_relay_guest_get_offers (net->relay_guest, want, offers);
  for (size_t i = 0; i < n; i++)
    hark_relay_client_remove_relay (net->relay_client, &offers[i], net->now);
  return false;
}

static HarkRelayGuestWay
get_way (const HarkNet *net)
{
  if (!net->config.tcp || net->udp == HARK_NET_UDP_WORKS)
    return HARK_RELAY_GUEST_UDP;
  return net->udp == HARK_NET_UDP_BLOCKED ? HARK_RELAY_GUEST_TCP : HARK_RELAY_GUEST_EITHER;
}

void
hark_node_relay_nodes_settle (HarkNet *net, HarkTime now)
{
  HarkRelayGuestOutput asked;
  HarkRelayHostOutput said;

  if (net->relay_guest) {
    hark_relay_guest_review (net->relay_guest, is_there, net);
    hark_relay_guest_set_way (net->relay_guest, get_way (net));
    hark_relay_guest_handle_time (net->relay_guest, now);
    while (hark_relay_guest_poll (net->relay_guest, &asked))
      push (net, &asked.to, asked.bytes, sizeof asked.bytes);
  }
  if (net->relay_host) {
    hark_relay_host_handle_time (net->relay_host, now);
    while (hark_relay_host_poll (net->relay_host, &said))
      push (net, &said.to, said.bytes, sizeof said.bytes);
  }
}

HarkTime
hark_node_relay_nodes_get_deadline (const HarkNet *net)
{
  HarkTime deadline = HARK_TIME_NEVER;

  if (net->relay_guest)
    deadline = hark_relay_guest_get_deadline (net->relay_guest);
  if (net->relay_host)
    deadline = hark_time_min (deadline, hark_relay_host_get_deadline (net->relay_host));
  return deadline;
}
