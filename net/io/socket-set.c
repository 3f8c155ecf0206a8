#define G_LOG_DOMAIN "hark-io"

#include "net/io/socket-set.h"

#include <errno.h>
#include <netinet/in.h>
#include <netinet/udp.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#define EVENTS 32      /* sockets of one epoll_wait() */
#define BATCH 8        /* datagrams of one recvmmsg() */
#define ROUNDS_MAX 4   /* batches of one socket and dispatch, so that timers are not starved */
#define ROOM_LEN 65535 /* bytes; as many as the kernel puts together */

typedef struct {
  struct sockaddr_storage from;
  union {
    char bytes[CMSG_SPACE (sizeof (int))];
    struct cmsghdr align;
  } control;
  uint8_t data[ROOM_LEN];
} Room;

struct HarkSocketSet {
  int epoll;
  GSource *source;
  const HarkSocketHandlers *handlers;
  void *user_data;
  unsigned since_flush;       /* packets */
  bool *freed;                /* set while dispatching: tells it that the set went away */
  struct epoll_event *events; /* while dispatching: those not dealt with yet */
  int n_events;
  HarkSocket *reading; /* while dispatching; NULL: removed by a handler */
  Room *rooms;         /* BATCH of them; memory that was never written to costs nothing */
};

struct HarkSocket {
  HarkSocketSet *set;
  int fd;
  void *owner;
  unsigned number;
  HarkEndpoint local;
};

typedef struct {
  GSource source;
  HarkSocketSet *set;
  gpointer tag;
} SetSource;

/* ---- reading --------------------------------------------------------------------- */

/* What packets @message is made of: the kernel says how it put them together. */
static size_t
get_segment (struct msghdr *message, size_t len)
{
  for (struct cmsghdr *c = CMSG_FIRSTHDR (message); c; c = CMSG_NXTHDR (message, c)) {
    int segment;

    if (c->cmsg_level != SOL_UDP || c->cmsg_type != UDP_GRO)
      continue;
    memcpy (&segment, CMSG_DATA (c), sizeof segment);
    if (segment > 0)
      return (size_t) segment;
  }
  return len;
}

/* Returns false when a handler freed the set or removed the socket. */
static bool
flush (HarkSocketSet *set, const bool *freed)
{
  set->since_flush = 0;
  set->handlers->on_flush (set->user_data);
  return !*freed && set->reading;
}

/* Likewise. */
static bool
hand_over (HarkSocketSet *set,
           const bool *freed,
           const HarkEndpoint *from,
           const uint8_t *data,
           size_t len,
           size_t segment)
{
  for (size_t at = 0; at < len; at += segment) {
    set->since_flush++;
    set->handlers->on_packet (set->reading->owner, set->reading->number, from, data + at,
                              MIN (segment, len - at));
    if (*freed || !set->reading)
      return false;
    if (set->since_flush >= HARK_SOCKET_SET_FLUSH_EVERY && !flush (set, freed))
      return false;
  }
  return true;
}

/* Returns how many datagrams came; -1 when there is nothing more to read from. */
static int
read_batch (HarkSocketSet *set, const bool *freed)
{
  struct mmsghdr messages[BATCH];
  struct iovec iov[BATCH];
  int n;

  memset (messages, 0, sizeof messages);
  for (int i = 0; i < BATCH; i++) {
    Room *room = &set->rooms[i];

    iov[i] = (struct iovec){.iov_base = room->data, .iov_len = sizeof room->data};
    messages[i].msg_hdr = (struct msghdr){.msg_name = &room->from,
                                          .msg_namelen = sizeof room->from,
                                          .msg_iov = &iov[i],
                                          .msg_iovlen = 1,
                                          .msg_control = &room->control,
                                          .msg_controllen = sizeof room->control};
  }
  n = recvmmsg (set->reading->fd, messages, BATCH, MSG_DONTWAIT, NULL);
  for (int i = 0; i < n; i++) {
    struct msghdr *message = &messages[i].msg_hdr;
    HarkEndpoint from;

    if ((message->msg_flags & MSG_TRUNC)
        || !hark_endpoint_from_sockaddr ((struct sockaddr *) &set->rooms[i].from, &from))
      continue;
    if (!hand_over (set, freed, &from, set->rooms[i].data, messages[i].msg_len,
                    get_segment (message, messages[i].msg_len)))
      return -1;
  }
  return MAX (n, 0);
}

/* Errors that would keep the socket ready are taken off it. */
static void
clear_error (int fd)
{
  int error;
  socklen_t len = sizeof error;

  getsockopt (fd, SOL_SOCKET, SO_ERROR, &error, &len);
}

/* Returns false when the set was freed by a handler. */
static bool
read_socket (HarkSocketSet *set, const bool *freed, const struct epoll_event *event)
{
  set->reading = event->data.ptr;
  if (event->events & EPOLLERR)
    clear_error (set->reading->fd);
  for (int round = 0; round < ROUNDS_MAX; round++)
    if (read_batch (set, freed) < BATCH)
      break;
  return !*freed;
}

static gboolean
dispatch (GSource *source, GSourceFunc callback G_GNUC_UNUSED, gpointer data G_GNUC_UNUSED)
{
  HarkSocketSet *set = ((SetSource *) source)->set;
  struct epoll_event events[EVENTS];
  bool freed = false;
  int n = epoll_wait (set->epoll, events, EVENTS, 0);

  set->freed = &freed;
  for (int i = 0; i < n; i++) {
    set->events = &events[i + 1];
    set->n_events = n - i - 1;
    if (!events[i].data.ptr) /* removed meanwhile */
      continue;
    if (!read_socket (set, &freed, &events[i]))
      return G_SOURCE_REMOVE;
  }
  set->reading = NULL;
  set->n_events = 0;
  if (set->since_flush > 0) {
    set->since_flush = 0;
    set->handlers->on_flush (set->user_data);
  }
  if (freed)
    return G_SOURCE_REMOVE;
  set->freed = NULL;
  return G_SOURCE_CONTINUE;
}

static GSourceFuncs funcs = {.dispatch = dispatch};

/* ---- life ------------------------------------------------------------------------ */

HarkSocketSet *
hark_socket_set_new (GMainContext *context, const HarkSocketHandlers *handlers, void *user_data)
{
  int fd = epoll_create1 (EPOLL_CLOEXEC);
  HarkSocketSet *set;
  SetSource *source;

  if (fd < 0) {
    g_debug ("epoll_create1: %s", g_strerror (errno));
    return NULL;
  }
  set = g_new0 (HarkSocketSet, 1);
  set->epoll = fd;
  set->handlers = handlers;
  set->user_data = user_data;
  set->rooms = g_malloc (BATCH * sizeof *set->rooms);
  set->source = g_source_new (&funcs, sizeof (SetSource));
  source = (SetSource *) set->source;
  source->set = set;
  source->tag = g_source_add_unix_fd (set->source, fd, G_IO_IN);
  g_source_set_static_name (set->source, "hark-sockets");
  /* nothing does recurse; but else GLib takes the descriptor out of its poll() and back for every
   * dispatch, and wakes itself up for both */
  g_source_set_can_recurse (set->source, TRUE);
  g_source_attach (set->source, context);
  return set;
}

void
hark_socket_set_free (HarkSocketSet *set)
{
  if (!set)
    return;
  if (set->freed)
    *set->freed = true;
  g_source_destroy (set->source);
  g_source_unref (set->source);
  close (set->epoll);
  g_free (set->rooms);
  g_free (set);
}

HarkSocket *
hark_socket_set_add (HarkSocketSet *set, int fd, void *owner, unsigned number)
{
  HarkSocket *socket = g_new0 (HarkSocket, 1);
  struct epoll_event event = {.events = EPOLLIN, .data.ptr = socket};
  struct sockaddr_storage local;
  socklen_t len = sizeof local;
  int on = 1;

  *socket = (HarkSocket){.set = set, .fd = fd, .owner = owner, .number = number};
  if (getsockname (fd, (struct sockaddr *) &local, &len) < 0
      || !hark_endpoint_from_sockaddr ((struct sockaddr *) &local, &socket->local)
      || epoll_ctl (set->epoll, EPOLL_CTL_ADD, fd, &event) < 0) {
    g_debug ("socket not taken: %s", g_strerror (errno));
    close (fd);
    g_free (socket);
    return NULL;
  }
  if (setsockopt (fd, SOL_UDP, UDP_GRO, &on, sizeof on) < 0)
    g_debug ("UDP_GRO: %s", g_strerror (errno)); /* one by one, then */
  return socket;
}

void
hark_socket_remove (HarkSocket *socket)
{
  HarkSocketSet *set;
  int off = 0;

  if (!socket)
    return;
  set = socket->set;
  setsockopt (socket->fd, SOL_UDP, UDP_GRO, &off, sizeof off);
  if (set->reading == socket)
    set->reading = NULL;
  for (int i = 0; i < set->n_events; i++)
    if (set->events[i].data.ptr == socket)
      set->events[i].data.ptr = NULL;
  epoll_ctl (set->epoll, EPOLL_CTL_DEL, socket->fd, NULL);
  close (socket->fd);
  g_free (socket);
}

int
hark_socket_get_fd (const HarkSocket *socket)
{
  return socket->fd;
}

const HarkEndpoint *
hark_socket_get_local (const HarkSocket *socket)
{
  return &socket->local;
}
