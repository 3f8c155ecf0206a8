/* So many bytes a second. */
#include "core/files/pace.h"

#include <glib.h>

#define START (5 * HARK_SECOND)

static uint64_t
send_for (HarkPace *pace, HarkTime span)
{
  HarkTime now = START, end = START + span;
  uint64_t sent = 0;

  for (;;) {
    size_t len = hark_pace_step (pace);

    now = hark_pace_when (pace, len, now);
    if (now >= end)
      return sent;
    g_assert_true (hark_pace_may (pace, len, now));
    hark_pace_charge (pace, len, now);
    sent += len;
  }
}

static void
test_rate (void)
{
  const uint64_t rates[] = {1024, 50000, 1000000, 100000000};

  for (size_t i = 0; i < G_N_ELEMENTS (rates); i++) {
    HarkPace pace = {0};
    uint64_t sent, due = 10 * rates[i];

    hark_pace_set (&pace, rates[i], START);
    sent = send_for (&pace, 10 * HARK_SECOND);
    g_test_message ("%" G_GUINT64_FORMAT " of %" G_GUINT64_FORMAT, sent, due);
    g_assert_cmpuint (sent, <=, due + 2 * hark_pace_step (&pace));
    g_assert_cmpuint (sent, >=, due * 8 / 10);
  }
}

static void
test_none (void)
{
  HarkPace pace = {0};

  hark_pace_charge (&pace, 1 << 30, START);
  g_assert_true (hark_pace_may (&pace, 1 << 30, START));
  g_assert_cmpuint (hark_pace_when (&pace, 1 << 30, START), ==, START);
  hark_pace_set (&pace, 2000, START); /* what went before is not owed */
  g_assert_cmpuint (hark_pace_when (&pace, 1000, START), <, START + HARK_SECOND);
}

static void
test_debt (void)
{
  HarkPace pace = {0};

  hark_pace_set (&pace, 10000, START);
  hark_pace_charge (&pace, 50000, START);
  g_assert_false (hark_pace_may (&pace, 0, START + 4 * HARK_SECOND));
  g_assert_true (hark_pace_may (&pace, 0, START + 6 * HARK_SECOND));
}

static void
test_rest (void)
{
  HarkPace pace = {0};

  hark_pace_set (&pace, 10000, START);
  /* an hour's rest is no licence for an hour's bytes */
  g_assert_false (hark_pace_may (&pace, 10000, START + 3600 * HARK_SECOND));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/pace/keeps-the-rate", test_rate);
  g_test_add_func ("/pace/none-is-none", test_none);
  g_test_add_func ("/pace/debts-are-paid", test_debt);
  g_test_add_func ("/pace/rest-is-not-saved-up", test_rest);
  return g_test_run ();
}
