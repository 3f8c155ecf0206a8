/* Whom we remember, and the pace of what we send. */
#include "net/dht/limits.h"

#include <glib.h>

static HarkEndpoint
host (uint32_t n)
{
  return (HarkEndpoint){
    .family = 4, .port = 6881, .ip = {20, (uint8_t) (n >> 16), (uint8_t) (n >> 8), (uint8_t) n}
  };
}

/* However we try, nobody gets 50 packets in 10 s. */
static void
test_pace (void)
{
  HarkTime sent[400];
  HarkLimit limit = {.source = host (1)};
  unsigned n = 0, refused = 0;

  for (unsigned i = 0; i < 400; i++) {
    HarkTime now = HARK_HOUR + i * 50 * HARK_MS;
    HarkTime wait = hark_limits_pace (&limit, false, now);

    if (wait == HARK_TIME_NEVER)
      refused++;
    else
      sent[n++] = now + wait;
  }
  g_assert_cmpuint (refused, >, 0);
  for (unsigned i = 0; i + 49 < n; i++)
    g_assert_cmpuint (sent[i + 49] - sent[i], >=, 10 * HARK_SECOND);
  g_assert_cmpuint (sent[HARK_PACE_BURST - 1], <, HARK_HOUR + HARK_SECOND);
}

static void
test_remembers_proven (void)
{
  uint8_t seed[32] = {1};
  HarkLimits limits;
  HarkRng rng;
  HarkTime now = HARK_HOUR;
  unsigned kept = 0;

  hark_rng_init (&rng, seed);
  hark_limits_init (&limits, &rng, now);
  for (uint32_t i = 0; i < 300; i++) {
    HarkEndpoint proven = host (i);

    hark_limits_source (&limits, &proven, now)->proven_until = now + HARK_LIMIT_PROVEN;
  }
  for (uint32_t i = 0; i < 100000; i++) { /* forged ones */
    HarkEndpoint forged = host (100000 + i);

    hark_limits_source (&limits, &forged, now + i);
  }
  for (uint32_t i = 0; i < 300; i++) {
    HarkEndpoint proven = host (i);

    kept += hark_limits_source (&limits, &proven, now + 100001)->proven_until > now;
  }
  g_assert_cmpuint (kept, >=, 295);
  hark_limits_clear (&limits);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/limits/keeps-below-foreign-limits", test_pace);
  g_test_add_func ("/limits/forged-sources-do-not-displace-proven-ones", test_remembers_proven);
  return g_test_run ();
}
