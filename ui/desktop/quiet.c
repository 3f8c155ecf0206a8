#include "ui/desktop/quiet.h"

#define BANNERS "org.gnome.desktop.notifications"

static GDBusProxy *server; /* NULL: not known yet */
static GSettings *banners; /* NULL: not this desktop */

static void
on_server (GObject *source, GAsyncResult *result, void *data)
{
  (void) source;
  (void) data;
  g_clear_object (&server);
  server = g_dbus_proxy_new_finish (result, NULL);
}

void
hark_quiet_follow (GDBusConnection *bus)
{
  g_autoptr (GSettingsSchema) schema
    = g_settings_schema_source_lookup (g_settings_schema_source_get_default (), BANNERS, TRUE);

  if (schema && g_settings_schema_has_key (schema, "show-banners") && !banners)
    banners = g_settings_new (BANNERS);
  g_dbus_proxy_new (bus, G_DBUS_PROXY_FLAGS_DO_NOT_AUTO_START, NULL,
                    "org.freedesktop.Notifications", "/org/freedesktop/Notifications",
                    "org.freedesktop.Notifications", NULL, on_server, NULL);
}

bool
hark_quiet_is_wanted (void)
{
  g_autoptr (GVariant) inhibited
    = server ? g_dbus_proxy_get_cached_property (server, "Inhibited") : NULL;

  if (inhibited && g_variant_is_of_type (inhibited, G_VARIANT_TYPE_BOOLEAN)
      && g_variant_get_boolean (inhibited))
    return true;
  return banners && !g_settings_get_boolean (banners, "show-banners");
}
