#include "ui/at-once.h"

#include <stdbool.h>

#define WAITING "hark-at-once"

/* A frame was begun less than the time between two ago, so the next one waits. */
static bool
waits (GdkFrameClock *clock)
{
  GdkFrameTimings *last = gdk_frame_clock_get_current_timings (clock);
  gint64 interval_us;

  gdk_frame_clock_get_refresh_info (clock, 0, &interval_us, NULL);
  return last && g_get_monotonic_time () < gdk_frame_timings_get_frame_time (last) + interval_us;
}

static gboolean
on_turn (void *data)
{
  GtkWidget *top = gtk_widget_get_toplevel (data);

  g_object_set_data (data, WAITING, NULL);
  if (!gtk_widget_is_toplevel (top) || !gtk_widget_get_mapped (top)
      || !waits (gtk_widget_get_frame_clock (top)))
    return G_SOURCE_REMOVE;
  gtk_container_check_resize (GTK_CONTAINER (top));
  /* deprecated for those who draw all they do this way; there is nothing in its place */
  G_GNUC_BEGIN_IGNORE_DEPRECATIONS
  gdk_window_process_updates (gtk_widget_get_window (top), TRUE);
  G_GNUC_END_IGNORE_DEPRECATIONS
  return G_SOURCE_REMOVE;
}

void
hark_at_once_paint (GtkWidget *widget)
{
  g_return_if_fail (GTK_IS_WIDGET (widget));

  if (g_object_get_data (G_OBJECT (widget), WAITING))
    return;
  g_object_set_data (G_OBJECT (widget), WAITING, widget);
  /* behind a text view's own look at what changed (GTK_PRIORITY_RESIZE - 2), before a frame */
  g_idle_add_full (GTK_PRIORITY_RESIZE, on_turn, g_object_ref (widget), g_object_unref);
}
