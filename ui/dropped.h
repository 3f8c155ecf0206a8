/* ui/dropped.h - files and text that were let go over a widget.
 *
 * Main thread.
 */
#pragma once

#include <gtk/gtk.h>

/* HarkDropped: @uris (nullable) (array zero-terminated=1) or else @text (nullable) came, at @y of
 * @widget; all borrowed. The drag is over by then, so it may ask the user. */
typedef void (*HarkDropped) (GtkWidget *widget, int y, char **uris, const char *text, void *owner);

/* hark_dropped_connect: @on_dropped hears what @widget, a drag destination, is given: files, and
 * text where it is one of its targets. @owner: (nullable): while it lives; goes along. */
void hark_dropped_connect (GtkWidget *widget, HarkDropped on_dropped, GObject *owner);
