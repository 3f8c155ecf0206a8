#include "ui/settings/talk-rows.h"

#include "ui/calls/talk-key.h"
#include "ui/desktop/global-keys.h"
#include "ui/desktop/shortcuts.h"
#include "ui/settings/rows.h"
#include "ui/settings/settings.h"

#include <glib/gi18n.h>
#include <string.h>

static void
show (GtkSwitch *toggle, bool possible, const char *about)
{
  gtk_widget_set_sensitive (GTK_WIDGET (toggle), possible);
  hdy_action_row_set_subtitle (g_object_get_data (G_OBJECT (toggle), "hark-row"), about);
}

static void
on_found (GObject *toggle, bool there)
{
  show (
    GTK_SWITCH (toggle), there,
    there
      ? _ ("Your desktop asks in the next call which keys talk and mute.")
      : _ ("This desktop does not offer it. Its own keys can run “hark-cli ptt down” and “up”."));
}

static void
follow (GtkSwitch *toggle)
{
  GDBusConnection *bus = g_object_get_data (G_OBJECT (toggle), "hark-bus");

  switch (hark_global_keys_way ()) {
  case HARK_KEYS_OWN:
    show (toggle, true, _ ("In a call the key is then Hark's alone."));
    break;
  case HARK_KEYS_CHOOSE:
    show (toggle, false, _ ("With F8 or Right Ctrl: other windows need the space bar."));
    break;
  case HARK_KEYS_TAKEN:
    show (toggle, false, _ ("Another program has this key for itself: choose another one."));
    break;
  case HARK_KEYS_DESKTOPS:
    if (bus)
      hark_shortcuts_find (bus, G_OBJECT (toggle), on_found);
    else
      on_found (G_OBJECT (toggle), false);
  }
}

static void
on_anywhere (GtkSwitch *toggle)
{
  hark_settings_set_flag (hark_settings_get (), HARK_SET_TALK_ANYWHERE,
                          gtk_switch_get_active (toggle));
}

static void
on_key (HdyComboRow *row, GParamSpec *property, GtkSwitch *anywhere)
{
  int selected = hdy_combo_row_get_selected_index (row);

  (void) property;
  if (selected < 0 || selected >= HARK_TALK_KEYS)
    return;
  hark_settings_set_text (hark_settings_get (), HARK_SET_TALK_KEY, hark_talk_keys[selected].name);
  follow (anywhere);
}

void
hark_talk_rows_add (GtkWidget *group, GDBusConnection *bus)
{
  g_autofree char *now = hark_settings_get_text (hark_settings_get (), HARK_SET_TALK_KEY);
  const char *names[HARK_TALK_KEYS + 1] = {NULL};
  GtkWidget *row, *anywhere;
  int selected = 0;

  for (int i = 0; i < HARK_TALK_KEYS; i++) {
    names[i] = _ (hark_talk_keys[i].title);
    if (strcmp (now, hark_talk_keys[i].name) == 0)
      selected = i;
  }
  row = hark_row_choice (group, _ ("Push to talk"),
                         _ ("While this key is held you are heard, if you are muted, and silent, "
                            "if you are not."),
                         names, selected);
  anywhere
    = hark_row_switch (group, _ ("Push to talk from any window"), "",
                       hark_settings_get_flag (hark_settings_get (), HARK_SET_TALK_ANYWHERE));
  if (bus)
    g_object_set_data_full (G_OBJECT (anywhere), "hark-bus", g_object_ref (bus), g_object_unref);
  g_signal_connect (anywhere, "notify::active", G_CALLBACK (on_anywhere), NULL);
  g_signal_connect_object (row, "notify::selected-index", G_CALLBACK (on_key), anywhere, 0);
  follow (GTK_SWITCH (anywhere));
}
