/* ui/chat/giving.h - files and folders of this computer on their way to somebody. Main thread. */
#pragma once

#include "ui/model/client.h"

#include <gtk/gtk.h>

/**
 * hark_giving_send:
 * @parent: of the question whether so many or so large ones are meant
 * @files: (element-type GFile): any number; what lies on no disk of this computer is left out
 *
 * Returns: false when nothing is sent: the user did not mean it, or there was nothing
 */
bool
hark_giving_send (GtkWidget *parent, HarkClient *client, HarkPersonItem *person, GSList *files);
