#define G_LOG_DOMAIN "hark-io"

#include "net/io/ice.h"

#include "net/io/batch.h"

#include <gio/gio.h>
#include <sodium.h>
#include <string.h>

#define COMPONENT 1
#define BATCH_LEN_MAX 65507
#define LOST_TIME_US (15 * G_USEC_PER_SEC)    /* from LOST to FAILED */
#define CONNECT_TIME_US (20 * G_USEC_PER_SEC) /* from the first remote description to FAILED */
/* NAT mappings of silent sockets may be gone after 30 s */
#define SPARE_AGE_US (25 * G_USEC_PER_SEC)
#define SPARE_DELAY_US (200 * G_TIME_SPAN_MILLISECOND)
/* lets libnice's pending callbacks run out */
#define GRAVE_TIME_US (50 * G_TIME_SPAN_MILLISECOND)

struct HarkIce {
  HarkIceConfig config;
  char *bind;
  GMainContext *context;
  const HarkIceHandlers *handlers;
  void *user_data;
  GSource *source;         /* spares and graves */
  HarkEndpoint stun;       /* the last one asked for: spares use it */
  HarkIceAgent *spares[2]; /* by role; [1] is controlling */
  GPtrArray *graves;       /* agents to be freed when no callback of theirs can be on the stack */
  gint64 graves_at;
  gint64 spares_at; /* not earlier: a path that is being made comes first */
  unsigned n_paths;
};

struct HarkIcePath {
  HarkIce *ice; /* NULL once closed */
  uint32_t number;
  HarkIceAgent *agent;
  GSource *source;
  bool has_news; /* not yet told */
  bool too_big;  /* likewise */
  HarkPathState state;
  HarkPathInfo info;
  uint8_t told_candidates; /* of ours */
  bool told_complete;
  gint64 fail_at; /* monotonic; 0: never */

  GSocket *socket; /* of the selected pair; NULL: libnice has to send by itself */
  HarkBatch batch;
  unsigned since_flush; /* packets */

  uint8_t *kept; /* NULL or what the socket had no room for */
  size_t kept_len, kept_segment;
  gpointer kept_tag; /* watches the socket for room */
};

typedef struct {
  GSource source;
  void *owner; /* HarkIce or HarkIcePath */
} IceSource;

static void *
source_owner (GSource *source)
{
  return ((IceSource *) source)->owner;
}

static GSource *
source_new (GSourceFuncs *funcs, void *owner, const char *name, GMainContext *context)
{
  GSource *source = g_source_new (funcs, sizeof (IceSource));

  ((IceSource *) source)->owner = owner;
  g_source_set_static_name (source, name);
  g_source_attach (source, context);
  return source;
}

/* ---- spares and graves ----------------------------------------------------------- */

static void
bury (HarkIce *ice, HarkIceAgent *agent)
{
  agent->on_news = NULL;
  agent->on_packet = NULL;
  g_ptr_array_add (ice->graves, agent);
  ice->graves_at = g_get_monotonic_time () + GRAVE_TIME_US;
}

/* Has it what a path opened now would gather itself? A reflexive address is the same whoever was
 * asked. */
static bool
is_fresh (const HarkIce *ice, const HarkIceAgent *spare)
{
  HarkEndpoint hosts[HARK_HOSTS_MAX];
  size_t n;

  if (spare->failed || g_get_monotonic_time () - spare->made_at > SPARE_AGE_US)
    return false;
  if (!spare->reflexive && !hark_endpoint_equal (&spare->stun, &ice->stun))
    return false;
  n = hark_hosts_list (ice->bind, ice->config.allow_loopback, hosts);
  if (n != spare->n_hosts)
    return false;
  for (size_t i = 0; i < n; i++)
    if (!hark_endpoint_same_ip (&hosts[i], &spare->hosts[i]))
      return false;
  return true;
}

static void
arm (HarkIce *ice)
{
  gint64 at = ice->graves->len > 0 ? ice->graves_at : G_MAXINT64;

  for (int role = 0; role < 2; role++) {
    const HarkIceAgent *spare = ice->spares[role];

    if (spare && ice->stun.family)
      at = MIN (at, spare->made_at + SPARE_AGE_US);
    else if (spare || ice->stun.family)
      at = MIN (at, ice->spares_at);
  }
  g_source_set_ready_time (ice->source, at == G_MAXINT64 ? -1 : at);
}

static gboolean
dispatch_ice (GSource *source, GSourceFunc callback G_GNUC_UNUSED, gpointer data G_GNUC_UNUSED)
{
  HarkIce *ice = source_owner (source);

  if (ice->graves->len > 0 && g_get_monotonic_time () >= ice->graves_at)
    g_ptr_array_set_size (ice->graves, 0);
  for (int role = 0; role < 2 && g_get_monotonic_time () >= ice->spares_at; role++) {
    HarkIceAgent **spare = &ice->spares[role];

    if (*spare && ice->stun.family && is_fresh (ice, *spare))
      continue;
    if (*spare)
      bury (ice, g_steal_pointer (spare));
    if (ice->stun.family)
      *spare = hark_ice_agent_new (&ice->config, ice->context, role == 1, &ice->stun);
  }
  arm (ice);
  return G_SOURCE_CONTINUE;
}

static GSourceFuncs ice_funcs = {.dispatch = dispatch_ice};

static HarkIceAgent *
take_agent (HarkIce *ice, bool controlling)
{
  HarkIceAgent **spare = &ice->spares[controlling];

  if (*spare && ice->stun.family && is_fresh (ice, *spare))
    return g_steal_pointer (spare);
  return hark_ice_agent_new (&ice->config, ice->context, controlling, &ice->stun);
}

HarkIce *
hark_ice_new (const HarkIceConfig *config,
              GMainContext *context,
              const HarkIceHandlers *handlers,
              void *user_data)
{
  HarkIce *ice = g_new0 (HarkIce, 1);

  ice->bind = g_strdup (config->bind);
  ice->config = (HarkIceConfig){.bind = ice->bind, .allow_loopback = config->allow_loopback};
  ice->context = context ? g_main_context_ref (context) : g_main_context_ref_thread_default ();
  ice->handlers = handlers;
  ice->user_data = user_data;
  ice->graves = g_ptr_array_new_with_free_func ((GDestroyNotify) hark_ice_agent_free);
  ice->source = source_new (&ice_funcs, ice, "hark-ice", ice->context);
  return ice;
}

void
hark_ice_free (HarkIce *ice)
{
  if (!ice)
    return;
  g_assert (ice->n_paths == 0);
  g_source_destroy (ice->source);
  g_source_unref (ice->source);
  for (int role = 0; role < 2; role++)
    hark_ice_agent_free (ice->spares[role]);
  g_ptr_array_unref (ice->graves);
  g_main_context_unref (ice->context);
  g_free (ice->bind);
  g_free (ice);
}

static void
schedule (HarkIcePath *path)
{
  gint64 at = path->has_news || path->since_flush > 0 ? 0 : path->fail_at ? path->fail_at : -1;

  g_source_set_ready_time (path->source, at);
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
  if (path->socket)
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

static void
tell_local (HarkIcePath *path)
{
  HarkIce *ice = path->ice;
  HarkPathDescription local;

  if (path->agent->failed || path->told_complete)
    return;
  hark_ice_agent_describe (path->agent, &local);
  if (local.n_candidates > path->told_candidates || local.complete) {
    path->told_candidates = local.n_candidates;
    path->told_complete = local.complete;
    ice->handlers->on_local (ice->user_data, path->number, &local);
  }
  sodium_memzero (&local, sizeof local);
}

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
}

static bool
is_due (const HarkIcePath *path)
{
  return path->has_news || (path->fail_at && g_get_monotonic_time () >= path->fail_at);
}

static gboolean
dispatch_path (GSource *source, GSourceFunc callback G_GNUC_UNUSED, gpointer data G_GNUC_UNUSED)
{
  HarkIcePath *path = g_rc_box_acquire (source_owner (source)); /* handlers may close it */
  HarkIce *ice = path->ice;

  if (path->kept_tag && (g_source_query_unix_fd (source, path->kept_tag) & (G_IO_OUT | G_IO_ERR)))
    send_kept (path);
  if (is_due (path))
    tell_news (path);
  if (path->ice && path->since_flush > 0) {
    path->since_flush = 0;
    ice->handlers->on_flush (ice->user_data);
  }
  if (path->ice)
    schedule (path);
  g_rc_box_release (path);
  return G_SOURCE_CONTINUE;
}

static GSourceFuncs path_funcs = {.dispatch = dispatch_path};

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
    ice->handlers->on_packet (ice->user_data, path->number, packet, len);
  }
  if (path->ice && path->since_flush >= HARK_ICE_FLUSH_EVERY) {
    path->since_flush = 0;
    ice->handlers->on_flush (ice->user_data);
  }
  g_rc_box_release (path);
}

/* ---- paths ----------------------------------------------------------------------- */

HarkIcePath *
hark_ice_path_open (HarkIce *ice, uint32_t number, bool controlling, const HarkEndpoint stun[2])
{
  HarkIcePath *path = g_rc_box_new0 (HarkIcePath);

  ice->stun = !stun ? (HarkEndpoint){0} : stun[0].family ? stun[0] : stun[1];
  path->ice = ice;
  path->number = number;
  path->state = HARK_PATH_GATHERING;
  path->agent = take_agent (ice, controlling);
  path->agent->on_news = on_news;
  path->agent->on_packet = on_packet;
  path->agent->data = path;
  path->source = source_new (&path_funcs, path, "hark-ice-path", ice->context);
  ice->n_paths++;
  ice->spares_at = g_get_monotonic_time () + SPARE_DELAY_US;
  on_news (path);
  arm (ice);
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
  g_source_destroy (path->source);
  g_source_unref (path->source);
  bury (ice, g_steal_pointer (&path->agent));
  ice->n_paths--;
  arm (ice);
  g_rc_box_release (path);
}

void
hark_ice_path_set_remote (HarkIcePath *path, const HarkPathDescription *remote)
{
  if (path->state == HARK_PATH_FAILED)
    return;
  if (!path->agent->remote_ufrag[0])
    path->fail_at = g_get_monotonic_time () + CONNECT_TIME_US;
  hark_ice_agent_add_remote (path->agent, remote);
  on_news (path);
}
