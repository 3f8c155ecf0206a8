/* ui/people/address-dialog.h - the user's own address, or an invite for one person. Main thread. */
#pragma once

#include "ui/model/client.h"

#include <gtk/gtk.h>

#define HARK_TYPE_ADDRESS_DIALOG (hark_address_dialog_get_type ())
G_DECLARE_FINAL_TYPE (HarkAddressDialog, hark_address_dialog, HARK, ADDRESS_DIALOG, GtkDialog)

/* hark_address_dialog_new: asks the engine for the address; gtk_widget_show() it. */
GtkWidget *hark_address_dialog_new (GtkWindow *parent, HarkClient *client);
