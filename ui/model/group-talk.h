/* ui/model/group-talk.h - the call of a group that the user is in, and what is done with it from
 * keys, the panel and the session bus. Main thread.
 */
#pragma once

#include "ui/model/client.h"

/* hark_group_talk_follow: once, before the start: it is known for as long as @client lives. */
void hark_group_talk_follow (HarkClient *client);

/* hark_group_talk_get: (nullable): the one in which the user is heard, or muted; not one that
 * waits behind another call. Borrowed until the main loop runs again. */
const HarkGroupCall *hark_group_talk_get (HarkClient *client);

/* hark_group_talk_get_lines: (nullable): HarkGroupLine of that call, as last told; borrowed
 * likewise. */
GPtrArray *hark_group_talk_get_lines (HarkClient *client);

/* hark_group_talk_group: (nullable): the group @call is of, as an item of the list. Borrowed. */
HarkPersonItem *hark_group_talk_group (HarkClient *client, const HarkGroupCall *call);

/* hark_group_talk_command: (transfer full): a command about @call. */
HarkCommand *hark_group_talk_command (const HarkGroupCall *call, HarkCommandKind kind);
