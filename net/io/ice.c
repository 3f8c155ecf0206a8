#define G_LOG_DOMAIN "hark-io"

#include "net/io/ice.h"

#include "net/io/agent-pool.h"
#include "net/io/batch.h"
#include "net/io/taken.h"

#include <gio/gio.h>
#include <sodium.h>
#include <string.h>

#define COMPONENT 1
#define BATCH_LEN_MAX 65507
#define LOST_TIME_US (15 * G_USEC_PER_SEC)    /* from LOST to FAILED */
#define CONNECT_TIME_US (20 * G_USEC_PER_SEC) /* from the first remote description to FAILED */
/* Both ends are through with their checks and agree on a pair, or will: until the other end is as
 * well it only needs answers. What is on its way by then reaches the same socket. */
#define SETTLE_TIME_US (100 * G_TIME_SPAN_MILLISECOND)
/* The other end has not said that it has no more candidates, and mostly says nothing more about
 * them once the session is up: what is on its way still comes. */
#define SETTLE_TIME_UNTOLD_US (3 * G_USEC_PER_SEC)
/* Libnice's checks are over by then. */
#define SETTLE_TIME_MAX_US (10 * G_USEC_PER_SEC)
#define RETRY_TIME_US (20 * G_TIME_SPAN_MILLISECOND) /* while a batch waits for room */
/* The other end has settled on a pair, too, and said something (net/session/life.h): more sockets
 * are of no use */
#define PRUNE_TIME_US (15 * G_USEC_PER_SEC)

struct HarkIce {
  HarkIceConfig config;
  char *bind;
  GMainContext *context;
  const HarkIceHandlers *handlers;
  void *user_data;
  HarkIceAgentPool *pool;
  HarkSocketSet *sockets; /* of paths taken over; NULL: none can be */
  unsigned n_paths;
};

struct HarkIcePath {
  HarkIce *ice; /* NULL once closed */
  uint32_t number;
  HarkIceAgent *agent; /* NULL once it was taken over */
  HarkTaken *taken;    /* NULL before */
  GSource *source; /* NULL while nothing is due: the main loop asks each one it has every time */
  bool has_news;   /* not yet told */
  bool too_big;    /* likewise */
  bool moved;      /* likewise: taken->info has changed */
  bool unfit;      /* cannot be taken over */
  HarkPathState state;
  HarkPathInfo info;
  uint8_t told_candidates; /* of ours */
  bool told_complete;
  gint64 fail_at;    /* monotonic; 0: never */
  gint64 pair_at;    /* when the pair was selected */
  gint64 settled_at; /* when libnice was seen to be through with it; 0: it is not */
  gint64 take_at;    /* when to take it over; 0: not yet */
  gint64 prune_at;   /* when to close idle sockets; 0: never */

  GSocket *socket; /* of the selected pair; NULL: libnice has to send by itself */
  HarkBatch batch;
  unsigned since_flush; /* packets */

  uint8_t *kept; /* NULL or what the socket had no room for */
  size_t kept_len, kept_segment;
  gpointer kept_tag; /* watches the socket for room */
};

typedef struct {
  GSource source;
  HarkIcePath *path;
} PathSource;

/* ---- life ------------------------------------------------------------------------ */

static void
on_taken_flush (void *user_data)
{
  HarkIce *ice = user_data;

  ice->handlers->on_flush (ice->user_data);
}

static const HarkSocketHandlers socket_handlers
  = {.on_packet = hark_taken_handle_packet, .on_flush = on_taken_flush};

HarkIce *
hark_ice_new (const HarkIceConfig *config,
              GMainContext *context,
              const HarkIceHandlers *handlers,
              void *user_data)
{
  HarkIce *ice = g_new0 (HarkIce, 1);

  ice->bind = g_strdup (config->bind);
  ice->config = (HarkIceConfig){
    .bind = ice->bind, .allow_loopback = config->allow_loopback, .egress = config->egress};
  ice->context = context ? g_main_context_ref (context) : g_main_context_ref_thread_default ();
  ice->handlers = handlers;
  ice->user_data = user_data;
  ice->pool = hark_ice_agent_pool_new (&ice->config, ice->context);
  ice->sockets = hark_socket_set_new (ice->context, &socket_handlers, ice);
  return ice;
}

void
hark_ice_free (HarkIce *ice)
{
  if (!ice)
    return;
  g_assert (ice->n_paths == 0);
  hark_ice_agent_pool_free (ice->pool);
  hark_socket_set_free (ice->sockets);
  g_main_context_unref (ice->context);
  g_free (ice->bind);
  g_free (ice);
}

static gint64
earlier (gint64 a, gint64 b)
{
  return a == 0 ? b : b == 0 ? a : MIN (a, b);
}

static gboolean dispatch_path (GSource *source, GSourceFunc callback, gpointer data);

static GSourceFuncs path_funcs = {.dispatch = dispatch_path};

static void
need_source (HarkIcePath *path)
{
  if (path->source)
    return;
  path->source = g_source_new (&path_funcs, sizeof (PathSource));
  ((PathSource *) path->source)->path = path;
  g_source_set_static_name (path->source, "hark-ice-path");
  g_source_attach (path->source, path->ice->context);
}

static void
drop_source (HarkIcePath *path)
{
  if (!path->source)
    return;
  g_source_destroy (path->source);
  g_source_unref (g_steal_pointer (&path->source));
}

static void
schedule (HarkIcePath *path)
{
  gint64 at = earlier (path->fail_at, earlier (path->take_at, path->prune_at));

  if (!path->has_news && path->since_flush == 0 && at == 0 && !path->kept) {
    drop_source (path);
    return;
  }
  need_source (path);
  if (path->has_news || path->since_flush > 0)
    g_source_set_ready_time (path->source, 0);
  else
    g_source_set_ready_time (path->source, at == 0 ? -1 : at);
}

static void
on_news (void *data)
{
  HarkIcePath *path = data;

  path->has_news = true;
  schedule (path);
}

/* ---- sending --------------------------------------------------------------------- */

static void
drop_kept (HarkIcePath *path)
{
  if (path->kept_tag)
    g_source_remove_unix_fd (path->source, path->kept_tag);
  path->kept_tag = NULL;
  g_clear_pointer (&path->kept, g_free);
}

/* Returns bytes taken: whole packets, as many as libnice found room for. */
static size_t
send_by_libnice (HarkIcePath *path, const uint8_t *data, size_t len, size_t segment)
{
  GOutputVector vectors[64];
  NiceOutputMessage messages[64];
  guint n = 0;
  gint sent;

  for (size_t at = 0; at < len && n < G_N_ELEMENTS (messages); at += segment, n++) {
    vectors[n] = (GOutputVector){.buffer = data + at, .size = MIN (segment, len - at)};
    messages[n] = (NiceOutputMessage){.buffers = &vectors[n], .n_buffers = 1};
  }
  sent = nice_agent_send_messages_nonblocking (path->agent->nice, path->agent->stream, COMPONENT,
                                               messages, n, NULL, NULL);
  return sent > 0 ? MIN ((size_t) sent * segment, len) : 0;
}

static HarkBatchResult
send_now (HarkIcePath *path, const uint8_t *data, size_t len, size_t segment, size_t *ret_sent)
{
  if (path->socket || path->taken)
    return hark_batch_send (&path->batch, data, len, segment, ret_sent);
  *ret_sent = send_by_libnice (path, data, len, segment);
  return *ret_sent == len ? HARK_BATCH_SENT : HARK_BATCH_LOST;
}

bool
hark_ice_path_send (HarkIcePath *path, const uint8_t *data, size_t len, size_t segment)
{
  HarkBatchResult result;
  size_t sent;

  g_assert (segment > 0 && len <= BATCH_LEN_MAX);
  if (len == 0)
    return true;
  if (path->state != HARK_PATH_READY || path->kept)
    return false;

  result = send_now (path, data, len, segment, &sent);
  switch (result) {
  case HARK_BATCH_SENT:
    return true;
  case HARK_BATCH_BLOCKED:
    path->kept_len = len - sent;
    path->kept_segment = segment;
    path->kept = g_memdup2 (data + sent, path->kept_len);
    need_source (path);
    path->kept_tag = g_source_add_unix_fd (path->source, path->batch.fd, G_IO_OUT);
    return true;
  case HARK_BATCH_TOO_BIG:
    path->too_big = true;
    on_news (path);
    return false;
  case HARK_BATCH_LOST:
    return false;
  }
  return false;
}

static void
send_kept (HarkIcePath *path)
{
  g_autofree uint8_t *data = g_steal_pointer (&path->kept);
  size_t len = path->kept_len;

  drop_kept (path);
  hark_ice_path_send (path, data, len, path->kept_segment);
}

/* A new pair: its socket, its other end. What waited for the old socket is lost. */
static void
use_pair (HarkIcePath *path)
{
  drop_kept (path);
  g_clear_object (&path->socket);
  path->socket = nice_agent_get_selected_socket (path->agent->nice, path->agent->stream, COMPONENT);
  if (path->socket)
    hark_batch_init (&path->batch, g_socket_get_fd (path->socket), &path->info.remote, false);
}

/* ---- news ------------------------------------------------------------------------ */

static bool
same_pair (const HarkPathInfo *a, const HarkPathInfo *b)
{
  return hark_endpoint_equal (&a->local, &b->local) && hark_endpoint_equal (&a->remote, &b->remote);
}

/* The state that libnice's component is in, in our words. */
static HarkPathState
read_state (const HarkIcePath *path, HarkPathInfo *ret_info)
{
  if (!path->agent)
    return path->state;
  if (path->agent->failed || (path->fail_at && g_get_monotonic_time () >= path->fail_at))
    return HARK_PATH_FAILED;
  switch (nice_agent_get_component_state (path->agent->nice, path->agent->stream, COMPONENT)) {
  case NICE_COMPONENT_STATE_CONNECTED:
  case NICE_COMPONENT_STATE_READY:
    return hark_ice_agent_get_selected (path->agent, ret_info) ? HARK_PATH_READY : path->state;
  case NICE_COMPONENT_STATE_FAILED:
    return HARK_PATH_LOST;
  case NICE_COMPONENT_STATE_CONNECTING:
    return path->state == HARK_PATH_GATHERING ? HARK_PATH_CONNECTING : path->state;
  case NICE_COMPONENT_STATE_DISCONNECTED:
  case NICE_COMPONENT_STATE_GATHERING:
  case NICE_COMPONENT_STATE_LAST:
    break;
  }
  return path->state;
}

/* May close the path: nothing of it is touched after the handler. */
static void
tell_state (HarkIcePath *path)
{
  HarkIce *ice = path->ice;
  HarkPathInfo info = path->info;
  HarkPathState state;

  if (path->state == HARK_PATH_FAILED)
    return;
  state = read_state (path, &info);
  if (state == path->state && (state != HARK_PATH_READY || same_pair (&info, &path->info)))
    return;

  g_debug ("path %u: state %d -> %d", path->number, path->state, state);
  path->state = state;
  path->info = info;
  if (state == HARK_PATH_READY) {
    path->fail_at = 0;
    path->pair_at = g_get_monotonic_time ();
    use_pair (path);
  } else {
    drop_kept (path);
  }
  if (state == HARK_PATH_LOST)
    path->fail_at = g_get_monotonic_time () + LOST_TIME_US;
  if (state == HARK_PATH_FAILED)
    path->fail_at = 0;
  ice->handlers->on_state (ice->user_data, path->number, state,
                           state == HARK_PATH_READY ? &info : NULL);
}

/* The pair that is in use after the takeover has changed. */
static void
tell_moved (HarkIcePath *path)
{
  HarkIce *ice = path->ice;
  HarkPathInfo info = *hark_taken_get_info (path->taken);

  path->moved = false;
  drop_kept (path);
  path->info = info;
  hark_batch_init (&path->batch, hark_taken_get_fd (path->taken), &info.remote, false);
  ice->handlers->on_state (ice->user_data, path->number, HARK_PATH_READY, &info);
}

static void
tell_local (HarkIcePath *path)
{
  HarkIce *ice = path->ice;
  HarkPathDescription local;

  if (!path->agent || path->agent->failed || path->told_complete)
    return;
  hark_ice_agent_describe (path->agent, &local);
  if (local.n_candidates > path->told_candidates || local.complete) {
    path->told_candidates = local.n_candidates;
    path->told_complete = local.complete;
    ice->handlers->on_local (ice->user_data, path->number, &local);
  }
  sodium_memzero (&local, sizeof local);
}

/* ---- takeover -------------------------------------------------------------------- */

static void
on_taken_packet (void *owner, const HarkEndpoint *from, const uint8_t *data, size_t len)
{
  HarkIcePath *path = owner;
  HarkIce *ice = path->ice;

  ice->handlers->on_packet (ice->user_data, path->number, from, data, len);
}

static void
on_taken_moved (void *owner)
{
  HarkIcePath *path = owner;

  path->moved = true;
  on_news (path);
}

static const HarkTakenHandlers taken_handlers
  = {.on_packet = on_taken_packet, .on_moved = on_taken_moved};

/* When libnice has nothing more to do for the path; 0: not known yet. */
static void
plan_takeover (HarkIcePath *path)
{
  path->take_at = 0;
  if (!path->agent || path->state != HARK_PATH_READY || !path->ice->sockets || path->unfit)
    return;
  if (!hark_ice_agent_is_settled (path->agent))
    path->settled_at = 0;
  else if (!path->settled_at)
    path->settled_at = g_get_monotonic_time ();
  path->take_at = path->pair_at + SETTLE_TIME_MAX_US;
  if (path->settled_at && hark_ice_agent_is_told_all (path->agent))
    path->take_at = MAX (path->pair_at, path->settled_at) + SETTLE_TIME_US;
  else if (path->settled_at)
    path->take_at
      = MIN (path->take_at, MAX (path->pair_at, path->settled_at) + SETTLE_TIME_UNTOLD_US);
}

/* Not inside of a call from libnice: its agent goes at once, or it would read on. */
static void
take_over (HarkIcePath *path)
{
  gint64 now = g_get_monotonic_time ();

  if (path->kept) {
    path->take_at = now + RETRY_TIME_US;
    return;
  }
  path->take_at = 0;
  path->taken
    = hark_taken_new (path->ice->sockets, path->agent, &path->info, &taken_handlers, path);
  if (!path->taken) {
    g_debug ("path %u: stays with libnice", path->number);
    path->unfit = true;
    return;
  }
  g_debug ("path %u: taken over", path->number);
  g_clear_object (&path->socket);
  g_clear_pointer (&path->agent, hark_ice_agent_free);
  hark_batch_init (&path->batch, hark_taken_get_fd (path->taken), &path->info.remote, false);
  path->prune_at = now + PRUNE_TIME_US;
}

bool
hark_ice_path_is_taken (const HarkIcePath *path)
{
  return path->taken != NULL;
}

void
hark_ice_path_follow (HarkIcePath *path, const HarkEndpoint *to)
{
  if (path->taken)
    hark_taken_follow (path->taken, to);
}

/* ---- the main loop ---------------------------------------------------------------- */

static void
tell_news (HarkIcePath *path)
{
  HarkIce *ice = path->ice;

  path->has_news = false;
  if (path->too_big) {
    path->too_big = false;
    ice->handlers->on_too_big (ice->user_data, path->number);
  }
  if (path->ice)
    tell_local (path);
  if (path->ice)
    tell_state (path);
  if (path->ice && path->moved)
    tell_moved (path);
  if (path->ice)
    plan_takeover (path);
}

static bool
is_past (gint64 at)
{
  return at && g_get_monotonic_time () >= at;
}

static bool
is_due (const HarkIcePath *path)
{
  return path->has_news || is_past (path->fail_at);
}

static gboolean
dispatch_path (GSource *source, GSourceFunc callback G_GNUC_UNUSED, gpointer data G_GNUC_UNUSED)
{
  HarkIcePath *path = g_rc_box_acquire (((PathSource *) source)->path); /* handlers may close it */
  HarkIce *ice = path->ice;

  if (path->kept_tag && (g_source_query_unix_fd (source, path->kept_tag) & (G_IO_OUT | G_IO_ERR)))
    send_kept (path);
  if (is_due (path))
    tell_news (path);
  if (path->ice && path->since_flush > 0) {
    path->since_flush = 0;
    ice->handlers->on_flush (ice->user_data);
  }
  if (path->ice && is_past (path->take_at))
    take_over (path);
  if (path->ice && is_past (path->prune_at)) {
    path->prune_at = 0;
    hark_taken_prune (path->taken);
  }
  if (path->ice)
    schedule (path);
  g_rc_box_release (path);
  return G_SOURCE_CONTINUE;
}

static void
on_packet (void *data, const uint8_t *packet, size_t len)
{
  HarkIcePath *path = g_rc_box_acquire (data); /* handlers may close it */
  HarkIce *ice = path->ice;

  if (path->has_news)
    tell_news (path); /* READY comes before the first packet */
  if (path->ice) {
    if (path->since_flush++ == 0)
      schedule (path);
    ice->handlers->on_packet (ice->user_data, path->number, NULL, packet, len);
  }
  if (path->ice && path->since_flush >= HARK_ICE_FLUSH_EVERY) {
    path->since_flush = 0;
    ice->handlers->on_flush (ice->user_data);
  }
  g_rc_box_release (path);
}

/* ---- paths ----------------------------------------------------------------------- */

void
hark_ice_renew (HarkIce *ice)
{
  hark_ice_agent_pool_renew (ice->pool);
}

HarkIcePath *
hark_ice_path_open (HarkIce *ice, uint32_t number, bool controlling, const HarkEndpoint stun[2])
{
  HarkIcePath *path = g_rc_box_new0 (HarkIcePath);

  hark_ice_agent_pool_set_stun (ice->pool, !stun            ? &(HarkEndpoint){0}
                                           : stun[0].family ? &stun[0]
                                                            : &stun[1]);
  path->ice = ice;
  path->number = number;
  path->state = HARK_PATH_GATHERING;
  path->agent = hark_ice_agent_pool_take (ice->pool, controlling);
  path->agent->on_news = on_news;
  path->agent->on_packet = on_packet;
  path->agent->data = path;
  ice->n_paths++;
  on_news (path);
  return path;
}

void
hark_ice_path_close (HarkIcePath *path)
{
  HarkIce *ice;

  if (!path)
    return;
  ice = g_steal_pointer (&path->ice);
  drop_kept (path);
  g_clear_object (&path->socket);
  drop_source (path);
  if (path->agent)
    hark_ice_agent_pool_bury (ice->pool, g_steal_pointer (&path->agent));
  g_clear_pointer (&path->taken, hark_taken_free);
  ice->n_paths--;
  g_rc_box_release (path);
}

void
hark_ice_path_set_remote (HarkIcePath *path, const HarkPathDescription *remote)
{
  if (path->state == HARK_PATH_FAILED || !path->agent)
    return;
  if (!path->agent->remote.ufrag[0])
    path->fail_at = g_get_monotonic_time () + CONNECT_TIME_US;
  hark_ice_agent_add_remote (path->agent, remote);
  on_news (path);
}
