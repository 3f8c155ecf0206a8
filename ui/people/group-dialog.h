/* ui/people/group-dialog.h - whom to ask into a group, a new one or one there is. Main thread. */
#pragma once

#include "ui/model/client.h"

#include <gtk/gtk.h>

#define HARK_TYPE_GROUP_DIALOG (hark_group_dialog_get_type ())
G_DECLARE_FINAL_TYPE (HarkGroupDialog, hark_group_dialog, HARK, GROUP_DIALOG, GtkDialog)

/* hark_group_dialog_new: @group (nullable): the one to ask into; NULL makes a new one. */
GtkWidget *hark_group_dialog_new (GtkWindow *parent, HarkClient *client, HarkPersonItem *group);
