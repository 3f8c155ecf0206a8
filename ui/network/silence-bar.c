#include "ui/network/silence-bar.h"

#include "ui/widgets.h"

#include <glib/gi18n.h>

struct _HarkSilenceBar {
  GtkInfoBar parent_instance;
  HarkClient *client;
  guint timer;   /* 0: nothing was sent since the engine was heard */
  bool is_heard; /* since the timer began */
  bool is_asked;
};

G_DEFINE_TYPE (HarkSilenceBar, hark_silence_bar, GTK_TYPE_INFO_BAR)

static gboolean
on_passed (void *data)
{
  HarkSilenceBar *bar = data;

  bar->timer = 0;
  hark_silence_bar_pass (bar);
  return G_SOURCE_REMOVE;
}

/* What waits in the main loop is heard first. */
static void
begin (HarkSilenceBar *bar)
{
  bar->is_heard = false;
  bar->timer = g_timeout_add_seconds_full (G_PRIORITY_LOW, HARK_SILENCE_S, on_passed, bar, NULL);
}

static void
on_sent (HarkSilenceBar *bar)
{
  if (bar->timer == 0)
    begin (bar);
}

static void
on_heard (HarkSilenceBar *bar)
{
  bar->is_heard = true;
  if (gtk_info_bar_get_revealed (GTK_INFO_BAR (bar))) {
    gtk_info_bar_set_revealed (GTK_INFO_BAR (bar), FALSE);
    gtk_widget_hide (GTK_WIDGET (bar));
  }
}

static void
on_answered (GObject *owner, const HarkEvent *result)
{
  (void) owner; /* on_heard() has heard it */
  (void) result;
}

void
hark_silence_bar_pass (HarkSilenceBar *bar)
{
  g_return_if_fail (HARK_IS_SILENCE_BAR (bar));

  g_clear_handle_id (&bar->timer, g_source_remove);
  if (bar->is_heard || !hark_client_get_engine (bar->client)) {
    bar->is_asked = false;
  } else if (!bar->is_asked) {
    bar->is_asked = true;
    begin (bar);
    hark_client_ask (bar->client, hark_command_new (HARK_COMMAND_ADDRESSES), G_OBJECT (bar),
                     on_answered);
  } else {
    bar->is_asked = false;
    gtk_widget_show (GTK_WIDGET (bar));
    gtk_info_bar_set_revealed (GTK_INFO_BAR (bar), TRUE);
  }
}

static void
hark_silence_bar_dispose (GObject *object)
{
  HarkSilenceBar *bar = HARK_SILENCE_BAR (object);

  g_clear_handle_id (&bar->timer, g_source_remove);
  g_clear_object (&bar->client);
  G_OBJECT_CLASS (hark_silence_bar_parent_class)->dispose (object);
}

static void
hark_silence_bar_class_init (HarkSilenceBarClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = hark_silence_bar_dispose;
}

static void
hark_silence_bar_init (HarkSilenceBar *bar)
{
  GtkWidget *content = gtk_info_bar_get_content_area (GTK_INFO_BAR (bar));
  GtkWidget *text = hark_widget_add_label (content, "engine-silent", 10);

  gtk_label_set_text (GTK_LABEL (text), _ ("Hark's engine does not answer: what you do now waits "
                                           "for it. If this stays, end Hark and start it again."));
  gtk_label_set_max_width_chars (GTK_LABEL (text), 30); /* else the window folds because of it */
  gtk_container_set_border_width (GTK_CONTAINER (content), 6);
  gtk_info_bar_set_message_type (GTK_INFO_BAR (bar), GTK_MESSAGE_WARNING);
  gtk_info_bar_set_revealed (GTK_INFO_BAR (bar), FALSE);
}

GtkWidget *
hark_silence_bar_new (HarkClient *client)
{
  HarkSilenceBar *bar = g_object_new (HARK_TYPE_SILENCE_BAR, NULL);

  bar->client = g_object_ref (client);
  g_signal_connect_object (client, "sent", G_CALLBACK (on_sent), bar, G_CONNECT_SWAPPED);
  g_signal_connect_object (client, "heard", G_CALLBACK (on_heard), bar, G_CONNECT_SWAPPED);
  return GTK_WIDGET (bar);
}
