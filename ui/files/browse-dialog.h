/* ui/files/browse-dialog.h - looking into the folders that a contact shares, and taking from them.
 *
 * Main thread. Names are the contact's claims, shown as such. What is taken appears in the
 * conversation like every file.
 */
#pragma once

#include "ui/model/client.h"

#include <gtk/gtk.h>

#define HARK_TYPE_BROWSE_DIALOG (hark_browse_dialog_get_type ())
G_DECLARE_FINAL_TYPE (HarkBrowseDialog, hark_browse_dialog, HARK, BROWSE_DIALOG, GtkDialog)

GtkWidget *hark_browse_dialog_new (GtkWindow *parent, HarkClient *client, HarkPersonItem *person);
