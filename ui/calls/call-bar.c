#include "ui/calls/call-bar.h"

#include "ui/desktop/sounds.h"
#include "ui/model/chats.h"
#include "ui/people/safety-dialog.h"
#include "ui/widgets.h"
#include "ui/words.h"

#include <glib/gi18n.h>

#define ENDED_SHOWN_S 4
#define RING_S 2 /* from one sound of the desktop's bell to the next */

struct _HarkCallBar {
  GtkBin parent_instance;
  HarkClient *client;
  HarkCallItem *call;
  gulong call_changed;
  GtkWidget *revealer;
  GtkWidget *bar;
  GtkWidget *icon;
  GtkWidget *who;
  GtkWidget *quality;
  GtkWidget *answer;
  GtkWidget *decline;
  GtkWidget *words;
  GtkWidget *compare;
  GtkWidget *mute;
  GtkWidget *mute_icon;
  GtkWidget *hangup;
  guint tick;
  guint hide;
  guint ring;
};

G_DEFINE_TYPE (HarkCallBar, hark_call_bar, GTK_TYPE_BIN)

static void
show_words (HarkCallBar *bar)
{
  const HarkCall *call = hark_call_item_get (bar->call);
  const HarkCallStats *stats = hark_call_item_get_stats (bar->call);
  HarkPersonItem *person = hark_client_find (bar->client, call->contact);
  const char *name = person ? hark_person_item_get (person)->name : _ ("Somebody");
  g_autofree char *words = hark_words_call (call, name, hark_call_item_get_seconds (bar->call));
  g_autofree char *quality
    = stats && call->phase == HARK_ACTIVE ? hark_words_quality (stats) : NULL;

  gtk_label_set_text (GTK_LABEL (bar->who), words);
  gtk_label_set_text (GTK_LABEL (bar->quality), quality ? quality : "");
  gtk_widget_set_visible (bar->quality, quality != NULL);
}

static gboolean
on_tick (void *data)
{
  show_words (data);
  return G_SOURCE_CONTINUE;
}

static gboolean
on_hide (void *data)
{
  HarkCallBar *bar = data;

  bar->hide = 0;
  gtk_revealer_set_reveal_child (GTK_REVEALER (bar->revealer), FALSE);
  return G_SOURCE_REMOVE;
}

static gboolean
on_ring (void *data)
{
  hark_sounds_ring (gtk_widget_get_display (GTK_WIDGET (data)));
  return G_SOURCE_CONTINUE;
}

static void
set_ringing (HarkCallBar *bar, bool ringing)
{
  if (ringing && bar->ring == 0) {
    on_ring (bar);
    bar->ring = g_timeout_add_seconds (RING_S, on_ring, bar);
  } else if (!ringing) {
    g_clear_handle_id (&bar->ring, g_source_remove);
  }
}

static void
set_timers (HarkCallBar *bar, HarkCallPhase phase)
{
  bool counting = phase == HARK_ACTIVE || phase == HARK_HELD;

  if (counting && bar->tick == 0)
    bar->tick = g_timeout_add_seconds (1, on_tick, bar);
  else if (!counting)
    g_clear_handle_id (&bar->tick, g_source_remove);
  g_clear_handle_id (&bar->hide, g_source_remove);
  if (phase == HARK_ENDED)
    bar->hide = g_timeout_add_seconds (ENDED_SHOWN_S, on_hide, bar);
}

static void
show_mute (HarkCallBar *bar, const HarkCall *call)
{
  gtk_image_set_from_icon_name (GTK_IMAGE (bar->mute_icon),
                                call->muted ? "microphone-disabled-symbolic"
                                            : "audio-input-microphone-symbolic",
                                GTK_ICON_SIZE_BUTTON);
  hark_widget_name (bar->mute,
                    call->muted ? _ ("Unmute the microphone") : _ ("Mute the microphone"));
  hark_widget_class (bar->mute, "muted", call->muted);
}

/* Offered until it is known who it is; the words themselves as soon as there are some. */
static void
show_compare (HarkCallBar *bar, const HarkCall *call)
{
  HarkPersonItem *person = hark_client_find (bar->client, call->contact);
  const char *words = person ? hark_chats_words (person) : NULL;
  bool open = call->phase == HARK_ACTIVE && person && hark_person_item_get (person)->verified == 0;
  g_autofree char *text = words ? g_strdup_printf (_ ("Say to each other: %s"), words) : NULL;

  gtk_label_set_text (GTK_LABEL (bar->words), text ? text : "");
  gtk_widget_set_visible (bar->words, open && text);
  gtk_widget_set_visible (bar->compare, open);
}

static void
show (HarkCallBar *bar)
{
  const HarkCall *call = hark_call_item_get (bar->call);
  bool incoming = call->phase == HARK_RINGING && !call->outgoing;
  bool ended = call->phase == HARK_ENDED;

  show_words (bar);
  show_mute (bar, call);
  show_compare (bar, call);
  gtk_widget_set_visible (bar->answer, incoming);
  gtk_widget_set_visible (bar->decline, incoming);
  gtk_widget_set_visible (bar->mute, call->phase == HARK_ACTIVE || call->phase == HARK_HELD);
  gtk_widget_set_visible (bar->hangup, !incoming && !ended);
  hark_widget_class (bar->bar, "ringing", incoming);
  hark_widget_class (bar->bar, "ended", ended);
  gtk_revealer_set_reveal_child (GTK_REVEALER (bar->revealer), TRUE);
  set_timers (bar, call->phase);
  set_ringing (bar, incoming);
}

static void
on_call (HarkCallBar *bar)
{
  HarkCallItem *call = hark_client_get_call (bar->client);

  if (call == bar->call)
    return; /* it says itself what changed */
  if (bar->call)
    g_clear_signal_handler (&bar->call_changed, bar->call);
  g_set_object (&bar->call, call);
  bar->call_changed
    = g_signal_connect_object (call, "changed", G_CALLBACK (show), bar, G_CONNECT_SWAPPED);
  show (bar);
}

static void
on_told (HarkCallBar *bar, const HarkEvent *event)
{
  if (event->kind == HARK_EVENT_WORDS && bar->call)
    show_compare (bar, hark_call_item_get (bar->call));
}

static void
on_answer (HarkCallBar *bar)
{
  hark_client_send_call (bar->client, HARK_COMMAND_ANSWER);
}

static void
on_hangup (HarkCallBar *bar)
{
  hark_client_send_call (bar->client, HARK_COMMAND_HANGUP);
}

/* Both read three words to each other: then they know that nobody is between them. */
static void
on_compare (HarkCallBar *bar)
{
  HarkPersonItem *person = hark_client_find (bar->client, hark_call_item_get (bar->call)->contact);
  GtkWidget *top = gtk_widget_get_toplevel (GTK_WIDGET (bar));
  GtkWidget *dialog;

  if (!person)
    return;
  dialog = hark_safety_dialog_new (GTK_WINDOW (top), bar->client, person);
  hark_safety_dialog_show_words (HARK_SAFETY_DIALOG (dialog));
  gtk_window_present (GTK_WINDOW (dialog));
}

static void
on_mute (HarkCallBar *bar)
{
  bool muted = hark_call_item_get (bar->call)->muted;

  hark_client_send_call (bar->client, muted ? HARK_COMMAND_UNMUTE : HARK_COMMAND_MUTE);
}

static void
hark_call_bar_dispose (GObject *object)
{
  HarkCallBar *bar = HARK_CALL_BAR (object);

  g_clear_handle_id (&bar->tick, g_source_remove);
  g_clear_handle_id (&bar->hide, g_source_remove);
  g_clear_handle_id (&bar->ring, g_source_remove);
  if (bar->call)
    g_clear_signal_handler (&bar->call_changed, bar->call);
  g_clear_object (&bar->call);
  g_clear_object (&bar->client);
  G_OBJECT_CLASS (hark_call_bar_parent_class)->dispose (object);
}

static void
hark_call_bar_class_init (HarkCallBarClass *klass)
{
  GtkWidgetClass *widgets = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = hark_call_bar_dispose;
  gtk_widget_class_set_template_from_resource (widgets, "/org/hark/Hark/call-bar.ui");
  gtk_widget_class_bind_template_child (widgets, HarkCallBar, revealer);
  gtk_widget_class_bind_template_child (widgets, HarkCallBar, bar);
  gtk_widget_class_bind_template_child (widgets, HarkCallBar, icon);
  gtk_widget_class_bind_template_child (widgets, HarkCallBar, who);
  gtk_widget_class_bind_template_child (widgets, HarkCallBar, quality);
  gtk_widget_class_bind_template_child (widgets, HarkCallBar, answer);
  gtk_widget_class_bind_template_child (widgets, HarkCallBar, decline);
  gtk_widget_class_bind_template_child (widgets, HarkCallBar, words);
  gtk_widget_class_bind_template_child (widgets, HarkCallBar, compare);
  gtk_widget_class_bind_template_child (widgets, HarkCallBar, mute);
  gtk_widget_class_bind_template_child (widgets, HarkCallBar, mute_icon);
  gtk_widget_class_bind_template_child (widgets, HarkCallBar, hangup);
  gtk_widget_class_bind_template_callback (widgets, on_answer);
  gtk_widget_class_bind_template_callback (widgets, on_hangup);
  gtk_widget_class_bind_template_callback (widgets, on_mute);
  gtk_widget_class_bind_template_callback (widgets, on_compare);
}

static void
hark_call_bar_init (HarkCallBar *bar)
{
  gtk_widget_init_template (GTK_WIDGET (bar));
  hark_widget_spoken (bar->icon, _ ("Call"));
}

void
hark_call_bar_set_client (HarkCallBar *bar, HarkClient *client)
{
  g_return_if_fail (HARK_IS_CALL_BAR (bar) && HARK_IS_CLIENT (client));

  bar->client = g_object_ref (client);
  g_signal_connect_object (client, "call", G_CALLBACK (on_call), bar, G_CONNECT_SWAPPED);
  g_signal_connect_object (client, "told", G_CALLBACK (on_told), bar, G_CONNECT_SWAPPED);
}
