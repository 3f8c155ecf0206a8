#define G_LOG_DOMAIN "hark-net"

#include "net/node/relays.h"

#include "net/node/links.h"
#include "net/node/peers.h"
#include "net/node/relay-nodes.h"

#include <string.h>

/* How long a path of one's own may take before a relay is asked, and before it is used. */
#define JOIN_ASK (600 * HARK_MS)
#define JOIN_USE (600 * HARK_MS)
#define JOIN_USE_HARD \
  (250 * HARK_MS)                /* no hole can be punched at either end: the two may be near */
#define LOST_ASK (500 * HARK_MS) /* the same for one that is made anew */
#define LOST_USE HARK_SECOND
#define TRIAL (1500 * HARK_MS)     /* for the first packet through a relay */
#define REVIEW_MIN (200 * HARK_MS) /* between two looks at who is online */
#define BATCH_SIZE 65000           /* bytes of one output */

G_STATIC_ASSERT (HARK_RELAY_DATA_HEAD + HARK_RELAY_PACKET_MAX == HARK_SESSION_RELAY_MAX);
G_STATIC_ASSERT (HARK_RELAY_TAG_LEN == HARK_SESSION_RELAY_TAG_LEN);

/* A link that asks for a relay, goes through one, or may soon have to. */
typedef struct {
  uint32_t index; /* of the link; also the number of its want */
  uint32_t path;  /* the relayed one; 0: none */
  HarkTime due;   /* when it is to be looked at; HARK_TIME_NEVER: only when something happens */
  HarkTime begun; /* since when it is being joined */
  HarkTime since; /* the relayed path is there */
  uint32_t rate;  /* of the relayed path, bytes a second */
  bool hard_peer; /* no hole can be punched to the other end */
  bool waits;     /* a relay stands by until patience is over */
} Relayed;

static Relayed *
relayed_at (const HarkNet *net, guint i)
{
  return &g_array_index (net->relayed, Relayed, i);
}

static Relayed *
find_relayed (HarkNet *net, uint32_t index)
{
  for (guint i = 0; i < net->relayed->len; i++)
    if (relayed_at (net, i)->index == index)
      return relayed_at (net, i);
  return NULL;
}

static bool
is_relayed_path (uint32_t path)
{
  return path & HARK_NODE_RELAY_PATH;
}

/* The link with @account whose path is its own and works; NULL when there is none. */
static HarkLink *
find_carrier (HarkNet *net, const HarkKey *account)
{
  const HarkPeer *peer = hark_node_links_get_peer (net, account);

  if (!peer || !peer->is_contact || !peer->current
      || hark_link_get_state (peer->current) != HARK_LINK_UP
      || hark_link_get_lost (peer->current) != HARK_TIME_NEVER
      || is_relayed_path (hark_link_get_path (peer->current)))
    return NULL;
  return peer->current;
}

/* We relay for confirmed contacts only, and not what is relayed to us. */
static bool
may_relay_for (void *data, const HarkKey *account)
{
  HarkNet *net = data;
  const HarkPeer *peer = hark_node_links_get_peer (net, account);

  return peer && !peer->contact.no_relay && find_carrier (net, account);
}

static unsigned
get_rtt_ms (HarkLink *link)
{
  HarkSessionStats stats;

  hark_session_get_stats (hark_link_get_session (link), &stats);
  return (unsigned) MIN (stats.rtt / HARK_MS, 30000);
}

/* ---- out ------------------------------------------------------------------------- */

/* Bytes of a relayed path: of ours that @account carries, or of theirs that we carry. */
static void
note_carried (HarkNet *net, const HarkKey *account, uint64_t for_us, uint64_t for_them)
{
  HarkPeer *peer = hark_node_links_get_peer (net, account);

  if (!peer)
    return; /* a relay node of ours is nobody */
  peer->carried.for_us += for_us;
  peer->carried.for_them += for_them;
}

static void
push_packets (HarkNet *net, uint32_t path, const uint8_t *data, size_t len, size_t segment)
{
  HarkNetOutput output = {.kind = HARK_NET_OUTPUT_PATH_PACKETS,
                          .path = path,
                          .data = data,
                          .len = len,
                          .segment = segment};

  if (len > 0)
    hark_node_queue_push_output (&net->queue, &output);
}

static void
send_frame (HarkNet *net, const HarkKey *to, const uint8_t *frame, size_t len, HarkTime now)
{
  HarkLink *link = find_carrier (net, to);
  uint8_t packet[HARK_SESSION_RELAY_MAX + HARK_SESSION_RELAY_OVERHEAD];
  size_t sealed
    = link ? hark_session_seal_relay (hark_link_get_session (link), frame, len, packet) : 0;

  if (hark_node_relay_nodes_is_one (net, to))
    hark_node_relay_nodes_say (net, to, frame, len, now);
  else if (sealed)
    push_packets (net, hark_link_get_path (link), packet, sealed, sealed);
}

/* The same through a relay node. True: some were too big. */
static bool
wrap_for_node (HarkNet *net, const HarkKey *relay, const HarkNetOutput *output)
{
  bool too_big = false;

  for (size_t at = 0; at < output->len; at += output->segment) {
    size_t len = MIN (output->segment, output->len - at);

    too_big |= len > HARK_RELAY_PACKET_MAX;
    if (len <= HARK_RELAY_PACKET_MAX)
      hark_node_relay_nodes_send (net, relay, output->data + at, len);
  }
  return too_big;
}

/* Packets of a relayed path, each in a frame of its own. */
static void
wrap (HarkNet *net, const Relayed *relayed, const HarkNetOutput *output, HarkTime now)
{
  g_autofree uint8_t *batch = g_malloc (BATCH_SIZE);
  uint8_t frame[HARK_SESSION_RELAY_MAX];
  HarkLink *link = hark_node_links_find (net, relayed->index), *carrier;
  size_t used = 0, segment = 0;
  bool too_big = false;
  HarkKey relay;
  uint32_t channel;

  if (!hark_relay_client_get_used (net->relay_client, relayed->index, &relay, &channel))
    return;
  if (hark_node_relay_nodes_is_one (net, &relay)) {
    if (wrap_for_node (net, &relay, output) && link)
      hark_link_handle_too_big (link, relayed->path, now);
    return;
  }
  if (!(carrier = find_carrier (net, &relay)))
    return;
  hark_relay_frame_write_head (HARK_RELAY_SEND, channel, frame);
  for (size_t at = 0; at < output->len; at += output->segment) {
    size_t len = MIN (output->segment, output->len - at), sealed;

    too_big |= len > HARK_RELAY_PACKET_MAX;
    if (len > HARK_RELAY_PACKET_MAX)
      continue;
    if (used + len + HARK_RELAY_DATA_HEAD + HARK_SESSION_RELAY_OVERHEAD > BATCH_SIZE) {
      push_packets (net, hark_link_get_path (carrier), batch, used, segment);
      used = segment = 0;
    }
    note_carried (net, &relay, len, 0);
    memcpy (frame + HARK_RELAY_DATA_HEAD, output->data + at, len);
    sealed = hark_session_seal_relay (hark_link_get_session (carrier), frame,
                                      HARK_RELAY_DATA_HEAD + len, batch + used);
    used += sealed;
    segment = segment ? segment : sealed;
  }
  push_packets (net, hark_link_get_path (carrier), batch, used, segment);
  if (too_big && link)
    hark_link_handle_too_big (link, relayed->path, now);
}

/* The other end of a path has described itself. */
static void
note_remote (HarkNet *net, const HarkNetOutput *output, HarkTime now)
{
  for (guint i = 0; i < net->relayed->len; i++) {
    HarkLink *link = hark_node_links_find (net, relayed_at (net, i)->index);

    if (!link || !hark_link_has_path (link, output->path))
      continue;
    hark_node_relay_nodes_take_offers (net, link, output->remote, now);
    relayed_at (net, i)->hard_peer = output->remote->hard;
    if (hark_link_get_state (link) == HARK_LINK_JOINING)
      relayed_at (net, i)->due = now;
  }
}

bool
hark_node_relays_take (HarkNet *net, const HarkNetOutput *output, HarkTime now)
{
  if (output->kind == HARK_NET_OUTPUT_PATH_REMOTE)
    note_remote (net, output, now);
  if (output->kind == HARK_NET_OUTPUT_DATAGRAM || !is_relayed_path (output->path))
    return false;
  for (guint i = 0; i < net->relayed->len; i++) {
    Relayed *relayed = relayed_at (net, i);

    if (relayed->path != output->path)
      continue;
    if (output->kind == HARK_NET_OUTPUT_PATH_PACKETS) {
      wrap (net, relayed, output, now);
    } else if (output->kind == HARK_NET_OUTPUT_PATH_CLOSE) {
      relayed->path = 0; /* the link has a better one */
      relayed->waits = false;
      hark_relay_client_unwant (net->relay_client, relayed->index, now);
    }
    break;
  }
  return true;
}

/* ---- who needs one --------------------------------------------------------------- */

static void
make_tag (void *data, uint32_t want, const HarkKey *relay, uint8_t ret[HARK_RELAY_TAG_LEN])
{
  HarkNet *net = data;
  HarkLink *link = hark_node_links_find (net, want);

  g_assert (link && hark_link_get_session (link));
  hark_session_relay_tag (hark_link_get_session (link), relay->bytes, ret);
}

static bool
is_lost (const HarkLink *link)
{
  return hark_link_get_state (link) == HARK_LINK_UP && hark_link_get_lost (link) != HARK_TIME_NEVER;
}

/* A link that is being joined gets a place in the table, so that its patience is known; so does one
 * that lost its path. */
static void
watch_links (HarkNet *net, HarkTime now)
{
  for (guint i = 0; i < net->links->len; i++) {
    HarkLink *link = g_ptr_array_index (net->links, i);
    bool joining = hark_link_get_state (link) == HARK_LINK_JOINING;
    Relayed relayed = {.index = hark_link_get_index (link), .due = now, .begun = now};

    if (hark_link_get_session (link) && (joining || is_lost (link))
        && !find_relayed (net, relayed.index))
      g_array_append_val (net->relayed, relayed);
  }
}

bool
hark_node_relays_is_hard (const HarkNet *net)
{
  HarkDhtStatus status;

  if (!net->dht || net->mapping != HARK_MAPPING_NONE)
    return false;
  if (net->udp == HARK_NET_UDP_BLOCKED)
    return true;
  hark_dht_get_status (net->dht, &status); /* over IPv6 there is no such NAT */
  return status.external[0].family && status.external[0].port == 0 && !status.external[1].family;
}

/* When a link that has no path asks for a relay, and when it takes what was found. Where one end
 * can be reached by a hole and the other cannot it is asked at once, and likely left again. */
static void
get_patience (HarkNet *net, HarkLink *link, const Relayed *relayed, HarkTime *ask, HarkTime *use)
{
  bool hard = hark_node_relays_is_hard (net);

  if (hark_link_get_state (link) == HARK_LINK_UP
      && hark_link_get_path_info (link)->route == HARK_ROUTE_RELAY) {
    *ask = *use = hark_link_get_lost (link); /* it has nothing to go back to */
  } else if (hark_link_get_state (link) == HARK_LINK_UP) {
    *ask = hark_time_add (hark_link_get_lost (link), LOST_ASK);
    *use = hark_time_add (hark_link_get_lost (link), LOST_USE);
  } else if (hark_link_is_stuck (link)) {
    *ask = *use = relayed->begun;
  } else {
    *ask = relayed->begun + (hard || relayed->hard_peer ? 0 : JOIN_ASK);
    *use = relayed->begun + (hard && relayed->hard_peer ? JOIN_USE_HARD : JOIN_USE);
  }
}

static void
want (HarkNet *net, HarkLink *link, const Relayed *relayed, HarkTime now)
{
  hark_relay_client_want (net->relay_client, relayed->index, hark_link_get_account (link),
                          hark_link_is_outgoing (link), now);
}

/* The relay that stands by becomes a path. */
static void
add_path (HarkNet *net, HarkLink *link, Relayed *relayed, HarkTime now)
{
  HarkPathInfo info = {.route = HARK_ROUTE_RELAY};
  uint32_t channel;

  relayed->waits = false;
  if (!hark_relay_client_get_used (net->relay_client, relayed->index, &info.relay, &channel))
    return;
  info.relay = hark_node_relay_nodes_shown (net, &info.relay);
  relayed->path = ++net->last_relayed | HARK_NODE_RELAY_PATH;
  relayed->since = now;
  if (!hark_link_add_path (link, relayed->path, &info, now))
    relayed->path = 0;
  hark_node_peers_link_moved (net, link, now);
}

/* What a link in the table needs now. False: nothing any more. */
static bool
review_link (HarkNet *net, HarkLink *link, Relayed *relayed, HarkTime now)
{
  bool wanted = hark_relay_client_has (net->relay_client, relayed->index);
  bool joining = hark_link_get_state (link) == HARK_LINK_JOINING;
  HarkTime ask, use;

  relayed->due = HARK_TIME_NEVER;
  if (hark_link_get_state (link) == HARK_LINK_DEAD || !hark_link_get_session (link))
    return false;
  if (!joining && !is_lost (link))
    return relayed->path != 0; /* else it found one of its own */
  if (!joining && wanted && relayed->path && hark_link_get_path (link) == relayed->path) {
    /* the peer may have been silent before, and not have spoken yet */
    relayed->due = hark_time_add (relayed->since, TRIAL);
    if (relayed->due > now)
      return true;
    relayed->due = HARK_TIME_NEVER;
    hark_relay_client_distrust (net->relay_client, relayed->index, now);
    return true;
  }
  get_patience (net, link, relayed, &ask, &use);
  if (!wanted && ask <= now)
    want (net, link, relayed, now);
  else if (!wanted)
    relayed->due = ask;
  if (relayed->waits && use <= now)
    add_path (net, link, relayed, now);
  else if (relayed->waits)
    relayed->due = use;
  return true;
}

static void
review_links (HarkNet *net, HarkTime now)
{
  for (guint i = net->relayed->len; i > 0; i--) {
    Relayed *relayed = relayed_at (net, i - 1);
    HarkLink *link = hark_node_links_find (net, relayed->index);

    if (link && review_link (net, link, relayed, now))
      continue;
    hark_relay_client_unwant (net->relay_client, relayed->index, now);
    g_array_remove_index_fast (net->relayed, i - 1);
  }
}

/* ---- what came of it ------------------------------------------------------------- */

static void
handle_event (HarkNet *net, const HarkRelayEvent *event, HarkTime now)
{
  Relayed *relayed = find_relayed (net, event->want);
  HarkLink *link = hark_node_links_find (net, event->want);
  uint32_t before = relayed ? relayed->path : 0;
  HarkKey shown = hark_node_relay_nodes_shown (net, &event->relay);
  const HarkPathInfo *used;
  HarkTime ask, use;

  if (!relayed || !link)
    return;
  used = hark_link_get_path_info (link);
  relayed->rate = event->rate;
  if (event->kind == HARK_RELAY_USE && before && used->route == HARK_ROUTE_RELAY
      && hark_key_equal (&used->relay, &shown))
    return;          /* another rate */
  relayed->path = 0; /* or its end would be taken for the link's wish */
  relayed->waits = event->kind == HARK_RELAY_USE;
  if (before)
    hark_link_drop_path (link, before, now);
  get_patience (net, link, relayed, &ask, &use);
  if (relayed->waits && (before || use <= now))
    add_path (net, link, relayed, now);
  else if (relayed->waits)
    relayed->due = use;
  if (before)
    hark_node_peers_link_moved (net, link, now);
}

/* Streams keep below what the relay lets pass, or it would have to drop packets. */
static void
set_limits (HarkNet *net)
{
  for (guint i = 0; i < net->relayed->len; i++) {
    const Relayed *relayed = relayed_at (net, i);
    HarkLink *link = hark_node_links_find (net, relayed->index);
    HarkSession *session = link ? hark_link_get_session (link) : NULL;
    bool relays = link && relayed->path && hark_link_get_path (link) == relayed->path;

    if (session)
      hark_session_set_limits (session, relays ? (uint64_t) relayed->rate * 15 / 16 : 0,
                               relays ? HARK_RELAY_PACKET_MAX : 0);
  }
}

/* Who is online changes seldom, and looking costs a little for each contact. */
static void
review_relays (HarkNet *net, HarkTime now)
{
  GHashTableIter iter;
  gpointer value;

  if (net->relays_reviewed && now < net->relays_reviewed + REVIEW_MIN) {
    net->relays_review = net->relays_reviewed + REVIEW_MIN;
    return;
  }
  net->relays_reviewed = now;
  net->relays_review = HARK_TIME_NEVER;
  hark_relay_server_review (net->relay_server, may_relay_for, net);
  if (!hark_relay_client_has_wants (net->relay_client))
    return;
  g_hash_table_iter_init (&iter, net->peers);
  while (g_hash_table_iter_next (&iter, NULL, &value)) {
    const HarkPeer *peer = value;
    HarkLink *link = find_carrier (net, &peer->account);

    if (link)
      hark_relay_client_set_relay (net->relay_client, &peer->account, get_rtt_ms (link), now);
    else
      hark_relay_client_remove_relay (net->relay_client, &peer->account, now);
  }
}

void
hark_node_relays_settle (HarkNet *net, HarkTime now)
{
  HarkRelayEvent event;
  HarkRelayOutput output;

  if (!net->relay_client) {
    hark_node_relay_nodes_settle (net, now);
    return;
  }
  watch_links (net, now);
  review_links (net, now);
  review_relays (net, now);
  hark_relay_client_handle_time (net->relay_client, now);
  hark_relay_server_handle_time (net->relay_server, now);
  while (hark_relay_client_poll_event (net->relay_client, &event))
    handle_event (net, &event, now);
  while (hark_relay_client_poll (net->relay_client, &output)
         || hark_relay_server_poll (net->relay_server, &output))
    send_frame (net, &output.to, output.bytes, output.len, now);
  set_limits (net);
  hark_node_relay_nodes_settle (net, now);
}

HarkTime
hark_node_relays_get_deadline (const HarkNet *net)
{
  HarkRelayServerStats stats;
  HarkTime deadline;

  if (!net->relay_client)
    return HARK_TIME_NEVER;
  deadline = hark_time_min (hark_relay_client_get_deadline (net->relay_client),
                            hark_relay_server_get_deadline (net->relay_server));
  for (guint i = 0; i < net->relayed->len; i++)
    deadline = hark_time_min (deadline, relayed_at (net, i)->due);
  hark_relay_server_get_stats (net->relay_server, &stats);
  if (stats.channels > 0 || hark_relay_client_has_wants (net->relay_client))
    deadline = hark_time_min (deadline, net->relays_review);
  return deadline;
}

/* ---- in -------------------------------------------------------------------------- */

static void
forward (HarkNet *net, const HarkKey *from, const HarkRelayFrame *frame, HarkTime now)
{
  uint8_t bytes[HARK_SESSION_RELAY_MAX];
  HarkKey to;

  if (!hark_relay_server_forward (net->relay_server, from, frame->channel, frame->len, now, &to))
    return;
  note_carried (net, from, 0, frame->len);
  note_carried (net, &to, 0, frame->len);
  hark_relay_frame_write_head (HARK_RELAY_DATA, frame->channel, bytes);
  memcpy (bytes + HARK_RELAY_DATA_HEAD, frame->data, frame->len);
  send_frame (net, &to, bytes, HARK_RELAY_DATA_HEAD + frame->len, now);
}

static void
deliver (HarkNet *net, const HarkKey *from, const HarkRelayFrame *frame, HarkTime now)
{
  uint32_t index = hark_relay_client_handle_data (net->relay_client, from, frame->channel, now);
  HarkLink *link = index ? hark_node_links_find (net, index) : NULL;
  HarkRelayEvent event;
  Relayed *relayed;

  while (hark_relay_client_poll_event (net->relay_client, &event)) /* the responder follows */
    handle_event (net, &event, now);
  relayed = index ? find_relayed (net, index) : NULL;
  if (link && relayed && relayed->waits)
    add_path (net, link, relayed, now); /* the initiator's patience is over */
  if (!link || !relayed || !relayed->path)
    return;
  note_carried (net, from, frame->len, 0);
  hark_link_handle_packet (link, relayed->path, NULL, frame->data, frame->len, now);
}

void
hark_node_relays_handle_packet (
  HarkNet *net, HarkLink *link, const uint8_t *packet, size_t len, HarkTime now)
{
  HarkSession *session = hark_link_get_session (link);
  uint8_t bytes[HARK_SESSION_RELAY_MAX];
  HarkKey from = *hark_link_get_account (link);
  HarkRelayFrame frame;
  size_t opened;

  if (!net->relay_client || !session || len == 0)
    return;
  opened = hark_session_open_relay (session, packet, len, bytes, now);
  if (opened == 0 || !hark_relay_frame_read (bytes, opened, &frame))
    return;
  if (frame.kind == HARK_RELAY_SEND) {
    forward (net, &from, &frame, now);
  } else if (frame.kind == HARK_RELAY_DATA) {
    deliver (net, &from, &frame, now);
  } else {
    if (frame.kind == HARK_RELAY_ASK || frame.kind == HARK_RELAY_LEAVE)
      hark_relay_server_handle (net->relay_server, &from, may_relay_for (net, &from),
                                get_rtt_ms (link), &frame, now);
    else
      hark_relay_client_handle (net->relay_client, &from, &frame, now);
    hark_node_relays_settle (net, now);
  }
}

void
hark_node_relays_handle_frame (HarkNet *net,
                               const HarkKey *from,
                               const HarkRelayFrame *frame,
                               HarkTime now)
{
  if (frame->kind == HARK_RELAY_DATA) {
    deliver (net, from, frame, now);
  } else {
    hark_relay_client_handle (net->relay_client, from, frame, now);
    hark_node_relays_settle (net, now);
  }
}

/* ---- doors ----------------------------------------------------------------------- */

void
hark_node_relays_init (HarkNet *net)
{
  net->relay_client = hark_relay_client_new (make_tag, net);
  net->relay_server = hark_relay_server_new (&net->rng);
  net->relayed = g_array_new (FALSE, FALSE, sizeof (Relayed));
  net->relays_review = HARK_TIME_NEVER;
}

void
hark_node_relays_clear (HarkNet *net)
{
  hark_relay_client_free (net->relay_client);
  hark_relay_server_free (net->relay_server);
  g_clear_pointer (&net->relayed, g_array_unref);
}

void
hark_node_relays_set (HarkNet *net, bool on, uint32_t rate, HarkTime now)
{
  if (!net->relay_client)
    return;
  hark_relay_server_set (net->relay_server, on, rate, now);
  hark_node_relays_review (net, now);
}

void
hark_node_relays_review (HarkNet *net, HarkTime now)
{
  net->relays_reviewed = 0;
  hark_node_relays_settle (net, now);
}

void
hark_node_relays_get_status (const HarkNet *net, HarkNetStatus *ret)
{
  HarkRelayServerStats stats;
  HarkRelayHostStats host;

  if (net->relay_host) {
    hark_relay_host_get_stats (net->relay_host, &host);
    ret->relay = true;
    ret->relay_rate = HARK_RELAY_HOST_RATE;
    ret->relayed_now = host.channels;
    ret->relayed_bytes = host.bytes;
  }
  if (!net->relay_client)
    return;
  hark_relay_server_get_stats (net->relay_server, &stats);
  ret->relay = stats.on;
  ret->relay_rate = stats.rate;
  ret->relayed_now = stats.channels;
  ret->relayed_bytes = stats.bytes;
}
