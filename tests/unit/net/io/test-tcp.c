/* Packets over TCP on loopback: what passes, what is closed, and what nobody can use up. */
#include "net/io/tcp.h"
#include "tests/bytes.h"

#include <errno.h>
#include <gio/gio.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

typedef struct {
  HarkTcp *tcp;
  unsigned n, batches, unreachable, hellos, path_packets, closed;
  size_t last_len;
  uint8_t last[HARK_TCP_PATH_LEN_MAX];
  HarkEndpoint from, to;
  bool takes_paths;
  bool sealed; /* its network begins packets with Z */
  HarkTcpConnection *path;
} End;

static void
note (End *end, const uint8_t *data, size_t len)
{
  end->last_len = len;
  memcpy (end->last, data, len);
}

static void
on_datagram (void *user_data, const HarkEndpoint *from, const uint8_t *data, size_t len)
{
  End *end = user_data;

  end->n++;
  end->from = *from;
  note (end, data, len);
}

static void
on_unreachable (void *user_data, const HarkEndpoint *to)
{
  End *end = user_data;

  end->unreachable++;
  end->to = *to;
}

static bool
is_signal (void *user_data, const uint8_t *data, size_t len)
{
  return len > 0 && data[0] == (((End *) user_data)->sealed ? 'Z' : 'd');
}

static void
on_batch_end (void *user_data)
{
  ((End *) user_data)->batches++;
}

static void
on_packet (void *data, HarkTcpConnection *connection, const uint8_t *packet, size_t len)
{
  End *end = data;

  g_assert_true (connection == end->path);
  end->path_packets++;
  note (end, packet, len);
}

static void
on_path_batch_end (void *data, HarkTcpConnection *connection G_GNUC_UNUSED)
{
  ((End *) data)->batches++;
}

static void
on_closed (void *data, HarkTcpConnection *connection)
{
  End *end = data;

  g_assert_true (connection == end->path);
  end->path = NULL;
  end->closed++;
}

static const HarkTcpPathHandlers path_handlers
  = {.on_packet = on_packet, .on_batch_end = on_path_batch_end, .on_closed = on_closed};

static void
on_path (void *user_data, HarkTcpConnection *connection, const uint8_t *data, size_t len)
{
  End *end = user_data;

  end->hellos++;
  note (end, data, len);
  if (!end->takes_paths)
    return;
  end->path = connection;
  hark_tcp_connection_take (connection, &path_handlers, end);
}

static const HarkTcpHandlers handlers = {.is_signal = is_signal,
                                         .on_datagram = on_datagram,
                                         .on_unreachable = on_unreachable,
                                         .on_batch_end = on_batch_end,
                                         .on_path = on_path};

/* A port that nobody uses now. */
static uint16_t
free_port (void)
{
  struct sockaddr_in address = {.sin_family = AF_INET};
  socklen_t len = sizeof address;
  int fd = socket (AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

  g_assert_cmpint (bind (fd, (struct sockaddr *) &address, len), ==, 0);
  g_assert_cmpint (getsockname (fd, (struct sockaddr *) &address, &len), ==, 0);
  close (fd);
  return ntohs (address.sin_port);
}

static void
open_listener (End *end)
{
  for (int attempt = 0; attempt < 10 && (!end->tcp || !hark_tcp_get_port (end->tcp)); attempt++) {
    hark_tcp_free (end->tcp);
    end->tcp = hark_tcp_new (free_port (), NULL, NULL, &handlers, end);
  }
  g_assert_cmpuint (hark_tcp_get_port (end->tcp), >, 0);
}

static HarkEndpoint
endpoint_of (const char *ip, const End *end)
{
  g_autofree char *text = g_strdup_printf ("tcp:%s:%u", ip, hark_tcp_get_port (end->tcp));
  HarkEndpoint endpoint;

  g_assert_true (hark_endpoint_parse (text, &endpoint));
  return endpoint;
}

static void
run_until (const unsigned *counter, unsigned value)
{
  while (*counter < value)
    g_main_context_iteration (NULL, TRUE);
}

/* Until nothing happens any more. */
static void
run_dry (void)
{
  for (int quiet = 0; quiet < 5; quiet++) {
    while (g_main_context_iteration (NULL, FALSE))
      quiet = 0;
    g_usleep (1000);
  }
}

static int
dial_raw (const End *end, const char *from)
{
  struct sockaddr_in own = {.sin_family = AF_INET};
  struct sockaddr_in address = {.sin_family = AF_INET,
                                .sin_port = htons (hark_tcp_get_port (end->tcp)),
                                .sin_addr.s_addr = htonl (INADDR_LOOPBACK)};
  int fd = socket (AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

  g_assert_true (fd >= 0);
  if (from) {
    HarkEndpoint endpoint;

    g_assert_true (hark_endpoint_parse (from, &endpoint));
    memcpy (&own.sin_addr, endpoint.ip, 4);
    g_assert_cmpint (bind (fd, (struct sockaddr *) &own, sizeof own), ==, 0);
  }
  g_assert_cmpint (connect (fd, (struct sockaddr *) &address, sizeof address), ==, 0);
  return fd;
}

/* The other side has closed without a word. */
static bool
is_closed (int fd)
{
  uint8_t byte;
  ssize_t n;

  run_dry ();
  n = recv (fd, &byte, 1, MSG_DONTWAIT);
  g_assert_cmpint (n, <=, 0);
  return n == 0 || errno != EAGAIN;
}

static void
test_packets_pass_both_ways (void)
{
  static const char *const places[] = {"127.0.0.1", "[::1]"};
  End client = {0}, server = {0};

  client.tcp = hark_tcp_new (0, NULL, NULL, &handlers, &client);
  g_assert_cmpuint (hark_tcp_get_port (client.tcp), ==, 0);
  open_listener (&server);
  for (unsigned i = 0; i < G_N_ELEMENTS (places); i++) {
    HarkEndpoint to = endpoint_of (places[i], &server);

    g_assert_true (hark_tcp_send (client.tcp, &to, (const uint8_t *) "d1", 2));
    g_assert_true (hark_tcp_send (client.tcp, &to, (const uint8_t *) "d22", 3));
    run_until (&server.n, 2 * i + 2);
    assert_bytes (server.last, server.last_len, "d22", 3);
    g_assert_true (server.from.tcp && hark_endpoint_same_ip (&server.from, &to));
    g_assert_true (hark_tcp_send (server.tcp, &server.from, (const uint8_t *) "answer", 6));
    run_until (&client.n, i + 1);
    assert_bytes (client.last, client.last_len, "answer", 6);
    g_assert_true (hark_endpoint_equal (&client.from, &to));
    g_assert_cmpuint (hark_tcp_count (client.tcp), ==, i + 1);
  }
  hark_tcp_free (client.tcp);
  hark_tcp_free (server.tcp);
}

static void
test_who_is_gone_is_unreachable (void)
{
  End client = {0}, server = {0};
  HarkEndpoint to, nobody;

  open_listener (&server);
  client.tcp = hark_tcp_new (0, NULL, NULL, &handlers, &client);
  to = nobody = endpoint_of ("127.0.0.1", &server);
  hark_tcp_send (client.tcp, &to, (const uint8_t *) "d", 1);
  run_until (&server.n, 1);
  hark_tcp_free (client.tcp);
  run_until (&server.unreachable, 1);
  g_assert_true (hark_endpoint_equal (&server.to, &server.from));
  /* and is not called back: it came from behind a NAT, perhaps */
  g_assert_false (hark_tcp_send (server.tcp, &server.from, (const uint8_t *) "d", 1));
  g_assert_cmpuint (hark_tcp_count (server.tcp), ==, 0);
  hark_tcp_free (server.tcp);

  client = (End){.tcp = hark_tcp_new (0, NULL, NULL, &handlers, &client)};
  hark_tcp_send (client.tcp, &nobody, (const uint8_t *) "d", 1);
  run_until (&client.unreachable, 1);
  g_assert_true (hark_endpoint_equal (&client.to, &nobody));
  g_assert_cmpuint (hark_tcp_count (client.tcp), ==, 0);
  hark_tcp_free (client.tcp);
}

static void
test_garbage_is_closed_without_a_word (void)
{
  static const struct {
    const char *text;
    size_t len;
  } garbage[] = {
    {"GET / HTTP/1.1\r\n\r\n",   18},
    {"\0\0",                     2 },
    {"\0\1\x16",                 3 },
    {"\377\377d",                3 },
    {"\0\1\x25",                 3 }, /* a path that nobody takes */
    {"\x13"
     "BitTorrent protocol", 20},
    {"\0\2d1\0\0",               6 }, /* good, then bad */
  };
  End server = {0};

  open_listener (&server);
  for (size_t i = 0; i < G_N_ELEMENTS (garbage); i++) {
    int fd = dial_raw (&server, NULL);

    g_assert_cmpint (send (fd, garbage[i].text, garbage[i].len, 0), ==, (int) garbage[i].len);
    g_assert_true (is_closed (fd));
    close (fd);
  }
  g_assert_cmpuint (server.n, ==, 1);
  g_assert_cmpuint (server.hellos, ==, 1);
  g_assert_cmpuint (hark_tcp_count (server.tcp), ==, 0);
  hark_tcp_free (server.tcp);
}

static void
test_packets_may_come_in_pieces (void)
{
  static const uint8_t stream[] = {0, 3, 'd', '1', '2', 0, 1, 'x', 0, 2, 'y', 'z'};
  End server = {0};
  int fd;

  open_listener (&server);
  fd = dial_raw (&server, NULL);
  for (size_t i = 0; i < sizeof stream; i++) {
    g_assert_cmpint (send (fd, stream + i, 1, 0), ==, 1);
    run_dry ();
  }
  run_until (&server.n, 3);
  assert_bytes (server.last, server.last_len, "yz", 2);
  close (fd);
  hark_tcp_free (server.tcp);
}

/* Silent ones are let go for those who come later; no address takes all places; in all there are
 * not more than the limit says. */
static void
test_a_flood_leaves_room (void)
{
  End server = {0};
  int fds[600];
  int honest;

  open_listener (&server);
  for (unsigned i = 0; i < 40; i++)
    fds[i] = dial_raw (&server, NULL);
  run_dry ();
  g_assert_cmpuint (hark_tcp_count (server.tcp), ==, HARK_TCP_PER_HOST_MAX);
  for (unsigned i = 40; i < G_N_ELEMENTS (fds); i++) {
    g_autofree char *from = g_strdup_printf ("127.0.1.%u:1", i / 10 + 1);

    fds[i] = dial_raw (&server, from);
    g_main_context_iteration (NULL, FALSE);
  }
  run_dry ();
  g_assert_cmpuint (hark_tcp_count (server.tcp), <=, HARK_TCP_CONNECTIONS_MAX);
  honest = dial_raw (&server, "127.0.2.1:1");
  g_assert_cmpint (send (honest, "\0\1d", 3, 0), ==, 3);
  run_until (&server.n, 1);
  for (unsigned i = 0; i < G_N_ELEMENTS (fds); i++)
    close (fds[i]);
  run_dry ();
  g_assert_cmpuint (hark_tcp_count (server.tcp), ==, 1);
  close (honest);
  hark_tcp_free (server.tcp);
}

/* All places are taken, @per_host by an address: another one is let in all the same. */
static void
check_leave_room (unsigned per_host)
{
  End server = {0};
  int fds[HARK_TCP_CONNECTIONS_MAX];
  int honest;

  open_listener (&server);
  for (unsigned i = 0; i < G_N_ELEMENTS (fds); i++) {
    g_autofree char *from = g_strdup_printf ("127.0.1.%u:1", i / per_host + 1);

    fds[i] = dial_raw (&server, from);
    g_assert_cmpint (send (fds[i], "\0\1d", 3, 0), ==, 3);
    run_until (&server.n, i + 1);
  }
  g_assert_cmpuint (hark_tcp_count (server.tcp), ==, HARK_TCP_CONNECTIONS_MAX);
  honest = dial_raw (&server, "127.0.2.1:1");
  g_assert_cmpint (send (honest, "\0\1d", 3, 0), ==, 3);
  run_until (&server.n, G_N_ELEMENTS (fds) + 1);
  g_assert_cmpuint (hark_tcp_count (server.tcp), ==, HARK_TCP_CONNECTIONS_MAX);
  for (unsigned i = 0; i < G_N_ELEMENTS (fds); i++)
    close (fds[i]);
  run_dry ();
  g_assert_cmpuint (hark_tcp_count (server.tcp), ==, 1);
  close (honest);
  hark_tcp_free (server.tcp);
}

/* Few addresses that talk cannot keep the others out either. */
static void
test_talkers_leave_room (void)
{
  check_leave_room (HARK_TCP_PER_HOST_MAX);
}

/* Nor can somebody who has a whole network of them, as who rents one computer does with IPv6. */
static void
test_a_network_leaves_room (void)
{
  check_leave_room (HARK_TCP_FAIR_SHARE);
}

static void
test_a_slow_reader_costs_little (void)
{
  End client = {0}, server = {.takes_paths = true};
  uint8_t packet[1200] = {HARK_TCP_PATH_HELLO};
  HarkEndpoint to, local, remote;
  unsigned lost = 0, sent = 0;

  open_listener (&server);
  client.tcp = hark_tcp_new (0, NULL, NULL, &handlers, &client);
  to = endpoint_of ("127.0.0.1", &server);
  client.path = hark_tcp_dial (client.tcp, &to, packet, 64, &path_handlers, &client);
  g_assert_nonnull (client.path);
  run_until (&server.hellos, 1);
  hark_tcp_connection_get_ends (server.path, &local, &remote);
  g_assert_true (hark_endpoint_equal (&local, &to) && remote.tcp);

  /* nobody runs the loop: the other side reads nothing */
  while (!lost && sent < 100000)
    if (hark_tcp_connection_send (server.path, packet, sizeof packet, sizeof packet))
      sent++;
    else
      lost++;
  g_assert_cmpuint (lost, ==, 1);
  g_assert_true (hark_tcp_connection_send (server.path, packet, 100, 100)); /* voice still goes */
  run_until (&client.path_packets, sent + 1);
  g_assert_cmpuint (client.last_len, ==, 100);

  hark_tcp_connection_close (client.path);
  run_until (&server.closed, 1);
  g_assert_null (server.path);
  hark_tcp_free (client.tcp);
  hark_tcp_free (server.tcp);
}

static void
test_batches_are_cut_into_packets (void)
{
  End client = {0}, server = {.takes_paths = true};
  uint8_t batch[16000] = {HARK_TCP_PATH_HELLO};
  HarkEndpoint to;

  open_listener (&server);
  client.tcp = hark_tcp_new (0, NULL, NULL, &handlers, &client);
  to = endpoint_of ("[::1]", &server);
  client.path = hark_tcp_dial (client.tcp, &to, batch, 1, &path_handlers, &client);
  run_until (&server.hellos, 1);
  batch[sizeof batch - 1] = 7;
  g_assert_true (hark_tcp_connection_send (client.path, batch, sizeof batch, 1300));
  run_until (&server.path_packets, 13);
  g_assert_cmpuint (server.last_len, ==, sizeof batch - 12 * 1300);
  g_assert_cmpuint (server.last[server.last_len - 1], ==, 7);
  g_assert_true (hark_tcp_connection_send (server.path, batch, sizeof batch, sizeof batch));
  run_until (&client.path_packets, 1);
  g_assert_cmpuint (client.last_len, ==, sizeof batch);
  hark_tcp_free (client.tcp);
  g_assert_cmpuint (client.closed, ==, 1);
  hark_tcp_free (server.tcp);
  g_assert_cmpuint (server.closed, ==, 1);
}

/* Outsiders of a network whose packets are sealed. */
static void
test_outsiders_are_closed_without_a_word (void)
{
  static const char *const firsts[] = {"\0\1d", "\0\1Y", "\0\1\x25", "\0\1Z"};
  End server = {.sealed = true};

  open_listener (&server);
  for (size_t i = 0; i < G_N_ELEMENTS (firsts); i++) {
    int fd = dial_raw (&server, NULL);

    g_assert_cmpint (send (fd, firsts[i], 3, 0), ==, 3);
    if (i + 1 == G_N_ELEMENTS (firsts))
      run_until (&server.n, 1);
    else
      g_assert_true (is_closed (fd));
    close (fd);
  }
  g_assert_cmpuint (server.n, ==, 1);
  hark_tcp_free (server.tcp);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/tcp/packets-pass-both-ways", test_packets_pass_both_ways);
  g_test_add_func ("/tcp/who-is-gone-is-unreachable", test_who_is_gone_is_unreachable);
  g_test_add_func ("/tcp/garbage-is-closed-without-a-word", test_garbage_is_closed_without_a_word);
  g_test_add_func ("/tcp/outsiders-are-closed-without-a-word",
                   test_outsiders_are_closed_without_a_word);
  g_test_add_func ("/tcp/packets-may-come-in-pieces", test_packets_may_come_in_pieces);
  g_test_add_func ("/tcp/a-flood-leaves-room", test_a_flood_leaves_room);
  g_test_add_func ("/tcp/talkers-leave-room", test_talkers_leave_room);
  g_test_add_func ("/tcp/a-network-leaves-room", test_a_network_leaves_room);
  g_test_add_func ("/tcp/a-slow-reader-costs-little", test_a_slow_reader_costs_little);
  g_test_add_func ("/tcp/batches-are-cut-into-packets", test_batches_are_cut_into_packets);
  return g_test_run ();
}
