#define G_LOG_DOMAIN "hark-io"

#include "net/io/taken.h"

#include "net/io/ice-check.h"

#include <errno.h>
#include <fcntl.h>
#include <gio/gio.h>
#include <sodium.h>
#include <sys/socket.h>

#define COMPONENT 1
#define SOCKETS_MAX HARK_HOSTS_MAX

typedef struct {
  HarkSocket *socket;
  HarkEndpoint other; /* from where something came that is not where we send; family 0: none */
  bool heard;         /* something came */
} Place;

struct HarkTaken {
  const HarkTakenHandlers *handlers;
  void *owner;
  Place places[SOCKETS_MAX];
  unsigned n_places;
  unsigned current; /* of places: where we send */
  HarkPathInfo info;
  HarkIceCheck check;
  HarkEndpoint asked; /* where the check in flight went */
  unsigned asked_on;  /* of places */
};

static HarkTime
get_time (void)
{
  return (HarkTime) g_get_monotonic_time () * 1000;
}

/* ---- packets --------------------------------------------------------------------- */

static void
send_to (const Place *place, const HarkEndpoint *to, const uint8_t *data, size_t len)
{
  struct sockaddr_storage address;
  socklen_t address_len = (socklen_t) hark_endpoint_to_sockaddr (to, false, &address);

  if (sendto (hark_socket_get_fd (place->socket), data, len, MSG_NOSIGNAL,
              (struct sockaddr *) &address, address_len)
      < 0)
    g_debug ("check not sent: %s", g_strerror (errno));
}

static void
move (HarkTaken *taken)
{
  taken->current = taken->asked_on;
  taken->info.local = *hark_socket_get_local (taken->places[taken->current].socket);
  taken->info.remote = taken->asked;
  taken->info.route = hark_ice_route (&taken->info.local, &taken->info.remote);
  taken->asked.family = 0;
  taken->handlers->on_moved (taken->owner);
}

static void
handle_stun (
  HarkTaken *taken, unsigned number, const HarkEndpoint *from, const uint8_t *data, size_t len)
{
  uint8_t reply[HARK_ICE_CHECK_LEN_MAX];
  size_t reply_len;

  switch (hark_ice_check_handle (&taken->check, from, data, len, get_time (), reply, &reply_len)) {
  case HARK_ICE_CHECK_ANSWER:
    send_to (&taken->places[number], from, reply, reply_len);
    break;
  case HARK_ICE_CHECK_ANSWERED:
    if (number == taken->asked_on && hark_endpoint_equal (from, &taken->asked))
      move (taken);
    break;
  case HARK_ICE_CHECK_DROPPED:
    break;
  }
}

void
hark_taken_handle_packet (
  void *owner, unsigned number, const HarkEndpoint *from, const uint8_t *data, size_t len)
{
  HarkTaken *taken = owner;
  Place *place = &taken->places[number];

  if (hark_ice_is_stun (data, len)) {
    handle_stun (taken, number, from, data, len);
    return;
  }
  place->heard = true;
  if (number != taken->current || !hark_endpoint_equal (from, &taken->info.remote))
    place->other = *from;
  taken->handlers->on_packet (taken->owner, from, data, len);
}

/* ---- following ------------------------------------------------------------------- */

/* A socket of the same family, best one on which something came from there. */
static bool
find_place (const HarkTaken *taken, const HarkEndpoint *to, unsigned *ret)
{
  bool found = false;

  for (unsigned i = 0; i < taken->n_places; i++) {
    const Place *place = &taken->places[i];

    if (!place->socket || hark_socket_get_local (place->socket)->family != to->family)
      continue;
    if (!found || i == taken->current || hark_endpoint_equal (&place->other, to))
      *ret = i;
    found = true;
    if (hark_endpoint_equal (&place->other, to))
      break;
  }
  return found;
}

void
hark_taken_follow (HarkTaken *taken, const HarkEndpoint *to)
{
  uint8_t check[HARK_ICE_CHECK_LEN_MAX];
  size_t len;

  if (!find_place (taken, to, &taken->asked_on))
    return;
  taken->asked = *to;
  len = hark_ice_check_ask (&taken->check, check);
  if (len > 0)
    send_to (&taken->places[taken->asked_on], to, check, len);
}

/* ---- life ------------------------------------------------------------------------ */

/* Takes a UDP socket of libnice; the file descriptor libnice closes is another one. */
static void
take_socket (HarkTaken *taken, HarkSocketSet *set, GSocket *socket)
{
  Place *place = &taken->places[taken->n_places];
  int fd;

  if (g_socket_get_socket_type (socket) != G_SOCKET_TYPE_DATAGRAM
      || taken->n_places == G_N_ELEMENTS (taken->places))
    return;
  fd = fcntl (g_socket_get_fd (socket), F_DUPFD_CLOEXEC, 0);
  if (fd < 0) {
    g_debug ("dup: %s", g_strerror (errno));
    return;
  }
  place->socket = hark_socket_set_add (set, fd, taken, taken->n_places);
  if (place->socket)
    taken->n_places++;
}

static bool
take_sockets (HarkTaken *taken, HarkSocketSet *set, const HarkIceAgent *agent)
{
  g_autoptr (GPtrArray) sockets = nice_agent_get_sockets (agent->nice, agent->stream, COMPONENT);
  g_autoptr (GSocket) selected
    = nice_agent_get_selected_socket (agent->nice, agent->stream, COMPONENT);
  bool has_selected = false;

  if (!selected || !sockets || g_socket_get_socket_type (selected) != G_SOCKET_TYPE_DATAGRAM)
    return false;
  for (guint i = 0; i < sockets->len; i++) {
    unsigned before = taken->n_places;

    take_socket (taken, set, g_ptr_array_index (sockets, i));
    if (g_ptr_array_index (sockets, i) != selected || taken->n_places == before)
      continue;
    taken->current = before;
    has_selected = true;
  }
  return has_selected;
}

HarkTaken *
hark_taken_new (HarkSocketSet *set,
                const HarkIceAgent *agent,
                const HarkPathInfo *info,
                const HarkTakenHandlers *handlers,
                void *owner)
{
  HarkTaken *taken = g_new0 (HarkTaken, 1);

  taken->handlers = handlers;
  taken->owner = owner;
  taken->info = *info;
  if (!take_sockets (taken, set, agent)) {
    hark_taken_free (taken);
    return NULL;
  }
  hark_ice_check_init (&taken->check, &agent->local, &agent->remote, agent->controlling,
                       get_time ());
  return taken;
}

void
hark_taken_free (HarkTaken *taken)
{
  if (!taken)
    return;
  for (unsigned i = 0; i < taken->n_places; i++)
    hark_socket_remove (taken->places[i].socket);
  hark_ice_check_clear (&taken->check);
  g_free (taken);
}

int
hark_taken_get_fd (const HarkTaken *taken)
{
  return hark_socket_get_fd (taken->places[taken->current].socket);
}

const HarkPathInfo *
hark_taken_get_info (const HarkTaken *taken)
{
  return &taken->info;
}

void
hark_taken_prune (HarkTaken *taken)
{
  for (unsigned i = 0; i < taken->n_places; i++) {
    Place *place = &taken->places[i];

    if (i != taken->current && !place->heard)
      g_clear_pointer (&place->socket, hark_socket_remove);
  }
}
