#include "ui/desktop/absence.h"

#include "ui/settings/settings.h"

typedef struct {
  HarkClient *client; /* borrowed: it owns this */
  GDBusConnection *bus;
  guint subscription;
  bool absent; /* as the desktop says */
  bool told;   /* to the engine there is */
} Absence;

static void
absence_free (void *data)
{
  Absence *absence = data;

  g_dbus_connection_signal_unsubscribe (absence->bus, absence->subscription);
  g_object_unref (absence->bus);
  g_free (absence);
}

static Absence *
absence_of (HarkClient *client)
{
  return g_object_get_data (G_OBJECT (client), "hark-absence");
}

static void
tell (Absence *absence)
{
  bool away = absence->absent && hark_settings_get_flag (hark_settings_get (), HARK_SET_AWAY);
  HarkCommand *command;

  if (away == absence->told || !hark_client_get_engine (absence->client))
    return;
  absence->told = away;
  command = hark_command_new (HARK_COMMAND_IDLE);
  command->on = away;
  hark_client_send (absence->client, command);
}

/* An engine that has just begun knows nothing of it. */
static void
on_ready (HarkClient *client)
{
  absence_of (client)->told = false;
  tell (absence_of (client));
}

static void
on_setting (HarkClient *client)
{
  tell (absence_of (client));
}

static void
on_active (GDBusConnection *bus,
           const char *sender,
           const char *path,
           const char *interface,
           const char *signal,
           GVariant *arguments,
           void *data)
{
  Absence *absence = data;
  gboolean active;

  (void) bus;
  (void) sender;
  (void) path;
  (void) signal;
  if (!g_str_has_suffix (interface, ".ScreenSaver")
      || !g_variant_is_of_type (arguments, G_VARIANT_TYPE ("(b)")))
    return;
  g_variant_get (arguments, "(b)", &active);
  absence->absent = active;
  tell (absence);
}

void
hark_absence_follow (HarkClient *client, GDBusConnection *bus)
{
  Absence *absence = g_new0 (Absence, 1);

  absence->client = client;
  absence->bus = g_object_ref (bus);
  absence->subscription
    = g_dbus_connection_signal_subscribe (bus, NULL, NULL, "ActiveChanged", NULL, NULL,
                                          G_DBUS_SIGNAL_FLAGS_NONE, on_active, absence, NULL);
  g_object_set_data_full (G_OBJECT (client), "hark-absence", absence, absence_free);
  g_signal_connect (client, "ready", G_CALLBACK (on_ready), NULL);
  g_signal_connect_object (hark_settings_get (), "changed", G_CALLBACK (on_setting), client,
                           G_CONNECT_SWAPPED);
}
