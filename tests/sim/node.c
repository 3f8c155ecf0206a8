#include "tests/sim/node.h"

#include "tests/sim/path-pool.h"

#include <glib.h>

struct HarkSimNode {
  HarkSimNetwork *network;
  unsigned host;
  uint16_t port;
  HarkNet *net;
  void (*on_activity) (void *data);
  void *data;
  HarkSimTimer *timer;
  GHashTable *paths; /* number: HarkSimPath */
  HarkSimPathPool *pool;
  GArray *unheard; /* News: what the paths said meanwhile */
  bool suspended;
  bool draining;
  bool hears_beacons;
  bool touched;   /* the net was given something since it was last drained */
  HarkTime woken; /* when the timer last called, and */
  unsigned wakes; /* how often at that time */
};

/* A path's word that waits for the machine to wake up. */
typedef struct {
  uint32_t path;
  HarkPathState state;
  bool has_info;
  HarkPathInfo info;
} News;

#define WAKES_MAX 100000 /* at one instant; more is a node that never comes to rest */

static HarkTime
now_of (const HarkSimNode *node)
{
  return hark_sim_network_now (node->network);
}

/* Draining may close the very path that just spoke, so it waits for the timer's turn at the same
 * instant. */
static void
touch (HarkSimNode *node)
{
  node->touched = true;
  if (!node->draining)
    hark_sim_timer_set (node->timer, now_of (node));
}

/* ---- what paths and the socket say ----------------------------------------------- */

static void
on_gathered (void *data, uint32_t number, const HarkPathDescription *local)
{
  HarkSimNode *node = data;

  hark_net_path_gathered (node->net, number, local, now_of (node));
  touch (node);
}

static void
on_state (void *data, uint32_t number, HarkPathState state, const HarkPathInfo *info)
{
  HarkSimNode *node = data;
  News news = {.path = number, .state = state, .has_info = info != NULL};

  if (node->suspended) {
    if (info != NULL)
      news.info = *info;
    g_array_append_val (node->unheard, news);
    return;
  }
  hark_net_path_changed (node->net, number, state, info, now_of (node));
  touch (node);
}

static void
on_packet (void *data, uint32_t number, const HarkEndpoint *from, const uint8_t *bytes, size_t len)
{
  HarkSimNode *node = data;

  if (node->suspended)
    return;
  hark_net_path_packet (node->net, number, from, bytes, len, now_of (node));
  touch (node);
}

static void
on_datagram (void *data, const HarkEndpoint *from, const uint8_t *bytes, size_t len)
{
  HarkSimNode *node = data;

  if (node->suspended)
    return;
  hark_net_handle_datagram (node->net, from, bytes, len, now_of (node));
  touch (node);
}

static void
on_beacon (void *data, const HarkEndpoint *from, const uint8_t *bytes, size_t len)
{
  HarkSimNode *node = data;

  if (node->suspended)
    return;
  hark_net_handle_group (node->net, from, bytes, len, now_of (node));
  touch (node);
}

static const HarkSimPathEvents path_events = {on_gathered, on_state, on_packet};

/* ---- what the net wants done ----------------------------------------------------- */

static void
send_packets (HarkSimNode *node, HarkSimPath *path, const HarkNetOutput *output)
{
  bool too_big = false;

  for (size_t at = 0; at < output->len; at += output->segment)
    if (!hark_sim_path_send (path, output->data + at, MIN (output->segment, output->len - at)))
      too_big = true;
  if (too_big) {
    hark_net_path_too_big (node->net, output->path, now_of (node));
    touch (node);
  }
}

static void
perform (HarkSimNode *node, const HarkNetOutput *output)
{
  void *key = GUINT_TO_POINTER (output->path);
  HarkSimPath *path = g_hash_table_lookup (node->paths, key);

  switch (output->kind) {
  case HARK_NET_OUTPUT_DATAGRAM:
    hark_sim_network_send (node->network, node->host, node->port, &output->to, output->data,
                           output->len);
    break;
  case HARK_NET_OUTPUT_GROUP:
    hark_sim_network_send_around (node->network, node->host, node->port, HARK_BEACON_PORT,
                                  output->data, output->len);
    break;
  case HARK_NET_OUTPUT_PATH_OPEN:
    g_assert (!path);
    if (output->fresh)
      hark_sim_path_pool_renew (node->pool);
    path = hark_sim_path_pool_take (node->pool, output->path, output->controlling, output->stun);
    g_hash_table_insert (node->paths, key, path);
    break;
  case HARK_NET_OUTPUT_PATH_REMOTE:
    if (path)
      hark_sim_path_set_remote (path, output->remote);
    break;
  case HARK_NET_OUTPUT_PATH_PACKETS:
    if (path)
      send_packets (node, path, output);
    break;
  case HARK_NET_OUTPUT_PATH_FOLLOW:
    if (path)
      hark_sim_path_follow (path, &output->to);
    break;
  case HARK_NET_OUTPUT_PATH_CLOSE:
    g_hash_table_remove (node->paths, key);
    break;
  }
}

void
hark_sim_node_flush (HarkSimNode *node)
{
  HarkNetOutput output;

  if (node->draining)
    return;
  node->draining = true;
  do {
    node->touched = false;
    if (node->on_activity)
      node->on_activity (node->data);
    while (hark_net_poll_output (node->net, now_of (node), &output))
      perform (node, &output);
  } while (node->touched);
  node->draining = false;
  hark_sim_timer_set (node->timer, hark_net_get_deadline (node->net));
}

static void
on_time (void *data)
{
  HarkSimNode *node = data;
  HarkTime now = now_of (node);

  if (node->suspended)
    return;
  node->wakes = node->woken == now ? node->wakes + 1 : 0;
  node->woken = now;
  g_assert (node->wakes < WAKES_MAX);
  if (hark_net_get_deadline (node->net) <= now)
    hark_net_handle_time (node->net, now);
  hark_sim_node_flush (node);
}

void
hark_sim_node_suspend (HarkSimNode *node, bool suspended)
{
  node->suspended = suspended;
  for (guint i = 0; !suspended && i < node->unheard->len; i++) {
    const News *news = &g_array_index (node->unheard, News, i);

    on_state (node, news->path, news->state, news->has_info ? &news->info : NULL);
  }
  g_array_set_size (node->unheard, 0);
  touch (node);
}

void
hark_sim_node_tell_hosts (HarkSimNode *node)
{
  HarkEndpoint host = hark_sim_node_get_endpoint (node);

  hark_net_set_hosts (node->net, &host, 1, now_of (node));
  touch (node);
}

/* ---- doors ----------------------------------------------------------------------- */

static void
free_path (void *path)
{
  hark_sim_path_free (path);
}

HarkSimNode *
hark_sim_node_new (HarkSimNetwork *network,
                   unsigned host,
                   uint16_t port,
                   HarkNet *net,
                   void (*on_activity) (void *data),
                   void *data)
{
  HarkSimNode *node = g_new0 (HarkSimNode, 1);

  node->network = network;
  node->host = host;
  node->net = net;
  node->on_activity = on_activity;
  node->data = data;
  node->port = hark_sim_network_bind (network, host, port, on_datagram, node);
  g_assert (node->port);
  node->hears_beacons
    = hark_sim_network_bind (network, host, HARK_BEACON_PORT, on_beacon, node) != 0;
  node->timer = hark_sim_timer_new (network, on_time, node);
  node->unheard = g_array_new (FALSE, FALSE, sizeof (News));
  node->pool = hark_sim_path_pool_new (network, host, &path_events, node);
  node->paths = g_hash_table_new_full (NULL, NULL, NULL, free_path);
  touch (node);
  return node;
}

void
hark_sim_node_free (HarkSimNode *node)
{
  if (!node)
    return;
  hark_sim_network_unbind (node->network, node->host, node->port);
  if (node->hears_beacons)
    hark_sim_network_unbind (node->network, node->host, HARK_BEACON_PORT);
  hark_sim_timer_free (node->timer);
  g_hash_table_unref (node->paths);
  hark_sim_path_pool_free (node->pool);
  g_array_unref (node->unheard);
  g_free (node);
}

HarkEndpoint
hark_sim_node_get_endpoint (const HarkSimNode *node)
{
  HarkEndpoint endpoint = hark_sim_network_get_address (node->network, node->host);

  endpoint.port = node->port;
  return endpoint;
}
