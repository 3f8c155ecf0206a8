/* ui/window-place.h - how large the windows were. Main thread. */
#pragma once

#include <gtk/gtk.h>

typedef enum {
  HARK_WINDOW_PLACE_MAIN,
  HARK_WINDOW_PLACE_CHAT, /* any conversation in a window of its own: the size, not "maximized" */
} HarkWindowPlace;

/* hark_window_place_keep: into the settings of this desktop; hark_window_place_restore: from there,
 * before it is shown. */
void hark_window_place_keep (GtkWindow *window, HarkWindowPlace place);
void hark_window_place_restore (GtkWindow *window, HarkWindowPlace place);
