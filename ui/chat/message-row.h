/* ui/chat/message-row.h - one bubble of a conversation. Main thread. */
#pragma once

#include "ui/model/client.h"

#include <gtk/gtk.h>

#define HARK_TYPE_MESSAGE_ROW (hark_message_row_get_type ())
G_DECLARE_FINAL_TYPE (HarkMessageRow, hark_message_row, HARK, MESSAGE_ROW, GtkListBoxRow)

/* hark_message_row_new: follows @message until it is destroyed. */
GtkWidget *
hark_message_row_new (HarkClient *client, HarkPersonItem *person, HarkMessageItem *message);

/* hark_message_row_get_message: borrowed. */
const HarkMessage *hark_message_row_get_message (HarkMessageRow *row);
