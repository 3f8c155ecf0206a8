#include "ui/chat/recorder-bar.h"

#include "ui/widgets.h"

#include <glib/gi18n.h>
#define QUIET_DBFS (-60.0)

struct _HarkRecorderBar {
  GtkBox parent_instance;
  GtkWidget *cancel;
  GtkWidget *level;
  GtkWidget *time;
  GtkWidget *send;
};

G_DEFINE_TYPE (HarkRecorderBar, hark_recorder_bar, GTK_TYPE_BOX)

enum { SIGNAL_STOP, SIGNAL_CANCEL, N_SIGNALS };
static guint signals[N_SIGNALS];

static void
on_cancel (HarkRecorderBar *bar)
{
  g_signal_emit (bar, signals[SIGNAL_CANCEL], 0);
}

static void
on_send (HarkRecorderBar *bar)
{
  g_signal_emit (bar, signals[SIGNAL_STOP], 0);
}

static gboolean
on_key (HarkRecorderBar *bar, GdkEventKey *event)
{
  if (event->keyval != GDK_KEY_Escape)
    return GDK_EVENT_PROPAGATE;
  on_cancel (bar);
  return GDK_EVENT_STOP;
}

static void
hark_recorder_bar_class_init (HarkRecorderBarClass *klass)
{
  static const char *const names[] = {"stop", "cancel"};

  (void) klass;

  for (guint i = 0; i < N_SIGNALS; i++)
    signals[i] = g_signal_new (names[i], HARK_TYPE_RECORDER_BAR, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                               NULL, G_TYPE_NONE, 0);
}

static void
hark_recorder_bar_init (HarkRecorderBar *bar)
{
  gtk_box_set_spacing (GTK_BOX (bar), 10);
  gtk_widget_set_margin_top (GTK_WIDGET (bar), 8);
  gtk_widget_set_margin_bottom (GTK_WIDGET (bar), 8);
  gtk_widget_set_margin_start (GTK_WIDGET (bar), 12);
  gtk_widget_set_margin_end (GTK_WIDGET (bar), 12);
  bar->cancel = gtk_button_new_from_icon_name ("user-trash-symbolic", GTK_ICON_SIZE_BUTTON);
  hark_widget_name (bar->cancel, _ ("Throw the voice message away"));
  bar->level = gtk_level_bar_new ();
  gtk_widget_set_valign (bar->level, GTK_ALIGN_CENTER);
  hark_widget_spoken (bar->level, _ ("How loud the microphone hears you"));
  bar->time = gtk_label_new ("0:00");
  bar->send = gtk_button_new_from_icon_name ("hark-send-symbolic", GTK_ICON_SIZE_BUTTON);
  hark_widget_name (bar->send, _ ("Send the voice message"));
  hark_widget_class (bar->send, "suggested-action", true);
  gtk_box_pack_start (GTK_BOX (bar), bar->cancel, FALSE, FALSE, 0);
  gtk_box_pack_start (GTK_BOX (bar), bar->level, TRUE, TRUE, 0);
  gtk_box_pack_start (GTK_BOX (bar), bar->time, FALSE, FALSE, 0);
  gtk_box_pack_start (GTK_BOX (bar), bar->send, FALSE, FALSE, 0);
  g_signal_connect_swapped (bar->cancel, "clicked", G_CALLBACK (on_cancel), bar);
  g_signal_connect_swapped (bar->send, "clicked", G_CALLBACK (on_send), bar);
  g_signal_connect (bar, "key-press-event", G_CALLBACK (on_key), NULL);
  gtk_widget_show_all (GTK_WIDGET (bar));
  gtk_widget_hide (GTK_WIDGET (bar));
  gtk_widget_set_no_show_all (GTK_WIDGET (bar), TRUE);
}

GtkWidget *
hark_recorder_bar_new (void)
{
  return g_object_new (HARK_TYPE_RECORDER_BAR, NULL);
}

void
hark_recorder_bar_set (HarkRecorderBar *bar, const HarkRecording *recording)
{
  const bool appears = recording && !gtk_widget_get_visible (GTK_WIDGET (bar));
  g_autofree char *time = NULL;

  g_return_if_fail (HARK_IS_RECORDER_BAR (bar));

  gtk_widget_set_visible (GTK_WIDGET (bar), recording != NULL);
  if (!recording)
    return;
  time
    = g_strdup_printf ("%u:%02u", recording->length_ms / 60000, recording->length_ms / 1000 % 60);
  hark_widget_text (bar->time, time);
  gtk_level_bar_set_value (
    GTK_LEVEL_BAR (bar->level),
    recording->phase == HARK_RECORDING_ON ? CLAMP (1 - recording->level / QUIET_DBFS, 0, 1) : 0);
  hark_widget_tip (bar->level, recording->phase == HARK_RECORDING_ON
                                 ? NULL
                                 : _ ("The microphone is closed; what was spoken can be sent."));
  if (appears)
    gtk_widget_grab_focus (bar->send);
}
