/* Contact points: three that stand, in their own networks, found out when they are broken. */
#include "net/dht/state.h"
#include "net/rendezvous/points.h"
#include "tests/unit/net/dht/swarm.h"

#include <string.h>

#define NODES 20

/* Node 0 of the swarm is us. */
typedef struct {
  Swarm *swarm;
  HarkDht *dht;
  HarkPoints *points;
} World;

static void
on_event (Swarm *swarm, unsigned i, const HarkDhtEvent *event, gpointer data)
{
  World *world = data;

  if (i == 0)
    hark_points_handle_dht (world->points, event, swarm_now (swarm));
}

static void
init (World *world, uint32_t seed)
{
  world->swarm = swarm_new (seed, NODES, true, 0);
  world->dht = swarm_dht (world->swarm, 0);
  world->points = hark_points_new (world->dht, NULL, swarm_rng (world->swarm));
  swarm_set_on_event (world->swarm, on_event, world);
  swarm_join (world->swarm, 10 * HARK_SECOND);
}

static void
clear (World *world)
{
  hark_points_free (world->points);
  swarm_free (world->swarm);
}

static void
pass (World *world, HarkTime span)
{
  HarkTime end = swarm_now (world->swarm) + span;

  while (swarm_now (world->swarm) < end) {
    HarkTime now = swarm_now (world->swarm), next = hark_points_get_deadline (world->points);

    if (next <= now)
      hark_points_handle_time (world->points, now);
    swarm_run (world->swarm, CLAMP (hark_time_since (next, now), 20 * HARK_MS, HARK_SECOND));
  }
}

static unsigned
fill (const World *world, HarkRecordPoint ret[HARK_POINTS_WANTED])
{
  return hark_points_fill (world->points, HARK_HANDLE_CONTACTS, ret);
}

/* Which node of the swarm @point is. */
static unsigned
node_at (const World *world, const HarkRecordPoint *point)
{
  for (unsigned i = 1; i < NODES; i++) {
    HarkEndpoint endpoint = swarm_endpoint (world->swarm, i);

    if (hark_endpoint_equal (&endpoint, &point->endpoint))
      return i;
  }
  g_assert_not_reached ();
}

static void
test_three_stand (void)
{
  World world;
  HarkRecordPoint found[HARK_POINTS_WANTED];

  init (&world, 1);
  pass (&world, 10 * HARK_SECOND);
  g_assert_cmpuint (hark_points_count (world.points), ==, 0); /* nobody wants them yet */
  hark_points_set_wanted (world.points, true, swarm_now (world.swarm));
  pass (&world, 10 * HARK_SECOND);
  g_assert_cmpuint (fill (&world, found), ==, HARK_POINTS_WANTED);
  g_assert_true (hark_points_take_change (world.points));
  g_assert_false (hark_points_take_change (world.points));
  for (unsigned i = 0; i < HARK_POINTS_WANTED; i++) {
    g_assert_cmpint (found[i].kind, ==, HARK_POINT_CONTACT);
    g_assert_cmpint (memcmp (found[i].handle,
                             hark_points_handle (world.points, HARK_HANDLE_CONTACTS),
                             HARK_DHT_HANDLE_LEN),
                     ==, 0);
    for (unsigned j = 0; j < i; j++)
      g_assert_cmpint (memcmp (found[i].endpoint.ip, found[j].endpoint.ip, 2), !=, 0);
  }
  g_assert_cmpint (memcmp (hark_points_handle (world.points, HARK_HANDLE_CONTACTS),
                           hark_points_handle (world.points, HARK_HANDLE_STRANGERS),
                           HARK_DHT_HANDLE_LEN),
                   !=, 0);
  clear (&world);
}

/* Without a node to ask hardly anything is done; the first one is asked at once. */
static void
test_nobody_there (void)
{
  World world = {.swarm = swarm_new (6, NODES, true, 0)};
  HarkTime end, next;
  unsigned times = 0;

  world.dht = swarm_dht (world.swarm, 0);
  world.points = hark_points_new (world.dht, NULL, swarm_rng (world.swarm));
  swarm_set_on_event (world.swarm, on_event, &world);
  hark_points_set_wanted (world.points, true, swarm_now (world.swarm));
  end = swarm_now (world.swarm) + 10 * HARK_MINUTE;
  while ((next = hark_points_get_deadline (world.points)) < end) {
    swarm_run (world.swarm, hark_time_since (next, swarm_now (world.swarm)));
    hark_points_handle_time (world.points, swarm_now (world.swarm));
    times++;
  }
  g_assert_cmpuint (times, <=, 12);
  swarm_join (world.swarm, 0);
  pass (&world, 5 * HARK_SECOND);
  g_assert_cmpuint (hark_points_count (world.points), ==, HARK_POINTS_WANTED);
  clear (&world);
}

static void
test_dead_one_is_replaced (void)
{
  World world;
  HarkRecordPoint found[HARK_POINTS_WANTED];
  unsigned dead;

  init (&world, 2);
  hark_points_set_wanted (world.points, true, swarm_now (world.swarm));
  pass (&world, 10 * HARK_SECOND);
  g_assert_cmpuint (fill (&world, found), ==, HARK_POINTS_WANTED);
  dead = node_at (&world, &found[0]);
  swarm_set_conduct (world.swarm, dead, SWARM_SILENT);
  pass (&world, 15 * HARK_MINUTE);
  g_assert_cmpuint (fill (&world, found), ==, HARK_POINTS_WANTED);
  for (unsigned i = 0; i < HARK_POINTS_WANTED; i++)
    g_assert_cmpuint (node_at (&world, &found[i]), !=, dead);
  clear (&world);
}

/* As if @n people were registered at node @i. */
static void
put_load (World *world, unsigned i, unsigned n)
{
  HarkContactPoint *point = &swarm_dht (world->swarm, i)->point;

  for (unsigned j = 0; j < n; j++) {
    uint8_t handle[HARK_DHT_HANDLE_LEN] = {(uint8_t) i, (uint8_t) j};
    HarkEndpoint callee = {
      .family = 4, .port = 6881, .ip = {30, (uint8_t) i, (uint8_t) j, 1}
    };

    g_assert_cmpint (hark_contact_point_keep (point, handle, &callee, swarm_now (world->swarm)), ==,
                     0);
  }
}

static bool
holds_us (World *world, unsigned i)
{
  return hark_contact_point_has (&swarm_dht (world->swarm, i)->point,
                                 hark_points_handle (world->points, HARK_HANDLE_CONTACTS),
                                 swarm_now (world->swarm));
}

/* Six are asked; those with more to do are left when no record can name them any more. */
static void
test_less_loaded_stay (void)
{
  World world;
  HarkRecordPoint found[HARK_POINTS_WANTED];
  unsigned at[HARK_POINTS_WANTED], most = 0, asked = 0, left = 0;

  init (&world, 4);
  for (unsigned i = 1; i < NODES; i++)
    put_load (&world, i, i);
  hark_points_set_wanted (world.points, true, swarm_now (world.swarm));
  pass (&world, 5 * HARK_SECOND);
  g_assert_cmpuint (fill (&world, found), ==, HARK_POINTS_WANTED);
  for (unsigned i = 0; i < HARK_POINTS_WANTED; i++) {
    at[i] = node_at (&world, &found[i]);
    most = MAX (most, at[i]);
  }
  for (unsigned i = 1; i < NODES; i++) {
    asked += holds_us (&world, i);
    if (holds_us (&world, i) && i != at[0] && i != at[1] && i != at[2])
      g_assert_cmpuint (i, >, most);
  }
  g_assert_cmpuint (asked, ==, HARK_POINTS_TRIED);

  pass (&world, 2 * HARK_MINUTE);
  for (unsigned i = 1; i < NODES; i++)
    left += holds_us (&world, i);
  g_assert_cmpuint (left, ==, HARK_POINTS_WANTED);
  for (unsigned i = 0; i < HARK_POINTS_WANTED; i++)
    g_assert_true (holds_us (&world, at[i]));
  clear (&world);
}

/* One dies while others, asked too many, are about to be left: one of those takes its place. */
static void
test_leaving_one_is_taken_back (void)
{
  World world;
  HarkRecordPoint before[HARK_POINTS_WANTED], after[HARK_POINTS_WANTED];
  unsigned dead, fresh = 0;

  init (&world, 5);
  hark_points_set_wanted (world.points, true, swarm_now (world.swarm));
  pass (&world, 2 * HARK_SECOND);
  g_assert_cmpuint (fill (&world, before), ==, HARK_POINTS_WANTED);
  dead = node_at (&world, &before[0]);
  g_assert_true (hark_points_handle_dht (
    world.points, &(HarkDhtEvent){.kind = HARK_DHT_EVENT_KEEP_LOST, .endpoint = before[0].endpoint},
    swarm_now (world.swarm)));
  hark_points_handle_time (world.points, swarm_now (world.swarm));
  g_assert_cmpuint (fill (&world, after), ==, HARK_POINTS_WANTED); /* at once */
  for (unsigned i = 0; i < HARK_POINTS_WANTED; i++) {
    unsigned node = node_at (&world, &after[i]);

    g_assert_cmpuint (node, !=, dead);
    g_assert_true (holds_us (&world, node));
    fresh += node != node_at (&world, &before[1]) && node != node_at (&world, &before[2]);
  }
  g_assert_cmpuint (fresh, ==, 1);
  clear (&world);
}

static void
test_handles_change (void)
{
  World world;
  uint8_t before[HARK_DHT_HANDLE_LEN], after[HARK_DHT_HANDLE_LEN];

  init (&world, 3);
  hark_points_set_epoch (world.points, 20000, swarm_now (world.swarm));
  hark_points_set_wanted (world.points, true, swarm_now (world.swarm));
  pass (&world, 10 * HARK_SECOND);
  memcpy (before, hark_points_handle (world.points, HARK_HANDLE_CONTACTS), sizeof before);
  hark_points_take_change (world.points);
  hark_points_set_epoch (world.points, 20000, swarm_now (world.swarm));
  g_assert_false (hark_points_take_change (world.points));

  hark_points_set_epoch (world.points, 20001, swarm_now (world.swarm));
  g_assert_true (hark_points_take_change (world.points));
  memcpy (after, hark_points_handle (world.points, HARK_HANDLE_CONTACTS), sizeof after);
  g_assert_cmpint (memcmp (before, after, sizeof before), !=, 0);
  pass (&world, 10 * HARK_SECOND);
  g_assert_cmpuint (hark_points_count (world.points), ==, HARK_POINTS_WANTED);

  hark_points_moved (world.points, swarm_now (world.swarm));
  g_assert_cmpuint (hark_points_count (world.points), ==, 0); /* until they answer anew */
  g_assert_cmpint (
    memcmp (after, hark_points_handle (world.points, HARK_HANDLE_CONTACTS), sizeof after), !=, 0);
  pass (&world, 10 * HARK_SECOND);
  g_assert_cmpuint (hark_points_count (world.points), ==, HARK_POINTS_WANTED);
  clear (&world);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/points/three-stand", test_three_stand);
  g_test_add_func ("/points/nobody-to-ask-is-no-work", test_nobody_there);
  g_test_add_func ("/points/dead-one-is-replaced", test_dead_one_is_replaced);
  g_test_add_func ("/points/less-loaded-stay", test_less_loaded_stay);
  g_test_add_func ("/points/leaving-one-is-taken-back", test_leaving_one_is_taken_back);
  g_test_add_func ("/points/handles-change", test_handles_change);
  return g_test_run ();
}
