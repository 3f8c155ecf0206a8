/* ui/chat-window.h - a conversation in a window of its own, torn off the main one.
 *
 * Main thread. It has the lines of the calls that are not seen in it, speaks what arrives in it to
 * screen readers, and goes with the first window, with the person, and with what was open (a lock,
 * another start of the engine). Signals: "opened" (HarkPersonItem): the user wants to see another
 * conversation; "record" (HarkPersonItem): to leave them a voice message.
 */
#pragma once

#include "ui/calls/group-calls.h"
#include "ui/chat/conversation.h"

#include <handy.h>

#define HARK_TYPE_CHAT_WINDOW (hark_chat_window_get_type ())
G_DECLARE_FINAL_TYPE (HarkChatWindow, hark_chat_window, HARK, CHAT_WINDOW, HdyApplicationWindow)

/**
 * hark_chat_window_new:
 * @first: of the list; keys that are about the list go there. This one ends with it
 * @person: has no window yet
 * @from: of @first; when @person is in it, they leave it, and what was seen, written and spoken
 * there goes on here
 * @calls: of @first: those of groups there are
 *
 * Returns: (transfer none): hidden
 */
HarkChatWindow *hark_chat_window_new (GtkWindow *first,
                                      HarkClient *client,
                                      HarkPersonItem *person,
                                      HarkConversation *from,
                                      HarkGroupCalls *calls);

/* hark_chat_window_of: (nullable): borrowed; the one @person is in. */
HarkChatWindow *hark_chat_window_of (HarkPersonItem *person);

/* hark_chat_window_in_front: (nullable): borrowed; the one that has the focus, or a dialog of it.
 */
HarkChatWindow *hark_chat_window_in_front (void);

/* hark_chat_window_present: the user wants to write there. */
void hark_chat_window_present (HarkChatWindow *window);

/* hark_chat_window_get_conversation: borrowed. */
HarkConversation *hark_chat_window_get_conversation (HarkChatWindow *window);

/* hark_chat_window_warn: @text at its bottom. */
void hark_chat_window_warn (HarkChatWindow *window, const char *text);
