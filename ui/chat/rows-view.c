#define G_LOG_DOMAIN "hark-ui"

#include "ui/chat/rows-view.h"

#include "ui/chat/rights.h"
#include "ui/chat/row-list.h"
#include "ui/frames.h"
#include "ui/model/pages.h"
#include "ui/widgets.h"

#include <glib/gi18n.h>
#include <handy.h>
#include <math.h>
#include <string.h>

#define KEPT_ROWS 50      /* of a conversation that is left */
#define AT_BOTTOM_PX 24.0 /* that close to the end, the view follows new rows */
#define AHEAD_PX 1500.0   /* that close to the end of what is loaded, more is; a high screen: */
#define AHEAD_PART 4.0    /* at most this part of what is there, or both ends would want more */

struct _HarkRowsView {
  GtkOverlay parent_instance;
  HarkClient *client;
  HarkPersonItem *person;
  GtkWidget *scroller;
  GtkWidget *list;
  GtkWidget *first;
  GtkWidget *down;
  HarkMessageItem *anchor; /* at the top of the view */
  double anchor_y;         /* where its row was in the view */
  gint64 asked_in;         /* frame in which rows were asked for */
  bool follows;            /* the end */
  bool is_allocating;
  bool hint;     /* what to do with a conversation that is empty */
  gulong filled; /* handler: the messages are others */
  bool has_target;
  uint64_t target; /* position of the row to be shown once it is laid out, */
  bool returns;    /* where it was before: at the top */
  bool was_asked;  /* for this row: the eye has to find it; the first new one has a line above it */
};

G_DEFINE_TYPE (HarkRowsView, hark_rows_view, GTK_TYPE_OVERLAY)

enum { SIGNAL_REPLY, SIGNAL_EDIT, SIGNAL_SEEN, N_SIGNALS };
static guint signals[N_SIGNALS];

/* ---- where the view is ---- */

static GtkAdjustment *
adjustment (HarkRowsView *view)
{
  return gtk_scrolled_window_get_vadjustment (GTK_SCROLLED_WINDOW (view->scroller));
}

static double
end (HarkRowsView *view)
{
  GtkAdjustment *at = adjustment (view);

  return gtk_adjustment_get_upper (at) - gtk_adjustment_get_page_size (at);
}

/* Of a row within all that can be scrolled to. */
static double
row_y (HarkRowsView *view, GtkWidget *row)
{
  GtkWidget *inside = gtk_bin_get_child (GTK_BIN (view->scroller)); /* the viewport */
  int y = 0;

  gtk_widget_translate_coordinates (row, gtk_bin_get_child (GTK_BIN (inside)), 0, 0, NULL, &y);
  return y;
}

static void
set_anchor (HarkRowsView *view, HarkMessageRow *row)
{
  HarkMessageItem *item = row ? hark_message_row_get_item (row) : NULL;

  g_set_object (&view->anchor, item);
  if (row)
    view->anchor_y = row_y (view, GTK_WIDGET (row)) - gtk_adjustment_get_value (adjustment (view));
}

static void
find_anchor (HarkRowsView *view)
{
  int y = (int) (gtk_adjustment_get_value (adjustment (view)) - row_y (view, view->list));

  set_anchor (view, hark_row_list_at_y (HARK_ROW_LIST (view->list), MAX (0, y)));
}

/* Once in a frame: on a slow machine more would come for each, and make it slower still. The next
 * frame lays the rows out, and asks again. Messages that wait for their rows are no end. */
static void
load_more (HarkRowsView *view)
{
  GdkFrameClock *clock = gtk_widget_get_frame_clock (GTK_WIDGET (view));
  gint64 frame = clock ? gdk_frame_clock_get_frame_counter (clock) : -1;
  double value = gtk_adjustment_get_value (adjustment (view));
  double ahead = MIN (AHEAD_PX, end (view) / AHEAD_PART);

  if (!view->person || view->has_target || (clock && frame == view->asked_in)
      || !hark_row_list_is_whole (HARK_ROW_LIST (view->list)))
    return;
  if (value <= ahead || end (view) - value <= ahead)
    view->asked_in = frame;
  if (value <= ahead)
    hark_pages_older (view->client, view->person);
  if (end (view) - value <= ahead)
    hark_pages_newer (view->client, view->person);
}

/* @short: what should stay in its place could not yet, as the rows behind it are not counted in the
 * height: it is still the one. */
static void
look (HarkRowsView *view, bool is_short)
{
  bool at_end = view->person && hark_person_item_get_at_end (view->person) && !is_short
                && end (view) - gtk_adjustment_get_value (adjustment (view)) < AT_BOTTOM_PX;

  view->follows = at_end;
  if (view->person)
    hark_person_item_set_read_above (view->person, !at_end);
  gtk_widget_set_visible (view->down, view->person && !at_end);
  if (!is_short)
    find_anchor (view);
  load_more (view);
  if (at_end)
    g_signal_emit (view, signals[SIGNAL_SEEN], 0);
}

static void
on_scrolled (HarkRowsView *view)
{
  if (view->is_allocating)
    return;
  view->returns = false; /* the user goes elsewhere */
  look (view, false);
}

static HarkMessageRow *
find_row (HarkRowsView *view, uint64_t position)
{
  HarkMessageRow *row;

  for (guint i = 0; (row = hark_row_list_at (HARK_ROW_LIST (view->list), i)); i++)
    if (hark_message_row_get_message (row)->position >= position)
      return row;
  return NULL;
}

/* Returns: whether the view can go no further yet */
static bool
go_to_y (HarkRowsView *view, double y)
{
  gtk_adjustment_set_value (adjustment (view), y);
  return gtk_adjustment_get_value (adjustment (view)) < floor (y);
}

/* The row is laid out: into the middle of the view with it; or held at the top, where it was. */
static void
show_target (HarkRowsView *view)
{
  HarkMessageRow *row = find_row (view, view->target);
  double page = gtk_adjustment_get_page_size (adjustment (view));

  view->has_target = false;
  if (!row)
    return;
  if (view->returns) {
    set_anchor (view, row);
    view->anchor_y = 0;
    return;
  }
  gtk_adjustment_set_value (adjustment (view), row_y (view, GTK_WIDGET (row)) - page / 3);
  if (view->was_asked && hark_message_row_get_message (row)->position == view->target)
    hark_message_row_flash (row);
}

/* Rows came, went or have another size: follow the end, or hold what is seen. */
static void
on_allocated (HarkRowsView *view)
{
  GtkAdjustment *at = adjustment (view);
  HarkMessageRow *held;
  bool shows = view->has_target, is_short = false;

  view->is_allocating = true;
  if (shows)
    show_target (view);
  held = hark_row_list_of (HARK_ROW_LIST (view->list), view->anchor);
  if (view->follows)
    gtk_adjustment_set_value (at, end (view));
  else if (held && (!shows || view->returns))
    is_short = go_to_y (view, row_y (view, GTK_WIDGET (held)) - view->anchor_y);
  view->is_allocating = false;
  look (view, is_short && view->returns);
  view->returns = view->returns && is_short;
}

/* ---- rows ---- */

static void
on_reply (HarkRowsView *view, HarkMessageRow *row)
{
  g_signal_emit (view, signals[SIGNAL_REPLY], 0, hark_message_row_get_item (row));
}

static void
on_edit (HarkRowsView *view, HarkMessageRow *row)
{
  g_signal_emit (view, signals[SIGNAL_EDIT], 0, hark_message_row_get_item (row));
}

static void
on_jump (HarkRowsView *view, HarkMessageRow *row)
{
  hark_rows_view_to_id (view, hark_message_row_get_message (row)->reply_to);
}

static GtkWidget *
make_row (void *data)
{
  HarkRowsView *view = data;
  GtkWidget *row = hark_message_row_new (view->client);

  g_signal_connect_object (row, "reply", G_CALLBACK (on_reply), view, G_CONNECT_SWAPPED);
  g_signal_connect_object (row, "edit", G_CALLBACK (on_edit), view, G_CONNECT_SWAPPED);
  g_signal_connect_object (row, "jump", G_CALLBACK (on_jump), view, G_CONNECT_SWAPPED);
  return row;
}

static const char *
words_of_nothing (HarkPersonItem *person)
{
  if (hark_person_item_is_self (person))
    return _ ("Nothing is noted yet. What you write or speak here is for you alone.");
  if (hark_person_item_get (person)->status == HARK_PERSON_ASKED)
    return _ ("Nothing was said yet. What you write here goes out when they accept.");
  return _ ("Nothing was said yet. Write the first message, drop a file here, or call.");
}

static void
show_hint (HarkRowsView *view)
{
  const bool empty
    = view->hint && view->person
      && g_list_model_get_n_items (hark_person_item_get_messages (view->person)) == 0;

  if (empty)
    gtk_label_set_text (GTK_LABEL (view->first), words_of_nothing (view->person));
  gtk_widget_set_visible (view->first, empty);
}

/* ---- life ---- */

static void
leave (HarkRowsView *view)
{
  HarkPersonItem *person = view->person;

  set_anchor (view, NULL);
  hark_row_list_set (HARK_ROW_LIST (view->list), NULL, 0);
  g_clear_signal_handler (&view->filled, hark_person_item_get_messages (person));
  hark_person_item_set_read_above (person, false);
  if (hark_person_item_get_at_end (person))
    hark_person_item_trim (person, KEPT_ROWS);
  g_clear_object (&view->person);
}

static void
hark_rows_view_dispose (GObject *object)
{
  HarkRowsView *view = HARK_ROWS_VIEW (object);

  set_anchor (view, NULL);
  if (view->person)
    g_clear_signal_handler (&view->filled, hark_person_item_get_messages (view->person));
  g_clear_object (&view->person);
  g_clear_object (&view->client);
  G_OBJECT_CLASS (hark_rows_view_parent_class)->dispose (object);
}

static void
hark_rows_view_class_init (HarkRowsViewClass *klass)
{
  GtkWidgetClass *widgets = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = hark_rows_view_dispose;
  signals[SIGNAL_REPLY] = g_signal_new ("reply", HARK_TYPE_ROWS_VIEW, G_SIGNAL_RUN_LAST, 0, NULL,
                                        NULL, NULL, G_TYPE_NONE, 1, HARK_TYPE_MESSAGE_ITEM);
  signals[SIGNAL_EDIT] = g_signal_new ("edit", HARK_TYPE_ROWS_VIEW, G_SIGNAL_RUN_LAST, 0, NULL,
                                       NULL, NULL, G_TYPE_NONE, 1, HARK_TYPE_MESSAGE_ITEM);
  signals[SIGNAL_SEEN] = g_signal_new ("seen", HARK_TYPE_ROWS_VIEW, G_SIGNAL_RUN_LAST, 0, NULL,
                                       NULL, NULL, G_TYPE_NONE, 0);
  g_type_ensure (HARK_TYPE_ROW_LIST);
  gtk_widget_class_set_template_from_resource (widgets, "/org/hark/Hark/rows-view.ui");
  gtk_widget_class_bind_template_child (widgets, HarkRowsView, scroller);
  gtk_widget_class_bind_template_child (widgets, HarkRowsView, list);
  gtk_widget_class_bind_template_child (widgets, HarkRowsView, first);
  gtk_widget_class_bind_template_child (widgets, HarkRowsView, down);
  gtk_widget_class_bind_template_callback (widgets, hark_rows_view_to_end);
}

static void
hark_rows_view_init (HarkRowsView *view)
{
  gtk_widget_init_template (GTK_WIDGET (view));
  hark_widget_spoken (GTK_WIDGET (view), _ ("Messages"));
  hark_widget_spoken (view->list, _ ("Conversation"));
  hark_widget_name (view->down, _ ("Go to the newest message"));
  view->hint = true;
  g_signal_connect_object (adjustment (view), "value-changed", G_CALLBACK (on_scrolled), view,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (view->scroller, "size-allocate", G_CALLBACK (on_allocated), view,
                           G_CONNECT_SWAPPED | G_CONNECT_AFTER);
  g_signal_connect_object (view->list, "size-allocate", G_CALLBACK (on_allocated), view,
                           G_CONNECT_SWAPPED | G_CONNECT_AFTER);
}

void
hark_rows_view_set_client (HarkRowsView *view, HarkClient *client)
{
  g_return_if_fail (HARK_IS_ROWS_VIEW (view) && HARK_IS_CLIENT (client));

  view->client = g_object_ref (client);
  hark_row_list_set_make (HARK_ROW_LIST (view->list), make_row, view);
}

void
hark_rows_view_prepare (HarkRowsView *view)
{
  g_return_if_fail (HARK_IS_ROWS_VIEW (view));

  hark_row_list_prepare (HARK_ROW_LIST (view->list));
}

/* ---- moving about ---- */

static void
go (HarkRowsView *view, uint64_t position)
{
  view->follows = false;
  view->has_target = true;
  view->target = position;
  hark_row_list_catch_up (HARK_ROW_LIST (view->list));
  gtk_widget_queue_resize (view->list);
}

static void
on_window (GObject *owner, HarkPersonItem *person, const HarkEvent *result)
{
  HarkRowsView *view = HARK_ROWS_VIEW (owner);

  if (view->person != person || !result->ok)
    return;
  if (result->position > 0)
    go (view, result->position);
  else
    view->follows = true;
  hark_frames_say (GTK_WIDGET (view), "the conversation is drawn");
}

static void
load_window (HarkRowsView *view, HarkCommand *command)
{
  hark_pages_window (view->client, view->person, command, G_OBJECT (view), on_window);
}

void
hark_rows_view_show (HarkRowsView *view, HarkPersonItem *person)
{
  const HarkChat *chat;
  HarkCommand *command;

  g_return_if_fail (HARK_IS_ROWS_VIEW (view));

  if (view->person == person)
    return;
  if (view->person)
    leave (view);
  if (!person)
    return;
  view->person = g_object_ref (person);
  g_debug ("a conversation is opened");
  view->has_target = view->returns = view->was_asked = false;
  view->follows = hark_person_item_get_at_end (person);
  chat = hark_person_item_get_chat (person);
  hark_row_list_set (HARK_ROW_LIST (view->list), person, chat->unread > 0 ? chat->first_unread : 0);
  view->filled = g_signal_connect_swapped (hark_person_item_get_messages (person), "items-changed",
                                           G_CALLBACK (show_hint), view);
  show_hint (view);
  command = hark_command_for (HARK_COMMAND_HISTORY, person);
  command->window = chat->unread > 0 ? HARK_HISTORY_UNREAD : HARK_HISTORY_BEFORE;
  if (chat->unread > 0 || !view->follows
      || g_list_model_get_n_items (hark_person_item_get_messages (person)) < HARK_PAGE_ROWS)
    load_window (view, command);
  else
    hark_command_free (command);
}

void
hark_rows_view_set_hint (HarkRowsView *view, bool on)
{
  g_return_if_fail (HARK_IS_ROWS_VIEW (view));

  view->hint = on;
  show_hint (view);
}

void
hark_rows_view_to_id (HarkRowsView *view, const uint8_t id[HARK_MESSAGE_ID_LEN])
{
  HarkMessageItem *loaded;
  HarkCommand *command;

  g_return_if_fail (HARK_IS_ROWS_VIEW (view) && view->person);

  view->returns = false;
  view->was_asked = true;
  loaded = hark_person_item_find (view->person, id);
  if (loaded) {
    go (view, hark_message_item_get (loaded)->position);
    return;
  }
  command = hark_command_for (HARK_COMMAND_HISTORY, view->person);
  command->window = HARK_HISTORY_AROUND_ID;
  memcpy (command->id, id, sizeof command->id);
  load_window (view, command);
}

void
hark_rows_view_to_position (HarkRowsView *view, uint64_t position)
{
  HarkCommand *command;

  g_return_if_fail (HARK_IS_ROWS_VIEW (view) && view->person);

  view->returns = false;
  view->was_asked = true;
  if (position >= hark_person_item_get_first_position (view->person)
      && position <= hark_person_item_get_last_position (view->person)) {
    go (view, position);
    return;
  }
  command = hark_command_for (HARK_COMMAND_HISTORY, view->person);
  command->window = HARK_HISTORY_AROUND;
  command->before = position;
  load_window (view, command);
}

void
hark_rows_view_to_time (HarkRowsView *view, int64_t at_ms)
{
  HarkCommand *command;

  g_return_if_fail (HARK_IS_ROWS_VIEW (view) && view->person);

  view->returns = false;
  view->was_asked = true;
  command = hark_command_for (HARK_COMMAND_HISTORY, view->person);
  command->window = HARK_HISTORY_AROUND_TIME;
  command->at_ms = at_ms;
  load_window (view, command);
}

uint64_t
hark_rows_view_get_place (HarkRowsView *view)
{
  g_return_val_if_fail (HARK_IS_ROWS_VIEW (view), 0);

  if (view->has_target && view->returns)
    return view->target; /* on its way there */
  return view->person && !view->follows && view->anchor
           ? hark_message_item_get (view->anchor)->position
           : 0;
}

void
hark_rows_view_return_to (HarkRowsView *view, uint64_t position)
{
  hark_rows_view_to_position (view, position);
  view->returns = true;
}

void
hark_rows_view_to_end (HarkRowsView *view)
{
  g_return_if_fail (HARK_IS_ROWS_VIEW (view));

  if (!view->person)
    return;
  view->has_target = false;
  view->follows = true;
  if (hark_person_item_get_at_end (view->person))
    gtk_widget_queue_resize (view->list);
  else
    load_window (view, hark_command_for (HARK_COMMAND_HISTORY, view->person));
}

HarkMessageItem *
hark_rows_view_last_own (HarkRowsView *view)
{
  HarkRowList *list;

  g_return_val_if_fail (HARK_IS_ROWS_VIEW (view), NULL);

  list = HARK_ROW_LIST (view->list);
  for (guint i = hark_row_list_count (list); i > 0; i--) {
    HarkMessageRow *row = hark_row_list_at (list, i - 1);

    if (hark_rights_can_edit (view->person, hark_message_row_get_message (row)))
      return hark_message_row_get_item (row);
  }
  return NULL;
}
