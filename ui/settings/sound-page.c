/* Preferences of calls: which microphone and speaker, how loud it is, and where it rings. What is
 * chosen is used at once, in mid-call as well. */
#include "ui/settings/preferences.h"
#include "ui/settings/rows.h"
#include "ui/settings/settings.h"
#include "ui/widgets.h"

#include <glib/gi18n.h>
#include <math.h>
#include <string.h>

#define LEVEL_MS 80
#define QUIETEST_DB -60.0

typedef struct {
  HarkPreferences *window;
  GtkWidget *level;
  HarkMeter *meter;
  guint timer;
} Sound;

/* ---- level ---- */

/* Loudness as ears judge it: by decibels. */
static gboolean
on_level (void *data)
{
  Sound *sound = data;
  double peak = hark_meter_get (sound->meter);
  double db = peak > 0 ? 20 * log10 (peak) : QUIETEST_DB;

  gtk_level_bar_set_value (GTK_LEVEL_BAR (sound->level), CLAMP (1 - db / QUIETEST_DB, 0, 1));
  return G_SOURCE_CONTINUE;
}

/* A microphone is heard only while its page is looked at. */
static void
listen (Sound *sound, bool on)
{
  g_autofree char *mic = hark_settings_get_text (hark_settings_get (), HARK_SET_MIC);

  g_clear_handle_id (&sound->timer, g_source_remove);
  g_clear_pointer (&sound->meter, hark_meter_free);
  gtk_level_bar_set_value (GTK_LEVEL_BAR (sound->level), 0);
  if (!on || !(sound->meter = hark_meter_new (mic, NULL)))
    return;
  sound->timer = g_timeout_add (LEVEL_MS, on_level, sound);
}

static void
on_map (Sound *sound)
{
  listen (sound, true);
}

static void
on_unmap (Sound *sound)
{
  listen (sound, false);
}

static void
sound_free (void *data)
{
  Sound *sound = data;

  g_clear_handle_id (&sound->timer, g_source_remove);
  hark_meter_free (sound->meter);
  g_free (sound);
}

/* ---- devices ---- */

static void
tell_device (Sound *sound, const char *key, const char *name)
{
  HarkCommand *command = hark_command_new (HARK_COMMAND_DEVICE);
  g_autofree char *speaker = hark_settings_get_text (hark_settings_get (), HARK_SET_SPEAKER);

  if (strcmp (key, HARK_SET_MIC) == 0)
    command->mic = g_strdup (name);
  else if (strcmp (key, HARK_SET_SPEAKER) == 0)
    command->speaker = g_strdup (name);
  else
    command->ring = g_strdup (*name ? name : speaker);
  hark_client_send (hark_preferences_get_client (sound->window), command);
}

/* What stands first in the list. */
static const char *
first (const char *key)
{
  return strcmp (key, HARK_SET_RING) == 0 ? "" : "pulse";
}

static void
on_device (HdyComboRow *row, GParamSpec *pspec, void *data)
{
  Sound *sound = data;
  GPtrArray *devices = g_object_get_data (G_OBJECT (row), "hark-devices");
  const char *key = g_object_get_data (G_OBJECT (row), "hark-key");
  int selected = hdy_combo_row_get_selected_index (row);
  const HarkDeviceName *device;
  const char *name;

  (void) pspec;
  if (selected < 0 || selected > (int) devices->len)
    return;
  device = selected > 0 ? devices->pdata[selected - 1] : NULL;
  name = device ? device->name : first (key);
  hark_settings_set_text (hark_settings_get (), key, name);
  tell_device (sound, key, name);
  if (strcmp (key, HARK_SET_MIC) == 0 && sound->meter)
    listen (sound, true);
}

/* One that was chosen and is not there stays in the list. */
static void
add_missing (GPtrArray *devices, const char *chosen)
{
  HarkDeviceName *missing;
  const char *plain = strchr (chosen, ':');

  if (*chosen == '\0' || strcmp (chosen, "pulse") == 0)
    return;
  for (guint i = 0; i < devices->len; i++)
    if (strcmp (((HarkDeviceName *) devices->pdata[i])->name, chosen) == 0)
      return;
  missing = g_new0 (HarkDeviceName, 1);
  missing->name = g_strdup (chosen);
  missing->shown = g_strdup_printf (_ ("%s (not there)"), plain ? plain + 1 : chosen);
  g_ptr_array_add (devices, missing);
}

static void
on_devices (GObject *source, GAsyncResult *result, void *data)
{
  GObject *group = source;
  Sound *sound = data;
  GPtrArray *devices = g_task_propagate_pointer (G_TASK (result), NULL);
  const char *key = g_object_get_data (group, "hark-key");
  g_autofree char *chosen = hark_settings_get_text (hark_settings_get (), key);
  g_autoptr (GPtrArray) names = g_ptr_array_new ();
  int selected = 0;
  GtkWidget *row;

  if (!gtk_widget_get_parent (GTK_WIDGET (group))) { /* closed meanwhile */
    g_ptr_array_unref (devices);
    return;
  }
  add_missing (devices, chosen);
  g_ptr_array_add (
    names, (void *) (*first (key) ? _ ("As the desktop says") : _ ("The speaker of calls")));
  for (guint i = 0; i < devices->len; i++) {
    const HarkDeviceName *device = devices->pdata[i];

    g_ptr_array_add (names, device->shown);
    if (strcmp (device->name, chosen) == 0)
      selected = (int) i + 1;
  }
  g_ptr_array_add (names, NULL);
  row = hark_row_choice (GTK_WIDGET (group), _ ("Device"), NULL, (const char *const *) names->pdata,
                         selected);
  g_object_set_data (G_OBJECT (row), "hark-key", (void *) key);
  g_object_set_data_full (G_OBJECT (row), "hark-devices", devices,
                          (GDestroyNotify) g_ptr_array_unref);
  g_signal_connect (row, "notify::selected-index", G_CALLBACK (on_device), sound);
}

static void
look (GTask *task, void *source, void *data, GCancellable *cancellable)
{
  (void) source;
  (void) cancellable;
  g_task_return_pointer (task, hark_sound_devices (GPOINTER_TO_INT (data)),
                         (GDestroyNotify) g_ptr_array_unref);
}

/* The sound server may be slow. */
static void
ask (Sound *sound, GtkWidget *group, const char *key)
{
  g_autoptr (GTask) task = g_task_new (group, NULL, on_devices, sound);

  g_object_set_data (G_OBJECT (group), "hark-key", (void *) key);
  g_task_set_task_data (task, GINT_TO_POINTER (strcmp (key, HARK_SET_MIC) == 0), NULL);
  g_task_run_in_thread (task, look);
}

/* ---- page ---- */

static void
on_flag (GtkSwitch *toggle, GParamSpec *pspec, void *data)
{
  Sound *sound = data;
  const char *key = g_object_get_data (G_OBJECT (toggle), "hark-key");
  HarkCommand *command = hark_command_new (HARK_COMMAND_DEVICE);
  int wanted = gtk_switch_get_active (toggle) ? 1 : -1;

  (void) pspec;
  hark_settings_set_flag (hark_settings_get (), key, wanted > 0);
  if (strcmp (key, HARK_SET_NOISE) == 0)
    command->noise = wanted;
  else
    command->echo = wanted;
  hark_client_send (hark_preferences_get_client (sound->window), command);
}

static void
add_flag (Sound *sound, GtkWidget *group, const char *key, const char *title, const char *subtitle)
{
  GtkWidget *toggle
    = hark_row_switch (group, title, subtitle, hark_settings_get_flag (hark_settings_get (), key));

  g_object_set_data (G_OBJECT (toggle), "hark-key", (void *) key);
  g_signal_connect (toggle, "notify::active", G_CALLBACK (on_flag), sound);
}

GtkWidget *
hark_sound_page_new (HarkPreferences *window)
{
  GtkWidget *page = hark_row_page (_ ("Calls"), "audio-input-microphone-symbolic");
  Sound *sound = g_new0 (Sound, 1);
  GtkWidget *mic, *speaker, *ring, *row;

  sound->window = window;
  mic = hark_row_group (page, _ ("Microphone"), NULL);
  speaker = hark_row_group (page, _ ("Speaker"), NULL);
  ring = hark_row_group (page, _ ("Ringing"),
                         _ ("For example a loudspeaker while you talk with a headset."));
  row = hark_row_plain (mic, _ ("Level"), _ ("Say something: the bar should move."));
  sound->level = gtk_level_bar_new ();
  gtk_widget_set_size_request (sound->level, 160, -1);
  gtk_widget_set_valign (sound->level, GTK_ALIGN_CENTER);
  hark_widget_spoken (sound->level, _ ("Level of the microphone"));
  gtk_widget_show (sound->level);
  gtk_container_add (GTK_CONTAINER (row), sound->level);
  g_object_set_data_full (G_OBJECT (page), "hark-sound", sound, sound_free);
  g_signal_connect_swapped (page, "map", G_CALLBACK (on_map), sound);
  g_signal_connect_swapped (page, "unmap", G_CALLBACK (on_unmap), sound);
  add_flag (sound, mic, HARK_SET_NOISE, _ ("Take noise away"), _ ("Fans, keys and the street."));
  add_flag (sound, mic, HARK_SET_ECHO, _ ("Take echo away"),
            _ ("Of the loudspeaker. With headphones it changes nothing."));
  ask (sound, mic, HARK_SET_MIC);
  ask (sound, speaker, HARK_SET_SPEAKER);
  ask (sound, ring, HARK_SET_RING);
  return page;
}
