#include "ui/by-frame.h"

#define QUEUE "hark-by-frame" /* at a frame clock */
#define SHOW_US 3000          /* of the 16,667: layout and drawing of it are turns of their own */
#define SHOW_US_MIN 300       /* while the layout takes longer than LAY_OUT_US */
#define LAY_OUT_US 6000
#define EVENTS_US 4000
#define EVENTS_US_MIN 1000 /* before each picture, however late it is */
#define SPARE_US 1000      /* of a picture's time: turns end a little late, timers wake late */
#define BEFORE_DRAWING (GDK_PRIORITY_REDRAW - 1)

/* What comes next. Each is a turn of the main loop, and keys are heard between any two: one alone
 * takes half of what a picture may take altogether. Before the first of them goes one turn of what
 * comes from outside, which goes on while the picture is not due. */
typedef enum { REST, SHOW, LAY_OUT, DRAW } Step;

typedef struct {
  GdkFrameClock *clock; /* borrowed: it owns this */
  GQueue waiting;       /* Waiting, in order */
  Step step;
  guint source;   /* on_turn(); 0: REST or DRAW */
  gint64 show_us; /* for one picture: less while what follows from it takes long */
} Queue;

typedef struct {
  Queue *queue;
  GtkWidget *widget; /* weak */
  HarkShow show;
} Waiting;

static gint64 over_us; /* when the time for this picture is; 0: none is made */

/* Of the window that was drawn last. */
static struct {
  Step step;
  gint64 began_us;   /* drawing */
  gint64 due_us;     /* the next, at the latest */
  gint64 lay_out_us; /* how long it took lately */
} picture;

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

  g_clear_handle_id (&queue->source, g_source_remove);
  g_queue_clear_full (&queue->waiting, waiting_free);
  g_free (queue);
}

static void
set_step (Queue *queue, Step step)
{
  queue->step = picture.step = step;
}

static void
show_some (Queue *queue)
{
  const gint64 now = g_get_monotonic_time ();
  const gint64 left = picture.due_us - picture.lay_out_us - now;
  guint n = queue->waiting.length; /* what is added meanwhile is for the next */

  /* where none is in time any more, or none was made lately, it takes what it may */
  over_us = now + (left > 0 ? CLAMP (left, SHOW_US_MIN, queue->show_us) : queue->show_us);
  for (; n > 0 && queue->waiting.length > 0; n--) {
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
}

/* GTK's own answer to "layout" finds nothing to do then when the picture is made. */
static void
lay_out (Queue *queue)
{
  const gint64 began = g_get_monotonic_time ();
  gint64 took;

  g_signal_emit_by_name (queue->clock, "layout");
  took = g_get_monotonic_time () - began;
  picture.lay_out_us = (3 * picture.lay_out_us + took) / 4;
  if (took > LAY_OUT_US)
    queue->show_us = MAX (queue->show_us / 2, SHOW_US_MIN);
  else
    queue->show_us = MIN (queue->show_us + SHOW_US / 8, SHOW_US);
  gdk_frame_clock_request_phase (queue->clock, GDK_FRAME_CLOCK_PHASE_AFTER_PAINT);
}

static gboolean
on_turn (void *data)
{
  Queue *queue = data;
  g_autoptr (GdkFrameClock) clock = g_object_ref (queue->clock); /* a window may close meanwhile */

  if (queue->step == SHOW) {
    set_step (queue, LAY_OUT);
    g_source_set_priority (g_main_current_source (), BEFORE_DRAWING);
    show_some (queue);
    return G_SOURCE_CONTINUE;
  }
  set_step (queue, DRAW);
  queue->source = 0;
  lay_out (queue);
  return G_SOURCE_REMOVE;
}

static void
begin (Queue *queue)
{
  set_step (queue, SHOW);
  queue->source = g_idle_add_full (HARK_PRIORITY_EVENTS + 1, on_turn, queue, NULL);
}

static void
on_drawing (GdkFrameClock *clock, Queue *queue)
{
  gint64 between;

  (void) queue;
  picture.began_us = g_get_monotonic_time ();
  gdk_frame_clock_get_refresh_info (clock, picture.began_us, &between, NULL);
  picture.due_us = picture.began_us + between - SPARE_US;
}

static void
on_drawn (GdkFrameClock *clock, Queue *queue)
{
  (void) clock;
  if (queue->step != DRAW)
    return;
  set_step (queue, REST);
  if (queue->waiting.length > 0)
    begin (queue);
}

static Queue *
queue_of (GdkFrameClock *clock)
{
  Queue *queue = g_object_get_data (G_OBJECT (clock), QUEUE);

  if (queue)
    return queue;
  queue = g_new0 (Queue, 1);
  queue->clock = clock;
  queue->show_us = SHOW_US;
  g_object_set_data_full (G_OBJECT (clock), QUEUE, queue, queue_free);
  g_signal_connect (clock, "before-paint", G_CALLBACK (on_drawing), queue);
  g_signal_connect (clock, "after-paint", G_CALLBACK (on_drawn), queue);
  return queue;
}

static void
add (Queue *queue, GtkWidget *widget, HarkShow show)
{
  Waiting *waiting = g_new (Waiting, 1);

  *waiting = (Waiting){queue, widget, show};
  g_object_weak_ref (G_OBJECT (widget), on_gone, waiting);
  g_queue_push_tail (&queue->waiting, waiting);
  if (queue->step == REST)
    begin (queue);
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

unsigned
hark_by_frame_get_event_us (void)
{
  const gint64 now = g_get_monotonic_time ();
  gint64 left = picture.due_us - now;

  if (now - picture.due_us > picture.due_us - picture.began_us)
    return EVENTS_US;
  if (picture.step == DRAW)
    return (unsigned) CLAMP (left, 0, EVENTS_US);
  left -= picture.lay_out_us + (picture.step == SHOW ? SHOW_US : 0);
  return (unsigned) CLAMP (left, EVENTS_US_MIN, EVENTS_US);
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

  return queue && queue->step != REST;
}
