/* ui/desktop/absence.h - whether somebody is at the computer, as the desktop's screen saver or lock
 * knows it: told to the engine, which then says "away" to contacts. Main thread.
 *
 * Source: the signal ActiveChanged of org.freedesktop.ScreenSaver, which GNOME, KDE, XFCE, MATE and
 * Cinnamon emit under names of their own.
 */
#pragma once

#include "ui/model/client.h"

/* hark_absence_follow: for as long as @client lives; only while HARK_SET_AWAY is set. */
void hark_absence_follow (HarkClient *client, GDBusConnection *bus);
