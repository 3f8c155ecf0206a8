/* ui/people/rename-dialog.h - the user's own name for a contact. Main thread. */
#pragma once

#include "ui/model/client.h"

#include <gtk/gtk.h>

#define HARK_TYPE_RENAME_DIALOG (hark_rename_dialog_get_type ())
G_DECLARE_FINAL_TYPE (HarkRenameDialog, hark_rename_dialog, HARK, RENAME_DIALOG, GtkDialog)

/* hark_rename_dialog_new: sends the command itself. */
GtkWidget *hark_rename_dialog_new (GtkWindow *parent, HarkClient *client, HarkPersonItem *person);
