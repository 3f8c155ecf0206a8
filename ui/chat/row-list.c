#include "ui/chat/row-list.h"

#include "ui/by-frame.h"
#include "ui/day.h"
#include "ui/focus-kept.h"
#include "ui/model/pages.h"
#include "ui/words/times.h"

#define WIDTH_MAX 760 /* px: longer lines are hard to read */
#define SPARE_MAX 64  /* rows that wait for their next use: as many as a conversation loads */
#define AHEAD (HARK_PAGE_ROWS + 4) /* made before a conversation is opened: what it opens with, */
                                   /* and a few, for one side has more to say than the other */

struct _HarkRowList {
  GtkContainer parent_instance;
  HarkRowMake make;
  void *data;
  HarkPersonItem *person;
  GPtrArray *rows;  /* as they are seen; children */
  GPtrArray *spare; /* children, too: unmapped, without a message */
  uint64_t first_unread;
  gulong changed;
  guint ahead;
};

G_DEFINE_TYPE (HarkRowList, hark_row_list, GTK_TYPE_CONTAINER)

static guint
index_of (HarkRowList *list, GtkWidget *row)
{
  guint i = list->rows->len;

  return row && g_ptr_array_find (list->rows, row, &i) ? i : list->rows->len;
}

/* ---- rows that serve again ---- */

/* GTK tells nothing of children that a container of ours places. */
static void
tell_reader (HarkRowList *list, const char *what, guint i, GtkWidget *row)
{
  g_signal_emit_by_name (gtk_widget_get_accessible (GTK_WIDGET (list)), what, i,
                         gtk_widget_get_accessible (row), NULL);
}

static GtkWidget *
make_row (HarkRowList *list)
{
  return list->make (list->data);
}

static void
put_aside (HarkRowList *list, GtkWidget *row)
{
  gtk_widget_set_child_visible (row, FALSE);
  g_ptr_array_add (list->spare, row);
}

static void
release (HarkRowList *list, guint i, GtkWidget *row)
{
  tell_reader (list, "children-changed::remove", i, row);
  if (list->spare->len >= SPARE_MAX || !hark_message_row_clear (HARK_MESSAGE_ROW (row))) {
    gtk_widget_destroy (row); /* hark_row_list_remove() takes it out */
    return;
  }
  g_ptr_array_remove_index (list->rows, i);
  put_aside (list, row);
}

/* (nullable): one of the same side, if there is one: its style stays as it is. */
static GtkWidget *
take_spare (HarkRowList *list, HarkMessageItem *item)
{
  guint best = list->spare->len - 1;

  if (list->spare->len == 0)
    return NULL;
  for (guint i = list->spare->len; i > 0; i--)
    if (hark_message_row_suits (list->spare->pdata[i - 1], item)) {
      best = i - 1;
      break;
    }
  return g_ptr_array_steal_index_fast (list->spare, best);
}

static void
place (HarkRowList *list, guint i, HarkMessageItem *item)
{
  GtkWidget *row = take_spare (list, item);
  bool is_new = row == NULL;

  if (is_new)
    row = make_row (list);
  gtk_widget_set_child_visible (row, FALSE); /* until it has a place */
  hark_message_row_show (HARK_MESSAGE_ROW (row), list->person, item);
  g_ptr_array_insert (list->rows, (int) i, row);
  if (is_new)
    gtk_widget_set_parent (row, GTK_WIDGET (list));
  tell_reader (list, "children-changed::add", i, row);
}

static void
show_header (HarkRowList *list, guint i)
{
  HarkMessageRow *row = list->rows->pdata[i];
  const HarkMessage *message = hark_message_row_get_message (row);
  const HarkMessage *above = i > 0 ? hark_message_row_get_message (list->rows->pdata[i - 1]) : NULL;
  bool day = !above || !hark_words_same_day (above->sent_ms, message->sent_ms);
  bool unread = list->first_unread > 0 && message->position >= list->first_unread
                && (!above || above->position < list->first_unread);
  g_autofree char *text = day ? hark_words_day (message->sent_ms, g_get_real_time () / 1000) : NULL;

  hark_message_row_set_header (row, text, unread);
}

/* ---- following the messages ---- */

static int
height_of (GtkWidget *row, int width)
{
  int least, best;

  gtk_widget_get_preferred_height_for_width (row, width, &least, &best);
  return least;
}

/* Returns: whether there were some */
static bool
release_gone (HarkRowList *list, GListModel *messages)
{
  g_autoptr (GHashTable) there = g_hash_table_new (NULL, NULL);
  bool some = false, behind_one = false;

  for (guint i = 0; i < g_list_model_get_n_items (messages); i++) {
    g_autoptr (HarkMessageItem) item = g_list_model_get_item (messages, i);

    g_hash_table_add (there, item); /* the messages keep it */
  }
  for (guint i = 0; i < list->rows->len;) {
    GtkWidget *row = list->rows->pdata[i];

    if (!g_hash_table_contains (there, hark_message_row_get_item (HARK_MESSAGE_ROW (row)))) {
      release (list, i, row);
      some = behind_one = true;
      continue;
    }
    if (behind_one)
      show_header (list, i);
    behind_one = false;
    i++;
  }
  return some;
}

/* What its text takes is taken now, and not by the layout of all rows. */
static void
place_measured (HarkRowList *list, guint i, HarkMessageItem *item)
{
  int width = MIN (gtk_widget_get_allocated_width (GTK_WIDGET (list)), WIDTH_MAX);
  int least, best;

  place (list, i, item);
  show_header (list, i);
  gtk_widget_get_preferred_width (list->rows->pdata[i], &least, &best);
  if (width >= least)
    height_of (list->rows->pdata[i], width);
}

/* The rows are some of the messages, in their order. Returns: whether others have none yet */
static bool
follow_messages (GtkWidget *widget)
{
  HarkRowList *list = HARK_ROW_LIST (widget);
  GListModel *messages = list->person ? hark_person_item_get_messages (list->person) : NULL;
  guint n = messages ? g_list_model_get_n_items (messages) : 0;
  bool some = messages && release_gone (list, messages);

  for (guint i = 0; i < n && list->rows->len < n; i++) {
    g_autoptr (HarkMessageItem) item = g_list_model_get_item (messages, i);

    if (i < list->rows->len && hark_message_row_get_item (list->rows->pdata[i]) == item)
      continue;
    place_measured (list, i, item);
    if (i + 1 < list->rows->len)
      show_header (list, i + 1);
    some = true;
    if (hark_by_frame_is_over ())
      break;
  }
  if (some)
    gtk_widget_queue_resize (widget);
  return list->rows->len < n;
}

/* Others in their place are wanted now; what comes, a few with each picture. */
static void
on_items_changed (GListModel *messages, guint at, guint removed, guint added, HarkRowList *list)
{
  (void) messages;
  (void) at;
  if (removed > 0 && added > 0)
    follow_messages (GTK_WIDGET (list));
  else
    hark_by_frame (GTK_WIDGET (list), follow_messages);
}

static gboolean
make_ahead (void *data)
{
  HarkRowList *list = data;
  GtkWidget *row;

  if (list->rows->len + list->spare->len >= AHEAD) {
    list->ahead = 0;
    return G_SOURCE_REMOVE;
  }
  row = make_row (list);
  put_aside (list, row);
  gtk_widget_set_parent (row, GTK_WIDGET (list));
  hark_message_row_prepare (HARK_MESSAGE_ROW (row), list->spare->len % 2 == 0);
  return G_SOURCE_CONTINUE;
}

/* ---- sizes ---- */

static GtkSizeRequestMode
hark_row_list_get_request_mode (GtkWidget *widget)
{
  (void) widget;
  return GTK_SIZE_REQUEST_HEIGHT_FOR_WIDTH;
}

static void
hark_row_list_get_preferred_width (GtkWidget *widget, int *minimum, int *natural)
{
  HarkRowList *list = HARK_ROW_LIST (widget);

  *minimum = *natural = 0;
  for (guint i = 0; i < list->rows->len; i++) {
    int least, best;

    gtk_widget_get_preferred_width (list->rows->pdata[i], &least, &best);
    *minimum = MAX (*minimum, least);
    *natural = MAX (*natural, best);
  }
}

static void
hark_row_list_get_preferred_height_for_width (GtkWidget *widget,
                                              int width,
                                              int *minimum,
                                              int *natural)
{
  HarkRowList *list = HARK_ROW_LIST (widget);

  *minimum = 0;
  for (guint i = 0; i < list->rows->len; i++)
    *minimum += height_of (list->rows->pdata[i], MIN (width, WIDTH_MAX));
  *natural = *minimum;
}

/* At the best width: at the least, of three letters, all texts would be broken for nothing. */
static void
hark_row_list_get_preferred_height (GtkWidget *widget, int *minimum, int *natural)
{
  int least, best;

  hark_row_list_get_preferred_width (widget, &least, &best);
  hark_row_list_get_preferred_height_for_width (widget, best, minimum, natural);
}

static void
hark_row_list_size_allocate (GtkWidget *widget, GtkAllocation *all)
{
  HarkRowList *list = HARK_ROW_LIST (widget);
  GtkAllocation place = *all;

  gtk_widget_set_allocation (widget, all);
  place.width = MIN (all->width, WIDTH_MAX);
  place.x += (all->width - place.width) / 2;
  for (guint i = 0; i < list->rows->len; i++) {
    place.height = height_of (list->rows->pdata[i], place.width);
    gtk_widget_size_allocate (list->rows->pdata[i], &place);
    gtk_widget_set_child_visible (list->rows->pdata[i], TRUE);
    place.y += place.height;
  }
}

/* ---- keys ---- */

static bool
focus_row (HarkRowList *list, guint i)
{
  if (i >= list->rows->len)
    return false;
  gtk_widget_grab_focus (list->rows->pdata[i]);
  return true;
}

/* Whoever comes in from somewhere else begins at the newest row; what is loaded above is far. */
static gboolean
hark_row_list_focus (GtkWidget *widget, GtkDirectionType direction)
{
  HarkRowList *list = HARK_ROW_LIST (widget);
  GtkWidget *row = gtk_container_get_focus_child (GTK_CONTAINER (list));
  guint i = index_of (list, row);

  if (!row)
    return focus_row (list, list->rows->len - 1);
  if (gtk_widget_child_focus (row, direction))
    return TRUE;
  if (direction == GTK_DIR_UP)
    return i > 0 && focus_row (list, i - 1);
  return direction == GTK_DIR_DOWN && focus_row (list, i + 1);
}

static gboolean
hark_row_list_key_press (GtkWidget *widget, GdkEventKey *event)
{
  HarkRowList *list = HARK_ROW_LIST (widget);
  GtkWidget *row = gtk_container_get_focus_child (GTK_CONTAINER (list));
  bool on_row = row && gtk_widget_has_focus (row)
                && (event->state & gtk_accelerator_get_default_mod_mask ()) == 0;

  if (on_row && (event->keyval == GDK_KEY_Home || event->keyval == GDK_KEY_KP_Home))
    return focus_row (list, 0);
  if (on_row && (event->keyval == GDK_KEY_End || event->keyval == GDK_KEY_KP_End))
    return focus_row (list, list->rows->len - 1);
  return GTK_WIDGET_CLASS (hark_row_list_parent_class)->key_press_event (widget, event);
}

/* ---- a container ---- */

static void
hark_row_list_forall (GtkContainer *container, gboolean internals, GtkCallback call, void *data)
{
  HarkRowList *list = HARK_ROW_LIST (container);

  g_autoptr (GPtrArray) children = g_ptr_array_copy (list->rows, NULL, NULL);

  if (internals)
    g_ptr_array_extend (children, list->spare, NULL, NULL);
  for (guint i = 0; i < children->len; i++) /* @call may destroy its row */
    call (children->pdata[i], data);
}

static void
hark_row_list_remove (GtkContainer *container, GtkWidget *row)
{
  HarkRowList *list = HARK_ROW_LIST (container);

  g_ptr_array_remove (list->rows, row);
  g_ptr_array_remove_fast (list->spare, row);
  gtk_widget_unparent (row);
  gtk_widget_queue_resize (GTK_WIDGET (list));
}

static GType
hark_row_list_child_type (GtkContainer *container)
{
  (void) container;
  return G_TYPE_NONE; /* the messages make them */
}

static void
unfollow (HarkRowList *list)
{
  if (list->person)
    g_clear_signal_handler (&list->changed, hark_person_item_get_messages (list->person));
  g_clear_object (&list->person);
}

static void
hark_row_list_destroy (GtkWidget *widget)
{
  HarkRowList *list = HARK_ROW_LIST (widget);

  g_clear_handle_id (&list->ahead, g_source_remove);
  unfollow (list);
  GTK_WIDGET_CLASS (hark_row_list_parent_class)->destroy (widget);
}

static void
hark_row_list_finalize (GObject *object)
{
  HarkRowList *list = HARK_ROW_LIST (object);

  g_ptr_array_unref (list->rows);
  g_ptr_array_unref (list->spare);
  G_OBJECT_CLASS (hark_row_list_parent_class)->finalize (object);
}

static void
hark_row_list_class_init (HarkRowListClass *klass)
{
  GtkWidgetClass *widgets = GTK_WIDGET_CLASS (klass);
  GtkContainerClass *containers = GTK_CONTAINER_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = hark_row_list_finalize;
  widgets->destroy = hark_row_list_destroy;
  widgets->get_request_mode = hark_row_list_get_request_mode;
  widgets->get_preferred_width = hark_row_list_get_preferred_width;
  widgets->get_preferred_height = hark_row_list_get_preferred_height;
  widgets->get_preferred_height_for_width = hark_row_list_get_preferred_height_for_width;
  widgets->size_allocate = hark_row_list_size_allocate;
  widgets->focus = hark_row_list_focus;
  widgets->key_press_event = hark_row_list_key_press;
  containers->forall = hark_row_list_forall;
  containers->remove = hark_row_list_remove;
  containers->child_type = hark_row_list_child_type;
  gtk_widget_class_set_css_name (widgets, "list");
  gtk_widget_class_set_accessible_role (widgets, ATK_ROLE_LIST);
}

static void
on_day_turned (void *data)
{
  HarkRowList *list = data;

  for (guint i = 0; i < list->rows->len; i++)
    show_header (list, i);
}

static void
hark_row_list_init (HarkRowList *list)
{
  gtk_widget_set_has_window (GTK_WIDGET (list), FALSE);
  list->rows = g_ptr_array_new ();
  list->spare = g_ptr_array_new ();
  hark_focus_leave (GTK_WIDGET (list));
  hark_day_follow (G_OBJECT (list), on_day_turned);
}

void
hark_row_list_set_make (HarkRowList *list, HarkRowMake make, void *data)
{
  g_return_if_fail (HARK_IS_ROW_LIST (list));

  list->make = make;
  list->data = data;
}

void
hark_row_list_prepare (HarkRowList *list)
{
  g_return_if_fail (HARK_IS_ROW_LIST (list) && list->make);

  if (list->ahead == 0)
    list->ahead = g_idle_add_full (G_PRIORITY_LOW, make_ahead, list, NULL);
}

void
hark_row_list_set (HarkRowList *list, HarkPersonItem *person, uint64_t first_unread)
{
  GListModel *messages;

  g_return_if_fail (HARK_IS_ROW_LIST (list));

  unfollow (list);
  while (list->rows->len > 0)
    release (list, 0, list->rows->pdata[0]);
  if (!person)
    return;
  list->person = g_object_ref (person);
  list->first_unread = first_unread;
  messages = hark_person_item_get_messages (person);
  list->changed = g_signal_connect (messages, "items-changed", G_CALLBACK (on_items_changed), list);
  follow_messages (GTK_WIDGET (list));
}

void
hark_row_list_catch_up (HarkRowList *list)
{
  g_return_if_fail (HARK_IS_ROW_LIST (list));

  follow_messages (GTK_WIDGET (list));
}

bool
hark_row_list_is_whole (HarkRowList *list)
{
  g_return_val_if_fail (HARK_IS_ROW_LIST (list), false);

  return !list->person
         || list->rows->len
              == g_list_model_get_n_items (hark_person_item_get_messages (list->person));
}

HarkMessageRow *
hark_row_list_at (HarkRowList *list, guint i)
{
  g_return_val_if_fail (HARK_IS_ROW_LIST (list), NULL);

  return i < list->rows->len ? list->rows->pdata[i] : NULL;
}

HarkMessageRow *
hark_row_list_at_y (HarkRowList *list, int y)
{
  HarkMessageRow *nearest = NULL;
  GtkAllocation own, place;

  g_return_val_if_fail (HARK_IS_ROW_LIST (list), NULL);

  gtk_widget_get_allocation (GTK_WIDGET (list), &own);
  for (guint i = 0; i < list->rows->len; i++) {
    if (!gtk_widget_get_child_visible (list->rows->pdata[i]))
      continue;
    gtk_widget_get_allocation (list->rows->pdata[i], &place);
    nearest = list->rows->pdata[i];
    if (y < place.y - own.y + place.height)
      break;
  }
  return nearest;
}

HarkMessageRow *
hark_row_list_of (HarkRowList *list, HarkMessageItem *item)
{
  g_return_val_if_fail (HARK_IS_ROW_LIST (list), NULL);

  for (guint i = 0; item && i < list->rows->len; i++)
    if (hark_message_row_get_item (list->rows->pdata[i]) == item)
      return list->rows->pdata[i];
  return NULL;
}

guint
hark_row_list_count (HarkRowList *list)
{
  g_return_val_if_fail (HARK_IS_ROW_LIST (list), 0);

  return list->rows->len;
}
