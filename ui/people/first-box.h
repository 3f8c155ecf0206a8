/* ui/people/first-box.h - what there is to do while nobody is in the list: pass on our link, add
 * somebody, see who is here.
 *
 * Main thread.
 */
#pragma once

#include "ui/model/client.h"

#include <gtk/gtk.h>

#define HARK_TYPE_FIRST_BOX (hark_first_box_get_type ())
G_DECLARE_FINAL_TYPE (HarkFirstBox, hark_first_box, HARK, FIRST_BOX, GtkBox)

/* hark_first_box_set_client: once. */
void hark_first_box_set_client (HarkFirstBox *box, HarkClient *client);
