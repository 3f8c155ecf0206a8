#include "ui/calls/devices.h"

#include "ui/calls/device-combo.h"
#include "ui/language.h"
#include "ui/widgets.h"

#include <glib/gi18n.h>
#include <math.h>
#include <string.h>

#define LEVEL_MS 80
#define QUIETEST_DBFS (-60.0)

/* A kind of device: what there is, which one is used, how loud it is. */
typedef struct {
  GtkWidget *combo;
  GtkWidget *level;
} Part;

typedef struct {
  HarkClient *client;
  GtkWidget *button;
  HarkCallItem *call; /* (nullable) */
  GtkWidget *loud;    /* how loud the other one is heard: all of it, */
  GtkWidget *whose, *volume;
  unsigned asked; /* answers that the slider waits for: it is where the user wants it */
  bool following; /* it is set to what the engine says */
  Part mic, speaker;
  HarkMeter *meter;
  guint timer;
} Devices;

/* ---- levels ---- */

static void
show_level (Part *part, double dbfs)
{
  gtk_level_bar_set_value (GTK_LEVEL_BAR (part->level), CLAMP (1 - dbfs / QUIETEST_DBFS, 0, 1));
}

/* The microphone as it is heard here; the speaker once a second, as the call says. */
static gboolean
on_level (void *data)
{
  Devices *devices = data;
  const HarkCallStats *stats = devices->call ? hark_call_item_get_stats (devices->call) : NULL;
  double peak = devices->meter ? hark_meter_get (devices->meter) : 0;

  show_level (&devices->mic, peak > 0 ? 20 * log10 (peak) : QUIETEST_DBFS);
  gtk_widget_set_visible (devices->speaker.level, stats != NULL);
  show_level (&devices->speaker, stats ? stats->level_out : QUIETEST_DBFS);
  return G_SOURCE_CONTINUE;
}

static void
listen (Devices *devices, const char *mic)
{
  g_clear_pointer (&devices->meter, hark_meter_free);
  if (mic)
    devices->meter = hark_meter_new (mic, NULL);
}

/* ---- what there is ---- */

static void
take (Devices *devices, const HarkEvent *event)
{
  if (!event->chosen)
    return;
  hark_device_combo_take (devices->mic.combo, event);
  hark_device_combo_take (devices->speaker.combo, event);
  if (devices->timer != 0)
    listen (devices, event->chosen->mic);
}

static Devices *
of (GObject *button)
{
  return g_object_get_data (button, "hark-call-devices");
}

static void
on_devices (GObject *owner, const HarkEvent *result)
{
  if (result->ok)
    take (of (owner), result);
}

static void
on_told (GObject *button, const HarkEvent *event)
{
  if (event->kind == HARK_EVENT_DEVICES && of (button)->timer != 0)
    take (of (button), event);
}

/* ---- how loud the other one is ---- */

static void
show_volume (Devices *devices)
{
  const HarkCall *call = devices->call ? hark_call_item_get (devices->call) : NULL;
  HarkPersonItem *person = call ? hark_client_find (devices->client, call->contact) : NULL;
  g_autofree char *name = NULL, *words = NULL;

  gtk_widget_set_visible (devices->loud, person != NULL);
  if (!person) { /* nobody is kept: the profile may be locked next */
    gtk_label_set_text (GTK_LABEL (devices->whose), "");
    hark_widget_spoken (devices->volume, "");
    return;
  }
  name = hark_language_apart (hark_person_item_get (person)->name);
  words = g_strdup_printf (_ ("How loud you hear %s"), name);
  if (strcmp (words, gtk_label_get_text (GTK_LABEL (devices->whose))) != 0) {
    gtk_label_set_text (GTK_LABEL (devices->whose), words);
    hark_widget_spoken (devices->volume, words);
  }
  if (devices->asked > 0)
    return;
  devices->following = true;
  gtk_range_set_value (GTK_RANGE (devices->volume), call->volume);
  devices->following = false;
}

static void
on_volume_answer (GObject *button, const HarkEvent *result)
{
  (void) result; /* refused: it goes back */
  of (button)->asked--;
  show_volume (of (button));
}

static void
on_volume (Devices *devices)
{
  HarkCommand *command;

  if (devices->following || !devices->call)
    return;
  command = hark_command_new (HARK_COMMAND_CALL_VOLUME);
  command->call = hark_call_item_get (devices->call)->id;
  command->limit = (unsigned) lround (gtk_range_get_value (GTK_RANGE (devices->volume)));
  devices->asked++;
  hark_client_ask (devices->client, command, G_OBJECT (devices->button), on_volume_answer);
}

static char *
say_volume (GtkScale *scale, double value)
{
  (void) scale;
  return g_strdup_printf (_ ("%d %%"), (int) lround (value));
}

/* ---- clicks ---- */

static void
on_open (Devices *devices)
{
  hark_client_ask (devices->client, hark_command_new (HARK_COMMAND_DEVICES),
                   G_OBJECT (devices->button), on_devices);
  if (devices->timer == 0)
    devices->timer = g_timeout_add (LEVEL_MS, on_level, devices);
}

static void
on_close (Devices *devices)
{
  g_clear_handle_id (&devices->timer, g_source_remove);
  listen (devices, NULL);
}

static void
on_mic (const char *name, void *data)
{
  listen (data, name);
}

/* ---- life ---- */

static void
follow (Devices *devices, HarkCallItem *call)
{
  if (call == devices->call)
    return;
  if (devices->call)
    g_signal_handlers_disconnect_by_data (devices->call, devices);
  g_set_object (&devices->call, call);
  if (call)
    g_signal_connect_swapped (call, "changed", G_CALLBACK (show_volume), devices);
}

static void
devices_free (void *data)
{
  Devices *devices = data;

  on_close (devices);
  follow (devices, NULL);
  g_object_unref (devices->client);
  g_free (devices);
}

/* A kind of device below its name. */
static void
add_part (GtkWidget *box, Part *part, const char *title, const char *level)
{
  GtkWidget *label = gtk_label_new (title);

  gtk_label_set_xalign (GTK_LABEL (label), 0);
  part->level = gtk_level_bar_new ();
  hark_widget_spoken (part->level, level);
  gtk_container_add (GTK_CONTAINER (box), label);
  gtk_container_add (GTK_CONTAINER (box), part->combo);
  gtk_container_add (GTK_CONTAINER (box), part->level);
}

static void
add_volume (GtkWidget *box, Devices *devices)
{
  devices->loud = gtk_box_new (GTK_ORIENTATION_VERTICAL, 2);
  devices->whose = gtk_label_new (NULL);
  gtk_label_set_xalign (GTK_LABEL (devices->whose), 0);
  gtk_label_set_line_wrap (GTK_LABEL (devices->whose), TRUE);
  gtk_label_set_line_wrap_mode (GTK_LABEL (devices->whose), PANGO_WRAP_WORD_CHAR);
  gtk_label_set_max_width_chars (GTK_LABEL (devices->whose), 30);
  devices->volume
    = gtk_scale_new_with_range (GTK_ORIENTATION_HORIZONTAL, 0, HARK_CALL_VOLUME_MAX, 10);
  gtk_scale_set_value_pos (GTK_SCALE (devices->volume), GTK_POS_RIGHT);
  gtk_scale_add_mark (GTK_SCALE (devices->volume), HARK_CALL_VOLUME, GTK_POS_BOTTOM, NULL);
  g_signal_connect (devices->volume, "format-value", G_CALLBACK (say_volume), NULL);
  g_signal_connect_swapped (devices->volume, "value-changed", G_CALLBACK (on_volume), devices);
  gtk_container_add (GTK_CONTAINER (devices->loud), devices->whose);
  gtk_container_add (GTK_CONTAINER (devices->loud), devices->volume);
  gtk_container_add (GTK_CONTAINER (box), devices->loud);
}

GtkWidget *
hark_call_devices_new (HarkClient *client)
{
  Devices *devices = g_new0 (Devices, 1);
  GtkWidget *button = gtk_menu_button_new ();
  GtkWidget *popover = gtk_popover_new (button);
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 8);

  devices->client = g_object_ref (client);
  devices->button = button;
  gtk_widget_set_valign (button, GTK_ALIGN_CENTER);
  hark_widget_name (button, _ ("Microphone and speaker"));
  gtk_button_set_image (GTK_BUTTON (button), gtk_image_new_from_icon_name ("audio-headset-symbolic",
                                                                           GTK_ICON_SIZE_BUTTON));
  gtk_button_set_always_show_image (GTK_BUTTON (button), TRUE);
  devices->mic.combo
    = hark_device_combo_new (client, HARK_DEVICE_MIC, _ ("Microphone"), on_mic, devices);
  devices->speaker.combo
    = hark_device_combo_new (client, HARK_DEVICE_SPEAKER, _ ("Speaker"), NULL, NULL);
  add_part (box, &devices->mic, _ ("Microphone"), _ ("Level of the microphone"));
  add_part (box, &devices->speaker, _ ("Speaker"), _ ("Level of the speaker"));
  add_volume (box, devices);
  g_object_set (box, "margin", 14, NULL);
  gtk_container_add (GTK_CONTAINER (popover), box);
  gtk_widget_show_all (box);
  gtk_widget_hide (devices->loud);
  gtk_menu_button_set_popover (GTK_MENU_BUTTON (button), popover);
  g_object_set_data_full (G_OBJECT (button), "hark-call-devices", devices, devices_free);
  g_signal_connect_swapped (popover, "map", G_CALLBACK (on_open), devices);
  g_signal_connect_swapped (popover, "unmap", G_CALLBACK (on_close), devices);
  g_signal_connect_object (client, "told", G_CALLBACK (on_told), button, G_CONNECT_SWAPPED);
  return button;
}

void
hark_call_devices_follow (GtkWidget *button, HarkCallItem *call)
{
  follow (of (G_OBJECT (button)), call);
  show_volume (of (G_OBJECT (button)));
}
