/* Hundreds of strangers at once, and of messages. */
#include "tests/ui/fake-history.h"
#include "tests/ui/screen.h"
#include "ui/by-frame.h"
#include "ui/chat/message-row.h"
#include "ui/chat/rows-view.h"
#include "ui/chat/wrapped-label.h"
#include "ui/people/person-row.h"

#include <string.h>
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
account_of (guint n, uint8_t ret[HARK_ACCOUNT_LEN])
{
  memset (ret, 3, HARK_ACCOUNT_LEN);
  ret[0] = (uint8_t) (n >> 8);
  ret[1] = (uint8_t) n;
}

static void
tell_of (HarkEventKind kind, guint n, HarkPersonStatus status)
{
  HarkEvent *event = hark_event_new (kind);
  g_autofree char *name = g_strdup_printf ("Stranger %u", n);

  event->person = fake_person (3, name, status);
  account_of (n, event->person->account);
  fake_engine_emit (event);
}

static void
ask_in (guint n)
{
  tell_of (HARK_EVENT_REQUEST, n, HARK_PERSON_REQUEST);
}

static void
answer (guint n, HarkPersonStatus status)
{
  tell_of (HARK_EVENT_CONTACT, n, status);
}

/* All of them in one turn of the loop, as after a pause; the list takes in a few, others as these
 * are answered, and as many again when somebody wants to see them. */
static void
test_requests (void)
{
  HarkWindow *window = screen_open ();
  uint8_t account[HARK_ACCOUNT_LEN];
  double longest = 0, before;
  GtkWidget *search;

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
  g_assert_nonnull (screen_find (GTK_WIDGET (window), GTK_TYPE_LABEL, "Stranger 7"));
  g_assert_null (screen_find (GTK_WIDGET (window), GTK_TYPE_LABEL, "Stranger 8"));
  answer (0, HARK_PERSON_ACCEPTED);
  screen_settle ();
  g_assert_nonnull (screen_find (GTK_WIDGET (window), GTK_TYPE_LABEL, "Stranger 8"));
  answer (1, HARK_PERSON_REMOVED);
  screen_settle ();
  g_assert_nonnull (screen_find (GTK_WIDGET (window), GTK_TYPE_LABEL, "Stranger 9"));
  g_assert_null (screen_find (GTK_WIDGET (window), GTK_TYPE_LABEL, "Stranger 10"));
  screen_click (GTK_WIDGET (window), "More Requests (490)");
  screen_settle ();
  g_assert_nonnull (screen_find (GTK_WIDGET (window), GTK_TYPE_LABEL, "Stranger 17"));
  g_assert_null (screen_find (GTK_WIDGET (window), GTK_TYPE_LABEL, "Stranger 18"));
  g_assert_nonnull (screen_find (GTK_WIDGET (window), GTK_TYPE_BUTTON, "More Requests (482)"));
  /* who is looked for or opened gets a row, and nobody beside */
  search = screen_find (GTK_WIDGET (window), GTK_TYPE_ENTRY, "Search people");
  gtk_entry_set_text (GTK_ENTRY (search), "🎉"); /* of nobody */
  g_signal_emit_by_name (search, "search-changed");
  screen_settle ();
  g_assert_nonnull (screen_find (GTK_WIDGET (window), GTK_TYPE_BUTTON, "More Requests (482)"));
  gtk_entry_set_text (GTK_ENTRY (search), "Stranger 33");
  g_signal_emit_by_name (search, "search-changed");
  screen_settle ();
  g_assert_nonnull (screen_find (GTK_WIDGET (window), GTK_TYPE_LABEL, "Stranger 33"));
  g_assert_nonnull (screen_find (GTK_WIDGET (window), GTK_TYPE_LABEL, "Stranger 339"));
  gtk_entry_set_text (GTK_ENTRY (search), "");
  g_signal_emit_by_name (search, "search-changed");
  screen_settle ();
  g_assert_null (screen_find (GTK_WIDGET (window), GTK_TYPE_LABEL, "Stranger 34"));
  account_of (499, account);
  hark_window_open (window, hark_client_find (screen_client (), account));
  screen_settle ();
  g_assert_nonnull (screen_find (GTK_WIDGET (window), HARK_TYPE_PERSON_ROW, "*Stranger 499"));
  g_assert_null (screen_find (GTK_WIDGET (window), HARK_TYPE_PERSON_ROW, "*Stranger 498"));
  screen_click (GTK_WIDGET (window), "More Requests (470)");
  screen_settle ();
  g_assert_nonnull (screen_find (GTK_WIDGET (window), GTK_TYPE_BUTTON, "More Requests (462)"));
  g_assert_nonnull (screen_find (GTK_WIDGET (window), GTK_TYPE_LABEL, "Stranger 499"));
  g_assert_nonnull (screen_find (GTK_WIDGET (window), GTK_TYPE_LABEL, "Stranger 0"));
  screen_close (window);
}

static void
count (GtkWidget *widget, void *argument, unsigned *times)
{
  (void) widget;
  (void) argument;
  (*times)++;
}

/* Who comes in above moves the rows of all others, and nothing in them. */
static void
test_above (void)
{
  HarkWindow *window = screen_open ();
  GtkWidget *name = screen_find (GTK_WIDGET (window), GTK_TYPE_LABEL, "Carol");
  unsigned times = 0;
  int before, after;

  gtk_widget_translate_coordinates (name, GTK_WIDGET (window), 0, 0, NULL, &before);
  g_signal_connect (name, "size-allocate", G_CALLBACK (count), &times);
  ask_in (1);
  screen_settle ();
  gtk_widget_translate_coordinates (name, GTK_WIDGET (window), 0, 0, NULL, &after);
  g_assert_cmpint (after, >, before);
  g_assert_cmpuint (times, ==, 0);
  screen_close (window);
}

/* ---- what comes with a picture ---- */

#define PARTS 5

static GArray *parts;  /* in which frame each was shown */
static GString *order; /* of the others */

static gint64
frame_of (GtkWidget *widget)
{
  return gdk_frame_clock_get_frame_counter (gtk_widget_get_frame_clock (widget));
}

/* Takes all the time that a picture has. */
static bool
show_part (GtkWidget *widget)
{
  gint64 frame = frame_of (widget);

  while (!hark_by_frame_is_over ())
    ;
  g_array_append_val (parts, frame);
  return parts->len < PARTS;
}

static bool
show_first (GtkWidget *widget)
{
  (void) widget;
  g_string_append_c (order, '1');
  return false;
}

static bool
show_second (GtkWidget *widget)
{
  (void) widget;
  g_string_append_c (order, '2');
  return false;
}

/* Whoever has more to show than a picture has time for keeps nobody else waiting. */
static void
test_parts (void)
{
  HarkWindow *window = screen_open ();
  GtkWidget *widget = GTK_WIDGET (window);
  GtkWidget *gone = gtk_label_new (NULL);

  parts = g_array_new (FALSE, FALSE, sizeof (gint64));
  order = g_string_new (NULL);
  hark_by_frame (widget, show_first);
  hark_by_frame (widget, show_part);
  hark_by_frame (widget, show_second);
  for (int i = 0; i < 100; i++)
    hark_by_frame (widget, show_first); /* counts once */
  g_assert_cmpstr (order->str, ==, "");
  screen_settle ();
  g_assert_cmpstr (order->str, ==, "12");
  g_assert_cmpuint (parts->len, ==, PARTS);
  for (guint i = 1; i < PARTS; i++)
    g_assert_cmpint (g_array_index (parts, gint64, i), >, g_array_index (parts, gint64, i - 1));

  hark_by_frame (gone, show_first); /* has no pictures */
  g_assert_cmpstr (order->str, ==, "121");
  gtk_widget_destroy (g_object_ref_sink (gone));
  g_object_unref (gone);
  screen_close (window);
  g_array_unref (parts);
  g_string_free (order, TRUE);
}

/* A window on the screen with a label that may grow. */
static GtkWidget *
open_short (GtkWidget **ret_label)
{
  GtkWidget *window = gtk_window_new (GTK_WINDOW_TOPLEVEL);

  *ret_label = gtk_label_new ("Short");
  gtk_widget_set_halign (*ret_label, GTK_ALIGN_START);
  gtk_container_add (GTK_CONTAINER (window), *ret_label);
  gtk_window_set_default_size (GTK_WINDOW (window), 400, 100);
  gtk_widget_show_all (window);
  screen_settle ();
  return window;
}

static unsigned turn, shown_in, laid_out_in, drawn_in;

static bool
show_longer (GtkWidget *label)
{
  gtk_label_set_text (GTK_LABEL (label), "Longer than it was");
  shown_in = turn;
  return false;
}

static void
on_laid_out (void)
{
  laid_out_in = turn;
}

static gboolean
on_draw (void)
{
  drawn_in = turn;
  return GDK_EVENT_PROPAGATE;
}

/* Each in a turn of the main loop of its own, so that keys are heard between them. */
static void
test_turns (void)
{
  GtkWidget *label;
  GtkWidget *window = open_short (&label);

  g_signal_connect (label, "size-allocate", G_CALLBACK (on_laid_out), NULL);
  g_signal_connect (label, "draw", G_CALLBACK (on_draw), NULL);
  shown_in = laid_out_in = drawn_in = 0;
  hark_by_frame (label, show_longer);
  for (turn = 1; drawn_in == 0; turn++)
    gtk_main_iteration ();
  g_assert_cmpuint (shown_in, >, 0);
  g_assert_cmpuint (laid_out_in, >, shown_in);
  g_assert_cmpuint (drawn_in, >, laid_out_in);
  gtk_widget_destroy (window);
}

static gboolean
on_outside (void *data)
{
  (void) data;
  g_string_append_c (order, 'o');
  return G_SOURCE_REMOVE;
}

/* More comes while it is shown. */
static bool
show_while_more_comes (GtkWidget *label)
{
  gtk_label_set_text (GTK_LABEL (label), "Longer than it was");
  g_string_append_c (order, 's');
  g_idle_add_full (HARK_PRIORITY_EVENTS, on_outside, NULL, NULL);
  return false;
}

static void
append_layout (void)
{
  g_string_append_c (order, 'l');
}

/* What came from outside goes before the showing of it, and behind the layout and what is due. */
static void
test_outside (void)
{
  GtkWidget *label;
  GtkWidget *window = open_short (&label);

  order = g_string_new (NULL);
  g_signal_connect (label, "size-allocate", G_CALLBACK (append_layout), NULL);
  hark_by_frame (label, show_while_more_comes);
  g_idle_add_full (HARK_PRIORITY_EVENTS, on_outside, NULL, NULL);
  screen_settle ();
  g_assert_cmpstr (order->str, ==, "oslo");
  gtk_widget_destroy (window);
  g_string_free (order, TRUE);
}

static bool seen_none, seen_all;

/* The next picture is due soon, and then it never comes. */
static gboolean
on_long_draw (GtkWidget *label)
{
  const gint64 end = g_get_monotonic_time () + G_USEC_PER_SEC;

  (void) label;
  while (!(seen_none && seen_all) && g_get_monotonic_time () < end) {
    const unsigned us = hark_by_frame_get_event_us ();

    seen_none = seen_none || us == 0;
    seen_all = seen_all || (seen_none && us == 4000);
  }
  return GDK_EVENT_PROPAGATE;
}

/* What comes from outside is left where it is when a picture is laid out and nearly due. */
static void
test_no_time (void)
{
  GtkWidget *label;
  GtkWidget *window = open_short (&label);

  seen_none = seen_all = false;
  g_signal_connect (label, "draw", G_CALLBACK (on_long_draw), NULL);
  /* a machine that stands still for a picture's time hides it */
  for (int i = 0; i < 100 && !(seen_none && seen_all); i++) {
    gtk_label_set_text (GTK_LABEL (label), "Short");
    screen_settle ();
    hark_by_frame (label, show_longer);
    screen_settle ();
  }
  g_assert_true (seen_none);
  g_assert_true (seen_all);
  gtk_widget_destroy (window);
}

/* What is long is laid out once, to be measured and to be drawn. */
static void
test_laid_out_once (void)
{
  GtkWidget *window = gtk_window_new (GTK_WINDOW_TOPLEVEL);
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 0);
  GtkWidget *label = g_object_new (HARK_TYPE_WRAPPED_LABEL, NULL);
  g_autoptr (GString) text = g_string_new (NULL);
  PangoLayout *layout;
  guint serial;
  int least, best, height;

  for (int i = 0; i < 100; i++)
    g_string_append_printf (text, "word %d ", i);
  gtk_label_set_text (GTK_LABEL (label), "Short");
  gtk_widget_set_halign (label, GTK_ALIGN_START);
  gtk_container_add (GTK_CONTAINER (box), label);
  gtk_container_add (GTK_CONTAINER (window), box);
  gtk_window_set_default_size (GTK_WINDOW (window), 900, 300);
  gtk_widget_show_all (window);
  screen_settle ();
  gtk_label_set_text (GTK_LABEL (label), text->str);
  gtk_widget_get_preferred_width (label, &least, &best);
  layout = g_object_ref (gtk_label_get_layout (GTK_LABEL (label)));
  serial = pango_layout_get_serial (layout);
  screen_settle ();
  gtk_widget_get_preferred_height_for_width (label, best, &least, &height);
  g_assert_true (gtk_widget_get_allocated_width (label) == best);
  g_assert_true (gtk_label_get_layout (GTK_LABEL (label)) == layout);
  g_assert_cmpuint (pango_layout_get_serial (layout), ==, serial);
  pango_layout_get_pixel_size (layout, NULL, &least);
  g_assert_cmpint (least, ==, height);
  g_object_unref (layout);
  gtk_widget_destroy (window);
}

/* ---- messages ---- */

#define FLOOD 400
#define BEFORE 40

static HarkMessage *
message (guint n)
{
  g_autofree char *text = g_strdup_printf ("row %u", n);
  HarkMessage *one = fake_message (1, n, false, text);

  one->state = n <= BEFORE ? HARK_STATE_READ : HARK_STATE_DELIVERED;
  return one;
}

/* Bob's conversation with BEFORE rows; all that comes later is kept by the engine, too. */
static HarkWindow *
open_bob (void)
{
  HarkWindow *window = screen_open ();

  for (guint n = 1; n <= BEFORE; n++) {
    HarkMessage *one = message (n);

    fake_history_keep (one);
    hark_message_free (one);
  }
  hark_window_open (window, screen_person (1));
  return window;
}

static void
answer_pages (void)
{
  HarkCommand *asked;

  screen_settle ();
  while ((asked = fake_engine_take (HARK_COMMAND_HISTORY))) {
    if (asked->contact[0] == 1)
      fake_engine_emit (fake_history_answer (asked));
    hark_command_free (asked);
    screen_settle ();
  }
}

static void
flood (void)
{
  for (guint n = BEFORE + 1; n <= BEFORE + FLOOD; n++) {
    HarkEvent *event = hark_event_new (HARK_EVENT_MESSAGE);

    event->message = message (n);
    fake_history_keep (event->message);
    fake_engine_emit (event);
  }
}

static void
find_rows (GtkWidget *widget, void *rows)
{
  if (HARK_IS_MESSAGE_ROW (widget) && hark_message_row_get_item (HARK_MESSAGE_ROW (widget)))
    g_ptr_array_add (rows, widget);
  else if (GTK_IS_CONTAINER (widget))
    gtk_container_forall (GTK_CONTAINER (widget), find_rows, rows);
}

/* (transfer container): from the top. */
static GPtrArray *
rows_of (GtkWidget *view)
{
  GPtrArray *rows = g_ptr_array_new ();

  find_rows (view, rows);
  return rows;
}

static GtkWidget *
view_of (HarkWindow *window)
{
  return screen_find (GTK_WIDGET (window), HARK_TYPE_ROWS_VIEW, "*");
}

static uint64_t
position_of (GPtrArray *rows, guint i)
{
  return hark_message_row_get_message (rows->pdata[i])->position;
}

static GtkAdjustment *
place_of (GPtrArray *rows)
{
  GtkWidget *viewport = gtk_widget_get_ancestor (rows->pdata[0], GTK_TYPE_VIEWPORT);

  return gtk_scrollable_get_vadjustment (GTK_SCROLLABLE (viewport));
}

static GtkTextBuffer *
field (HarkWindow *window)
{
  return gtk_text_view_get_buffer (
    GTK_TEXT_VIEW (screen_find (GTK_WIDGET (window), GTK_TYPE_TEXT_VIEW, "Message")));
}

static int
y_of (HarkWindow *window, GtkWidget *row)
{
  int y;

  g_assert_true (gtk_widget_translate_coordinates (row, GTK_WIDGET (window), 0, 0, NULL, &y));
  return y;
}

/* At the end: rows come with pictures and not with each message, and in order; what is being
 * written stays. */
static void
test_followed (void)
{
  HarkWindow *window = open_bob ();
  GtkWidget *view = view_of (window);
  GtkTextIter start, end;
  g_autofree char *text = NULL;

  answer_pages ();
  gtk_text_buffer_set_text (field (window), "Slower, please", -1);
  screen_settle ();
  flood ();
  {
    g_autoptr (GPtrArray) rows = rows_of (view);

    g_assert_cmpuint (position_of (rows, rows->len - 1), ==, BEFORE); /* none of them yet */
  }
  screen_settle ();
  {
    g_autoptr (GPtrArray) rows = rows_of (view);
    GtkAdjustment *at = place_of (rows);

    g_assert_cmpuint (position_of (rows, rows->len - 1), ==, BEFORE + FLOOD);
    for (guint i = 1; i < rows->len; i++)
      g_assert_cmpuint (position_of (rows, i), ==, position_of (rows, i - 1) + 1);
    g_assert_cmpfloat (gtk_adjustment_get_value (at), ==,
                       gtk_adjustment_get_upper (at) - gtk_adjustment_get_page_size (at));
  }
  gtk_text_buffer_get_bounds (field (window), &start, &end);
  text = gtk_text_buffer_get_text (field (window), &start, &end, FALSE);
  g_assert_cmpstr (text, ==, "Slower, please");
  screen_close (window);
  fake_history_forget ();
}

/* Above the end: what is read stays where it is, however much comes; it is all there below. */
static void
test_read_above (void)
{
  HarkWindow *window = open_bob ();
  GtkWidget *view = view_of (window);
  g_autoptr (GPtrArray) before = NULL;
  g_autoptr (GPtrArray) after = NULL;
  GtkWidget *read = NULL;
  uint64_t position = 0;
  int y = 0;

  answer_pages ();
  before = rows_of (view);
  gtk_adjustment_set_value (place_of (before), gtk_adjustment_get_value (place_of (before)) - 300);
  answer_pages ();
  for (guint i = 0; i < before->len && y <= 0; i++) {
    read = before->pdata[i];
    position = position_of (before, i);
    y = y_of (window, read) - y_of (window, gtk_widget_get_ancestor (read, GTK_TYPE_VIEWPORT));
  }
  flood ();
  answer_pages ();
  g_assert_cmpuint (hark_message_row_get_message (HARK_MESSAGE_ROW (read))->position, ==, position);
  g_assert_cmpint (
    y_of (window, read) - y_of (window, gtk_widget_get_ancestor (read, GTK_TYPE_VIEWPORT)), ==, y);
  screen_click (GTK_WIDGET (window), "Go to the newest message");
  answer_pages ();
  after = rows_of (view);
  g_assert_cmpuint (position_of (after, after->len - 1), ==, BEFORE + FLOOD);
  screen_close (window);
  fake_history_forget ();
}

#define SHOWN "test-shown"

/* Setting it would lay the window out and draw it, whatever it was before. */
static void
on_text (GtkLabel *label)
{
  const char *text = gtk_label_get_label (label);

  g_assert_cmpstr (text, !=, g_object_get_data (G_OBJECT (label), SHOWN));
  g_object_set_data_full (G_OBJECT (label), SHOWN, g_strdup (text), g_free);
}

static void
follow_labels (GtkWidget *widget, void *count)
{
  if (GTK_IS_LABEL (widget)) {
    g_object_set_data_full (G_OBJECT (widget), SHOWN,
                            g_strdup (gtk_label_get_label (GTK_LABEL (widget))), g_free);
    g_signal_connect (widget, "notify::label", G_CALLBACK (on_text), NULL);
    (*(unsigned *) count)++;
  } else if (GTK_IS_CONTAINER (widget)) {
    gtk_container_forall (GTK_CONTAINER (widget), follow_labels, count);
  }
}

/* What a message does not change stays as it is: the name above the conversation, the hint. */
static void
test_stays (void)
{
  HarkWindow *window = open_bob ();
  unsigned labels = 0;

  answer_pages ();
  follow_labels (GTK_WIDGET (window), &labels);
  g_assert_cmpuint (labels, >, 0);
  flood ();
  answer_pages ();
  screen_close (window);
  fake_history_forget ();
}

int
main (int argc, char **argv)
{
  gtk_init (&argc, &argv);
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/flood/requests-by-the-hundred", test_requests);
  g_test_add_func ("/flood/who-comes-above-moves-rows-only", test_above);
  g_test_add_func ("/flood/rest-comes-with-the-next-picture", test_parts);
  g_test_add_func ("/flood/showing-layout-and-drawing-are-turns-each", test_turns);
  g_test_add_func ("/flood/outside-comes-before-showing-and-behind-layout", test_outside);
  g_test_add_func ("/flood/events-wait-where-a-picture-is-due", test_no_time);
  g_test_add_func ("/flood/long-text-is-laid-out-once", test_laid_out_once);
  g_test_add_func ("/flood/messages-come-in-order-with-pictures", test_followed);
  g_test_add_func ("/flood/what-stays-is-not-shown-anew", test_stays);
  g_test_add_func ("/flood/what-is-read-above-stays-in-its-place", test_read_above);
  return g_test_run ();
}
