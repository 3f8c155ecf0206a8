/* Preferences of calls: which microphone and speaker, how loud it is, and where it rings. What is
 * chosen is used at once, in mid-call as well. */
#include "ui/calls/device-combo.h"
#include "ui/settings/echo-row.h"
#include "ui/settings/preferences.h"
#include "ui/settings/rows.h"
#include "ui/settings/settings.h"
#include "ui/settings/talk-rows.h"
#include "ui/widgets.h"

#include <glib/gi18n.h>
#include <math.h>
#include <string.h>

#define LEVEL_MS 80
#define QUIETEST_DB -60.0

typedef struct {
  HarkPreferences *window;
  GtkWidget *combos[HARK_DEVICE_RING + 1];
  GtkWidget *low_delay;
  bool filling; /* the switch changes by our hand */
  GtkWidget *level;
  HarkMeter *meter;
  char *mic; /* as the engine says, once it has */
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
  g_clear_handle_id (&sound->timer, g_source_remove);
  g_clear_pointer (&sound->meter, hark_meter_free);
  gtk_level_bar_set_value (GTK_LEVEL_BAR (sound->level), 0);
  if (!on || !(sound->meter = hark_meter_new (sound->mic, NULL)))
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
  g_free (sound->mic);
  g_free (sound);
}

/* ---- devices ---- */

static void
on_mic (const char *name, void *data)
{
  Sound *sound = data;

  g_free (sound->mic);
  sound->mic = g_strdup (name);
  if (sound->meter)
    listen (sound, true);
}

static void
take (Sound *sound, const HarkEvent *event)
{
  if (!event->chosen)
    return;
  for (unsigned i = 0; i < G_N_ELEMENTS (sound->combos); i++)
    hark_device_combo_take (sound->combos[i], event);
  sound->filling = true;
  gtk_switch_set_active (GTK_SWITCH (sound->low_delay), event->chosen->low_delay);
  sound->filling = false;
  gtk_widget_set_sensitive (sound->low_delay, TRUE);
  if (g_strcmp0 (event->chosen->mic, sound->mic) != 0)
    on_mic (event->chosen->mic, sound);
}

static void
on_devices (GObject *page, const HarkEvent *result)
{
  if (result->ok)
    take (g_object_get_data (page, "hark-sound"), result);
}

static void
on_told (GObject *page, const HarkEvent *event)
{
  if (event->kind == HARK_EVENT_DEVICES)
    take (g_object_get_data (page, "hark-sound"), event);
}

static void
add_device (Sound *sound, GtkWidget *group, HarkDeviceKind kind, const char *title)
{
  GtkWidget *row = hark_row_plain (group, _ ("Device"), NULL);
  GtkWidget *combo = hark_device_combo_new (hark_preferences_get_client (sound->window), kind,
                                            title, kind == HARK_DEVICE_MIC ? on_mic : NULL, sound);

  gtk_widget_set_valign (combo, GTK_ALIGN_CENTER);
  gtk_widget_show (combo);
  gtk_container_add (GTK_CONTAINER (row), combo);
  sound->combos[kind] = combo;
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

static void
on_low_delay (GtkSwitch *toggle, GParamSpec *pspec, void *data)
{
  Sound *sound = data;
  HarkCommand *command;

  (void) pspec;
  if (sound->filling)
    return;
  command = hark_command_new (HARK_COMMAND_DEVICE);
  command->low_delay = gtk_switch_get_active (toggle) ? 1 : -1;
  hark_client_send (hark_preferences_get_client (sound->window), command);
}

/* The engine keeps it, and says how it is. */
static void
add_low_delay (Sound *sound, GtkWidget *group)
{
  sound->low_delay
    = hark_row_switch (group, _ ("Least delay"),
                       _ ("You hear each other about a hundredth of a second sooner. On a busy "
                          "computer it may crackle; Hark then goes back by itself."),
                       false);
  gtk_widget_set_sensitive (sound->low_delay, FALSE);
  g_signal_connect (sound->low_delay, "notify::active", G_CALLBACK (on_low_delay), sound);
}

GtkWidget *
hark_sound_page_new (HarkPreferences *window)
{
  GtkWidget *page = hark_row_page (_ ("Calls"), "audio-input-microphone-symbolic");
  Sound *sound = g_new0 (Sound, 1);
  HarkClient *client = hark_preferences_get_client (window);
  GApplication *application = g_application_get_default ();
  GtkWidget *mic, *speaker, *ring, *row;

  sound->window = window;
  sound->mic = hark_settings_get_text (hark_settings_get (), HARK_SET_MIC);
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
  add_device (sound, mic, HARK_DEVICE_MIC, _ ("Microphone"));
  hark_talk_rows_add (mic, application ? g_application_get_dbus_connection (application) : NULL);
  add_device (sound, speaker, HARK_DEVICE_SPEAKER, _ ("Speaker"));
  add_device (sound, ring, HARK_DEVICE_RING, _ ("Ringing"));
  hark_echo_row_add (speaker, client);
  add_low_delay (sound, speaker);
  g_signal_connect_object (client, "told", G_CALLBACK (on_told), page, G_CONNECT_SWAPPED);
  hark_client_ask (client, hark_command_new (HARK_COMMAND_DEVICES), G_OBJECT (page), on_devices);
  return page;
}
