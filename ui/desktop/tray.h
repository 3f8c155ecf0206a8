/* ui/desktop/tray.h - the icon in the panel, where the desktop has a place for one.
 *
 * StatusNotifierItem and com.canonical.dbusmenu (freedesktop and Ayatana; KDE, Xfce, MATE,
 * Cinnamon, and GNOME with an extension), over GDBus. Main thread. It shows unread messages and a
 * call that is on; its menu and a click on it are the application's actions: raise, answer,
 * hang-up, mute, quit.
 *
 * Signal "changed" (): the desktop has got or lost its place for icons.
 */
#pragma once

#include "ui/model/client.h"

#include <gio/gio.h>

#define HARK_TYPE_TRAY (hark_tray_get_type ())
G_DECLARE_FINAL_TYPE (HarkTray, hark_tray, HARK, TRAY, GObject)

/* hark_tray_new: @application: outlives it. After gtk_init(). */
HarkTray *
hark_tray_new (GDBusConnection *connection, GApplication *application, HarkClient *client);

/* hark_tray_is_shown: there is a place, and our icon is in it. */
bool hark_tray_is_shown (HarkTray *tray);
