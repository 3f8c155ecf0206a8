/* ui/chat/message-menu.h - what can be done with a message: the actions of its row and their menu.
 *
 * Main thread. Actions live in the group "message" of the row: reply, edit, copy, delete, react
 * (s), react-other, versions, link (s).
 */
#pragma once

#include "ui/chat/message-text.h"
#include "ui/model/client.h"

/* hark_message_menu_install: the actions of @row, which has the signals "reply" and "edit"; @text:
 * borrowed, part of it. All for as long as @row. */
void hark_message_menu_install (GtkWidget *row, HarkClient *client, HarkMessageText *text);

/* hark_message_menu_set: the message they are about; both NULL: none, nothing may be activated. */
void hark_message_menu_set (GtkWidget *row, HarkPersonItem *person, HarkMessageItem *item);

/* hark_message_menu_was_used: whether something was opened that may be there still and is about
 * this message. */
bool hark_message_menu_was_used (GtkWidget *row);

/* hark_message_menu_update: which of them there are now. */
void hark_message_menu_update (GtkWidget *row);

/* hark_message_menu_popup: @event (nullable): the click that asks for it; NULL: below the row. */
void hark_message_menu_popup (GtkWidget *row, const GdkEvent *event);

/* hark_message_menu_key: a key on the row. Returns: whether it meant something */
gboolean hark_message_menu_key (GtkWidget *row, GdkEventKey *event);
