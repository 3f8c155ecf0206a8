#include "ui/calls/call-buttons.h"

#include "ui/language.h"
#include "ui/widgets.h"

#include <glib/gi18n.h>

struct _HarkCallButtons {
  GtkBox parent_instance;
  HarkClient *client;
  HarkCallItem *call;
  GtkWidget *decline, *answer;
  GtkWidget *mute, *mute_icon;
  GtkWidget *hold, *hold_icon, *hold_text;
  GtkWidget *hangup;
  GtkWidget *again, *record;
  bool beside_row;
};

G_DEFINE_TYPE (HarkCallButtons, hark_call_buttons, GTK_TYPE_BOX)

enum { SIGNAL_ANSWERED, SIGNAL_RECORD, N_SIGNALS };
static guint signals[N_SIGNALS];

static HarkPersonItem *
person_of (HarkCallButtons *buttons, HarkCallItem *call)
{
  return call ? hark_client_find (buttons->client, hark_call_item_get (call)->contact) : NULL;
}

/* ---- what it looks like ---- */

static void
show_mute (HarkCallButtons *buttons, const HarkCall *call)
{
  hark_widget_icon (buttons->mute_icon,
                    call->muted ? "microphone-disabled-symbolic"
                                : "audio-input-microphone-symbolic",
                    GTK_ICON_SIZE_BUTTON);
  hark_widget_name (buttons->mute,
                    call->muted ? _ ("Unmute the microphone") : _ ("Mute the microphone"));
  hark_widget_class (buttons->mute, "muted", call->muted);
}

/* With another call, taking one back puts that one on hold. */
static char *
hold_words (HarkCallButtons *buttons, const HarkCall *call)
{
  HarkPersonItem *other
    = person_of (buttons, hark_client_get_other_call (buttons->client, buttons->call));
  HarkPersonItem *person = person_of (buttons, buttons->call);
  g_autofree char *name
    = hark_language_apart (person ? hark_person_item_get (person)->name : _ ("Somebody"));
  g_autofree char *held = NULL;

  if (!call->held_here)
    return g_strdup (_ ("Put the call on hold"));
  if (!other)
    return g_strdup (_ ("Take the call back"));
  held = hark_language_apart (hark_person_item_get (other)->name);
  return g_strdup_printf (_ ("Swap: talk to %s, put %s on hold"), name, held);
}

static void
show_hold (HarkCallButtons *buttons, const HarkCall *call)
{
  bool swaps
    = call->held_here && hark_client_get_other_call (buttons->client, buttons->call) != NULL;
  const char *icon = swaps             ? "media-playlist-repeat-symbolic"
                     : call->held_here ? "media-playback-start-symbolic"
                                       : "media-playback-pause-symbolic";
  g_autofree char *words = hold_words (buttons, call);

  hark_widget_icon (buttons->hold_icon, icon, GTK_ICON_SIZE_BUTTON);
  hark_widget_text (buttons->hold_text, swaps ? _ ("Swap") : _ ("Resume"));
  gtk_widget_set_visible (buttons->hold_text, call->held_here);
  hark_widget_name (buttons->hold, words);
  hark_widget_class (buttons->hold, "suggested-action", call->held_here);
  hark_widget_class (buttons->hold, "plain", !call->held_here);
}

void
hark_call_buttons_show (HarkCallButtons *buttons, HarkCallItem *item)
{
  const HarkCall *call = hark_call_item_get (item);
  bool rings = hark_call_item_is_ringing (item);
  bool over = hark_call_item_is_over (item);
  bool on = hark_call_item_is_on (item);
  bool missed = hark_call_item_is_missed (item);
  bool offers;

  g_return_if_fail (HARK_IS_CALL_BUTTONS (buttons));

  g_set_object (&buttons->call, item);
  offers = !buttons->beside_row && over && (missed || call->unanswered)
           && person_of (buttons, item) != NULL;
  hark_widget_button_text (buttons->answer, hark_client_get_other_call (buttons->client, item)
                                              ? _ ("Hold and Answer")
                                              : _ ("Answer"));
  hark_widget_button_text (buttons->again, missed ? _ ("Call Back") : _ ("Call Again"));
  gtk_widget_set_visible (buttons->answer, rings);
  gtk_widget_set_visible (buttons->decline, rings);
  gtk_widget_set_visible (buttons->mute, on && !call->held_here);
  gtk_widget_set_visible (buttons->hold, on && (call->held_here || !call->reconnecting));
  gtk_widget_set_visible (buttons->hangup, !rings && !over);
  gtk_widget_set_visible (buttons->again, offers);
  gtk_widget_set_visible (buttons->record, offers);
  show_mute (buttons, call);
  show_hold (buttons, call);
}

/* ---- clicks ---- */

static void
on_answer (HarkCallButtons *buttons)
{
  hark_client_send_call_to (buttons->client, HARK_COMMAND_ANSWER, buttons->call);
  g_signal_emit (buttons, signals[SIGNAL_ANSWERED], 0);
}

static void
on_hangup (HarkCallButtons *buttons)
{
  hark_client_send_call_to (buttons->client, HARK_COMMAND_HANGUP, buttons->call);
}

static void
on_mute (HarkCallButtons *buttons)
{
  bool muted = hark_call_item_get (buttons->call)->muted;

  hark_client_send_call_to (buttons->client, muted ? HARK_COMMAND_UNMUTE : HARK_COMMAND_MUTE,
                            buttons->call);
}

static void
on_hold (HarkCallButtons *buttons)
{
  bool held = hark_call_item_get (buttons->call)->held_here;

  hark_client_send_call_to (buttons->client, held ? HARK_COMMAND_UNHOLD : HARK_COMMAND_HOLD,
                            buttons->call);
}

static void
on_again (HarkCallButtons *buttons)
{
  HarkPersonItem *person = person_of (buttons, buttons->call);

  if (person)
    hark_client_send_to (buttons->client, HARK_COMMAND_CALL, person);
}

static void
on_record (HarkCallButtons *buttons)
{
  g_signal_emit (buttons, signals[SIGNAL_RECORD], 0);
}

/* ---- life ---- */

static void
hark_call_buttons_dispose (GObject *object)
{
  HarkCallButtons *buttons = HARK_CALL_BUTTONS (object);

  g_clear_object (&buttons->call);
  g_clear_object (&buttons->client);
  G_OBJECT_CLASS (hark_call_buttons_parent_class)->dispose (object);
}

static void
hark_call_buttons_class_init (HarkCallButtonsClass *klass)
{
  static const char *const names[] = {"answered", "record"};

  G_OBJECT_CLASS (klass)->dispose = hark_call_buttons_dispose;
  for (guint i = 0; i < N_SIGNALS; i++)
    signals[i] = g_signal_new (names[i], HARK_TYPE_CALL_BUTTONS, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                               NULL, G_TYPE_NONE, 0);
}

static GtkWidget *
add (HarkCallButtons *buttons,
     const char *label,
     const char *style,
     void (*clicked) (HarkCallButtons *))
{
  GtkWidget *button = label ? gtk_button_new_with_label (label) : gtk_button_new ();

  gtk_widget_set_valign (button, GTK_ALIGN_CENTER);
  hark_widget_class (button, style, true);
  g_signal_connect_swapped (button, "clicked", G_CALLBACK (clicked), buttons);
  gtk_container_add (GTK_CONTAINER (buttons), button);
  return button;
}

/* @ret_text: beside the icon, hidden; or NULL for none. */
static GtkWidget *
add_icon (GtkWidget *button, GtkWidget **ret_text)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 6);
  GtkWidget *icon = gtk_image_new ();

  gtk_container_add (GTK_CONTAINER (box), icon);
  gtk_container_add (GTK_CONTAINER (button), box);
  gtk_widget_show_all (box);
  if (ret_text) {
    *ret_text = gtk_label_new ("");
    gtk_container_add (GTK_CONTAINER (box), *ret_text);
  }
  return icon;
}

static void
hark_call_buttons_init (HarkCallButtons *buttons)
{
  gtk_box_set_spacing (GTK_BOX (buttons), 8);
  buttons->decline = add (buttons, _ ("Decline"), "destructive-action", on_hangup);
  buttons->answer = add (buttons, _ ("Answer"), "suggested-action", on_answer);
  buttons->record = add (buttons, _ ("Leave a Voice Message"), "plain", on_record);
  buttons->again = add (buttons, _ ("Call Again"), "plain", on_again);
  buttons->mute = add (buttons, NULL, "plain", on_mute);
  buttons->mute_icon = add_icon (buttons->mute, NULL);
  buttons->hold = add (buttons, NULL, "plain", on_hold);
  buttons->hold_icon = add_icon (buttons->hold, &buttons->hold_text);
  buttons->hangup = add (buttons, _ ("Hang Up"), "destructive-action", on_hangup);
}

GtkWidget *
hark_call_buttons_new (HarkClient *client)
{
  HarkCallButtons *buttons = g_object_new (HARK_TYPE_CALL_BUTTONS, "visible", TRUE, NULL);

  buttons->client = g_object_ref (client);
  return GTK_WIDGET (buttons);
}

void
hark_call_buttons_set_beside_row (HarkCallButtons *buttons)
{
  g_return_if_fail (HARK_IS_CALL_BUTTONS (buttons));

  buttons->beside_row = true;
}

void
hark_call_buttons_add (HarkCallButtons *buttons, GtkWidget *button)
{
  g_return_if_fail (HARK_IS_CALL_BUTTONS (buttons));

  gtk_box_pack_start (GTK_BOX (buttons), button, FALSE, FALSE, 0);
  gtk_box_reorder_child (GTK_BOX (buttons), button, 6);
}
