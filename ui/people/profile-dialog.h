/* ui/people/profile-dialog.h - ourselves as contacts see us: picture, name, status, presence.
 *
 * Main thread. A picture is looked into by another process, and shown as it will be sent.
 */
#pragma once

#include "ui/model/client.h"

#include <gtk/gtk.h>

#define HARK_TYPE_PROFILE_DIALOG (hark_profile_dialog_get_type ())
G_DECLARE_FINAL_TYPE (HarkProfileDialog, hark_profile_dialog, HARK, PROFILE_DIALOG, GtkDialog)

GtkWidget *hark_profile_dialog_new (GtkWindow *parent, HarkClient *client);
