/* The doors of net/net.h that lead to sessions: their events for core, streams, media, figures. */
#define G_LOG_DOMAIN "hark-net"

#include "net/node/links.h"
#include "net/node/node-private.h"
#include "net/node/peers.h"
#include "net/node/relays.h"

G_STATIC_ASSERT (HARK_MEDIA_LEN_MAX == HARK_SESSION_MEDIA_MAX);

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
    .piece = event->piece,
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
hark_net_stream_use_pieces (HarkNet *net,
                            const HarkKey *account,
                            int64_t stream,
                            GBytes *(*make) (void) )
{
  HarkSession *session = hark_node_links_session (net, account);

  if (session)
    hark_session_stream_use_pieces (session, stream, make);
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

  return session && hark_session_send_media (session, data, len, now);
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
    .in_flight = stats.in_flight,
    .packets_lost = stats.packets_lost,
    .mtu = stats.mtu,
    .aes = hark_link_is_aes (hark_node_links_get_peer (net, account)->current),
  };
}
