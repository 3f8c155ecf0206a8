/* Beacons on two networks of which only one may be used. This one process lives in a network
 * namespace for each of two computers with two cables between them. */
#include "net/io/multicast.h"

#include "net/io/hosts.h"
#include "net/lan/beacon.h"
#include "tests/unit/net/io/places.h"

#include <arpa/inet.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define GROUP "4B48FFEF" /* of beacons */

enum { OURS, NEIGHBOURS };

typedef struct {
  unsigned n;
  uint8_t network; /* of the last sender: 10.x */
} Heard;

/* Of each cable, 1 and 2, our end is 10.x.0.1 and the neighbour's 10.x.0.2. */
static bool
lay_cable (unsigned x)
{
  g_autofree char *near = g_strdup_printf ("c%u", x);
  g_autofree char *far = g_strdup_printf ("d%u", x);
  g_autofree char *near_up
    = g_strdup_printf ("ip addr add 10.%u.0.1/24 brd + dev c%u && ip link set c%u up", x, x, x);
  g_autofree char *far_up
    = g_strdup_printf ("ip addr add 10.%u.0.2/24 brd + dev d%u && ip link set d%u up", x, x, x);

  return places_lay_cable (OURS, near, NEIGHBOURS, far) && places_run (far_up)
         && places_go_to (OURS) && places_run (near_up);
}

/* The kernel notices the other end of a cable a little later. */
static bool
have_carrier (void)
{
  HarkEndpoint hosts[HARK_HOSTS_MAX];
  size_t n = 0;

  for (int tries = 0; tries < 5000 && n < 2; tries++) {
    size_t all = hark_hosts_list (NULL, false, hosts);

    n = 0;
    for (size_t i = 0; i < all; i++)
      n += hosts[i].family == 4;
    g_usleep (1000);
  }
  return n == 2;
}

static void
on_packet (void *user_data,
           const HarkEndpoint *from,
           const uint8_t *data G_GNUC_UNUSED,
           size_t len G_GNUC_UNUSED)
{
  Heard *heard = user_data;

  heard->n++;
  heard->network = from->ip[1];
}

static void
on_batch_end (void *user_data G_GNUC_UNUSED)
{
}

static const HarkMulticastHandlers handlers
  = {.on_group = on_packet, .on_datagram = on_packet, .on_batch_end = on_batch_end};

/* From the neighbour, over one cable. */
static void
say (unsigned x, const char *to)
{
  g_autofree char *device = g_strdup_printf ("d%u", x);
  struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons (HARK_BEACON_PORT)};
  int on = 1, fd;

  g_assert_true (places_go_to (NEIGHBOURS));
  fd = socket (AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  g_assert_cmpint (setsockopt (fd, SOL_SOCKET, SO_BROADCAST, &on, sizeof on), ==, 0);
  g_assert_cmpint (
    setsockopt (fd, SOL_SOCKET, SO_BINDTODEVICE, device, (socklen_t) strlen (device)), ==, 0);
  g_assert_cmpint (inet_pton (AF_INET, to, &address.sin_addr), ==, 1);
  g_assert_cmpint (sendto (fd, "x", 1, 0, (struct sockaddr *) &address, sizeof address), ==, 1);
  close (fd);
  g_assert_true (places_go_to (OURS));
}

/* What comes over the second cable before is not heard when that over the first one is. */
static void
check_bound (const char *bind)
{
  static const char *const first[] = {"10.1.0.1", "10.1.0.255", "255.255.255.255", "239.255.72.75"};
  static const char *const second[]
    = {"10.2.0.1", "10.2.0.255", "255.255.255.255", "239.255.72.75"};
  g_autoptr (HarkEgress) egress = hark_egress_new (false);
  Heard heard = {0};
  HarkMulticast *multicast = hark_multicast_new (bind, egress, NULL, &handlers, &heard);

  g_assert_nonnull (multicast);
  for (unsigned i = 0; i < G_N_ELEMENTS (first); i++) {
    g_test_message ("%s of %s", first[i], bind);
    say (2, second[i]);
    say (1, first[i]);
    while (heard.n == i)
      g_main_context_iteration (NULL, TRUE);
    g_assert_cmpuint (heard.n, ==, i + 1);
    g_assert_cmpuint (heard.network, ==, 1);
  }
  hark_multicast_free (multicast);
}

static void
test_hears_where_it_may (void)
{
  check_bound ("c1");
  check_bound ("10.1.0.1");
}

/* A socket may be a member of 20 groups, here of three: what is plugged in and out each day for
 * weeks must not use them up. */
static void
test_interfaces_come_and_go (void)
{
  g_autoptr (HarkEgress) egress = hark_egress_new (false);
  Heard heard = {0};
  HarkMulticast *multicast = hark_multicast_new (NULL, egress, NULL, &handlers, &heard);

  g_assert_true (places_have_joined ("c1", GROUP));
  g_assert_true (places_run ("echo 3 > /proc/sys/net/ipv4/igmp_max_memberships"));
  for (unsigned i = 0; i < 3; i++) {
    g_assert_true (places_run ("ip link add dock type veth peer name screen"
                               " && ip addr add 10.3.0.1/24 dev dock"
                               " && ip link set dock up && ip link set screen up"));
    for (unsigned tries = 0; tries < 2000 && !places_have_joined ("dock", GROUP); tries++) {
      hark_multicast_update (multicast); /* its carrier comes a little later */
      g_usleep (1000);
    }
    g_assert_true (places_have_joined ("dock", GROUP));
    g_assert_true (places_run ("ip link del dock"));
    hark_multicast_update (multicast);
  }
  g_assert_true (places_have_joined ("c1", GROUP));
  hark_multicast_free (multicast);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  if (!places_open (2) || !lay_cable (1) || !lay_cable (2) || !have_carrier ()) {
    g_print ("1..0 # SKIP no network namespaces here\n");
    return 0;
  }
  g_test_add_func ("/multicast/hears-where-it-may", test_hears_where_it_may);
  g_test_add_func ("/multicast/interfaces-come-and-go", test_interfaces_come_and_go);
  return g_test_run ();
}
