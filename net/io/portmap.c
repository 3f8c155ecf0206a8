#define G_LOG_DOMAIN "hark-io"

#include "net/io/portmap.h"

#include "net/base/token-bucket.h"
#include "net/io/router-news.h"
#include "net/io/router.h"

#include <arpa/inet.h>
#include <glib-unix.h>
#include <sodium.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define LIFE 7200         /* seconds we ask for; RFC 6887 section 15 */
#define LIFE_MIN 8        /* what a router says is kept between these: no storm of renewals (RFC */
#define LIFE_MAX 86400    /* 6887 section 11.2.1: 4 s at least), no mapping never looked at again */
#define RETRY 60          /* seconds until a router is asked again that gave nothing, doubling */
#define RETRY_MAX 3600    /* up to this */
#define PORT_MIN 1024     /* a port outside below this belongs to somebody else */
#define FREE_TIME_MS 1500 /* how long a shutdown waits for the router */
#define PCP_GROUP "224.0.0.1"
#define SSDP_GROUP "239.255.255.250"
#define NEWS_BURST 3                 /* of a router that says it restarted, or of who says so in */
#define NEWS_TIME (20 * HARK_SECOND) /* its name; then one in this time */

/* One port of ours. Owned by the state; changed under its lock. */
typedef struct {
  uint16_t port;
  bool tcp;
  unsigned wanted; /* 0: to be taken back, then forgotten */
  uint8_t nonce[HARK_PCP_NONCE_LEN];
  HarkMappingKind kind;
  HarkPortMapTrouble trouble;
  HarkEndpoint external; /* of the mapping, or of the one it was */
  bool told;
  gint64 due; /* monotonic: ask again */
  unsigned failures;
} Mapping;

/* Shared by both threads; the last one frees it. */
typedef struct {
  GMutex lock;
  GCond changed;
  GPtrArray *mappings;
  bool moved;           /* find the router again */
  int news_fd, ssdp_fd; /* what routers say to everybody; -1: somebody else has the port */
  HarkEndpoint gateway; /* as the thread found it; family 0: none */
  atomic_bool stop;     /* take all back and end */
  bool asking;          /* a router that gives: the next mapping may stand any moment */
  bool done;            /* the thread has */
  GMainContext *context;
  HarkPortMap *map; /* NULL once freed; in the context's thread only */
} State;

struct HarkPortMap {
  State *state;
  GSource *news_source, *ssdp_source; /* NULL: no socket */
  HarkRouterNews news;
  HarkTokenBucket patience; /* with news */
  void (*on_news) (void *data, const HarkPortMapNews *news);
  void (*on_restart) (void *data);
  void *data;
};

typedef struct {
  State *state;
  HarkPortMapNews news;
} NewsMessage;

static void
state_clear (void *data)
{
  State *state = data;

  g_mutex_clear (&state->lock);
  g_cond_clear (&state->changed);
  g_ptr_array_unref (state->mappings);
  g_main_context_unref (state->context);
  if (state->news_fd >= 0)
    close (state->news_fd);
  if (state->ssdp_fd >= 0)
    close (state->ssdp_fd);
}

static void
state_unref (State *state)
{
  g_atomic_rc_box_release_full (state, state_clear);
}

/* ---- the thread: one router, found once ------------------------------------------- */

typedef struct {
  State *state;
  bool has_gateway;
  HarkEndpoint gateway, client;
  HarkMappingKind language; /* what it answered to; NONE: not known yet */
  HarkUpnp *upnp;
  int joined;        /* interface on which the group of UPnP is; 0: none */
  atomic_bool never; /* taking back goes on although we are to stop */
} Worker;

static void
forget_router (Worker *worker)
{
  g_clear_pointer (&worker->upnp, hark_upnp_free);
  worker->language = HARK_MAPPING_NONE;
  worker->has_gateway = hark_router_find (&worker->gateway, &worker->client);
}

static HarkRouterResult
ask_in (Worker *worker,
        HarkMappingKind language,
        const HarkRouterRequest *request,
        HarkRouterAnswer *ret)
{
  switch (language) {
  case HARK_MAPPING_PCP:
    return hark_router_ask_pcp (request, ret);
  case HARK_MAPPING_NAT_PMP:
    return hark_router_ask_nat_pmp (request, ret);
  case HARK_MAPPING_UPNP:
    if (!worker->upnp)
      worker->upnp = hark_upnp_find (&worker->gateway, &worker->client, request->stop);
    return worker->upnp ? hark_upnp_ask (worker->upnp, request, ret) : HARK_ROUTER_SILENT;
  case HARK_MAPPING_NONE:
    break;
  }
  return HARK_ROUTER_SILENT;
}

/* In the language that worked, else in all of them. One that says no may still say yes in another.
 */
static HarkRouterResult
ask (Worker *worker, const HarkRouterRequest *request, HarkRouterAnswer *ret)
{
  static const HarkMappingKind languages[]
    = {HARK_MAPPING_PCP, HARK_MAPPING_NAT_PMP, HARK_MAPPING_UPNP};
  HarkRouterResult best = HARK_ROUTER_SILENT;

  if (worker->language != HARK_MAPPING_NONE) {
    best = ask_in (worker, worker->language, request, ret);
    if (best == HARK_ROUTER_GRANTED)
      return best;
    g_clear_pointer (&worker->upnp, hark_upnp_free); /* it may have been restarted */
  }
  for (unsigned i = 0; i < G_N_ELEMENTS (languages) && !atomic_load (request->stop); i++) {
    HarkRouterResult result = ask_in (worker, languages[i], request, ret);

    if (result == HARK_ROUTER_GRANTED) {
      worker->language = languages[i];
      return result;
    }
    if (result == HARK_ROUTER_REFUSED)
      best = result;
  }
  return best;
}

static HarkRouterRequest
request_for (Worker *worker, const Mapping *mapping, uint32_t lifetime, const atomic_bool *stop)
{
  HarkRouterRequest request = {
    .gateway = worker->gateway,
    .client = worker->client,
    .mapping = {.tcp = mapping->tcp, .port = mapping->port, .lifetime = lifetime},
    .stop = stop,
  };

  memcpy (request.mapping.nonce, mapping->nonce, sizeof mapping->nonce);
  request.mapping.suggested = mapping->external;
  if (!request.mapping.suggested.port)
    request.mapping.suggested.port = mapping->port;
  return request;
}

static gboolean
tell (gpointer data)
{
  NewsMessage *message = data;
  HarkPortMap *map = message->state->map;

  if (map)
    map->on_news (map->data, &message->news);
  return G_SOURCE_REMOVE;
}

static void
message_free (gpointer data)
{
  NewsMessage *message = data;

  state_unref (message->state);
  g_free (message);
}

/* Under the lock. */
static void
send_news (State *state, const Mapping *mapping)
{
  NewsMessage *message = g_new0 (NewsMessage, 1);
  GSource *source = g_idle_source_new ();

  message->state = g_atomic_rc_box_acquire (state);
  message->news = (HarkPortMapNews){.kind = mapping->kind,
                                    .trouble = mapping->trouble,
                                    .port = mapping->port,
                                    .tcp = mapping->tcp,
                                    .external = mapping->external};
  if (mapping->kind == HARK_MAPPING_NONE)
    message->news.external = (HarkEndpoint){0};
  g_source_set_priority (source, G_PRIORITY_DEFAULT);
  g_source_set_callback (source, tell, message, message_free);
  g_source_attach (source, state->context);
  g_source_unref (source);
}

static HarkPortMapTrouble
trouble_of (Worker *worker, HarkRouterResult result)
{
  if (!worker->has_gateway)
    return HARK_PORTMAP_NO_GATEWAY;
  return result == HARK_ROUTER_REFUSED ? HARK_PORTMAP_REFUSED : HARK_PORTMAP_SILENT;
}

static bool
is_of_use (const HarkEndpoint *external)
{
  return hark_endpoint_scope (external) == HARK_SCOPE_PUBLIC && external->port >= PORT_MIN;
}

/* Under the lock: what the router said of @mapping. */
static void
settle (Worker *worker, Mapping *mapping, HarkRouterResult result, const HarkRouterAnswer *answer)
{
  Mapping before = *mapping;
  gint64 now = g_get_monotonic_time ();

  if (result == HARK_ROUTER_GRANTED) {
    uint32_t life = CLAMP (answer->lifetime, LIFE_MIN, LIFE_MAX);

    mapping->kind = worker->language;
    mapping->external = answer->external;
    mapping->trouble = HARK_PORTMAP_OK;
    mapping->failures = 0;
    mapping->due = now + life / 2 * G_USEC_PER_SEC;
  } else {
    mapping->kind = HARK_MAPPING_NONE;
    mapping->trouble = trouble_of (worker, result);
  }
  if (result == HARK_ROUTER_GRANTED && !is_of_use (&answer->external)) {
    mapping->kind = HARK_MAPPING_NONE;
    mapping->trouble = HARK_PORTMAP_NOT_PUBLIC;
  }
  if (mapping->kind == HARK_MAPPING_NONE)
    mapping->due
      = now + MIN (RETRY << MIN (mapping->failures++, 6u), RETRY_MAX) * (gint64) G_USEC_PER_SEC;

  if (mapping->told && before.kind == mapping->kind && before.trouble == mapping->trouble
      && hark_endpoint_equal (&before.external, &mapping->external))
    return;
  mapping->told = true;
  g_debug ("port %u/%s: kind %d, trouble %d", mapping->port, mapping->tcp ? "tcp" : "udp",
           mapping->kind, mapping->trouble);
  send_news (worker->state, mapping);
}

static Mapping *
find (State *state, uint16_t port, bool tcp)
{
  for (guint i = 0; i < state->mappings->len; i++) {
    Mapping *mapping = g_ptr_array_index (state->mappings, i);

    if (mapping->port == port && mapping->tcp == tcp)
      return mapping;
  }
  return NULL;
}

static bool
stands (const Mapping *mapping)
{
  return mapping->kind != HARK_MAPPING_NONE || mapping->trouble == HARK_PORTMAP_NOT_PUBLIC;
}

/* Under the lock, which is let go while the router is asked. It is forgotten only then: a shutdown
 * waits for that. */
static void
take_back (Worker *worker, Mapping *mapping)
{
  HarkRouterRequest request = request_for (worker, mapping, 0, &worker->never);
  HarkRouterAnswer answer;

  if (stands (mapping) && worker->has_gateway) {
    g_mutex_unlock (&worker->state->lock);
    ask_in (worker, worker->language, &request, &answer);
    g_mutex_lock (&worker->state->lock);
  }
  mapping->kind = HARK_MAPPING_NONE;
  mapping->trouble = HARK_PORTMAP_OK;
  mapping->due = 0;
  if (mapping->wanted == 0 || atomic_load (&worker->state->stop))
    g_ptr_array_remove (worker->state->mappings, mapping);
  g_cond_broadcast (&worker->state->changed);
}

static void
ask_for (Worker *worker, Mapping *mapping)
{
  /* an answer that nobody waits for might leave a port open behind us */
  bool gives = worker->language != HARK_MAPPING_NONE;
  HarkRouterRequest request
    = request_for (worker, mapping, LIFE, gives ? &worker->never : &worker->state->stop);
  HarkRouterResult result = HARK_ROUTER_SILENT;
  HarkRouterAnswer answer = {0};
  uint16_t port = mapping->port;
  bool tcp = mapping->tcp;

  worker->state->asking = gives;
  g_mutex_unlock (&worker->state->lock);
  if (worker->has_gateway)
    result = ask (worker, &request, &answer);
  g_mutex_lock (&worker->state->lock);
  worker->state->asking = false;
  mapping = find (worker->state, port, tcp); /* nobody but us removes one */
  settle (worker, mapping, result, &answer);
}

/* Under the lock: the next thing to do, or NULL and when there will be one. */
static Mapping *
next_due (State *state, bool stop, gint64 *ret_until)
{
  gint64 now = g_get_monotonic_time ();

  *ret_until = G_MAXINT64;
  for (guint i = 0; i < state->mappings->len; i++) {
    Mapping *mapping = g_ptr_array_index (state->mappings, i);

    if (mapping->wanted == 0 || stop || mapping->due <= now)
      return mapping;
    *ret_until = MIN (*ret_until, mapping->due);
  }
  return NULL;
}

/* NOTIFY comes to a group, which is joined on the interface that leads to the router, and left on
 * the one that did: the kernel keeps memberships of interfaces that are gone, and a socket may
 * have 20. 224.0.0.1 needs no joining. */
static void
join_ssdp (Worker *worker)
{
  const int fd = worker->state->ssdp_fd;
  struct ip_mreqn group = {.imr_ifindex = worker->joined};

  if (fd < 0 || (int) worker->client.interface == worker->joined)
    return;
  inet_pton (AF_INET, SSDP_GROUP, &group.imr_multiaddr);
  if (worker->joined)
    setsockopt (fd, IPPROTO_IP, IP_DROP_MEMBERSHIP, &group, sizeof group);
  group.imr_ifindex = worker->joined = (int) worker->client.interface;
  setsockopt (fd, IPPROTO_IP, IP_ADD_MEMBERSHIP, &group, sizeof group);
}

static void
find_router (Worker *worker)
{
  State *state = worker->state;

  state->moved = false;
  for (guint i = 0; i < state->mappings->len; i++) {
    Mapping *mapping = g_ptr_array_index (state->mappings, i);

    mapping->due = 0;
    mapping->failures = 0;
  }
  g_mutex_unlock (&state->lock);
  forget_router (worker);
  if (worker->has_gateway)
    join_ssdp (worker);
  g_mutex_lock (&state->lock);
  state->gateway = worker->has_gateway ? worker->gateway : (HarkEndpoint){0};
}

static void *
run (void *data)
{
  Worker worker = {.state = data};
  State *state = worker.state;

  g_mutex_lock (&state->lock);
  for (;;) {
    bool stop = atomic_load (&state->stop);
    gint64 until;
    Mapping *mapping;

    if (state->moved && state->mappings->len > 0 && !stop) {
      find_router (&worker);
      continue;
    }
    mapping = next_due (state, stop, &until);
    if (mapping && (stop || mapping->wanted == 0))
      take_back (&worker, mapping);
    else if (mapping)
      ask_for (&worker, mapping);
    else if (stop)
      break;
    else if (until == G_MAXINT64)
      g_cond_wait (&state->changed, &state->lock);
    else
      g_cond_wait_until (&state->changed, &state->lock, until);
  }
  state->done = true;
  g_cond_broadcast (&state->changed);
  g_mutex_unlock (&state->lock);
  hark_upnp_free (worker.upnp);
  state_unref (state);
  return NULL;
}

/* ---- what routers say ------------------------------------------------------------- */

static HarkTime
now (void)
{
  return (HarkTime) g_get_monotonic_time () * (HARK_MS / 1000);
}

/* A socket that hears one group and nothing else, and shares its port; -1 where it cannot be had.
 */
static int
open_group (const char *group, uint16_t port)
{
  struct sockaddr_in place = {.sin_family = AF_INET, .sin_port = htons (port)};
  int fd = socket (AF_INET, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  int yes = 1;

  inet_pton (AF_INET, group, &place.sin_addr);
  if (fd >= 0
      && (setsockopt (fd, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes) < 0
          || bind (fd, (struct sockaddr *) &place, sizeof place) < 0)) {
    close (fd);
    fd = -1;
  }
  return fd;
}

/* Anybody on the network may send these; what is said in the router's name is believed now and
 * then. */
static gboolean
on_news_readable (int fd, GIOCondition condition, gpointer data)
{
  HarkPortMap *map = data;
  State *state = map->state;
  uint8_t packet[HARK_ROUTER_NEWS_LEN_MAX];
  struct sockaddr_storage from;
  socklen_t from_len = sizeof from;
  HarkEndpoint source, gateway;
  ssize_t len = recvfrom (fd, packet, sizeof packet, 0, (struct sockaddr *) &from, &from_len);
  bool again;

  (void) condition;
  g_mutex_lock (&state->lock);
  gateway = state->gateway;
  g_mutex_unlock (&state->lock);
  if (len < 0 || !hark_endpoint_from_sockaddr ((struct sockaddr *) &from, &source)
      || source.family != gateway.family || memcmp (source.ip, gateway.ip, sizeof source.ip) != 0)
    return G_SOURCE_CONTINUE;
  if (fd == state->ssdp_fd)
    again = hark_router_news_read_ssdp (&map->news, packet, (size_t) len);
  else
    again = source.port == HARK_PCP_PORT
            && hark_router_news_read (&map->news, packet, (size_t) len, now ());
  if (again && hark_token_bucket_take (&map->patience, 1, now ())) {
    g_debug ("the router says that it restarted");
    hark_portmap_moved (map);
    map->on_restart (map->data);
  }
  return G_SOURCE_CONTINUE;
}

static GSource *
watch_news (HarkPortMap *map, int fd)
{
  GSource *source;

  if (fd < 0)
    return NULL;
  source = g_unix_fd_source_new (fd, G_IO_IN);
  g_source_set_callback (source, G_SOURCE_FUNC (on_news_readable), map, NULL);
  g_source_attach (source, map->state->context);
  return source;
}

static void
unwatch (GSource *source)
{
  if (!source)
    return;
  g_source_destroy (source);
  g_source_unref (source);
}

/* ---- the other side --------------------------------------------------------------- */

HarkPortMap *
hark_portmap_new (GMainContext *context,
                  void (*on_news) (void *data, const HarkPortMapNews *news),
                  void (*on_restart) (void *data),
                  void *data)
{
  HarkPortMap *map = g_new0 (HarkPortMap, 1);
  State *state = g_atomic_rc_box_new0 (State);

  g_mutex_init (&state->lock);
  g_cond_init (&state->changed);
  state->mappings = g_ptr_array_new_with_free_func (g_free);
  state->moved = true;
  state->context = context ? g_main_context_ref (context) : g_main_context_ref_thread_default ();
  state->map = map;
  map->state = state;
  map->on_news = on_news;
  map->on_restart = on_restart;
  map->data = data;
  state->news_fd = open_group (PCP_GROUP, HARK_ROUTER_NEWS_PORT);
  state->ssdp_fd = open_group (SSDP_GROUP, HARK_ROUTER_SSDP_PORT);
  map->news_source = watch_news (map, state->news_fd);
  map->ssdp_source = watch_news (map, state->ssdp_fd);
  hark_token_bucket_init (&map->patience, (double) HARK_SECOND / NEWS_TIME, NEWS_BURST, now ());
  g_thread_unref (g_thread_new ("hark-portmap", run, g_atomic_rc_box_acquire (state)));
  return map;
}

/* Under the lock. A router that gave nothing is not waited for. */
static bool
any_stands (const State *state)
{
  for (guint i = 0; i < state->mappings->len; i++)
    if (stands (g_ptr_array_index (state->mappings, i)))
      return true;
  return state->asking;
}

void
hark_portmap_free (HarkPortMap *map)
{
  State *state;
  gint64 until = g_get_monotonic_time () + FREE_TIME_MS * G_TIME_SPAN_MILLISECOND;

  if (!map)
    return;
  state = map->state;
  state->map = NULL;
  unwatch (map->news_source);
  unwatch (map->ssdp_source);
  g_mutex_lock (&state->lock);
  atomic_store (&state->stop, true);
  g_cond_broadcast (&state->changed);
  while (!state->done && any_stands (state)
         && g_cond_wait_until (&state->changed, &state->lock, until))
    ;
  g_mutex_unlock (&state->lock);
  state_unref (state);
  g_free (map);
}

void
hark_portmap_want (HarkPortMap *map, uint16_t port, bool tcp)
{
  State *state = map->state;
  Mapping *mapping;

  g_mutex_lock (&state->lock);
  mapping = find (state, port, tcp);
  if (!mapping && state->mappings->len < HARK_PORTMAP_MAX) {
    mapping = g_new0 (Mapping, 1);
    mapping->port = port;
    mapping->tcp = tcp;
    randombytes_buf (mapping->nonce, sizeof mapping->nonce);
    g_ptr_array_add (state->mappings, mapping);
    g_cond_broadcast (&state->changed);
  }
  if (mapping)
    mapping->wanted++;
  g_mutex_unlock (&state->lock);
}

void
hark_portmap_unwant (HarkPortMap *map, uint16_t port, bool tcp)
{
  State *state = map->state;
  Mapping *mapping;

  g_mutex_lock (&state->lock);
  mapping = find (state, port, tcp);
  if (mapping && mapping->wanted > 0 && --mapping->wanted == 0)
    g_cond_broadcast (&state->changed);
  g_mutex_unlock (&state->lock);
}

void
hark_portmap_moved (HarkPortMap *map)
{
  State *state = map->state;

  g_mutex_lock (&state->lock);
  state->moved = true;
  g_cond_broadcast (&state->changed);
  g_mutex_unlock (&state->lock);
}
