/* ui/window-place.h - how large the window was. Main thread. */
#pragma once

#include <gtk/gtk.h>

/* hark_window_place_keep: into the settings of this desktop; hark_window_place_restore: from there,
 * before it is shown. */
void hark_window_place_keep (GtkWindow *window);
void hark_window_place_restore (GtkWindow *window);
