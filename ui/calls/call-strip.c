#include "ui/calls/call-strip.h"

#include "ui/calls/call-buttons.h"
#include "ui/language.h"
#include "ui/widgets.h"
#include "ui/words/calls.h"

#include <glib/gi18n.h>

#define SPACING 10

struct _HarkCallStrip {
  GtkBox parent_instance;
  HarkClient *client;
  HarkCallItem *call;
  GtkWidget *text; /* a button */
  GtkWidget *icon;
  GtkWidget *who;
  GtkWidget *note;
  GtkWidget *buttons;
  guint tick;
  guint place;   /* the buttons are put beside the words, or below, once all is laid out */
  bool has_room; /* for the words on one line and two wide buttons beside them */
};

G_DEFINE_TYPE (HarkCallStrip, hark_call_strip, GTK_TYPE_BOX)

enum { SIGNAL_OPENED, SIGNAL_RECORD, N_SIGNALS };
static guint signals[N_SIGNALS];

static HarkPersonItem *
person_of (HarkCallStrip *strip, HarkCallItem *call)
{
  return hark_client_find (strip->client, hark_call_item_get (call)->contact);
}

/* (transfer full): fit to stand in a sentence */
static char *
name_of (HarkCallStrip *strip, HarkCallItem *call)
{
  HarkPersonItem *person = person_of (strip, call);

  return hark_language_apart (person ? hark_person_item_get (person)->name : _ ("Somebody"));
}

/* What else there is to say in a line below; (transfer full) (nullable). */
static char *
note_of (HarkCallStrip *strip)
{
  HarkCallItem *other = hark_client_get_other_call (strip->client, strip->call);
  g_autofree char *name = other ? name_of (strip, other) : NULL;

  if (hark_call_item_talks_muted (strip->call))
    return g_strdup (_ ("You are muted: they do not hear you."));
  if (other && hark_call_item_is_ringing (strip->call))
    return g_strdup_printf (_ ("If you answer, your call with %s is put on hold."), name);
  return g_strdup (hark_call_item_get_advice (strip->call));
}

static void
show_words (HarkCallStrip *strip)
{
  HarkPersonItem *person = person_of (strip, strip->call);
  g_autofree char *words = hark_words_call (
    hark_call_item_get (strip->call), person ? hark_person_item_get (person)->name : _ ("Somebody"),
    hark_call_item_get_seconds (strip->call));
  g_autofree char *note = note_of (strip);

  hark_widget_text (strip->who, words);
  hark_widget_text (strip->note, note ? note : "");
  gtk_widget_set_visible (strip->note, note != NULL);
}

static gboolean
on_tick (void *data)
{
  show_words (data);
  return G_SOURCE_CONTINUE;
}

/* Buttons with words on them stand below in a narrow window. */
static void
place_buttons (HarkCallStrip *strip)
{
  const bool wide = hark_call_item_get (strip->call)->held_here
                    || hark_call_item_is_over (strip->call)
                    || (hark_call_item_is_ringing (strip->call)
                        && hark_client_get_other_call (strip->client, strip->call));

  gtk_orientable_set_orientation (GTK_ORIENTABLE (strip), wide && !strip->has_room
                                                            ? GTK_ORIENTATION_VERTICAL
                                                            : GTK_ORIENTATION_HORIZONTAL);
}

static gboolean
on_place (void *data)
{
  HarkCallStrip *strip = data;

  strip->place = 0;
  place_buttons (strip);
  return G_SOURCE_REMOVE;
}

static void
on_allocated (HarkCallStrip *strip, const GtkAllocation *given)
{
  int least, words, buttons;
  bool has_room;

  gtk_widget_get_preferred_width (strip->text, &least, &words);
  gtk_widget_get_preferred_width (strip->buttons, &least, &buttons);
  has_room = words + buttons + 3 * SPACING <= given->width;
  if (has_room == strip->has_room)
    return;
  strip->has_room = has_room;
  if (strip->place == 0)
    strip->place = g_idle_add (on_place, strip);
}

void
hark_call_strip_look (HarkCallStrip *strip)
{
  bool rings = hark_call_item_is_ringing (strip->call);
  bool on = hark_call_item_is_on (strip->call);
  g_autofree char *name = name_of (strip, strip->call);
  g_autofree char *open = g_strdup_printf (_ ("Open the conversation with %s"), name);

  g_return_if_fail (HARK_IS_CALL_STRIP (strip));

  show_words (strip);
  place_buttons (strip);
  hark_call_buttons_show (HARK_CALL_BUTTONS (strip->buttons), strip->call);
  hark_widget_tip (strip->text, open);
  hark_widget_class (GTK_WIDGET (strip), "ringing", rings);
  hark_widget_class (GTK_WIDGET (strip), "held", hark_call_item_get (strip->call)->held_here);
  hark_widget_class (GTK_WIDGET (strip), "ended", hark_call_item_is_over (strip->call));
  /* screen readers say at once what appears as an alert */
  atk_object_set_role (gtk_widget_get_accessible (GTK_WIDGET (strip)),
                       rings ? ATK_ROLE_ALERT : ATK_ROLE_PANEL);
  if (on && strip->tick == 0)
    strip->tick = g_timeout_add_seconds (1, on_tick, strip);
  else if (!on)
    g_clear_handle_id (&strip->tick, g_source_remove);
}

static void
emit (HarkCallStrip *strip, guint signal)
{
  HarkPersonItem *person = person_of (strip, strip->call);

  if (person)
    g_signal_emit (strip, signals[signal], 0, person);
}

static void
on_open (HarkCallStrip *strip)
{
  emit (strip, SIGNAL_OPENED);
}

static void
on_record (HarkCallStrip *strip)
{
  emit (strip, SIGNAL_RECORD);
}

/* ---- life ---- */

static void
hark_call_strip_dispose (GObject *object)
{
  HarkCallStrip *strip = HARK_CALL_STRIP (object);

  g_clear_handle_id (&strip->tick, g_source_remove);
  g_clear_handle_id (&strip->place, g_source_remove);
  if (strip->call)
    g_signal_handlers_disconnect_by_data (strip->call, strip);
  g_clear_object (&strip->call);
  g_clear_object (&strip->client);
  G_OBJECT_CLASS (hark_call_strip_parent_class)->dispose (object);
}

static void
hark_call_strip_class_init (HarkCallStripClass *klass)
{
  static const char *const names[] = {"opened", "record"};

  G_OBJECT_CLASS (klass)->dispose = hark_call_strip_dispose;
  for (guint i = 0; i < N_SIGNALS; i++)
    signals[i] = g_signal_new (names[i], HARK_TYPE_CALL_STRIP, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                               NULL, G_TYPE_NONE, 1, HARK_TYPE_PERSON_ITEM);
}

static void
hark_call_strip_init (HarkCallStrip *strip)
{
  GtkWidget *row = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 10);
  GtkWidget *lines = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0);

  gtk_box_set_spacing (GTK_BOX (strip), SPACING);
  hark_widget_class (GTK_WIDGET (strip), "call-strip", true);
  strip->text = gtk_button_new ();
  gtk_button_set_relief (GTK_BUTTON (strip->text), GTK_RELIEF_NONE);
  strip->icon = gtk_image_new_from_icon_name ("call-start-symbolic", GTK_ICON_SIZE_BUTTON);
  hark_widget_spoken (strip->icon, _ ("Call"));
  gtk_container_add (GTK_CONTAINER (row), strip->icon);
  gtk_container_add (GTK_CONTAINER (row), lines);
  gtk_widget_set_valign (lines, GTK_ALIGN_CENTER);
  strip->who = hark_widget_add_label (lines, "who", 12);
  strip->note = hark_widget_add_label (lines, "small", 12);
  gtk_container_add (GTK_CONTAINER (strip->text), row);
  gtk_box_pack_start (GTK_BOX (strip), strip->text, TRUE, TRUE, 0);
  g_signal_connect_swapped (strip->text, "clicked", G_CALLBACK (on_open), strip);
}

GtkWidget *
hark_call_strip_new (HarkClient *client, HarkCallItem *call)
{
  HarkCallStrip *strip = g_object_new (HARK_TYPE_CALL_STRIP, NULL);

  strip->client = g_object_ref (client);
  strip->call = g_object_ref (call);
  strip->buttons = hark_call_buttons_new (client);
  gtk_widget_set_valign (strip->buttons, GTK_ALIGN_CENTER);
  gtk_widget_set_halign (strip->buttons, GTK_ALIGN_END);
  gtk_container_add (GTK_CONTAINER (strip), strip->buttons);
  g_signal_connect (strip, "size-allocate", G_CALLBACK (on_allocated), NULL);
  g_signal_connect_swapped (strip->buttons, "answered", G_CALLBACK (on_open), strip);
  g_signal_connect_swapped (strip->buttons, "record", G_CALLBACK (on_record), strip);
  g_signal_connect_object (call, "changed", G_CALLBACK (hark_call_strip_look), strip,
                           G_CONNECT_SWAPPED);
  gtk_widget_show_all (strip->text);
  gtk_widget_show (GTK_WIDGET (strip));
  hark_call_strip_look (strip);
  return GTK_WIDGET (strip);
}

HarkCallItem *
hark_call_strip_get_call (HarkCallStrip *strip)
{
  g_return_val_if_fail (HARK_IS_CALL_STRIP (strip), NULL);

  return strip->call;
}
