#include "ui/calls/devices.h"

#include "ui/calls/device-combo.h"
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
  HarkCallItem *call;
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
devices_free (void *data)
{
  Devices *devices = data;

  on_close (devices);
  g_clear_object (&devices->call);
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
  g_object_set (box, "margin", 14, NULL);
  gtk_container_add (GTK_CONTAINER (popover), box);
  gtk_widget_show_all (box);
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
  g_set_object (&of (G_OBJECT (button))->call, call);
}
