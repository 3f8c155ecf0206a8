/* Whole nodes against each other: items, peers, loss, churn, hostile nodes. */
#include "tests/unit/net/dht/swarm.h"

#include <string.h>

static SwarmResult
put (Swarm *swarm, unsigned i, uint8_t seed, int64_t seq)
{
  uint8_t value[SWARM_VALUE_MAX];
  HarkDhtItem item;

  swarm_item (seed, seq, 297, value, &item);
  return swarm_wait (swarm, i,
                     hark_dht_put_mutable (swarm_dht (swarm, i), &item, NULL, swarm_now (swarm)));
}

static SwarmResult
get (Swarm *swarm, unsigned i, uint8_t seed, int64_t seq_known)
{
  uint8_t value[SWARM_VALUE_MAX];
  HarkDhtItem item;

  swarm_item (seed, 1, 10, value, &item);
  return swarm_wait (swarm, i,
                     hark_dht_get_mutable (swarm_dht (swarm, i), item.key, NULL, 0, seq_known, true,
                                           swarm_now (swarm)));
}

static void
test_two_nodes (void)
{
  Swarm *swarm = swarm_new (1, 2, false, 0);
  SwarmResult result;
  HarkTime start;

  swarm_join (swarm, HARK_SECOND);
  start = swarm_now (swarm);
  result = put (swarm, 0, 1, 5);
  g_assert_true (result.done);
  g_assert_cmpuint (result.acks, ==, 1);
  g_assert_true (result.own_copy);
  g_assert_cmpuint (result.end - start, <, 400 * HARK_MS);

  start = swarm_now (swarm);
  result = get (swarm, 1, 1, -1);
  g_assert_true (result.found);
  g_assert_cmpint (result.seq, ==, 5);
  g_assert_cmpuint (result.first, ==, start); /* it holds a copy itself */

  result = get (swarm, 1, 1, 5);
  g_assert_false (result.found);
  g_assert_true (result.unchanged);
  result = get (swarm, 1, 2, -1);
  g_assert_true (result.done);
  g_assert_false (result.found);
  swarm_free (swarm);
}

static void
test_alone (void)
{
  Swarm *swarm = swarm_new (2, 1, false, 0);
  HarkTime start = swarm_now (swarm);
  SwarmResult result = put (swarm, 0, 1, 5);

  g_assert_true (result.done);
  g_assert_true (result.own_copy);
  g_assert_cmpuint (result.acks, ==, 0);
  result = get (swarm, 0, 1, -1);
  g_assert_true (result.found);
  g_assert_cmpuint (swarm_now (swarm), ==, start);
  swarm_free (swarm);
}

static void
test_late_bootstrap (void)
{
  Swarm *swarm = swarm_new (3, 2, false, 0);
  HarkEndpoint other = swarm_endpoint (swarm, 1);
  HarkDhtStatus status;

  swarm_set_conduct (swarm, 1, SWARM_SILENT);
  hark_dht_bootstrap (swarm_dht (swarm, 0), &other, swarm_now (swarm));
  swarm_run (swarm, 5 * HARK_SECOND);
  hark_dht_get_status (swarm_dht (swarm, 0), &status);
  g_assert_cmpuint (status.nodes[0], ==, 0);
  swarm_set_conduct (swarm, 1, SWARM_HONEST);
  swarm_run (swarm, 5 * HARK_SECOND);
  hark_dht_get_status (swarm_dht (swarm, 0), &status);
  g_assert_cmpuint (status.nodes[0], ==, 1);
  g_assert_cmpuint (status.external[0].port, ==, swarm_endpoint (swarm, 0).port);
  swarm_free (swarm);
}

static void
test_newest_wins (void)
{
  Swarm *swarm = swarm_new (4, 3, false, 0);
  SwarmResult result;

  swarm_join (swarm, HARK_SECOND);
  put (swarm, 0, 1, 5);
  result = put (swarm, 1, 1, 7);
  g_assert_cmpuint (result.acks, ==, 2);
  result = put (swarm, 2, 1, 6);
  g_assert_cmpuint (result.acks, ==, 0);
  g_assert_true (result.conflict);
  for (unsigned i = 0; i < 3; i++)
    g_assert_cmpint (get (swarm, i, 1, -1).seq, ==, 7);
  swarm_free (swarm);
}

static void
test_many (double loss, double silent, unsigned found_min)
{
  Swarm *swarm = swarm_new (5, 60, true, loss);
  unsigned found = 0;
  HarkTime sum = 0;

  swarm_join (swarm, 5 * HARK_SECOND);
  for (unsigned i = 0; i < (unsigned) (60 * silent); i++)
    swarm_set_conduct (swarm, 59 - i, SWARM_SILENT);
  for (unsigned i = 0; i < 20; i++) {
    SwarmResult result = put (swarm, i, (uint8_t) i, 1);

    g_assert_cmpuint (result.acks, >=, 4);
    g_assert_cmpuint (result.first, !=, 0);
  }
  for (unsigned i = 0; i < 20; i++) {
    HarkTime start = swarm_now (swarm);
    SwarmResult result = get (swarm, 39 - i, (uint8_t) i, -1);

    found += result.found;
    sum += result.found ? result.first - start : 0;
  }
  g_assert_cmpuint (found, >=, found_min);
  g_assert_cmpuint (sum / found, <, 500 * HARK_MS);
  g_test_message ("found %u of 20, mean first value %.0f ms", found,
                  (double) sum / found / (double) HARK_MS);
  swarm_free (swarm);
}

static void
test_clean (void)
{
  test_many (0, 0, 20);
}

static void
test_loss (void)
{
  test_many (0.05, 0, 20);
}

static void
test_silent (void)
{
  test_many (0.01, 0.3, 20);
}

static void
test_churn (void)
{
  Swarm *swarm = swarm_new (6, 50, true, 0.01);
  unsigned found = 0;

  swarm_join (swarm, 5 * HARK_SECOND);
  for (unsigned i = 0; i < 10; i++)
    put (swarm, 40, (uint8_t) i, 1);
  for (unsigned i = 1; i < 25; i++)
    swarm_replace (swarm, i);
  swarm_run (swarm, 5 * HARK_SECOND);
  for (unsigned i = 0; i < 10; i++)
    found += get (swarm, 45, (uint8_t) i, -1).found;
  g_assert_cmpuint (found, ==, 10);
  swarm_free (swarm);
}

static void
test_liars (void)
{
  Swarm *swarm = swarm_new (7, 100, true, 0.01);
  unsigned found = 0, forged = 0, n = 100;

  swarm_join (swarm, 5 * HARK_SECOND);
  for (unsigned i = 0; i < 20; i++)
    swarm_set_conduct (swarm, 5 * i + 1, SWARM_LIAR);
  for (unsigned i = 0; i < 20; i++)
    put (swarm, 5 * i, (uint8_t) i, 3);
  for (unsigned i = 0; i < n; i++) {
    SwarmResult result = get (swarm, (5 * i + 2) % 100, (uint8_t) (i % 20), -1);

    found += result.found;
    forged += result.found && result.seq != 3;
  }
  g_test_message ("found %u of %u, forged %u", found, n, forged);
  g_assert_cmpuint (forged, ==, 0);
  g_assert_cmpuint (found, >=, n * 99 / 100);
  swarm_free (swarm);
}

static void
test_peers (void)
{
  Swarm *swarm = swarm_new (8, 30, true, 0);
  uint8_t info_hash[20] = {7};
  SwarmResult result;

  swarm_join (swarm, 5 * HARK_SECOND);
  for (unsigned i = 0; i < 5; i++) {
    result = swarm_wait (
      swarm, i, hark_dht_announce (swarm_dht (swarm, i), info_hash, 6881, swarm_now (swarm)));
    g_assert_cmpuint (result.acks, >=, 8);
  }
  result = swarm_wait (swarm, 20,
                       hark_dht_get_peers (swarm_dht (swarm, 20), info_hash, swarm_now (swarm)));
  g_assert_cmpuint (result.n_peers, ==, 5);
  swarm_free (swarm);
}

static void
test_immutable (void)
{
  Swarm *swarm = swarm_new (9, 20, true, 0);
  uint8_t target[20];
  SwarmResult result;

  swarm_join (swarm, 5 * HARK_SECOND);
  result = swarm_wait (swarm, 1,
                       hark_dht_put_immutable (swarm_dht (swarm, 1), (const uint8_t *) "5:hello", 7,
                                               target, swarm_now (swarm)));
  g_assert_cmpuint (result.acks, >=, 8);
  result = swarm_wait (
    swarm, 9, hark_dht_get_immutable (swarm_dht (swarm, 9), target, false, swarm_now (swarm)));
  g_assert_true (result.found);
  g_assert_cmpuint (result.len, ==, 7);
  g_assert_cmpint (memcmp (result.value, "5:hello", 7), ==, 0);
  swarm_free (swarm);
}

static void
test_refused (void)
{
  Swarm *swarm = swarm_new (10, 1, false, 0);
  uint8_t value[SWARM_VALUE_MAX + 20];
  HarkDhtItem item;

  swarm_item (1, 1, 20, value, &item);
  item.signature[0] ^= 1;
  g_assert_cmpuint (hark_dht_put_mutable (swarm_dht (swarm, 0), &item, NULL, 0), ==, 0);
  swarm_item (1, 1, 20, value, &item);
  item.value_len--;
  g_assert_cmpuint (hark_dht_put_mutable (swarm_dht (swarm, 0), &item, NULL, 0), ==, 0);
  g_assert_cmpuint (
    hark_dht_put_immutable (swarm_dht (swarm, 0), (const uint8_t *) "i01e", 4, NULL, 0), ==, 0);
  swarm_free (swarm);
}

/* Between two puts only those who lost the item, or never had it, are written to. */
static void
test_repair (void)
{
  Swarm *swarm = swarm_new (13, 40, true, 0);
  uint8_t value[SWARM_VALUE_MAX];
  HarkDhtItem item;
  SwarmResult result;
  uint64_t packets;

  swarm_join (swarm, 10 * HARK_SECOND);
  swarm_item (1, 5, 297, value, &item);
  result = put (swarm, 3, 1, 5);
  g_assert_cmpuint (result.acks, >=, 8);
  packets = swarm_packets (swarm);
  result = swarm_wait (swarm, 3,
                       hark_dht_repair_mutable (swarm_dht (swarm, 3), &item, swarm_now (swarm)));
  g_assert_cmpuint (result.acks, >=, 7);
  g_test_message ("%u packets", (unsigned) (swarm_packets (swarm) - packets));
  for (unsigned i = 10; i < 40; i++)
    swarm_replace (swarm, i);
  swarm_run (swarm, 5 * HARK_SECOND);
  result = swarm_wait (swarm, 3,
                       hark_dht_repair_mutable (swarm_dht (swarm, 3), &item, swarm_now (swarm)));
  g_assert_cmpuint (result.acks, >=, 7);
  g_assert_false (result.conflict);
  put (swarm, 5, 1, 6);
  result = swarm_wait (swarm, 3,
                       hark_dht_repair_mutable (swarm_dht (swarm, 3), &item, swarm_now (swarm)));
  g_assert_true (result.conflict);
  g_assert_cmpint (get (swarm, 8, 1, -1).seq, ==, 6);
  swarm_free (swarm);
}

/* 300 endpoints of which only the last answers: twenty at a time, and it is found. */
static void
test_many_dead_starts (void)
{
  Swarm *swarm = swarm_new (14, 2, true, 0);
  HarkEndpoint alive = swarm_endpoint (swarm, 1);
  HarkDht *dht = swarm_dht (swarm, 0);
  HarkDhtStatus status;
  HarkDhtPacket packet;
  unsigned at_once = 0;

  for (unsigned i = 0; i < 299; i++) {
    HarkEndpoint dead = {
      .family = 4, .port = 6881, .ip = {44, (uint8_t) (i >> 8), (uint8_t) i, 1}
    };

    hark_dht_bootstrap (dht, &dead, swarm_now (swarm));
  }
  hark_dht_bootstrap (dht, &alive, swarm_now (swarm));
  while (hark_dht_poll_packet (dht, &packet))
    at_once++;
  g_assert_cmpuint (at_once, ==, 20);
  swarm_run (swarm, 10 * HARK_SECOND);
  hark_dht_get_status (dht, &status);
  g_assert_cmpuint (status.nodes[0], ==, 1);
  swarm_free (swarm);
}

/* No network for minutes: once it is there, nobody waits for what was silent before. */
static void
test_begins_again (void)
{
  Swarm *swarm = swarm_new (15, 2, true, 0);
  HarkEndpoint other = swarm_endpoint (swarm, 1);
  HarkDht *dht = swarm_dht (swarm, 0);
  HarkDhtStatus status;

  swarm_set_conduct (swarm, 1, SWARM_SILENT);
  for (unsigned i = 0; i < 40; i++) {
    HarkEndpoint dead = {
      .family = 4, .port = 6881, .ip = {44, 1, (uint8_t) i, 1}
    };

    hark_dht_bootstrap (dht, &dead, swarm_now (swarm));
  }
  hark_dht_bootstrap (dht, &other, swarm_now (swarm));
  swarm_run (swarm, 3 * HARK_MINUTE + 7 * HARK_SECOND);
  swarm_set_conduct (swarm, 1, SWARM_HONEST);
  hark_dht_handle_network_change (dht, swarm_now (swarm));
  swarm_run (swarm, 1500 * HARK_MS);
  hark_dht_get_status (dht, &status);
  g_assert_cmpuint (status.nodes[0], ==, 1);
  swarm_free (swarm);
}

/* Nor for long when there is no sign that it is there. */
static void
test_few_are_asked_often (void)
{
  Swarm *swarm = swarm_new (16, 2, true, 0);
  HarkEndpoint other = swarm_endpoint (swarm, 1);
  HarkDht *dht = swarm_dht (swarm, 0);
  HarkDhtStatus status;

  swarm_set_conduct (swarm, 1, SWARM_SILENT);
  hark_dht_bootstrap (dht, &other, swarm_now (swarm));
  swarm_run (swarm, 5 * HARK_MINUTE);
  swarm_set_conduct (swarm, 1, SWARM_HONEST);
  swarm_run (swarm, 5 * HARK_SECOND);
  hark_dht_get_status (dht, &status);
  g_assert_cmpuint (status.nodes[0], ==, 1);
  swarm_free (swarm);
}

static void
test_same_run (void)
{
  uint64_t packets[2];

  for (int i = 0; i < 2; i++) {
    Swarm *swarm = swarm_new (11, 20, true, 0.05);

    swarm_join (swarm, 20 * HARK_SECOND);
    put (swarm, 3, 1, 1);
    packets[i] = swarm_packets (swarm);
    swarm_free (swarm);
  }
  g_assert_cmpuint (packets[0], ==, packets[1]);
}

static void
test_idle (void)
{
  Swarm *swarm = swarm_new (12, 50, true, 0);
  uint64_t before;

  swarm_join (swarm, 30 * HARK_SECOND);
  before = swarm_packets (swarm);
  swarm_run (swarm, 30 * HARK_MINUTE);
  g_test_message ("%.2f packets a second and node",
                  (double) (swarm_packets (swarm) - before) / 50 / 1800);
  g_assert_cmpuint ((swarm_packets (swarm) - before) / 50 / 1800, <, 2);
  swarm_free (swarm);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/dht/two-nodes-store-and-find", test_two_nodes);
  g_test_add_func ("/dht/alone-ends-at-once", test_alone);
  g_test_add_func ("/dht/asks-a-late-bootstrap-again", test_late_bootstrap);
  g_test_add_func ("/dht/newest-seq-wins", test_newest_wins);
  g_test_add_func ("/dht/sixty-nodes", test_clean);
  g_test_add_func ("/dht/survives-loss", test_loss);
  g_test_add_func ("/dht/survives-silent-nodes", test_silent);
  g_test_add_func ("/dht/survives-churn", test_churn);
  g_test_add_func ("/dht/survives-liars", test_liars);
  g_test_add_func ("/dht/announces-and-finds-peers", test_peers);
  g_test_add_func ("/dht/immutable-items", test_immutable);
  g_test_add_func ("/dht/refuses-invalid-items-of-our-own", test_refused);
  g_test_add_func ("/dht/repairs-only-what-is-missing", test_repair);
  g_test_add_func ("/dht/three-hundred-dead-starts", test_many_dead_starts);
  g_test_add_func ("/dht/a-new-network-begins-again", test_begins_again);
  g_test_add_func ("/dht/few-beginnings-are-asked-often", test_few_are_asked_often);
  g_test_add_func ("/dht/same-seed-same-run", test_same_run);
  g_test_add_func ("/dht/idle-is-quiet", test_idle);
  return g_test_run ();
}
