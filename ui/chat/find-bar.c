#include "ui/chat/find-bar.h"

#include "ui/widgets.h"

#include <glib/gi18n.h>

#define RESULTS_MAX 200 /* that one can walk through */

struct _HarkFindBar {
  GtkBin parent_instance;
  HarkClient *client;
  HarkPersonItem *person;
  GtkWidget *bar;
  GtkWidget *entry;
  GtkWidget *count;
  GtkWidget *older;
  GtkWidget *newer;
  GArray *positions; /* uint64_t, newest first */
  guint at;
  GObject *question; /* that is open: an answer to another one finds nobody */
};

G_DEFINE_TYPE (HarkFindBar, hark_find_bar, GTK_TYPE_BIN)

static guint signal_found, signal_closed;

static void
show (HarkFindBar *bar)
{
  guint n = bar->positions->len;
  bool asked = gtk_entry_get_text_length (GTK_ENTRY (bar->entry)) > 0;
  g_autofree char *text = n == RESULTS_MAX
                            ? g_strdup_printf (_ ("%u of %u or more"), bar->at + 1, n)
                          : n > 0 ? g_strdup_printf (_ ("%u of %u"), bar->at + 1, n)
                                  : g_strdup (asked ? _ ("Nothing found") : "");

  hark_widget_text (bar->count, text);
  gtk_widget_set_sensitive (bar->older, n > 0 && bar->at + 1 < n);
  gtk_widget_set_sensitive (bar->newer, n > 0 && bar->at > 0);
  if (n > 0)
    g_signal_emit (bar, signal_found, 0, g_array_index (bar->positions, uint64_t, bar->at));
}

static void
on_results (GObject *owner, const HarkEvent *result)
{
  HarkFindBar *bar = g_object_get_data (owner, "bar");

  g_array_set_size (bar->positions, 0);
  bar->at = 0;
  for (guint i = 0; result->ok && result->messages && i < result->messages->len; i++) {
    const HarkMessage *message = result->messages->pdata[i];

    g_array_append_val (bar->positions, message->position);
  }
  show (bar);
}

static void
on_changed (HarkFindBar *bar)
{
  const char *text = gtk_entry_get_text (GTK_ENTRY (bar->entry));
  HarkCommand *command;

  g_clear_object (&bar->question);
  if (*text == '\0' || !bar->person) {
    g_array_set_size (bar->positions, 0);
    show (bar);
    return;
  }
  command = hark_command_for (HARK_COMMAND_SEARCH, bar->person);
  command->text = g_strdup (text);
  command->limit = RESULTS_MAX;
  bar->question = g_object_new (G_TYPE_OBJECT, NULL);
  g_object_set_data (bar->question, "bar", bar);
  hark_client_ask (bar->client, command, bar->question, on_results);
}

static void
on_older (HarkFindBar *bar)
{
  if (bar->at + 1 >= bar->positions->len)
    return;
  bar->at++;
  show (bar);
}

static void
on_newer (HarkFindBar *bar)
{
  if (bar->at == 0)
    return;
  bar->at--;
  show (bar);
}

static void
on_stopped (HarkFindBar *bar)
{
  gtk_search_bar_set_search_mode (GTK_SEARCH_BAR (bar->bar), FALSE);
  g_signal_emit (bar, signal_closed, 0);
}

/* ---- life ---- */

static void
hark_find_bar_dispose (GObject *object)
{
  HarkFindBar *bar = HARK_FIND_BAR (object);

  g_clear_object (&bar->question);
  g_clear_object (&bar->person);
  g_clear_object (&bar->client);
  g_clear_pointer (&bar->positions, g_array_unref);
  G_OBJECT_CLASS (hark_find_bar_parent_class)->dispose (object);
}

static void
hark_find_bar_class_init (HarkFindBarClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = hark_find_bar_dispose;
  signal_closed = g_signal_new ("closed", HARK_TYPE_FIND_BAR, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                                NULL, G_TYPE_NONE, 0);
  signal_found = g_signal_new ("found", HARK_TYPE_FIND_BAR, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                               G_TYPE_NONE, 1, G_TYPE_UINT64);
}

static GtkWidget *
add_button (HarkFindBar *bar, GtkWidget *box, const char *icon, const char *name, GCallback clicked)
{
  GtkWidget *button = gtk_button_new_from_icon_name (icon, GTK_ICON_SIZE_BUTTON);

  hark_widget_name (button, name);
  gtk_widget_set_sensitive (button, FALSE);
  g_signal_connect_object (button, "clicked", clicked, bar, G_CONNECT_SWAPPED);
  gtk_container_add (GTK_CONTAINER (box), button);
  return button;
}

static void
hark_find_bar_init (HarkFindBar *bar)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 6);

  bar->positions = g_array_new (FALSE, FALSE, sizeof (uint64_t));
  bar->bar = gtk_search_bar_new ();
  bar->entry = gtk_search_entry_new ();
  bar->count = gtk_label_new (NULL);
  hark_widget_spoken (bar->entry, _ ("Find in this conversation"));
  gtk_container_add (GTK_CONTAINER (box), bar->entry);
  bar->older = add_button (bar, box, "go-up-symbolic", _ ("Older"), G_CALLBACK (on_older));
  bar->newer = add_button (bar, box, "go-down-symbolic", _ ("Newer"), G_CALLBACK (on_newer));
  gtk_container_add (GTK_CONTAINER (box), bar->count);
  gtk_container_add (GTK_CONTAINER (bar->bar), box);
  gtk_search_bar_connect_entry (GTK_SEARCH_BAR (bar->bar), GTK_ENTRY (bar->entry));
  gtk_container_add (GTK_CONTAINER (bar), bar->bar);
  gtk_widget_show_all (bar->bar);
  g_signal_connect_object (bar->entry, "search-changed", G_CALLBACK (on_changed), bar,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (bar->entry, "stop-search", G_CALLBACK (on_stopped), bar,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (bar->entry, "activate", G_CALLBACK (on_older), bar, G_CONNECT_SWAPPED);
}

void
hark_find_bar_set (HarkFindBar *bar, HarkClient *client, HarkPersonItem *person)
{
  g_return_if_fail (HARK_IS_FIND_BAR (bar));

  gtk_search_bar_set_search_mode (GTK_SEARCH_BAR (bar->bar), FALSE);
  g_clear_object (&bar->question);
  g_array_set_size (bar->positions, 0);
  g_set_object (&bar->client, client);
  g_set_object (&bar->person, person);
}

void
hark_find_bar_open (HarkFindBar *bar)
{
  g_return_if_fail (HARK_IS_FIND_BAR (bar));

  gtk_search_bar_set_search_mode (GTK_SEARCH_BAR (bar->bar), bar->person != NULL);
  gtk_widget_grab_focus (bar->entry);
}
