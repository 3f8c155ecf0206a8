/* What the kernel lets through to the socket of a path, on loopback. */
#include "net/io/filter.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define UFRAG "aB3+5678"

typedef struct {
  int in, out;
} Fixture;

static int
open_at (const char *ip)
{
  struct sockaddr_in address = {.sin_family = AF_INET};
  int fd = socket (AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);

  g_assert_cmpint (inet_pton (AF_INET, ip, &address.sin_addr), ==, 1);
  g_assert_cmpint (bind (fd, (struct sockaddr *) &address, sizeof address), ==, 0);
  return fd;
}

static void
set_up (Fixture *fixture, const void *data)
{
  struct sockaddr_in address;
  socklen_t len = sizeof address;

  (void) data;
  fixture->in = open_at ("127.0.0.1");
  fixture->out = open_at ("127.0.0.2");
  g_assert_cmpint (getsockname (fixture->in, (struct sockaddr *) &address, &len), ==, 0);
  g_assert_cmpint (connect (fixture->out, (struct sockaddr *) &address, len), ==, 0);
}

static void
tear_down (Fixture *fixture, const void *data)
{
  (void) data;
  close (fixture->in);
  close (fixture->out);
}

/* On loopback a datagram is there, or dropped, when send() returns. */
static bool
passes (Fixture *fixture, const void *data, size_t len)
{
  uint8_t buffer[2048];

  g_assert_cmpint (send (fixture->out, data, len, 0), ==, (ssize_t) len);
  return recv (fixture->in, buffer, sizeof buffer, MSG_DONTWAIT) == (ssize_t) len;
}

/* A Binding message with @n attributes of odd lengths before its USERNAME. */
static size_t
write_stun (uint16_t type, const char *username, unsigned n, uint8_t ret[512])
{
  size_t len = strlen (username), at = 20;

  memset (ret, 0, 512);
  for (unsigned i = 0; i < n; i++) {
    ret[at + 1] = 0x24; /* PRIORITY and the like */
    ret[at + 3] = (uint8_t) (1 + i);
    at += 4 + (1 + i + 3) / 4 * 4;
  }
  ret[at + 1] = 0x06;
  ret[at + 3] = (uint8_t) len;
  memcpy (ret + at + 4, username, len);
  at += 4 + (len + 3) / 4 * 4;
  ret[0] = (uint8_t) (type >> 8);
  ret[1] = (uint8_t) type;
  ret[3] = (uint8_t) (at - 20);
  return at;
}

static void
test_requests (Fixture *fixture, const void *data)
{
  uint8_t packet[512];
  size_t len;

  (void) data;
  g_assert_true (hark_filter_attach (fixture->in, 4, UFRAG, NULL, 0));
  for (unsigned n = 0; n < HARK_FILTER_ATTRIBUTES_MAX; n++) {
    len = write_stun (0x0001, UFRAG ":theirs", n, packet);
    g_assert_true (passes (fixture, packet, len));
    for (size_t cut = 28; cut < len - 8; cut++) /* wherever it ends */
      passes (fixture, packet, cut);
  }
  len = write_stun (0x0001, UFRAG ":theirs", HARK_FILTER_ATTRIBUTES_MAX, packet);
  g_assert_false (passes (fixture, packet, len));
  len = write_stun (0x0001, UFRAG "9:theirs", 1, packet);
  g_assert_false (passes (fixture, packet, len));
  len = write_stun (0x0001, "aB3+5679:theirs", 1, packet);
  g_assert_false (passes (fixture, packet, len));
  len = write_stun (0x0001, "bB3+5678:theirs", 1, packet);
  g_assert_false (passes (fixture, packet, len));
  g_assert_false (passes (fixture, packet, 20)); /* no attributes */
}

static void
test_others (Fixture *fixture, const void *data)
{
  uint8_t packet[512];
  size_t len;

  (void) data;
  g_assert_true (hark_filter_attach (fixture->in, 4, UFRAG, NULL, 0));
  len = write_stun (0x0101, "somebody", 1, packet);
  g_assert_true (passes (fixture, packet, len));
  len = write_stun (0x0111, UFRAG ":theirs", 1, packet);
  g_assert_false (passes (fixture, packet, len));
  memset (packet, 0xc3, sizeof packet);
  g_assert_true (passes (fixture, packet, sizeof packet));
  g_assert_true (passes (fixture, packet, 1));
}

static void
test_sources (Fixture *fixture, const void *data)
{
  static const HarkEgressPrefix near = {
    {.family = 4, .ip = {127, 0, 0, 2}},
    31
  };
  static const HarkEgressPrefix six = {
    {.family = 6, .ip = {127, 0, 0, 2}},
    32
  };
  static const HarkEgressPrefix far = {
    {.family = 4, .ip = {10}},
    8
  };
  HarkEgressPrefix many[HARK_EGRESS_PREFIXES_MAX];
  uint8_t packet[100] = {0xff};

  (void) data;
  g_assert_true (hark_filter_attach (fixture->in, 4, UFRAG, &near, 1));
  g_assert_true (passes (fixture, packet, sizeof packet));
  g_assert_true (hark_filter_attach (fixture->in, 4, UFRAG, &far, 1));
  g_assert_false (passes (fixture, packet, sizeof packet));
  g_assert_true (hark_filter_attach (fixture->in, 4, UFRAG, &six, 1));
  g_assert_false (passes (fixture, packet, sizeof packet));
  for (size_t i = 0; i < G_N_ELEMENTS (many); i++)
    many[i] = far;
  g_assert_true (hark_filter_attach (fixture->in, 4, UFRAG, many, G_N_ELEMENTS (many)));
  g_assert_false (passes (fixture, packet, sizeof packet));
  many[G_N_ELEMENTS (many) - 1] = near;
  g_assert_true (hark_filter_attach (fixture->in, 4, UFRAG, many, G_N_ELEMENTS (many)));
  g_assert_true (passes (fixture, packet, sizeof packet));
}

static void
test_ipv6 (Fixture *fixture, const void *data)
{
  static const HarkEgressPrefix prefixes[] = {
    {{.family = 6, .ip = {0xfe, 0x80}},                            10 },
    {{.family = 6, .ip = {0x20, 0x01, 0x0d, 0xb8, 1, 2, 3, 4, 5}}, 68 },
    {{.family = 6, .ip = {[15] = 1}},                              128},
  };
  struct sockaddr_in6 address = {.sin6_family = AF_INET6, .sin6_addr = IN6ADDR_LOOPBACK_INIT};
  socklen_t len = sizeof address;
  uint8_t packet[100] = {0xff};
  Fixture six = {socket (AF_INET6, SOCK_DGRAM | SOCK_CLOEXEC, 0),
                 socket (AF_INET6, SOCK_DGRAM | SOCK_CLOEXEC, 0)};

  (void) fixture;
  (void) data;
  if (six.in < 0 || bind (six.in, (struct sockaddr *) &address, len) < 0) {
    g_test_skip ("no IPv6 here");
  } else {
    g_assert_cmpint (getsockname (six.in, (struct sockaddr *) &address, &len), ==, 0);
    g_assert_cmpint (connect (six.out, (struct sockaddr *) &address, len), ==, 0);
    g_assert_true (hark_filter_attach (six.in, 6, UFRAG, prefixes, 3));
    g_assert_true (passes (&six, packet, sizeof packet));
    g_assert_true (hark_filter_attach (six.in, 6, UFRAG, prefixes, 2));
    g_assert_false (passes (&six, packet, sizeof packet));
  }
  close (six.in);
  close (six.out);
}

#define ADD(path, test) g_test_add ("/filter/" path, Fixture, NULL, set_up, test, tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD ("requests-must-name-us", test_requests);
  ADD ("errors-are-dropped-and-packets-are-not", test_others);
  ADD ("sources-must-be-local", test_sources);
  ADD ("sources-must-be-local-over-ipv6", test_ipv6);
  return g_test_run ();
}
