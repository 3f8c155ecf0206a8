/* ui/desktop/launcher.h - how far files are and how much is unread, on the icon in the launcher.
 *
 * com.canonical.Unity.LauncherEntry (Ubuntu's dock, Dash to Dock, KDE's and Budgie's panels, Plank)
 * over GDBus: one broadcast signal, which nobody hears on desktops without it. Main thread.
 */
#pragma once

#include "ui/model/client.h"

#include <gio/gio.h>

/* hark_launcher_follow: for as long as @client lives; once. */
void hark_launcher_follow (GDBusConnection *connection, HarkClient *client);
