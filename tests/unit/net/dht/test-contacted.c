/* To whom we have sent of late: remembered for a turn, forgotten after two, few mistaken. */
#include "net/dht/contacted.h"

static HarkEndpoint
host (unsigned i, uint16_t port)
{
  return (HarkEndpoint){
    .family = 4, .port = port, .ip = {44, (uint8_t) (i >> 16), (uint8_t) (i >> 8), (uint8_t) i}
  };
}

static void
init (HarkContacted *contacted, HarkTime now)
{
  HarkRng rng;
  uint8_t seed[32] = {7};

  hark_rng_init (&rng, seed);
  hark_contacted_init (contacted, &rng, now);
  hark_rng_clear (&rng);
}

static void
test_remembers_a_turn (void)
{
  g_autofree HarkContacted *contacted = g_new0 (HarkContacted, 1);
  HarkEndpoint one = host (1, 6881), other = host (2, 6881), port = host (1, 7000);
  HarkTime now = HARK_HOUR;

  init (contacted, now);
  g_assert_false (hark_contacted_has (contacted, &one, now));
  hark_contacted_add (contacted, &one, now);
  g_assert_true (hark_contacted_has (contacted, &one, now));
  g_assert_true (hark_contacted_has (contacted, &port, now)); /* NATs let in whole hosts */
  g_assert_false (hark_contacted_has (contacted, &other, now));
  g_assert_true (hark_contacted_has (contacted, &one, now + HARK_CONTACTED_TURN));
}

static void
test_forgets_after_two (void)
{
  g_autofree HarkContacted *contacted = g_new0 (HarkContacted, 1);
  HarkEndpoint one = host (1, 6881), other = host (2, 6881);
  HarkTime now = HARK_HOUR;

  init (contacted, now);
  hark_contacted_add (contacted, &one, now);
  for (unsigned turn = 1; turn <= 2; turn++)
    hark_contacted_add (contacted, &other, now + turn * HARK_CONTACTED_TURN + 1);
  now += 2 * HARK_CONTACTED_TURN + 1;
  g_assert_false (hark_contacted_has (contacted, &one, now));
  g_assert_true (hark_contacted_has (contacted, &other, now));
  g_assert_false (hark_contacted_has (contacted, &other, now + 10 * HARK_CONTACTED_TURN));
}

static void
test_loopback_ports_are_hosts (void)
{
  g_autofree HarkContacted *contacted = g_new0 (HarkContacted, 1);
  HarkEndpoint one = {.family = 4, .port = 5000, .ip = {127, 0, 0, 1}}, other = one;

  other.port = 5001;
  init (contacted, HARK_HOUR);
  hark_contacted_add (contacted, &one, HARK_HOUR);
  g_assert_true (hark_contacted_has (contacted, &one, HARK_HOUR));
  g_assert_false (hark_contacted_has (contacted, &other, HARK_HOUR));
}

static void
test_few_are_mistaken (void)
{
  g_autofree HarkContacted *contacted = g_new0 (HarkContacted, 1);
  unsigned mistaken = 0;

  init (contacted, HARK_HOUR);
  for (unsigned i = 0; i < 1000; i++) {
    HarkEndpoint to = host (i, 6881);

    hark_contacted_add (contacted, &to, HARK_HOUR);
  }
  for (unsigned i = 1000; i < 41000; i++) {
    HarkEndpoint stranger = host (i, 6881);

    mistaken += hark_contacted_has (contacted, &stranger, HARK_HOUR);
  }
  g_assert_cmpuint (mistaken, <, 40000 / 400);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/contacted/remembers-a-turn", test_remembers_a_turn);
  g_test_add_func ("/contacted/forgets-after-two", test_forgets_after_two);
  g_test_add_func ("/contacted/loopback-ports-are-hosts", test_loopback_ports_are_hosts);
  g_test_add_func ("/contacted/few-are-mistaken", test_few_are_mistaken);
  return g_test_run ();
}
