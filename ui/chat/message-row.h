/* ui/chat/message-row.h - one bubble of a conversation, for one message after the other.
 *
 * Main thread. Until it is shown a message, nothing but these functions may be done with it.
 * Signals: "reply" () and "edit" (): the user wants to answer or change this one; "jump" (): to the
 * one it answers.
 */
#pragma once

#include "ui/model/client.h"

#include <gtk/gtk.h>

#define HARK_TYPE_MESSAGE_ROW (hark_message_row_get_type ())
G_DECLARE_FINAL_TYPE (HarkMessageRow, hark_message_row, HARK, MESSAGE_ROW, GtkEventBox)

/* hark_message_row_new: floating; without a message. */
GtkWidget *hark_message_row_new (HarkClient *client);

/* hark_message_row_show: follows @message, of or to @person, until it is cleared; once after each
 * of those. hark_message_row_clear: forgets it, its words too. Returns: false when the row is in
 * use (focus within, a menu) and must be destroyed. */
void hark_message_row_show (HarkMessageRow *row, HarkPersonItem *person, HarkMessageItem *message);
bool hark_message_row_clear (HarkMessageRow *row);

/* hark_message_row_prepare: makes its style known ahead, as one of that side. Where it has its
 * parent already and without a message. */
void hark_message_row_prepare (HarkMessageRow *row, bool outgoing);

/* hark_message_row_suits: whether it looks already as it would for @message, but for its words. */
bool hark_message_row_suits (HarkMessageRow *row, HarkMessageItem *message);

/* hark_message_row_set_header: above it @day (nullable), then a line if it is the first @unread. */
void hark_message_row_set_header (HarkMessageRow *row, const char *day, bool unread);

/* All borrowed. */
const HarkMessage *hark_message_row_get_message (HarkMessageRow *row);
HarkMessageItem *hark_message_row_get_item (HarkMessageRow *row);

/* hark_message_row_flash: draws the eye to it: its bubble has another tint for a moment. */
void hark_message_row_flash (HarkMessageRow *row);
