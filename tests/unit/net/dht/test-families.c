/* IPv6 alone, and both families beside each other (BEP 32, BEP 45). */
#include "net/dht/state.h"
#include "tests/unit/net/dht/swarm.h"

#include <string.h>

static SwarmResult
put (Swarm *swarm, unsigned i, uint8_t seed)
{
  uint8_t value[SWARM_VALUE_MAX];
  HarkDhtItem item;

  swarm_item (seed, 1, 297, value, &item);
  return swarm_wait (swarm, i,
                     hark_dht_put_mutable (swarm_dht (swarm, i), &item, NULL, swarm_now (swarm)));
}

static SwarmResult
get (Swarm *swarm, unsigned i, uint8_t seed)
{
  uint8_t value[SWARM_VALUE_MAX];
  HarkDhtItem item;

  swarm_item (seed, 1, 10, value, &item);
  return swarm_wait (
    swarm, i,
    hark_dht_get_mutable (swarm_dht (swarm, i), item.key, NULL, 0, -1, true, swarm_now (swarm)));
}

static void
test_ipv6 (void)
{
  Swarm *swarm = swarm_new_at (1, 40, SWARM_IPV6, 0.01);
  uint8_t info_hash[20] = {7};
  HarkDhtStatus status;

  swarm_join (swarm, 20 * HARK_SECOND);
  for (uint8_t i = 0; i < 10; i++)
    g_assert_cmpuint (put (swarm, i, i).acks, >=, 7);
  for (uint8_t i = 0; i < 10; i++)
    g_assert_true (get (swarm, 39 - i, i).found);
  g_assert_cmpuint (
    swarm_wait (swarm, 3,
                hark_dht_announce (swarm_dht (swarm, 3), info_hash, 6881, swarm_now (swarm)))
      .acks,
    >=, 7);
  g_assert_cmpuint (
    swarm_wait (swarm, 20, hark_dht_get_peers (swarm_dht (swarm, 20), info_hash, swarm_now (swarm)))
      .n_peers,
    ==, 1);

  /* The id follows the address that others see. */
  hark_dht_get_status (swarm_dht (swarm, 5), &status);
  g_assert_cmpuint (status.external[1].family, ==, 6);
  g_assert_cmpuint (status.nodes[0], ==, 0);
  g_assert_cmpuint (status.nodes[1], >=, 8);
  swarm_free (swarm);
}

/* Who lives in both families writes to both; readers of either find it. */
static void
test_mixed (void)
{
  Swarm *swarm = swarm_new_at (2, 60, SWARM_MIXED, 0);
  HarkDhtStatus status;
  SwarmResult result;

  swarm_join (swarm, 30 * HARK_SECOND);
  for (unsigned i = 0; i < 3; i++) {
    hark_dht_get_status (swarm_dht (swarm, 30 + i), &status);
    g_test_message ("node %u: %u IPv4, %u IPv6", 30 + i, status.nodes[0], status.nodes[1]);
    g_assert_cmpint (status.nodes[0] >= 8, ==, i != 1);
    g_assert_cmpint (status.nodes[1] >= 8, ==, i != 0);
  }
  result = put (swarm, 32, 1);
  g_assert_cmpuint (result.acks, >=, 14);
  for (unsigned i = 0; i < 12; i++)
    g_assert_true (get (swarm, 40 + i, 1).found);
  /* In one family, too, everything works as if there were no other. */
  g_assert_cmpuint (put (swarm, 31, 2).acks, >=, 7);
  g_assert_true (get (swarm, 40, 2).found);
  g_assert_cmpuint (put (swarm, 30, 3).acks, >=, 7);
  g_assert_true (get (swarm, 42, 3).found);
  swarm_free (swarm);
}

/* Where one family is dead, it costs nothing after a while. */
static void
test_dead_family (void)
{
  Swarm *swarm = swarm_new_at (3, 60, SWARM_MIXED, 0);
  HarkTime start;

  swarm_join (swarm, 30 * HARK_SECOND);
  start = swarm_now (swarm);
  g_assert_false (get (swarm, 30, 9).found); /* IPv4 only */
  g_assert_cmpuint (swarm_now (swarm) - start, <, 2 * HARK_SECOND);
  swarm_free (swarm);
}

/* Without a word over IPv6, silence over IPv4 says nothing: it stays open. */
static void
test_silence_closes_no_only_family (void)
{
  Swarm *swarm = swarm_new_at (4, 2, SWARM_IPV4, 0);
  HarkDht *dht = swarm_dht (swarm, 0);

  for (unsigned i = 0; i < 100; i++) {
    HarkEndpoint dead = {
      .family = 4, .port = 6881, .ip = {44, 2, (uint8_t) i, 1}
    };

    hark_dht_bootstrap (dht, &dead, swarm_now (swarm));
  }
  swarm_run (swarm, 10 * HARK_SECOND);
  g_assert_true (hark_dht_is_open (dht, 4));
  swarm_free (swarm);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/families/ipv6-alone", test_ipv6);
  g_test_add_func ("/families/both", test_mixed);
  g_test_add_func ("/families/silence-closes-no-only-family", test_silence_closes_no_only_family);
  g_test_add_func ("/families/dead-family-costs-nothing", test_dead_family);
  return g_test_run ();
}
