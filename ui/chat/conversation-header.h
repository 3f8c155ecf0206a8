/* ui/chat/conversation-header.h - above a conversation: whom it is with, a button that calls, and
 * the menu of what can be done.
 *
 * Main thread. Signals: "back" (): the user wants to see the list; "call" (). The menu acts in the
 * group "person" (conversation.h).
 */
#pragma once

#include "ui/model/client.h"

#include <handy.h>

#define HARK_TYPE_CONVERSATION_HEADER (hark_conversation_header_get_type ())
G_DECLARE_FINAL_TYPE (
  HarkConversationHeader, hark_conversation_header, HARK, CONVERSATION_HEADER, HdyHeaderBar)

/* hark_conversation_header_show: @person (nullable) as they are now; of NULL nothing is kept. */
void hark_conversation_header_show (HarkConversationHeader *header,
                                    HarkClient *client,
                                    HarkPersonItem *person);

/* hark_conversation_header_set_folded: whether there is a list to go back to. */
void hark_conversation_header_set_folded (HarkConversationHeader *header, bool folded);

/* hark_conversation_header_get_menu: borrowed: a toggle, down while the menu is open. */
GtkWidget *hark_conversation_header_get_menu (HarkConversationHeader *header);
