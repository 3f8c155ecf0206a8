#include "ui/chat/message-row.h"

#include "ui/chat/file-view.h"
#include "ui/model/chats.h"
#include "ui/widgets.h"
#include "ui/words.h"

#include <string.h>

/* A label lays out all its text at once; a longer one waits for a click. */
#define SHOWN_CHARS 3000

struct _HarkMessageRow {
  GtkListBoxRow parent_instance;
  HarkClient *client;
  HarkPersonItem *person;
  HarkMessageItem *message;
  GtkWidget *bubble;
  GtkWidget *author;
  GtkWidget *icon;
  GtkWidget *text;
  GtkWidget *more;
  GtkWidget *file;
  GtkWidget *foot;
};

G_DEFINE_TYPE (HarkMessageRow, hark_message_row, GTK_TYPE_LIST_BOX_ROW)

static void
show (HarkMessageRow *row)
{
  const HarkMessage *message = hark_message_item_get (row->message);
  const HarkPerson *person = hark_person_item_get (row->person);
  const char *author = hark_chats_name_of (row->client, row->person, message);
  const char *reason = hark_message_item_get_reason (row->message);
  bool told = message->outgoing && message->type == HARK_MESSAGE_IS_TEXT;
  bool waiting = told && message->state == HARK_STATE_QUEUED;
  g_autofree char *time = hark_words_time (message->sent_ms);
  g_autofree char *state = told ? hark_words_state (message, person) : NULL;
  g_autofree char *foot = told ? g_strdup_printf ("%s · %s", time, state) : g_strdup (time);
  g_autofree char *line = hark_words_line (message);
  g_autofree char *spoken = message->outgoing ? g_strdup_printf ("%s, %s", line, foot)
                                              : g_strdup_printf ("%s: %s, %s", author, line, foot);

  gtk_label_set_text (GTK_LABEL (row->author), author);
  gtk_widget_set_visible (row->author, message->has_group && !message->outgoing);
  gtk_label_set_text (GTK_LABEL (row->foot), foot);
  gtk_widget_set_tooltip_text (row->foot, waiting && reason ? reason : NULL);
  hark_widget_class (row->bubble, "waiting", waiting);
  hark_widget_spoken (GTK_WIDGET (row), spoken);
}

static void
show_text (HarkMessageRow *row, size_t chars_max)
{
  const char *text = hark_message_item_get (row->message)->text;
  g_autofree char *shown = hark_words_shown (text, chars_max);

  gtk_label_set_text (GTK_LABEL (row->text), shown);
  gtk_widget_set_visible (row->more, g_utf8_strlen (shown, -1) > (glong) SHOWN_CHARS
                                       && chars_max == SHOWN_CHARS);
}

static void
on_more (HarkMessageRow *row)
{
  show_text (row, SIZE_MAX / 8);
}

static void
hark_message_row_dispose (GObject *object)
{
  HarkMessageRow *row = HARK_MESSAGE_ROW (object);

  g_clear_object (&row->client);
  g_clear_object (&row->person);
  g_clear_object (&row->message);
  G_OBJECT_CLASS (hark_message_row_parent_class)->dispose (object);
}

static void
hark_message_row_class_init (HarkMessageRowClass *klass)
{
  GtkWidgetClass *widgets = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = hark_message_row_dispose;
  g_type_ensure (HARK_TYPE_FILE_VIEW);
  gtk_widget_class_set_template_from_resource (widgets, "/org/hark/Hark/message-row.ui");
  gtk_widget_class_bind_template_child (widgets, HarkMessageRow, bubble);
  gtk_widget_class_bind_template_child (widgets, HarkMessageRow, author);
  gtk_widget_class_bind_template_child (widgets, HarkMessageRow, icon);
  gtk_widget_class_bind_template_child (widgets, HarkMessageRow, text);
  gtk_widget_class_bind_template_child (widgets, HarkMessageRow, more);
  gtk_widget_class_bind_template_child (widgets, HarkMessageRow, file);
  gtk_widget_class_bind_template_child (widgets, HarkMessageRow, foot);
  gtk_widget_class_bind_template_callback (widgets, on_more);
}

static void
hark_message_row_init (HarkMessageRow *row)
{
  gtk_widget_init_template (GTK_WIDGET (row));
  hark_widget_spoken (row->icon, "Call");
  hark_widget_plain_breaks (row->text);
}

static void
show_call (HarkMessageRow *row, const HarkMessage *message)
{
  g_autofree char *words = hark_words_call_row (message);
  const char *icon = "call-missed-symbolic";

  if (message->outgoing)
    icon = "call-outgoing-symbolic";
  else if (message->ref > 0)
    icon = "call-incoming-symbolic";
  gtk_image_set_from_icon_name (GTK_IMAGE (row->icon), icon, GTK_ICON_SIZE_BUTTON);
  gtk_widget_show (row->icon);
  gtk_label_set_text (GTK_LABEL (row->text), words);
}

GtkWidget *
hark_message_row_new (HarkClient *client, HarkPersonItem *person, HarkMessageItem *message)
{
  HarkMessageRow *row = g_object_new (HARK_TYPE_MESSAGE_ROW, NULL);
  const HarkMessage *value = hark_message_item_get (message);

  row->client = g_object_ref (client);
  row->person = g_object_ref (person);
  row->message = g_object_ref (message);
  gtk_widget_set_halign (row->bubble, value->outgoing ? GTK_ALIGN_END : GTK_ALIGN_START);
  hark_widget_class (row->bubble, value->outgoing ? "out" : "in", true);
  if (value->type == HARK_MESSAGE_IS_FILE) {
    hark_file_view_set (HARK_FILE_VIEW (row->file), client, person, message);
    gtk_widget_show (row->file);
    gtk_widget_hide (row->text);
  } else if (value->type == HARK_MESSAGE_IS_CALL) {
    show_call (row, value);
  } else {
    show_text (row, SHOWN_CHARS);
  }
  g_signal_connect_object (message, "changed", G_CALLBACK (show), row, G_CONNECT_SWAPPED);
  if (value->outgoing) /* what it waits for depends on them */
    g_signal_connect_object (person, "changed", G_CALLBACK (show), row, G_CONNECT_SWAPPED);
  show (row);
  return GTK_WIDGET (row);
}

const HarkMessage *
hark_message_row_get_message (HarkMessageRow *row)
{
  g_return_val_if_fail (HARK_IS_MESSAGE_ROW (row), NULL);

  return hark_message_item_get (row->message);
}
