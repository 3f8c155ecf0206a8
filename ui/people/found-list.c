#include "ui/people/found-list.h"

#include "ui/fence.h"
#include "ui/model/chats.h"
#include "ui/widgets.h"
#include "ui/words/shown.h"
#include "ui/words/times.h"

#include <glib/gi18n.h>
#include <string.h>

#define LETTERS_MIN 2
#define SIGNS 0x2000 /* from here on one character says something: an emoji, a Chinese word */
#define RESULTS_MAX 50
#define BEFORE_MAX 24 /* characters of the message in front of what was found */
#define BEHIND_MAX 100

struct _HarkFoundList {
  GtkBox parent_instance;
  HarkClient *client;
  GtkWidget *list;
  GObject *question; /* that is open: an answer to another one finds nobody */
};

G_DEFINE_TYPE (HarkFoundList, hark_found_list, GTK_TYPE_BOX)

static guint signal_found;

/* ---- rows ---- */

static char *
piece (const char *from, const char *to)
{
  g_autofree char *bytes = g_strndup (from, (size_t) (to - from));
  char *shown = hark_words_shown (bytes, BEHIND_MAX);

  return g_strdelimit (shown, "\r\n\t", ' ');
}

/* What was found, in bold between what stands around it. */
static void
show_match (HarkClient *client, GtkWidget *label, const HarkMessage *message)
{
  const char *text = message->text ? message->text : "";
  const size_t len = strlen (text);
  const HarkMatch *match
    = message->matches && message->matches->len > 0 ? (void *) message->matches->data : NULL;
  const char *start = match && match->start <= len ? text + match->start : text;
  const char *end
    = match && match->len <= len - (size_t) (start - text) ? start + match->len : start;
  const char *from = start;
  g_autofree char *before = NULL, *found = NULL, *behind = NULL, *whole = NULL;
  PangoAttrList *attributes = pango_attr_list_new ();
  PangoAttribute *bold = pango_attr_weight_new (PANGO_WEIGHT_BOLD);

  for (int i = 0; i < BEFORE_MAX && from > text; i++)
    from = g_utf8_prev_char (from);
  before = piece (from, start);
  found = piece (start, end);
  behind = piece (end, text + len);
  whole = g_strconcat (from > text ? "…" : "", before, found, behind, NULL);
  bold->start_index = (guint) ((from > text ? strlen ("…") : 0) + strlen (before));
  bold->end_index = bold->start_index + (guint) strlen (found);
  pango_attr_list_insert (attributes, bold);
  hark_fence_version (client, label, message, whole);
  gtk_label_set_attributes (GTK_LABEL (label), attributes);
  pango_attr_list_unref (attributes);
}

static GtkWidget *
add_label (GtkWidget *box, const char *text, const char *class, bool expands)
{
  GtkWidget *label = gtk_label_new (text);

  gtk_label_set_xalign (GTK_LABEL (label), 0);
  gtk_label_set_ellipsize (GTK_LABEL (label), PANGO_ELLIPSIZE_END);
  hark_widget_class (label, class, true);
  gtk_box_pack_start (GTK_BOX (box), label, expands, TRUE, 0);
  return label;
}

static GtkWidget *
new_row (HarkFoundList *list, HarkPersonItem *person, const HarkMessage *message)
{
  GtkWidget *row = gtk_list_box_row_new ();
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 2);
  GtkWidget *head = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 6);
  const int64_t now_ms = g_get_real_time () / 1000;
  g_autofree char *day = hark_words_same_day (message->sent_ms, now_ms)
                           ? hark_words_time (message->sent_ms)
                           : hark_words_day (message->sent_ms, now_ms);
  g_autofree char *spoken = NULL;
  GtkWidget *line;

  g_object_set (box, "margin-start", 12, "margin-end", 12, "margin-top", 6, "margin-bottom", 6,
                NULL);
  add_label (head, hark_person_item_get (person)->name, "name", true);
  gtk_label_set_ellipsize (GTK_LABEL (add_label (head, day, "dim-label", false)),
                           PANGO_ELLIPSIZE_NONE);
  gtk_container_add (GTK_CONTAINER (box), head);
  line = add_label (box, NULL, "dim-label", false);
  gtk_label_set_max_width_chars (GTK_LABEL (line), 24);
  if (hark_fence_hides (list->client, message))
    gtk_label_set_text (GTK_LABEL (line), hark_fence_words ());
  else
    show_match (list->client, line, message);
  spoken = g_strdup_printf ("%s, %s. %s", hark_chats_name_of (list->client, person, message), day,
                            gtk_label_get_text (GTK_LABEL (line)));
  hark_widget_spoken (row, spoken);
  gtk_container_add (GTK_CONTAINER (row), box);
  g_object_set_data_full (G_OBJECT (row), "hark-person", g_object_ref (person), g_object_unref);
  g_object_set_data_full (G_OBJECT (row), "hark-position",
                          g_memdup2 (&message->position, sizeof message->position), g_free);
  gtk_widget_show_all (row);
  return row;
}

static void
on_row (HarkFoundList *list, GObject *row)
{
  g_signal_emit (list, signal_found, 0, g_object_get_data (row, "hark-person"),
                 *(uint64_t *) g_object_get_data (row, "hark-position"));
}

/* ---- looking ---- */

static void
clear (HarkFoundList *list)
{
  g_autoptr (GList) rows = gtk_container_get_children (GTK_CONTAINER (list->list));

  for (GList *at = rows; at; at = at->next)
    gtk_widget_destroy (at->data);
  gtk_widget_hide (GTK_WIDGET (list));
}

static void
on_results (GObject *owner, const HarkEvent *result)
{
  HarkFoundList *list = g_object_get_data (owner, "list");

  clear (list);
  for (guint i = 0; result->ok && result->messages && i < result->messages->len; i++) {
    const HarkMessage *message = result->messages->pdata[i];
    HarkPersonItem *person = hark_chats_find (list->client, message);

    if (!person)
      continue;
    gtk_container_add (GTK_CONTAINER (list->list), new_row (list, person, message));
    gtk_widget_show (GTK_WIDGET (list));
  }
}

static bool
is_enough (const char *text)
{
  return g_utf8_strlen (text, -1) >= LETTERS_MIN || g_utf8_get_char (text) >= SIGNS;
}

void
hark_found_list_look_for (HarkFoundList *list, const char *text)
{
  HarkCommand *command;

  g_return_if_fail (HARK_IS_FOUND_LIST (list));

  g_clear_object (&list->question);
  if (!is_enough (text) || !hark_client_get_engine (list->client)) {
    clear (list);
    return;
  }
  command = hark_command_new (HARK_COMMAND_SEARCH);
  command->text = g_strdup (text);
  command->limit = RESULTS_MAX;
  list->question = g_object_new (G_TYPE_OBJECT, NULL);
  g_object_set_data (list->question, "list", list);
  hark_client_ask (list->client, command, list->question, on_results);
}

/* ---- life ---- */

static void
hark_found_list_dispose (GObject *object)
{
  g_clear_object (&HARK_FOUND_LIST (object)->question);
  g_clear_object (&HARK_FOUND_LIST (object)->client);
  G_OBJECT_CLASS (hark_found_list_parent_class)->dispose (object);
}

static void
hark_found_list_class_init (HarkFoundListClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = hark_found_list_dispose;
  signal_found = g_signal_new ("found", HARK_TYPE_FOUND_LIST, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                               NULL, G_TYPE_NONE, 2, HARK_TYPE_PERSON_ITEM, G_TYPE_UINT64);
}

static void
hark_found_list_init (HarkFoundList *list)
{
  GtkWidget *title = gtk_label_new (_ ("Messages"));

  gtk_orientable_set_orientation (GTK_ORIENTABLE (list), GTK_ORIENTATION_VERTICAL);
  gtk_label_set_xalign (GTK_LABEL (title), 0);
  g_object_set (title, "margin-start", 12, "margin-top", 12, "margin-bottom", 4, NULL);
  hark_widget_class (title, "dim-label", true);
  list->list = gtk_list_box_new ();
  hark_widget_spoken (list->list, _ ("Messages"));
  gtk_list_box_set_selection_mode (GTK_LIST_BOX (list->list), GTK_SELECTION_NONE);
  g_signal_connect_swapped (list->list, "row-activated", G_CALLBACK (on_row), list);
  gtk_container_add (GTK_CONTAINER (list), title);
  gtk_container_add (GTK_CONTAINER (list), list->list);
  gtk_widget_show (title);
  gtk_widget_show (list->list);
}

void
hark_found_list_set_client (HarkFoundList *list, HarkClient *client)
{
  g_return_if_fail (HARK_IS_FOUND_LIST (list) && !list->client);

  list->client = g_object_ref (client);
}
