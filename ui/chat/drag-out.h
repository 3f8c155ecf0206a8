/* ui/chat/drag-out.h - a file that arrived, dragged out of the window into another program. Main
 * thread. */
#pragma once

#include <gtk/gtk.h>

/* hark_drag_out_set: dragging @grip carries the file or folder @path (nullable: nothing is
 * dragged), to be copied. */
void hark_drag_out_set (GtkWidget *grip, const char *path);
