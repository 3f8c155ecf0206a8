#include "ui/calls/device-combo.h"

#include "ui/settings/settings.h"
#include "ui/widgets.h"
#include "ui/words/shown.h"

#include <glib/gi18n.h>
#include <string.h>

#define NAME_CHARS 64 /* a headset in the air calls itself what it likes */

typedef struct {
  HarkClient *client;
  HarkDeviceKind kind;
  HarkDeviceChosen on_chosen;
  void *data;
  bool filling; /* it changes by our hand */
} DeviceCombo;

static DeviceCombo *
of (GtkWidget *combo)
{
  return g_object_get_data (G_OBJECT (combo), "hark-device-combo");
}

static void
device_combo_free (void *data)
{
  DeviceCombo *self = data;

  g_object_unref (self->client);
  g_free (self);
}

static const char *
key_of (HarkDeviceKind kind)
{
  static const char *const keys[] = {[HARK_DEVICE_MIC] = HARK_SET_MIC,
                                     [HARK_DEVICE_SPEAKER] = HARK_SET_SPEAKER,
                                     [HARK_DEVICE_RING] = HARK_SET_RING};

  return keys[kind];
}

/* ---- what there is ---- */

static void
fill (GtkComboBoxText *combo, HarkDeviceKind kind, GPtrArray *found, const char *chosen)
{
  const bool mics = kind == HARK_DEVICE_MIC;

  gtk_combo_box_text_remove_all (combo);
  if (kind == HARK_DEVICE_RING)
    gtk_combo_box_text_append (combo, "", _ ("The speaker of calls"));
  else
    gtk_combo_box_text_append (combo, "pulse", _ ("As the desktop says"));
  for (guint i = 0; found && i < found->len; i++) {
    const HarkSoundDevice *device = found->pdata[i];

    if (device->is_mic == mics) {
      g_autofree char *shown = hark_words_shown (device->text, NAME_CHARS);

      gtk_combo_box_text_append (combo, device->name, shown);
    }
  }
  if (kind != HARK_DEVICE_RING)
    gtk_combo_box_text_append (combo, "none", mics ? _ ("None: only listen") : _ ("None"));
  if (chosen && !gtk_combo_box_set_active_id (GTK_COMBO_BOX (combo), chosen)) {
    const char *plain = strchr (chosen, ':');
    g_autofree char *missing = g_strdup_printf (_ ("%s (not there)"), plain ? plain + 1 : chosen);

    gtk_combo_box_text_append (combo, chosen, missing);
    gtk_combo_box_set_active_id (GTK_COMBO_BOX (combo), chosen);
  }
}

void
hark_device_combo_take (GtkWidget *combo, const HarkEvent *event)
{
  DeviceCombo *self = of (combo);
  g_autofree char *ring = hark_settings_get_text (hark_settings_get (), HARK_SET_RING);
  const char *const chosen[] = {[HARK_DEVICE_MIC] = event->chosen->mic,
                                [HARK_DEVICE_SPEAKER] = event->chosen->speaker,
                                [HARK_DEVICE_RING] = ring};

  self->filling = true;
  fill (GTK_COMBO_BOX_TEXT (combo), self->kind, event->devices, chosen[self->kind]);
  self->filling = false;
}

/* ---- what is chosen ---- */

static void
on_changed (GtkComboBox *combo, DeviceCombo *self)
{
  const char *name = gtk_combo_box_get_active_id (combo);
  g_autofree char *speaker = hark_settings_get_text (hark_settings_get (), HARK_SET_SPEAKER);
  HarkCommand *command;

  if (self->filling || !name)
    return;
  command = hark_command_new (HARK_COMMAND_DEVICE);
  if (self->kind == HARK_DEVICE_MIC)
    command->mic = g_strdup (name);
  else if (self->kind == HARK_DEVICE_SPEAKER)
    command->speaker = g_strdup (name);
  else
    command->ring = g_strdup (*name ? name : speaker);
  hark_settings_set_text (hark_settings_get (), key_of (self->kind), name);
  hark_client_send (self->client, command);
  if (self->on_chosen)
    self->on_chosen (name, self->data);
}

GtkWidget *
hark_device_combo_new (HarkClient *client,
                       HarkDeviceKind kind,
                       const char *title,
                       HarkDeviceChosen on_chosen,
                       void *data)
{
  GtkWidget *combo = gtk_combo_box_text_new ();
  DeviceCombo *self = g_new0 (DeviceCombo, 1);
  g_autoptr (GList) cells = gtk_cell_layout_get_cells (GTK_CELL_LAYOUT (combo));

  *self = (DeviceCombo){g_object_ref (client), kind, on_chosen, data, false};
  hark_widget_spoken (combo, title);
  g_object_set (cells->data, "ellipsize", PANGO_ELLIPSIZE_END, "width-chars", 24, NULL);
  g_object_set_data_full (G_OBJECT (combo), "hark-device-combo", self, device_combo_free);
  g_signal_connect (combo, "changed", G_CALLBACK (on_changed), self);
  return combo;
}
