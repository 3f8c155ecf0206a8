/* ui/focus-kept.h - where the focus goes when what had it goes. Main thread.
 *
 * GTK 3 leaves a window without any then (GTK 4 does not): Enter and Space do nothing, Tab begins
 * at the top again, and a screen reader is silent.
 */
#pragma once

#include <gtk/gtk.h>

/* hark_focus_keep: from now on, in every window: what is taken away hands the focus to what is
 * nearest around it; a button that only waits for its answer has it again when it can be pressed
 * again, unless it is elsewhere by then. What comes after the first time does nothing. */
void hark_focus_keep (void);

/* hark_focus_home: what is lost within @container, and not nearer, goes into @home (borrowed, lives
 * as long) if that shows. */
void hark_focus_home (GtkWidget *container, GtkWidget *home);

/* hark_focus_leave: what @list takes away sends the focus to the home around it, not to another of
 * its rows, to which the view would have to move. */
void hark_focus_leave (GtkWidget *list);
