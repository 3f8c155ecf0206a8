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
  /* they may lie: both times are tried */
  g_assert_cmpint (hark_clock_get_correction (&clock, NOW), ==, 0);
  g_assert_cmpint (hark_clock_get_doubt (&clock, NOW), ==, skew);
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
  g_assert_cmpint (hark_clock_get_doubt (&clock, NOW), ==, 0);
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
  g_assert_cmpint (hark_clock_get_doubt (&clock, NOW), ==, 0);
  hark_clock_shift (&clock, -1000000);
  g_assert_cmpint (hark_clock_get_doubt (&clock, NOW), ==, 1000000);
}

/* A clock that stands at 2016 is wrong, whoever says so. */
static void
test_impossible (void)
{
  HarkEndpoint from = source (1), also = source (2);
  HarkClock clock = {0};
  int64_t ours = HARK_CLOCK_OLDEST_S - 1;

  hark_clock_hear (&clock, &from, NOW, ours);
  hark_clock_hear (&clock, &also, NOW, ours);
  g_assert_cmpint (hark_clock_get_correction (&clock, ours), ==, NOW - ours);
  g_assert_cmpint (hark_clock_get_doubt (&clock, ours), ==, 0);
  /* it cannot be before that day by their clocks either */
  clock = (HarkClock){0};
  hark_clock_hear (&clock, &from, ours - 86400, ours);
  hark_clock_hear (&clock, &also, ours - 86400, ours);
  g_assert_cmpint (hark_clock_get_correction (&clock, ours), ==, 0);
}

static void
hear_record (HarkClock *clock, uint8_t contact, int64_t offset_s)
{
  HarkKey account = {{contact}};

  hark_clock_hear_record (clock, &account, NOW + offset_s, NOW);
}

/* Old records say nothing; one contact may be wrong; two are believed. */
static void
test_contacts (void)
{
  HarkClock clock = {0};

  hear_record (&clock, 1, -86400);
  hear_record (&clock, 2, -86400 * 365);
  g_assert_cmpuint (clock.n_contacts, ==, 0);
  hear_record (&clock, 1, 86400);
  g_assert_cmpint (hark_clock_get_correction (&clock, NOW), ==, 0);
  g_assert_cmpint (hark_clock_get_doubt (&clock, NOW), ==, 86400);
  hear_record (&clock, 2, 86400 * 5);
  g_assert_cmpint (hark_clock_get_correction (&clock, NOW), ==, 86400);
  hear_record (&clock, 1, 0); /* its clock was set */
  g_assert_cmpuint (clock.n_contacts, ==, 1);
  for (uint8_t i = 0; i < 50; i++)
    hear_record (&clock, i, 86400);
  g_assert_cmpuint (clock.n_contacts, ==, HARK_CLOCK_CONTACTS);
}

/* One contact and the voices are enough together, and the voices are exact. */
static void
test_both (void)
{
  HarkClock clock = {0};

  hear (&clock, 1, 90000);
  hear (&clock, 2, 90000);
  g_assert_cmpint (hark_clock_get_correction (&clock, NOW), ==, 0);
  hear_record (&clock, 1, 89000);
  g_assert_cmpint (hark_clock_get_correction (&clock, NOW), ==, 90000);
  hear_record (&clock, 1, 10 * 86400); /* they disagree */
  g_assert_cmpint (hark_clock_get_correction (&clock, NOW), ==, 0);
  g_assert_cmpint (hark_clock_get_doubt (&clock, NOW), ==, 90000);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/clock/two-that-agree-count", test_agree);
  g_test_add_func ("/clock/fewer-liars-than-others-change-nothing", test_liars);
  g_test_add_func ("/clock/setting-it-keeps-what-was-heard", test_set);
  g_test_add_func ("/clock/impossible-time-is-corrected", test_impossible);
  g_test_add_func ("/clock/two-contacts-set-it-forward", test_contacts);
  g_test_add_func ("/clock/contact-and-voices-agree", test_both);
  return g_test_run ();
}
