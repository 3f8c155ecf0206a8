/* What others say of our clock. */
#include "net/rendezvous/clock.h"

#include <glib.h>

#define NOW INT64_C (1800000000)

static HarkEndpoint
source (uint8_t network)
{
  return (HarkEndpoint){
    .family = 4, .port = 6881, .ip = {20, network, 1, 1}
  };
}

static void
hear (HarkClock *clock, uint8_t network, int64_t offset_s)
{
  HarkEndpoint from = source (network);

  hark_clock_hear (clock, &from, NOW + offset_s, NOW);
}

static void
test_agree (void)
{
  HarkClock clock = {0};
  int64_t skew = 0;

  g_assert_false (hark_clock_get_skew (&clock, &skew));
  hear (&clock, 1, 86400);
  g_assert_false (hark_clock_get_skew (&clock, &skew)); /* one may be wrong */
  hear (&clock, 1, 86400);
  g_assert_false (hark_clock_get_skew (&clock, &skew)); /* and is one only */
  hear (&clock, 2, 86410);
  g_assert_true (hark_clock_get_skew (&clock, &skew));
  g_assert_cmpint (ABS (skew - 86400), <=, 10);
  g_assert_cmpint (hark_clock_get_correction (&clock), ==, skew);
}

static void
test_liars (void)
{
  HarkClock clock = {0};
  int64_t skew = 0;

  hear (&clock, 1, 1);
  hear (&clock, 2, 1000000);
  g_assert_false (hark_clock_get_skew (&clock, &skew));
  hear (&clock, 3, -1);
  g_assert_true (hark_clock_get_skew (&clock, &skew));
  g_assert_cmpint (ABS (skew), <=, 1);
  hear (&clock, 4, 1000000);
  g_assert_false (hark_clock_get_skew (&clock, &skew)); /* two against two */
  g_assert_cmpint (hark_clock_get_correction (&clock), ==, 0);
  hear (&clock, 5, INT64_MAX - NOW);
  hear (&clock, 6, -NOW - 1);
  g_assert_cmpuint (clock.n, ==, 4);
}

static void
test_set (void)
{
  HarkClock clock = {0};

  hear (&clock, 1, 86400);
  hear (&clock, 2, 86400);
  hark_clock_shift (&clock, 86400); /* the user set it right */
  g_assert_cmpint (hark_clock_get_correction (&clock), ==, 0);
  hark_clock_shift (&clock, -1000000);
  g_assert_cmpint (hark_clock_get_correction (&clock), ==, 1000000);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/clock/two-that-agree-count", test_agree);
  g_test_add_func ("/clock/fewer-liars-than-others-change-nothing", test_liars);
  g_test_add_func ("/clock/setting-it-keeps-what-was-heard", test_set);
  return g_test_run ();
}
