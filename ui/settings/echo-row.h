/* ui/settings/echo-row.h - calling oneself: a check of microphone and speaker that needs nobody.
 *
 * Main thread. The engine plays what is said two seconds later, through the codec and playout of a
 * call, for a minute at most, and ends it when a call begins.
 */
#pragma once

#include "ui/model/client.h"

#include <gtk/gtk.h>

/* hark_echo_row_add: a row of @group with a button that begins and ends it; it also ends when the
 * row is no longer seen. */
void hark_echo_row_add (GtkWidget *group, HarkClient *client);
