/* Bytes of a stranger on a real TCP connection: packets, proofs of paths, or nothing of the kind.
 * Each is dealt with or the connection is closed; none stays. */
#include "net/io/path-tcp.h"

#include <arpa/inet.h>
#include <glib.h>
#include <sodium.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput (const uint8_t *data, size_t size);

static HarkTcp *tcp;
static HarkPathTcps *tcps;

static void
on_datagram (void *user_data, const HarkEndpoint *from, const uint8_t *data, size_t len)
{
  (void) user_data;
  g_assert (from->tcp && len > 0 && len <= HARK_TCP_SIGNAL_LEN_MAX);
  hark_tcp_send (tcp, from, data, len);
}

static void
on_unreachable (void *user_data, const HarkEndpoint *to)
{
  (void) user_data;
  (void) to;
}

static void
on_batch_end (void *user_data)
{
  (void) user_data;
}

static void
on_path (void *user_data, HarkTcpConnection *connection, const uint8_t *data, size_t len)
{
  (void) user_data;
  hark_path_tcps_accept (tcps, connection, data, len);
}

static void
on_state (void *user_data, uint32_t path, HarkPathState state, const HarkPathInfo *info)
{
  (void) user_data;
  (void) path;
  (void) info;
  g_assert (state != HARK_PATH_READY); /* nobody knows the passwords */
}

static void
on_packet (void *user_data, uint32_t path, const uint8_t *data, size_t len)
{
  (void) user_data;
  (void) path;
  (void) data;
  (void) len;
  g_assert_not_reached ();
}

static void
start (void)
{
  static const HarkTcpHandlers handlers = {.on_datagram = on_datagram,
                                           .on_unreachable = on_unreachable,
                                           .on_batch_end = on_batch_end,
                                           .on_path = on_path};
  static const HarkPathTcpHandlers path_handlers
    = {.on_state = on_state, .on_packet = on_packet, .on_flush = on_batch_end};
  HarkPathDescription ours = {.ufrag = "AAAAAAAA", .password = "AAAAAAAAAAAAAAAAAAAAAAAA"}, udp;
  HarkPathDescription theirs = {.ufrag = "BBBBBBBB", .password = "BBBBBBBBBBBBBBBBBBBBBBBB"};
  uint16_t port = (uint16_t) g_random_int_range (20000, 32000);
  HarkPathTcp *path;

  g_assert (sodium_init () >= 0);
  while (!tcp || !hark_tcp_get_port (tcp)) {
    hark_tcp_free (tcp);
    tcp = hark_tcp_new (++port, "127.0.0.1", NULL, &handlers, NULL);
  }
  tcps = hark_path_tcps_new (tcp, "127.0.0.1", true, NULL, &path_handlers, NULL);
  path = hark_path_tcp_open (tcps, 1, true, false);
  randombytes_buf (ours.password, 8);
  hark_path_tcp_add_local (path, &ours);
  hark_path_tcp_set_remote (path, &theirs, &udp);
}

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  struct linger at_once = {.l_onoff = 1}; /* no port of ours is left waiting */
  struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl (INADDR_LOOPBACK)};
  int fd;

  if (!tcp)
    start ();
  address.sin_port = htons (hark_tcp_get_port (tcp));
  fd = socket (AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  g_assert (fd >= 0);
  setsockopt (fd, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
  g_assert (connect (fd, (struct sockaddr *) &address, sizeof address) == 0);
  while (hark_tcp_count (tcp) == 0)
    g_main_context_iteration (NULL, TRUE);
  if (size)
    send (fd, data, MIN (size, 32768), MSG_NOSIGNAL | MSG_DONTWAIT);
  shutdown (fd, SHUT_WR);
  while (hark_tcp_count (tcp) > 0)
    g_main_context_iteration (NULL, TRUE);
  close (fd);
  return 0;
}
