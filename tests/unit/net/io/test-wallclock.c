/* News of the clock: what it waits for never comes by itself. */
#include "net/io/wallclock.h"

#include <stdio.h>
#include <string.h>

#define YEAR_S (365 * 86400LL)

/* Seconds until the timer on the wall's clock that this process has; -1: none. */
static gint64
read_timer (void)
{
  g_autoptr (GDir) dir = g_dir_open ("/proc/self/fdinfo", 0, NULL);
  const char *name;
  gint64 left = -1;

  g_assert_nonnull (dir);
  while ((name = g_dir_read_name (dir))) {
    g_autofree char *path = g_build_filename ("/proc/self/fdinfo", name, NULL);
    g_autofree char *text = NULL;
    const char *value;
    long long seconds;

    if (!g_file_get_contents (path, &text, NULL, NULL) || !strstr (text, "clockid: 0\n"))
      continue;
    value = strstr (text, "it_value: (");
    if (value && sscanf (value, "it_value: (%lld,", &seconds) == 1)
      left = seconds;
  }
  return left;
}

static void
on_set (void *data, int64_t wall_ms)
{
  (void) wall_ms;
  ++*(unsigned *) data;
}

/* A battery that is empty leaves clocks in 2099; and 2038 will come. A timer whose time is over at
 * once would be told of without end. */
static void
test_far_away (void)
{
  GMainContext *context = g_main_context_new ();
  unsigned set = 0;
  HarkWallClock *clock = hark_wall_clock_new (context, on_set, &set);
  gint64 left = read_timer ();

  if (sizeof (time_t) > 4)
    g_assert_cmpint (left, >, 150 * YEAR_S);
  while (g_main_context_iteration (context, FALSE))
    ;
  g_assert_cmpuint (set, ==, 0);
  hark_wall_clock_free (clock);
  g_assert_cmpint (read_timer (), ==, -1);
  g_main_context_unref (context);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/wall-clock/waits-for-what-never-comes", test_far_away);
  return g_test_run ();
}
