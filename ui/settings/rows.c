#include "ui/settings/rows.h"

#include "ui/widgets.h"
#include "ui/words/shown.h"

#define TITLE_CHARS 80
#define ROWS_BEFORE "hark-rows-before" /* of a list to which the user adds something */
#define SUBTITLE_CHARS 400

GtkWidget *
hark_row_page (const char *title, const char *icon)
{
  return g_object_new (HDY_TYPE_PREFERENCES_PAGE, "title", title, "icon-name", icon, "visible",
                       TRUE, NULL);
}

GtkWidget *
hark_row_group (GtkWidget *page, const char *title, const char *about)
{
  GtkWidget *group = g_object_new (HDY_TYPE_PREFERENCES_GROUP, "title", title, "description",
                                   about ? about : "", "visible", TRUE, NULL);

  gtk_container_add (GTK_CONTAINER (page), group);
  return group;
}

/* ---- what was added is seen ---- */

static guint
count_rows (GtkWidget *list)
{
  g_autoptr (GList) rows = gtk_container_get_children (GTK_CONTAINER (list));

  return g_list_length (rows);
}

static gboolean
scroll_to_last (void *data)
{
  GtkListBox *list = data;
  GtkWidget *view = gtk_widget_get_ancestor (data, GTK_TYPE_VIEWPORT);
  GtkWidget *all = view ? gtk_bin_get_child (GTK_BIN (view)) : NULL;
  GtkWidget *row = GTK_WIDGET (gtk_list_box_get_row_at_index (list, (int) count_rows (data) - 1));
  int y;

  if (all && row && gtk_widget_translate_coordinates (row, all, 0, 0, NULL, &y))
    gtk_adjustment_clamp_page (gtk_scrollable_get_vadjustment (GTK_SCROLLABLE (view)), y,
                               y + gtk_widget_get_allocated_height (row));
  return G_SOURCE_REMOVE;
}

/* Its height is known, what can be scrolled to not before all of the page has one. */
static void
on_placed (GtkWidget *row)
{
  GtkWidget *list = gtk_widget_get_parent (row);
  const guint before = GPOINTER_TO_UINT (g_object_get_data (G_OBJECT (list), ROWS_BEFORE));

  g_signal_handlers_disconnect_by_func (row, on_placed, NULL);
  if (before == 0 || count_rows (list) <= before)
    return;
  g_object_set_data (G_OBJECT (list), ROWS_BEFORE, NULL);
  g_idle_add_full (G_PRIORITY_DEFAULT_IDLE, scroll_to_last, g_object_ref (list), g_object_unref);
}

/* The list may be filled anew for it, and more than once. */
static void
on_adding (GtkWidget *entry)
{
  GtkWidget *list = gtk_widget_get_ancestor (entry, GTK_TYPE_LIST_BOX);

  if (list && gtk_entry_get_text_length (GTK_ENTRY (entry)) > 0)
    g_object_set_data (G_OBJECT (list), ROWS_BEFORE, GUINT_TO_POINTER (count_rows (list)));
}

/* ---- rows ---- */

GtkWidget *
hark_row_plain (GtkWidget *group, const char *title, const char *subtitle)
{
  g_autofree char *name = hark_words_shown (title, TITLE_CHARS); /* of a computer, say */
  g_autofree char *about = hark_words_shown (subtitle ? subtitle : "", SUBTITLE_CHARS);
  GtkWidget *row = g_object_new (HDY_TYPE_ACTION_ROW, "title", name, "subtitle", about,
                                 "subtitle-lines", 0, "title-lines", 0, "visible", TRUE, NULL);

  hark_widget_spoken (row, name);
  gtk_container_add (GTK_CONTAINER (group), row);
  g_signal_connect_after (row, "size-allocate", G_CALLBACK (on_placed), NULL);
  return row;
}

static void
add_control (GtkWidget *row, GtkWidget *control, const char *title)
{
  gtk_widget_set_valign (control, GTK_ALIGN_CENTER);
  gtk_widget_show_all (control);
  hark_widget_spoken (control, title);
  gtk_container_add (GTK_CONTAINER (row), control);
  g_object_set_data (G_OBJECT (control), "hark-row", row);
}

GtkWidget *
hark_row_switch (GtkWidget *group, const char *title, const char *subtitle, bool on)
{
  GtkWidget *row = hark_row_plain (group, title, subtitle);
  GtkWidget *toggle = gtk_switch_new ();

  gtk_switch_set_active (GTK_SWITCH (toggle), on);
  add_control (row, toggle, title);
  hdy_action_row_set_activatable_widget (HDY_ACTION_ROW (row), toggle);
  return toggle;
}

/* (transfer full): for a screen reader: what the row is about and what the button does. */
static char *
say_verb (const char *title, const char *verb)
{
  g_auto (GStrv) parts = g_strsplit (verb, "_", -1); /* where the mnemonics are */
  g_autofree char *plain = g_strjoinv ("", parts);

  return g_strdup_printf ("%s: %s", title, plain);
}

void
hark_row_set_verb (GtkWidget *button, const char *verb)
{
  HdyPreferencesRow *row = g_object_get_data (G_OBJECT (button), "hark-row");
  g_autofree char *spoken = say_verb (hdy_preferences_row_get_title (row), verb);

  gtk_button_set_label (GTK_BUTTON (button), verb);
  hark_widget_spoken (button, spoken);
}

GtkWidget *
hark_row_button (GtkWidget *group, const char *title, const char *subtitle, const char *label)
{
  GtkWidget *row = hark_row_plain (group, title, subtitle);
  GtkWidget *button = gtk_button_new_with_mnemonic (label);

  add_control (row, button, title);
  hark_row_set_verb (button, label);
  hdy_action_row_set_activatable_widget (HDY_ACTION_ROW (row), button);
  return button;
}

static void
on_apply (GtkEntry *entry)
{
  if (gtk_entry_get_text_length (entry) > 0)
    gtk_widget_activate (GTK_WIDGET (entry));
}

GtkWidget *
hark_row_entry (GtkWidget *group, const char *title, const char *hint, const char *verb)
{
  GtkWidget *row = hark_row_plain (group, title, NULL);
  GtkWidget *entry = gtk_entry_new ();
  GtkWidget *button = gtk_button_new_with_mnemonic (verb);
  g_autofree char *spoken = say_verb (title, verb);

  gtk_entry_set_placeholder_text (GTK_ENTRY (entry), hint);
  gtk_entry_set_width_chars (GTK_ENTRY (entry), 10); /* in a narrow window */
  gtk_entry_set_max_width_chars (GTK_ENTRY (entry), 18);
  add_control (row, entry, title);
  add_control (row, button, spoken);
  g_signal_connect_swapped (button, "clicked", G_CALLBACK (on_apply), entry);
  g_signal_connect (entry, "activate", G_CALLBACK (on_adding), NULL);
  return entry;
}

static char *
name_of (void *item, void *data)
{
  (void) data;
  return hdy_value_object_dup_string (item);
}

/* libhandy's list of choices has labels in its rows, and no names for them. */
static void
name_choices (GtkWidget *row, const char *const *names)
{
  GObject *list = gtk_widget_get_template_child (row, HDY_TYPE_COMBO_ROW, "list");

  for (int i = 0; names[i]; i++)
    hark_widget_spoken (GTK_WIDGET (gtk_list_box_get_row_at_index (GTK_LIST_BOX (list), i)),
                        names[i]);
}

GtkWidget *
hark_row_choice (
  GtkWidget *group, const char *title, const char *subtitle, const char *const *names, int selected)
{
  GtkWidget *row
    = g_object_new (HDY_TYPE_COMBO_ROW, "title", title, "subtitle", subtitle ? subtitle : "",
                    "subtitle-lines", 0, "visible", TRUE, NULL);
  g_autoptr (GListStore) model = g_list_store_new (HDY_TYPE_VALUE_OBJECT);

  hark_widget_spoken (row, title);
  for (size_t i = 0; names[i]; i++) {
    g_autoptr (HdyValueObject) name = hdy_value_object_new_string (names[i]);

    g_list_store_append (model, name);
  }
  hdy_combo_row_bind_name_model (HDY_COMBO_ROW (row), G_LIST_MODEL (model), name_of, NULL, NULL);
  name_choices (row, names);
  hdy_combo_row_set_selected_index (HDY_COMBO_ROW (row), selected);
  gtk_container_add (GTK_CONTAINER (group), row);
  return row;
}
