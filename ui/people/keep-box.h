/* ui/people/keep-box.h - offers the 24 words and a backup, once there is something to lose.
 *
 * Main thread. Shows itself after the first conversation with somebody, until the words were seen
 * or the user does not want to hear of it.
 */
#pragma once

#include "ui/model/client.h"

#include <gtk/gtk.h>

#define HARK_TYPE_KEEP_BOX (hark_keep_box_get_type ())
G_DECLARE_FINAL_TYPE (HarkKeepBox, hark_keep_box, HARK, KEEP_BOX, GtkBox)

/* hark_keep_box_set_client: once. */
void hark_keep_box_set_client (HarkKeepBox *box, HarkClient *client);

/* hark_keep_box_set_aside: makes room for something else meanwhile. */
void hark_keep_box_set_aside (HarkKeepBox *box, bool aside);
