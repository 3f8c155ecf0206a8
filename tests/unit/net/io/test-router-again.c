/* When the router is asked for ports again: after sleep, and when the way to it was away. This one
 * process lives in a network namespace for each of a computer and its router. */
#include "net/io/portmap.h"
#include "net/net.h"
#include "tests/unit/net/io/places.h"

#include <gio/gio.h>
#include <netinet/in.h>
#include <sodium.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#define PCP_PORT 5351
#define REQUEST_LEN 60 /* RFC 6887 sections 7.1 and 11.1 */
#define LIFETIME_AT 4
#define PROTOCOL_AT 36
#define ADDRESS_AT 44
#define GROUP "FAFFFFEF" /* that UPnP routers speak to */

enum { COMPUTER, ROUTER };

static time_t slept; /* seconds */

/* In place of the C library's: the computer slept. */
int
clock_gettime (clockid_t id, struct timespec *ret)
{
  int result = (int) syscall (SYS_clock_gettime, id, ret);

  if (id == CLOCK_BOOTTIME)
    ret->tv_sec += slept;
  return result;
}

typedef struct {
  GMainContext *context;
  HarkNet *net;
  HarkNetRunner *runner;
  int router; /* its socket */
} Fixture;

static void
on_activity (void *data)
{
  Fixture *fixture = data;
  HarkNetEvent event;

  while (hark_net_poll_event (fixture->net, &event))
    continue;
}

static void
set_up (Fixture *fixture, const void *data G_GNUC_UNUSED)
{
  static const uint8_t seed[32] = {1};
  const HarkNetConfig config = {.dht = true};
  const HarkNetRunnerConfig runner_config = {.map_ports = true};
  const struct sockaddr_in place = {.sin_family = AF_INET, .sin_port = htons (PCP_PORT)};
  g_autoptr (GError) error = NULL;

  g_assert_true (places_go_to (ROUTER));
  fixture->router = socket (AF_INET, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  g_assert_cmpint (bind (fixture->router, (const struct sockaddr *) &place, sizeof place), ==, 0);
  g_assert_true (places_go_to (COMPUTER));
  fixture->context = g_main_context_new ();
  fixture->net = hark_net_new (&config, seed, g_get_real_time () / 1000, hark_net_runner_now ());
  fixture->runner = hark_net_runner_new (fixture->net, &runner_config, fixture->context,
                                         on_activity, fixture, &error);
  g_assert_no_error (error);
  hark_net_runner_resolve (fixture->runner, "10.1.0.2:6881"); /* so that it has something to do */
}

static void
tear_down (Fixture *fixture, const void *data G_GNUC_UNUSED)
{
  hark_net_runner_free (fixture->runner);
  hark_net_free (fixture->net);
  g_main_context_unref (fixture->context);
  close (fixture->router);
}

/* Grants what is asked for; true when it was the first port, and is not to be closed. */
static bool
answer (Fixture *fixture)
{
  static const uint8_t external[] = {198, 51, 100, 7}, none[4];
  struct sockaddr_storage from;
  socklen_t from_len = sizeof from;
  uint8_t packet[REQUEST_LEN + 1];
  bool opens;

  if (recvfrom (fixture->router, packet, sizeof packet, 0, (struct sockaddr *) &from, &from_len)
        != REQUEST_LEN
      || packet[0] != 2 || packet[1] != 1)
    return false;
  opens = memcmp (packet + LIFETIME_AT, none, sizeof none) != 0;
  packet[1] |= 0x80;
  memset (packet + 8, 0, 16); /* epoch */
  memcpy (packet + ADDRESS_AT + 12, external, sizeof external);
  sendto (fixture->router, packet, REQUEST_LEN, 0, (struct sockaddr *) &from, from_len);
  return opens && packet[PROTOCOL_AT] == IPPROTO_UDP;
}

/* True when the router is asked within some seconds. */
static bool
is_asked (Fixture *fixture)
{
  gint64 patience = g_get_monotonic_time () + 10 * G_USEC_PER_SEC;

  while (g_get_monotonic_time () < patience) {
    if (answer (fixture))
      return true;
    if (!g_main_context_iteration (fixture->context, FALSE))
      g_usleep (1000);
  }
  return false;
}

static bool
has_mapping (Fixture *fixture)
{
  HarkNetStatus status;

  hark_net_get_status (fixture->net, &status);
  return status.mapping != HARK_MAPPING_NONE;
}

static void
wait_for_mapping (Fixture *fixture, bool mapping)
{
  gint64 patience = g_get_monotonic_time () + 20 * G_USEC_PER_SEC;

  while (has_mapping (fixture) != mapping) {
    g_assert_cmpint (g_get_monotonic_time (), <, patience);
    answer (fixture);
    if (!g_main_context_iteration (fixture->context, FALSE))
      g_usleep (1000);
  }
}

/* The lease went on to run while the clock that its renewal goes by stood still. */
static void
test_after_sleep (Fixture *fixture, const void *data G_GNUC_UNUSED)
{
  g_assert_true (is_asked (fixture));
  wait_for_mapping (fixture, true);
  slept += 3 * 3600;
  g_assert_true (is_asked (fixture));
}

/* Many homes have a router at the same address, and it gives the same one to who comes. */
static void
test_same_address (Fixture *fixture, const void *data G_GNUC_UNUSED)
{
  g_assert_true (is_asked (fixture));
  wait_for_mapping (fixture, true);
  g_assert_true (places_run ("ip route del default"));
  wait_for_mapping (fixture, false);
  g_assert_true (places_run ("ip route add default via 10.1.0.2"));
  g_assert_true (is_asked (fixture));
  wait_for_mapping (fixture, true);
}

static void
on_mapping (void *data G_GNUC_UNUSED, const HarkPortMapNews *news G_GNUC_UNUSED)
{
}

static void
on_restart (void *data G_GNUC_UNUSED)
{
}

/* The kernel lets a socket be a member of so many groups, here of one, and counts those of what was
 * plugged out. */
static void
test_routers_come_and_go (void)
{
  HarkPortMap *map;

  g_assert_true (places_go_to (COMPUTER));
  g_assert_true (places_run ("echo 1 > /proc/sys/net/ipv4/igmp_max_memberships"));
  map = hark_portmap_new (NULL, on_mapping, on_restart, NULL);
  hark_portmap_want (map, 40000, false);
  for (unsigned i = 0; i < 3; i++) {
    g_assert_true (places_run ("ip link add dock type veth peer name screen"
                               " && ip addr add 10.3.0.1/24 dev dock"
                               " && ip link set dock up && ip link set screen up"
                               " && ip route replace default via 10.3.0.2"));
    hark_portmap_moved (map);
    for (unsigned tries = 0; tries < 5000 && !places_have_joined ("dock", GROUP); tries++)
      g_usleep (1000);
    g_assert_true (places_have_joined ("dock", GROUP));
    g_assert_true (places_run ("ip link del dock"));
  }
  hark_portmap_free (map);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_assert_cmpint (sodium_init (), >=, 0);
  if (!places_open (2) || !places_lay_cable (COMPUTER, "lan", ROUTER, "home")
      || !places_run ("ip addr add 10.1.0.2/24 dev home && ip link set home up")
      || !places_go_to (COMPUTER)
      || !places_run ("ip addr add 10.1.0.1/24 dev lan && ip link set lan up"
                      " && ip route add default via 10.1.0.2")) {
    g_print ("1..0 # SKIP no network namespaces here\n");
    return 0;
  }
  g_test_add ("/router/asked-again-after-sleep", Fixture, NULL, set_up, test_after_sleep,
              tear_down);
  g_test_add ("/router/asked-again-in-another-home", Fixture, NULL, set_up, test_same_address,
              tear_down);
  g_test_add_func ("/router/docks-come-and-go", test_routers_come_and_go);
  return g_test_run ();
}
