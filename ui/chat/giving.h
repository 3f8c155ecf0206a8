/* ui/chat/giving.h - files and folders of this computer on their way to somebody. Main thread. */
#pragma once

#include "ui/model/client.h"

#include <gtk/gtk.h>

/**
 * hark_giving_send:
 * @parent: of the question whether so many or so large ones are meant
 * @files: (element-type GFile): any number; what lies on no disk of this computer is left out
 *
 * Where the user wants it (HARK_SET_PREVIEWS), pictures go with a small one in the offer, which
 * another process makes: what has none goes at once, the rest a little later.
 *
 * Returns: false when nothing is sent: the user did not mean it, or there was nothing
 */
bool
hark_giving_send (GtkWidget *parent, HarkClient *client, HarkPersonItem *person, GSList *files);

/* hark_giving_choose: (transfer full) (element-type GFile) (nullable): what the user chooses to
 * send, files or @folders; whether pictures go with a preview is asked along and kept. Runs a
 * dialog. */
GSList *hark_giving_choose (GtkWidget *parent, const char *title, bool folders);

/* hark_giving_find: (transfer full) (nullable): where the user says that the file, or @folder,
 * which lay at @path (nullable) lies now. Runs a dialog, as near to the old place as there still is
 * one. */
char *hark_giving_find (GtkWidget *parent, const char *path, bool folder);

/* hark_giving_choose_paths: (transfer full) (nullable): paths of files, or @folders, on this
 * computer, at most 32, for somebody who sees no preview. Runs a dialog. */
char **hark_giving_choose_paths (GtkWidget *parent, const char *title, bool folders);
