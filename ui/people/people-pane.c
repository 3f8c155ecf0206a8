#define G_LOG_DOMAIN "hark-ui"

#include "ui/people/people-pane.h"

#include "ui/by-frame.h"
#include "ui/frames.h"
#include "ui/model/person-order.h"
#include "ui/people/archive-row.h"
#include "ui/people/first-box.h"
#include "ui/people/found-list.h"
#include "ui/people/keep-box.h"
#include "ui/people/person-drop.h"
#include "ui/people/person-row.h"
#include "ui/widgets.h"

#include <glib/gi18n.h>

/* A row costs about a millisecond; those that the window shows come first, the others with the
 * pictures behind it, as do people who come later. */
#define FIRST_ROWS_MAX 32
#define ROW_HEIGHT_MIN 56 /* pixels: the avatar and what is around it */
#define BEFORE_DRAWING (GDK_PRIORITY_REDRAW - 1)
#define ASKING_ROWS \
  8 /* strangers; others get theirs when these are answered, and as many a click */

struct _HarkPeoplePane {
  GtkBox parent_instance;
  HarkClient *client;
  GtkWidget *header;
  GtkWidget *add;
  GtkWidget *menu;
  GtkWidget *search;
  GtkWidget *list;
  GtkWidget *nobody;
  GtkWidget *lonely;
  GtkWidget *found;
  GtkWidget *keep;
  GtkGesture *clicks, *press;
  GtkWidget *archive; /* the row that archived conversations stand behind */
  guint counting;     /* source; 0: their number is known */
  GtkWidget *asking_more;
  GPtrArray *asking;  /* who asks and gets no row for now, in the order in which they came */
  guint asking_max;   /* as many of them have one */
  GPtrArray *waiting; /* people who have no row yet */
  bool in_order;      /* they are: who comes first stands last */
  guint filling;      /* source; 0: nobody waits */
  bool ready;
};

G_DEFINE_TYPE (HarkPeoplePane, hark_people_pane, GTK_TYPE_BOX)

static guint signal_opened, signal_found, signal_given, signal_torn_off;

static int
compare_rows (GtkListBoxRow *a, GtkListBoxRow *b, void *data)
{
  (void) data;
  if (!HARK_IS_PERSON_ROW (a))
    return -compare_rows (b, a, NULL);
  if (!HARK_IS_PERSON_ROW (b))
    return hark_person_is_put_away (hark_person_row_get_person (HARK_PERSON_ROW (a))) ? 1 : -1;
  return hark_person_order (hark_person_row_get_person (HARK_PERSON_ROW (a)),
                            hark_person_row_get_person (HARK_PERSON_ROW (b)));
}

/* Archived ones are found by searching even while they are folded away. */
static gboolean
is_found (GtkListBoxRow *row, void *data)
{
  HarkPeoplePane *pane = data;
  HarkArchiveRow *archive = HARK_ARCHIVE_ROW (pane->archive);
  const char *wanted = gtk_entry_get_text (GTK_ENTRY (pane->search));

  if (!HARK_IS_PERSON_ROW (row))
    return *wanted == '\0' && hark_archive_row_get (archive) > 0;
  if (*wanted == '\0' && !hark_archive_row_is_open (archive)
      && hark_person_is_put_away (hark_person_row_get_person (HARK_PERSON_ROW (row))))
    return FALSE;
  return hark_person_row_matches (HARK_PERSON_ROW (row), wanted);
}

static bool
stays (HarkPeoplePane *pane, GtkListBoxRow *row, GtkListBoxRow *above, GtkListBoxRow *below)
{
  return (!above || compare_rows (above, row, NULL) <= 0)
         && (!below || compare_rows (row, below, NULL) <= 0)
         && gtk_widget_get_child_visible (GTK_WIDGET (row)) == is_found (row, pane);
}

/* It is another one than it was. GTK is told only when it has to move, come or go: it lays out and
 * draws all of the list then. */
static void
place (HarkPeoplePane *pane, GtkListBoxRow *row)
{
  GtkListBox *list = GTK_LIST_BOX (pane->list);
  const int at = gtk_list_box_row_get_index (row);
  GtkListBoxRow *above = gtk_list_box_get_row_at_index (list, at - 1);
  GtkListBoxRow *below = gtk_list_box_get_row_at_index (list, at + 1);

  if (stays (pane, row, above, below))
    return;
  gtk_list_box_row_changed (row);
  if (above && below && compare_rows (above, below, NULL) > 0) /* it stood right between them */
    gtk_list_box_row_changed (below);
}

static HarkPersonRow *
find_row (HarkPeoplePane *pane, HarkPersonItem *person)
{
  g_autoptr (GList) rows = gtk_container_get_children (GTK_CONTAINER (pane->list));

  for (GList *at = rows; at; at = at->next)
    if (HARK_IS_PERSON_ROW (at->data) && hark_person_row_get_person (at->data) == person)
      return at->data;
  return NULL;
}

static bool
is_gone (HarkPeoplePane *pane, HarkPersonItem *person)
{
  return !hark_client_find (pane->client, hark_person_item_get (person)->account);
}

static void
remove_gone (HarkPeoplePane *pane)
{
  g_autoptr (GList) rows = gtk_container_get_children (GTK_CONTAINER (pane->list));

  for (GList *at = rows; at; at = at->next)
    if (HARK_IS_PERSON_ROW (at->data) && is_gone (pane, hark_person_row_get_person (at->data)))
      gtk_widget_destroy (at->data);
  for (guint i = pane->waiting->len; i > 0; i--)
    if (is_gone (pane, pane->waiting->pdata[i - 1]))
      g_ptr_array_remove_index (pane->waiting, i - 1);
  for (guint i = pane->asking->len; i > 0; i--)
    if (is_gone (pane, pane->asking->pdata[i - 1]))
      g_ptr_array_remove_index (pane->asking, i - 1);
}

/* ---- those that are archived ---- */

static gboolean
on_count (void *data)
{
  HarkPeoplePane *pane = data;
  HarkArchiveRow *archive = HARK_ARCHIVE_ROW (pane->archive);
  GListModel *people = hark_client_get_people (pane->client);
  unsigned n = 0, unread = 0;

  pane->counting = 0;
  for (guint i = 0; i < g_list_model_get_n_items (people); i++) {
    g_autoptr (HarkPersonItem) person = g_list_model_get_item (people, i);

    if (!hark_person_is_put_away (person))
      continue;
    n++;
    unread += hark_person_item_get_unread (person);
  }
  hark_archive_row_set (archive, n, unread);
  place (pane, GTK_LIST_BOX_ROW (archive));
  return G_SOURCE_REMOVE;
}

/* Once for all who changed before the next picture. */
static void
count (HarkPeoplePane *pane)
{
  if (pane->counting == 0)
    pane->counting = g_idle_add_full (BEFORE_DRAWING, on_count, pane, NULL);
}

static void
fold (HarkPeoplePane *pane, bool open)
{
  hark_archive_row_set_open (HARK_ARCHIVE_ROW (pane->archive), open);
  gtk_list_box_invalidate_filter (GTK_LIST_BOX (pane->list));
}

/* ---- strangers, by the hundred ---- */

static bool
asks (HarkPersonItem *person)
{
  return hark_person_item_get (person)->status == HARK_PERSON_REQUEST;
}

static guint
count_asking_rows (HarkPeoplePane *pane)
{
  g_autoptr (GList) rows = gtk_container_get_children (GTK_CONTAINER (pane->list));
  guint n = 0;

  for (GList *at = rows; at; at = at->next)
    n += HARK_IS_PERSON_ROW (at->data) && asks (hark_person_row_get_person (at->data));
  for (guint i = 0; i < pane->waiting->len; i++)
    n += asks (pane->waiting->pdata[i]);
  return n;
}

/* Each row that comes makes GTK look at the style of the buttons in all others. */
static void
admit (HarkPeoplePane *pane)
{
  guint n = pane->asking->len > 0 ? count_asking_rows (pane) : 0;
  g_autofree char *words = NULL;

  for (guint i = 0; i < pane->asking->len;) {
    HarkPersonItem *person = pane->asking->pdata[i];
    const bool is_one = asks (person);

    if (is_one && n >= pane->asking_max) {
      i++;
      continue;
    }
    n += is_one;
    g_ptr_array_add (pane->waiting, g_ptr_array_steal_index (pane->asking, i));
    pane->in_order = false;
  }
  words = g_strdup_printf (_ ("More Requests (%u)"), pane->asking->len);
  hark_widget_button_text (pane->asking_more, words);
  gtk_widget_set_visible (pane->asking_more, pane->asking->len > 0);
}

static bool
has_waiting (HarkPeoplePane *pane)
{
  return pane->waiting->len > 0 || pane->asking->len > 0;
}

/* Who is looked for or opened. @wanted: (nullable): whoever is like it, @person (nullable) */
static void
admit_wanted (HarkPeoplePane *pane, HarkPersonItem *person, const char *wanted)
{
  for (guint i = 0; i < pane->asking->len;) {
    HarkPersonItem *one = pane->asking->pdata[i];

    if (one != person && !(wanted && hark_person_row_would_match (pane->client, one, wanted))) {
      i++;
      continue;
    }
    g_ptr_array_add (pane->waiting, g_ptr_array_steal_index (pane->asking, i));
    pane->in_order = false;
  }
  admit (pane);
}

/* ---- rows, those first that are seen first ---- */

static int
compare_waiting (const void *a, const void *b)
{
  return hark_person_order (*(HarkPersonItem *const *) b, *(HarkPersonItem *const *) a);
}

/* Returns: the row of who waits there */
static GtkWidget *
fill_at (HarkPeoplePane *pane, guint at)
{
  GtkWidget *row = hark_person_row_new (pane->client, pane->waiting->pdata[at]);

  g_signal_connect_object (row, "shown-anew", G_CALLBACK (place), pane, G_CONNECT_SWAPPED);
  gtk_container_add (GTK_CONTAINER (pane->list), row);
  g_ptr_array_remove_index (pane->waiting, at);
  return row;
}

/* Returns: the row of who comes first */
static GtkWidget *
fill_one (HarkPeoplePane *pane)
{
  if (!pane->in_order)
    g_ptr_array_sort (pane->waiting, compare_waiting);
  pane->in_order = true;
  return fill_at (pane, pane->waiting->len - 1);
}

static void
fill (HarkPeoplePane *pane, guint rows)
{
  for (; rows > 0 && pane->waiting->len > 0; rows--)
    fill_one (pane);
}

/* What its style and words take is taken now, and not by the layout of all of them. */
static void
measure (HarkPeoplePane *pane, GtkWidget *row)
{
  const int width = gtk_widget_get_allocated_width (pane->list);
  int least, best;

  gtk_widget_get_preferred_width (row, &least, &best);
  gtk_widget_get_preferred_height_for_width (row, MAX (least, width), &least, &best);
}

static bool
fill_more (GtkWidget *widget)
{
  HarkPeoplePane *pane = HARK_PEOPLE_PANE (widget);

  admit (pane);
  while (pane->waiting->len > 0 && !hark_by_frame_is_over ())
    measure (pane, fill_one (pane));
  if (pane->waiting->len > 0)
    return true;
  g_debug ("everybody is in the list");
  return false;
}

/* How many the window can show; a maximized one does not know its height yet. */
static guint
first_rows (HarkPeoplePane *pane)
{
  GtkWidget *top = gtk_widget_get_toplevel (GTK_WIDGET (pane));
  int height = gtk_widget_get_allocated_height (top);

  if (height <= 1 || !GTK_IS_WINDOW (top) || gtk_window_is_maximized (GTK_WINDOW (top)))
    return FIRST_ROWS_MAX;
  return MIN ((guint) height / ROW_HEIGHT_MIN + 1, FIRST_ROWS_MAX);
}

static gboolean
on_first (void *data)
{
  HarkPeoplePane *pane = data;

  admit (pane);
  fill (pane, first_rows (pane));
  pane->filling = 0;
  if (pane->waiting->len > 0)
    hark_by_frame (GTK_WIDGET (pane), fill_more);
  return G_SOURCE_REMOVE;
}

/* Somebody beside notes to oneself. */
static bool
has_others (HarkPeoplePane *pane)
{
  GListModel *people = hark_client_get_people (pane->client);

  for (guint i = 0; i < g_list_model_get_n_items (people); i++) {
    g_autoptr (HarkPersonItem) person = g_list_model_get_item (people, i);

    if (!hark_person_item_is_self (person))
      return true;
  }
  return false;
}

/* One who was answered makes room for another. */
static void
on_asking_changed (HarkPersonItem *person, HarkPeoplePane *pane)
{
  if (asks (person))
    return;
  g_signal_handlers_disconnect_by_func (person, on_asking_changed, pane);
  hark_by_frame (GTK_WIDGET (pane), fill_more);
}

static void
on_asking_more (HarkPeoplePane *pane)
{
  pane->asking_max = count_asking_rows (pane) + ASKING_ROWS;
  hark_by_frame (GTK_WIDGET (pane), fill_more);
}

static void
on_people_changed (GListModel *people, guint position, guint removed, guint added, void *data)
{
  HarkPeoplePane *pane = data;

  if (removed > 0)
    remove_gone (pane);
  for (guint i = position; i < position + added; i++) {
    g_autoptr (HarkPersonItem) person = g_list_model_get_item (people, i);

    g_signal_connect_object (person, "changed", G_CALLBACK (count), pane, G_CONNECT_SWAPPED);
    if (asks (person))
      g_signal_connect_object (person, "changed", G_CALLBACK (on_asking_changed), pane, 0);
    g_ptr_array_add (asks (person) ? pane->asking : pane->waiting, g_object_ref (person));
  }
  count (pane);
  pane->in_order = false;
  if ((has_waiting (pane) || removed > 0) && pane->ready)
    hark_by_frame (GTK_WIDGET (pane), fill_more);
  else if (has_waiting (pane) && pane->filling == 0)
    pane->filling = g_idle_add_full (BEFORE_DRAWING, on_first, pane, NULL);
  gtk_widget_set_visible (pane->search, has_others (pane));
  gtk_widget_set_visible (pane->nobody, has_others (pane));
  gtk_widget_set_visible (pane->lonely, pane->ready && !has_others (pane));
}

/* Before, nobody knows whether there is nobody. */
static void
on_ready (HarkPeoplePane *pane)
{
  pane->ready = true;
  gtk_widget_set_visible (pane->lonely, !has_others (pane));
  hark_frames_say (GTK_WIDGET (pane), "the list is drawn");
}

static void
on_search_changed (HarkPeoplePane *pane)
{
  const char *wanted = gtk_entry_get_text (GTK_ENTRY (pane->search));
  g_autofree char *words = g_strstrip (g_strdup (wanted));

  if (*words != '\0')
    admit_wanted (pane, NULL, words);
  hark_by_frame (GTK_WIDGET (pane), fill_more);
  gtk_list_box_invalidate_filter (GTK_LIST_BOX (pane->list));
  hark_found_list_look_for (HARK_FOUND_LIST (pane->found), wanted);
  hark_keep_box_set_aside (HARK_KEEP_BOX (pane->keep), *wanted != '\0');
}

/* Who types in the list looks for somebody. */
static gboolean
on_typed (HarkPeoplePane *pane, GdkEvent *event)
{
  if (!gtk_widget_get_visible (pane->search)
      || !gtk_search_entry_handle_event (GTK_SEARCH_ENTRY (pane->search), event))
    return GDK_EVENT_PROPAGATE;
  gtk_entry_grab_focus_without_selecting (GTK_ENTRY (pane->search));
  return GDK_EVENT_STOP;
}

static void
on_found (HarkPeoplePane *pane, HarkPersonItem *person, guint64 position)
{
  g_signal_emit (pane, signal_found, 0, person, position);
}

static void
on_row_activated (HarkPeoplePane *pane, GtkListBoxRow *row)
{
  if (HARK_IS_PERSON_ROW (row))
    g_signal_emit (pane, signal_opened, 0, hark_person_row_get_person (HARK_PERSON_ROW (row)));
  else
    fold (pane, !hark_archive_row_is_open (HARK_ARCHIVE_ROW (row)));
}

static void
on_search_stopped (HarkPeoplePane *pane)
{
  hark_people_pane_clear_search (pane);
}

static int
compare_people (const void *a, const void *b)
{
  return hark_person_order (*(HarkPersonItem *const *) a, *(HarkPersonItem *const *) b);
}

/* As is_found(), of somebody who has no row yet. */
static bool
will_be_found (HarkPeoplePane *pane, HarkPersonItem *person)
{
  const char *wanted = gtk_entry_get_text (GTK_ENTRY (pane->search));

  if (*wanted == '\0')
    return hark_archive_row_is_open (HARK_ARCHIVE_ROW (pane->archive))
           || !hark_person_is_put_away (person);
  return hark_person_row_would_match (pane->client, person, wanted);
}

/* (transfer container): borrowed; whom the search leaves, from the top. Nobody gets a row for it:
 * a search may leave hundreds. */
static GPtrArray *
list_shown (HarkPeoplePane *pane)
{
  GPtrArray *shown = g_ptr_array_new ();
  GtkListBoxRow *row;
  guint with_row;

  admit (pane);
  for (int i = 0; (row = gtk_list_box_get_row_at_index (GTK_LIST_BOX (pane->list), i)); i++)
    if (HARK_IS_PERSON_ROW (row) && is_found (row, pane)) /* GtkListBox hides them a bit later */
      g_ptr_array_add (shown, hark_person_row_get_person (HARK_PERSON_ROW (row)));
  with_row = shown->len;
  for (guint i = 0; i < pane->waiting->len; i++)
    if (will_be_found (pane, pane->waiting->pdata[i]))
      g_ptr_array_add (shown, pane->waiting->pdata[i]);
  if (shown->len > with_row)
    g_ptr_array_sort (shown, compare_people);
  return shown;
}

static void
on_dropped (HarkPersonItem *person, char **uris, void *pane)
{
  g_signal_emit (pane, signal_given, 0, person, uris);
}

/* The first of two has opened it. */
static void
on_clicks (HarkPeoplePane *pane, int n, double x, double y)
{
  GtkListBoxRow *row = gtk_list_box_get_row_at_y (GTK_LIST_BOX (pane->list), (int) y);

  (void) x;
  if (n == 2 && HARK_IS_PERSON_ROW (row))
    g_signal_emit (pane, signal_torn_off, 0, hark_person_row_get_person (HARK_PERSON_ROW (row)));
}

/* A finger has no second button. */
static void
on_long_press (HarkPeoplePane *pane, double x, double y, GtkGesture *press)
{
  GtkListBoxRow *row = gtk_list_box_get_row_at_y (GTK_LIST_BOX (pane->list), (int) y);
  const GdkEvent *event
    = gtk_gesture_get_last_event (press, gtk_gesture_get_last_updated_sequence (press));

  (void) x;
  if (HARK_IS_PERSON_ROW (row) && hark_person_row_popup (HARK_PERSON_ROW (row), event))
    gtk_gesture_set_state (press, GTK_EVENT_SEQUENCE_CLAIMED); /* and it is not opened */
}

/* Enter in the search opens what stands first. */
static void
on_search_activate (HarkPeoplePane *pane)
{
  g_autoptr (GPtrArray) shown = list_shown (pane);

  if (shown->len > 0)
    g_signal_emit (pane, signal_opened, 0, shown->pdata[0]);
}

static void
hark_people_pane_dispose (GObject *object)
{
  HarkPeoplePane *pane = HARK_PEOPLE_PANE (object);

  g_clear_handle_id (&pane->filling, g_source_remove);
  g_clear_handle_id (&pane->counting, g_source_remove);
  g_clear_pointer (&pane->waiting, g_ptr_array_unref);
  g_clear_object (&pane->clicks);
  g_clear_object (&pane->press);
  g_clear_pointer (&pane->asking, g_ptr_array_unref);
  g_clear_object (&pane->client);
  G_OBJECT_CLASS (hark_people_pane_parent_class)->dispose (object);
}

static void
hark_people_pane_class_init (HarkPeoplePaneClass *klass)
{
  GtkWidgetClass *widgets = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = hark_people_pane_dispose;
  signal_opened = g_signal_new ("opened", HARK_TYPE_PEOPLE_PANE, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                                NULL, G_TYPE_NONE, 1, HARK_TYPE_PERSON_ITEM);
  signal_found = g_signal_new ("found", HARK_TYPE_PEOPLE_PANE, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                               NULL, G_TYPE_NONE, 2, HARK_TYPE_PERSON_ITEM, G_TYPE_UINT64);
  signal_given = g_signal_new ("given", HARK_TYPE_PEOPLE_PANE, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                               NULL, G_TYPE_NONE, 2, HARK_TYPE_PERSON_ITEM, G_TYPE_STRV);
  signal_torn_off = g_signal_new ("torn-off", HARK_TYPE_PEOPLE_PANE, G_SIGNAL_RUN_LAST, 0, NULL,
                                  NULL, NULL, G_TYPE_NONE, 1, HARK_TYPE_PERSON_ITEM);
  g_type_ensure (HARK_TYPE_FIRST_BOX);
  g_type_ensure (HARK_TYPE_FOUND_LIST);
  g_type_ensure (HARK_TYPE_KEEP_BOX);
  gtk_widget_class_set_template_from_resource (widgets, "/org/hark/Hark/people-pane.ui");
  gtk_widget_class_bind_template_child (widgets, HarkPeoplePane, header);
  gtk_widget_class_bind_template_child (widgets, HarkPeoplePane, add);
  gtk_widget_class_bind_template_child (widgets, HarkPeoplePane, menu);
  gtk_widget_class_bind_template_child (widgets, HarkPeoplePane, search);
  gtk_widget_class_bind_template_child (widgets, HarkPeoplePane, lonely);
  gtk_widget_class_bind_template_child (widgets, HarkPeoplePane, found);
  gtk_widget_class_bind_template_child (widgets, HarkPeoplePane, keep);
  gtk_widget_class_bind_template_child (widgets, HarkPeoplePane, asking_more);
  gtk_widget_class_bind_template_child (widgets, HarkPeoplePane, list);
  gtk_widget_class_bind_template_child (widgets, HarkPeoplePane, nobody);
  gtk_widget_class_bind_template_callback (widgets, on_asking_more);
  gtk_widget_class_bind_template_callback (widgets, on_typed);
  gtk_widget_class_bind_template_callback (widgets, on_found);
  gtk_widget_class_bind_template_callback (widgets, on_search_changed);
  gtk_widget_class_bind_template_callback (widgets, on_search_activate);
  gtk_widget_class_bind_template_callback (widgets, on_search_stopped);
  gtk_widget_class_bind_template_callback (widgets, on_row_activated);
}

static void
hark_people_pane_init (HarkPeoplePane *pane)
{
  pane->waiting = g_ptr_array_new_with_free_func (g_object_unref);
  pane->asking = g_ptr_array_new_with_free_func (g_object_unref);
  pane->asking_max = ASKING_ROWS;
  gtk_widget_init_template (GTK_WIDGET (pane));
  hark_widget_name (pane->add, _ ("Add a person"));
  hark_widget_name (pane->menu, _ ("Menu"));
  hark_widget_spoken (pane->search, _ ("Search people"));
  hark_widget_spoken (pane->list, _ ("People"));
  pane->archive = hark_archive_row_new ();
  gtk_container_add (GTK_CONTAINER (pane->list), pane->archive);
  gtk_list_box_set_sort_func (GTK_LIST_BOX (pane->list), compare_rows, NULL, NULL);
  gtk_list_box_set_filter_func (GTK_LIST_BOX (pane->list), is_found, pane, NULL);
  hark_person_drop_set (pane->list, on_dropped, G_OBJECT (pane));
  pane->clicks = gtk_gesture_multi_press_new (pane->list);
  g_signal_connect_swapped (pane->clicks, "pressed", G_CALLBACK (on_clicks), pane);
  pane->press = gtk_gesture_long_press_new (pane->list);
  gtk_gesture_single_set_touch_only (GTK_GESTURE_SINGLE (pane->press), TRUE);
  gtk_event_controller_set_propagation_phase (GTK_EVENT_CONTROLLER (pane->press),
                                              GTK_PHASE_CAPTURE);
  g_signal_connect_swapped (pane->press, "pressed", G_CALLBACK (on_long_press), pane);
  gtk_list_box_set_placeholder (GTK_LIST_BOX (pane->list), pane->nobody);
}

void
hark_people_pane_set_client (HarkPeoplePane *pane, HarkClient *client)
{
  GListModel *people;

  g_return_if_fail (HARK_IS_PEOPLE_PANE (pane) && HARK_IS_CLIENT (client));

  pane->client = g_object_ref (client);
  hark_first_box_set_client (HARK_FIRST_BOX (pane->lonely), client);
  hark_found_list_set_client (HARK_FOUND_LIST (pane->found), client);
  hark_keep_box_set_client (HARK_KEEP_BOX (pane->keep), client);
  people = hark_client_get_people (client);
  g_signal_connect_object (people, "items-changed", G_CALLBACK (on_people_changed), pane, 0);
  g_signal_connect_object (client, "ready", G_CALLBACK (on_ready), pane, G_CONNECT_SWAPPED);
  on_people_changed (people, 0, 0, g_list_model_get_n_items (people), pane);
}

GtkWidget *
hark_people_pane_get_header (HarkPeoplePane *pane)
{
  g_return_val_if_fail (HARK_IS_PEOPLE_PANE (pane), NULL);

  return pane->header;
}

void
hark_people_pane_select (HarkPeoplePane *pane, HarkPersonItem *person)
{
  HarkPersonRow *row;
  guint at;

  g_return_if_fail (HARK_IS_PEOPLE_PANE (pane));

  if (person)
    admit_wanted (pane, person, NULL);
  if (person && g_ptr_array_find (pane->waiting, person, &at))
    row = HARK_PERSON_ROW (fill_at (pane, at));
  else
    row = person ? find_row (pane, person) : NULL;
  gtk_list_box_select_row (GTK_LIST_BOX (pane->list), row ? GTK_LIST_BOX_ROW (row) : NULL);
}

void
hark_people_pane_focus_search (HarkPeoplePane *pane)
{
  g_return_if_fail (HARK_IS_PEOPLE_PANE (pane));

  gtk_widget_grab_focus (pane->search);
}

void
hark_people_pane_open_menu (HarkPeoplePane *pane)
{
  g_return_if_fail (HARK_IS_PEOPLE_PANE (pane));

  gtk_toggle_button_set_active (GTK_TOGGLE_BUTTON (pane->menu), TRUE);
}

static HarkPersonItem *
get_at (GPtrArray *shown, int n)
{
  return n >= 0 && n < (int) shown->len ? shown->pdata[n] : NULL;
}

HarkPersonItem *
hark_people_pane_get_nth (HarkPeoplePane *pane, int n)
{
  g_autoptr (GPtrArray) shown = NULL;

  g_return_val_if_fail (HARK_IS_PEOPLE_PANE (pane), NULL);

  shown = list_shown (pane);
  return get_at (shown, n);
}

HarkPersonItem *
hark_people_pane_get_beside (HarkPeoplePane *pane, int step)
{
  g_autoptr (GPtrArray) shown = NULL;
  GtkListBoxRow *row;
  guint at;

  g_return_val_if_fail (HARK_IS_PEOPLE_PANE (pane), NULL);

  shown = list_shown (pane);
  row = gtk_list_box_get_selected_row (GTK_LIST_BOX (pane->list));
  if (HARK_IS_PERSON_ROW (row)
      && g_ptr_array_find (shown, hark_person_row_get_person (HARK_PERSON_ROW (row)), &at))
    return get_at (shown, (int) at + step);
  return get_at (shown, step > 0 ? 0 : (int) shown->len - 1);
}

bool
hark_people_pane_clear_search (HarkPeoplePane *pane)
{
  bool was;

  g_return_val_if_fail (HARK_IS_PEOPLE_PANE (pane), false);

  was = gtk_entry_get_text_length (GTK_ENTRY (pane->search)) > 0;
  gtk_entry_set_text (GTK_ENTRY (pane->search), "");
  return was;
}
