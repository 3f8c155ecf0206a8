/* The handshake over bad lines, and what must not disturb it. */
#include "tests/unit/net/session/link.h"

#include <string.h>

static void
wrong_keys (HarkSessionConfig configs[2])
{
  configs[1].secrets.initiator_to_responder[0] ^= 1;
}

static void
test_clean (void)
{
  Link *link = link_new (1, NULL);
  HarkSessionStats stats;

  g_assert_true (link_run (link, 200 * HARK_MS, link_is_confirmed));
  g_assert_true (link_run (link, 300 * HARK_MS, NULL) || true);
  hark_session_get_stats (link->ends[0].session, &stats);
  g_assert_true (stats.confirmed);
  link_free (link);
}

static void
run_losses (double loss, HarkTime span, unsigned least)
{
  unsigned done = 0;

  for (uint64_t seed = 1; seed <= 20; seed++) {
    Link *link = link_new (seed, NULL);

    link_set (link, (LinkQuality){.delay = 20 * HARK_MS, .loss = loss});
    done += link_run (link, span, link_is_confirmed);
    link_free (link);
  }
  g_assert_cmpuint (done, >=, least);
}

static void
test_loss (void)
{
  run_losses (0.1, 5 * HARK_SECOND, 20);
  run_losses (0.3, 10 * HARK_SECOND, 18);
  run_losses (0.5, 10 * HARK_SECOND, 14);
}

static void
test_wrong_keys (void)
{
  Link *link = link_new (1, wrong_keys);

  g_assert_false (link_run (link, 30 * HARK_SECOND, link_is_confirmed));
  g_assert_false (link->ends[0].confirmed);
  g_assert_false (link->ends[1].confirmed);
  g_assert_true (link->ends[0].closed);
  g_assert_true (link->ends[1].closed);
  g_assert_cmpuint (link->packets[1], ==, 0);
  link_free (link);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_assert_true (sodium_init () >= 0);
  g_test_add_func ("/session/handshake/clean", test_clean);
  g_test_add_func ("/session/handshake/survives-loss", test_loss);
  g_test_add_func ("/session/handshake/wrong-keys-meet-silence", test_wrong_keys);
  return g_test_run ();
}
