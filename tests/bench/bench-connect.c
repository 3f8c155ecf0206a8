/* From a click to a session: real engines on loopback, and whole nodes in virtual time.
 *
 *   bench-connect [RUNS [SEEDS]]    10 and 100 unless told
 *
 * Loopback: a DHT node, Alice and Bob are processes. The simulator: two homes behind
 * port-restricted NATs, every two hosts 50 ms there and back, HarkNet on both sides without an
 * engine; virtual time, so the figures are round trips and timers and nothing of this machine.
 */
#include "tests/bench/peer.h"
#include "tests/sim/people.h"

#include <stdlib.h>
#include <string.h>

#define DHT_NODES 16
#define ONE_WAY_MS 25
#define PATIENCE (2 * HARK_MINUTE)
#define SETTLED HARK_MINUTE
/* Between restarts: a contact point passes two knocks a second on to one person, and a connection
 * takes two. */
#define KNOCK_REST_US 1200000

/* ---- a person on loopback ---- */

typedef struct {
  bool is_online;
  bool is_published;
} Person;

static double
clock_us (void)
{
  return (double) g_get_monotonic_time ();
}

static void
report (BenchPeer *peer, const HarkEvent *event)
{
  Person *person = peer->data;

  if (event->kind == HARK_EVENT_RESULT && event->command == HARK_COMMAND_ADDRESS) {
    bench_tell (peer->fd, "address", event->address, 0);
  } else if (event->kind == HARK_EVENT_NETWORK
             && event->network->published != person->is_published) {
    person->is_published = event->network->published;
    bench_tell (peer->fd, person->is_published ? "published" : "unpublished", NULL, 0);
  } else if (event->kind == HARK_EVENT_CONTACT) {
    bool online = event->person->presence == HARK_PRESENCE_ONLINE;

    if (online != person->is_online)
      bench_tell (peer->fd, online ? "online" : "offline", NULL, clock_us ());
    person->is_online = online;
  }
}

/* Does as it is told: "address", "add", "restart". */
static void
live_person (int fd, char **arguments)
{
  Person person = {0};
  BenchPeer peer;
  BenchNote note;

  bench_peer_init (&peer, fd, arguments[0], arguments[1], report, &person);
  bench_peer_start (&peer);
  while (bench_peer_hear (&peer, &note)) {
    if (strcmp (note.word, "address") == 0)
      bench_peer_ask_address (&peer);
    if (strcmp (note.word, "add") == 0)
      bench_peer_add (&peer, note.text);
    if (strcmp (note.word, "restart") == 0) {
      hark_engine_free (peer.engine);
      person = (Person){0};
      bench_tell (fd, "restarting", NULL, clock_us ());
      bench_peer_start (&peer);
    }
  }
  bench_peer_clear (&peer);
}

static BenchProcess *
start_person (const char *name, unsigned number, const char *bootstrap)
{
  g_autofree char *profile = g_strdup_printf ("%s/%s-%u", bench_folder (), name, number);

  return bench_start ("person", (const char *[]){profile, bootstrap, NULL});
}

/* ---- loopback ---- */

static void
keep (GArray *values, double ms)
{
  g_array_append_val (values, ms);
}

/* Strangers, both in the DHT: the address is typed, the other side accepts at once. */
static void
measure_add (const char *bootstrap, unsigned number, GArray *asker, GArray *asked)
{
  BenchProcess *bob = start_person ("Bob", number, bootstrap);
  BenchProcess *alice = start_person ("Alice", number, bootstrap);
  BenchNote address;
  double start;

  bench_tell (bob->fd, "address", NULL, 0);
  address = bench_expect (bob, "address");
  bench_expect (bob, "published");
  bench_expect (alice, "published");
  start = clock_us ();
  bench_tell (alice->fd, "add", address.text, 0);
  keep (asker, (bench_expect (alice, "online").number - start) / 1000);
  keep (asked, (bench_expect (bob, "online").number - start) / 1000);
  g_usleep (200 * 1000); /* the secret of the two is agreed and stored */
  bench_stop (alice);
  bench_stop (bob);
}

/* A process starts whose contact is there. */
static void
measure_cold (const char *bootstrap, unsigned number, GArray *values)
{
  BenchProcess *bob = start_person ("Bob", number, bootstrap), *alice;
  double start;

  bench_expect (bob, "published");
  start = clock_us ();
  alice = start_person ("Alice", number, bootstrap);
  keep (values, (bench_expect (alice, "online").number - start) / 1000);
  bench_stop (alice);
  bench_stop (bob);
}

static void
measure_loopback (unsigned runs)
{
  g_autoptr (GArray) asker = g_array_new (FALSE, FALSE, sizeof (double));
  g_autoptr (GArray) asked = g_array_new (FALSE, FALSE, sizeof (double));
  g_autoptr (GArray) cold = g_array_new (FALSE, FALSE, sizeof (double));
  g_autoptr (GArray) warm = g_array_new (FALSE, FALSE, sizeof (double));
  BenchProcess *node = bench_start ("node", NULL), *alice, *bob;
  BenchNote where = bench_expect (node, "ready");

  for (unsigned i = 0; i < runs; i++)
    measure_add (where.text, i, asker, asked);
  bench_print_spread ("connect", "loopback add", "address added to contact online, at the asker",
                      "ms", asker);
  bench_print_spread ("connect", "loopback add, asked", "the same until the asked side is online",
                      "ms", asked);

  for (unsigned i = 0; i < runs; i++)
    measure_cold (where.text, i, cold);
  bench_print_spread ("connect", "loopback cold",
                      "process start to saved contact online through the DHT", "ms", cold);

  bob = start_person ("Bob", 0, where.text);
  alice = start_person ("Alice", 0, where.text);
  bench_expect (alice, "online");
  bench_expect (bob, "online");
  for (unsigned i = 0; i < runs; i++) {
    double start;

    g_usleep (KNOCK_REST_US);
    bench_tell (bob->fd, "restart", NULL, 0);
    bench_expect (alice, "offline");
    start = bench_expect (bob, "restarting").number;
    keep (warm, (bench_expect (bob, "online").number - start) / 1000);
    bench_expect (alice, "online");
  }
  bench_print_spread ("connect", "loopback warm",
                      "engine started again to contact online; the other engine runs on", "ms",
                      warm);
  bench_stop (alice);
  bench_stop (bob);
  bench_stop (node);
}

/* ---- virtual time ---- */

typedef struct {
  HarkSimNetwork *network;
  HarkSimPerson *dht[DHT_NODES];
  HarkEndpoint bootstrap;
  HarkSimPerson *alice, *bob;
  unsigned host[2];
  HarkToken reach[2]; /* of Alice and Bob, for their contacts */
  HarkSecret pairwise;
} World;

static void
link_host (HarkSimNetwork *network, unsigned host)
{
  const HarkSimLinkConfig half = {.delay = ONE_WAY_MS * HARK_MS / 2};

  hark_sim_network_set_host_link (network, host, &half, &half);
}

static void
draw (HarkSimNetwork *network, void *bytes, size_t len)
{
  hark_rng_bytes (hark_sim_network_rng (network), bytes, len);
}

static void
world_init (World *world, uint64_t seed)
{
  *world = (World){.network = hark_sim_network_new (seed)};
  for (unsigned i = 0; i < DHT_NODES; i++) {
    unsigned host = hark_sim_network_add_host (world->network, 0);

    link_host (world->network, host);
    world->dht[i]
      = hark_sim_person_new (world->network, host, false, i > 0 ? &world->bootstrap : NULL);
    if (i == 0)
      world->bootstrap = hark_sim_node_get_endpoint (world->dht[0]->node);
  }
  for (unsigned i = 0; i < 2; i++) {
    world->host[i] = hark_sim_network_add_host (
      world->network, hark_sim_network_add_site (world->network, HARK_SIM_NAT_PORT_RESTRICTED));
    link_host (world->network, world->host[i]);
    draw (world->network, &world->reach[i], sizeof world->reach[i]);
  }
  draw (world->network, &world->pairwise, sizeof world->pairwise);
  hark_sim_network_run (world->network, 30 * HARK_SECOND);
  world->bob = hark_sim_person_new (world->network, world->host[1], true, &world->bootstrap);
}

static void
world_clear (World *world)
{
  hark_sim_person_free (world->alice);
  hark_sim_person_free (world->bob);
  for (unsigned i = 0; i < DHT_NODES; i++)
    hark_sim_person_free (world->dht[i]);
  hark_sim_network_free (world->network);
}

static void
open_audience (HarkSimPerson *person, HarkAudienceKind kind, const HarkToken *token)
{
  hark_net_open_audience (person->net, kind, token, NULL, hark_sim_network_now (person->network));
  hark_sim_node_flush (person->node);
}

static void
set_contact (World *world, HarkSimPerson *person, const HarkKey *account, unsigned number)
{
  HarkNetContact contact = {.account = *account,
                            .reach = world->reach[number],
                            .has_pairwise = true,
                            .pairwise = world->pairwise};

  hark_net_set_contact (person->net, &contact, hark_sim_network_now (world->network));
  hark_sim_node_flush (person->node);
}

static bool
alice_online (void *data)
{
  return ((World *) data)->alice->state == HARK_PEER_ONLINE;
}

static bool
has_request (void *data)
{
  return ((World *) data)->bob->has_request;
}

/* ---- what is there before the click, and the click ---- */

static bool
wait_for (World *world, bool (*done) (void *data))
{
  return hark_sim_network_run_until (world->network, PATIENCE, done, world);
}

/* Alice's node runs, but nobody can find her yet; Bob, her contact, looks for her in vain. */
static void
prepare_contacts (World *world)
{
  world->alice = hark_sim_person_new (world->network, world->host[0], true, &world->bootstrap);
  set_contact (world, world->bob, &world->alice->config.account, 0);
  open_audience (world->bob, HARK_AUDIENCE_CONTACTS, &world->reach[1]);
}

static void
prepare_strangers (World *world)
{
  world->alice = hark_sim_person_new (world->network, world->host[0], true, &world->bootstrap);
  open_audience (world->bob, HARK_AUDIENCE_ADDRESS, &world->reach[1]);
}

static void
click_warm (World *world)
{
  open_audience (world->alice, HARK_AUDIENCE_CONTACTS, &world->reach[0]);
  set_contact (world, world->alice, &world->bob->config.account, 1);
}

static void
click_cold (World *world)
{
  hark_sim_person_restart (world->alice, &world->bootstrap);
  click_warm (world);
}

static void
click_add (World *world)
{
  hark_sim_people_ask (world->alice, world->bob, &world->reach[1]);
  if (wait_for (world, has_request))
    hark_sim_people_accept (world->bob);
}

static void
measure_virtual (const char *what,
                 const char *how,
                 void (*prepare) (World *world),
                 void (*click) (World *world),
                 unsigned seeds)
{
  g_autoptr (GArray) values = g_array_new (FALSE, FALSE, sizeof (double));

  for (unsigned seed = 1; seed <= seeds; seed++) {
    World world;
    HarkTime start;

    world_init (&world, seed);
    prepare (&world);
    hark_sim_network_run (world.network, SETTLED);
    start = hark_sim_network_now (world.network);
    click (&world);
    if (!wait_for (&world, alice_online))
      bench_fail ("%s, seed %u: no session", what, seed);
    keep (values, (double) (hark_sim_network_now (world.network) - start) / (double) HARK_MS);
    world_clear (&world);
  }
  bench_print_spread ("connect", what, how, "ms of virtual time", values);
}

int
main (int argc, char **argv)
{
  static const BenchRole roles[] = {
    {"node",   bench_role_node},
    {"person", live_person    }
  };
  unsigned runs = argc > 1 ? (unsigned) atoi (argv[1]) : 10;
  unsigned seeds = argc > 2 ? (unsigned) atoi (argv[2]) : 100;

  bench_begin (argc, argv, roles, G_N_ELEMENTS (roles));
  if (runs > 0)
    measure_loopback (runs);
  if (seeds > 0) {
    measure_virtual ("virtual warm", "both in the DHT for a minute: told of the contact to session",
                     prepare_contacts, click_warm, seeds);
    measure_virtual ("virtual cold", "node started, one bootstrap node known: to session",
                     prepare_contacts, click_cold, seeds);
    measure_virtual ("virtual add",
                     "both in the DHT for a minute: request sent, accepted at once, to session",
                     prepare_strangers, click_add, seeds);
  }
  return 0;
}
