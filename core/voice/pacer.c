#include "core/voice/pacer.h"

#include "core/voice/realtime.h"

#include <errno.h>
#include <glib.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <time.h>

#define PERIOD (10 * HARK_MS)
#define GIVE_UP (500 * HARK_MS)
/* between rounds that are late, for those who take what they make */
#define CATCH_UP (2 * HARK_MS)

struct HarkPacer {
  GThread *thread;
  atomic_bool stopping;
  void (*on_tick) (void *data);
  void *data;
};

static HarkTime
monotonic (void)
{
  struct timespec now;

  clock_gettime (CLOCK_MONOTONIC, &now);
  return (HarkTime) now.tv_sec * HARK_SECOND + (HarkTime) now.tv_nsec;
}

static void
sleep_until (HarkTime at)
{
  struct timespec until
    = {.tv_sec = (time_t) (at / HARK_SECOND), .tv_nsec = (long) (at % HARK_SECOND)};

  while (clock_nanosleep (CLOCK_MONOTONIC, TIMER_ABSTIME, &until, NULL) == EINTR)
    continue;
}

static void *
run (void *data)
{
  HarkPacer *pacer = data;
  HarkTime due = monotonic (), last = 0;

  hark_realtime_device ();
  while (!atomic_load (&pacer->stopping)) {
    due += PERIOD;
    if (hark_time_since (last, due) > GIVE_UP)
      due = last;
    sleep_until (MAX (due, last + CATCH_UP));
    last = monotonic ();
    pacer->on_tick (pacer->data);
  }
  return NULL;
}

HarkPacer *
hark_pacer_start (const char *name, void (*on_tick) (void *data), void *data)
{
  HarkPacer *pacer = g_new0 (HarkPacer, 1);

  pacer->on_tick = on_tick;
  pacer->data = data;
  pacer->thread = g_thread_new (name, run, pacer);
  return pacer;
}

void
hark_pacer_stop (HarkPacer *pacer)
{
  if (pacer == NULL)
    return;
  atomic_store (&pacer->stopping, true);
  g_thread_join (pacer->thread);
  g_free (pacer);
}
