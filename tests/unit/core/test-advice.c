#include "core/heart/calls/advice.h"

static char *
after (HarkAdvice *advice, HarkCallStats stats, unsigned seconds)
{
  char *said = NULL;

  for (unsigned i = 0; i < seconds; i++) {
    g_free (said);
    said = hark_advice_step (advice, &stats);
  }
  return said;
}

static void
test_says_which_way_is_bad (void)
{
  HarkAdvice advice;
  g_autofree char *in = NULL, *out = NULL, *both = NULL;

  hark_advice_init (&advice);
  in = after (&advice, (HarkCallStats){.loss_in = 0.062, .path = HARK_PATH_RELAY}, 3);
  g_assert_cmpstr (in, ==,
                   "6 % of their voice is lost on the way to you. The call goes through a relay.");
  out = after (&advice, (HarkCallStats){.loss_out = 0.1}, 1);
  g_assert_cmpstr (out, ==, "10 % of your voice is lost on the way to them.");
  both = after (&advice, (HarkCallStats){.loss_in = 0.04, .loss_out = 0.1}, 1);
  g_assert_cmpstr (both, ==,
                   "4 % of their voice is lost on the way to you, and 10 % of yours on the way to "
                   "them.");
}

static void
test_comes_and_goes_slowly (void)
{
  static const HarkCallStats bad = {.rtt_ms = 800}, good = {.rtt_ms = 30, .loss_in = 0.01};
  g_autofree char *early = NULL, *late = NULL, *later = NULL, *none = NULL, *again = NULL;
  HarkAdvice advice;

  hark_advice_init (&advice);
  early = after (&advice, bad, 2);
  g_assert_null (early);
  late = after (&advice, bad, 1);
  g_assert_nonnull (late);
  none = after (&advice, good, 2);
  g_assert_null (none); /* no sentence about what is not so, */
  later = after (&advice, bad, 1);
  g_assert_nonnull (later); /* but the next bad second needs no proof */
  g_free (after (&advice, good, 5));
  again = after (&advice, bad, 2);
  g_assert_null (again);
}

static void
test_delay (void)
{
  HarkCallStats stats = {.playout_ms = 30};

  g_assert_cmpfloat (hark_advice_delay_ms (&stats), ==, 0);
  stats.rtt_ms = 40;
  g_assert_cmpfloat (hark_advice_delay_ms (&stats), ==, 20 + 30 + 27.5);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/advice/says-which-way-is-bad", test_says_which_way_is_bad);
  g_test_add_func ("/advice/comes-and-goes-slowly", test_comes_and_goes_slowly);
  g_test_add_func ("/advice/delay-has-all-that-is-known", test_delay);
  return g_test_run ();
}
