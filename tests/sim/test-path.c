/* Virtual paths: two of them find each other through every pair of NATs that can work, and notice
 * when it ends. */
#include "tests/sim/path-pool.h"

#include <glib.h>
#include <string.h>

typedef struct {
  HarkSimNetwork *network;
  HarkSimPath *path;
  HarkPathDescription local;
  HarkPathState state;
  HarkPathInfo info;
  HarkTime since; /* of the state */
  unsigned packets;
  HarkEndpoint from; /* of the last; family 0 before it was taken over */
} End;

static void
on_gathered (void *data, uint32_t number, const HarkPathDescription *local)
{
  End *end = data;

  g_assert_cmpuint (number, ==, 7);
  end->local = *local;
}

static void
on_state (void *data, uint32_t number, HarkPathState state, const HarkPathInfo *info)
{
  End *end = data;

  g_assert_cmpuint (number, ==, 7);
  g_assert_cmpint (info != NULL, ==, state == HARK_PATH_READY);
  end->state = state;
  end->since = hark_sim_network_now (end->network);
  if (info)
    end->info = *info;
}

static void
on_packet (void *data, uint32_t number, const HarkEndpoint *from, const uint8_t *bytes, size_t len)
{
  End *end = data;

  g_assert_cmpuint (number, ==, 7);
  g_assert_cmpuint (len, ==, 7);
  g_assert_true (memcmp (bytes, "\x40 hello", 7) == 0);
  end->packets++;
  end->from = from ? *from : (HarkEndpoint){0};
}

static const HarkSimPathEvents events = {on_gathered, on_state, on_packet};

/* A STUN server as small as it gets: answers a Binding request with where it came from. */
static void
on_stun (void *data, const HarkEndpoint *from, const uint8_t *bytes, size_t len)
{
  HarkSimNetwork *network = data;
  uint8_t answer[32] = {0x01, 0x01, 0, 12};

  if (len != 20 || bytes[0] != 0 || bytes[1] != 1)
    return;
  memcpy (answer + 4, bytes + 4, 16);
  memcpy (answer + 20, (const uint8_t[]){0, 0x20, 0, 8, 0, 1}, 6);
  answer[26] = (uint8_t) (from->port >> 8 ^ 0x21);
  answer[27] = (uint8_t) ((from->port & 0xff) ^ 0x12);
  for (int i = 0; i < 4; i++)
    answer[28 + i] = from->ip[i] ^ bytes[4 + i];
  hark_sim_network_send (network, 0, 3478, from, answer, sizeof answer);
}

typedef struct {
  HarkSimNetwork *network;
  unsigned site[2];
  End end[2];
} Pair;

static void
pair_init (Pair *pair, HarkSimNatKind a, HarkSimNatKind b, bool same_home)
{
  HarkEndpoint stun[2] = {{0}, {0}};
  HarkSimLinkConfig link = {.delay = 10 * HARK_MS};

  *pair = (Pair){.network = hark_sim_network_new (11)};
  hark_sim_network_add_host (pair->network, 0);
  stun[0] = hark_sim_network_get_address (pair->network, 0);
  stun[0].port = 3478;
  hark_sim_network_bind (pair->network, 0, 3478, on_stun, pair->network);

  for (int i = 0; i < 2; i++) {
    End *end = &pair->end[i];
    unsigned host;

    pair->site[i]
      = i && same_home ? pair->site[0] : hark_sim_network_add_site (pair->network, i ? b : a);
    host = hark_sim_network_add_host (pair->network, pair->site[i]);
    hark_sim_network_set_host_link (pair->network, host, &link, &link);
    end->network = pair->network;
    end->path = hark_sim_path_new (pair->network, host, 7, stun, &events, end);
    hark_sim_path_start (end->path);
  }
  hark_sim_network_run (pair->network, HARK_SECOND);
  for (int i = 0; i < 2; i++)
    hark_sim_path_set_remote (pair->end[i].path, &pair->end[1 - i].local);
}

static void
pair_clear (Pair *pair)
{
  for (int i = 0; i < 2; i++)
    hark_sim_path_free (pair->end[i].path);
  hark_sim_network_free (pair->network);
}

static bool
both (const Pair *pair, HarkPathState state)
{
  return pair->end[0].state == state && pair->end[1].state == state;
}

static void
test_gathers (void)
{
  Pair pair;

  pair_init (&pair, HARK_SIM_NAT_PORT_RESTRICTED, HARK_SIM_NAT_NONE, false);
  g_assert_true (pair.end[0].local.complete);
  g_assert_cmpuint (pair.end[0].local.n_candidates, ==, 2);
  g_assert_cmpint (pair.end[0].local.candidates[1].kind, ==, HARK_CANDIDATE_SERVER_REFLEXIVE);
  g_assert_cmpint (hark_endpoint_scope (&pair.end[0].local.candidates[1].endpoint), ==,
                   HARK_SCOPE_PUBLIC);
  g_assert_true (pair.end[1].local.complete);
  g_assert_cmpuint (pair.end[1].local.n_candidates, ==, 1);
  pair_clear (&pair);
}

static void
test_matrix (void)
{
  for (HarkSimNatKind a = HARK_SIM_NAT_NONE; a <= HARK_SIM_NAT_BLOCKED; a++)
    for (HarkSimNatKind b = HARK_SIM_NAT_NONE; b <= HARK_SIM_NAT_BLOCKED; b++) {
      Pair pair;
      bool works = !(a == HARK_SIM_NAT_BLOCKED || b == HARK_SIM_NAT_BLOCKED
                     || (a == HARK_SIM_NAT_SYMMETRIC && b >= HARK_SIM_NAT_PORT_RESTRICTED)
                     || (b == HARK_SIM_NAT_SYMMETRIC && a >= HARK_SIM_NAT_PORT_RESTRICTED));

      pair_init (&pair, a, b, false);
      hark_sim_network_run (pair.network, 10 * HARK_SECOND);
      g_assert_true (both (&pair, works ? HARK_PATH_READY : HARK_PATH_LOST));
      for (int i = 0; i < 2; i++)
        g_assert_true (hark_sim_path_send (pair.end[i].path, (const uint8_t *) "\x40 hello", 7));
      hark_sim_network_run (pair.network, HARK_SECOND);
      for (int i = 0; i < 2; i++) {
        g_assert_cmpuint (pair.end[i].packets, ==, works);
        if (works)
          g_assert_cmpint (pair.end[i].info.route, ==, HARK_ROUTE_DIRECT);
      }
      hark_sim_network_run (pair.network, 30 * HARK_SECOND);
      g_assert_true (both (&pair, works ? HARK_PATH_READY : HARK_PATH_FAILED));
      pair_clear (&pair);
    }
}

static void
test_same_home (void)
{
  Pair pair;

  pair_init (&pair, HARK_SIM_NAT_SYMMETRIC, HARK_SIM_NAT_NONE, true);
  hark_sim_network_run (pair.network, HARK_SECOND);
  g_assert_true (both (&pair, HARK_PATH_READY));
  for (int i = 0; i < 2; i++)
    g_assert_cmpint (pair.end[i].info.route, ==, HARK_ROUTE_LAN);
  pair_clear (&pair);
}

static void
test_outage (void)
{
  Pair pair;
  HarkTime cut;

  pair_init (&pair, HARK_SIM_NAT_PORT_RESTRICTED, HARK_SIM_NAT_FULL_CONE, false);
  hark_sim_network_run (pair.network, HARK_SECOND);
  g_assert_true (both (&pair, HARK_PATH_READY));

  cut = hark_sim_network_now (pair.network);
  hark_sim_network_cut_site (pair.network, pair.site[0], true);
  hark_sim_network_run (pair.network, 10 * HARK_SECOND);
  g_assert_true (both (&pair, HARK_PATH_LOST));
  g_assert_cmpuint (pair.end[0].since - cut, <, 9 * HARK_SECOND);

  hark_sim_network_cut_site (pair.network, pair.site[0], false);
  hark_sim_network_run (pair.network, HARK_SECOND);
  g_assert_true (both (&pair, HARK_PATH_READY));
  pair_clear (&pair);
}

static void
test_rebind (void)
{
  Pair pair;
  uint16_t port;

  pair_init (&pair, HARK_SIM_NAT_PORT_RESTRICTED, HARK_SIM_NAT_NONE, false);
  hark_sim_network_run (pair.network, HARK_SECOND);
  g_assert_true (both (&pair, HARK_PATH_READY));
  port = pair.end[1].info.remote.port;

  hark_sim_network_rebind_site (pair.network, pair.site[0]);
  hark_sim_network_run (pair.network, 3 * HARK_SECOND);
  g_assert_true (both (&pair, HARK_PATH_READY));
  g_assert_cmpuint (pair.end[1].info.remote.port, !=, port);
  pair_clear (&pair);
}

/* Without checks it stays ready through an outage, and follows a peer whose NAT forgot it. */
static void
test_taken (void)
{
  Pair pair;

  pair_init (&pair, HARK_SIM_NAT_PORT_RESTRICTED, HARK_SIM_NAT_FULL_CONE, false);
  hark_sim_network_run (pair.network, 6 * HARK_SECOND);
  hark_sim_network_cut_site (pair.network, pair.site[0], true);
  hark_sim_network_run (pair.network, 20 * HARK_SECOND);
  g_assert_true (both (&pair, HARK_PATH_READY));
  hark_sim_network_cut_site (pair.network, pair.site[0], false);

  hark_sim_network_rebind_site (pair.network, pair.site[0]);
  g_assert_true (hark_sim_path_send (pair.end[0].path, (const uint8_t *) "\x40 hello", 7));
  hark_sim_network_run (pair.network, HARK_SECOND);
  g_assert_cmpuint (pair.end[1].packets, ==, 1);
  g_assert_false (hark_endpoint_equal (&pair.end[1].from, &pair.end[1].info.remote));

  hark_sim_path_follow (pair.end[1].path, &pair.end[1].from);
  hark_sim_network_run (pair.network, HARK_SECOND);
  g_assert_true (hark_endpoint_equal (&pair.end[1].from, &pair.end[1].info.remote));
  g_assert_true (hark_sim_path_send (pair.end[1].path, (const uint8_t *) "\x40 hello", 7));
  hark_sim_network_run (pair.network, HARK_SECOND);
  g_assert_cmpuint (pair.end[0].packets, ==, 1);
  pair_clear (&pair);
}

/* The server that spares asked is gone: whoever opens a path then asks the one that is named now,
 * and does not go without his reflexive address. */
static void
test_dead_server (void)
{
  HarkSimNetwork *network = hark_sim_network_new (12);
  unsigned server = hark_sim_network_add_host (network, 0);
  unsigned site = hark_sim_network_add_site (network, HARK_SIM_NAT_PORT_RESTRICTED);
  unsigned host = hark_sim_network_add_host (network, site);
  End end = {.network = network};
  HarkEndpoint alive[2] = {{0}}, dead[2] = {{0}};
  HarkSimPathPool *pool;
  HarkSimPath *path;

  g_assert_cmpuint (server, ==, 0); /* from which on_stun() answers */
  hark_sim_network_bind (network, server, 3478, on_stun, network);
  alive[0] = dead[0] = hark_sim_network_get_address (network, server);
  alive[0].port = 3478;
  dead[0].port = 3479;
  pool = hark_sim_path_pool_new (network, host, &events, &end);
  hark_sim_path_free (hark_sim_path_pool_take (pool, 7, true, dead));
  hark_sim_network_run (network, 5 * HARK_SECOND);

  path = hark_sim_path_pool_take (pool, 7, true, dead); /* nothing better is known: at once */
  g_assert_true (end.local.complete);
  g_assert_cmpuint (end.local.n_candidates, ==, 1);
  hark_sim_path_free (path);
  hark_sim_network_run (network, 5 * HARK_SECOND);

  path = hark_sim_path_pool_take (pool, 7, true, alive);
  hark_sim_network_run (network, HARK_SECOND);
  g_assert_true (end.local.complete);
  g_assert_true (hark_sim_path_is_seen (path));
  hark_sim_path_free (path);
  hark_sim_network_run (network, 5 * HARK_SECOND);

  path
    = hark_sim_path_pool_take (pool, 7, true, dead); /* what the spare knows holds all the same */
  g_assert_true (end.local.complete);
  g_assert_true (hark_sim_path_is_seen (path));
  hark_sim_path_free (path);
  hark_sim_path_pool_free (pool);
  hark_sim_network_free (network);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/path/gathers-its-own-and-its-reflexive-address", test_gathers);
  g_test_add_func ("/path/finds-a-way-where-there-is-one", test_matrix);
  g_test_add_func ("/path/neighbours-meet-on-the-lan", test_same_home);
  g_test_add_func ("/path/an-outage-loses-it-and-heals", test_outage);
  g_test_add_func ("/path/a-new-mapping-takes-over", test_rebind);
  g_test_add_func ("/path/taken-over-it-follows", test_taken);
  g_test_add_func ("/path/dead-server-leaves-no-spare-behind", test_dead_server);
  return g_test_run ();
}
