/* ui/people/here-box.h - people on the local network who chose to be seen, and whether we do.
 *
 * Main thread. Signal "chosen" (const char *address): the user wants to add that one. Names are
 * claims.
 */
#pragma once

#include "ui/model/client.h"

#include <gtk/gtk.h>

#define HARK_TYPE_HERE_BOX (hark_here_box_get_type ())
G_DECLARE_FINAL_TYPE (HarkHereBox, hark_here_box, HARK, HERE_BOX, GtkBox)

/* hark_here_box_set_client: once. */
void hark_here_box_set_client (HarkHereBox *box, HarkClient *client);
