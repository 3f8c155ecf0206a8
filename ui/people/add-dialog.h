/* ui/people/add-dialog.h - one field for an address or a link, and what to say along.
 *
 * Main thread. Signals: "take" (words), "added" (the id of whoever was, in hexadecimal: the list
 * has them a moment later).
 */
#pragma once

#include "ui/model/client.h"

#include <gtk/gtk.h>

#define HARK_TYPE_ADD_DIALOG (hark_add_dialog_get_type ())
G_DECLARE_FINAL_TYPE (HarkAddDialog, hark_add_dialog, HARK, ADD_DIALOG, GtkDialog)

/* hark_add_dialog_new: @address (nullable): stands in the field already, as after a click on a
 * link; nothing is added before the user says so. */
GtkWidget *hark_add_dialog_new (GtkWindow *parent, HarkClient *client, const char *address);
