/* ui/chat/details.h - what is known of a message: when it was written and when it came, and where
 * it is now. Main thread.
 */
#pragma once

#include "ui/model/person-item.h"

#include <gtk/gtk.h>

/* hark_details_popup: a popover at the row of @message, of the conversation with @person. */
void hark_details_popup (GtkWidget *at, HarkPersonItem *person, HarkMessageItem *message);
