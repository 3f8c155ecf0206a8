#include "tests/sim/path.h"

#include "net/base/writer.h"

#include <glib.h>
#include <string.h>

#define CHECK_INTERVAL (20 * HARK_MS) /* while no pair works */
#define WATCH_INTERVAL (250 * HARK_MS)
#define LOST_AFTER (8 * HARK_SECOND)
#define FAILED_AFTER (30 * HARK_SECOND)
#define TAKEN_AFTER (4 * HARK_SECOND)
#define STUN_INTERVAL (100 * HARK_MS)
#define STUN_TRIES 5
#define REMOTES_MAX (HARK_CANDIDATES_MAX + 8) /* theirs, and addresses they turned out to have */

#define CHECK_REQUEST 0x00
#define CHECK_ANSWER 0x01
#define CHECK_MARK 0xc4 /* where STUN has the length's first byte, which is small */
#define CHECK_LEN (3 + 2 * HARK_UFRAG_LEN + HARK_PASSWORD_LEN)

#define STUN_COOKIE 0x2112a442U
#define STUN_LEN 20

typedef struct {
  HarkEndpoint endpoint;
  uint32_t priority;
  HarkTime answered; /* last answered check; 0 for never */
} Remote;

struct HarkSimPath {
  HarkSimNetwork *network;
  unsigned host;
  uint32_t number;
  uint16_t port;
  HarkEndpoint bound; /* own address; port 0 */
  const HarkSimPathEvents *events;
  void *data;
  HarkSimTimer *timer;

  HarkEndpoint stun[2];
  unsigned stun_tries;
  uint8_t stun_id[12];
  HarkTime stun_next;

  HarkPathDescription local, remote;
  bool has_remote;
  Remote remotes[REMOTES_MAX];
  unsigned n_remotes;
  int selected; /* index of the remote that carries data; -1 for none */
  HarkPathState state;
  HarkTime check_next;
  HarkTime last_answer; /* of any remote, or when checks began */
  HarkTime selected_at;
  bool taken;         /* checks nothing any more */
  HarkEndpoint asked; /* to be followed when it answers; family 0: none */
};

bool
hark_sim_path_is_at_home (const HarkSimPath *path)
{
  HarkEndpoint now = hark_sim_network_get_address (path->network, path->host);

  return hark_endpoint_same_ip (&now, &path->bound);
}

bool
hark_sim_path_is_seen (const HarkSimPath *path)
{
  for (unsigned i = 0; i < path->local.n_candidates; i++)
    if (path->local.candidates[i].kind == HARK_CANDIDATE_SERVER_REFLEXIVE)
      return true;
  return false;
}

/* Sends from the address the socket is bound to; false when the link refuses the size. */
static bool
send_from (HarkSimPath *path, const HarkEndpoint *to, const uint8_t *bytes, size_t len)
{
  return !hark_sim_path_is_at_home (path)
         || hark_sim_network_send (path->network, path->host, path->port, to, bytes, len);
}

static const char ice_chars[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

static void
random_word (HarkRng *rng, char *ret, size_t len)
{
  for (size_t i = 0; i < len; i++)
    ret[i] = ice_chars[hark_rng_below (rng, 64)];
  ret[len] = '\0';
}

static void
arm (HarkSimPath *path)
{
  hark_sim_timer_set (path->timer, hark_time_min (path->stun_next, path->check_next));
}

/* ---- gathering ------------------------------------------------------------------- */

static void
add_local (HarkSimPath *path, HarkCandidateKind kind, const HarkEndpoint *endpoint)
{
  HarkPathDescription *local = &path->local;

  for (unsigned i = 0; i < local->n_candidates; i++)
    if (hark_endpoint_equal (&local->candidates[i].endpoint, endpoint))
      return;
  if (local->n_candidates == HARK_CANDIDATES_MAX)
    return;
  local->candidates[local->n_candidates++] = (HarkCandidate){
    .kind = kind,
    .priority = (kind == HARK_CANDIDATE_HOST ? 126U : 100U) << 24 | 65535U << 8
                | 255U, /* RFC 8445 section 5.1.2.1 */
    .endpoint = *endpoint,
  };
}

static void
ask_stun (HarkSimPath *path)
{
  uint8_t request[STUN_LEN];
  HarkWriter writer;

  hark_writer_init (&writer, request, sizeof request);
  hark_writer_u16 (&writer, 0x0001); /* Binding request, RFC 8489 section 5 */
  hark_writer_u16 (&writer, 0);
  hark_writer_u32 (&writer, STUN_COOKIE);
  hark_writer_bytes (&writer, path->stun_id, sizeof path->stun_id);
  for (int i = 0; i < 2; i++)
    if (path->stun[i].family)
      send_from (path, &path->stun[i], request, sizeof request);
}

static void
tell_local (HarkSimPath *path)
{
  if (path->number)
    path->events->on_gathered (path->data, path->number, &path->local);
}

static void
finish_gathering (HarkSimPath *path)
{
  path->stun_next = HARK_TIME_NEVER;
  path->local.complete = true;
  tell_local (path);
}

/* A Binding response with our transaction: takes the XOR-MAPPED-ADDRESS (RFC 8489 section 14.2). */
static void
handle_stun (HarkSimPath *path, const uint8_t *bytes, size_t len)
{
  size_t at = STUN_LEN;

  if (len < STUN_LEN || bytes[0] != 0x01 || bytes[1] != 0x01 || path->local.complete
      || memcmp (bytes + 8, path->stun_id, sizeof path->stun_id) != 0)
    return;
  while (at + 4 <= len) {
    unsigned type = (unsigned) bytes[at] << 8 | bytes[at + 1];
    size_t size = (size_t) bytes[at + 2] << 8 | bytes[at + 3];

    if (at + 4 + size > len)
      return;
    if (type == 0x0020 && size == 8 && bytes[at + 5] == 1) {
      HarkEndpoint mapped = {.family = 4};

      mapped.port
        = (uint16_t) (((unsigned) bytes[at + 6] << 8 | bytes[at + 7]) ^ STUN_COOKIE >> 16);
      for (int i = 0; i < 4; i++)
        mapped.ip[i] = bytes[at + 8 + (size_t) i] ^ bytes[4 + i];
      add_local (path, HARK_CANDIDATE_SERVER_REFLEXIVE, &mapped);
      finish_gathering (path);
      return;
    }
    at += 4 + (size + 3) / 4 * 4;
  }
}

/* ---- checks ---------------------------------------------------------------------- */

static void
set_state (HarkSimPath *path, HarkPathState state)
{
  HarkPathInfo info = {0};

  path->state = state;
  if (state == HARK_PATH_READY) {
    info.local = path->bound;
    info.local.port = path->port;
    info.remote = path->remotes[path->selected].endpoint;
    info.route = hark_endpoint_scope (&info.local) != HARK_SCOPE_PUBLIC
                     && hark_endpoint_scope (&info.remote) != HARK_SCOPE_PUBLIC
                   ? HARK_ROUTE_LAN
                   : HARK_ROUTE_DIRECT;
  }
  path->events->on_state (path->data, path->number, state, state == HARK_PATH_READY ? &info : NULL);
}

static void
send_check (HarkSimPath *path, uint8_t type, const HarkEndpoint *to)
{
  uint8_t check[CHECK_LEN];
  HarkWriter writer;

  hark_writer_init (&writer, check, sizeof check);
  hark_writer_u8 (&writer, type);
  hark_writer_u8 (&writer, 0);
  hark_writer_u8 (&writer, CHECK_MARK);
  hark_writer_bytes (&writer, path->remote.ufrag, HARK_UFRAG_LEN);
  hark_writer_bytes (&writer, path->local.ufrag, HARK_UFRAG_LEN);
  hark_writer_bytes (&writer, path->remote.password, HARK_PASSWORD_LEN);
  send_from (path, to, check, sizeof check);
}

/* The remote with @endpoint; with @learn it is added when it is new (a peer-reflexive candidate).
 */
static Remote *
find_remote (HarkSimPath *path, const HarkEndpoint *endpoint, bool learn, uint32_t priority)
{
  for (unsigned i = 0; i < path->n_remotes; i++)
    if (hark_endpoint_equal (&path->remotes[i].endpoint, endpoint))
      return &path->remotes[i];
  if (!learn || path->n_remotes == REMOTES_MAX)
    return NULL;
  path->remotes[path->n_remotes] = (Remote){.endpoint = *endpoint, .priority = priority};
  return &path->remotes[path->n_remotes++];
}

/* Data goes to the best remote that answered lately. */
static void
select_remote (HarkSimPath *path)
{
  HarkTime now = hark_sim_network_now (path->network);
  int best = -1;

  for (unsigned i = 0; i < path->n_remotes; i++) {
    const Remote *remote = &path->remotes[i];

    if (remote->answered && hark_time_since (now, remote->answered) < 4 * WATCH_INTERVAL
        && (best < 0 || remote->priority > path->remotes[best].priority))
      best = (int) i;
  }
  if (best >= 0 && (best != path->selected || path->state != HARK_PATH_READY)) {
    path->selected = best;
    path->selected_at = now;
    set_state (path, HARK_PATH_READY);
  }
}

/* Whoever is where the peer seems to have moved knows the password. */
static void
finish_following (HarkSimPath *path, Remote *remote)
{
  if (path->asked.family == 0 || !hark_endpoint_equal (&path->asked, &remote->endpoint))
    return;
  path->asked.family = 0;
  path->selected = (int) (remote - path->remotes);
  set_state (path, HARK_PATH_READY);
}

static void
handle_check (HarkSimPath *path, const HarkEndpoint *from, const uint8_t *bytes, size_t len)
{
  const uint8_t *ours = bytes + 3;
  const uint8_t *theirs = ours + HARK_UFRAG_LEN;
  const uint8_t *password = theirs + HARK_UFRAG_LEN;
  Remote *remote;

  if (len != CHECK_LEN || !path->has_remote || path->state == HARK_PATH_FAILED
      || memcmp (ours, path->local.ufrag, HARK_UFRAG_LEN) != 0
      || memcmp (theirs, path->remote.ufrag, HARK_UFRAG_LEN) != 0
      || memcmp (password, path->local.password, HARK_PASSWORD_LEN) != 0)
    return;

  if (path->taken && bytes[0] == CHECK_REQUEST) {
    send_check (path, CHECK_ANSWER, from);
    return;
  }
  remote = find_remote (path, from, !path->taken, 110U << 24);
  if (!remote)
    return;
  if (bytes[0] == CHECK_REQUEST) {
    send_check (path, CHECK_ANSWER, from);
    if (!remote->answered)
      send_check (path, CHECK_REQUEST, from); /* triggered check, RFC 8445 section 7.3.1.4 */
    return;
  }
  remote->answered = path->last_answer = hark_sim_network_now (path->network);
  if (path->taken)
    finish_following (path, remote);
  else
    select_remote (path);
}

static void
check_all (HarkSimPath *path, HarkTime now)
{
  HarkTime silence = hark_time_since (now, path->last_answer);

  if (path->state == HARK_PATH_READY && silence < 2 * WATCH_INTERVAL
      && now - path->selected_at >= TAKEN_AFTER) {
    path->taken = true;
    path->check_next = HARK_TIME_NEVER;
    return;
  }
  if (silence > FAILED_AFTER) {
    path->check_next = HARK_TIME_NEVER;
    set_state (path, HARK_PATH_FAILED);
    return;
  }
  if (silence > LOST_AFTER && path->state != HARK_PATH_LOST) {
    path->selected = -1;
    set_state (path, HARK_PATH_LOST);
  }
  for (unsigned i = 0; i < path->n_remotes; i++)
    send_check (path, CHECK_REQUEST, &path->remotes[i].endpoint);
  if (path->state == HARK_PATH_READY)
    select_remote (path);
  path->check_next
    = now
      + (path->state == HARK_PATH_CONNECTING && silence < HARK_SECOND ? CHECK_INTERVAL
                                                                      : WATCH_INTERVAL);
}

/* ---- doors ----------------------------------------------------------------------- */

static void
on_time (void *data)
{
  HarkSimPath *path = data;
  HarkTime now = hark_sim_network_now (path->network);

  if (path->stun_next <= now) {
    if (path->stun_tries++ < STUN_TRIES) {
      ask_stun (path);
      path->stun_next = now + STUN_INTERVAL;
    } else {
      finish_gathering (path);
    }
  }
  if (path->check_next <= now)
    check_all (path, now);
  arm (path);
}

static void
on_datagram (void *data, const HarkEndpoint *from, const uint8_t *bytes, size_t len)
{
  HarkSimPath *path = data;

  if (len == 0 || !hark_sim_path_is_at_home (path))
    return;
  if (bytes[0] > 3) {
    const Remote *remote = find_remote (path, from, false, 0);

    if (remote || path->taken)
      path->events->on_packet (path->data, path->number, path->taken ? from : NULL, bytes, len);
  } else if (len > 3 && bytes[2] == CHECK_MARK) {
    handle_check (path, from, bytes, len);
    arm (path);
  } else {
    handle_stun (path, bytes, len);
    arm (path);
  }
}

HarkSimPath *
hark_sim_path_new (HarkSimNetwork *network,
                   unsigned host,
                   uint32_t number,
                   const HarkEndpoint stun[2],
                   const HarkSimPathEvents *events,
                   void *data)
{
  HarkSimPath *path = g_new0 (HarkSimPath, 1);
  HarkRng *rng = hark_sim_network_rng (network);

  path->network = network;
  path->host = host;
  path->number = number;
  path->events = events;
  path->data = data;
  path->port = hark_sim_network_bind (network, host, 0, on_datagram, path);
  path->bound = hark_sim_network_get_address (network, host);
  path->timer = hark_sim_timer_new (network, on_time, path);
  memcpy (path->stun, stun, sizeof path->stun);
  hark_rng_bytes (rng, path->stun_id, sizeof path->stun_id);
  random_word (rng, path->local.ufrag, HARK_UFRAG_LEN);
  random_word (rng, path->local.password, HARK_PASSWORD_LEN);
  path->selected = -1;
  path->state = HARK_PATH_GATHERING;
  path->check_next = path->stun_next = HARK_TIME_NEVER;
  return path;
}

void
hark_sim_path_free (HarkSimPath *path)
{
  if (!path)
    return;
  hark_sim_network_unbind (path->network, path->host, path->port);
  hark_sim_timer_free (path->timer);
  g_free (path);
}

void
hark_sim_path_start (HarkSimPath *path)
{
  HarkEndpoint own = path->bound;

  own.port = path->port;
  add_local (path, HARK_CANDIDATE_HOST, &own);
  if (path->stun[0].family || path->stun[1].family) {
    tell_local (path);
    path->stun_next = hark_sim_network_now (path->network);
  } else {
    finish_gathering (path);
  }
  arm (path);
}

void
hark_sim_path_use (HarkSimPath *path, uint32_t number)
{
  path->number = number;
  tell_local (path);
}

void
hark_sim_path_set_remote (HarkSimPath *path, const HarkPathDescription *remote)
{
  HarkTime now = hark_sim_network_now (path->network);

  if (path->taken)
    return;
  path->remote = *remote;
  for (unsigned i = 0; i < remote->n_candidates; i++)
    find_remote (path, &remote->candidates[i].endpoint, true, remote->candidates[i].priority);
  if (!path->has_remote) {
    path->has_remote = true;
    path->last_answer = now;
    set_state (path, HARK_PATH_CONNECTING);
  }
  if (path->state != HARK_PATH_FAILED)
    path->check_next = now;
  arm (path);
}

bool
hark_sim_path_send (HarkSimPath *path, const uint8_t *bytes, size_t len)
{
  if (path->selected < 0)
    return true;
  return send_from (path, &path->remotes[path->selected].endpoint, bytes, len);
}

void
hark_sim_path_follow (HarkSimPath *path, const HarkEndpoint *to)
{
  if (!path->taken)
    return;
  if (!find_remote (path, to, true, 110U << 24)) /* full: another is forgotten */
    path->remotes[path->selected == 0] = (Remote){.endpoint = *to, .priority = 110U << 24};
  path->asked = *to;
  send_check (path, CHECK_REQUEST, to);
}
