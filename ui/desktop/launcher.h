/* ui/desktop/launcher.h - how far files are and how much is unread, on the icon in the launcher.
 *
 * com.canonical.Unity.LauncherEntry (Ubuntu's dock, Dash to Dock, KDE's and Budgie's panels, Plank)
 * over GDBus: one broadcast signal, which nobody hears on desktops without it. Main thread.
 */
#pragma once

#include "ui/model/client.h"

#include <gio/gio.h>

typedef struct _HarkLauncher HarkLauncher;

/* hark_launcher_new: until hark_launcher_free(); @client is kept. */
HarkLauncher *hark_launcher_new (GDBusConnection *connection, HarkClient *client);
void hark_launcher_free (HarkLauncher *launcher);
