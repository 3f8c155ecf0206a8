/* ui/people/safety-dialog.h - three ways in which two contacts make sure that nobody is between
 * them: a number, a code on the other's screen, three words by voice. Main thread. */
#pragma once

#include "ui/model/client.h"

#include <gtk/gtk.h>

#define HARK_TYPE_SAFETY_DIALOG (hark_safety_dialog_get_type ())
G_DECLARE_FINAL_TYPE (HarkSafetyDialog, hark_safety_dialog, HARK, SAFETY_DIALOG, GtkDialog)

/* hark_safety_dialog_new: asks the engine for the digits, and tells it when they were compared. */
GtkWidget *hark_safety_dialog_new (GtkWindow *parent, HarkClient *client, HarkPersonItem *person);

/* hark_safety_dialog_show_words: the page with the three words to compare by voice. */
void hark_safety_dialog_show_words (HarkSafetyDialog *dialog);
