#include "ui/by-frame.h"

#define QUEUE "hark-by-frame" /* at a frame clock */
#define FRAME_US 3000         /* of the 16,667: layout and drawing of it come on top */

typedef struct {
  GdkFrameClock *clock; /* borrowed: it owns this */
  GQueue waiting;       /* Waiting, in order */
} Queue;

typedef struct {
  Queue *queue;
  GtkWidget *widget; /* weak */
  HarkShow show;
} Waiting;

static gint64 over_us; /* when the time for this picture is; 0: none is made */

static void on_gone (void *data, GObject *widget);

static void
waiting_free (void *data)
{
  Waiting *waiting = data;

  g_object_weak_unref (G_OBJECT (waiting->widget), on_gone, waiting);
  g_free (waiting);
}

static void
on_gone (void *data, GObject *widget)
{
  Waiting *waiting = data;

  (void) widget;
  g_queue_remove (&waiting->queue->waiting, waiting);
  g_free (waiting);
}

static void
queue_free (void *data)
{
  Queue *queue = data;

  g_queue_clear_full (&queue->waiting, waiting_free);
  g_free (queue);
}

static void
add (Queue *queue, GtkWidget *widget, HarkShow show)
{
  Waiting *waiting = g_new (Waiting, 1);

  *waiting = (Waiting){queue, widget, show};
  g_object_weak_ref (G_OBJECT (widget), on_gone, waiting);
  g_queue_push_tail (&queue->waiting, waiting);
  gdk_frame_clock_request_phase (queue->clock, GDK_FRAME_CLOCK_PHASE_UPDATE);
}

static void
on_update (GdkFrameClock *clock, Queue *queue)
{
  guint left = queue->waiting.length; /* what is added meanwhile is for the next */

  over_us = g_get_monotonic_time () + FRAME_US;
  for (; left > 0 && queue->waiting.length > 0; left--) {
    Waiting *waiting = g_queue_pop_head (&queue->waiting);
    g_autoptr (GtkWidget) widget = g_object_ref (waiting->widget);
    HarkShow show = waiting->show;

    waiting_free (waiting);
    if (show (widget))
      hark_by_frame (widget, show);
    if (hark_by_frame_is_over ())
      break;
  }
  over_us = 0;
  if (queue->waiting.length > 0)
    gdk_frame_clock_request_phase (clock, GDK_FRAME_CLOCK_PHASE_UPDATE);
}

static Queue *
queue_of (GdkFrameClock *clock)
{
  Queue *queue = g_object_get_data (G_OBJECT (clock), QUEUE);

  if (queue)
    return queue;
  queue = g_new0 (Queue, 1);
  queue->clock = clock;
  g_object_set_data_full (G_OBJECT (clock), QUEUE, queue, queue_free);
  g_signal_connect (clock, "update", G_CALLBACK (on_update), queue);
  return queue;
}

void
hark_by_frame (GtkWidget *widget, HarkShow show)
{
  GdkFrameClock *clock;
  Queue *queue;

  g_return_if_fail (GTK_IS_WIDGET (widget) && show);

  clock = gtk_widget_get_realized (widget) ? gtk_widget_get_frame_clock (widget) : NULL;
  if (!clock) {
    while (show (widget))
      ;
    return;
  }
  queue = queue_of (clock);
  for (GList *at = queue->waiting.head; at; at = at->next) {
    const Waiting *waiting = at->data;

    if (waiting->widget == widget && waiting->show == show)
      return;
  }
  add (queue, widget, show);
}

bool
hark_by_frame_is_over (void)
{
  return over_us > 0 && g_get_monotonic_time () >= over_us;
}

bool
hark_by_frame_waits (GtkWidget *widget)
{
  GdkFrameClock *clock = gtk_widget_get_frame_clock (widget);
  Queue *queue = clock ? g_object_get_data (G_OBJECT (clock), QUEUE) : NULL;

  return queue && queue->waiting.length > 0;
}
