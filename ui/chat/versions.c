#include "ui/chat/versions.h"

#include "ui/fence.h"
#include "ui/widgets.h"
#include "ui/words/shown.h"
#include "ui/words/times.h"

#include <glib/gi18n.h>
#include <string.h>

#define SHOWN_CHARS 2000
#define CLIENT "hark-client" /* at the popover */

static GtkWidget *
add_label (GtkWidget *box, const char *text, const char *class_name)
{
  GtkWidget *label = gtk_label_new (text);

  gtk_label_set_xalign (GTK_LABEL (label), 0);
  hark_widget_wrap (label);
  gtk_label_set_max_width_chars (GTK_LABEL (label), 44);
  gtk_label_set_selectable (GTK_LABEL (label), TRUE);
  hark_widget_plain_breaks (label);
  if (class_name)
    hark_widget_class (label, class_name, true);
  gtk_container_add (GTK_CONTAINER (box), label);
  return label;
}

static GtkWidget *
make_list (HarkClient *client, GPtrArray *messages)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 4);
  int64_t now_ms = g_get_real_time () / 1000;

  gtk_widget_set_margin_start (box, 12);
  gtk_widget_set_margin_end (box, 12);
  gtk_widget_set_margin_top (box, 12);
  gtk_widget_set_margin_bottom (box, 12);
  for (guint i = 0; i < messages->len; i++) {
    const HarkMessage *message = messages->pdata[i];
    g_autofree char *day = hark_words_day (message->sent_ms, now_ms);
    g_autofree char *time = hark_words_time (message->sent_ms);
    g_autofree char *head = i == 0 ? g_strdup_printf (_ ("Written, %s at %s"), day, time)
                                   : g_strdup_printf (_ ("Edited, %s at %s"), day, time);
    g_autofree char *text = hark_words_shown (message->text, SHOWN_CHARS);

    add_label (box, head, "foot");
    hark_fence_version (client, add_label (box, NULL, NULL), message, text);
  }
  return box;
}

static void
on_versions (GObject *owner, const HarkEvent *result)
{
  GtkWidget *popover = GTK_WIDGET (owner);
  GtkWidget *scroller;

  if (!result->ok || !result->messages) {
    gtk_widget_destroy (popover);
    return;
  }
  scroller = gtk_scrolled_window_new (NULL, NULL);
  gtk_scrolled_window_set_policy (GTK_SCROLLED_WINDOW (scroller), GTK_POLICY_NEVER,
                                  GTK_POLICY_AUTOMATIC);
  gtk_scrolled_window_set_propagate_natural_height (GTK_SCROLLED_WINDOW (scroller), TRUE);
  gtk_scrolled_window_set_max_content_height (GTK_SCROLLED_WINDOW (scroller), 320);
  gtk_container_add (GTK_CONTAINER (scroller),
                     make_list (g_object_get_data (owner, CLIENT), result->messages));
  gtk_container_add (GTK_CONTAINER (popover), scroller);
  gtk_widget_show_all (scroller);
  hark_widget_popup_once (popover);
}

void
hark_versions_popup (GtkWidget *at,
                     HarkClient *client,
                     HarkPersonItem *person,
                     HarkMessageItem *message)
{
  GtkWidget *popover = gtk_popover_new (at);
  HarkCommand *command = hark_command_for (HARK_COMMAND_EDITS, person);

  hark_widget_spoken (popover, _ ("Every version of the message"));
  memcpy (command->id, hark_message_item_get (message)->id, sizeof command->id);
  g_object_set_data_full (G_OBJECT (popover), CLIENT, g_object_ref (client), g_object_unref);
  hark_client_ask (client, command, G_OBJECT (popover), on_versions);
}
