/* The virtual network itself: what it loses, delays and translates is what it was told to. */
#include "tests/sim/network.h"

#include <glib.h>
#include <math.h>
#include <string.h>

typedef struct {
  unsigned n;
  HarkEndpoint from; /* of the last one */
  HarkTime at;
  uint8_t first; /* byte of the last one */
  unsigned out_of_order;
  HarkSimNetwork *network;
} Inbox;

static void
on_datagram (void *data, const HarkEndpoint *from, const uint8_t *bytes, size_t len)
{
  Inbox *inbox = data;

  g_assert_cmpuint (len, >, 0);
  if (inbox->n && bytes[0] == (uint8_t) (inbox->first - 1))
    inbox->out_of_order++;
  inbox->n++;
  inbox->from = *from;
  inbox->first = bytes[0];
  inbox->at = hark_sim_network_now (inbox->network);
}

static HarkEndpoint
at (HarkSimNetwork *network, unsigned host, uint16_t port)
{
  HarkEndpoint endpoint = hark_sim_network_get_address (network, host);

  endpoint.port = port;
  return endpoint;
}

/* Does one datagram from a to b arrive within a second? */
static bool
reaches (HarkSimNetwork *network, unsigned a, uint16_t port, const HarkEndpoint *to, Inbox *inbox)
{
  unsigned before = inbox->n;

  hark_sim_network_send (network, a, port, to, (const uint8_t *) "x", 1);
  hark_sim_network_run (network, HARK_SECOND);
  return inbox->n == before + 1;
}

/* ---- links ----------------------------------------------------------------------- */

static void
two_hosts (HarkSimNetwork *network, const HarkSimLinkConfig *up, Inbox *inbox)
{
  HarkSimLinkConfig ideal = {0};

  hark_sim_network_add_host (network, 0);
  hark_sim_network_add_host (network, 0);
  hark_sim_network_set_host_link (network, 0, up, &ideal);
  inbox->network = network;
  hark_sim_network_bind (network, 0, 1000, on_datagram, inbox);
  hark_sim_network_bind (network, 1, 2000, on_datagram, inbox);
}

static void
test_delay (void)
{
  HarkSimNetwork *network = hark_sim_network_new (1);
  HarkTime start = hark_sim_network_now (network);
  Inbox inbox = {0};
  HarkEndpoint to;

  two_hosts (network, &(HarkSimLinkConfig){.delay = 20 * HARK_MS}, &inbox);
  to = at (network, 1, 2000);
  g_assert_true (reaches (network, 0, 1000, &to, &inbox));
  g_assert_cmpuint (inbox.at - start, ==, 20 * HARK_MS);
  hark_sim_network_free (network);
}

static void
test_rate (void)
{
  HarkSimNetwork *network = hark_sim_network_new (2);
  static const uint8_t bytes[972];
  Inbox inbox = {0};
  HarkEndpoint to;
  HarkTime start = hark_sim_network_now (network);

  two_hosts (network, &(HarkSimLinkConfig){.rate = 8000000, .queue_max = 1000000}, &inbox);
  to = at (network, 1, 2000);
  for (int i = 0; i < 500; i++)
    hark_sim_network_send (network, 0, 1000, &to, bytes, sizeof bytes);
  hark_sim_network_run (network, 10 * HARK_SECOND);
  g_assert_cmpuint (inbox.n, ==, 500);
  g_assert_cmpuint (inbox.at - start, ==, 500 * HARK_MS); /* 1000 bytes with headers at 1 MB/s */
  hark_sim_network_free (network);
}

static void
test_queue (void)
{
  HarkSimNetwork *network = hark_sim_network_new (3);
  static const uint8_t bytes[972];
  Inbox inbox = {0};
  HarkEndpoint to;

  two_hosts (network, &(HarkSimLinkConfig){.rate = 8000000, .queue_max = 10000}, &inbox);
  to = at (network, 1, 2000);
  for (int i = 0; i < 100; i++)
    hark_sim_network_send (network, 0, 1000, &to, bytes, sizeof bytes);
  hark_sim_network_run (network, HARK_SECOND);
  g_assert_cmpuint (inbox.n, ==, 11);
  hark_sim_network_free (network);
}

static void
test_shares (void)
{
  HarkSimNetwork *network = hark_sim_network_new (4);
  Inbox inbox = {0};
  HarkEndpoint to;
  const unsigned n = 40000;

  two_hosts (
    network,
    &(HarkSimLinkConfig){.loss = 0.1, .duplicate = 0.05, .reorder = 0.02, .delay = 20 * HARK_MS},
    &inbox);
  to = at (network, 1, 2000);
  for (unsigned i = 0; i < n; i++) {
    uint8_t byte = (uint8_t) i;

    hark_sim_network_send (network, 0, 1000, &to, &byte, 1);
    hark_sim_network_run (network, HARK_MS);
  }
  hark_sim_network_run (network, HARK_SECOND);
  g_assert_cmpfloat (fabs (inbox.n / (n * 0.9 * 1.05) - 1), <, 0.01);
  g_assert_cmpuint (inbox.out_of_order, >, 0);
  hark_sim_network_free (network);
}

static void
test_jitter_keeps_order (void)
{
  HarkSimNetwork *network = hark_sim_network_new (5);
  Inbox inbox = {0};
  HarkEndpoint to;

  two_hosts (network, &(HarkSimLinkConfig){.delay = 20 * HARK_MS, .jitter = 15 * HARK_MS}, &inbox);
  to = at (network, 1, 2000);
  for (unsigned i = 0; i < 2000; i++) {
    uint8_t byte = (uint8_t) i;

    hark_sim_network_send (network, 0, 1000, &to, &byte, 1);
    hark_sim_network_run (network, HARK_MS);
  }
  hark_sim_network_run (network, HARK_SECOND);
  g_assert_cmpuint (inbox.n, ==, 2000);
  g_assert_cmpuint (inbox.out_of_order, ==, 0);
  hark_sim_network_free (network);
}

static void
test_mtu (void)
{
  HarkSimNetwork *network = hark_sim_network_new (6);
  static const uint8_t bytes[1500];
  Inbox inbox = {0};
  HarkEndpoint to;

  two_hosts (network, &(HarkSimLinkConfig){.mtu = 1452}, &inbox);
  to = at (network, 1, 2000);
  g_assert_true (hark_sim_network_send (network, 0, 1000, &to, bytes, 1452));
  g_assert_false (hark_sim_network_send (network, 0, 1000, &to, bytes, 1453));
  hark_sim_network_run (network, HARK_SECOND);
  g_assert_cmpuint (inbox.n, ==, 1);
  hark_sim_network_free (network);
}

/* ---- NATs ------------------------------------------------------------------------ */

typedef struct {
  HarkSimNetwork *network;
  unsigned site, inside, server, other;
  Inbox in, out;
  HarkEndpoint to_server, outside; /* as the server sees the inside socket */
} Home;

static void
home_init (Home *home, HarkSimNatKind kind)
{
  *home = (Home){.network = hark_sim_network_new ((uint64_t) kind)};
  home->site = hark_sim_network_add_site (home->network, kind);
  home->inside = hark_sim_network_add_host (home->network, home->site);
  home->server = hark_sim_network_add_host (home->network, 0);
  home->other = hark_sim_network_add_host (home->network, 0);
  home->in.network = home->out.network = home->network;
  hark_sim_network_bind (home->network, home->inside, 5000, on_datagram, &home->in);
  for (uint16_t port = 3478; port <= 3479; port++) {
    hark_sim_network_bind (home->network, home->server, port, on_datagram, &home->out);
    hark_sim_network_bind (home->network, home->other, port, on_datagram, &home->out);
  }
  home->to_server = at (home->network, home->server, 3478);
  if (reaches (home->network, home->inside, 5000, &home->to_server, &home->out))
    home->outside = home->out.from;
}

static void
test_nat_filters (void)
{
  static const struct {
    HarkSimNatKind kind;
    bool same, same_ip,
      anyone; /* who may answer to the mapping: the server, its other port, another host */
  } rows[] = {
    {HARK_SIM_NAT_NONE,            true, true,  true },
    {HARK_SIM_NAT_FULL_CONE,       true, true,  true },
    {HARK_SIM_NAT_RESTRICTED,      true, true,  false},
    {HARK_SIM_NAT_PORT_RESTRICTED, true, false, false},
    {HARK_SIM_NAT_SYMMETRIC,       true, false, false},
  };

  for (size_t i = 0; i < G_N_ELEMENTS (rows); i++) {
    Home home;

    home_init (&home, rows[i].kind);
    g_assert_cmpint (home.outside.family, ==, 4);
    g_assert_cmpint (reaches (home.network, home.server, 3478, &home.outside, &home.in), ==,
                     rows[i].same);
    g_assert_cmpint (reaches (home.network, home.server, 3479, &home.outside, &home.in), ==,
                     rows[i].same_ip);
    g_assert_cmpint (reaches (home.network, home.other, 3478, &home.outside, &home.in), ==,
                     rows[i].anyone);
    hark_sim_network_free (home.network);
  }
}

static void
test_nat_mapping (void)
{
  for (HarkSimNatKind kind = HARK_SIM_NAT_FULL_CONE; kind <= HARK_SIM_NAT_SYMMETRIC; kind++) {
    Home home;
    HarkEndpoint other;

    home_init (&home, kind);
    other = at (home.network, home.other, 3478);
    g_assert_true (reaches (home.network, home.inside, 5000, &other, &home.out));
    g_assert_cmpint (hark_endpoint_equal (&home.out.from, &home.outside), ==,
                     kind != HARK_SIM_NAT_SYMMETRIC);
    g_assert_true (reaches (home.network, home.inside, 5000, &home.to_server, &home.out));
    g_assert_true (hark_endpoint_equal (&home.out.from, &home.outside));
    hark_sim_network_free (home.network);
  }
}

static void
test_nat_blocked (void)
{
  Home home;

  home_init (&home, HARK_SIM_NAT_BLOCKED);
  g_assert_cmpint (home.outside.family, ==, 0);
  hark_sim_network_free (home.network);
}

static void
test_nat_forgets (void)
{
  Home home;

  home_init (&home, HARK_SIM_NAT_PORT_RESTRICTED);
  hark_sim_network_run (home.network, HARK_SIM_NAT_TIMEOUT - 2 * HARK_SECOND);
  g_assert_true (reaches (home.network, home.server, 3478, &home.outside, &home.in));
  hark_sim_network_run (home.network, 3 * HARK_SECOND);
  g_assert_false (reaches (home.network, home.server, 3478, &home.outside, &home.in));

  hark_sim_network_rebind_site (home.network, home.site);
  g_assert_true (reaches (home.network, home.inside, 5000, &home.to_server, &home.out));
  g_assert_cmpuint (home.out.from.port, !=, home.outside.port);
  hark_sim_network_free (home.network);
}

static void
test_nat_hairpin (void)
{
  Home home;
  unsigned second;

  home_init (&home, HARK_SIM_NAT_FULL_CONE);
  second = hark_sim_network_add_host (home.network, home.site);
  hark_sim_network_bind (home.network, second, 6000, on_datagram, &home.out);
  g_assert_false (reaches (home.network, second, 6000, &home.outside, &home.in));
  hark_sim_network_set_hairpin (home.network, home.site, true);
  g_assert_true (reaches (home.network, second, 6000, &home.outside, &home.in));
  hark_sim_network_free (home.network);
}

static void
test_neighbours (void)
{
  Home home;
  unsigned second;
  HarkEndpoint to;

  home_init (&home, HARK_SIM_NAT_SYMMETRIC);
  second = hark_sim_network_add_host (home.network, home.site);
  to = at (home.network, home.inside, 5000);
  hark_sim_network_bind (home.network, second, 6000, on_datagram, &home.out);
  g_assert_true (reaches (home.network, second, 6000, &to, &home.in));
  g_assert_cmpint (hark_endpoint_scope (&home.in.from), ==, HARK_SCOPE_PRIVATE);
  g_assert_false (reaches (home.network, home.server, 3478, &to, &home.in));
  hark_sim_network_free (home.network);
}

/* Two homes, both send to the other's mapping as a server would tell them: who gets through is what
 * RFC 5128 says. */
static void
test_hole_punching (void)
{
  for (HarkSimNatKind a = HARK_SIM_NAT_NONE; a <= HARK_SIM_NAT_SYMMETRIC; a++)
    for (HarkSimNatKind b = HARK_SIM_NAT_NONE; b <= HARK_SIM_NAT_SYMMETRIC; b++) {
      HarkSimNetwork *network = hark_sim_network_new (7);
      Inbox inbox[3] = {{.network = network}, {.network = network}, {.network = network}};
      HarkEndpoint mapped[2], server;
      unsigned host[2];
      bool works = !((a == HARK_SIM_NAT_SYMMETRIC && b >= HARK_SIM_NAT_PORT_RESTRICTED)
                     || (b == HARK_SIM_NAT_SYMMETRIC && a >= HARK_SIM_NAT_PORT_RESTRICTED));

      for (int i = 0; i < 2; i++) {
        host[i]
          = hark_sim_network_add_host (network, hark_sim_network_add_site (network, i ? b : a));
        hark_sim_network_bind (network, host[i], 5000, on_datagram, &inbox[i]);
      }
      server = at (network, hark_sim_network_add_host (network, 0), 3478);
      hark_sim_network_bind (network, 2, 3478, on_datagram, &inbox[2]);
      for (int i = 0; i < 2; i++) {
        g_assert_true (reaches (network, host[i], 5000, &server, &inbox[2]));
        mapped[i] = inbox[2].from;
      }
      for (int round = 0; round < 3; round++)
        for (int i = 0; i < 2; i++) {
          /* answer whoever was heard, as ICE does with peer-reflexive candidates */
          HarkEndpoint to = inbox[i].n ? inbox[i].from : mapped[1 - i];

          hark_sim_network_send (network, host[i], 5000, &to, (const uint8_t *) "x", 1);
          hark_sim_network_run (network, HARK_SECOND);
        }
      g_assert_cmpint (inbox[0].n > 0 && inbox[1].n > 0, ==, works);
      hark_sim_network_free (network);
    }
}

/* ---- failures and repeatability -------------------------------------------------- */

static void
test_cut_and_parts (void)
{
  Home home;

  home_init (&home, HARK_SIM_NAT_FULL_CONE);
  hark_sim_network_cut_site (home.network, home.site, true);
  g_assert_false (reaches (home.network, home.inside, 5000, &home.to_server, &home.out));
  g_assert_false (reaches (home.network, home.server, 3478, &home.outside, &home.in));
  hark_sim_network_cut_site (home.network, home.site, false);
  g_assert_true (reaches (home.network, home.inside, 5000, &home.to_server, &home.out));

  hark_sim_network_set_part_of_site (home.network, home.site, 1);
  g_assert_false (reaches (home.network, home.inside, 5000, &home.to_server, &home.out));
  hark_sim_network_set_part_of_host (home.network, home.server, 1);
  g_assert_true (reaches (home.network, home.inside, 5000, &home.to_server, &home.out));
  hark_sim_network_free (home.network);
}

typedef struct {
  HarkSimNetwork *network;
  HarkSimTimer *timer;
  unsigned host, n;
} Ticker;

static void
on_tick (void *data)
{
  Ticker *ticker = data;
  HarkEndpoint to = at (ticker->network, 1 - ticker->host, 2000);
  uint8_t bytes[20];

  hark_rng_bytes (hark_sim_network_rng (ticker->network), bytes, sizeof bytes);
  hark_sim_network_send (ticker->network, ticker->host, 2000, &to, bytes, sizeof bytes);
  if (++ticker->n < 500)
    hark_sim_timer_set (ticker->timer, hark_sim_network_now (ticker->network) + 3 * HARK_MS);
}

static void
run_once (uint64_t seed, uint8_t ret[HARK_SIM_TRACE_LEN])
{
  HarkSimNetwork *network = hark_sim_network_new (seed);
  HarkSimLinkConfig bad = {
    .delay = 30 * HARK_MS, .jitter = 10 * HARK_MS, .loss = 0.2, .reorder = 0.1, .duplicate = 0.1};
  Inbox inbox = {.network = network};
  Ticker tickers[2];

  for (unsigned i = 0; i < 2; i++) {
    hark_sim_network_add_host (network, 0);
    hark_sim_network_set_host_link (network, i, &bad, &bad);
    hark_sim_network_bind (network, i, 2000, on_datagram, &inbox);
    tickers[i] = (Ticker){.network = network, .host = i};
    tickers[i].timer = hark_sim_timer_new (network, on_tick, &tickers[i]);
    hark_sim_timer_set (tickers[i].timer, 0);
  }
  hark_sim_network_run (network, 10 * HARK_SECOND);
  g_assert_cmpuint (inbox.n, >, 500);
  hark_sim_network_get_trace (network, ret);
  for (unsigned i = 0; i < 2; i++)
    hark_sim_timer_free (tickers[i].timer);
  hark_sim_network_free (network);
}

static void
test_same_seed_same_run (void)
{
  uint8_t first[HARK_SIM_TRACE_LEN], second[HARK_SIM_TRACE_LEN], other[HARK_SIM_TRACE_LEN];

  run_once (42, first);
  run_once (42, second);
  run_once (43, other);
  g_assert_true (memcmp (first, second, sizeof first) == 0);
  g_assert_true (memcmp (first, other, sizeof first) != 0);
}

static void
count (void *data)
{
  ++*(unsigned *) data;
}

static void
test_timers (void)
{
  HarkSimNetwork *network = hark_sim_network_new (8);
  HarkTime start = hark_sim_network_now (network);
  unsigned n = 0;
  HarkSimTimer *timer = hark_sim_timer_new (network, count, &n);

  hark_sim_timer_set (timer, start + HARK_SECOND);
  hark_sim_timer_set (timer, start + 3 * HARK_SECOND);
  hark_sim_network_run (network, 2 * HARK_SECOND);
  g_assert_cmpuint (n, ==, 0);
  hark_sim_network_run (network, 2 * HARK_SECOND);
  g_assert_cmpuint (n, ==, 1);
  hark_sim_timer_set (timer, start + 5 * HARK_SECOND);
  hark_sim_timer_free (timer);
  hark_sim_network_run (network, 2 * HARK_SECOND);
  g_assert_cmpuint (n, ==, 1);
  g_assert_cmpuint (hark_sim_network_now (network), ==, start + 6 * HARK_SECOND);
  hark_sim_network_free (network);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/link/delays", test_delay);
  g_test_add_func ("/link/keeps-its-rate", test_rate);
  g_test_add_func ("/link/drops-what-the-queue-cannot-hold", test_queue);
  g_test_add_func ("/link/loses-and-doubles-the-share-it-was-told", test_shares);
  g_test_add_func ("/link/jitter-keeps-the-order", test_jitter_keeps_order);
  g_test_add_func ("/link/refuses-more-than-its-mtu", test_mtu);
  g_test_add_func ("/nat/lets-in-whom-its-kind-says", test_nat_filters);
  g_test_add_func ("/nat/maps-as-its-kind-says", test_nat_mapping);
  g_test_add_func ("/nat/blocks-udp", test_nat_blocked);
  g_test_add_func ("/nat/forgets-idle-mappings-and-rebinds", test_nat_forgets);
  g_test_add_func ("/nat/hairpins-only-when-told", test_nat_hairpin);
  g_test_add_func ("/nat/neighbours-pass-it-by", test_neighbours);
  g_test_add_func ("/nat/hole-punching-matrix", test_hole_punching);
  g_test_add_func ("/network/cuts-and-parts", test_cut_and_parts);
  g_test_add_func ("/network/same-seed-same-run", test_same_seed_same_run);
  g_test_add_func ("/network/timers", test_timers);
  return g_test_run ();
}
