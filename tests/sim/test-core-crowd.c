/* Many whole Harks at once: all of them find their contacts, and cost little when nothing happens;
 * and the same seed gives the same run. */
#include "tests/sim/core-world.h"

#include <string.h>

#define ONLINE_TIME HARK_MINUTE
#define IDLE_TIME (10 * HARK_MINUTE)
#define IDLE_S ((double) IDLE_TIME / (double) HARK_SECOND)

static const HarkSimNatKind nats[] = {
  HARK_SIM_NAT_PORT_RESTRICTED, HARK_SIM_NAT_FULL_CONE, HARK_SIM_NAT_RESTRICTED, HARK_SIM_NAT_NONE,
  HARK_SIM_NAT_PORT_RESTRICTED,
};

static HarkSimCoreNode *
next_of (HarkSimWorld *world, unsigned i)
{
  return world->people[(i + 1) % world->n];
}

static void
add_people (HarkSimWorld *world, unsigned n, const HarkSimLinkConfig *link)
{
  for (unsigned i = 0; i < n; i++) {
    g_autofree char *name = g_strdup_printf ("Number %u", i);
    HarkSimCoreNode *node = hark_sim_world_add (world, nats[i % G_N_ELEMENTS (nats)], link, name);

    node->config.auto_accept_requests = true;
    hark_sim_core_node_kill (node);
    hark_sim_core_node_start (node);
  }
}

/* Everybody asks the next one in the ring, so that all have two contacts. */
static void
make_ring (HarkSimWorld *world)
{
  for (unsigned i = 0; i < world->n; i++) {
    g_autofree char *address = hark_sim_address (next_of (world, i), false);

    if (world->n > 2 || i == 0)
      g_assert_null (hark_sim_add (world->people[i], address));
  }
}

static bool
all_online (void *data)
{
  HarkSimWorld *world = data;

  for (unsigned i = 0; i < world->n; i++)
    if (!hark_sim_core_node_sees_online (world->people[i], next_of (world, i))
        || !hark_sim_core_node_sees_online (next_of (world, i), world->people[i]))
      return false;
  return true;
}

static double
seconds_since (const HarkSimWorld *world, HarkTime start)
{
  return (double) (hark_sim_network_now (world->network) - start) / HARK_SECOND;
}

static void
measure_idle (HarkSimWorld *world)
{
  HarkSimCounters before = hark_sim_network_get_counters (world->network), after;

  hark_sim_network_run (world->network, IDLE_TIME);
  g_assert_true (all_online (world));
  after = hark_sim_network_get_counters (world->network);
  g_test_message (
    "%u people: %.0f B/s and %.2f packets/s for each; %u of them are checks of the "
    "virtual paths",
    world->n, (double) (after.bytes_delivered - before.bytes_delivered) / IDLE_S / world->n,
    (double) (after.delivered - before.delivered) / IDLE_S / world->n, world->n > 2 ? 16 : 8);
}

/* The power comes back in the whole town. */
static void
restart_all (HarkSimWorld *world)
{
  for (unsigned i = 0; i < world->n; i++)
    hark_sim_core_node_kill (world->people[i]);
  hark_sim_network_run (world->network, HARK_MINUTE);
  for (unsigned i = 0; i < world->n; i++)
    hark_sim_core_node_start (world->people[i]);
}

static void
check_crowd (uint64_t seed, unsigned n)
{
  HarkSimLinkConfig link = {.delay = 15 * HARK_MS, .jitter = 5 * HARK_MS};
  HarkSimWorld world;
  HarkTime start;

  hark_sim_world_init (&world, seed);
  add_people (&world, n, &link);
  make_ring (&world);
  start = hark_sim_network_now (world.network);
  g_assert_true (hark_sim_network_run_until (world.network, ONLINE_TIME, all_online, &world));
  g_test_message ("%u strangers are contacts after %.1f s", n, seconds_since (&world, start));
  hark_sim_network_run (world.network, 10 * HARK_SECOND);

  restart_all (&world);
  start = hark_sim_network_now (world.network);
  g_assert_true (hark_sim_network_run_until (world.network, ONLINE_TIME, all_online, &world));
  g_test_message ("%u are all back after %.1f s", n, seconds_since (&world, start));
  measure_idle (&world);
  hark_sim_world_clear (&world);
}

static void
test_two (void)
{
  check_crowd (1, 2);
}

static void
test_ten (void)
{
  check_crowd (2, 10);
}

static void
test_fifty (void)
{
  check_crowd (3, 50);
}

/* ---- a rough day ---- */

static uint64_t
draw (HarkSimWorld *world, uint64_t bound)
{
  return hark_rng_below (hark_sim_network_rng (world->network), bound);
}

/* Texts of @from to @to: sent as @from has them when @outgoing, else received as @to has them. */
static GString *
texts_between (HarkSimCoreNode *from, HarkSimCoreNode *to, bool outgoing)
{
  HarkSimCoreNode *owner = outgoing ? from : to;
  g_autoptr (GPtrArray) history
    = hark_sim_core_node_history (owner, outgoing ? &to->account : &from->account);
  GString *all = g_string_new (NULL);

  for (guint i = 0; i < history->len; i++) {
    const HarkStoreMessage *message = history->pdata[i];

    if (message->kind == HARK_MESSAGE_TEXT && message->outgoing == outgoing)
      g_string_append_printf (all, "%s\n", message->text);
  }
  return all;
}

static bool
all_delivered (void *data)
{
  HarkSimWorld *world = data;

  for (unsigned i = 0; i < world->n; i++)
    for (int back = 0; back < 2; back++) {
      HarkSimCoreNode *from = back ? next_of (world, i) : world->people[i];
      HarkSimCoreNode *to = back ? world->people[i] : next_of (world, i);
      g_autoptr (GString) sent = texts_between (from, to, true);
      g_autoptr (GString) came = texts_between (from, to, false);

      if (!g_string_equal (sent, came))
        return false;
    }
  return true;
}

static void
something_happens (HarkSimWorld *world, unsigned n)
{
  unsigned i = (unsigned) draw (world, world->n);
  HarkSimCoreNode *node = world->people[i];
  HarkSimCoreNode *other
    = next_of (world, draw (world, 2) == 0 ? i : (i + world->n - 2) % world->n);
  HarkCommand *command;

  switch (draw (world, 12)) {
  case 0:
    hark_sim_core_node_kill (node);
    break;
  case 1:
    hark_sim_core_node_die_at (node, 1 + (unsigned) draw (world, 5), draw (world, 2) == 0);
    break;
  case 2:
    hark_sim_network_cut_host (world->network, node->host, true);
    break;
  case 3:
  case 4:
    hark_sim_network_cut_host (world->network, node->host, false);
    break;
  case 5:
    hark_sim_core_node_start (node);
    hark_sim_core_node_do (node, hark_sim_command (HARK_COMMAND_CALL, other));
    break;
  case 6:
    hark_sim_core_node_start (node);
    hark_sim_core_node_do (node, hark_sim_command (HARK_COMMAND_HANGUP, NULL));
    break;
  default:
    hark_sim_core_node_start (node);
    command = hark_sim_command (HARK_COMMAND_SEND, other);
    command->text = g_strdup_printf ("%u", n);
    hark_sim_core_node_do (node, command);
  }
}

static void
rough_day (uint64_t seed)
{
  HarkSimLinkConfig link = hark_sim_lossy_link (0.1);
  HarkTime end;
  HarkSimWorld world;

  link.reorder = link.duplicate = 0.05;
  hark_sim_world_init (&world, seed);
  add_people (&world, 4, &link);
  make_ring (&world);
  g_assert_true (hark_sim_network_run_until (world.network, 5 * HARK_MINUTE, all_online, &world));
  for (unsigned n = 0; n < 200; n++) {
    something_happens (&world, n);
    hark_sim_network_run (world.network, (HarkTime) draw (&world, 2000) * HARK_MS);
  }
  for (unsigned i = 0; i < world.n; i++) {
    hark_sim_network_cut_host (world.network, world.people[i]->host, false);
    hark_sim_core_node_start (world.people[i]);
    world.people[i]->die_at = 0;
  }
  end = hark_sim_network_now (world.network) + 10 * HARK_MINUTE;
  while (!all_delivered (&world) && hark_sim_network_now (world.network) < end)
    hark_sim_network_run (world.network, HARK_SECOND);
  g_assert_true (all_delivered (&world));
  g_assert_true (hark_sim_network_run_until (world.network, 5 * HARK_MINUTE, all_online, &world));
  hark_sim_world_clear (&world);
}

static void
test_rough_day (void)
{
  for (unsigned seed = 1; seed <= hark_sim_runs (6); seed++) {
    g_test_message ("seed %u", seed);
    rough_day (seed);
  }
}

/* ---- the same run twice ---- */

typedef struct {
  uint8_t network[HARK_SIM_TRACE_LEN];
  char *people[5];
} Trace;

static void
chatter (HarkSimWorld *world)
{
  for (unsigned n = 0; n < 20; n++) {
    HarkSimCoreNode *from = world->people[n % world->n];
    HarkCommand *command = hark_sim_command (
      HARK_COMMAND_SEND,
      n % 3 == 0 ? next_of (world, n % world->n) : world->people[(n + world->n - 1) % world->n]);

    command->text = g_strdup_printf ("Message %u", n);
    hark_sim_core_node_do (from, command);
    if (n % 4 == 0)
      hark_sim_network_run (world->network, 300 * HARK_MS);
    if (n == 10)
      hark_sim_core_node_die_at (world->people[1], 3, true);
  }
  hark_sim_core_node_do (world->people[0], hark_sim_command (HARK_COMMAND_CALL, world->people[1]));
  hark_sim_network_run (world->network, HARK_MINUTE);
}

static void
run_once (uint64_t seed, Trace *ret)
{
  HarkSimLinkConfig link = hark_sim_lossy_link (0.05);
  HarkSimWorld world;

  link.jitter = 5 * HARK_MS;
  link.reorder = 0.02;
  link.duplicate = 0.02;
  hark_sim_world_init (&world, seed);
  add_people (&world, G_N_ELEMENTS (ret->people), &link);
  make_ring (&world);
  hark_sim_network_run (world.network, HARK_MINUTE);
  chatter (&world);
  hark_sim_network_get_trace (world.network, ret->network);
  for (unsigned i = 0; i < G_N_ELEMENTS (ret->people); i++)
    ret->people[i] = g_strdup (g_checksum_get_string (world.people[i]->trace));
  hark_sim_world_clear (&world);
}

static void
test_same_run (void)
{
  for (unsigned seed = 1; seed <= hark_sim_runs (3); seed++) {
    Trace first, second;

    run_once (seed, &first);
    run_once (seed, &second);
    for (size_t i = 0; i < G_N_ELEMENTS (first.people); i++) {
      g_assert_cmpstr (first.people[i], ==, second.people[i]);
      g_free (first.people[i]);
      g_free (second.people[i]);
    }
    g_assert_true (memcmp (first.network, second.network, sizeof first.network) == 0);
  }
}

int
main (int argc, char **argv)
{
  hark_sim_test_init (&argc, &argv);
  g_test_add_func ("/core-crowd/two", test_two);
  g_test_add_func ("/core-crowd/ten", test_ten);
  g_test_add_func ("/core-crowd/fifty", test_fifty);
  g_test_add_func ("/core-crowd/rough-day", test_rough_day);
  g_test_add_func ("/core-crowd/same-seed-same-run", test_same_run);
  return g_test_run ();
}
