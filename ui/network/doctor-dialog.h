/* ui/network/doctor-dialog.h - what is wrong with the network or the way to somebody, and what to
 * do about it.
 */
#pragma once

#include "ui/model/client.h"

#include <gtk/gtk.h>

#define HARK_TYPE_DOCTOR_DIALOG (hark_doctor_dialog_get_type ())
G_DECLARE_FINAL_TYPE (HarkDoctorDialog, hark_doctor_dialog, HARK, DOCTOR_DIALOG, GtkDialog)

/* hark_doctor_dialog_new: examines at once, and again whenever the network or @person (nullable)
 * changes. Modal to @parent; lives until closed. */
GtkWidget *hark_doctor_dialog_new (GtkWindow *parent, HarkClient *client, HarkPersonItem *person);
