/* Bulk makes way for voice, and only where that helps. */
#include "net/session/governor.h"

#include <glib.h>

#define PACKET 1350
#define CWND (400 * PACKET)

typedef struct {
  HarkGovernor governor;
  HarkTime now, min_rtt;
} Path;

static void
begin (Path *path)
{
  *path = (Path){.now = HARK_SECOND, .min_rtt = 20 * HARK_MS};
  hark_governor_set_active (&path->governor, true, 100 * PACKET, path->now);
}

/* For @time every round trip is @rtt, and a packet's worth of it per packet in flight at @ms_each
 * more. */
static void
pass (Path *path, HarkTime time, HarkTime rtt, double ms_each)
{
  for (const HarkTime end = path->now + time; path->now < end; path->now += 10 * HARK_MS) {
    const double queue = path->governor.window / PACKET * ms_each;
    const HarkTime latest = rtt + (HarkTime) (queue * (double) HARK_MS);

    path->min_rtt = MIN (path->min_rtt, latest);
    hark_governor_allows (&path->governor, CWND * 2); /* there is always more to send */
    hark_governor_sample (&path->governor, latest, path->min_rtt, latest, CWND, PACKET, path->now);
  }
}

static double
window_of (const Path *path)
{
  return path->governor.window / PACKET;
}

static void
test_queue_is_kept_short (void)
{
  Path path;

  begin (&path);
  pass (&path, 10 * HARK_SECOND, 20 * HARK_MS, 1); /* a millisecond for each packet in flight */
  g_assert_cmpfloat (window_of (&path), >=, 4);
  g_assert_cmpfloat (window_of (&path), <, 25);
  g_assert_false (hark_governor_allows (&path.governor, 30 * PACKET));
}

static void
test_longer_route_is_no_queue (void)
{
  Path path;

  begin (&path);
  pass (&path, 5 * HARK_SECOND, 20 * HARK_MS, 0.01);
  g_assert_cmpfloat (window_of (&path), >, 100);
  pass (&path, 3 * HARK_SECOND, 120 * HARK_MS, 0.01); /* the route goes round the world now */
  g_assert_cmpfloat (window_of (&path), <, 10);
  pass (&path, 20 * HARK_SECOND, 120 * HARK_MS, 0.01);
  g_assert_cmpfloat (window_of (&path), >, 100); /* and bulk goes on */
  pass (&path, 5 * HARK_SECOND, 120 * HARK_MS, 1);
  g_assert_cmpfloat (window_of (&path), <, 60);   /* a queue there is one, too */
  pass (&path, 5 * HARK_SECOND, 20 * HARK_MS, 1); /* the way back counts at once */
  g_assert_cmpfloat (window_of (&path), <, 25);
}

/* A queue that is ours never becomes the path's own time. */
static void
test_own_queue_is_never_forgotten (void)
{
  Path path;

  begin (&path);
  pass (&path, HARK_SECOND, 20 * HARK_MS, 0);
  pass (&path, 5 * HARK_MINUTE, 20 * HARK_MS, 2);
  g_assert_cmpfloat (window_of (&path), <, 15);
  begin (&path);
  pass (&path, HARK_MINUTE, 20 * HARK_MS, 60); /* even the least window waits in such a line */
  for (unsigned i = 0; i < 600; i++) {
    pass (&path, HARK_SECOND / 2, 20 * HARK_MS, 60);
    g_assert_cmpfloat (window_of (&path), <, 6);
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/governor/queue-is-kept-short", test_queue_is_kept_short);
  g_test_add_func ("/governor/longer-route-is-no-queue", test_longer_route_is_no_queue);
  g_test_add_func ("/governor/own-queue-is-never-forgotten", test_own_queue_is_never_forgotten);
  return g_test_run ();
}
