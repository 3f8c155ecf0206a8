#define G_LOG_DOMAIN "hark-io"

#include "net/net.h"

#include "net/io/bound.h"
#include "net/io/egress.h"
#include "net/io/hosts.h"
#include "net/io/ice.h"
#include "net/io/interfaces.h"
#include "net/io/multicast.h"
#include "net/io/names.h"
#include "net/io/path-ports.h"
#include "net/io/path-tcp.h"
#include "net/io/portmap.h"
#include "net/io/router.h"
#include "net/io/udp.h"
#include "net/io/wallclock.h"
#include "net/node/node.h"
#include "net/unsent.h"

#include <sodium.h>
#include <time.h>

#define CLOCK_EVERY 8 /* packets of a burst that share a reading of the clock */

struct HarkNetRunner {
  HarkNet *net;
  GMainContext *context;
  void (*on_activity) (void *data);
  void *data;
  HarkEgress *egress;
  HarkMulticast *multicast; /* NULL: nobody is looked for on local networks */
  HarkUdp *udp;
  HarkIce *ice;
  GHashTable *paths;     /* number -> HarkIcePath */
  HarkTcp *tcp;          /* NULL: no TCP */
  HarkPathTcps *tcps;    /* likewise */
  GHashTable *tcp_paths; /* number -> HarkPathTcp; empty without TCP */
  GSource *timer;
  HarkTime deadline; /* of the node, as last asked for */
  HarkWallClock *wall_clock;
  HarkInterfaces *interfaces;
  unsigned networks; /* changes so far */
  HarkTime slept;    /* how much the machine did, in all */
  char *bind;
  bool allow_loopback;
  unsigned burst;      /* packets since the last flush */
  HarkTime burst_time; /* their clock */
  HarkNames *names;
  HarkPortMap *portmap;      /* NULL: no router is asked */
  HarkEndpoint client;       /* our address towards the router, when it was asked last; family 0:
                                there was none, or it has to be asked again */
  HarkPathPorts *path_ports; /* likewise */
  bool draining;
};

typedef struct {
  GSource source;
  HarkNetRunner *runner;
} TimerSource;

uint64_t
hark_net_runner_now (void)
{
  struct timespec ts;

  clock_gettime (CLOCK_BOOTTIME, &ts);
  return (uint64_t) ts.tv_sec * HARK_SECOND + (uint64_t) ts.tv_nsec;
}

bool
hark_net_runner_is_due (HarkTime deadline, int *ret_timeout_ms)
{
  HarkTime now = deadline == HARK_TIME_NEVER ? 0 : hark_net_runner_now ();

  if (deadline <= now)
    return true;
  if (ret_timeout_ms)
    *ret_timeout_ms = deadline == HARK_TIME_NEVER
                        ? -1
                        : (int) MIN ((deadline - now + HARK_MS - 1) / HARK_MS, G_MAXINT);
  return false;
}

/* ---- outputs --------------------------------------------------------------------- */

static HarkIcePath *
find_path (HarkNetRunner *runner, uint32_t number)
{
  return g_hash_table_lookup (runner->paths, GUINT_TO_POINTER (number));
}

static void
open_path (HarkNetRunner *runner, const HarkNetOutput *output)
{
  HarkIcePath *path;
  HarkNetStatus status;

  if (output->fresh)
    hark_ice_renew (runner->ice);
  path = hark_ice_path_open (runner->ice, output->path, output->controlling, output->stun);
  g_hash_table_insert (runner->paths, GUINT_TO_POINTER (output->path), path);
  if (!runner->tcp)
    return;
  hark_net_get_status (runner->net, &status);
  hark_path_tcps_set_urgent (runner->tcps, status.udp == HARK_NET_UDP_BLOCKED);
  g_hash_table_insert (
    runner->tcp_paths, GUINT_TO_POINTER (output->path),
    hark_path_tcp_open (runner->tcps, output->path, output->controlling, output->fresh));
}

static HarkPathTcp *
find_tcp (HarkNetRunner *runner, uint32_t number)
{
  return g_hash_table_lookup (runner->tcp_paths, GUINT_TO_POINTER (number));
}

/* Whether it is on its way. */
static bool
send_datagram (HarkNetRunner *runner, const HarkNetOutput *output)
{
  if (!output->to.tcp)
    return hark_udp_send (runner->udp, &output->to, output->data, output->len);
  return runner->tcp && hark_egress_allows (runner->egress, &output->to)
         && hark_tcp_send (runner->tcp, &output->to, output->data, output->len);
}

static void
set_remote (HarkNetRunner *runner, HarkIcePath *path, const HarkNetOutput *output)
{
  HarkPathTcp *tcp = find_tcp (runner, output->path);
  HarkPathDescription allowed = *output->remote;
  HarkPathDescription udp;

  allowed.n_candidates = 0;
  for (size_t i = 0; i < output->remote->n_candidates; i++)
    if (hark_egress_allows (runner->egress, &output->remote->candidates[i].endpoint))
      allowed.candidates[allowed.n_candidates++] = output->remote->candidates[i];
  udp = allowed;
  if (tcp)
    hark_path_tcp_set_remote (tcp, &allowed, &udp);
  hark_ice_path_set_remote (path, &udp);
  sodium_memzero (&udp, sizeof udp);
  sodium_memzero (&allowed, sizeof allowed);
}

static void
send_packets (HarkNetRunner *runner, HarkIcePath *path, const HarkNetOutput *output)
{
  HarkPathTcp *tcp = find_tcp (runner, output->path);

  if (tcp && hark_path_tcp_is_active (tcp))
    hark_path_tcp_send (tcp, output->data, output->len, output->segment);
  else
    hark_ice_path_send (path, output->data, output->len, output->segment);
}

/* None of this calls back into the node: what it borrowed stays good. */
static void
carry_out (HarkNetRunner *runner, const HarkNetOutput *output)
{
  HarkIcePath *path
    = output->kind <= HARK_NET_OUTPUT_GROUP ? NULL : find_path (runner, output->path);

  switch (output->kind) {
  case HARK_NET_OUTPUT_DATAGRAM:
    if (!send_datagram (runner, output))
      hark_net_not_sent (runner->net, output);
    break;
  case HARK_NET_OUTPUT_GROUP:
    if (runner->multicast)
      hark_multicast_send (runner->multicast, output->data, output->len);
    else
      hark_net_not_sent (runner->net, output);
    break;
  case HARK_NET_OUTPUT_PATH_OPEN:
    open_path (runner, output);
    break;
  case HARK_NET_OUTPUT_PATH_REMOTE:
    if (path)
      set_remote (runner, path, output);
    break;
  case HARK_NET_OUTPUT_PATH_PACKETS:
    if (path)
      send_packets (runner, path, output);
    break;
  case HARK_NET_OUTPUT_PATH_FOLLOW:
    if (path && hark_egress_allows (runner->egress, &output->to))
      hark_ice_path_follow (path, &output->to);
    break;
  case HARK_NET_OUTPUT_PATH_CLOSE:
    if (runner->path_ports)
      hark_path_ports_close (runner->path_ports, output->path);
    g_hash_table_remove (runner->tcp_paths, GUINT_TO_POINTER (output->path));
    g_hash_table_remove (runner->paths, GUINT_TO_POINTER (output->path));
    break;
  }
}

void
hark_net_runner_flush (HarkNetRunner *runner)
{
  HarkNetOutput output;

  if (runner->draining)
    return; /* commands given by on_activity are drained below */
  runner->draining = true;
  runner->burst = 0;
  runner->on_activity (runner->data);
  while (hark_net_poll_output (runner->net, hark_net_runner_now (), &output))
    carry_out (runner, &output);
  hark_net_set_refused (runner->net, hark_egress_get_refused (runner->egress));
  runner->draining = false;
  runner->deadline = hark_net_get_deadline (runner->net);
}

/* Another network has another router, which knows nothing of our ports, though it may well give us
 * the address that we had before: the way to the other one was away meanwhile. */
static void
tell_portmap (HarkNetRunner *runner)
{
  HarkEndpoint gateway, client;

  if (!runner->portmap)
    return;
  if (!hark_router_find (&gateway, &client))
    client = (HarkEndpoint){0};
  if (hark_endpoint_same_ip (&client, &runner->client))
    return;
  hark_portmap_moved (runner->portmap);
  runner->client = client;
}

/* Interfaces come and go; the node wants to know whether others see one of them. */
static void
tell_hosts (HarkNetRunner *runner, HarkTime now)
{
  HarkEndpoint hosts[HARK_HOSTS_MAX];
  size_t n = hark_hosts_list (runner->bind, runner->allow_loopback, hosts);

  hark_net_set_tunnel (runner->net, hark_router_is_tunnel ());
  for (size_t i = 0; i < n; i++)
    hosts[i].port = hark_udp_get_port (runner->udp);
  hark_egress_update (runner->egress);
  hark_udp_update (runner->udp);
  if (runner->multicast)
    hark_multicast_update (runner->multicast);
  hark_net_set_hosts (runner->net, hosts, n, now);
  tell_portmap (runner);
}

/* CLOCK_BOOTTIME counts what CLOCK_MONOTONIC leaves out. */
static HarkTime
get_slept (void)
{
  struct timespec awake;

  clock_gettime (CLOCK_MONOTONIC, &awake);
  return hark_time_since (hark_net_runner_now (),
                          (HarkTime) awake.tv_sec * HARK_SECOND + (HarkTime) awake.tv_nsec);
}

/* After sleep nothing is certain: neither addresses nor the time of day nor who is still there. */
static void
check_sleep (HarkNetRunner *runner, HarkTime now)
{
  HarkTime slept = get_slept ();

  if (slept < runner->slept + HARK_SECOND)
    return;
  g_debug ("the machine slept for %u s", (unsigned) ((slept - runner->slept) / HARK_SECOND));
  runner->slept = slept;
  runner->client = (HarkEndpoint){0}; /* what the router lends us went on to run out */
  tell_hosts (runner, now);
  hark_net_set_wall (runner->net, g_get_real_time () / 1000, now);
}

static gboolean
on_deadline (GSource *source, GSourceFunc callback G_GNUC_UNUSED, gpointer data G_GNUC_UNUSED)
{
  HarkNetRunner *runner = ((TimerSource *) source)->runner;

  HarkTime now = hark_net_runner_now ();

  check_sleep (runner, now);
  hark_net_handle_time (runner->net, now);
  hark_net_runner_flush (runner);
  return G_SOURCE_CONTINUE;
}

static gboolean
prepare (GSource *source, gint *ret_timeout_ms)
{
  return hark_net_runner_is_due (((TimerSource *) source)->runner->deadline, ret_timeout_ms);
}

static gboolean
check (GSource *source)
{
  return hark_net_runner_is_due (((TimerSource *) source)->runner->deadline, NULL);
}

static GSourceFuncs timer_funcs = {.prepare = prepare, .check = check, .dispatch = on_deadline};

/* ---- inputs ---------------------------------------------------------------------- */

static void
on_datagram (void *user_data, const HarkEndpoint *from, const uint8_t *data, size_t len)
{
  HarkNetRunner *runner = user_data;

  hark_net_handle_datagram (runner->net, from, data, len, hark_net_runner_now ());
}

static void
on_unreachable (void *user_data, const HarkEndpoint *to)
{
  HarkNetRunner *runner = user_data;

  hark_net_handle_unreachable (runner->net, to, hark_net_runner_now ());
}

static void
on_flush (void *user_data)
{
  hark_net_runner_flush (user_data);
}

static void
on_local (void *user_data, uint32_t path, const HarkPathDescription *local)
{
  HarkNetRunner *runner = user_data;
  HarkPathTcp *tcp = find_tcp (runner, path);
  HarkPathDescription both = *local;

  if (runner->path_ports)
    hark_path_ports_add_local (runner->path_ports, path, &both);
  if (tcp)
    hark_path_tcp_add_local (tcp, &both);
  hark_net_path_gathered (runner->net, path, &both, hark_net_runner_now ());
  sodium_memzero (&both, sizeof both);
  hark_net_runner_flush (runner);
}

static void
on_state (void *user_data, uint32_t path, HarkPathState state, const HarkPathInfo *info)
{
  HarkNetRunner *runner = user_data;

  hark_net_path_changed (runner->net, path, state, info, hark_net_runner_now ());
  hark_net_runner_flush (runner);
}

/* What ICE says, unless a TCP connection makes up for it. */
static void
on_ice_state (void *user_data, uint32_t path, HarkPathState state, const HarkPathInfo *info)
{
  HarkNetRunner *runner = user_data;
  HarkPathTcp *tcp = find_tcp (runner, path);

  if (!tcp || hark_path_tcp_handle_ice (tcp, state))
    on_state (user_data, path, state, info);
}

static void
on_packet (
  void *user_data, uint32_t path, const HarkEndpoint *from, const uint8_t *data, size_t len)
{
  HarkNetRunner *runner = user_data;

  /* at most some 30 us old: less than what a packet waited in the socket */
  if (runner->burst++ % CLOCK_EVERY == 0)
    runner->burst_time = hark_net_runner_now ();
  hark_net_path_packet (runner->net, path, from, data, len, runner->burst_time);
}

static void
on_tcp_packet (void *user_data, uint32_t path, const uint8_t *data, size_t len)
{
  on_packet (user_data, path, NULL, data, len);
}

static bool
is_signal (void *user_data, const uint8_t *data, size_t len)
{
  return hark_net_is_signal (((HarkNetRunner *) user_data)->net, data, len);
}

static void
on_tcp_path (void *user_data, HarkTcpConnection *connection, const uint8_t *data, size_t len)
{
  hark_path_tcps_accept (((HarkNetRunner *) user_data)->tcps, connection, data, len);
}

static void
on_too_big (void *user_data, uint32_t path)
{
  HarkNetRunner *runner = user_data;

  hark_net_path_too_big (runner->net, path, hark_net_runner_now ());
  hark_net_runner_flush (runner);
}

static void
on_interfaces (void *user_data)
{
  HarkNetRunner *runner = user_data;

  runner->networks++;
  tell_hosts (runner, hark_net_runner_now ());
  hark_net_runner_flush (runner);
}

static void
on_wall (void *user_data, int64_t wall_ms)
{
  HarkNetRunner *runner = user_data;

  hark_net_set_wall (runner->net, wall_ms, hark_net_runner_now ());
  hark_net_runner_flush (runner);
}

static void
on_mapping (void *data, const HarkPortMapNews *news)
{
  HarkNetRunner *runner = data;

  if (!news->tcp)
    hark_path_ports_handle_news (runner->path_ports, news);
  if (news->port != hark_udp_get_port (runner->udp))
    return;
  if (news->tcp) {
    if (runner->tcps)
      hark_path_tcps_set_mapped (runner->tcps, &news->external);
    return;
  }
  hark_net_set_mapping (runner->net, news->kind, &news->external, hark_net_runner_now ());
  hark_net_runner_flush (runner);
}

static void
on_router (void *data)
{
  HarkNetRunner *runner = data;

  hark_net_router_restarted (runner->net, hark_net_runner_now ());
  hark_net_runner_flush (runner);
}

static void
on_group (void *user_data, const HarkEndpoint *from, const uint8_t *data, size_t len)
{
  HarkNetRunner *runner = user_data;

  hark_net_handle_group (runner->net, from, data, len, hark_net_runner_now ());
}

static const HarkMulticastHandlers multicast_handlers
  = {.on_group = on_group, .on_datagram = on_datagram, .on_batch_end = on_flush};

static const HarkUdpHandlers udp_handlers
  = {.on_datagram = on_datagram, .on_unreachable = on_unreachable, .on_batch_end = on_flush};

static const HarkIceHandlers ice_handlers = {.on_local = on_local,
                                             .on_state = on_ice_state,
                                             .on_packet = on_packet,
                                             .on_too_big = on_too_big,
                                             .on_flush = on_flush};

static const HarkTcpHandlers tcp_handlers = {.on_datagram = on_datagram,
                                             .on_unreachable = on_unreachable,
                                             .on_batch_end = on_flush,
                                             .is_signal = is_signal,
                                             .on_path = on_tcp_path};

static const HarkPathTcpHandlers path_tcp_handlers
  = {.on_state = on_state, .on_packet = on_tcp_packet, .on_flush = on_flush};

/* ---- names ----------------------------------------------------------------------- */

static void
on_endpoint (void *data, const HarkEndpoint *endpoint, HarkNameUse use)
{
  HarkNetRunner *runner = data;

  if (use == HARK_NAME_PEER)
    hark_net_add_peer (runner->net, endpoint, hark_net_runner_now ());
  else
    hark_net_bootstrap (runner->net, endpoint, hark_net_runner_now ());
  hark_net_runner_flush (runner);
}

void
hark_net_runner_resolve (HarkNetRunner *runner, const char *host_port)
{
  hark_names_resolve (runner->names, host_port, HARK_NAME_BOOTSTRAP);
}

void
hark_net_runner_add_peer (HarkNetRunner *runner, const char *host_port)
{
  hark_names_resolve (runner->names, host_port, HARK_NAME_PEER);
}

/* ---- life ------------------------------------------------------------------------ */

/* A router that is reached by none of what may be used is not asked for ports. */
static bool
may_ask_router (const char *bind)
{
  g_autoptr (HarkBound) bound = bind ? hark_bound_new (bind, NULL) : NULL;
  HarkEndpoint gateway, client;

  return !bound || (hark_router_find (&gateway, &client) && hark_bound_has (bound, &client));
}

static void
start_tcp (HarkNetRunner *runner)
{
  uint16_t port = hark_udp_get_port (runner->udp);

  runner->tcp = hark_tcp_new (port, runner->bind, runner->context, &tcp_handlers, runner);
  runner->tcps = hark_path_tcps_new (runner->tcp, runner->bind, runner->allow_loopback,
                                     runner->context, &path_tcp_handlers, runner);
  if (runner->portmap && hark_tcp_get_port (runner->tcp))
    hark_portmap_want (runner->portmap, port, true);
}

HarkNetRunner *
hark_net_runner_new (HarkNet *net,
                     const HarkNetRunnerConfig *config,
                     GMainContext *context,
                     void (*on_activity) (void *data),
                     void *data,
                     GError **error)
{
  g_autoptr (HarkUdp) udp = NULL;
  HarkIceConfig ice_config = {.bind = config->bind, .allow_loopback = config->allow_loopback};
  HarkNetRunner *runner = g_new0 (HarkNetRunner, 1);
  g_autoptr (HarkEgress) egress = hark_egress_new (config->lan_only);

  udp = hark_udp_new (config->port, config->bind, context, &udp_handlers, runner, error);
  if (!udp) {
    g_free (runner);
    return NULL;
  }
  if (config->jumbo)
    hark_net_set_jumbo (net, true);
  runner->net = net;
  runner->context
    = context ? g_main_context_ref (context) : g_main_context_ref (g_main_context_default ());
  runner->on_activity = on_activity;
  runner->bind = g_strdup (config->bind);
  runner->allow_loopback = config->allow_loopback;
  runner->data = data;
  runner->udp = g_steal_pointer (&udp);
  runner->egress = g_steal_pointer (&egress);
  hark_udp_set_egress (runner->udp, runner->egress);
  ice_config.egress = runner->egress;
  if (config->lan)
    runner->multicast = hark_multicast_new (config->bind, runner->egress, runner->context,
                                            &multicast_handlers, runner);
  runner->ice = hark_ice_new (&ice_config, runner->context, &ice_handlers, runner);
  runner->paths = g_hash_table_new_full (NULL, NULL, NULL, (GDestroyNotify) hark_ice_path_close);
  runner->tcp_paths
    = g_hash_table_new_full (NULL, NULL, NULL, (GDestroyNotify) hark_path_tcp_close);
  runner->names = hark_names_new (runner->egress, runner->context, on_endpoint, runner);
  if (config->map_ports && !config->lan_only && may_ask_router (config->bind)) {
    runner->portmap = hark_portmap_new (runner->context, on_mapping, on_router, runner);
    runner->path_ports = hark_path_ports_new (runner->portmap, on_local, runner);
    hark_portmap_want (runner->portmap, hark_udp_get_port (runner->udp), false);
  }
  /* routers and TCP lead beyond: neither is asked for anything */
  if (config->lan_only && config->map_ports)
    hark_egress_refuse (runner->egress);
  if (config->tcp && !config->lan_only)
    start_tcp (runner);
  runner->wall_clock = hark_wall_clock_new (runner->context, on_wall, runner);
  runner->interfaces = hark_interfaces_new (runner->context, on_interfaces, runner);
  runner->slept = get_slept ();
  runner->timer = g_source_new (&timer_funcs, sizeof (TimerSource));
  ((TimerSource *) runner->timer)->runner = runner;
  g_source_set_static_name (runner->timer, "hark-net");
  g_source_attach (runner->timer, runner->context);
  tell_hosts (runner, hark_net_runner_now ());
  runner->deadline = 0; /* it may have had commands already */
  return runner;
}

void
hark_net_runner_free (HarkNetRunner *runner)
{
  if (!runner)
    return;
  hark_path_ports_free (runner->path_ports);
  hark_portmap_free (runner->portmap);
  hark_names_free (runner->names);
  hark_wall_clock_free (runner->wall_clock);
  hark_interfaces_free (runner->interfaces);
  g_source_destroy (runner->timer);
  g_source_unref (runner->timer);
  g_hash_table_unref (runner->tcp_paths);
  hark_path_tcps_free (runner->tcps);
  hark_tcp_free (runner->tcp);
  g_hash_table_unref (runner->paths);
  hark_ice_free (runner->ice);
  hark_multicast_free (runner->multicast);
  hark_udp_free (runner->udp);
  hark_egress_free (runner->egress);
  g_main_context_unref (runner->context);
  g_free (runner->bind);
  g_free (runner);
}

unsigned
hark_net_runner_get_networks (const HarkNetRunner *runner)
{
  return runner->networks;
}

uint16_t
hark_net_runner_get_port (const HarkNetRunner *runner)
{
  return hark_udp_get_port (runner->udp);
}
