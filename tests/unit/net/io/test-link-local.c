/* Two computers on a cable: nothing but link-local addresses. This one process lives in a network
 * namespace for each. */
#include "tests/unit/net/io/pair.h"

#include <fcntl.h>
#include <sched.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Pair, pair_free)

static int places[3]; /* network namespaces: the two computers, and one without any network */

static bool
run (const char *command)
{
  return system (command) == 0;
}

static bool
go_to (int place)
{
  return setns (places[place], CLONE_NEWNET) == 0;
}

static bool
new_place (int i)
{
  if (unshare (CLONE_NEWNET) != 0)
    return false;
  places[i] = open ("/proc/self/ns/net", O_RDONLY | O_CLOEXEC);
  return places[i] >= 0;
}

/* The ends are made in the third place and moved into the first two. */
static bool
lay_cable (void)
{
  g_autofree char *left = NULL, *right = NULL;

  for (int i = 0; i < 3; i++)
    if (!new_place (i))
      return false;
  left = g_strdup_printf ("ip link set left netns /proc/%d/fd/%d", getpid (), places[0]);
  right = g_strdup_printf ("ip link set right netns /proc/%d/fd/%d", getpid (), places[1]);
  return run ("ip link add left type veth peer name right 2>/dev/null") && run (left) && run (right)
         && go_to (0)
         && run ("ip link set left addrgenmode none && ip link set left up"
                 " && ip addr add fe80::1/64 dev left nodad")
         && go_to (1)
         && run ("ip link set right addrgenmode none && ip link set right up"
                 " && ip addr add fe80::2/64 dev right nodad")
         && go_to (2);
}

/* The kernel notices the other end of the cable a little later. */
static bool
has_carrier (int place)
{
  HarkEndpoint hosts[HARK_HOSTS_MAX];

  for (int tries = 0; tries < 5000 && go_to (place); tries++) {
    if (hark_hosts_list (NULL, false, hosts) > 0)
      return go_to (2);
    g_usleep (1000);
  }
  return false;
}

static void
go_to_end (int end)
{
  g_assert_true (go_to (end));
}

static bool
one_each (Pair *pair)
{
  return pair->ends[0].n_packets > 0 && pair->ends[1].n_packets > 0;
}

static void
test_lists_links (void)
{
  HarkEndpoint hosts[HARK_HOSTS_MAX];

  g_assert_true (go_to (0));
  g_assert_cmpuint (hark_hosts_list (NULL, false, hosts), ==, 1);
  g_assert_cmpuint (hosts[0].ip[15], ==, 1);
  g_assert_cmpuint (hosts[0].interface, !=, 0);
  g_assert_true (go_to (2));
  g_assert_cmpuint (hark_hosts_list (NULL, false, hosts), ==, 0);
}

static void
test_connects (void)
{
  g_autoptr (Pair) pair = pair_new (NULL);
  uint8_t packet[1000];

  pair_close_path (pair); /* there is no address in the third place */
  pair->before_open = go_to_end;
  pair_open_path (pair);
  g_assert_true (go_to (2));
  memset (packet, 0xc0, sizeof packet);
  for (int round = 0; round < 2; round++) {
    if (round == 0)
      pair_run (pair, pair_is_ready);
    else
      pair_run_until_taken (pair);
    for (int i = 0; i < 2; i++)
      pair->ends[i].n_packets = 0;
    for (int i = 0; i < 2; i++) {
      PairEnd *end = &pair->ends[i];

      g_assert_cmpint (end->info.route, ==, HARK_ROUTE_LAN);
      g_assert_cmpint (hark_endpoint_scope (&end->info.local), ==, HARK_SCOPE_LINK_LOCAL);
      g_assert_true (hark_ice_path_send (end->path, packet, sizeof packet, 500));
    }
    pair_run (pair, one_each);
  }
}

static void
test_wider_addresses_are_preferred (void)
{
  HarkEndpoint hosts[HARK_HOSTS_MAX];

  g_assert_true (go_to (0));
  g_assert_true (run ("ip addr add 169.254.7.7/16 dev left"));
  g_assert_cmpuint (hark_hosts_list (NULL, false, hosts), ==, 2);
  g_assert_true (run ("ip addr add 10.1.1.1/24 dev left"));
  g_assert_cmpuint (hark_hosts_list (NULL, false, hosts), ==, 3);
  g_assert_cmpuint (hosts[0].family, ==, 4);
  g_assert_cmpuint (hosts[0].ip[0], ==, 10);
  g_assert_cmpuint (hosts[2].family, ==, 6); /* someone may have nothing else */
  g_assert_true (run ("ip addr add fd00::1/64 dev left nodad"));
  g_assert_cmpuint (hark_hosts_list (NULL, false, hosts), ==, 3);
  for (int i = 0; i < 3; i++)
    g_assert_true (hosts[i].family == 4 || hosts[i].ip[0] == 0xfd);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  if (!lay_cable () || !has_carrier (0) || !has_carrier (1)) {
    g_print ("1..0 # SKIP no network namespaces here\n");
    return 0;
  }
  g_test_add_func ("/link-local/interfaces-without-better-are-listed", test_lists_links);
  g_test_add_func ("/link-local/connects-over-a-cable", test_connects);
  g_test_add_func ("/link-local/wider-addresses-are-preferred", test_wider_addresses_are_preferred);
  return g_test_run ();
}
