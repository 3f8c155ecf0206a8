#include "ui/settings/settings.h"

#include <errno.h>
#include <gio/gio.h>
#include <glib/gi18n.h>
#include <glib/gstdio.h>
#include <string.h>

#define SECTION "Hark"

struct _HarkSettings {
  GObject parent_instance;
  GKeyFile *file;
  char *path;
  char *mic, *speaker, *downloads, *bind; /* lent to a configuration */
  bool lan_only, no_mapping, bound;       /* of the last one, whatever is set here */
};

G_DEFINE_TYPE (HarkSettings, hark_settings, G_TYPE_OBJECT)

static guint signal_changed;

static const struct {
  const char *key, *usual;
} defaults[] = {
  {HARK_SET_NOTICES,    "all"   },
  {HARK_SET_APPEARANCE, "system"},
  {HARK_SET_TALK_KEY,   ""      },
  {HARK_SET_MIC,        "pulse" },
  {HARK_SET_SPEAKER,    "pulse" },
  {HARK_SET_SOUNDS,     "true"  },
  {HARK_SET_AWAY,       "true"  },
  {HARK_SET_NOISE,      "true"  },
  {HARK_SET_ECHO,       "true"  },
  {HARK_SET_PREVIEWS,   "true"  },
  {HARK_SET_MAPPING,    "true"  },
};

static const char *
usual (const char *key)
{
  for (size_t i = 0; i < G_N_ELEMENTS (defaults); i++)
    if (strcmp (defaults[i].key, key) == 0)
      return defaults[i].usual;
  return "";
}

char *
hark_settings_get_text (HarkSettings *settings, const char *key)
{
  char *text;

  g_return_val_if_fail (HARK_IS_SETTINGS (settings), NULL);

  text = g_key_file_get_string (settings->file, SECTION, key, NULL);
  return text ? text : g_strdup (usual (key));
}

bool
hark_settings_is_set (HarkSettings *settings, const char *key)
{
  g_return_val_if_fail (HARK_IS_SETTINGS (settings), false);

  return g_key_file_has_key (settings->file, SECTION, key, NULL);
}

bool
hark_settings_get_flag (HarkSettings *settings, const char *key)
{
  g_autofree char *text = hark_settings_get_text (settings, key);

  return g_strcmp0 (text, "true") == 0;
}

void
hark_settings_set_text (HarkSettings *settings, const char *key, const char *text)
{
  g_autofree char *before = hark_settings_get_text (settings, key);
  g_autofree char *folder = g_path_get_dirname (settings->path);
  g_autofree char *data = NULL;
  g_autoptr (GError) error = NULL;

  if (strcmp (before, text) == 0)
    return;
  g_key_file_set_string (settings->file, SECTION, key, text);
  data = g_key_file_to_data (settings->file, NULL, NULL);
  g_mkdir_with_parents (folder, 0700);
  if (!g_file_set_contents_full (settings->path, data, -1, G_FILE_SET_CONTENTS_CONSISTENT, 0600,
                                 &error))
    g_warning ("Settings last until Hark ends: %s", error->message);
  g_signal_emit (settings, signal_changed, 0, key);
}

void
hark_settings_set_flag (HarkSettings *settings, const char *key, bool on)
{
  hark_settings_set_text (settings, key, on ? "true" : "false");
}

void
hark_settings_apply (HarkSettings *settings, HarkEngineConfig *config)
{
  g_return_if_fail (HARK_IS_SETTINGS (settings));

  g_free (settings->mic);
  g_free (settings->speaker);
  g_free (settings->downloads);
  g_free (settings->bind);
  settings->mic = hark_settings_get_text (settings, HARK_SET_MIC);
  settings->speaker = hark_settings_get_text (settings, HARK_SET_SPEAKER);
  if (g_strcmp0 (config->mic, "pulse") == 0)
    config->mic = settings->mic;
  if (g_strcmp0 (config->speaker, "pulse") == 0)
    config->speaker = settings->speaker;
  settings->downloads = hark_settings_get_text (settings, HARK_SET_DOWNLOADS);
  if (!config->downloads && *settings->downloads)
    config->downloads = settings->downloads;
  settings->bind = hark_settings_get_text (settings, HARK_SET_BIND);
  settings->bound = config->bind != NULL;
  if (!config->bind && *settings->bind)
    config->bind = settings->bind;
  config->keep_noise |= !hark_settings_get_flag (settings, HARK_SET_NOISE);
  config->keep_echo |= !hark_settings_get_flag (settings, HARK_SET_ECHO);
  settings->lan_only = config->lan_only;
  settings->no_mapping = config->no_mapping;
  config->lan_only |= hark_settings_get_flag (settings, HARK_SET_LAN_ONLY);
  config->no_mapping |= !hark_settings_get_flag (settings, HARK_SET_MAPPING);
}

bool
hark_settings_is_decided (HarkSettings *settings, const char *key, bool *ret_on)
{
  const bool lan_only = strcmp (key, HARK_SET_LAN_ONLY) == 0;
  const bool decided = lan_only ? settings->lan_only : settings->no_mapping;

  g_return_val_if_fail (HARK_IS_SETTINGS (settings), false);

  if (strcmp (key, HARK_SET_BIND) == 0)
    return settings->bound;
  if (!decided || (!lan_only && strcmp (key, HARK_SET_MAPPING) != 0))
    return false;
  *ret_on = lan_only;
  return true;
}

/* ---- with the desktop ---- */

static char *
autostart_path (void)
{
  return g_build_filename (g_get_user_config_dir (), "autostart", "org.hark.Hark.desktop", NULL);
}

bool
hark_settings_get_autostart (void)
{
  g_autofree char *path = autostart_path ();
  g_autoptr (GKeyFile) entry = g_key_file_new ();

  /* how desktops switch it off without taking it away (Desktop Application Autostart
   * Specification; the second is GNOME's) */
  return g_key_file_load_from_file (entry, path, G_KEY_FILE_NONE, NULL)
         && !g_key_file_get_boolean (entry, G_KEY_FILE_DESKTOP_GROUP, G_KEY_FILE_DESKTOP_KEY_HIDDEN,
                                     NULL)
         && (!g_key_file_has_key (entry, G_KEY_FILE_DESKTOP_GROUP, "X-GNOME-Autostart-enabled",
                                  NULL)
             || g_key_file_get_boolean (entry, G_KEY_FILE_DESKTOP_GROUP,
                                        "X-GNOME-Autostart-enabled", NULL));
}

bool
hark_settings_set_autostart (bool on, GError **error)
{
  static const char entry[] = "[Desktop Entry]\n"
                              "Type=Application\n"
                              "Name=Hark\n"
                              "Icon=org.hark.Hark\n"
                              "Exec=hark --hidden\n"
                              "X-GNOME-UsesNotifications=true\n";
  g_autofree char *path = autostart_path ();
  g_autofree char *folder = g_path_get_dirname (path);

  if (on) {
    g_mkdir_with_parents (folder, 0700);
    return g_file_set_contents (path, entry, -1, error);
  }
  if (g_unlink (path) == 0 || errno == ENOENT)
    return true;
  g_set_error (error, G_IO_ERROR, g_io_error_from_errno (errno), _ ("%s cannot be removed: %s"),
               path, g_strerror (errno));
  return false;
}

/* ---- life ---- */

static void
hark_settings_finalize (GObject *object)
{
  HarkSettings *settings = HARK_SETTINGS (object);

  g_key_file_unref (settings->file);
  g_free (settings->path);
  g_free (settings->mic);
  g_free (settings->speaker);
  g_free (settings->downloads);
  g_free (settings->bind);
  G_OBJECT_CLASS (hark_settings_parent_class)->finalize (object);
}

static void
hark_settings_class_init (HarkSettingsClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = hark_settings_finalize;
  signal_changed = g_signal_new ("changed", HARK_TYPE_SETTINGS, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                                 NULL, G_TYPE_NONE, 1, G_TYPE_STRING);
}

static void
hark_settings_init (HarkSettings *settings)
{
  settings->file = g_key_file_new ();
  settings->path = g_build_filename (g_get_user_config_dir (), "hark", "settings.ini", NULL);
  g_key_file_load_from_file (settings->file, settings->path, G_KEY_FILE_KEEP_COMMENTS, NULL);
}

HarkSettings *
hark_settings_get (void)
{
  static HarkSettings *settings;

  if (!settings)
    settings = g_object_new (HARK_TYPE_SETTINGS, NULL);
  return settings;
}
