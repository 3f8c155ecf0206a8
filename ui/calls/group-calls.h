/* ui/calls/group-calls.h - calls of groups at the bottom of the window: who is in it, who talks,
 * how loud each is heard; join, mute, leave.
 *
 * Main thread. A call that we are in is there on every page, one that we are not with its group's
 * conversation, or while it rings. Signal: "opened" (HarkPersonItem): a group.
 */
#pragma once

#include "ui/model/client.h"

#include <gtk/gtk.h>

#define HARK_TYPE_GROUP_CALLS (hark_group_calls_get_type ())
G_DECLARE_FINAL_TYPE (HarkGroupCalls, hark_group_calls, HARK, GROUP_CALLS, GtkBox)

/* hark_group_calls_new: floating. */
GtkWidget *hark_group_calls_new (HarkClient *client);

/* hark_group_calls_catch_up: shows the calls that @other does; once, before anything else. */
void hark_group_calls_catch_up (HarkGroupCalls *calls, HarkGroupCalls *other);

/* hark_group_calls_set_seen: whose conversation is open; nullable. */
void hark_group_calls_set_seen (HarkGroupCalls *calls, HarkPersonItem *item);
