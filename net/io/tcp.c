#define G_LOG_DOMAIN "hark-io"

#include "net/io/tcp.h"

#include "net/io/bound.h"
#include "net/io/tcp-share.h"
#include "net/io/tcp-socket.h"

#include <arpa/inet.h>
#include <errno.h>
#include <gio/gio.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define HEAD_LEN 2                           /* of a packet: RFC 4571 */
#define READ_LEN 65536                       /* bytes of one dispatch */
#define ACCEPTS_MAX 16                       /* of one dispatch */
#define FORGOTTEN_MAX 64                     /* places that somebody came from, and is gone */
#define ACCEPT_PAUSE_US (G_USEC_PER_SEC / 2) /* when the system has no more descriptors */

typedef enum { FRESH, SIGNAL, PATH } Kind;

struct HarkTcpConnection {
  HarkTcp *tcp; /* NULL once closed */
  Kind kind;
  int fd;
  bool accepted;
  bool connecting;
  HarkEndpoint remote;
  GSource *source;
  gpointer tag;
  gint64 deadline; /* monotonic; 0: none */
  GByteArray *in;  /* the start of a packet; NULL: none */
  GByteArray *out; /* what the kernel has not taken */
  const HarkTcpPathHandlers *handlers;
  void *data;
};

struct HarkTcp {
  GMainContext *context;
  const HarkTcpHandlers *handlers;
  void *user_data;
  int listener; /* -1: none */
  uint16_t port;
  bool has_bind;
  HarkEndpoint bind;
  HarkBound *bound; /* NULL: any address, or the one above */
  GSource *source;  /* of the listener */
  gpointer tag;
  GPtrArray *connections; /* HarkTcpConnection, oldest first */
  unsigned n_dials;
  HarkEndpoint forgotten[FORGOTTEN_MAX]; /* ring */
  unsigned next_forgotten;
  uint8_t buffer[HEAD_LEN + HARK_TCP_PATH_LEN_MAX + READ_LEN];
};

typedef struct {
  GSource source;
  void *owner; /* HarkTcp or HarkTcpConnection */
} TcpSource;

static gint64
in_ms (unsigned ms)
{
  return g_get_monotonic_time () + (gint64) ms * 1000;
}

static GSource *
source_new (GSourceFuncs *funcs, void *owner, const char *name)
{
  GSource *source = g_source_new (funcs, sizeof (TcpSource));

  ((TcpSource *) source)->owner = owner;
  g_source_set_static_name (source, name);
  return source;
}

/* ---- end of a connection --------------------------------------------------------- */

static void
connection_clear (void *data)
{
  HarkTcpConnection *connection = data;

  g_clear_pointer (&connection->in, g_byte_array_unref);
  g_byte_array_unref (connection->out);
}

/* Nobody is told. */
static void
end (HarkTcpConnection *connection)
{
  HarkTcp *tcp = g_steal_pointer (&connection->tcp);

  if (!tcp)
    return;
  tcp->n_dials -= connection->connecting;
  if (connection->accepted && connection->kind == SIGNAL)
    tcp->forgotten[tcp->next_forgotten++ % FORGOTTEN_MAX] = connection->remote;
  g_source_destroy (connection->source);
  g_source_unref (connection->source);
  close (connection->fd);
  g_ptr_array_remove (tcp->connections, connection);
  g_rc_box_release_full (connection, connection_clear);
}

/* Whoever has to do with it learns that it is over. */
static void
fail (HarkTcpConnection *connection)
{
  HarkTcp *tcp = connection->tcp;
  Kind kind = connection->kind;
  HarkEndpoint remote = connection->remote;
  const HarkTcpPathHandlers *handlers = connection->handlers;

  if (!tcp)
    return;
  g_rc_box_acquire (connection);
  end (connection);
  if (kind == SIGNAL) {
    tcp->handlers->on_unreachable (tcp->user_data, &remote);
    tcp->handlers->on_batch_end (tcp->user_data);
  } else if (handlers) {
    handlers->on_closed (connection->data, connection);
  }
  g_rc_box_release_full (connection, connection_clear);
}

void
hark_tcp_connection_close (HarkTcpConnection *connection)
{
  if (connection)
    end (connection);
}

/* ---- writing --------------------------------------------------------------------- */

static void
watch (HarkTcpConnection *connection)
{
  bool wants_room = connection->connecting || connection->out->len > 0;

  g_source_modify_unix_fd (connection->source, connection->tag,
                           G_IO_IN | (wants_room ? G_IO_OUT : 0));
}

/* False when the connection is broken. */
static bool
flush (HarkTcpConnection *connection)
{
  size_t sent = 0;

  if (connection->connecting)
    return true;
  while (sent < connection->out->len) {
    ssize_t n = send (connection->fd, connection->out->data + sent, connection->out->len - sent,
                      MSG_NOSIGNAL | MSG_DONTWAIT);

    if (n < 0 && errno == EINTR)
      continue;
    if (n < 0 && errno != EAGAIN)
      return false;
    if (n < 0)
      break;
    sent += (size_t) n;
  }
  if (sent > 0)
    g_byte_array_remove_range (connection->out, 0, (guint) sent);
  watch (connection);
  return true;
}

static bool
add_packet (HarkTcpConnection *connection, const uint8_t *data, size_t len)
{
  size_t most = len <= HARK_TCP_SMALL_LEN ? HARK_TCP_UNSENT_MAX : HARK_TCP_UNSENT_BULK_MAX;
  uint8_t head[HEAD_LEN] = {(uint8_t) (len >> 8), (uint8_t) len};

  if (connection->out->len > most)
    return false;
  g_byte_array_append (connection->out, head, sizeof head);
  g_byte_array_append (connection->out, data, (guint) len);
  return true;
}

/* Broken ones are noticed by the source, never from inside a call. */
static void
break_later (HarkTcpConnection *connection)
{
  connection->deadline = g_get_monotonic_time ();
  g_source_set_ready_time (connection->source, 0);
}

bool
hark_tcp_connection_send (HarkTcpConnection *connection,
                          const uint8_t *data,
                          size_t len,
                          size_t segment)
{
  bool all = true;

  g_assert (segment > 0 && segment <= HARK_TCP_PATH_LEN_MAX);
  if (!connection->tcp)
    return false;
  for (size_t at = 0; at < len; at += segment) {
    /* the kernel's room counts too: a batch goes out as far as it can before the rest is judged */
    if (connection->out->len > HARK_TCP_UNSENT_BULK_MAX / 2 && !flush (connection))
      break;
    all &= add_packet (connection, data + at, MIN (segment, len - at));
  }
  if (!flush (connection)) {
    break_later (connection);
    return false;
  }
  return all;
}

/* ---- reading --------------------------------------------------------------------- */

static size_t
packet_len_max (const HarkTcpConnection *connection)
{
  return connection->kind == PATH ? HARK_TCP_PATH_LEN_MAX : HARK_TCP_SIGNAL_LEN_MAX;
}

/* The first packet of an accepted connection: false when it means nothing to us. */
static bool
take_first (HarkTcpConnection *connection, const uint8_t *data, size_t len)
{
  HarkTcp *tcp = connection->tcp;

  if (tcp->handlers->is_signal ? tcp->handlers->is_signal (tcp->user_data, data, len)
                               : data[0] == 'd') {
    connection->kind = SIGNAL;
    return true;
  }
  if (data[0] != HARK_TCP_PATH_HELLO)
    return false;
  tcp->handlers->on_path (tcp->user_data, connection, data, len);
  return !connection->tcp || connection->handlers;
}

/* False when the connection has to be closed. It may be closed by a handler as well. */
static bool
take_packet (HarkTcpConnection *connection, const uint8_t *data, size_t len)
{
  HarkTcp *tcp = connection->tcp;

  if (connection->kind == FRESH) {
    if (!take_first (connection, data, len))
      return false;
    if (!connection->tcp || connection->kind == PATH)
      return true;
  }
  if (connection->kind == PATH) {
    connection->handlers->on_packet (connection->data, connection, data, len);
    return true;
  }
  connection->deadline = in_ms (HARK_TCP_IDLE_MS);
  tcp->handlers->on_datagram (tcp->user_data, &connection->remote, data, len);
  return true;
}

/* Takes the packets in @data; leaves the start of the last one. False: close it. */
static bool
take_packets (HarkTcpConnection *connection, const uint8_t *data, size_t len)
{
  size_t at = 0;

  while (len - at >= HEAD_LEN) {
    size_t packet = (size_t) data[at] << 8 | data[at + 1];

    if (packet == 0 || packet > packet_len_max (connection))
      return false;
    if (len - at - HEAD_LEN < packet)
      break;
    if (!take_packet (connection, data + at + HEAD_LEN, packet))
      return false;
    if (!connection->tcp)
      return true;
    at += HEAD_LEN + packet;
  }
  if (at < len) {
    connection->in = g_byte_array_new ();
    g_byte_array_append (connection->in, data + at, (guint) (len - at));
  }
  return true;
}

static void
tell_batch_end (HarkTcpConnection *connection)
{
  HarkTcp *tcp = connection->tcp;

  if (tcp && connection->kind == SIGNAL)
    tcp->handlers->on_batch_end (tcp->user_data);
  else if (tcp && connection->handlers)
    connection->handlers->on_batch_end (connection->data, connection);
}

/* False: close it. */
static bool
receive (HarkTcpConnection *connection)
{
  HarkTcp *tcp = connection->tcp;
  size_t kept = connection->in ? connection->in->len : 0;
  ssize_t n;

  if (kept > 0)
    memcpy (tcp->buffer, connection->in->data, kept);
  n = recv (connection->fd, tcp->buffer + kept, READ_LEN, MSG_DONTWAIT);
  if (n < 0 && (errno == EAGAIN || errno == EINTR))
    return true;
  if (n <= 0)
    return false;
  g_clear_pointer (&connection->in, g_byte_array_unref);
  if (!take_packets (connection, tcp->buffer, kept + (size_t) n))
    return false;
  tell_batch_end (connection);
  return true;
}

/* ---- life of a connection -------------------------------------------------------- */

/* The answer to connect(); false: there is none to be had. */
static bool
finish_connect (HarkTcpConnection *connection)
{
  int error = 0;
  socklen_t len = sizeof error;

  if (getsockopt (connection->fd, SOL_SOCKET, SO_ERROR, &error, &len) < 0 || error)
    return false;
  connection->connecting = false;
  connection->tcp->n_dials--;
  connection->deadline = connection->kind == SIGNAL ? in_ms (HARK_TCP_IDLE_MS) : 0;
  return true;
}

static gboolean
dispatch (GSource *source, GSourceFunc callback G_GNUC_UNUSED, gpointer data G_GNUC_UNUSED)
{
  HarkTcpConnection *connection = g_rc_box_acquire (((TcpSource *) source)->owner);
  GIOCondition condition = g_source_query_unix_fd (source, connection->tag);
  bool fine = !connection->deadline || g_get_monotonic_time () < connection->deadline;

  if (fine && connection->connecting && condition)
    fine = finish_connect (connection);
  if (fine && !connection->connecting && (condition & (G_IO_IN | G_IO_HUP | G_IO_ERR)))
    fine = receive (connection);
  if (fine && connection->tcp && (condition & G_IO_OUT))
    fine = flush (connection);
  if (!fine)
    fail (connection);
  else if (connection->tcp)
    g_source_set_ready_time (source, connection->deadline ? connection->deadline : -1);
  g_rc_box_release_full (connection, connection_clear);
  return G_SOURCE_CONTINUE;
}

static GSourceFuncs connection_funcs = {.dispatch = dispatch};

/* Takes over @fd. */
static HarkTcpConnection *
connection_new (HarkTcp *tcp, int fd, const HarkEndpoint *remote, Kind kind)
{
  HarkTcpConnection *connection = g_rc_box_new0 (HarkTcpConnection);

  connection->tcp = tcp;
  connection->kind = kind;
  connection->fd = fd;
  connection->remote = *remote;
  connection->remote.tcp = true;
  connection->out = g_byte_array_new ();
  connection->deadline = in_ms (HARK_TCP_FIRST_PACKET_MS);
  connection->source = source_new (&connection_funcs, connection, "hark-tcp");
  connection->tag = g_source_add_unix_fd (connection->source, fd, G_IO_IN);
  g_source_set_ready_time (connection->source, connection->deadline);
  g_source_attach (connection->source, tcp->context);
  hark_tcp_socket_set_options (fd);
  g_ptr_array_add (tcp->connections, connection);
  return connection;
}

static unsigned
count_host (const HarkTcp *tcp, const HarkEndpoint *from)
{
  unsigned n = 0;

  for (guint i = 0; i < tcp->connections->len; i++) {
    const HarkTcpConnection *connection = tcp->connections->pdata[i];

    n += connection->accepted && hark_tcp_share_is_same (&connection->remote, from);
  }
  return n;
}

/* Room for one more. Those who said nothing yet make it, else who has most. */
static bool
make_room (HarkTcp *tcp)
{
  HarkTcpHolder holders[HARK_TCP_CONNECTIONS_MAX];
  HarkTcpConnection *accepted[HARK_TCP_CONNECTIONS_MAX];
  unsigned n = 0;
  int victim;

  if (tcp->connections->len < HARK_TCP_CONNECTIONS_MAX)
    return true;
  for (guint i = 0; i < tcp->connections->len; i++) {
    HarkTcpConnection *connection = tcp->connections->pdata[i];

    if (connection->kind == FRESH) {
      end (connection);
      return true;
    }
    if (!connection->accepted)
      continue;
    holders[n] = (HarkTcpHolder){&connection->remote, connection->kind == PATH};
    accepted[n++] = connection;
  }
  victim = hark_tcp_share_find (holders, n);
  if (victim >= 0)
    end (accepted[victim]);
  return victim >= 0;
}

/* ---- accepting ------------------------------------------------------------------- */

/* What came elsewhere than the user wants is none of ours. */
static bool
is_for_us (HarkTcp *tcp, int fd)
{
  struct sockaddr_storage own;
  socklen_t len = sizeof own;
  HarkEndpoint local;

  if (!tcp->bound)
    return true;
  hark_bound_update (tcp->bound);
  return getsockname (fd, (struct sockaddr *) &own, &len) == 0
         && hark_endpoint_from_sockaddr ((struct sockaddr *) &own, &local)
         && hark_bound_has (tcp->bound, &local);
}

static gboolean
dispatch_listener (GSource *source, GSourceFunc callback G_GNUC_UNUSED, gpointer data G_GNUC_UNUSED)
{
  HarkTcp *tcp = ((TcpSource *) source)->owner;

  g_source_set_ready_time (source, -1);
  g_source_modify_unix_fd (source, tcp->tag, G_IO_IN);
  for (int i = 0; i < ACCEPTS_MAX; i++) {
    struct sockaddr_storage address;
    socklen_t len = sizeof address;
    HarkEndpoint from;
    int fd
      = accept4 (tcp->listener, (struct sockaddr *) &address, &len, SOCK_NONBLOCK | SOCK_CLOEXEC);

    if (fd < 0 && (errno == EMFILE || errno == ENFILE || errno == ENOBUFS || errno == ENOMEM)) {
      g_source_modify_unix_fd (source, tcp->tag, 0);
      g_source_set_ready_time (source, g_get_monotonic_time () + ACCEPT_PAUSE_US);
    }
    if (fd < 0)
      break;
    if (hark_endpoint_from_sockaddr ((struct sockaddr *) &address, &from) && is_for_us (tcp, fd)
        && count_host (tcp, &from) < HARK_TCP_PER_HOST_MAX && make_room (tcp))
      connection_new (tcp, fd, &from, FRESH)->accepted = true;
    else
      close (fd);
  }
  return G_SOURCE_CONTINUE;
}

static GSourceFuncs listener_funcs = {.dispatch = dispatch_listener};

/* ---- dialling -------------------------------------------------------------------- */

static HarkTcpConnection *
dial (HarkTcp *tcp, const HarkEndpoint *to, Kind kind)
{
  HarkTcpConnection *connection;
  HarkEndpoint from = tcp->bind;
  int fd;

  if (tcp->n_dials >= HARK_TCP_DIALS_MAX || !hark_endpoint_ip_len (to) || !make_room (tcp))
    return NULL;
  if (tcp->bound) {
    hark_bound_update (tcp->bound);
    if (!hark_bound_source (tcp->bound, to, &from))
      return NULL;
  }
  fd = hark_tcp_socket_dial (to, from.family ? &from : NULL);
  if (fd < 0)
    return NULL;
  connection = connection_new (tcp, fd, to, kind);
  connection->connecting = true;
  tcp->n_dials++;
  watch (connection);
  return connection;
}

HarkTcpConnection *
hark_tcp_dial (HarkTcp *tcp,
               const HarkEndpoint *to,
               const uint8_t *hello,
               size_t len,
               const HarkTcpPathHandlers *handlers,
               void *data)
{
  HarkTcpConnection *connection = dial (tcp, to, PATH);

  if (!connection)
    return NULL;
  connection->handlers = handlers;
  connection->data = data;
  add_packet (connection, hello, len);
  return connection;
}

void
hark_tcp_connection_take (HarkTcpConnection *connection,
                          const HarkTcpPathHandlers *handlers,
                          void *data)
{
  g_assert (connection->kind == FRESH);
  connection->kind = PATH;
  connection->handlers = handlers;
  connection->data = data;
  connection->deadline = 0;
}

void
hark_tcp_connection_get_ends (const HarkTcpConnection *connection,
                              HarkEndpoint *ret_local,
                              HarkEndpoint *ret_remote)
{
  struct sockaddr_storage address;
  socklen_t len = sizeof address;

  *ret_local = (HarkEndpoint){0};
  if (connection->tcp && getsockname (connection->fd, (struct sockaddr *) &address, &len) == 0)
    hark_endpoint_from_sockaddr ((struct sockaddr *) &address, ret_local);
  ret_local->tcp = true;
  *ret_remote = connection->remote;
}

/* ---- signalling ------------------------------------------------------------------ */

static HarkTcpConnection *
find_signal (HarkTcp *tcp, const HarkEndpoint *to)
{
  for (guint i = 0; i < tcp->connections->len; i++) {
    HarkTcpConnection *connection = tcp->connections->pdata[i];

    if (connection->kind == SIGNAL && hark_endpoint_equal (&connection->remote, to))
      return connection;
  }
  return NULL;
}

static bool
is_forgotten (const HarkTcp *tcp, const HarkEndpoint *to)
{
  for (unsigned i = 0; i < FORGOTTEN_MAX; i++)
    if (hark_endpoint_equal (&tcp->forgotten[i], to))
      return true;
  return false;
}

bool
hark_tcp_send (HarkTcp *tcp, const HarkEndpoint *to, const uint8_t *data, size_t len)
{
  HarkTcpConnection *connection = find_signal (tcp, to);

  g_assert (to->tcp);
  if (len == 0 || len > HARK_TCP_SIGNAL_LEN_MAX)
    return false;
  if (!connection && !is_forgotten (tcp, to))
    connection = dial (tcp, to, SIGNAL);
  if (!connection)
    return false;
  if (!connection->connecting)
    return hark_tcp_connection_send (connection, data, len, len);
  return add_packet (connection, data, len);
}

/* ---- life ------------------------------------------------------------------------ */

static void
start_listening (HarkTcp *tcp, uint16_t port)
{
  HarkEndpoint address = tcp->has_bind ? tcp->bind : (HarkEndpoint){.family = 6};

  address.port = port;
  tcp->listener = hark_tcp_socket_listen (&address, !tcp->has_bind);
  if (tcp->listener < 0 && !tcp->has_bind && (errno == EAFNOSUPPORT || errno == EADDRNOTAVAIL)) {
    address.family = 4;
    tcp->listener = hark_tcp_socket_listen (&address, true);
  }
  if (tcp->listener < 0) {
    g_debug ("TCP port %u: %s: nobody is accepted", port, g_strerror (errno));
    return;
  }
  tcp->port = port;
  tcp->source = source_new (&listener_funcs, tcp, "hark-tcp-listener");
  tcp->tag = g_source_add_unix_fd (tcp->source, tcp->listener, G_IO_IN);
  g_source_attach (tcp->source, tcp->context);
}

HarkTcp *
hark_tcp_new (uint16_t port,
              const char *bind_text,
              GMainContext *context,
              const HarkTcpHandlers *handlers,
              void *user_data)
{
  HarkTcp *tcp = g_new0 (HarkTcp, 1);

  tcp->context
    = context ? g_main_context_ref (context) : g_main_context_ref (g_main_context_default ());
  tcp->handlers = handlers;
  tcp->user_data = user_data;
  tcp->connections = g_ptr_array_new ();
  tcp->listener = -1;
  tcp->bound = bind_text ? hark_bound_new (bind_text, NULL) : NULL;
  if (tcp->bound && hark_bound_is_single (tcp->bound, &tcp->bind)) {
    tcp->has_bind = true;
    g_clear_pointer (&tcp->bound, hark_bound_free);
  }
  if (port)
    start_listening (tcp, port);
  return tcp;
}

void
hark_tcp_free (HarkTcp *tcp)
{
  if (!tcp)
    return;
  while (tcp->connections->len > 0) {
    HarkTcpConnection *connection = tcp->connections->pdata[tcp->connections->len - 1];

    if (connection->handlers)
      fail (connection);
    else
      end (connection);
  }
  if (tcp->listener >= 0) {
    g_source_destroy (tcp->source);
    g_source_unref (tcp->source);
    close (tcp->listener);
  }
  g_ptr_array_unref (tcp->connections);
  hark_bound_free (tcp->bound);
  g_main_context_unref (tcp->context);
  g_free (tcp);
}

uint16_t
hark_tcp_get_port (const HarkTcp *tcp)
{
  return tcp->port;
}

unsigned
hark_tcp_count (const HarkTcp *tcp)
{
  return tcp->connections->len;
}
