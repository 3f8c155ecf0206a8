#include "ui/columns.h"

#include "ui/network/network-bar.h"
#include "ui/place.h"

struct _HarkColumns {
  HdyLeaflet parent_instance;
  GtkWidget *people;
  GtkWidget *conversation;
  GtkWidget *narrow; /* in the list, while it is folded */
  HdyHeaderGroup *headers;
};

G_DEFINE_TYPE (HarkColumns, hark_columns, HDY_TYPE_LEAFLET)

static guint signal_moved;

static HarkPeoplePane *
people (HarkColumns *columns)
{
  return HARK_PEOPLE_PANE (columns->people);
}

static HarkConversation *
conversation (HarkColumns *columns)
{
  return HARK_CONVERSATION (columns->conversation);
}

static bool
is_folded (HarkColumns *columns)
{
  return hdy_leaflet_get_folded (HDY_LEAFLET (columns));
}

static void
see (HarkColumns *columns, GtkWidget *column)
{
  hdy_leaflet_set_visible_child (HDY_LEAFLET (columns), column);
}

static void
tell_moved (HarkColumns *columns)
{
  g_signal_emit (columns, signal_moved, 0);
}

/* ---- moving about ---- */

/* By a key, a click or a swipe. */
static void
on_visible_child (HarkColumns *columns)
{
  if (!gtk_widget_in_destruction (GTK_WIDGET (columns)))
    tell_moved (columns);
}

void
hark_columns_show_list (HarkColumns *columns)
{
  g_return_if_fail (HARK_IS_COLUMNS (columns));

  see (columns, columns->people);
  if (is_folded (columns)) {
    hark_conversation_show (conversation (columns), NULL);
    hark_people_pane_select (people (columns), NULL);
  }
  tell_moved (columns);
  hark_place_keep (conversation (columns));
}

void
hark_columns_open (HarkColumns *columns, HarkPersonItem *person)
{
  g_return_if_fail (HARK_IS_COLUMNS (columns) && HARK_IS_PERSON_ITEM (person));

  hark_conversation_show (conversation (columns), person);
  hark_people_pane_select (people (columns), person);
  see (columns, columns->conversation);
  hark_conversation_focus (conversation (columns));
  tell_moved (columns);
}

void
hark_columns_mark_open (HarkColumns *columns)
{
  g_return_if_fail (HARK_IS_COLUMNS (columns));

  hark_people_pane_select (people (columns), hark_conversation_get_person (conversation (columns)));
}

void
hark_columns_search (HarkColumns *columns)
{
  g_return_if_fail (HARK_IS_COLUMNS (columns));

  see (columns, columns->people);
  hark_people_pane_focus_search (people (columns));
}

void
hark_columns_go_back (HarkColumns *columns)
{
  g_return_if_fail (HARK_IS_COLUMNS (columns));

  if (hark_people_pane_clear_search (people (columns)) || is_folded (columns))
    hark_columns_show_list (columns);
}

void
hark_columns_open_menu (HarkColumns *columns)
{
  g_return_if_fail (HARK_IS_COLUMNS (columns));

  if (is_folded (columns) && hark_columns_shows_conversation (columns))
    hark_conversation_open_menu (conversation (columns));
  else
    hark_people_pane_open_menu (people (columns));
}

bool
hark_columns_shows_conversation (HarkColumns *columns)
{
  g_return_val_if_fail (HARK_IS_COLUMNS (columns), false);

  return !is_folded (columns)
         || hdy_leaflet_get_visible_child (HDY_LEAFLET (columns)) == columns->conversation;
}

/* ---- folding ---- */

static void
on_folded (HarkColumns *columns)
{
  bool folded = is_folded (columns);

  hark_conversation_set_folded (conversation (columns), folded);
  if (columns->narrow)
    gtk_widget_set_visible (columns->narrow, folded);
  if (columns->headers)
    hdy_header_group_set_decorate_all (columns->headers, folded);
  if (folded && !hark_conversation_get_person (conversation (columns)))
    see (columns, columns->people);
  tell_moved (columns);
}

/* Which of the headers is at the edge, and has the button that closes, is known when they have
 * their places. */
static gboolean
on_placed (void *data)
{
  HarkColumns *columns = data;

  if (columns->headers) {
    hdy_header_group_set_decorate_all (columns->headers, TRUE);
    hdy_header_group_set_decorate_all (columns->headers, is_folded (columns));
  }
  return G_SOURCE_REMOVE;
}

void
hark_columns_refresh (HarkColumns *columns)
{
  g_return_if_fail (HARK_IS_COLUMNS (columns));

  on_folded (columns);
  g_idle_add_full (G_PRIORITY_LOW, on_placed, g_object_ref (columns), g_object_unref);
}

/* ---- what is in them ---- */

HarkPeoplePane *
hark_columns_get_people (HarkColumns *columns)
{
  g_return_val_if_fail (HARK_IS_COLUMNS (columns), NULL);

  return people (columns);
}

HarkConversation *
hark_columns_get_conversation (HarkColumns *columns)
{
  g_return_val_if_fail (HARK_IS_COLUMNS (columns), NULL);

  return conversation (columns);
}

/* Below the header of @column, a vertical box. */
static void
add_below_header (GtkWidget *column, GtkWidget *child)
{
  gtk_box_pack_start (GTK_BOX (column), child, FALSE, FALSE, 0);
  gtk_box_reorder_child (GTK_BOX (column), child, 1);
}

void
hark_columns_add_line (HarkColumns *columns, GtkWidget *child)
{
  g_return_if_fail (HARK_IS_COLUMNS (columns) && GTK_IS_WIDGET (child));

  add_below_header (columns->conversation, child);
}

/* One line about the network, wherever the user looks: beside the list, or in it when it is alone.
 */
static void
add_network_bars (HarkColumns *columns, HarkClient *client)
{
  GtkWidget *wide = g_object_new (HARK_TYPE_NETWORK_BAR, NULL);
  GtkWidget *folded = g_object_new (HARK_TYPE_NETWORK_BAR, NULL);

  hark_network_bar_set_client (HARK_NETWORK_BAR (wide), client);
  hark_network_bar_set_client (HARK_NETWORK_BAR (folded), client);
  columns->narrow = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0);
  gtk_container_add (GTK_CONTAINER (columns->narrow), folded);
  add_below_header (columns->conversation, wide);
  add_below_header (columns->people, columns->narrow);
}

void
hark_columns_set_client (HarkColumns *columns, HarkClient *client)
{
  g_return_if_fail (HARK_IS_COLUMNS (columns) && HARK_IS_CLIENT (client));

  add_network_bars (columns, client);
  hark_people_pane_set_client (people (columns), client);
  hark_conversation_set_client (conversation (columns), client);
}

/* ---- life ---- */

static void
hark_columns_dispose (GObject *object)
{
  g_clear_object (&HARK_COLUMNS (object)->headers);
  G_OBJECT_CLASS (hark_columns_parent_class)->dispose (object);
}

static void
hark_columns_class_init (HarkColumnsClass *klass)
{
  GtkWidgetClass *widgets = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = hark_columns_dispose;
  signal_moved = g_signal_new ("moved", HARK_TYPE_COLUMNS, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                               G_TYPE_NONE, 0);
  g_type_ensure (HARK_TYPE_PEOPLE_PANE);
  g_type_ensure (HARK_TYPE_CONVERSATION);
  gtk_widget_class_set_template_from_resource (widgets, "/org/hark/Hark/columns.ui");
  gtk_widget_class_bind_template_child (widgets, HarkColumns, people);
  gtk_widget_class_bind_template_child (widgets, HarkColumns, conversation);
  gtk_widget_class_bind_template_callback (widgets, hark_columns_show_list);
  gtk_widget_class_bind_template_callback (widgets, on_folded);
  gtk_widget_class_bind_template_callback (widgets, on_visible_child);
}

static void
hark_columns_init (HarkColumns *columns)
{
  g_autoptr (GtkSizeGroup) heights = gtk_size_group_new (GTK_SIZE_GROUP_VERTICAL);
  GtkWidget *left, *right;

  gtk_widget_init_template (GTK_WIDGET (columns));
  left = hark_people_pane_get_header (people (columns));
  right = hark_conversation_get_header (conversation (columns));
  columns->headers = hdy_header_group_new ();
  hdy_header_group_add_header_bar (columns->headers, HDY_HEADER_BAR (left));
  hdy_header_group_add_header_bar (columns->headers, HDY_HEADER_BAR (right));
  gtk_size_group_add_widget (heights, left);
  gtk_size_group_add_widget (heights, right);
}
