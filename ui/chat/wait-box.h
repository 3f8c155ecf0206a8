/* ui/chat/wait-box.h - says below the first message that waits how messages get there without a
 * server; once closed, never again. Main thread.
 */
#pragma once

#include "ui/model/person-item.h"

#include <gtk/gtk.h>

#define HARK_TYPE_WAIT_BOX (hark_wait_box_get_type ())
G_DECLARE_FINAL_TYPE (HarkWaitBox, hark_wait_box, HARK, WAIT_BOX, GtkBox)

/* hark_wait_box_show: of the conversation with @person, as it is now: the box is there while the
 * newest message is the user's and waits for one person who is not online. (nullable): nobody's. */
void hark_wait_box_show (HarkWaitBox *box, HarkPersonItem *person);
