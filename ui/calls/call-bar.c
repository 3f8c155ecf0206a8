#include "ui/calls/call-bar.h"

#include "ui/calls/call-strip.h"
#include "ui/desktop/sounds.h"

#define ENDED_SHOWN_S 4
#define OFFERED_SHOWN_S 20 /* when there is something to be done about it */
#define RING_S 2           /* from one sound of the desktop's bell to the next */

struct _HarkCallBar {
  GtkBox parent_instance;
  HarkClient *client;
  bool is_further; /* the first window's rings, and forgets what has ended */
  HarkCallItem *seen;
  HarkCallItem *over; /* that the timer is about */
  guint hide;
  guint ring;
  HarkCallItem *rung; /* a second call that was heard once */
};

G_DEFINE_TYPE (HarkCallBar, hark_call_bar, GTK_TYPE_BOX)

enum { SIGNAL_OPENED, SIGNAL_RECORD, N_SIGNALS };
static guint signals[N_SIGNALS];

/* ---- ringing ---- */

static gboolean
on_ring (void *data)
{
  hark_sounds_ring (gtk_widget_get_display (GTK_WIDGET (data)));
  return G_SOURCE_CONTINUE;
}

/* Who talks hears once that somebody else calls. */
static void
show_ringing (HarkCallBar *bar)
{
  HarkCallItem *ringing = hark_client_get_ringing (bar->client);
  bool again = ringing && !hark_client_get_other_call (bar->client, ringing);

  if (ringing && !again && ringing != bar->rung)
    on_ring (bar);
  if (again && bar->ring == 0) {
    if (ringing != bar->rung)
      on_ring (bar);
    bar->ring = g_timeout_add_seconds (RING_S, on_ring, bar);
  } else if (!again) {
    g_clear_handle_id (&bar->ring, g_source_remove);
  }
  g_set_object (&bar->rung, ringing);
}

/* ---- lines ---- */

static GtkWidget *
find_strip (HarkCallBar *bar, HarkCallItem *call)
{
  g_autoptr (GList) strips = gtk_container_get_children (GTK_CONTAINER (bar));

  for (GList *at = strips; at; at = at->next)
    if (hark_call_strip_get_call (at->data) == call)
      return at->data;
  return NULL;
}

static void
on_opened (HarkCallBar *bar, HarkPersonItem *person)
{
  g_signal_emit (bar, signals[SIGNAL_OPENED], 0, person);
}

static void
on_record (HarkCallBar *bar, HarkPersonItem *person)
{
  g_signal_emit (bar, signals[SIGNAL_RECORD], 0, person);
}

static void
add_strip (HarkCallBar *bar, HarkCallItem *call)
{
  GtkWidget *strip = hark_call_strip_new (bar->client, call);

  g_signal_connect_object (strip, "opened", G_CALLBACK (on_opened), bar, G_CONNECT_SWAPPED);
  g_signal_connect_object (strip, "record", G_CALLBACK (on_record), bar, G_CONNECT_SWAPPED);
  gtk_container_add (GTK_CONTAINER (bar), strip);
}

static bool
is_wanted (HarkCallBar *bar, HarkCallItem *call)
{
  return call != bar->seen && g_ptr_array_find (hark_client_get_calls (bar->client), call, NULL);
}

static void
show (HarkCallBar *bar)
{
  GPtrArray *calls = hark_client_get_calls (bar->client);
  g_autoptr (GList) strips = gtk_container_get_children (GTK_CONTAINER (bar));

  for (GList *at = strips; at; at = at->next)
    if (!is_wanted (bar, hark_call_strip_get_call (at->data)))
      gtk_widget_destroy (at->data);
  for (guint i = 0; i < calls->len; i++) {
    GtkWidget *strip = find_strip (bar, calls->pdata[i]);

    if (strip)
      hark_call_strip_look (HARK_CALL_STRIP (strip));
    else if (is_wanted (bar, calls->pdata[i]))
      add_strip (bar, calls->pdata[i]);
  }
  gtk_widget_set_visible (GTK_WIDGET (bar), calls->len > 0);
}

/* ---- the end ---- */

static gboolean
on_hide (void *data)
{
  HarkCallBar *bar = data;
  g_autoptr (HarkCallItem) call = g_steal_pointer (&bar->over);

  bar->hide = 0;
  hark_client_forget_call (bar->client, call);
  return G_SOURCE_REMOVE;
}

static void
watch_end (HarkCallBar *bar)
{
  HarkCallItem *call = hark_client_get_call (bar->client);
  bool over = call && hark_call_item_is_over (call);

  if (over && call == bar->over)
    return;
  g_clear_handle_id (&bar->hide, g_source_remove);
  g_clear_object (&bar->over);
  if (!over)
    return;
  bar->over = g_object_ref (call);
  bar->hide = g_timeout_add_seconds (
    hark_call_item_get (call)->unanswered || hark_call_item_is_missed (call) ? OFFERED_SHOWN_S
                                                                             : ENDED_SHOWN_S,
    on_hide, bar);
}

static void
on_call (HarkCallBar *bar)
{
  show (bar);
  if (bar->is_further)
    return;
  show_ringing (bar);
  watch_end (bar);
}

/* ---- life ---- */

static void
hark_call_bar_dispose (GObject *object)
{
  HarkCallBar *bar = HARK_CALL_BAR (object);

  g_clear_handle_id (&bar->hide, g_source_remove);
  g_clear_handle_id (&bar->ring, g_source_remove);
  g_clear_object (&bar->seen);
  g_clear_object (&bar->over);
  g_clear_object (&bar->rung);
  g_clear_object (&bar->client);
  G_OBJECT_CLASS (hark_call_bar_parent_class)->dispose (object);
}

static void
hark_call_bar_class_init (HarkCallBarClass *klass)
{
  static const char *const names[] = {"opened", "record"};

  G_OBJECT_CLASS (klass)->dispose = hark_call_bar_dispose;
  for (guint i = 0; i < N_SIGNALS; i++)
    signals[i] = g_signal_new (names[i], HARK_TYPE_CALL_BAR, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                               G_TYPE_NONE, 1, HARK_TYPE_PERSON_ITEM);
}

static void
hark_call_bar_init (HarkCallBar *bar)
{
  gtk_orientable_set_orientation (GTK_ORIENTABLE (bar), GTK_ORIENTATION_VERTICAL);
}

void
hark_call_bar_set_client (HarkCallBar *bar, HarkClient *client)
{
  g_return_if_fail (HARK_IS_CALL_BAR (bar) && HARK_IS_CLIENT (client));

  bar->client = g_object_ref (client);
  g_signal_connect_object (client, "call", G_CALLBACK (on_call), bar, G_CONNECT_SWAPPED);
  show (bar);
}

void
hark_call_bar_set_further (HarkCallBar *bar)
{
  g_return_if_fail (HARK_IS_CALL_BAR (bar) && !bar->client);

  bar->is_further = true;
}

void
hark_call_bar_set_seen (HarkCallBar *bar, HarkCallItem *call)
{
  g_return_if_fail (HARK_IS_CALL_BAR (bar));

  if (g_set_object (&bar->seen, call))
    show (bar);
}
