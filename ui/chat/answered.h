/* ui/chat/answered.h - the quote above an answer: whose message it answers, and how that begins.
 *
 * Main thread.
 */
#pragma once

#include "ui/model/client.h"

#include <gtk/gtk.h>

/* hark_answered_new: (transfer full): a HarkQuote, shown; of a message that is not loaded it says
 * so until the engine has told. */
GtkWidget *hark_answered_new (HarkClient *client,
                              HarkPersonItem *person,
                              const uint8_t id[HARK_MESSAGE_ID_LEN]);
