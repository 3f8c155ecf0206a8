#define G_LOG_DOMAIN "hark-ui"

#include "ui/frames.h"

#include <stdbool.h>
#include <time.h>

typedef struct {
  gint64 at_us;     /* of the last one */
  gint64 worked_us; /* by this thread until then */
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

static void
on_frame (GdkFrameClock *clock, Frames *frames)
{
  const gint64 now = g_get_monotonic_time ();
  const gint64 worked = worked_us ();

  (void) clock;
  g_debug ("frame %.1f ms, worked %.1f ms", (double) (now - frames->at_us) / 1000,
           (double) (worked - frames->worked_us) / 1000);
  *frames = (Frames){now, worked};
}

static void
on_realize (GtkWidget *window)
{
  g_signal_connect_data (gtk_widget_get_frame_clock (window), "after-paint", G_CALLBACK (on_frame),
                         g_new0 (Frames, 1), (GClosureNotify) (void (*) (void)) g_free, 0);
}

void
hark_frames_follow (GtkWidget *window)
{
  if (is_heard ())
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
