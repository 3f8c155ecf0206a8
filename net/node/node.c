#define G_LOG_DOMAIN "hark-net"

#include "net/node/node.h"

#include "net/base/locked.h"
#include "net/node/contacts.h"
#include "net/node/knocks.h"
#include "net/node/mailbox-reader.h"
#include "net/node/meeting.h"
#include "net/node/node-private.h"
#include "net/node/peers.h"
#include "net/node/public.h"
#include "net/node/relay-nodes.h"
#include "net/node/relays.h"
#include "net/node/restarts.h"
#include "net/node/scopes.h"
#include "net/node/settle.h"
#include "net/unsent.h"

#include <string.h>

#define DAY_CHECK HARK_MINUTE
#define REQUESTS_RATE 5 /* contact requests told to core, a second */
#define REQUESTS_BURST 20
#define FINDS_RATE 20 /* searches for contacts begun a second */
#define FINDS_BURST 30
#define BLIND_RATE 50 /* knocks at contacts where they were last, a second */
#define BLIND_BURST 50

static void
make_account_parts (HarkNet *net, int64_t wall_ms, HarkTime now)
{
  const HarkNetConfig *config = &net->config;
  HarkRendezvousConfig rendezvous = {.account_seed = config->account_seed,
                                     .account = config->account,
                                     .closed_network = config->closed_network};
  HarkKnockSelf *self = &net->link_context.self;

  memcpy (rendezvous.certificate, config->certificate, sizeof rendezvous.certificate);
  memcpy (rendezvous.network, config->network, sizeof rendezvous.network);
  if (net->dht)
    net->rendezvous
      = hark_rendezvous_new (&rendezvous, net->dht, net->helpers, &net->rng, wall_ms, now);
  hark_node_scopes_add_account (net, &rendezvous, wall_ms, now);
  hark_secret_clear (&rendezvous.account_seed);

  self->account = config->account;
  self->device = config->device;
  self->device_secret = config->device_secret;
  memcpy (self->certificate, config->certificate, sizeof self->certificate);
  memcpy (self->instance, config->instance, sizeof self->instance);
  memcpy (self->network, config->network, sizeof self->network);
  net->gate = hark_gate_new (&config->account, &net->rng, net->day, now);
  hark_node_relays_init (net);
}

HarkNet *
hark_net_new (const HarkNetConfig *config, const uint8_t seed[32], int64_t wall_ms, HarkTime now)
{
  HarkNet *net = hark_locked_new0 (HarkNet);
  HarkDhtConfig dht = {.allow_loopback = config->allow_loopback,
                       .tcp = config->tcp,
                       .serve = config->serve,
                       .read_only = !config->serve || config->has_account};

  net->config = *config;
  hark_rng_init (&net->rng, seed);
  hark_sent_init (&net->sent, seed);
  hark_node_queue_init (&net->queue);
  net->gate_entries = g_hash_table_new_full (g_int64_hash, g_int64_equal, NULL, hark_locked_free);
  net->peers = g_hash_table_new_full (hark_key_hash, hark_key_hash_equal, NULL, hark_locked_free);
  net->links = g_ptr_array_new_with_free_func ((GDestroyNotify) (void (*) (void)) hark_link_free);
  net->rounds = g_ptr_array_new_with_free_func (g_free);
  net->rings = g_array_new (FALSE, FALSE, sizeof (HarkWaitingRing));
  hark_token_bucket_init (&net->requests, REQUESTS_RATE, REQUESTS_BURST, now);
  hark_node_settle_day (net, wall_ms);
  net->next_day_check = now + DAY_CHECK;
  net->no_points_since = now;
  hark_token_bucket_init (&net->finds, FINDS_RATE, FINDS_BURST, now);
  hark_token_bucket_init (&net->blind, BLIND_RATE, BLIND_BURST, now);
  net->now = now;
  net->link_context.config = &net->config;
  net->link_context.queue = &net->queue;
  net->link_context.rng = &net->rng;

  if (config->dht)
    net->dht = hark_dht_new (&dht, &net->rng, now);
  if (net->dht)
    hark_dht_set_wall (net->dht, wall_ms, now);
  hark_node_public_init (net, now);
  hark_node_scopes_init (net, now);
  if (config->sealed)
    hark_seal_key (&config->network_secret, &net->datagram_key);
  hark_stun_limits_init (&net->stun, &net->rng, now);
  if (config->has_account)
    make_account_parts (net, wall_ms, now);
  hark_node_relay_nodes_init (net, now);
  return net;
}

void
hark_net_free (HarkNet *net)
{
  if (!net)
    return;
  g_ptr_array_unref (net->links); /* before the queue, into which they say that their paths close */
  hark_node_relays_clear (net);
  hark_node_relay_nodes_clear (net);
  g_ptr_array_unref (net->rounds);
  g_array_unref (net->rings);
  g_hash_table_unref (net->peers);
  g_hash_table_unref (net->gate_entries);
  hark_gate_free (net->gate);
  hark_node_meeting_clear (net);
  hark_node_scopes_clear (net);
  hark_rendezvous_free (net->rendezvous);
  hark_node_public_clear (net);
  hark_dht_free (net->dht);
  hark_node_queue_clear (&net->queue);
  hark_locked_free (net);
}

void
hark_net_set_jumbo (HarkNet *net, bool jumbo)
{
  net->link_context.jumbo = jumbo;
}

void
hark_net_set_wall (HarkNet *net, int64_t wall_ms, HarkTime now)
{
  if (net->dht)
    hark_dht_set_wall (net->dht, wall_ms, now);
  if (net->rendezvous) {
    hark_rendezvous_set_wall (net->rendezvous, wall_ms, now);
    wall_ms = hark_rendezvous_wall_ms (net->rendezvous, now);
  }
  if (net->local_rendezvous)
    hark_rendezvous_set_wall (net->local_rendezvous, wall_ms, now);
  hark_node_settle_day (net, wall_ms);
  hark_node_restarts_ask (net, now);
  hark_node_contacts_try_all (net, now);
}

void
hark_net_router_restarted (HarkNet *net, HarkTime now)
{
  net->now = now;
  hark_node_restarts_router (net, now);
}

void
hark_net_leave (HarkNet *net, HarkTime now)
{
  net->leaving = true;
  hark_node_contacts_leave (net, now);
  if (net->rendezvous)
    hark_rendezvous_leave (net->rendezvous, now);
  if (net->local_rendezvous)
    hark_rendezvous_leave (net->local_rendezvous, now);
}

/* ---- reachability ---------------------------------------------------------------- */

void
hark_net_set_hosts (HarkNet *net, const HarkEndpoint *hosts, size_t n_hosts, HarkTime now)
{
  HarkEndpoint before[G_N_ELEMENTS (net->hosts)];
  size_t n_before = net->n_hosts;
  bool same;

  net->now = now;
  n_hosts = MIN (n_hosts, G_N_ELEMENTS (net->hosts));
  same = n_hosts == n_before && memcmp (net->hosts, hosts, n_hosts * sizeof *hosts) == 0;
  memcpy (before, net->hosts, n_before * sizeof *before);
  memcpy (net->hosts, hosts, n_hosts * sizeof *hosts);
  net->n_hosts = n_hosts;
  if (net->dht && !same)
    hark_dht_check_udp (net->dht, now);
  if (net->hosts_told && !same)
    hark_node_restarts_hosts_changed (net, before, n_before, now);
  net->hosts_told = true;
  hark_node_public_update (net, now);
  if (!same)
    hark_node_scopes_set_hosts (net, now);
}

void
hark_net_set_tunnel (HarkNet *net, bool tunnel)
{
  net->tunnel = tunnel;
}

void
hark_net_set_mapping (HarkNet *net,
                      HarkMappingKind kind,
                      const HarkEndpoint *external,
                      HarkTime now)
{
  HarkNetEvent status = {.kind = HARK_NET_EVENT_STATUS};

  net->now = now;
  net->mapping = kind;
  net->mapped = kind == HARK_MAPPING_NONE ? (HarkEndpoint){0} : *external;
  hark_node_restarts_may_improve (net, now);
  hark_node_public_update (net, now);
  hark_node_queue_push_event (&net->queue, &status);
}

/* ---- shell ----------------------------------------------------------------------- */

static void
answer_stun (HarkNet *net, const HarkEndpoint *from, const uint8_t *data, size_t len, HarkTime now)
{
  HarkNetOutput output = {.kind = HARK_NET_OUTPUT_DATAGRAM, .to = *from, .data = net->stun_answer};

  if (!hark_stun_limits_take (&net->stun, from, now))
    return;
  output.len = hark_stun_respond (data, len, from, net->stun_answer);
  if (output.len)
    hark_node_queue_push_output (&net->queue, &output);
}

/* What comes through the door of a network whose datagrams are sealed; NULL: it does not belong to
 * it. */
static const uint8_t *
unseal (HarkNet *net, const uint8_t *data, size_t *len)
{
  if (!net->config.sealed)
    return data;
  if (*len > sizeof net->unsealed + HARK_SEAL_OVERHEAD
      || !hark_seal_open (&net->datagram_key, data, *len, net->unsealed))
    return NULL;
  *len -= HARK_SEAL_OVERHEAD;
  return net->unsealed;
}

bool
hark_net_is_signal (HarkNet *net, const uint8_t *data, size_t len)
{
  data = unseal (net, data, &len);
  return data && len > 0 && (data[0] == 'd' || data[0] == HARK_RELAY_HOST_FIRST);
}

void
hark_net_handle_datagram (
  HarkNet *net, const HarkEndpoint *from, const uint8_t *data, size_t len, HarkTime now)
{
  HarkDht *dht = hark_node_scopes_dht_for (net, from);
  HarkRelayFrame frame;
  HarkKey relay;

  data = unseal (net, data, &len);
  if (!data || len == 0)
    return;
  if (data[0] == 'd' && dht) {
    hark_dht_handle_packet (dht, from, data, len, now);
    hark_node_settle (net, now);
  } else if (data[0] == 'H') {
    hark_node_scopes_handle_lan (net, from, data, len, false, now);
    hark_node_settle (net, now);
  } else if (data[0] == HARK_RELAY_HOST_FIRST) {
    if (hark_node_relay_nodes_handle (net, from, data, len, now, &relay, &frame))
      hark_node_relays_handle_frame (net, &relay, &frame, now);
    hark_node_relay_nodes_settle (net, now);
  } else if (net->serving && !from->tcp && hark_stun_is_request (data, len)) {
    answer_stun (net, from, data, len, now);
  }
}

void
hark_net_handle_group (
  HarkNet *net, const HarkEndpoint *from, const uint8_t *data, size_t len, HarkTime now)
{
  data = unseal (net, data, &len);
  if (!data && net->lan)
    hark_lan_note_stranger (net->lan, now);
  if (!data || len == 0)
    return;
  hark_node_scopes_handle_lan (net, from, data, len, true, now);
  hark_node_settle (net, now);
}

void
hark_net_handle_unreachable (HarkNet *net, const HarkEndpoint *to, HarkTime now)
{
  HarkDht *dht = hark_node_scopes_dht_for (net, to);

  if (!dht)
    return;
  hark_dht_handle_unreachable (dht, to, now);
  hark_node_settle (net, now);
}

static HarkLink *
find_path (HarkNet *net, uint32_t path)
{
  for (guint i = 0; i < net->links->len; i++) {
    HarkLink *link = g_ptr_array_index (net->links, i);

    if (hark_link_has_path (link, path))
      return link;
  }
  return NULL;
}

void
hark_net_path_gathered (HarkNet *net, uint32_t path, const HarkPathDescription *local, HarkTime now)
{
  HarkLink *link = find_path (net, path);
  HarkPathDescription described = *local;

  if (!link)
    return;
  described.hard = hark_node_relays_is_hard (net);
  hark_node_relay_nodes_describe (net, link, &described, now);
  hark_link_handle_gathered (link, path, &described, now);
  hark_node_settle (net, now);
}

void
hark_net_path_changed (
  HarkNet *net, uint32_t path, HarkPathState state, const HarkPathInfo *info, HarkTime now)
{
  HarkLink *link = find_path (net, path);

  if (!link)
    return;
  hark_link_handle_path (link, path, state, info, now);
  hark_node_peers_link_moved (net, link, now);
  hark_node_settle (net, now);
}

void
hark_net_path_packet (HarkNet *net,
                      uint32_t path,
                      const HarkEndpoint *from,
                      const uint8_t *data,
                      size_t len,
                      HarkTime now)
{
  HarkLink *link = find_path (net, path);

  net->now = now;
  if (link && len > 0 && data[0] == HARK_SESSION_RELAY_FIRST)
    hark_node_relays_handle_packet (net, link, data, len, now);
  else if (link)
    hark_link_handle_packet (link, path, from, data, len, now);
}

void
hark_net_path_too_big (HarkNet *net, uint32_t path, HarkTime now)
{
  HarkLink *link = find_path (net, path);

  if (link)
    hark_link_handle_too_big (link, path, now);
}

void
hark_net_handle_time (HarkNet *net, HarkTime now)
{
  if (net->next_day_check <= now) {
    net->next_day_check = now + DAY_CHECK;
    if (net->rendezvous || net->local_rendezvous)
      hark_node_settle_day (net, hark_rendezvous_wall_ms (
                                   net->rendezvous ? net->rendezvous : net->local_rendezvous, now));
  }
  if (net->dht && hark_dht_get_deadline (net->dht) <= now)
    hark_dht_handle_time (net->dht, now);
  if (net->local_dht && hark_dht_get_deadline (net->local_dht) <= now)
    hark_dht_handle_time (net->local_dht, now);
  hark_node_settle (net, now);
}

HarkTime
hark_net_get_deadline (const HarkNet *net)
{
  HarkTime deadline
    = hark_time_min (hark_node_peers_get_deadline (net), hark_node_knocks_get_deadline (net));

  deadline = hark_time_min (deadline, hark_node_relays_get_deadline (net));
  deadline = hark_time_min (deadline, hark_node_relay_nodes_get_deadline (net));
  if (net->gate)
    deadline = hark_time_min (deadline, net->next_day_check);
  if (net->dht)
    deadline = hark_time_min (deadline, hark_dht_get_deadline (net->dht));
  if (net->rendezvous)
    deadline = hark_time_min (deadline, hark_rendezvous_get_deadline (net->rendezvous));
  deadline = hark_time_min (deadline, hark_node_public_get_deadline (net));
  deadline = hark_time_min (deadline, hark_node_mailbox_reader_get_deadline (net));
  deadline = hark_time_min (deadline, hark_node_meeting_get_deadline (net));
  if (net->local_dht)
    deadline = hark_time_min (deadline, hark_dht_get_deadline (net->local_dht));
  if (net->local_rendezvous)
    deadline = hark_time_min (deadline, hark_rendezvous_get_deadline (net->local_rendezvous));
  deadline = hark_time_min (deadline, hark_node_scopes_get_deadline (net));
  return deadline;
}

/* The next batch of a session, in turn. */
static bool
poll_batch (HarkNet *net, HarkTime now, HarkNetOutput *ret)
{
  for (guint tries = net->links->len; tries > 0; tries--) {
    HarkSessionBatch batch;
    HarkSession *session;
    HarkLink *link;

    net->next_batch = (net->next_batch + 1) % net->links->len;
    link = g_ptr_array_index (net->links, net->next_batch);
    session = hark_link_get_session (link);
    if (!session || hark_session_get_deadline (session) > now
        || !hark_session_poll_batch (session, now, &batch))
      continue;
    *ret = (HarkNetOutput){.kind = HARK_NET_OUTPUT_PATH_PACKETS,
                           .path = hark_link_get_path (link),
                           .data = batch.data,
                           .len = batch.len,
                           .segment = batch.segment};
    return true;
  }
  return false;
}

/* The next datagram of a scope. */
static bool
poll_dht (HarkNet *net, HarkDht *dht, HarkNetOutput *ret)
{
  HarkDhtPacket packet;

  while (dht && hark_dht_poll_packet (dht, &packet)) {
    *ret = (HarkNetOutput){
      .kind = HARK_NET_OUTPUT_DATAGRAM, .to = packet.to, .data = packet.data, .len = packet.len};
    if (hark_node_scopes_find_interface (net, &ret->to))
      return true;
  }
  return false;
}

/* The other side of unseal(): what leaves by the signalling socket. */
static void
seal (HarkNet *net, HarkNetOutput *output)
{
  if (!net->config.sealed
      || (output->kind != HARK_NET_OUTPUT_DATAGRAM && output->kind != HARK_NET_OUTPUT_GROUP))
    return;
  g_assert (output->len <= sizeof net->sealed - HARK_SEAL_OVERHEAD);
  hark_seal (&net->datagram_key, &net->rng, output->data, output->len, net->sealed);
  output->data = net->sealed;
  output->len += HARK_SEAL_OVERHEAD;
}

/* Whom a datagram counts as sent to: with LAN-only, all that the shell lets out stays near. */
static const HarkEndpoint *
far_end (const HarkNet *net, const HarkNetOutput *output)
{
  return net->config.lan_only || output->kind == HARK_NET_OUTPUT_GROUP ? NULL : &output->to;
}

static void
note_sent (HarkNet *net, const HarkNetOutput *output)
{
  if (output->kind == HARK_NET_OUTPUT_DATAGRAM || output->kind == HARK_NET_OUTPUT_GROUP)
    hark_sent_datagram (&net->sent, far_end (net, output), output->len);
  else if (output->kind == HARK_NET_OUTPUT_PATH_PACKETS)
    hark_sent_packets (&net->sent, output->len, output->segment);
}

void
hark_net_not_sent (HarkNet *net, const HarkNetOutput *output)
{
  g_return_if_fail (output->kind == HARK_NET_OUTPUT_DATAGRAM
                    || output->kind == HARK_NET_OUTPUT_GROUP);
  hark_sent_take_back (&net->sent, far_end (net, output), output->len);
}

static bool
poll_any_output (HarkNet *net, HarkTime now, HarkNetOutput *ret)
{
  return hark_node_queue_pop_output (&net->queue, ret) || poll_dht (net, net->dht, ret)
         || poll_dht (net, net->local_dht, ret) || poll_batch (net, now, ret);
}

bool
hark_net_poll_output (HarkNet *net, HarkTime now, HarkNetOutput *ret)
{
  while (poll_any_output (net, now, ret))
    if (!hark_node_relays_take (net, ret, now)) {
      seal (net, ret);
      note_sent (net, ret);
      return true;
    }
  return false;
}

/* ---- commands -------------------------------------------------------------------- */

void
hark_net_bootstrap (HarkNet *net, const HarkEndpoint *endpoint, HarkTime now)
{
  HarkDht *dht = hark_node_scopes_dht_for (net, endpoint);

  if (!dht)
    return;
  hark_dht_bootstrap (dht, endpoint, now);
  if (dht == net->dht)
    hark_helpers_offer (net->helpers, endpoint, now);
  hark_node_settle (net, now);
}

void
hark_net_add_peer (HarkNet *net, const HarkEndpoint *peer, HarkTime now)
{
  if (!net->lan)
    return;
  hark_lan_add_peer (net->lan, peer, now);
  /* it answers our beacon from its signalling port, or it listens with that one */
  if (peer->port != HARK_BEACON_PORT)
    hark_dht_bootstrap (hark_node_scopes_dht_for (net, peer), peer, now);
  hark_node_settle (net, now);
}
