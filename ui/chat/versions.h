/* ui/chat/versions.h - what a message said before it was edited.
 *
 * Main thread.
 */
#pragma once

#include "ui/model/client.h"

#include <gtk/gtk.h>

/* hark_versions_popup: asks for them and shows them beside @at. */
void hark_versions_popup (GtkWidget *at,
                          HarkClient *client,
                          HarkPersonItem *person,
                          HarkMessageItem *message);
