/* Preferences of this desktop, and how much others learn. */
#include "ui/settings/preferences.h"
#include "ui/settings/rows.h"
#include "ui/settings/settings.h"

#include <glib/gi18n.h>
#include <string.h>

typedef struct {
  const char *value, *name;
} Choice;

static const Choice notices[] = {
  {"all",  N_ ("Who, and what they write")},
  {"name", N_ ("Who")                     },
  {"none", N_ ("Only that there is news") },
  {NULL,   NULL                           }
};
static const Choice appearances[] = {
  {"system", N_ ("As the desktop")},
  {"light",  N_ ("Light")         },
  {"dark",   N_ ("Dark")          },
  {NULL,     NULL                 }
};
static const struct {
  unsigned days;
  const char *name;
} keeps[] = {
  {0,   N_ ("For ever")},
  {365, N_ ("A year")  },
  {90,  N_ ("90 days") },
  {30,  N_ ("30 days") },
  {7,   N_ ("A week")  }
};

static void
on_flag (GtkSwitch *toggle, GParamSpec *pspec, void *key)
{
  (void) pspec;
  hark_settings_set_flag (hark_settings_get (), key, gtk_switch_get_active (toggle));
}

static void
add_flag (GtkWidget *group, const char *key, const char *title, const char *subtitle)
{
  bool on = hark_settings_get_flag (hark_settings_get (), key);

  g_signal_connect (hark_row_switch (group, title, subtitle, on), "notify::active",
                    G_CALLBACK (on_flag), (void *) key);
}

static void
on_choice (HdyComboRow *row, GParamSpec *pspec, void *key)
{
  const Choice *choices = g_object_get_data (G_OBJECT (row), "hark-choices");
  int selected = hdy_combo_row_get_selected_index (row);

  (void) pspec;
  if (selected >= 0)
    hark_settings_set_text (hark_settings_get (), key, choices[selected].value);
}

static void
add_choice (GtkWidget *group, const char *key, const char *title, const Choice *choices)
{
  g_autofree char *value = hark_settings_get_text (hark_settings_get (), key);
  const char *names[8] = {NULL};
  int selected = 0;
  GtkWidget *row;

  for (int i = 0; choices[i].value; i++) {
    names[i] = _ (choices[i].name);
    if (strcmp (choices[i].value, value) == 0)
      selected = i;
  }
  row = hark_row_choice (group, title, NULL, names, selected);
  g_object_set_data (G_OBJECT (row), "hark-choices", (void *) choices);
  g_signal_connect (row, "notify::selected-index", G_CALLBACK (on_choice), (void *) key);
}

static void
on_autostart (GtkSwitch *toggle)
{
  HdyActionRow *row = g_object_get_data (G_OBJECT (toggle), "hark-row");
  g_autoptr (GError) error = NULL;

  if (!hark_settings_set_autostart (gtk_switch_get_active (toggle), &error))
    hdy_action_row_set_subtitle (row, error->message);
}

/* ---- what contacts see ---- */

static void
on_may (GtkSwitch *toggle, GParamSpec *pspec, void *data)
{
  HarkCommand *command = hark_command_new (HARK_COMMAND_MAY);

  (void) pspec;
  command->how = g_strdup (g_object_get_data (G_OBJECT (toggle), "hark-how"));
  command->on = gtk_switch_get_active (toggle);
  hark_client_send (hark_preferences_get_client (data), command);
}

static void
add_may (GtkWidget *group, const char *how, const char *title, const char *subtitle, bool on)
{
  GtkWidget *toggle = hark_row_switch (group, title, subtitle, on);

  g_object_set_data (G_OBJECT (toggle), "hark-how", (void *) how);
  g_signal_connect (toggle, "notify::active", G_CALLBACK (on_may),
                    g_object_get_data (G_OBJECT (group), "hark-window"));
}

static void
on_profile (GObject *owner, const HarkEvent *result)
{
  uint32_t may = result->profile ? result->profile->may : 0;

  if (!result->ok)
    return;
  add_may (GTK_WIDGET (owner), "see-read", _ ("Tell when I have read a message"),
           _ ("Off: others see that it arrived, not that you read it."),
           !(may & HARK_MAY_NOT_SEE_READ));
  add_may (GTK_WIDGET (owner), "see-typing", _ ("Tell while I write"), NULL,
           !(may & HARK_MAY_NOT_SEE_TYPING));
}

/* ---- how long messages are kept ---- */

static void
on_keep (HdyComboRow *row, GParamSpec *pspec, void *data)
{
  HarkCommand *command;
  int selected = hdy_combo_row_get_selected_index (row);

  (void) pspec;
  if (selected < 0 || selected >= (int) G_N_ELEMENTS (keeps))
    return;
  command = hark_command_new (HARK_COMMAND_KEEP);
  command->limit = keeps[selected].days;
  hark_client_send (hark_preferences_get_client (data), command);
}

/* The row is there once the engine has said what holds. */
static void
on_chats (GObject *owner, const HarkEvent *result)
{
  GtkWidget *group = GTK_WIDGET (owner);
  const char *names[G_N_ELEMENTS (keeps) + 2] = {NULL};
  g_autofree char *other = g_strdup_printf (ngettext ("%u day", "%u days", (gulong) result->number),
                                            (unsigned) result->number);
  int selected = G_N_ELEMENTS (keeps);
  GtkWidget *row;

  if (!result->ok)
    return;
  for (int i = 0; i < (int) G_N_ELEMENTS (keeps); i++) {
    names[i] = _ (keeps[i].name);
    if (keeps[i].days == result->number)
      selected = i;
  }
  if (selected == G_N_ELEMENTS (keeps))
    names[selected] = other;
  row = hark_row_choice (group, _ ("Keep messages"),
                         _ ("Older ones are deleted here, for you alone. A conversation can have a "
                            "time of its own."),
                         names, selected);
  g_signal_connect (row, "notify::selected-index", G_CALLBACK (on_keep),
                    g_object_get_data (owner, "hark-window"));
}

GtkWidget *
hark_general_page_new (HarkPreferences *window)
{
  GtkWidget *page = hark_row_page (_ ("General"), "preferences-system-symbolic");
  GtkWidget *group = hark_row_group (page, _ ("Notifications"), NULL);

  add_choice (group, HARK_SET_NOTICES, _ ("They show"), notices);
  add_flag (group, HARK_SET_SOUNDS, _ ("Sounds"),
            _ ("For messages and calls, as the desktop has them."));
  group = hark_row_group (page, _ ("Privacy"), NULL);
  g_object_set_data (G_OBJECT (group), "hark-window", window);
  hark_client_ask (hark_preferences_get_client (window), hark_command_new (HARK_COMMAND_PROFILE),
                   G_OBJECT (group), on_profile);
  add_flag (group, HARK_SET_AWAY, _ ("Show me as away"),
            _ ("While the screen is locked or blank, contacts see that nobody is here."));
  group = hark_row_group (page, _ ("History"), NULL);
  g_object_set_data (G_OBJECT (group), "hark-window", window);
  hark_client_ask (hark_preferences_get_client (window), hark_command_new (HARK_COMMAND_CHATS),
                   G_OBJECT (group), on_chats);
  group = hark_row_group (page, _ ("Desktop"), NULL);
  add_choice (group, HARK_SET_APPEARANCE, _ ("Appearance"), appearances);
  add_flag (group, HARK_SET_BACKGROUND, _ ("Stay reachable when the window is closed"),
            _ ("Start Hark again to bring it back; Ctrl+Q ends it."));
  g_signal_connect (
    hark_row_switch (group, _ ("Start with the desktop"), NULL, hark_settings_get_autostart ()),
    "notify::active", G_CALLBACK (on_autostart), NULL);
  return page;
}
