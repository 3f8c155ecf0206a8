#define G_LOG_DOMAIN "hark-io"

#include "net/io/path-tcp.h"

#include "net/io/hosts.h"
#include "net/io/path-proof.h"

#include <sodium.h>
#include <string.h>

#define ROUND_MS 2000    /* between two rounds of dialling */
#define STANDBY_MS 10000 /* connections stay that long beside a working ICE pair */
#define REDIAL_MS 300    /* after a connection was lost */
#define GIVE_UP_MS 12000 /* without ICE and connection: the path is over */
#define PRIORITY 1000    /* of TCP candidates: below every UDP one (RFC 8445 section 5.1.2) */

typedef enum {
  UNUSED,
  DIALLED, /* our proof is sent */
  HELD,    /* their proof came before we knew their password */
  OPEN,    /* both proved */
} WayState;

typedef struct {
  WayState state;
  HarkTcpConnection *connection;
  uint8_t hello[HARK_PATH_PROOF_LEN]; /* DIALLED: ours, HELD: theirs */
  gint64 deadline;                    /* of the proof; monotonic */
} Way;

struct HarkPathTcps {
  HarkTcp *tcp;
  const char *bind;
  bool allow_loopback;
  GMainContext *context;
  const HarkPathTcpHandlers *handlers;
  void *user_data;
  HarkEndpoint mapped; /* family 0: none */
  bool urgent;
  GPtrArray *paths; /* HarkPathTcp */
};

struct HarkPathTcp {
  HarkPathTcps *tcps; /* NULL once closed */
  uint32_t number;
  bool controlling;
  gint64 patience_ms;
  GSource *source; /* NULL without a deadline: the main loop asks each one it has every time */
  HarkPathProofs proofs;
  HarkEndpoint candidates[HARK_PATH_TCP_DIALS_MAX]; /* of the peer */
  unsigned n_candidates;
  Way ways[HARK_PATH_TCP_WAYS_MAX];
  int chosen; /* of ways: where packets go; -1: none */
  HarkPathState ice;
  bool told;      /* READY by a connection, and nothing since */
  bool was_ready; /* either way, once */
  gint64 dial_at; /* monotonic; 0: not */
  unsigned rounds;
  gint64 standby_until; /* 0: connections are in use */
  gint64 give_up_at;    /* 0: not */
};

typedef struct {
  GSource source;
  HarkPathTcp *path;
} PathSource;

static gint64
in_ms (gint64 ms)
{
  return g_get_monotonic_time () + ms * 1000;
}

/* ---- ways ------------------------------------------------------------------------ */

static int
find_way (const HarkPathTcp *path, const HarkTcpConnection *connection)
{
  for (int i = 0; i < HARK_PATH_TCP_WAYS_MAX; i++)
    if (path->ways[i].state != UNUSED && path->ways[i].connection == connection)
      return i;
  return -1;
}

static int
free_way (const HarkPathTcp *path)
{
  for (int i = 0; i < HARK_PATH_TCP_WAYS_MAX; i++)
    if (path->ways[i].state == UNUSED)
      return i;
  return -1;
}

static int
first_open (const HarkPathTcp *path)
{
  for (int i = 0; i < HARK_PATH_TCP_WAYS_MAX; i++)
    if (path->ways[i].state == OPEN)
      return i;
  return -1;
}

static bool
is_busy (const HarkPathTcp *path)
{
  for (int i = 0; i < HARK_PATH_TCP_WAYS_MAX; i++)
    if (path->ways[i].state != UNUSED)
      return true;
  return path->dial_at != 0;
}

static void
forget_way (HarkPathTcp *path, int i)
{
  path->ways[i] = (Way){.state = UNUSED};
  if (path->chosen == i)
    path->chosen = first_open (path);
}

static void
drop_way (HarkPathTcp *path, int i)
{
  hark_tcp_connection_close (path->ways[i].connection);
  forget_way (path, i);
}

static gboolean dispatch (GSource *source, GSourceFunc callback, gpointer data);

static GSourceFuncs path_funcs = {.dispatch = dispatch};

static void
need_source (HarkPathTcp *path)
{
  if (path->source)
    return;
  path->source = g_source_new (&path_funcs, sizeof (PathSource));
  ((PathSource *) path->source)->path = path;
  g_source_set_static_name (path->source, "hark-path-tcp");
  g_source_attach (path->source, path->tcps->context);
}

static void
drop_source (HarkPathTcp *path)
{
  if (!path->source)
    return;
  g_source_destroy (path->source);
  g_source_unref (g_steal_pointer (&path->source));
}

static void
schedule (HarkPathTcp *path)
{
  gint64 at = G_MAXINT64;

  for (int i = 0; i < HARK_PATH_TCP_WAYS_MAX; i++) {
    if (path->ways[i].state == DIALLED || path->ways[i].state == HELD)
      at = MIN (at, path->ways[i].deadline);
    if (path->ways[i].state == HELD && path->proofs.remote.ufrag[0])
      at = 0; /* their proof can be judged now */
  }
  if (path->dial_at)
    at = MIN (at, path->dial_at);
  if (path->standby_until)
    at = MIN (at, path->standby_until);
  if (path->give_up_at)
    at = MIN (at, path->give_up_at);
  if (at == G_MAXINT64) {
    drop_source (path);
    return;
  }
  need_source (path);
  g_source_set_ready_time (path->source, at);
}

/* ---- telling --------------------------------------------------------------------- */

static HarkRoute
route_of (const HarkEndpoint *local, const HarkEndpoint *remote)
{
  return hark_endpoint_scope (local) < HARK_SCOPE_PUBLIC
             && hark_endpoint_scope (remote) < HARK_SCOPE_PUBLIC
           ? HARK_ROUTE_LAN
           : HARK_ROUTE_DIRECT;
}

static void
tell (HarkPathTcp *path, HarkPathState state)
{
  HarkPathTcps *tcps = path->tcps;
  HarkPathInfo info = {0};

  path->told = state == HARK_PATH_READY;
  g_debug ("path %u over TCP: state %d", path->number, state);
  if (path->told) {
    hark_tcp_connection_get_ends (path->ways[path->chosen].connection, &info.local, &info.remote);
    info.route = route_of (&info.local, &info.remote);
    path->was_ready = true;
    path->give_up_at = 0;
  }
  tcps->handlers->on_state (tcps->user_data, path->number, state, path->told ? &info : NULL);
}

/* One more connection stands. */
static void
opened (HarkPathTcp *path, int i)
{
  path->ways[i].state = OPEN;
  path->ways[i].deadline = 0;
  if (path->controlling && path->chosen >= 0) {
    drop_way (path, i); /* one too many */
    return;
  }
  if (path->chosen < 0)
    path->chosen = i;
  path->dial_at = 0;
  if (path->ice == HARK_PATH_READY)
    path->standby_until = in_ms (STANDBY_MS);
  else if (!path->told)
    tell (path, HARK_PATH_READY);
}

/* A connection is gone; perhaps it was the last. */
static void
closed (HarkPathTcp *path, int i)
{
  bool was_open = path->ways[i].state == OPEN;

  forget_way (path, i);
  if (path->chosen >= 0 || path->ice == HARK_PATH_READY)
    return;
  if (was_open) {
    path->rounds = 0;
    path->dial_at = path->n_candidates ? in_ms (REDIAL_MS) : 0;
  }
  if (path->told) {
    path->give_up_at = in_ms (GIVE_UP_MS);
    tell (path, HARK_PATH_LOST);
  } else if (path->ice == HARK_PATH_FAILED && !is_busy (path) && !path->give_up_at) {
    tell (path, HARK_PATH_FAILED);
  }
}

/* ---- connections ----------------------------------------------------------------- */

/* Their proof, now that it can be judged. */
static void
judge_hello (HarkPathTcp *path, int i)
{
  HarkTcpConnection *connection = path->ways[i].connection;
  uint8_t hello[HARK_PATH_PROOF_LEN], reply[HARK_PATH_PROOF_LEN];

  memcpy (hello, path->ways[i].hello, sizeof hello);
  if (!hark_path_proof_is_good (&path->proofs, hello)
      || !hark_path_proof_use (&path->proofs, hello)) {
    hark_tcp_connection_close (connection);
    closed (path, i);
    return;
  }
  hark_path_proof_write (&path->proofs, HARK_PATH_PROOF_REPLY, hello + HARK_PATH_PROOF_NONCE_AT,
                         reply);
  hark_tcp_connection_send (connection, reply, sizeof reply, sizeof reply);
  opened (path, i);
}

static bool
take_reply (HarkPathTcp *path, int i, const uint8_t *packet, size_t len)
{
  if (!hark_path_proof_is_for (&path->proofs, HARK_PATH_PROOF_REPLY, packet, len)
      || memcmp (packet + HARK_PATH_PROOF_NONCE_AT, path->ways[i].hello + HARK_PATH_PROOF_NONCE_AT,
                 HARK_PATH_PROOF_NONCE_LEN)
           != 0
      || !hark_path_proof_is_good (&path->proofs, packet))
    return false;
  opened (path, i);
  return true;
}

static void
on_packet (void *data, HarkTcpConnection *connection, const uint8_t *packet, size_t len)
{
  HarkPathTcp *path = g_rc_box_acquire (data); /* handlers may close it */
  int i = find_way (path, connection);

  g_assert (i >= 0);
  if (path->ways[i].state == OPEN) {
    HarkPathTcps *tcps = path->tcps;

    if (!path->controlling)
      path->chosen = i;
    tcps->handlers->on_packet (tcps->user_data, path->number, packet, len);
  } else if (path->ways[i].state == HELD || !take_reply (path, i, packet, len)) {
    hark_tcp_connection_close (connection);
    closed (path, i);
  }
  if (path->tcps)
    schedule (path);
  g_rc_box_release (path);
}

static void
on_batch_end (void *data, HarkTcpConnection *connection G_GNUC_UNUSED)
{
  HarkPathTcp *path = data;

  path->tcps->handlers->on_flush (path->tcps->user_data);
}

static void
on_closed (void *data, HarkTcpConnection *connection)
{
  HarkPathTcp *path = g_rc_box_acquire (data);
  int i = find_way (path, connection);

  g_assert (i >= 0);
  closed (path, i);
  if (path->tcps)
    schedule (path);
  g_rc_box_release (path);
}

static const HarkTcpPathHandlers tcp_handlers
  = {.on_packet = on_packet, .on_batch_end = on_batch_end, .on_closed = on_closed};

void
hark_path_tcps_accept (HarkPathTcps *tcps,
                       HarkTcpConnection *connection,
                       const uint8_t *data,
                       size_t len)
{
  HarkPathTcp *path = NULL;
  int i;

  for (guint at = 0; at < tcps->paths->len && !path; at++) {
    HarkPathTcp *one = tcps->paths->pdata[at];

    if (hark_path_proof_is_for (&one->proofs, HARK_PATH_PROOF_HELLO, data, len))
      path = one;
  }
  if (!path || (i = free_way (path)) < 0)
    return;

  path->ways[i]
    = (Way){.state = HELD, .connection = connection, .deadline = in_ms (HARK_PATH_TCP_PROOF_MS)};
  memcpy (path->ways[i].hello, data, len);
  hark_tcp_connection_take (connection, &tcp_handlers, path);
  g_rc_box_acquire (path);
  if (path->proofs.remote.ufrag[0])
    judge_hello (path, i);
  if (path->tcps)
    schedule (path);
  g_rc_box_release (path);
}

static void
dial (HarkPathTcp *path)
{
  path->dial_at = 0;
  if (path->rounds++ < HARK_PATH_TCP_ROUNDS_MAX)
    path->dial_at = in_ms (ROUND_MS);
  for (unsigned c = 0; c < path->n_candidates && path->dial_at; c++) {
    uint8_t hello[HARK_PATH_PROOF_LEN], nonce[HARK_PATH_PROOF_NONCE_LEN];
    HarkTcpConnection *connection;
    int i = free_way (path);

    if (i < 0)
      break;
    randombytes_buf (nonce, sizeof nonce);
    hark_path_proof_write (&path->proofs, HARK_PATH_PROOF_HELLO, nonce, hello);
    connection = hark_tcp_dial (path->tcps->tcp, &path->candidates[c], hello, sizeof hello,
                                &tcp_handlers, path);
    if (!connection)
      continue;
    path->ways[i] = (Way){
      .state = DIALLED, .connection = connection, .deadline = in_ms (HARK_PATH_TCP_PROOF_MS)};
    memcpy (path->ways[i].hello, hello, sizeof hello);
  }
}

/* ---- time ------------------------------------------------------------------------ */

static void
look_at_ways (HarkPathTcp *path, gint64 now)
{
  for (int i = 0; path->tcps && i < HARK_PATH_TCP_WAYS_MAX; i++) {
    WayState state = path->ways[i].state;

    if (state == HELD && path->proofs.remote.ufrag[0])
      judge_hello (path, i);
    else if ((state == DIALLED || state == HELD) && path->ways[i].deadline <= now) {
      hark_tcp_connection_close (path->ways[i].connection);
      closed (path, i);
    }
  }
}

static gboolean
dispatch (GSource *source, GSourceFunc callback G_GNUC_UNUSED, gpointer data G_GNUC_UNUSED)
{
  HarkPathTcp *path = g_rc_box_acquire (((PathSource *) source)->path);
  gint64 now = g_get_monotonic_time ();

  look_at_ways (path, now);
  if (path->tcps && path->standby_until && path->standby_until <= now) {
    path->standby_until = 0;
    for (int i = 0; i < HARK_PATH_TCP_WAYS_MAX; i++)
      if (path->ways[i].state != UNUSED)
        drop_way (path, i);
  }
  if (path->tcps && path->dial_at && path->dial_at <= now)
    dial (path);
  if (path->tcps && path->give_up_at && path->give_up_at <= now) {
    path->give_up_at = 0;
    path->dial_at = 0;
    if (path->ice == HARK_PATH_FAILED)
      tell (path, HARK_PATH_FAILED);
  }
  if (path->tcps && path->ice == HARK_PATH_FAILED && !path->told && !path->give_up_at
      && !is_busy (path))
    tell (path, HARK_PATH_FAILED);
  if (path->tcps)
    schedule (path);
  g_rc_box_release (path);
  return G_SOURCE_CONTINUE;
}

/* ---- both ends ------------------------------------------------------------------- */

static void
add_candidate (HarkPathDescription *local, const HarkEndpoint *endpoint)
{
  HarkCandidate *candidate = &local->candidates[local->n_candidates];

  if (local->n_candidates == HARK_CANDIDATES_MAX)
    return;
  *candidate = (HarkCandidate){.kind = HARK_CANDIDATE_TCP_PASSIVE,
                               .priority = PRIORITY - local->n_candidates,
                               .endpoint = *endpoint};
  candidate->endpoint.tcp = true;
  local->n_candidates++;
}

void
hark_path_tcp_add_local (HarkPathTcp *path, HarkPathDescription *local)
{
  HarkPathTcps *tcps = path->tcps;
  HarkEndpoint hosts[HARK_HOSTS_MAX];
  uint16_t port = hark_tcp_get_port (tcps->tcp);
  size_t n = hark_hosts_list (tcps->bind, tcps->allow_loopback, hosts);

  hark_path_proof_set (&path->proofs.local, local);
  if (!port)
    return;
  if (tcps->mapped.family)
    add_candidate (local, &tcps->mapped);
  for (size_t i = 0; i < MIN (n, HARK_PATH_TCP_DIALS_MAX); i++) {
    hosts[i].port = port;
    add_candidate (local, &hosts[i]);
  }
}

static void
set_candidates (HarkPathTcp *path, const HarkPathDescription *remote)
{
  unsigned n = 0;

  for (unsigned i = 0; i < remote->n_candidates && n < HARK_PATH_TCP_DIALS_MAX; i++)
    if (remote->candidates[i].kind == HARK_CANDIDATE_TCP_PASSIVE)
      path->candidates[n++] = remote->candidates[i].endpoint;
  if (n > path->n_candidates && path->chosen < 0 && path->ice != HARK_PATH_READY && !path->dial_at)
    path->dial_at = in_ms (path->tcps->urgent ? 0 : path->patience_ms);
  path->n_candidates = n;
}

void
hark_path_tcp_set_remote (HarkPathTcp *path,
                          const HarkPathDescription *remote,
                          HarkPathDescription *ret_udp)
{
  *ret_udp = *remote;
  ret_udp->n_candidates = 0;
  for (unsigned i = 0; i < remote->n_candidates; i++)
    if (remote->candidates[i].kind != HARK_CANDIDATE_TCP_PASSIVE)
      ret_udp->candidates[ret_udp->n_candidates++] = remote->candidates[i];

  if (path->proofs.remote.ufrag[0] && strcmp (path->proofs.remote.ufrag, remote->ufrag) != 0)
    return; /* as ICE does */
  hark_path_proof_set (&path->proofs.remote, remote);
  set_candidates (path, remote);
  schedule (path);
}

bool
hark_path_tcp_handle_ice (HarkPathTcp *path, HarkPathState state)
{
  bool pass = true;

  g_rc_box_acquire (path); /* handlers may close it */
  path->ice = state;
  switch (state) {
  case HARK_PATH_READY:
    path->told = false;
    path->was_ready = true;
    path->dial_at = path->give_up_at = 0;
    path->standby_until = in_ms (STANDBY_MS);
    break;
  case HARK_PATH_LOST:
  case HARK_PATH_FAILED:
    path->standby_until = 0;
    if (path->chosen >= 0) {
      if (!path->told)
        tell (path, HARK_PATH_READY);
      pass = false;
    } else {
      if (path->was_ready && path->n_candidates && !is_busy (path)) {
        path->rounds = 0;
        path->dial_at = g_get_monotonic_time ();
      }
      pass = state == HARK_PATH_LOST || (!is_busy (path) && !path->give_up_at);
    }
    break;
  case HARK_PATH_GATHERING:
  case HARK_PATH_CONNECTING:
    pass = !path->told;
    break;
  }
  if (path->tcps)
    schedule (path);
  g_rc_box_release (path);
  return pass;
}

bool
hark_path_tcp_is_active (const HarkPathTcp *path)
{
  return path->chosen >= 0 && path->ice != HARK_PATH_READY;
}

bool
hark_path_tcp_send (HarkPathTcp *path, const uint8_t *data, size_t len, size_t segment)
{
  return path->chosen >= 0
         && hark_tcp_connection_send (path->ways[path->chosen].connection, data, len, segment);
}

/* ---- life ------------------------------------------------------------------------ */

HarkPathTcp *
hark_path_tcp_open (HarkPathTcps *tcps, uint32_t number, bool controlling, bool soon)
{
  HarkPathTcp *path = g_rc_box_new0 (HarkPathTcp);

  path->tcps = tcps;
  path->number = number;
  path->controlling = controlling;
  path->patience_ms = soon ? HARK_PATH_TCP_SOON_MS : HARK_PATH_TCP_PATIENCE_MS;
  path->chosen = -1;
  path->ice = HARK_PATH_GATHERING;
  g_ptr_array_add (tcps->paths, path);
  return path;
}

static void
clear_path (void *data)
{
  sodium_memzero (data, sizeof (HarkPathTcp));
}

void
hark_path_tcp_close (HarkPathTcp *path)
{
  HarkPathTcps *tcps;

  if (!path)
    return;
  for (int i = 0; i < HARK_PATH_TCP_WAYS_MAX; i++)
    if (path->ways[i].state != UNUSED)
      drop_way (path, i);
  tcps = g_steal_pointer (&path->tcps);
  g_ptr_array_remove_fast (tcps->paths, path);
  drop_source (path);
  g_rc_box_release_full (path, clear_path);
}

HarkPathTcps *
hark_path_tcps_new (HarkTcp *tcp,
                    const char *bind,
                    bool allow_loopback,
                    GMainContext *context,
                    const HarkPathTcpHandlers *handlers,
                    void *user_data)
{
  HarkPathTcps *tcps = g_new0 (HarkPathTcps, 1);

  tcps->tcp = tcp;
  tcps->bind = bind;
  tcps->allow_loopback = allow_loopback;
  tcps->context = context ? context : g_main_context_default ();
  tcps->handlers = handlers;
  tcps->user_data = user_data;
  tcps->paths = g_ptr_array_new ();
  return tcps;
}

void
hark_path_tcps_free (HarkPathTcps *tcps)
{
  if (!tcps)
    return;
  g_assert (tcps->paths->len == 0);
  g_ptr_array_unref (tcps->paths);
  g_free (tcps);
}

void
hark_path_tcps_set_mapped (HarkPathTcps *tcps, const HarkEndpoint *external)
{
  tcps->mapped = *external;
}

void
hark_path_tcps_set_urgent (HarkPathTcps *tcps, bool urgent)
{
  tcps->urgent = urgent;
}
