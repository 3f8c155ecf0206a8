#define G_LOG_DOMAIN "hark-ui"

#include "ui/frames.h"

#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <time.h>
#include <unistd.h>

typedef struct {
  gint64 at_us;     /* of the last one */
  gint64 worked_us; /* by this thread until then */
  gint64 began_us;  /* drawing it; of pictures */
  gint64 after_us;  /* likewise, the one before */
} Frames;

static bool
is_heard (void)
{
  return !g_log_writer_default_would_drop (G_LOG_LEVEL_DEBUG, G_LOG_DOMAIN);
}

static gint64
worked_us (void)
{
  struct timespec t;

  clock_gettime (CLOCK_THREAD_CPUTIME_ID, &t);
  return t.tv_sec * G_USEC_PER_SEC + t.tv_nsec / 1000;
}

/* ---- turns of the loop ---- */

#define TURN_US_MIN 1000 /* shorter ones are not told */

static Frames last_poll;      /* when it ended */
static gint64 last_queued_us; /* likewise */
static int schedstat = -1;

/* How long this thread waited for a processor that others had; 0 where Linux does not count it. */
static gint64
queued_us (void)
{
  char text[64] = "";
  guint64 ran_ns, queued_ns;

  if (schedstat < 0 || pread (schedstat, text, sizeof text - 1, 0) <= 0
      || sscanf (text, "%" G_GUINT64_FORMAT " %" G_GUINT64_FORMAT, &ran_ns, &queued_ns) != 2)
    return 0;
  return (gint64) (queued_ns / 1000);
}

static int
follow_poll (GPollFD *fds, guint n, int timeout_ms)
{
  const gint64 now = g_get_monotonic_time ();
  int found;

  if (last_poll.at_us > 0 && now - last_poll.at_us >= TURN_US_MIN)
    g_debug ("turn %.1f ms, worked %.1f ms, queued %.1f ms",
             (double) (now - last_poll.at_us) / 1000,
             (double) (worked_us () - last_poll.worked_us) / 1000,
             (double) (queued_us () - last_queued_us) / 1000);
  found = g_poll (fds, n, timeout_ms);
  last_queued_us = queued_us ();
  last_poll = (Frames){.at_us = g_get_monotonic_time (), .worked_us = worked_us ()};
  return found;
}

/* ---- pictures ---- */

static void
on_drawing (GdkFrameClock *clock, Frames *frames)
{
  const gint64 now = g_get_monotonic_time ();

  (void) clock;
  frames->after_us = now - frames->began_us;
  frames->began_us = now;
}

static void
on_frame (GdkFrameClock *clock, Frames *frames)
{
  const gint64 now = g_get_monotonic_time ();
  const gint64 worked = worked_us ();

  (void) clock;
  g_debug ("frame %.1f ms, worked %.1f ms, begun %.1f ms", (double) (now - frames->at_us) / 1000,
           (double) (worked - frames->worked_us) / 1000, (double) frames->after_us / 1000);
  frames->at_us = now;
  frames->worked_us = worked;
}

static void
on_realize (GtkWidget *window)
{
  GdkFrameClock *clock = gtk_widget_get_frame_clock (window);
  Frames *frames = g_new0 (Frames, 1);

  g_signal_connect (clock, "before-paint", G_CALLBACK (on_drawing), frames);
  g_signal_connect_data (clock, "after-paint", G_CALLBACK (on_frame), frames,
                         (GClosureNotify) (void (*) (void)) g_free, 0);
}

void
hark_frames_follow (GtkWidget *window)
{
  if (!is_heard ())
    return;
  schedstat = open ("/proc/thread-self/schedstat", O_RDONLY | O_CLOEXEC);
  g_main_context_set_poll_func (NULL, follow_poll);
  g_signal_connect (window, "realize", G_CALLBACK (on_realize), NULL);
}

typedef struct {
  GtkWidget *widget; /* weak */
  const char *what;
} Saying;

static void
free_saying (void *data, GClosure *closure)
{
  Saying *saying = data;

  (void) closure;
  g_clear_weak_pointer (&saying->widget);
  g_free (saying);
}

static void
on_drawn (GdkFrameClock *clock, Saying *saying)
{
  if (saying->widget)
    g_debug ("%s", saying->what);
  g_signal_handlers_disconnect_by_func (clock, on_drawn, saying);
}

void
hark_frames_say (GtkWidget *widget, const char *what)
{
  GdkFrameClock *clock = gtk_widget_get_frame_clock (widget);
  Saying *saying;

  if (!clock || !is_heard ())
    return;
  saying = g_new0 (Saying, 1);
  g_set_weak_pointer (&saying->widget, widget);
  saying->what = what;
  gtk_widget_queue_draw (widget);
  g_signal_connect_data (clock, "after-paint", G_CALLBACK (on_drawn), saying, free_saying, 0);
}
