#include "ui/calls/devices.h"

#include "ui/settings/settings.h"
#include "ui/widgets.h"
#include "ui/words.h"

#include <glib/gi18n.h>
#include <math.h>
#include <string.h>

#define LEVEL_MS 80
#define NAME_CHARS 64 /* a headset in the air calls itself what it likes */
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
  bool filling; /* the combos change by our hand */
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
fill (Part *part, GPtrArray *found, bool mics, const char *chosen)
{
  GtkComboBoxText *combo = GTK_COMBO_BOX_TEXT (part->combo);

  gtk_combo_box_text_remove_all (combo);
  gtk_combo_box_text_append (combo, "pulse", _ ("As the desktop says"));
  for (guint i = 0; found && i < found->len; i++) {
    const HarkSoundDevice *device = found->pdata[i];

    if (device->is_mic == mics) {
      g_autofree char *shown = hark_words_shown (device->text, NAME_CHARS);

      gtk_combo_box_text_append (combo, device->name, shown);
    }
  }
  gtk_combo_box_text_append (combo, "none", mics ? _ ("None: only listen") : _ ("None"));
  if (chosen && !gtk_combo_box_set_active_id (GTK_COMBO_BOX (combo), chosen)) {
    const char *plain = strchr (chosen, ':');
    g_autofree char *missing = g_strdup_printf (_ ("%s (not there)"), plain ? plain + 1 : chosen);

    gtk_combo_box_text_append (combo, chosen, missing);
    gtk_combo_box_set_active_id (GTK_COMBO_BOX (combo), chosen);
  }
}

static void
take (Devices *devices, const HarkEvent *event)
{
  if (!event->chosen)
    return;
  devices->filling = true;
  fill (&devices->mic, event->devices, true, event->chosen->mic);
  fill (&devices->speaker, event->devices, false, event->chosen->speaker);
  devices->filling = false;
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
on_chosen (Devices *devices, GtkComboBox *combo)
{
  const char *name = gtk_combo_box_get_active_id (combo);
  bool is_mic = GTK_WIDGET (combo) == devices->mic.combo;
  HarkCommand *command;

  if (devices->filling || !name)
    return;
  command = hark_command_new (HARK_COMMAND_DEVICE);
  if (is_mic)
    command->mic = g_strdup (name);
  else
    command->speaker = g_strdup (name);
  hark_client_send (devices->client, command);
  hark_settings_set_text (hark_settings_get (), is_mic ? HARK_SET_MIC : HARK_SET_SPEAKER, name);
  if (is_mic)
    listen (devices, name);
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

static void
add_part (Devices *devices, GtkWidget *box, Part *part, const char *title, const char *level)
{
  GtkWidget *label = gtk_label_new (title);
  GtkCellRenderer *cell;
  g_autoptr (GList) cells = NULL;

  gtk_label_set_xalign (GTK_LABEL (label), 0);
  part->combo = gtk_combo_box_text_new ();
  hark_widget_spoken (part->combo, title);
  cells = gtk_cell_layout_get_cells (GTK_CELL_LAYOUT (part->combo));
  cell = cells->data;
  g_object_set (cell, "ellipsize", PANGO_ELLIPSIZE_END, "width-chars", 24, NULL);
  part->level = gtk_level_bar_new ();
  hark_widget_spoken (part->level, level);
  gtk_container_add (GTK_CONTAINER (box), label);
  gtk_container_add (GTK_CONTAINER (box), part->combo);
  gtk_container_add (GTK_CONTAINER (box), part->level);
  g_signal_connect_swapped (part->combo, "changed", G_CALLBACK (on_chosen), devices);
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
  add_part (devices, box, &devices->mic, _ ("Microphone"), _ ("Level of the microphone"));
  add_part (devices, box, &devices->speaker, _ ("Speaker"), _ ("Level of the speaker"));
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
