/* ui/settings/connection-row.h - which of this computer's connections Hark uses. Main thread. */
#pragma once

#include "ui/settings/frame.h"

/* hark_connection_row_add: a row of @group that keeps the choice with this desktop's settings and
 * tells @window that it takes a new start. Where the command line or the administrator decided, it
 * says so and cannot be changed. */
void hark_connection_row_add (GtkWidget *group, HarkPreferences *window);
