/* ui/window-dialogs.h - the actions of the window that open another one: our profile and address,
 * a new group, whoever is in the conversation, the doctor, the keys; and the switch for relaying.
 * Main thread.
 */
#pragma once

#include "ui/chat/conversation.h"

/* hark_window_dialogs_add: "win." actions; without an engine they do nothing. @conversation is
 * inside @window. */
void hark_window_dialogs_add (GtkApplicationWindow *window,
                              HarkClient *client,
                              HarkConversation *conversation);
