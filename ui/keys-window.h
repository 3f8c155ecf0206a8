/* ui/keys-window.h - which keys do what, in groups below one another. Main thread.
 *
 * GTK's own window of shortcuts is as wide as its two columns: it is cut at 360 px, and where the
 * desktop's text is large.
 */
#pragma once

#include <gtk/gtk.h>

/* hark_keys_window_new: (transfer none): modal above @parent, to be presented. Esc closes it.
 * "hark-keys" of each of its rows is what gtk_accelerator_parse() reads. */
GtkWidget *hark_keys_window_new (GtkWindow *parent);
