/* ui/desktop/closing.h - what the closed window means: Hark ends, or stays reachable without it.
 *
 * Main thread. What the user said once holds (a setting); before that it stays where an icon in the
 * panel brings the window back, and asks elsewhere.
 */
#pragma once

#include "ui/desktop/tray.h"

#include <gtk/gtk.h>

#define HARK_TYPE_CLOSING (hark_closing_get_type ())
G_DECLARE_FINAL_TYPE (HarkClosing, hark_closing, HARK, CLOSING, GObject)

/**
 * hark_closing_new:
 * @application: outlives it; is held as long as Hark stays without a window
 * @tray: (nullable)
 * @unique: starting Hark again brings the window back
 */
HarkClosing *hark_closing_new (GApplication *application, HarkTray *tray, bool unique);

/* hark_closing_hides: the user closes @window. Returns: whether it is hidden only, or left as it
 * is; else it may go. @runs: a profile is open. */
bool hark_closing_hides (HarkClosing *closing, GtkWindow *window, bool runs);
