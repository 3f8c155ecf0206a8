/* ui/desktop/call-actions.h - answer, decline, hold, hang up, mute: for keys, notifications and the
 * panel. Main thread. Each is about the call that is on, or the group's one the user is in.
 */
#pragma once

#include "ui/desktop/notices.h"

/* hark_call_actions_add: once, to the application, which owns @client and @notices. */
void hark_call_actions_add (GActionMap *map, HarkClient *client, HarkNotices *notices);
