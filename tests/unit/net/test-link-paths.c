/* The paths of a link: which one is used, and what becomes of the others. */
#include "net/node/link-paths.h"

typedef struct {
  HarkNodeQueue queue;
  HarkLinkPaths paths;
  HarkTime now;
} Fixture;

static const HarkEndpoint no_stun[2];
static const HarkPathInfo direct = {.route = HARK_ROUTE_DIRECT};
static const HarkPathInfo relayed = {.route = HARK_ROUTE_RELAY};

static void
set_up (Fixture *fixture, const void *data)
{
  (void) data;
  hark_node_queue_init (&fixture->queue);
  hark_link_paths_init (&fixture->paths, &fixture->queue, true);
  fixture->now = HARK_HOUR;
}

static void
tear_down (Fixture *fixture, const void *data)
{
  (void) data;
  hark_link_paths_clear (&fixture->paths);
  hark_node_queue_clear (&fixture->queue);
}

static HarkLinkPath *
open_path (Fixture *fixture, uint32_t number, uint32_t generation)
{
  return hark_link_paths_open (&fixture->paths, number, generation, no_stun, false,
                               fixture->now += HARK_SECOND);
}

static void
set_ready (Fixture *fixture, HarkLinkPath *path)
{
  hark_link_paths_set_state (path, HARK_PATH_READY, &direct);
  hark_link_paths_choose (&fixture->paths, fixture->now);
}

static uint32_t
used (const Fixture *fixture)
{
  return fixture->paths.used ? fixture->paths.used->number : 0;
}

/* Lets @span pass. */
static void
pass (Fixture *fixture, HarkTime span)
{
  fixture->now += span;
  hark_link_paths_handle_time (&fixture->paths, fixture->now);
}

static unsigned
count_closed (Fixture *fixture)
{
  HarkNetOutput output;
  unsigned closed = 0;

  while (hark_node_queue_pop_output (&fixture->queue, &output))
    closed += output.kind == HARK_NET_OUTPUT_PATH_CLOSE;
  return closed;
}

static void
test_newer_takes_over (Fixture *fixture, const void *data)
{
  HarkLinkPath *second;

  (void) data;
  set_ready (fixture, open_path (fixture, 1, 0));
  g_assert_cmpuint (used (fixture), ==, 1);
  second = open_path (fixture, 2, 1);
  g_assert_false (hark_link_paths_choose (&fixture->paths, fixture->now));
  g_assert_cmpuint (used (fixture), ==, 1); /* not ready yet */
  set_ready (fixture, second);
  g_assert_cmpuint (used (fixture), ==, 2);
  pass (fixture, HARK_LINK_PATH_KEPT - HARK_MS);
  g_assert_nonnull (hark_link_paths_find (&fixture->paths, 1));
  pass (fixture, HARK_MS);
  g_assert_null (hark_link_paths_find (&fixture->paths, 1));
  g_assert_cmpuint (count_closed (fixture), ==, 1);
}

static void
test_old_stays_when_new_fails (Fixture *fixture, const void *data)
{
  HarkLinkPath *second;

  (void) data;
  set_ready (fixture, open_path (fixture, 1, 0));
  second = open_path (fixture, 2, 1);
  hark_link_paths_set_state (second, HARK_PATH_FAILED, NULL);
  g_assert_false (hark_link_paths_choose (&fixture->paths, fixture->now));
  pass (fixture, HARK_MINUTE);
  g_assert_cmpuint (used (fixture), ==, 1);
  g_assert_null (hark_link_paths_find (&fixture->paths, 2));
}

static void
test_direct_before_relay (Fixture *fixture, const void *data)
{
  HarkLinkPath *first;

  (void) data;
  hark_link_paths_add (&fixture->paths, 9, &relayed, fixture->now);
  hark_link_paths_choose (&fixture->paths, fixture->now);
  g_assert_cmpuint (used (fixture), ==, 9);
  first = open_path (fixture, 1, 0);
  pass (fixture, HARK_MINUTE);
  g_assert_cmpuint (used (fixture), ==, 9);
  set_ready (fixture, first);
  g_assert_cmpuint (used (fixture), ==, 1);
  pass (fixture, HARK_LINK_PATH_KEPT);
  g_assert_null (hark_link_paths_find (&fixture->paths, 9));
}

static void
test_relay_while_direct_is_silent (Fixture *fixture, const void *data)
{
  HarkLinkPath *first;

  (void) data;
  first = open_path (fixture, 1, 0);
  set_ready (fixture, first);
  hark_link_paths_distrust (&fixture->paths, fixture->now);
  hark_link_paths_add (&fixture->paths, 9, &relayed, fixture->now);
  hark_link_paths_choose (&fixture->paths, fixture->now);
  g_assert_cmpuint (used (fixture), ==, 9);
  pass (fixture, HARK_MINUTE);
  hark_link_paths_heard (first, fixture->now);
  hark_link_paths_choose (&fixture->paths, fixture->now);
  g_assert_cmpuint (used (fixture), ==, 1);
}

/* Packets come over it, ours do not get through: it is left alone longer each time. */
static void
test_one_way_path_is_left_alone (Fixture *fixture, const void *data)
{
  HarkLinkPath *first;
  unsigned swings = 0;

  (void) data;
  first = open_path (fixture, 1, 0);
  set_ready (fixture, first);
  hark_link_paths_add (&fixture->paths, 9, &relayed, fixture->now);
  for (unsigned i = 0; i < 600; i++) {
    pass (fixture, HARK_SECOND);
    hark_link_paths_heard (first, fixture->now);
    swings += hark_link_paths_choose (&fixture->paths, fixture->now);
    if (fixture->paths.used == first) {
      hark_link_paths_distrust (&fixture->paths, fixture->now);
      swings += hark_link_paths_choose (&fixture->paths, fixture->now);
    }
  }
  g_assert_cmpuint (swings, <, 30);
}

static void
test_places_are_bounded (Fixture *fixture, const void *data)
{
  unsigned left = 0;

  (void) data;
  set_ready (fixture, open_path (fixture, 1, 0));
  for (uint32_t i = 2; i < 100; i++)
    open_path (fixture, i, i);
  g_assert_cmpuint (used (fixture), ==, 1);
  g_assert_nonnull (hark_link_paths_find_generation (&fixture->paths, 99));
  for (unsigned i = 0; i < HARK_LINK_PATHS_MAX; i++)
    left += fixture->paths.items[i].number != 0;
  g_assert_cmpuint (left, ==, HARK_LINK_PATHS_MAX);
  g_assert_cmpuint (count_closed (fixture), ==, 99 - HARK_LINK_PATHS_MAX);
}

#define ADD(path, test) g_test_add ("/link-paths/" path, Fixture, NULL, set_up, test, tear_down)

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  ADD ("newer-takes-over", test_newer_takes_over);
  ADD ("old-stays-when-new-fails", test_old_stays_when_new_fails);
  ADD ("direct-before-relay", test_direct_before_relay);
  ADD ("relay-while-direct-is-silent", test_relay_while_direct_is_silent);
  ADD ("one-way-path-is-left-alone", test_one_way_path_is_left_alone);
  ADD ("places-are-bounded", test_places_are_bounded);
  return g_test_run ();
}
