#define G_LOG_DOMAIN "hark-io"

#include "net/io/agent.h"

#include "net/io/bound.h"
#include "net/io/filter.h"
#include "net/io/socket-option.h"

#include <errno.h>
#include <gio/gio.h>
#include <netinet/in.h>
#include <sodium.h>
#include <string.h>
#include <sys/socket.h>

#define COMPONENT 1
#define PACING_MS 5           /* Ta; RFC 8445 section 14.2 allows no less */
#define GATHER_TIMEOUT_MS 100 /* and doubling; checks start at 500 ms, whatever this says */
#define TRIES 4               /* sendings of a question to a STUN server and of a check */
#define CHECKS_MAX 100        /* pairs of one path: RFC 8445 section 6.1.2.5 */
#define BUFFER_LEN (4 << 20)  /* SO_RCVBUF, SO_SNDBUF; the kernel gives what it allows */

/* Don't fragment, so that path MTU discovery sees the path; large buffers for batches.
 *
 * An authenticated 403 response that comes before any pair was selected makes libnice 0.1.21 follow
 * a null pointer, so a peer could end us. Roles are agreed beforehand and a check without an answer
 * fails as well: no error response is of use, and the filter drops them all. */
static bool
prepare_socket (const HarkIceAgent *agent, GSocket *socket)
{
  int fd = g_socket_get_fd (socket);
  bool is6 = g_socket_get_family (socket) == G_SOCKET_FAMILY_IPV6;
  HarkEgressPrefix prefixes[HARK_EGRESS_PREFIXES_MAX];
  size_t n = hark_egress_local_prefixes (agent->egress, prefixes);

  if (is6)
    hark_socket_option (fd, IPPROTO_IPV6, IPV6_MTU_DISCOVER, IPV6_PMTUDISC_PROBE);
  else
    hark_socket_option (fd, IPPROTO_IP, IP_MTU_DISCOVER, IP_PMTUDISC_PROBE);
  hark_socket_option (fd, SOL_SOCKET, SO_RCVBUF, BUFFER_LEN);
  hark_socket_option (fd, SOL_SOCKET, SO_SNDBUF, BUFFER_LEN);
  hark_socket_option (fd, SOL_SOCKET, SO_RCVBUFFORCE, BUFFER_LEN);
  hark_socket_option (fd, SOL_SOCKET, SO_SNDBUFFORCE, BUFFER_LEN);
  hark_egress_confine (agent->egress, fd);
  hark_bound_confine (agent->bind, fd);
  return hark_filter_attach (fd, is6 ? 6 : 4, agent->local.ufrag, prefixes, n);
}

static bool
prepare_sockets (HarkIceAgent *agent)
{
  g_autoptr (GPtrArray) sockets = nice_agent_get_sockets (agent->nice, agent->stream, COMPONENT);

  for (guint i = 0; sockets && i < sockets->len; i++)
    if (!prepare_socket (agent, g_ptr_array_index (sockets, i)))
      return false;
  return sockets && sockets->len > 0;
}

/* 64 characters: no bias. */
static void
random_text (char *ret, size_t len)
{
  static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

  randombytes_buf (ret, len);
  for (size_t i = 0; i < len; i++)
    ret[i] = alphabet[(uint8_t) ret[i] & 63];
  ret[len] = '\0';
}

static void
new_credentials (HarkIceAgent *agent)
{
  random_text (agent->local.ufrag, HARK_UFRAG_LEN);
  random_text (agent->local.password, HARK_PASSWORD_LEN);
  nice_agent_set_local_credentials (agent->nice, agent->stream, agent->local.ufrag,
                                    agent->local.password);
}

static void
to_nice (const HarkEndpoint *endpoint, NiceAddress *ret)
{
  struct sockaddr_storage address = {0};

  hark_endpoint_to_sockaddr (endpoint, false, &address);
  nice_address_init (ret);
  nice_address_set_from_sockaddr (ret, (struct sockaddr *) &address);
}

static bool
from_nice (const NiceAddress *address, HarkEndpoint *ret)
{
  struct sockaddr_storage storage = {0};

  if (!nice_address_is_valid (address))
    return false;
  nice_address_copy_to_sockaddr (address, (struct sockaddr *) &storage);
  return hark_endpoint_from_sockaddr ((struct sockaddr *) &storage, ret);
}

static void
tell (HarkIceAgent *agent)
{
  if (agent->on_news)
    agent->on_news (agent->data);
}

static void
on_candidate (HarkIceAgent *agent, NiceCandidate *candidate)
{
  agent->reflexive |= candidate->type == NICE_CANDIDATE_TYPE_SERVER_REFLEXIVE;
  tell (agent);
}

static void
on_gathered (HarkIceAgent *agent)
{
  agent->gathered = true;
  tell (agent);
}

static void
on_nice_packet (NiceAgent *nice G_GNUC_UNUSED,
                guint stream G_GNUC_UNUSED,
                guint component G_GNUC_UNUSED,
                guint len,
                gchar *data,
                gpointer user_data)
{
  HarkIceAgent *agent = user_data;

  if (agent->on_packet)
    agent->on_packet (agent->data, (const uint8_t *) data, len);
}

static NiceAgent *
new_nice (GMainContext *context, bool controlling, const HarkEndpoint *stun)
{
  NiceAgent *nice
    = nice_agent_new_full (context, NICE_COMPATIBILITY_RFC5245, NICE_AGENT_OPTION_ICE_TRICKLE);

  g_object_set (nice, "controlling-mode", (gboolean) controlling, "ice-tcp", FALSE, "upnp", FALSE,
                "stun-pacing-timer", PACING_MS, "stun-initial-timeout", GATHER_TIMEOUT_MS,
                "stun-max-retransmissions", TRIES, "max-connectivity-checks", CHECKS_MAX, NULL);
  if (stun->family) {
    NiceAddress address;
    char text[NICE_ADDRESS_STRING_LEN];

    to_nice (stun, &address);
    nice_address_to_string (&address, text);
    g_object_set (nice, "stun-server", text, "stun-server-port", (guint) stun->port, NULL);
  }
  return nice;
}

static bool
gather (HarkIceAgent *agent)
{
  if (agent->n_hosts == 0)
    return false; /* libnice would look for addresses by itself */
  for (size_t i = 0; i < agent->n_hosts; i++) {
    NiceAddress address;

    to_nice (&agent->hosts[i], &address);
    if (!nice_agent_add_local_address (agent->nice, &address))
      return false;
  }
  return nice_agent_gather_candidates (agent->nice, agent->stream) && prepare_sockets (agent);
}

HarkIceAgent *
hark_ice_agent_new (const HarkIceConfig *config,
                    GMainContext *context,
                    bool controlling,
                    const HarkEndpoint *stun)
{
  HarkIceAgent *agent = g_new0 (HarkIceAgent, 1);

  agent->controlling = controlling;
  agent->egress = config->egress;
  if (stun->family && hark_egress_allows (config->egress, stun))
    agent->stun = *stun;
  stun = &agent->stun;
  agent->made_at = g_get_monotonic_time ();
  agent->bind = config->bind;
  agent->n_hosts = hark_hosts_list (config->bind, config->allow_loopback, agent->hosts);
  agent->nice = new_nice (context, controlling, stun);
  agent->stream = nice_agent_add_stream (agent->nice, 1);
  new_credentials (agent);

  g_signal_connect_swapped (agent->nice, "candidate-gathering-done", G_CALLBACK (on_gathered),
                            agent);
  g_signal_connect_swapped (agent->nice, "new-candidate-full", G_CALLBACK (on_candidate), agent);
  g_signal_connect_swapped (agent->nice, "component-state-changed", G_CALLBACK (tell), agent);
  g_signal_connect_swapped (agent->nice, "new-selected-pair-full", G_CALLBACK (tell), agent);
  /* for as long as it lives: sockets that nobody reads hear no STUN, or keep the loop spinning */
  nice_agent_attach_recv (agent->nice, agent->stream, COMPONENT, context, on_nice_packet, agent);
  agent->failed = !gather (agent);
  return agent;
}

void
hark_ice_agent_free (HarkIceAgent *agent)
{
  if (!agent)
    return;
  g_signal_handlers_disconnect_by_data (agent->nice, agent);
  g_object_unref (agent->nice);
  sodium_memzero (agent, sizeof *agent);
  g_free (agent);
}

static gint
by_falling_priority (gconstpointer a, gconstpointer b)
{
  const NiceCandidate *left = a, *right = b;

  return left->priority < right->priority ? 1 : left->priority > right->priority ? -1 : 0;
}

void
hark_ice_agent_describe (const HarkIceAgent *agent, HarkPathDescription *ret)
{
  GSList *candidates = g_slist_sort (
    nice_agent_get_local_candidates (agent->nice, agent->stream, COMPONENT), by_falling_priority);

  memset (ret, 0, sizeof *ret);
  memcpy (ret->ufrag, agent->local.ufrag, sizeof ret->ufrag);
  memcpy (ret->password, agent->local.password, sizeof ret->password);
  for (GSList *i = candidates; i && ret->n_candidates < HARK_CANDIDATES_MAX; i = i->next) {
    const NiceCandidate *nice = i->data;
    HarkCandidate *candidate = &ret->candidates[ret->n_candidates];

    if (nice->type != NICE_CANDIDATE_TYPE_HOST
        && nice->type != NICE_CANDIDATE_TYPE_SERVER_REFLEXIVE)
      continue;
    candidate->kind = nice->type == NICE_CANDIDATE_TYPE_HOST ? HARK_CANDIDATE_HOST
                                                             : HARK_CANDIDATE_SERVER_REFLEXIVE;
    candidate->priority = nice->priority;
    if (from_nice (&nice->addr, &candidate->endpoint))
      ret->n_candidates++;
  }
  ret->complete = agent->gathered;
  g_slist_free_full (candidates, (GDestroyNotify) nice_candidate_free);
}

/* Over all descriptions together: one that comes later may not raise what one may ask for. */
static bool
has_room_for (const HarkIceAgent *agent, const HarkEndpoint *endpoint)
{
  unsigned same_ip = 0;

  for (size_t i = 0; i < agent->n_remotes; i++) {
    if (hark_endpoint_equal (&agent->remotes[i], endpoint))
      return false;
    same_ip += hark_endpoint_same_ip (&agent->remotes[i], endpoint);
  }
  return agent->n_remotes < HARK_CANDIDATES_MAX && same_ip < HARK_CANDIDATES_SAME_IP_MAX;
}

/* Candidates that libnice does not know yet. One it knows is never said twice: an update of a
 * candidate runs through assertions of libnice that a peer's timing could meet. */
static GSList *
new_remotes (HarkIceAgent *agent, const HarkPathDescription *remote)
{
  GSList *list = NULL;

  for (size_t i = 0; i < remote->n_candidates; i++) {
    const HarkCandidate *candidate = &remote->candidates[i];
    NiceCandidate *nice;

    if (!has_room_for (agent, &candidate->endpoint))
      continue;
    nice = nice_candidate_new (candidate->kind == HARK_CANDIDATE_HOST
                                 ? NICE_CANDIDATE_TYPE_HOST
                                 : NICE_CANDIDATE_TYPE_SERVER_REFLEXIVE);
    nice->transport = NICE_CANDIDATE_TRANSPORT_UDP;
    nice->stream_id = agent->stream;
    nice->component_id = COMPONENT;
    nice->priority = candidate->priority;
    to_nice (&candidate->endpoint, &nice->addr);
    nice->base_addr = nice->addr;
    g_snprintf (nice->foundation, sizeof nice->foundation, "%zu", agent->n_remotes + 1);
    agent->remotes[agent->n_remotes++] = candidate->endpoint;
    list = g_slist_append (list, nice);
  }
  return list;
}

void
hark_ice_agent_add_remote (HarkIceAgent *agent, const HarkPathDescription *remote)
{
  GSList *list;

  if (agent->failed)
    return;
  if (!agent->remote.ufrag[0]) {
    memcpy (agent->remote.ufrag, remote->ufrag, sizeof agent->remote.ufrag);
    memcpy (agent->remote.password, remote->password, sizeof agent->remote.password);
    nice_agent_set_remote_credentials (agent->nice, agent->stream, remote->ufrag, remote->password);
  } else if (strcmp (agent->remote.ufrag, remote->ufrag) != 0) {
    g_debug ("description with other credentials ignored");
    return;
  }

  list = new_remotes (agent, remote);
  if (list)
    nice_agent_set_remote_candidates (agent->nice, agent->stream, COMPONENT, list);
  g_slist_free_full (list, (GDestroyNotify) nice_candidate_free);
  agent->remote_complete |= remote->complete;
  if (remote->complete)
    nice_agent_peer_candidate_gathering_done (agent->nice, agent->stream);
}

static bool
is_local_scope (const HarkEndpoint *endpoint)
{
  HarkScope scope = hark_endpoint_scope (endpoint);

  return scope == HARK_SCOPE_LOOPBACK || scope == HARK_SCOPE_LINK_LOCAL
         || scope == HARK_SCOPE_PRIVATE;
}

bool
hark_ice_agent_is_settled (const HarkIceAgent *agent)
{
  return agent->gathered
         && nice_agent_get_component_state (agent->nice, agent->stream, COMPONENT)
              == NICE_COMPONENT_STATE_READY;
}

bool
hark_ice_agent_is_told_all (const HarkIceAgent *agent)
{
  return agent->remote_complete;
}

HarkRoute
hark_ice_route (const HarkEndpoint *local, const HarkEndpoint *remote)
{
  return is_local_scope (local) && is_local_scope (remote) ? HARK_ROUTE_LAN : HARK_ROUTE_DIRECT;
}

bool
hark_ice_agent_get_selected (const HarkIceAgent *agent, HarkPathInfo *ret)
{
  NiceCandidate *local, *remote;
  HarkPathInfo info = {0};

  if (!nice_agent_get_selected_pair (agent->nice, agent->stream, COMPONENT, &local, &remote)
      || !from_nice (&local->addr, &info.local) || !from_nice (&remote->addr, &info.remote))
    return false;
  info.route = local->type == NICE_CANDIDATE_TYPE_RELAYED
                 ? HARK_ROUTE_RELAY
                 : hark_ice_route (&info.local, &info.remote);
  *ret = info;
  return true;
}
