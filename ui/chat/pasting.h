/* ui/chat/pasting.h - a picture in the clipboard becomes a file that can be given. Main thread. */
#pragma once

#include <gtk/gtk.h>

/**
 * hark_pasting_keep:
 * @parent: of the question whether it is to be sent
 *
 * The picture is saved where the user finds it again, in a folder of their pictures: it goes out
 * from there, perhaps another day.
 *
 * Returns: (transfer full) (nullable): the file; NULL: not wanted, or @problem (transfer full) says
 * why it cannot be
 */
GFile *hark_pasting_keep (GtkWidget *parent, GdkPixbuf *picture, char **problem);
