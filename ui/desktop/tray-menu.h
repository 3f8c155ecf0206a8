/* ui/desktop/tray-menu.h - the menu of the icon in the panel: com.canonical.dbusmenu, as
 * libdbusmenu 16.04 speaks it. Main thread.
 */
#pragma once

#include <gio/gio.h>
#include <stdbool.h>

#define HARK_TYPE_TRAY_MENU (hark_tray_menu_get_type ())
G_DECLARE_FINAL_TYPE (HarkTrayMenu, hark_tray_menu, HARK, TRAY_MENU, GObject)

/**
 * hark_tray_menu_new:
 * @path: of the object
 * @application: its actions are what the items do; outlives the menu
 *
 * Returns: (nullable) (transfer full): NULL when @path is taken
 */
HarkTrayMenu *
hark_tray_menu_new (GDBusConnection *connection, const char *path, GApplication *application);

/* hark_tray_menu_show_call: the items about a call: @rings: it can be answered; @on: there is one;
 * @muted: its microphone is closed. */
void hark_tray_menu_show_call (HarkTrayMenu *menu, bool on, bool rings, bool muted);
