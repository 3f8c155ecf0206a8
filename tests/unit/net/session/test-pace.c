/* What a machine is late by is caught up, but never in a burst that others would feel. */
#include "net/session/pace.h"

#include <glib.h>

#define MBIT (1e6 / 8 / 1e9) /* bytes a nanosecond */

/* Bytes that go in a second by @rate when each batch comes @late after its time. */
static double
run_late (double rate, HarkTime late, bool talking)
{
  HarkPace pace = {0};
  HarkTime now = HARK_SECOND, end = 2 * HARK_SECOND;
  double sent = 0;

  pace.open = now;
  while (now < end) {
    size_t len = hark_pace_batch (rate, 1452);
    HarkTime base = hark_pace_base (&pace, hark_pace_slack (rate, talking), now);

    hark_pace_sent (&pace, len, rate, base);
    sent += (double) len;
    now = MAX (now, pace.open);
    if (pace.open >= now)
      now += late;
  }
  return sent;
}

static void
test_late (void)
{
  for (HarkTime late = 0; late <= 9 * HARK_MS; late += HARK_MS)
    g_assert_cmpfloat (run_late (100 * MBIT, late, false), >, 0.97e8 / 8);
}

static void
test_burst (void)
{
  g_assert_cmpuint (hark_pace_slack (2 * MBIT, false), ==, 10 * HARK_MS);
  g_assert_cmpuint (hark_pace_slack (100 * MBIT, false), ==, 10 * HARK_MS);
  for (double rate = 200 * MBIT; rate < 500 * MBIT; rate *= 1.1)
    g_assert_cmpfloat (rate * (double) hark_pace_slack (rate, false), <=, 131072);
  g_assert_cmpuint (hark_pace_slack (10000 * MBIT, false), ==, 2 * HARK_MS);
}

static void
test_talking (void)
{
  for (double rate = MBIT; rate < 10000 * MBIT; rate *= 2)
    g_assert_cmpuint (hark_pace_slack (rate, true), ==, 2 * HARK_MS);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/session/pace/late-wake-ups-cost-no-speed", test_late);
  g_test_add_func ("/session/pace/bursts-are-bounded", test_burst);
  g_test_add_func ("/session/pace/no-burst-beside-a-voice", test_talking);
  return g_test_run ();
}
