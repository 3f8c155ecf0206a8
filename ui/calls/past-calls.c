#include "ui/calls/past-calls.h"

#include "ui/fence.h"
#include "ui/model/calls.h"
#include "ui/model/chats.h"
#include "ui/widgets.h"
#include "ui/words/calls.h"
#include "ui/words/times.h"

#include <glib/gi18n.h>

#define PAGE 40 /* rows: more than a screen shows */

struct _HarkPastCalls {
  GtkDialog parent_instance;
  HarkClient *client;
  GtkWidget *list;
  GtkWidget *nothing;
  uint64_t next; /* where the page below begins; 0: none there, or it was asked for */
};

G_DEFINE_TYPE (HarkPastCalls, hark_past_calls, GTK_TYPE_DIALOG)

static guint signal_opened;

/* ---- rows ---- */

static void
on_again (GtkButton *button, HarkPastCalls *calls)
{
  HarkPersonItem *person = g_object_get_data (G_OBJECT (button), "hark-person");

  hark_client_send_to (
    calls->client,
    hark_person_item_get_group (person) ? HARK_COMMAND_GROUP_CALL : HARK_COMMAND_CALL, person);
  gtk_widget_destroy (GTK_WIDGET (calls));
}

static GtkWidget *
new_again (HarkPastCalls *calls, HarkPersonItem *person)
{
  GtkWidget *button = gtk_button_new_from_icon_name ("call-start-symbolic", GTK_ICON_SIZE_BUTTON);
  g_autofree char *name = g_strdup_printf (_ ("Call %s"), hark_person_item_get (person)->name);

  hark_widget_name (button, name);
  hark_widget_class (button, "flat", true);
  gtk_widget_set_valign (button, GTK_ALIGN_CENTER);
  gtk_widget_set_sensitive (button, hark_person_item_get_group (person)
                                      || hark_client_can_call (calls->client, person));
  g_object_set_data_full (G_OBJECT (button), "hark-person", g_object_ref (person), g_object_unref);
  g_signal_connect (button, "clicked", G_CALLBACK (on_again), calls);
  return button;
}

static GtkWidget *
add_line (GtkWidget *box, const char *text, const char *class)
{
  GtkWidget *label = gtk_label_new (text);

  gtk_label_set_xalign (GTK_LABEL (label), 0);
  gtk_label_set_ellipsize (GTK_LABEL (label), PANGO_ELLIPSIZE_END);
  hark_widget_class (label, class, true);
  gtk_container_add (GTK_CONTAINER (box), label);
  return label;
}

/* "Yesterday 14:03" */
static char *
when (const HarkMessage *message)
{
  const int64_t now_ms = g_get_real_time () / 1000;
  g_autofree char *day = hark_words_day (message->sent_ms, now_ms);
  g_autofree char *time = hark_words_time (message->sent_ms);

  return g_strdup_printf (C_ ("a day and a time", "%s %s"), day, time);
}

static GtkWidget *
new_row (HarkPastCalls *calls, HarkPersonItem *person, const HarkMessage *message)
{
  GtkWidget *row = gtk_list_box_row_new ();
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 12);
  GtkWidget *lines = gtk_box_new (GTK_ORIENTATION_VERTICAL, 2);
  GtkWidget *image;
  const bool missed = hark_words_call_is_missed (message);
  const char *icon = missed              ? "call-missed-symbolic"
                     : message->outgoing ? "call-outgoing-symbolic"
                                         : "call-incoming-symbolic";
  g_autofree char *what = hark_fence_hides (calls->client, message) ? g_strdup (hark_fence_words ())
                                                                    : hark_words_call_row (message);
  g_autofree char *time = when (message);
  g_autofree char *spoken
    = g_strdup_printf ("%s, %s. %s", hark_person_item_get (person)->name, time, what);

  gtk_container_set_border_width (GTK_CONTAINER (box), 6);
  image = gtk_image_new_from_icon_name (icon, GTK_ICON_SIZE_BUTTON);
  hark_widget_spoken (image, what);
  gtk_container_add (GTK_CONTAINER (box), image);
  hark_widget_class (row, "missed", missed);
  add_line (lines, hark_person_item_get (person)->name, "name");
  add_line (lines, what, "what");
  add_line (lines, time, "dim-label");
  gtk_box_pack_start (GTK_BOX (box), lines, TRUE, TRUE, 0);
  gtk_container_add (GTK_CONTAINER (box), new_again (calls, person));
  gtk_container_add (GTK_CONTAINER (row), box);
  hark_widget_spoken (row, spoken);
  g_object_set_data_full (G_OBJECT (row), "hark-person", g_object_ref (person), g_object_unref);
  g_object_set_data_full (G_OBJECT (row), "hark-position",
                          g_memdup2 (&message->position, sizeof message->position), g_free);
  gtk_widget_show_all (row);
  return row;
}

/* Of nobody who is in the list any more: none. */
static void
add_row (HarkPastCalls *calls, const HarkMessage *message, int at)
{
  HarkPersonItem *person = hark_chats_find (calls->client, message);

  if (person)
    gtk_list_box_insert (GTK_LIST_BOX (calls->list), new_row (calls, person, message), at);
}

static void
on_row (HarkPastCalls *calls, GObject *row)
{
  g_autoptr (HarkPersonItem) person = g_object_ref (g_object_get_data (row, "hark-person"));
  const uint64_t position = *(uint64_t *) g_object_get_data (row, "hark-position");

  gtk_widget_hide (GTK_WIDGET (calls));
  g_signal_emit (calls, signal_opened, 0, person, position);
  gtk_widget_destroy (GTK_WIDGET (calls));
}

/* ---- pages ---- */

static void
on_page (GObject *owner, const HarkEvent *result)
{
  HarkPastCalls *calls = HARK_PAST_CALLS (owner);

  for (guint i = 0; result->messages && i < result->messages->len; i++)
    add_row (calls, result->messages->pdata[i], -1);
  calls->next = result->position;
  gtk_label_set_text (GTK_LABEL (calls->nothing),
                      result->ok || !result->text ? _ ("There were no calls yet.") : result->text);
}

static void
ask (HarkPastCalls *calls, uint64_t before)
{
  HarkCommand *command = hark_command_new (HARK_COMMAND_CALLS);

  calls->next = 0;
  command->before = before;
  command->limit = PAGE;
  hark_client_ask (calls->client, command, G_OBJECT (calls), on_page);
}

/* Before the end is reached, so that nobody waits for what is on the disk. */
static void
on_scrolled (GtkAdjustment *adjustment, HarkPastCalls *calls)
{
  const double page = gtk_adjustment_get_page_size (adjustment);

  if (calls->next
      && gtk_adjustment_get_value (adjustment) + 2 * page >= gtk_adjustment_get_upper (adjustment))
    ask (calls, calls->next);
}

static void
on_message (HarkPastCalls *calls, HarkPersonItem *person, HarkMessageItem *message)
{
  (void) person;
  if (hark_message_item_get (message)->type == HARK_MESSAGE_IS_CALL)
    add_row (calls, hark_message_item_get (message), 0);
}

/* ---- life ---- */

static void
hark_past_calls_dispose (GObject *object)
{
  g_clear_object (&HARK_PAST_CALLS (object)->client);
  G_OBJECT_CLASS (hark_past_calls_parent_class)->dispose (object);
}

static void
hark_past_calls_class_init (HarkPastCallsClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = hark_past_calls_dispose;
  signal_opened = g_signal_new ("opened", HARK_TYPE_PAST_CALLS, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                                NULL, G_TYPE_NONE, 2, HARK_TYPE_PERSON_ITEM, G_TYPE_UINT64);
}

static void
hark_past_calls_init (HarkPastCalls *calls)
{
  GtkWidget *content = gtk_dialog_get_content_area (GTK_DIALOG (calls));
  GtkWidget *window = gtk_scrolled_window_new (NULL, NULL);
  GtkAdjustment *adjustment = gtk_scrolled_window_get_vadjustment (GTK_SCROLLED_WINDOW (window));

  calls->list = gtk_list_box_new ();
  hark_widget_spoken (calls->list, _ ("Calls"));
  hark_widget_class (calls->list, "past-calls", true);
  gtk_list_box_set_selection_mode (GTK_LIST_BOX (calls->list), GTK_SELECTION_NONE);
  calls->nothing = gtk_label_new (NULL);
  hark_widget_wrap (calls->nothing);
  gtk_widget_set_margin_top (calls->nothing, 24);
  gtk_widget_show (calls->nothing);
  gtk_list_box_set_placeholder (GTK_LIST_BOX (calls->list), calls->nothing);
  gtk_scrolled_window_set_policy (GTK_SCROLLED_WINDOW (window), GTK_POLICY_NEVER,
                                  GTK_POLICY_AUTOMATIC);
  gtk_container_set_border_width (GTK_CONTAINER (content), 0);
  gtk_container_add (GTK_CONTAINER (window), calls->list);
  gtk_box_pack_start (GTK_BOX (content), window, TRUE, TRUE, 0);
  gtk_widget_show_all (window);
  g_signal_connect_swapped (calls->list, "row-activated", G_CALLBACK (on_row), calls);
  g_signal_connect_object (adjustment, "value-changed", G_CALLBACK (on_scrolled), calls, 0);
  g_signal_connect_object (adjustment, "changed", G_CALLBACK (on_scrolled), calls, 0);
}

GtkWidget *
hark_past_calls_new (GtkWindow *parent, HarkClient *client)
{
  HarkPastCalls *calls = g_object_new (
    HARK_TYPE_PAST_CALLS, "use-header-bar", 1, "title", _ ("Calls"), "transient-for", parent,
    "modal", TRUE, "destroy-with-parent", TRUE, "default-width", 360, "default-height", 600, NULL);

  calls->client = g_object_ref (client);
  g_signal_connect_object (client, "message", G_CALLBACK (on_message), calls, G_CONNECT_SWAPPED);
  hark_widget_fit (GTK_WIDGET (calls));
  ask (calls, 0);
  return GTK_WIDGET (calls);
}
