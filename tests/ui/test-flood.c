/* Hundreds of strangers at once. */
#include "tests/ui/screen.h"

#include <time.h>

#define REQUESTS 500

static double
worked_ms (void)
{
  struct timespec t;

  clock_gettime (CLOCK_THREAD_CPUTIME_ID, &t);
  return (double) t.tv_sec * 1e3 + (double) t.tv_nsec / 1e6;
}

static void
ask_in (guint n)
{
  HarkEvent *event = hark_event_new (HARK_EVENT_REQUEST);
  g_autofree char *name = g_strdup_printf ("Stranger %u", n);

  event->person = fake_person (3, name, HARK_PERSON_REQUEST);
  event->person->account[0] = (uint8_t) (n >> 8);
  event->person->account[1] = (uint8_t) n;
  fake_engine_emit (event);
}

/* All of them in one turn of the loop, as after a pause; the list takes them in a few at a time. */
static void
test_requests (void)
{
  HarkWindow *window = screen_open ();
  double longest = 0, before;

  before = worked_ms ();
  for (guint n = 0; n < REQUESTS; n++)
    ask_in (n);
  g_test_message ("%d requests: %.1f ms of work to take them", REQUESTS, worked_ms () - before);
  for (guint i = 0; i < 4 * REQUESTS; i++) {
    before = worked_ms ();
    while (gtk_events_pending () && worked_ms () - before < 1)
      gtk_main_iteration ();
    longest = MAX (longest, worked_ms () - before);
    if (!gtk_events_pending ())
      g_usleep (1000);
  }
  g_test_message ("the longest turn of the loop: %.1f ms of work", longest);
  g_assert_nonnull (screen_find (GTK_WIDGET (window), GTK_TYPE_LABEL, "Stranger 499"));
  g_assert_nonnull (screen_find (GTK_WIDGET (window), GTK_TYPE_LABEL, "Stranger 0"));
  screen_close (window);
}

int
main (int argc, char **argv)
{
  gtk_init (&argc, &argv);
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/flood/requests-by-the-hundred", test_requests);
  return g_test_run ();
}
