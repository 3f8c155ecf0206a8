#include "net/dht/table.h"

#include <string.h>

static HarkTable table;
static HarkRng rng;

static void
setup (void)
{
  HarkNodeId own = {{0}};

  hark_rng_init (&rng, (const uint8_t[32]){1});
  hark_table_init (&table, &own, 0);
}

static HarkEndpoint
at (uint8_t a, uint8_t b, uint8_t c, uint8_t d)
{
  return (HarkEndpoint){
    .family = 4, .port = 6881, .ip = {a, b, c, d}
  };
}

static bool
heard (uint8_t first, HarkEndpoint endpoint, HarkTime now)
{
  HarkNodeId id;

  hark_node_id_random (&rng, &id);
  id.bytes[0] = first;
  return hark_table_heard (&table, &id, &endpoint, 10 * HARK_MS, true, now);
}

static void
test_keeps_the_old (void)
{
  HarkEndpoint gone = at (10, 0, 0, 1);

  setup ();
  for (uint8_t i = 1; i <= HARK_TABLE_K_MAX; i++)
    g_assert_true (heard (0x80, at (10, 0, 0, i), 0));
  g_assert_false (heard (0x80, at (10, 0, 0, 200), 0));
  g_assert_cmpuint (hark_table_count (&table), ==, HARK_TABLE_K_MAX);
  hark_table_failed (&table, &gone, HARK_TIME_NEVER, false);
  g_assert_nonnull (hark_table_find (&table, &gone));
  hark_table_failed (&table, &gone, HARK_TIME_NEVER, false);
  g_assert_null (hark_table_find (&table, &gone)); /* the spare took its place */
  g_assert_cmpuint (hark_table_count (&table), ==, HARK_TABLE_K_MAX);
  hark_table_clear (&table);
}

/* The first bucket holds 32, the second 16, all others eight. */
static void
test_capacity (void)
{
  setup ();
  for (unsigned i = 0; i < 250; i++)
    heard ((uint8_t) (0x80 >> i / 50), at (10, 2, (uint8_t) (i / 100), (uint8_t) i), 0);
  for (unsigned i = 0; i < 4; i++) {
    unsigned room = i < 2 ? (unsigned) HARK_TABLE_K_MAX >> i : HARK_TABLE_K;

    g_assert_cmpuint (g_array_index (table.buckets, HarkBucket, i).n_nodes, ==, room);
  }
  hark_table_clear (&table);
}

static void
test_splits (void)
{
  const HarkTableNode *closest[HARK_TABLE_K];
  HarkNodeId own = {{0}};

  setup ();
  for (unsigned i = 0; i < 200; i++)
    heard ((uint8_t) i, at (10, 1, (uint8_t) (i / 100), (uint8_t) i), 0);
  g_assert_cmpuint (table.buckets->len, >, 3);
  g_assert_cmpuint (hark_table_closest (&table, &own, closest, HARK_TABLE_K), ==, HARK_TABLE_K);
  for (unsigned i = 1; i < HARK_TABLE_K; i++)
    g_assert_cmpint (hark_node_id_closer (&own, &closest[i - 1]->id, &closest[i]->id), <=, 0);
  g_assert_cmpuint (closest[0]->id.bytes[0], ==, 0);
  own.bytes[0] = 0xff;
  hark_table_set_own_id (&table, &own, 0);
  g_assert_cmpuint (hark_table_count (&table), >=, 24);
  hark_table_clear (&table);
}

static void
test_diversity (void)
{
  HarkEndpoint loopback = at (127, 0, 0, 1), public = at (50, 60, 70, 1);
  HarkEndpoint six = {
    .family = 6, .port = 1, .ip = {0x20, 1, 4, 0x70}
  };

  setup ();
  g_assert_true (heard (0x80, public, 0));
  public.port++;
  g_assert_false (heard (0x80, public, 0)); /* one node per address */
  g_assert_true (heard (0x80, at (50, 60, 70, 2), 0));
  g_assert_false (heard (0x80, at (50, 60, 70, 3), 0)); /* two per /24 */
  g_assert_true (heard (0x80, at (50, 60, 71, 3), 0));
  g_assert_true (heard (0x80, at (50, 60, 72, 3), 0));
  g_assert_false (heard (0x80, at (50, 60, 73, 3), 0)); /* four per /16 */
  g_assert_true (heard (0x80, six, 0));
  six.ip[15] = 1;
  g_assert_false (heard (0x80, six, 0)); /* one per /64 */
  for (uint16_t i = 0; i < 3; i++) {
    loopback.port = (uint16_t) (100 + i);
    g_assert_true (heard (0x80, loopback, 0)); /* ports are hosts */
  }
  hark_table_clear (&table);
}

static void
test_pings (void)
{
  HarkEndpoint endpoint = at (10, 0, 0, 1);
  HarkNodeId target;

  setup ();
  heard (0x80, endpoint, 0);
  g_assert_null (hark_table_next_ping (&table, HARK_MINUTE));
  g_assert_nonnull (hark_table_next_ping (&table, HARK_TABLE_PING_MIN));
  hark_table_failed (&table, &endpoint, HARK_TIME_NEVER, false);
  g_assert_nonnull (hark_table_next_ping (&table, HARK_MINUTE));
  g_assert_false (hark_table_next_refresh (&table, &rng, HARK_MINUTE, &target));
  g_assert_true (hark_table_next_refresh (&table, &rng, HARK_TABLE_REFRESH, &target));
  g_assert_false (hark_table_next_refresh (&table, &rng, HARK_TABLE_REFRESH, &target));
  for (unsigned i = 0; i < 6; i++)
    hark_table_failed (&table, &endpoint, HARK_TIME_NEVER, false);
  g_assert_null (hark_table_find (&table, &endpoint));
  hark_table_clear (&table);
}

/* A node answers an address only so much: what it leaves out says nothing while other answers come.
 */
static void
test_answers_count_for_others (void)
{
  HarkEndpoint endpoint = at (10, 0, 0, 1);

  setup ();
  heard (0x80, endpoint, 3 * HARK_SECOND);
  for (unsigned i = 0; i < 20; i++)
    hark_table_failed (&table, &endpoint, 2 * HARK_SECOND, false);
  g_assert_cmpuint (hark_table_find (&table, &endpoint)->failures, ==, 0);
  hark_table_failed (&table, &endpoint, 3 * HARK_SECOND, false);
  g_assert_cmpuint (hark_table_find (&table, &endpoint)->failures, ==, 1);
  hark_table_failed (&table, &endpoint, 2 * HARK_SECOND, true); /* it is not there, for sure */
  g_assert_cmpuint (hark_table_find (&table, &endpoint)->failures, ==, 3);
  hark_table_clear (&table);
}

static void
test_moved_id (void)
{
  HarkEndpoint endpoint = at (10, 0, 0, 1);

  setup ();
  heard (0x80, endpoint, 0);
  g_assert_true (heard (0x40, endpoint, 0)); /* started anew */
  g_assert_cmpuint (hark_table_count (&table), ==, 1);
  g_assert_cmpuint (hark_table_find (&table, &endpoint)->id.bytes[0], ==, 0x40);
  g_assert_cmpuint (hark_table_find (&table, &endpoint)->rtt, ==, 10 * HARK_MS);
  hark_table_clear (&table);
}

/* Whoever asked us first is named to others only once he answered after a silence. */
static void
test_settles (void)
{
  const HarkTableNode *closest[HARK_TABLE_K];
  HarkEndpoint endpoint = at (10, 0, 0, 1), gone = at (10, 0, 0, 2);
  HarkNodeId id = {{0x80}}, other = {{0x81}};

  setup ();
  hark_table_heard (&table, &id, &endpoint, 10 * HARK_MS, false, 0);
  hark_table_heard (&table, &other, &gone, 10 * HARK_MS, false, 0);
  g_assert_cmpuint (hark_table_closest (&table, &id, closest, HARK_TABLE_K), ==, 2);
  g_assert_cmpuint (hark_table_closest_settled (&table, &id, closest, HARK_TABLE_K), ==, 0);
  g_assert_null (hark_table_next_ping (&table, HARK_MINUTE));
  g_assert_nonnull (hark_table_next_ping (&table, HARK_TABLE_SETTLED_AFTER));
  hark_table_heard (&table, &id, &endpoint, 10 * HARK_MS, true, HARK_TABLE_SETTLED_AFTER);
  g_assert_cmpuint (hark_table_closest_settled (&table, &id, closest, HARK_TABLE_K), ==, 1);
  /* The one behind a NAT goes without a spare. */
  hark_table_failed (&table, &gone, HARK_TIME_NEVER, false);
  hark_table_failed (&table, &gone, HARK_TIME_NEVER, false);
  g_assert_null (hark_table_find (&table, &gone));
  hark_table_clear (&table);
}

static void
hear_public (unsigned i, bool allowed)
{
  HarkEndpoint endpoint = at ((uint8_t) (20 + i), (uint8_t) (7 * i), 1, 1);
  HarkNodeId id;

  if (allowed)
    hark_node_id_for (&endpoint, (uint8_t) i, &rng, &id);
  else
    hark_node_id_random (&rng, &id);
  hark_table_heard (&table, &id, &endpoint, 10 * HARK_MS, true, 0);
}

/* Ids against BEP 42 have a place in a small network only. */
static void
test_strict (void)
{
  unsigned n;

  setup ();
  for (unsigned i = 0; i < 4; i++)
    hear_public (i, false);
  g_assert_cmpuint (hark_table_count (&table), ==, 4);
  for (unsigned i = 10; i < 50; i++)
    hear_public (i, true);
  g_assert_true (hark_table_is_strict (&table));
  hark_table_purge (&table);
  n = hark_table_count (&table);
  for (unsigned i = 0; i < table.buckets->len; i++) {
    const HarkBucket *bucket = &g_array_index (table.buckets, HarkBucket, i);

    for (unsigned j = 0; j < bucket->n_nodes; j++)
      g_assert_true (bucket->nodes[j].verified);
  }
  hear_public (60, false);
  g_assert_cmpuint (hark_table_count (&table), ==, n);
  hark_table_clear (&table);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/table/keeps-the-old", test_keeps_the_old);
  g_test_add_func ("/table/holds-more-of-the-far-half", test_capacity);
  g_test_add_func ("/table/splits-along-our-id", test_splits);
  g_test_add_func ("/table/spreads-over-networks", test_diversity);
  g_test_add_func ("/table/pings-and-refreshes", test_pings);
  g_test_add_func ("/table/who-answers-something-is-there", test_answers_count_for_others);
  g_test_add_func ("/table/follows-a-new-id", test_moved_id);
  g_test_add_func ("/table/settles-after-a-silence", test_settles);
  g_test_add_func ("/table/allowed-ids-only", test_strict);
  return g_test_run ();
}
