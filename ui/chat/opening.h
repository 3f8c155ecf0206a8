/* ui/chat/opening.h - a file that arrived is opened, or shown in its folder, by other programs.
 * Main thread. Nothing is ever run by Hark: what opens a file is what the desktop has for its type.
 */
#pragma once

#include "ui/model/client.h"

#include <gtk/gtk.h>

/* hark_opening_open: @transfer: DONE, with a path; a risky one after a question. What goes wrong
 * becomes a warning of @client. */
void hark_opening_open (GtkWidget *parent, HarkClient *client, const HarkTransfer *transfer);

/* hark_opening_show: opens the folder it lies in, with the file chosen where the desktop's file
 * manager can (org.freedesktop.FileManager1). */
void hark_opening_show (GtkWidget *parent, HarkClient *client, const HarkTransfer *transfer);
