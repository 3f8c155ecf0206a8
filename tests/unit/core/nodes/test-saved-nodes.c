/* The list of nodes in the profile. */
#include "core/nodes/saved-nodes.h"

#include <string.h>

#define NOW 1800000000

static HarkEndpoint
node (unsigned i, uint8_t family)
{
  return (HarkEndpoint){
    .family = family,
    .port = 6881,
    .ip = {family == 6 ? 0x20 : 44, (uint8_t) (i >> 8), (uint8_t) i}
  };
}

static void
test_round (void)
{
  HarkEndpoint good[2] = {node (1, 4), node (2, 6)};
  g_autoptr (GBytes) bytes = hark_saved_nodes_merge (NULL, good, 2, NOW);
  HarkSavedNode read[HARK_SAVED_NODES_MAX];

  g_assert_cmpuint (hark_saved_nodes_read (bytes, read), ==, 2);
  for (unsigned i = 0; i < 2; i++) {
    g_assert_true (hark_endpoint_equal (&read[i].endpoint, &good[i]));
    g_assert_cmpint (read[i].seen, ==, NOW);
  }
  g_assert_cmpuint (hark_saved_nodes_read (NULL, read), ==, 0);
}

static void
test_merge (void)
{
  HarkEndpoint good[2] = {node (1, 4), node (2, 4)}, newer[2] = {node (2, 4), node (3, 4)};
  g_autoptr (GBytes) first = hark_saved_nodes_merge (NULL, good, 2, NOW);
  g_autoptr (GBytes) second = hark_saved_nodes_merge (first, newer, 2, NOW + 60);
  g_autoptr (GBytes) third
    = hark_saved_nodes_merge (second, newer, 2, NOW + HARK_SAVED_NODES_OLD + 30);
  HarkSavedNode read[HARK_SAVED_NODES_MAX];

  g_assert_cmpuint (hark_saved_nodes_read (second, read), ==, 3);
  g_assert_true (hark_endpoint_equal (&read[2].endpoint, &good[0]));
  g_assert_cmpint (read[2].seen, ==, NOW);
  g_assert_cmpint (read[0].seen, ==, NOW + 60);
  g_assert_cmpuint (hark_saved_nodes_read (third, read), ==, 2);
}

static void
test_bounds (void)
{
  HarkEndpoint good[HARK_SAVED_NODES_MAX + 50];
  HarkSavedNode read[HARK_SAVED_NODES_MAX];

  for (unsigned i = 0; i < G_N_ELEMENTS (good); i++)
    good[i] = node (i, 4);
  {
    g_autoptr (GBytes) bytes = hark_saved_nodes_merge (NULL, good, G_N_ELEMENTS (good), NOW);

    g_assert_cmpuint (hark_saved_nodes_read (bytes, read), ==, HARK_SAVED_NODES_MAX);
  }
}

/* The form without times, and damage. */
static void
test_damaged (void)
{
  static const uint8_t untimed[] = {6, 44, 0, 0, 1, 0x1a, 0xe1, 6, 44, 0, 0, 2, 0x1a, 0xe1};
  static const uint8_t damaged[] = {3, 1, 2, 3, 6, 44, 0, 0, 1, 0x1a, 0xe1, 0, 200, 1};
  g_autoptr (GBytes) a = g_bytes_new_static (untimed, sizeof untimed);
  g_autoptr (GBytes) b = g_bytes_new_static (damaged, sizeof damaged);
  HarkSavedNode read[HARK_SAVED_NODES_MAX];

  g_assert_cmpuint (hark_saved_nodes_read (a, read), ==, 2);
  g_assert_cmpint (read[1].seen, ==, 0);
  g_assert_cmpuint (hark_saved_nodes_read (b, read), ==, 1);
  g_assert_cmpuint (read[0].endpoint.port, ==, 6881);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/saved-nodes/round-trip", test_round);
  g_test_add_func ("/saved-nodes/merges-and-forgets", test_merge);
  g_test_add_func ("/saved-nodes/is-bounded", test_bounds);
  g_test_add_func ("/saved-nodes/reads-damaged-lists", test_damaged);
  return g_test_run ();
}
