/* ui/settings/left-window.h - what has left this machine, in figures of the engine. Main thread.
 */
#pragma once

#include "ui/model/client.h"

#include <gtk/gtk.h>

/* hark_left_window_new: asks at once. */
GtkWidget *hark_left_window_new (GtkWindow *parent, HarkClient *client);

/* hark_left_deeds_fill: rows into @group, a HdyPreferencesGroup: what @person carried for us and we
 * for them; none when there is nothing. Once. */
void hark_left_deeds_fill (GtkWidget *group, HarkClient *client, HarkPersonItem *person);
