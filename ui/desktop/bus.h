/* ui/desktop/bus.h - Hark's own interface on the session bus (ui/desktop/DBUS.md).
 *
 * Main thread. What comes over it is what the user could do in the window; the bus is the user's.
 */
#pragma once

#include "ui/model/client.h"

#include <gio/gio.h>

#define HARK_TYPE_BUS (hark_bus_get_type ())
G_DECLARE_FINAL_TYPE (HarkBus, hark_bus, HARK, BUS, GObject)

/**
 * hark_bus_new:
 * @path: of the object
 * @profile: directory, borrowed for as long as it lives
 * @application: its action "show" is used; outlives it
 *
 * Returns: (nullable) (transfer full): NULL with @error when the object cannot be put there
 */
HarkBus *hark_bus_new (GDBusConnection *connection,
                       const char *path,
                       const char *profile,
                       GApplication *application,
                       HarkClient *client,
                       GError **error);

/* hark_bus_refresh: the profile was opened or shut: who waits for an answer is told, properties are
 * looked at again. */
void hark_bus_refresh (HarkBus *bus);
