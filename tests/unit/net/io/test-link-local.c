/* Two computers on a cable: nothing but link-local addresses. This one process lives in a network
 * namespace for each. */
#include "tests/unit/net/io/pair.h"
#include "tests/unit/net/io/places.h"

#include <string.h>

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Pair, pair_free)

enum { LEFT, RIGHT, NOWHERE }; /* the third one has no network */

static bool
lay_cable (void)
{
  return places_open (3) && places_lay_cable (LEFT, "left", RIGHT, "right")
         && places_run ("ip link set right addrgenmode none && ip link set right up"
                        " && ip addr add fe80::2/64 dev right nodad")
         && places_go_to (LEFT)
         && places_run ("ip link set left addrgenmode none && ip link set left up"
                        " && ip addr add fe80::1/64 dev left nodad")
         && places_go_to (NOWHERE);
}

/* The kernel notices the other end of the cable a little later. */
static bool
has_carrier (unsigned place)
{
  HarkEndpoint hosts[HARK_HOSTS_MAX];

  for (int tries = 0; tries < 5000 && places_go_to (place); tries++) {
    if (hark_hosts_list (NULL, false, hosts) > 0)
      return places_go_to (NOWHERE);
    g_usleep (1000);
  }
  return false;
}

static void
go_to_end (int end)
{
  g_assert_true (places_go_to ((unsigned) end));
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

  g_assert_true (places_go_to (LEFT));
  g_assert_cmpuint (hark_hosts_list (NULL, false, hosts), ==, 1);
  g_assert_cmpuint (hosts[0].ip[15], ==, 1);
  g_assert_cmpuint (hosts[0].interface, !=, 0);
  g_assert_true (places_go_to (NOWHERE));
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
  g_assert_true (places_go_to (NOWHERE));
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

  g_assert_true (places_go_to (LEFT));
  g_assert_true (places_run ("ip addr add 169.254.7.7/16 dev left"));
  g_assert_cmpuint (hark_hosts_list (NULL, false, hosts), ==, 2);
  g_assert_true (places_run ("ip addr add 10.1.1.1/24 dev left"));
  g_assert_cmpuint (hark_hosts_list (NULL, false, hosts), ==, 3);
  g_assert_cmpuint (hosts[0].family, ==, 4);
  g_assert_cmpuint (hosts[0].ip[0], ==, 10);
  g_assert_cmpuint (hosts[2].family, ==, 6); /* someone may have nothing else */
  g_assert_true (places_run ("ip addr add fd00::1/64 dev left nodad"));
  g_assert_cmpuint (hark_hosts_list (NULL, false, hosts), ==, 3);
  for (int i = 0; i < 3; i++)
    g_assert_true (hosts[i].family == 4 || hosts[i].ip[0] == 0xfd);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  if (!lay_cable () || !has_carrier (LEFT) || !has_carrier (RIGHT)) {
    g_print ("1..0 # SKIP no network namespaces here\n");
    return 0;
  }
  g_test_add_func ("/link-local/interfaces-without-better-are-listed", test_lists_links);
  g_test_add_func ("/link-local/connects-over-a-cable", test_connects);
  g_test_add_func ("/link-local/wider-addresses-are-preferred", test_wider_addresses_are_preferred);
  return g_test_run ();
}
