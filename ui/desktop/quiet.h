/* ui/desktop/quiet.h - whether the desktop wants no disturbance now. Main thread.
 *
 * Sources: the property Inhibited of org.freedesktop.Notifications (Desktop Notifications
 * Specification 1.2; KDE), and the key show-banners of org.gnome.desktop.notifications (GNOME).
 * Notices themselves are held back by the desktop; this is for what Hark plays itself.
 */
#pragma once

#include <gio/gio.h>
#include <stdbool.h>

/* hark_quiet_follow: begins to watch; @bus is kept. */
void hark_quiet_follow (GDBusConnection *bus);

/* hark_quiet_is_wanted: false before the desktop has answered. */
bool hark_quiet_is_wanted (void);
