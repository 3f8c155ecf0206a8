/* What is remembered of where lookups ended. */
#include "net/dht/trail.h"
#include "tests/unit/net/dht/swarm.h"

#include <string.h>

static HarkNodeId
target_of (unsigned number)
{
  HarkNodeId id = {{0}};

  id.bytes[0] = (uint8_t) number;
  id.bytes[1] = (uint8_t) (number >> 8);
  return id;
}

static void
note (GPtrArray *trails, unsigned number, unsigned n, bool whole, HarkTime now)
{
  HarkTrailNode nodes[3 * HARK_TRAIL_NODES] = {{.endpoint = {.family = 4, .port = 1}}};
  HarkNodeId target = target_of (number);

  g_assert_cmpuint (n, <=, G_N_ELEMENTS (nodes));
  hark_trails_note (trails, &target, nodes, n, whole, now);
}

static const HarkTrail *
find (GPtrArray *trails, unsigned number, HarkTime now)
{
  HarkNodeId target = target_of (number);

  return hark_trails_find (trails, &target, now);
}

static void
test_bounds (void)
{
  g_autoptr (GPtrArray) trails = hark_trails_new ();

  note (trails, 0, 3 * HARK_TRAIL_NODES, true, 1);
  g_assert_cmpuint (find (trails, 0, 1)->n, ==, 2 * HARK_TRAIL_NODES);
  for (unsigned i = 1; i < HARK_TRAILS_MAX; i++)
    note (trails, i, 8, true, 1 + i);
  g_assert_nonnull (find (trails, 0, HARK_SECOND)); /* used just now */
  note (trails, HARK_TRAILS_MAX, 8, true, HARK_SECOND);
  g_assert_cmpuint (trails->len, ==, HARK_TRAILS_MAX);
  g_assert_nonnull (find (trails, 0, HARK_SECOND));
  g_assert_null (find (trails, 1, HARK_SECOND));
}

static void
test_ages (void)
{
  g_autoptr (GPtrArray) trails = hark_trails_new ();

  note (trails, 1, 8, false, HARK_SECOND); /* nothing to go on from */
  g_assert_null (find (trails, 1, HARK_SECOND));
  note (trails, 1, 8, true, HARK_SECOND);
  note (trails, 1, 9, false, HARK_TRAIL_TIME);
  g_assert_cmpuint (find (trails, 1, HARK_TRAIL_TIME)->n, ==, 9);
  g_assert_null (find (trails, 1, HARK_SECOND + HARK_TRAIL_TIME));
  note (trails, 2, 8, true, HARK_SECOND);
  note (trails, 2, HARK_TRAIL_NODES_MIN - 1, false, HARK_SECOND);
  g_assert_null (find (trails, 2, HARK_SECOND));
}

/* ---- in a swarm ------------------------------------------------------------------ */

typedef struct {
  SwarmResult result;
  HarkTime span;
  uint64_t packets;
} Got;

static Got
look (Swarm *swarm, unsigned i, uint8_t seed)
{
  uint8_t value[SWARM_VALUE_MAX];
  HarkTime start = swarm_now (swarm);
  uint64_t packets = swarm_packets (swarm);
  HarkDhtItem item;
  Got got;

  swarm_item (seed, 1, 10, value, &item);
  got.result = swarm_wait (
    swarm, i, hark_dht_get_again (swarm_dht (swarm, i), item.key, -1, true, swarm_now (swarm)));
  got.span = swarm_now (swarm) - start;
  got.packets = swarm_packets (swarm) - packets;
  g_assert_true (got.result.done);
  return got;
}

static SwarmResult
leave (Swarm *swarm, unsigned i, uint8_t seed, int64_t seq)
{
  uint8_t value[SWARM_VALUE_MAX];
  HarkDhtItem item;

  swarm_item (seed, seq, 297, value, &item);
  return swarm_wait (swarm, i, hark_dht_put_again (swarm_dht (swarm, i), &item, swarm_now (swarm)));
}

/* Somebody waits for what is not there yet: each look is a fraction of the first, and it finds what
 * another leaves meanwhile, and what he leaves after that. */
static void
test_looks_are_short (void)
{
  Swarm *swarm = swarm_new (60, 80, true, 0);
  Got first, next;

  swarm_join (swarm, 30 * HARK_SECOND);
  first = look (swarm, 10, 1);
  g_assert_false (first.result.found);
  for (unsigned i = 0; i < 5; i++) {
    next = look (swarm, 10, 1);
    g_assert_false (next.result.found);
    g_test_message ("%.0f ms and %u datagrams, then %.0f ms and %u", (double) first.span / HARK_MS,
                    (unsigned) first.packets, (double) next.span / HARK_MS,
                    (unsigned) next.packets);
    g_assert_cmpuint (next.packets, <, first.packets * 2 / 3);
    g_assert_cmpuint (next.span, <, first.span);
  }
  for (int64_t seq = 1; seq < 4; seq++) {
    g_assert_cmpuint (leave (swarm, 50, 1, seq).acks, >=, 8);
    next = look (swarm, 10, 1);
    g_assert_true (next.result.found);
    g_assert_cmpint (next.result.seq, ==, seq);
  }
  swarm_free (swarm);
}

/* Who answered last is gone: the way is found anew. */
static void
test_lost_trail (void)
{
  Swarm *swarm = swarm_new (61, 80, true, 0);

  swarm_join (swarm, 30 * HARK_SECOND);
  look (swarm, 10, 1);
  for (unsigned i = 20; i < 60; i++)
    swarm_set_conduct (swarm, i, SWARM_SILENT);
  g_assert_cmpuint (leave (swarm, 70, 1, 1).acks, >=, 4);
  g_assert_true (look (swarm, 10, 1).result.found);
  g_assert_true (look (swarm, 10, 1).result.found);
  swarm_free (swarm);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/trail/bounded", test_bounds);
  g_test_add_func ("/trail/the-whole-way-is-walked-again", test_ages);
  g_test_add_func ("/trail/looks-again-are-short", test_looks_are_short);
  g_test_add_func ("/trail/found-without-it-as-well", test_lost_trail);
  return g_test_run ();
}
