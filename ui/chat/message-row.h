/* ui/chat/message-row.h - one bubble of a conversation.
 *
 * Main thread. Signals: "reply" () and "edit" (): the user wants to answer or change this one;
 * "jump" (): to the one it answers.
 */
#pragma once

#include "ui/model/client.h"

#include <gtk/gtk.h>

#define HARK_TYPE_MESSAGE_ROW (hark_message_row_get_type ())
G_DECLARE_FINAL_TYPE (HarkMessageRow, hark_message_row, HARK, MESSAGE_ROW, GtkListBoxRow)

/* hark_message_row_new: follows @message until it is destroyed. */
GtkWidget *
hark_message_row_new (HarkClient *client, HarkPersonItem *person, HarkMessageItem *message);

/* All borrowed. */
const HarkMessage *hark_message_row_get_message (HarkMessageRow *row);
HarkMessageItem *hark_message_row_get_item (HarkMessageRow *row);

/* hark_message_row_flash: draws the eye to it for a moment. */
void hark_message_row_flash (HarkMessageRow *row);
