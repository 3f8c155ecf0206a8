#define G_LOG_DOMAIN "hark-net"

#include "net/node/restarts.h"

#include "net/node/links.h"

#include <string.h>

#define GUARD_FIRST (300 * HARK_MS)
#define GUARD_MAX (10 * HARK_SECOND)
#define GUARD_CALM (3 * HARK_SECOND)
#define RETRY (2500 * HARK_MS)           /* nobody answered the signals of one: the next */
#define RETRY_ANSWERED (6 * HARK_SECOND) /* checks of addresses run */
#define SPREAD_EACH (10 * HARK_MS)
#define SPREAD_MAX (900 * HARK_MS)
#define RENEW_EVERY HARK_SECOND
#define IMPROVE_FIRST (5 * HARK_SECOND)
#define IMPROVE_MAX (5 * HARK_MINUTE)
#define STALE_AFTER (1500 * HARK_MS) /* who moved has put a new record by then */
#define STALE_SPREAD (1500 * HARK_MS)
#define FIND_AFTER (700 * HARK_MS) /* perhaps the record we know is an old one */
#define PREFETCH_AFTER (2 * HARK_SECOND)
#define PREFETCH_SPREAD (8 * HARK_SECOND)

static bool
is_lost (const HarkPeer *peer)
{
  return peer->current && hark_link_get_lost (peer->current) != HARK_TIME_NEVER;
}

/* Has the next generation begin at @when, or as soon as the guard allows. */
static void
plan (HarkPeer *peer, HarkTime when, HarkTime now)
{
  HarkPeerRestart *restart = &peer->restart;

  if (restart->working && hark_time_since (now, restart->working) > GUARD_CALM)
    restart->guard = 0; /* the last one was good */
  if (restart->begun)
    when = MAX (when, hark_time_add (restart->begun, restart->guard));
  restart->next = hark_time_min (restart->next, when);
  restart->news = true;
}

/* Many at a time would knock at the same contact points, and gather on one processor. */
static HarkTime
spread (HarkNet *net, const HarkPeer *peer, HarkTime now)
{
  HarkTime most = hark_time_min (net->links->len * SPREAD_EACH, SPREAD_MAX);

  return peer->in_call || net->links->len <= 2 ? now : now + hark_rng_below (&net->rng, most);
}

void
hark_node_restarts_interrupted (HarkNet *net, HarkPeer *peer, HarkTime now)
{
  if (peer->restart.interrupted)
    return;
  peer->restart.interrupted = true;
  plan (peer, spread (net, peer, now), now);
  peer->restart.working = 0;
}

void
hark_node_restarts_mended (HarkPeer *peer, HarkTime now)
{
  if (!peer->restart.working)
    peer->restart.working = now;
  peer->restart.interrupted = false;
  peer->restart.next = HARK_TIME_NEVER;
  if (!peer->restart.stale)
    peer->restart.find = HARK_TIME_NEVER;
}

/* Whoever is elsewhere has other contact points, which signals will need when the path dies. */
static void
note_remote (HarkNet *net, HarkPeer *peer, const HarkEndpoint *remote, HarkTime now)
{
  HarkPeerRestart *restart = &peer->restart;
  bool elsewhere = hark_link_take_asked (peer->current);

  elsewhere |= restart->remote.family != 0 && !hark_endpoint_same_ip (&restart->remote, remote);
  restart->remote = *remote;
  if (!elsewhere || restart->stale)
    return;
  restart->stale = true;
  restart->find = now + STALE_AFTER + hark_rng_below (&net->rng, STALE_SPREAD);
}

void
hark_node_restarts_moved (HarkNet *net, HarkPeer *peer, HarkTime now)
{
  HarkPeerRestart *restart = &peer->restart;
  const HarkPathInfo *info = hark_link_get_path_info (peer->current);

  if (info->route != HARK_ROUTE_RELAY) {
    note_remote (net, peer, &info->remote, now);
    restart->improve = HARK_TIME_NEVER;
  } else if (restart->improve == HARK_TIME_NEVER) {
    restart->improve_after = IMPROVE_FIRST;
    restart->improve = now + restart->improve_after;
  }
}

static bool
is_among (const HarkEndpoint *host, const HarkEndpoint *hosts, size_t n)
{
  for (size_t i = 0; i < n; i++)
    if (hark_endpoint_same_ip (host, &hosts[i]))
      return true;
  return false;
}

/* Is the machine somewhere else? Temporary addresses of IPv6 come and go while others stay. */
static bool
is_elsewhere (const HarkNet *net, const HarkEndpoint *before, size_t n_before)
{
  bool six = false, had_six = false, kept_six = false;

  for (size_t i = 0; i < n_before; i++) {
    had_six |= before[i].family == 6;
    if (before[i].family == 4 && !is_among (&before[i], net->hosts, net->n_hosts))
      return true;
  }
  for (size_t i = 0; i < net->n_hosts; i++) {
    bool kept = is_among (&net->hosts[i], before, n_before);

    six |= net->hosts[i].family == 6;
    kept_six |= net->hosts[i].family == 6 && kept;
    if (net->hosts[i].family == 4 && !kept)
      return true;
  }
  return six != had_six || (six && !kept_six);
}

/* Everything that others know about how to reach us is out of date. */
static void
tell_moved (HarkNet *net, HarkTime now)
{
  if (net->dht)
    hark_dht_handle_network_change (net->dht, now);
  if (net->rendezvous)
    hark_rendezvous_moved (net->rendezvous, now);
  memset (net->external, 0, sizeof net->external); /* whatever they will be is no news */
}

void
hark_node_restarts_hosts_changed (HarkNet *net,
                                  const HarkEndpoint *before,
                                  size_t n_before,
                                  HarkTime now)
{
  GHashTableIter iter;
  gpointer value;

  if (net->n_hosts == 0)
    return; /* when the network is back, all of this */
  if (is_elsewhere (net, before, n_before))
    tell_moved (net, now);
  g_hash_table_iter_init (&iter, net->peers);
  while (g_hash_table_iter_next (&iter, NULL, &value)) {
    HarkPeer *peer = value;
    const HarkPathInfo *info = peer->current ? hark_link_get_path_info (peer->current) : NULL;

    if (!info)
      continue;
    if (is_lost (peer) || info->route == HARK_ROUTE_RELAY
        || (is_among (&info->local, before, n_before)
            && !is_among (&info->local, net->hosts, net->n_hosts)))
      plan (peer, spread (net, peer, now), now);
    else
      hark_session_ask (hark_link_get_session (peer->current), now);
  }
}

void
hark_node_restarts_may_improve (HarkNet *net, HarkTime now)
{
  GHashTableIter iter;
  gpointer value;

  g_hash_table_iter_init (&iter, net->peers);
  while (g_hash_table_iter_next (&iter, NULL, &value)) {
    HarkPeer *peer = value;

    if (is_lost (peer)
        || (peer->current && hark_link_get_path_info (peer->current)->route == HARK_ROUTE_RELAY))
      plan (peer, spread (net, peer, now), now);
  }
}

void
hark_node_restarts_ask (HarkNet *net, HarkTime now)
{
  GHashTableIter iter;
  gpointer value;

  g_hash_table_iter_init (&iter, net->peers);
  while (g_hash_table_iter_next (&iter, NULL, &value)) {
    HarkPeer *peer = value;

    if (is_lost (peer))
      plan (peer, spread (net, peer, now), now);
    else if (peer->current)
      hark_session_ask (hark_link_get_session (peer->current), now);
  }
}

void
hark_node_restarts_want_better (HarkNet *net, HarkPeer *peer, HarkTime now)
{
  if (peer->current)
    plan (peer, spread (net, peer, now), now);
}

/* The way to contact points works again. */
static void
hurry_all (HarkNet *net, HarkTime now)
{
  GHashTableIter iter;
  gpointer value;

  g_hash_table_iter_init (&iter, net->peers);
  while (g_hash_table_iter_next (&iter, NULL, &value)) {
    HarkPeer *peer = value;

    if (!is_lost (peer))
      continue;
    if (hark_link_is_restarting (peer->current))
      hark_link_hurry (peer->current, now);
    plan (peer, spread (net, peer, now), now);
  }
}

/* Others see us elsewhere: the router has another address, or we are in another network. */
static bool
note_external (HarkNet *net)
{
  HarkDhtStatus status;
  bool moved = false;

  hark_dht_get_status (net->dht, &status);
  for (unsigned i = 0; i < 2; i++) {
    if (status.external[i].family == 0)
      continue;
    moved |= net->external[i].family != 0
             && !hark_endpoint_same_ip (&net->external[i], &status.external[i]);
    net->external[i] = status.external[i];
  }
  return moved;
}

bool
hark_node_restarts_handle_dht (HarkNet *net, HarkDhtEventKind kind, HarkTime now)
{
  bool moved = kind == HARK_DHT_EVENT_STATUS && note_external (net);

  if (moved) {
    if (net->rendezvous)
      hark_rendezvous_moved (net->rendezvous, now);
    hark_node_restarts_ask (net, now);
  }
  if (kind == HARK_DHT_EVENT_KEPT && net->keep_lost)
    hurry_all (net, now);
  if (kind == HARK_DHT_EVENT_KEPT || kind == HARK_DHT_EVENT_KEEP_LOST)
    net->keep_lost = kind == HARK_DHT_EVENT_KEEP_LOST;
  return moved;
}

/* A silent peer may be silent because our router has forgotten its mappings, and then contact
 * points do not reach us either. */
static void
renew_keeps (HarkNet *net, HarkTime now)
{
  if (!net->dht || (net->renewed && hark_time_since (now, net->renewed) < RENEW_EVERY))
    return;
  net->renewed = now;
  hark_dht_renew_keeps (net->dht, now);
}

void
hark_node_restarts_router (HarkNet *net, HarkTime now)
{
  hark_node_restarts_ask (net, now);
  renew_keeps (net, now);
}

static void
begin (HarkNet *net, HarkPeer *peer, HarkTime now)
{
  HarkPeerRestart *restart = &peer->restart;
  HarkLinkOpening opening = hark_node_links_opening (net, &peer->record);

  restart->guard = restart->guard ? hark_time_min (2 * restart->guard, GUARD_MAX) : GUARD_FIRST;
  restart->begun = now;
  restart->news = false;
  restart->next = HARK_TIME_NEVER;
  if (!hark_link_restart (peer->current, &opening, now))
    return;
  if (is_lost (peer)) {
    renew_keeps (net, now);
    restart->next = now + MAX (RETRY, restart->guard) + hark_rng_below (&net->rng, RETRY / 8);
  }
  restart->find = peer->has_record && !restart->stale ? now + FIND_AFTER : now;
}

void
hark_node_restarts_prefetch (HarkNet *net, HarkPeer *peer, HarkTime now)
{
  HarkTime due = now + PREFETCH_AFTER + hark_rng_below (&net->rng, PREFETCH_SPREAD);

  if (peer->current)
    peer->restart.find = hark_time_min (peer->restart.find, due);
}

void
hark_node_restarts_called (HarkNet *net, HarkPeer *peer, HarkTime now)
{
  if (!hark_link_hurry (peer->current, now))
    begin (net, peer, now);
}

void
hark_node_restarts_handle_time (HarkNet *net, HarkPeer *peer, HarkTime now)
{
  HarkPeerRestart *restart = &peer->restart;
  bool no_network = net->hosts_told && net->n_hosts == 0;

  if (!peer->current)
    return;
  if (restart->improve <= now) {
    restart->improve_after = hark_time_min (2 * restart->improve_after, IMPROVE_MAX);
    restart->improve = now + restart->improve_after;
    plan (peer, now, now);
  }
  if (restart->next > now)
    return;
  restart->next = HARK_TIME_NEVER;
  if (no_network)
    return; /* addresses will come back with news of them */
  if (!restart->news && hark_link_is_answered (peer->current)
      && now < restart->begun + RETRY_ANSWERED) {
    restart->next = restart->begun + RETRY_ANSWERED;
    return;
  }
  begin (net, peer, now);
}

HarkTime
hark_node_restarts_get_deadline (const HarkPeer *peer)
{
  return peer->current ? hark_time_min (peer->restart.next, peer->restart.improve)
                       : HARK_TIME_NEVER;
}
