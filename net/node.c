#define G_LOG_DOMAIN "hark-net"

#include "net/node.h"

#include "net/base/locked.h"
#include "net/node-knocks.h"
#include "net/node-links.h"
#include "net/node-mailbox-reader.h"
#include "net/node-peers.h"
#include "net/node-private.h"
#include "net/node-public.h"
#include "net/node-relays.h"
#include "net/node-restarts.h"
#include "net/node-rings.h"
#include "net/node-scopes.h"

#include <string.h>

#define DAY_CHECK HARK_MINUTE
#define REQUESTS_RATE 5 /* contact requests told to core, a second */
#define REQUESTS_BURST 20
#define FINDS_RATE 10 /* searches for contacts begun a second */
#define FINDS_BURST 20

G_STATIC_ASSERT (HARK_MEDIA_LEN_MAX == HARK_SESSION_MEDIA_MAX);

static uint64_t
day_of (int64_t wall_ms)
{
  return wall_ms > 0 ? (uint64_t) wall_ms / 86400000 : 0;
}

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
  hark_node_queue_init (&net->queue);
  net->gate_entries = g_hash_table_new_full (g_int64_hash, g_int64_equal, NULL, hark_locked_free);
  net->peers = g_hash_table_new_full (hark_key_hash, hark_key_hash_equal, NULL, hark_locked_free);
  net->links = g_ptr_array_new_with_free_func ((GDestroyNotify) (void (*) (void)) hark_link_free);
  net->rounds = g_ptr_array_new_with_free_func (g_free);
  net->rings = g_array_new (FALSE, FALSE, sizeof (HarkWaitingRing));
  hark_token_bucket_init (&net->requests, REQUESTS_RATE, REQUESTS_BURST, now);
  net->day = day_of (wall_ms);
  net->next_day_check = now + DAY_CHECK;
  net->no_points_since = now;
  hark_token_bucket_init (&net->finds, FINDS_RATE, FINDS_BURST, now);
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
  return net;
}

void
hark_net_free (HarkNet *net)
{
  if (!net)
    return;
  g_ptr_array_unref (net->links); /* before the queue, into which they say that their paths close */
  hark_node_relays_clear (net);
  g_ptr_array_unref (net->rounds);
  g_array_unref (net->rings);
  g_hash_table_unref (net->peers);
  g_hash_table_unref (net->gate_entries);
  hark_gate_free (net->gate);
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

static void
set_day (HarkNet *net, int64_t wall_ms)
{
  if (day_of (wall_ms) == net->day)
    return;
  net->day = day_of (wall_ms);
  if (net->gate)
    hark_gate_set_day (net->gate, net->day);
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
  set_day (net, wall_ms);
  hark_node_restarts_ask (net, now);
  hark_node_peers_try_all (net, now);
}

void
hark_net_leave (HarkNet *net, HarkTime now)
{
  net->leaving = true;
  hark_node_peers_leave (net, now);
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

/* ---- events between the parts ---------------------------------------------------- */

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

/* The way to everybody changed with it: whoever is not online is tried by the new one. */
static void
note_udp (HarkNet *net, HarkTime now)
{
  static const HarkNetUdp states[] = {
    [HARK_DHT_UDP_UNKNOWN] = HARK_NET_UDP_UNKNOWN,
    [HARK_DHT_UDP_WORKS] = HARK_NET_UDP_WORKS,
    [HARK_DHT_UDP_BLOCKED] = HARK_NET_UDP_BLOCKED,
  };
  HarkDhtStatus status;
  HarkNetUdp before = net->udp;

  hark_dht_get_status (net->dht, &status);
  net->udp = states[status.udp];
  if (net->udp == before || (net->udp != HARK_NET_UDP_BLOCKED && before != HARK_NET_UDP_BLOCKED))
    return;
  hark_node_peers_try_all (net, now);
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
    return net->local_rendezvous && hark_rendezvous_handle_dht (net->local_rendezvous, event, now);
  }
  return hark_node_public_handle_dht (net, event, now)
         || hark_node_mailbox_reader_handle_dht (net, event, now)
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
      note_udp (net, now);
    if (dht == net->dht && hark_node_restarts_handle_dht (net, event->kind, now) && net->reach)
      hark_reach_moved (net->reach, now);
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

  set_day (net, hark_rendezvous_wall_ms (net->rendezvous, now));
  hark_node_peers_try_all (net, now);
  hark_node_queue_push_event (&net->queue, &status);
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

/* Lets what happened in one part reach the others, until nothing moves. */
static void
settle (HarkNet *net, HarkTime now)
{
  HarkRendezvousEvent found;
  bool moved;

  net->now = now;
  do {
    moved = settle_dht (net, net->dht, net->rendezvous, now);
    moved |= settle_dht (net, net->local_dht, net->local_rendezvous, now);
    hark_node_public_handle_time (net, now);
    if (hark_node_scopes_handle_time (net, now))
      hark_node_peers_lan_grew (net, now);
    while (hark_node_scopes_poll (net, &found)) {
      if (found.clock_changed)
        handle_clock_changed (net, now);
      else
        hark_node_peers_handle_found (net, &found, now);
      moved = true;
    }
    hark_node_peers_handle_time (net, now);
    hark_node_mailbox_reader_handle_time (net, now);
    hark_node_knocks_handle_time (net, now);
  } while (moved);
  hark_node_relays_settle (net, now);
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

void
hark_net_handle_datagram (
  HarkNet *net, const HarkEndpoint *from, const uint8_t *data, size_t len, HarkTime now)
{
  HarkDht *dht = hark_node_scopes_dht_for (net, from);

  data = unseal (net, data, &len);
  if (!data || len == 0)
    return;
  if (data[0] == 'd' && dht) {
    hark_dht_handle_packet (dht, from, data, len, now);
    settle (net, now);
  } else if (data[0] == 'H') {
    hark_node_scopes_handle_lan (net, from, data, len, false, now);
    settle (net, now);
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
  settle (net, now);
}

void
hark_net_handle_unreachable (HarkNet *net, const HarkEndpoint *to, HarkTime now)
{
  HarkDht *dht = hark_node_scopes_dht_for (net, to);

  if (!dht)
    return;
  hark_dht_handle_unreachable (dht, to, now);
  settle (net, now);
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

  if (!link)
    return;
  hark_link_handle_gathered (link, path, local, now);
  settle (net, now);
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
  settle (net, now);
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
      set_day (net, hark_rendezvous_wall_ms (
                      net->rendezvous ? net->rendezvous : net->local_rendezvous, now));
  }
  if (net->dht && hark_dht_get_deadline (net->dht) <= now)
    hark_dht_handle_time (net->dht, now);
  if (net->local_dht && hark_dht_get_deadline (net->local_dht) <= now)
    hark_dht_handle_time (net->local_dht, now);
  settle (net, now);
}

HarkTime
hark_net_get_deadline (const HarkNet *net)
{
  HarkTime deadline
    = hark_time_min (hark_node_peers_get_deadline (net), hark_node_knocks_get_deadline (net));

  deadline = hark_time_min (deadline, hark_node_relays_get_deadline (net));
  if (net->gate)
    deadline = hark_time_min (deadline, net->next_day_check);
  if (net->dht)
    deadline = hark_time_min (deadline, hark_dht_get_deadline (net->dht));
  if (net->rendezvous)
    deadline = hark_time_min (deadline, hark_rendezvous_get_deadline (net->rendezvous));
  deadline = hark_time_min (deadline, hark_node_public_get_deadline (net));
  deadline = hark_time_min (deadline, hark_node_mailbox_reader_get_deadline (net));
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
      return true;
    }
  return false;
}

/* ---- events for core ------------------------------------------------------------- */

/* Translates an event of a session; false when it is not for core. */
static bool
translate (HarkNet *net, HarkLink *link, const HarkSessionEvent *event, HarkNetEvent *ret)
{
  static const HarkNetEventKind kinds[] = {
    [HARK_SESSION_STREAM_OPENED] = HARK_NET_EVENT_STREAM_OPENED,
    [HARK_SESSION_STREAM_DATA] = HARK_NET_EVENT_STREAM_DATA,
    [HARK_SESSION_STREAM_WRITABLE] = HARK_NET_EVENT_STREAM_WRITABLE,
    [HARK_SESSION_STREAM_ACKED] = HARK_NET_EVENT_STREAM_ACKED,
    [HARK_SESSION_STREAM_CLOSED] = HARK_NET_EVENT_STREAM_CLOSED,
    [HARK_SESSION_MEDIA] = HARK_NET_EVENT_MEDIA,
  };
  const HarkPeer *peer = hark_node_links_get_peer (net, hark_link_get_account (link));

  if (!peer || peer->current != link) {
    if (event->kind == HARK_SESSION_STREAM_DATA)
      hark_session_stream_consume (hark_link_get_session (link), event->stream, event->len);
    return false;
  }
  *ret = (HarkNetEvent){
    .kind = kinds[event->kind],
    .account = peer->account,
    .session = peer->session,
    .stream = event->stream,
    .data = event->data,
    .len = event->len,
    .finished = event->finished,
    .code = event->code,
  };
  return true;
}

/* Takes events of sessions until there is one for core; what they mean for links is done on the
 * way. */
static bool
poll_sessions (HarkNet *net, HarkNetEvent *ret)
{
  for (guint i = 0; i < net->links->len; i++) {
    HarkLink *link = g_ptr_array_index (net->links, i);
    HarkSession *session = hark_link_get_session (link);
    HarkSessionEvent event;

    while (session && hark_session_poll_event (session, &event)) {
      if (event.kind == HARK_SESSION_CONFIRMED)
        hark_node_peers_link_up (net, link, net->now);
      else if (event.kind == HARK_SESSION_SILENT || event.kind == HARK_SESSION_ALIVE)
        hark_node_peers_link_silent (net, link, event.kind == HARK_SESSION_SILENT, net->now);
      else if (event.kind == HARK_SESSION_CLOSED)
        hark_node_peers_link_closed (net, link, event.code, net->now);
      else if (translate (net, link, &event, ret))
        return true;
      hark_node_relays_settle (net, net->now);
      if (hark_node_queue_pop_event (&net->queue, ret))
        return true;
    }
  }
  return false;
}

bool
hark_net_poll_event (HarkNet *net, HarkNetEvent *ret)
{
  return hark_node_queue_pop_event (&net->queue, ret) || poll_sessions (net, ret);
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
  settle (net, now);
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
  settle (net, now);
}

void
hark_net_set_visible (HarkNet *net, const char *name, HarkTime now)
{
  HarkBeaconPerson person = {.account = net->config.account};

  if (!net->local_rendezvous)
    return;
  if (net->visible) {
    hark_node_rings_close_gate (net, &net->visible_token);
    hark_rendezvous_close (net->local_rendezvous, &net->visible_token, now);
  }
  net->visible = name != NULL;
  hark_token_clear (&net->visible_token);
  if (!name) {
    hark_lan_set_person (net->lan, NULL, NULL, now);
    return;
  }
  hark_rng_bytes (&net->rng, net->visible_token.bytes, sizeof net->visible_token.bytes);
  hark_node_rings_open_gate (net, HARK_AUDIENCE_ADDRESS, &net->visible_token, NULL);
  hark_rendezvous_open (net->local_rendezvous, &net->visible_token, false, true, now);
  person.token = net->visible_token;
  g_strlcpy (person.name, name, sizeof person.name);
  hark_lan_set_person (net->lan, &person, &net->config.account_seed, now);
  hark_token_clear (&person.token);
}

size_t
hark_net_people (const HarkNet *net, HarkBeaconPerson *ret, size_t max)
{
  return net->lan ? hark_lan_people (net->lan, ret, max, net->now) : 0;
}

void
hark_net_set_refused (HarkNet *net, uint64_t refused)
{
  HarkNetEvent status = {.kind = HARK_NET_EVENT_STATUS};

  if (refused == net->refused)
    return;
  net->refused = refused;
  hark_node_queue_push_event (&net->queue, &status);
}

void
hark_net_open_audience (
  HarkNet *net, HarkAudienceKind kind, const HarkToken *token, const HarkKey *only, HarkTime now)
{
  bool requests = kind == HARK_AUDIENCE_ADDRESS || kind == HARK_AUDIENCE_INVITE;

  hark_node_rings_open_gate (net, kind, token, only);
  if (net->rendezvous)
    hark_rendezvous_open (net->rendezvous, token, kind == HARK_AUDIENCE_CONTACTS, requests, now);
  if (net->local_rendezvous)
    hark_rendezvous_open (net->local_rendezvous, token, kind == HARK_AUDIENCE_CONTACTS, requests,
                          now);
}

void
hark_net_close_audience (HarkNet *net, const HarkToken *token, HarkTime now)
{
  hark_node_rings_close_gate (net, token);
  if (net->rendezvous)
    hark_rendezvous_close (net->rendezvous, token, now);
  if (net->local_rendezvous)
    hark_rendezvous_close (net->local_rendezvous, token, now);
}

void
hark_net_set_contact (HarkNet *net, const HarkNetContact *contact, HarkTime now)
{
  hark_node_peers_set_contact (net, contact, now);
}

void
hark_net_set_relaying (HarkNet *net, bool on, uint32_t rate, HarkTime now)
{
  hark_node_relays_set (net, on, rate, now);
}

void
hark_net_remove_contact (HarkNet *net, const HarkKey *account, HarkTime now)
{
  hark_node_peers_remove_contact (net, account, now);
}

void
hark_net_try_now (HarkNet *net, const HarkKey *account, HarkTime now)
{
  hark_node_peers_try_now (net, account, now);
}

void
hark_net_send_request (HarkNet *net,
                       const HarkKey *account,
                       const HarkToken *token,
                       const HarkNetRequest *request,
                       HarkTime now)
{
  hark_node_peers_request (net, account, token, request, now);
}

void
hark_net_cancel_request (HarkNet *net, const HarkKey *account)
{
  hark_node_peers_cancel_request (net, account);
}

int64_t
hark_net_stream_open (HarkNet *net, const HarkKey *account, HarkStreamClass class)
{
  HarkSession *session = hark_node_links_session (net, account);

  return session ? hark_session_stream_open (session, (unsigned) class) : -1;
}

void
hark_net_stream_set_class (HarkNet *net,
                           const HarkKey *account,
                           int64_t stream,
                           HarkStreamClass class)
{
  HarkSession *session = hark_node_links_session (net, account);

  if (session)
    hark_session_stream_set_priority (session, stream, (unsigned) class);
}

size_t
hark_net_stream_room (HarkNet *net, const HarkKey *account, int64_t stream)
{
  HarkSession *session = hark_node_links_session (net, account);

  return session ? hark_session_stream_room (session, stream) : 0;
}

bool
hark_net_stream_send (
  HarkNet *net, const HarkKey *account, int64_t stream, GBytes *bytes, bool finish, HarkTime now)
{
  HarkSession *session = hark_node_links_session (net, account);

  (void) now; /* packets are made when the shell asks for them */
  return session && hark_session_stream_send (session, stream, bytes, finish);
}

void
hark_net_stream_consume (HarkNet *net, const HarkKey *account, int64_t stream, size_t len)
{
  HarkSession *session = hark_node_links_session (net, account);

  if (session)
    hark_session_stream_consume (session, stream, len);
}

void
hark_net_stream_reset (HarkNet *net, const HarkKey *account, int64_t stream, uint64_t code)
{
  HarkSession *session = hark_node_links_session (net, account);

  if (session)
    hark_session_stream_reset (session, stream, code);
}

bool
hark_net_media_send (
  HarkNet *net, const HarkKey *account, const uint8_t *data, size_t len, HarkTime now)
{
  HarkSession *session = hark_node_links_session (net, account);

  (void) now;
  return session && hark_session_send_media (session, data, len);
}

void
hark_net_set_call (HarkNet *net, const HarkKey *account, bool active)
{
  HarkSession *session = hark_node_links_session (net, account);

  HarkPeer *peer = hark_node_links_get_peer (net, account);

  if (peer)
    peer->in_call = active;
  if (session)
    hark_session_set_call (session, active);
}

void
hark_net_get_stats (HarkNet *net, const HarkKey *account, HarkNetStats *ret)
{
  HarkSession *session = hark_node_links_session (net, account);
  HarkSessionStats stats;

  *ret = (HarkNetStats){0};
  if (!session)
    return;
  hark_session_get_stats (session, &stats);
  *ret = (HarkNetStats){
    .rtt = stats.rtt,
    .rtt_min = stats.rtt_min,
    .bytes_in = stats.bytes_in,
    .bytes_out = stats.bytes_out,
    .packets_lost = stats.packets_lost,
    .mtu = stats.mtu,
    .aes = hark_link_is_aes (hark_node_links_get_peer (net, account)->current),
  };
}

void
hark_net_get_peer_record (HarkNet *net, const HarkKey *account, HarkNetPeerRecord *ret)
{
  hark_node_peers_get_record (net, account, ret);
}

void
hark_net_get_status (const HarkNet *net, HarkNetStatus *ret)
{
  HarkEndpoint points[HARK_RENDEZVOUS_POINTS];
  HarkDhtStatus dht;

  *ret = (HarkNetStatus){.mapping = net->mapping,
                         .mapped = net->mapped,
                         .no_address = net->n_hosts == 0,
                         .tunnel = net->tunnel,
                         .dht_off = !net->config.dht,
                         .closed_network = net->config.closed_network,
                         .lan_only = net->config.lan_only,
                         .refused = net->refused};
  if (net->lan) {
    ret->lan_peers = hark_lan_count (net->lan, net->now);
    ret->other_networks = hark_lan_count_others (net->lan, net->now);
  }
  if (net->local_dht && !net->dht) {
    hark_dht_get_status (net->local_dht, &dht);
    ret->dht_nodes = dht.nodes[0] + dht.nodes[1];
    ret->published = net->local_rendezvous && hark_rendezvous_is_published (net->local_rendezvous);
  }
  hark_node_relays_get_status (net, ret);
  if (!net->dht)
    return;
  hark_dht_get_status (net->dht, &dht);
  ret->dht_nodes = dht.nodes[0] + dht.nodes[1];
  ret->external[0] = dht.external[0];
  ret->external[1] = dht.external[1];
  ret->symmetric = dht.external[0].family && dht.external[0].port == 0;
  ret->udp = net->udp;
  ret->reachable = net->serving;
  if (net->rendezvous) {
    ret->has_clock_skew = hark_rendezvous_get_skew (net->rendezvous, &ret->clock_skew_s);
    ret->contact_points = hark_rendezvous_get_points (net->rendezvous, points);
    ret->published = hark_rendezvous_is_published (net->rendezvous);
  }
}

size_t
hark_net_good_nodes (const HarkNet *net, HarkEndpoint *ret, size_t max)
{
  return hark_node_public_good_nodes (net, ret, max);
}
