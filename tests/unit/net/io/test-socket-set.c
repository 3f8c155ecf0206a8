#include "net/io/socket-set.h"

#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/udp.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define SOCKETS 100

typedef struct {
  GMainContext *context;
  HarkSocketSet *set;
  HarkSocket *sockets[SOCKETS];
  unsigned n_packets[SOCKETS];
  size_t last_len;
  unsigned unflushed, unflushed_max, flushes;
  int remove; /* the handler removes this one; -1: none */
  bool free_set;
} Room;

static Room room; /* owner of every socket */

static void
on_packet (void *owner,
           unsigned number,
           const HarkEndpoint *from,
           const uint8_t *data G_GNUC_UNUSED,
           size_t len)
{
  g_assert_true (owner == &room);
  g_assert_cmpint (hark_endpoint_scope (from), ==, HARK_SCOPE_LOOPBACK);
  room.n_packets[number]++;
  room.last_len = len;
  room.unflushed++;
  room.unflushed_max = MAX (room.unflushed_max, room.unflushed);
  if (room.remove >= 0)
    g_clear_pointer (&room.sockets[room.remove], hark_socket_remove);
  if (!room.free_set)
    return;
  for (int i = 0; i < SOCKETS; i++)
    g_clear_pointer (&room.sockets[i], hark_socket_remove);
  g_clear_pointer (&room.set, hark_socket_set_free);
}

static void
on_flush (void *user_data)
{
  g_assert_true (user_data == &room);
  room.unflushed = 0;
  room.flushes++;
}

static const HarkSocketHandlers handlers = {.on_packet = on_packet, .on_flush = on_flush};

static int
open_socket (void)
{
  struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl (INADDR_LOOPBACK)};
  int fd = socket (AF_INET, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);

  g_assert_cmpint (bind (fd, (struct sockaddr *) &address, sizeof address), ==, 0);
  return fd;
}

static void
set_up (void)
{
  room = (Room){.context = g_main_context_new (), .remove = -1};
  room.set = hark_socket_set_new (room.context, &handlers, &room);
  g_assert_nonnull (room.set);
  for (unsigned i = 0; i < SOCKETS; i++) {
    room.sockets[i] = hark_socket_set_add (room.set, open_socket (), &room, i);
    g_assert_nonnull (room.sockets[i]);
  }
}

static void
tear_down (void)
{
  for (int i = 0; i < SOCKETS; i++)
    hark_socket_remove (room.sockets[i]);
  hark_socket_set_free (room.set);
  g_main_context_unref (room.context);
}

/* @len bytes to socket @number in packets of @segment, in one go. */
static void
send_to (unsigned number, size_t len, int segment)
{
  static uint8_t bytes[65507];
  struct sockaddr_storage address;
  int fd = open_socket ();

  g_assert_cmpint (setsockopt (fd, SOL_UDP, UDP_SEGMENT, &segment, sizeof segment), ==, 0);
  hark_endpoint_to_sockaddr (hark_socket_get_local (room.sockets[number]), false, &address);
  g_assert_cmpint (
    sendto (fd, bytes, len, 0, (struct sockaddr *) &address, sizeof (struct sockaddr_in)), ==,
    (ssize_t) len);
  close (fd);
}

static void
run (void)
{
  while (g_main_context_iteration (room.context, FALSE))
    continue;
}

static void
test_many_sockets (void)
{
  GPollFD fds[SOCKETS];
  gint timeout, priority;

  set_up ();
  for (unsigned i = 0; i < SOCKETS; i++)
    send_to (i, 100 + i, 1000);
  g_assert_true (g_main_context_acquire (room.context));
  g_main_context_prepare (room.context, &priority);
  /* the context's own and the set's, for a hundred sockets */
  g_assert_cmpint (g_main_context_query (room.context, G_MAXINT, &timeout, fds, SOCKETS), <=, 2);
  g_main_context_release (room.context);
  run ();
  for (unsigned i = 0; i < SOCKETS; i++)
    g_assert_cmpuint (room.n_packets[i], ==, 1);
  g_assert_cmpuint (room.flushes, >=, 1);
  tear_down ();
}

static void
test_cuts_what_the_kernel_joined (void)
{
  set_up ();
  send_to (3, 40 * 1200 + 7, 1200);
  run ();
  g_assert_cmpuint (room.n_packets[3], ==, 41);
  g_assert_cmpuint (room.last_len, ==, 7);
  g_assert_cmpuint (room.unflushed_max, ==, HARK_SOCKET_SET_FLUSH_EVERY);
  tear_down ();
}

/* By its own handler, and by that of another one that is ready as well. */
static void
test_removed_by_handlers (void)
{
  set_up ();
  room.remove = 5;
  send_to (5, 10 * 1000, 1000);
  run ();
  g_assert_cmpuint (room.n_packets[5], ==, 1);
  for (unsigned i = 10; i < 12; i++)
    send_to (i, 500, 500);
  room.remove = 11;
  run ();
  g_assert_cmpuint (room.n_packets[10], ==, 1);
  g_assert_cmpuint (room.n_packets[11], <=, 1);
  g_assert_null (room.sockets[11]);
  tear_down ();
}

static void
test_freed_by_handler (void)
{
  set_up ();
  room.free_set = true;
  for (unsigned i = 0; i < 10; i++)
    send_to (i, 5000, 1000);
  run ();
  g_assert_null (room.set);
  tear_down ();
}

static void
test_others_may_read_again (void)
{
  int fd, other;
  uint8_t bytes[2000];

  set_up ();
  fd = open_socket ();
  other = fcntl (fd, F_DUPFD_CLOEXEC, 0);
  hark_socket_remove (room.sockets[0]);
  room.sockets[0] = hark_socket_set_add (room.set, fd, &room, 0);
  hark_socket_remove (room.sockets[0]);
  room.sockets[0] = hark_socket_set_add (room.set, fcntl (other, F_DUPFD_CLOEXEC, 0), &room, 0);
  send_to (0, 5000, 1000);
  run ();
  g_assert_cmpuint (room.n_packets[0], ==, 5);
  g_clear_pointer (&room.sockets[0], hark_socket_remove);
  g_assert_cmpint (recv (other, bytes, sizeof bytes, MSG_DONTWAIT), ==, -1);
  close (other);
  tear_down ();
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/socket-set/a-hundred-sockets-are-one-to-the-loop", test_many_sockets);
  g_test_add_func ("/socket-set/cuts-what-the-kernel-joined", test_cuts_what_the_kernel_joined);
  g_test_add_func ("/socket-set/sockets-may-be-removed-by-handlers", test_removed_by_handlers);
  g_test_add_func ("/socket-set/may-be-freed-by-a-handler", test_freed_by_handler);
  g_test_add_func ("/socket-set/others-may-read-again", test_others_may_read_again);
  return g_test_run ();
}
